/** Elevated powers at an agent: asked for, used for a while, given up. */
import { ElevationMethod, ElevationPhase, ElevationReason, ElevationScope, OutputStream, RefusalReason } from '@remote-assist/codec'
import { FEATURE } from '@remote-assist/core'
import { checkCredentialKey, SecureError, type SignedCredentialKey } from '@remote-assist/secure'
import { joined } from '../clipboard/formats.js'
import { AssistError, cancelled, elevationError, refusalError } from '../errors.js'
import { Answers } from '../inflow.js'
import { sealAccount } from '../sealing.js'
import type { ToCustomer } from './joiner.js'

/** An account of the customer's machine, for its helper alone. */
export interface Credentials {
  /** 1–256 bytes of UTF-8. */
  readonly account: string
  /** 0–1,024 bytes of UTF-8. Bytes are wiped once they are sealed, or not wanted any more; a string stays in memory until it is collected. */
  readonly password: string | Uint8Array
}

/** What is asked for. */
export interface ElevateOptions {
  /** For the customer to read, 1–512 bytes. */
  readonly reason: string
  /** How long, 1–60. Default 15, or what the policy allows. */
  readonly minutes?: number
  /** How far. Default admin. */
  readonly scope?: 'standard' | 'admin'
  /**
   * Gives credentials, in the place of the system's prompt. Called when the customer has consented and its helper waits with a key, not before, so that no
   * password is held meanwhile; `over` is aborted when they are no longer wanted. What it returns is sealed to the helper's key, which nothing between can open.
   * Undefined, or what it throws, gives the request up.
   */
  readonly credentials?: (over: AbortSignal) => Credentials | undefined | Promise<Credentials | undefined>
}

/** What a command printed and how it ended. */
export interface CommandResult {
  /** 0–255; meaningless if `endedBy` is set. */
  readonly exitCode: number
  /** A signal, or why it could not start; undefined = it ran to its end. */
  readonly endedBy: string | undefined
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
}

/** How a command is run. */
export interface RunOptions {
  /** The account; default the elevated one. */
  readonly as?: string
  /** Output as it comes. */
  readonly output?: (stream: 'stdout' | 'stderr', data: Uint8Array) => void
  /** Ends the command and everything it started. */
  readonly signal?: AbortSignal
}

interface Running {
  readonly stdout: Uint8Array[]
  readonly stderr: Uint8Array[]
  readonly output: RunOptions['output']
  readonly done: (result: CommandResult) => void
  readonly failed: (error: Error) => void
}

/** The phases in which a request is over. */
const OVER: readonly ElevationPhase[] = [ElevationPhase.NONE, ElevationPhase.DENIED, ElevationPhase.FAILED, ElevationPhase.EXPIRED, ElevationPhase.REVOKED]

/** Elevated powers, from the moment they are there. Ends by itself on expiry, disconnect, or a change of control. */
export class Elevated {
  /** Resolves when it is over, with why. */
  readonly ended: Promise<ElevationReason>
  readonly #desk: ElevationDesk

  constructor(desk: ElevationDesk, ended: Promise<ElevationReason>) {
    this.#desk = desk
    this.ended = ended
  }

  /** Runs a program with its arguments, without a shell. Resolves when it ended; rejects with the customer's refusal. */
  run(argv: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
    return this.#desk.run(argv, options)
  }

  /** Shows the log-in screen of another user. */
  switchUser(): Promise<void> {
    return this.#desk.switchUser()
  }

  /** Gives the powers up. */
  drop(): void {
    this.#desk.drop()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.drop()
    await this.ended
  }
}

/** A request that is not answered yet. */
interface Request {
  readonly requestId: number
  readonly credentials: ElevateOptions['credentials']
  /** Aborted when it is over, one way or the other. */
  readonly over: AbortController
  readonly resolve: (elevated: Elevated) => void
  readonly reject: (error: Error) => void
}

/** An agent's requests for elevation, one at a time. */
export class ElevationDesk {
  readonly #to: ToCustomer
  readonly #running = new Map<number, Running>()
  readonly #switches = new Answers<void>()
  #request: Request | undefined
  #end: ((reason: ElevationReason) => void) | undefined

  constructor(to: ToCustomer) {
    this.#to = to
    const { words } = to
    words.on('elevation.changed', ({ phase, reason }) => this.#changed(phase, reason))
    words.on('elevation.key', ({ requestId, key, signature }) => void this.#give(requestId, { key: key.slice(), signature: signature.slice() }))
    words.on('elevation.output', ({ commandId, stream, data }) => this.#output(commandId, stream, data))
    words.on('elevation.exited', ({ commandId, exitCode, endedBy, refusal }) => this.#exited(commandId, exitCode, endedBy, refusal))
    words.on('elevation.switched', ({ requestId, refusal }) =>
      refusal === RefusalReason.UNSPECIFIED ? this.#switches.settle(requestId) : this.#switches.fail(requestId, refusalError(refusal)),
    )
    words.on('over', error => this.#over(error))
  }

  /** The customer's machine takes credentials. */
  get takesCredentials(): boolean {
    return this.#to.customer?.capabilities.includes(FEATURE.credentials) ?? false
  }

  /** Resolves when the powers are there; rejects with `E_ELEVATION`, or with why it could not be asked. */
  async elevate({ reason, minutes, scope = 'admin', credentials }: ElevateOptions): Promise<Elevated> {
    if (this.#request !== undefined || this.#end !== undefined) throw refusalError(RefusalReason.BUSY)
    if (credentials !== undefined && !this.takesCredentials) throw elevationError(ElevationReason.UNSUPPORTED)
    return new Promise((resolve, reject) => {
      const requestId = this.#to.joiner.nextId()
      this.#request = { requestId, credentials, over: new AbortController(), resolve, reject }
      try {
        this.#to.call('elevation', {
          type: 'local.request',
          requestId,
          reason,
          scope: scope === 'admin' ? ElevationScope.ADMIN : ElevationScope.STANDARD,
          durationMs: minutes === undefined ? 0 : Math.round(minutes * 60_000),
          method: credentials === undefined ? ElevationMethod.PROMPT : ElevationMethod.CREDENTIALS,
        })
      } catch (error) {
        this.#over(error as Error)
      }
    })
  }

  async run(argv: readonly string[], { as = '', output, signal }: RunOptions): Promise<CommandResult> {
    const commandId = this.#to.joiner.nextId()
    return new Promise((done, failed) => {
      if (signal?.aborted) return failed(new AssistError('E_CANCELLED', 'The command was called off.', { cause: signal.reason }))
      this.#running.set(commandId, { stdout: [], stderr: [], output, done, failed })
      try {
        this.#to.call('elevation', { type: 'local.run', commandId, argv, as }, RefusalReason.NOT_ELEVATED)
      } catch (error) {
        this.#running.delete(commandId)
        return failed(error as Error)
      }
      signal?.addEventListener('abort', () => this.#running.has(commandId) && this.#to.call('elevation', { type: 'local.cancel', commandId }), { once: true })
    })
  }

  async switchUser(): Promise<void> {
    const requestId = this.#to.joiner.nextId()
    const answer = this.#switches.wait(requestId)
    try {
      this.#to.call('elevation', { type: 'local.switchUser', requestId }, RefusalReason.NOT_ELEVATED)
    } catch (error) {
      this.#switches.fail(requestId, error as Error)
    }
    return answer
  }

  drop(): void {
    if (this.#to.over === undefined) this.#to.call('elevation', { type: 'local.drop' })
  }

  /** The helper waits for credentials: gets them, seals them to its key, and sends them. Whatever goes wrong gives the request up. */
  async #give(requestId: number, signed: SignedCredentialKey): Promise<void> {
    const request = this.#request
    if (request?.requestId !== requestId) return
    try {
      const hpke = await this.#sealed(request, signed)
      if (this.#request === request) this.#to.call('elevation', { type: 'local.credentials', hpke })
    } catch (error) {
      if (this.#request !== request) return
      this.#over(error instanceof SecureError ? unfit(error) : (error as Error))
      this.drop()
    }
  }

  /** Credentials for this request as they travel. The key is looked at first: nobody is asked for a password for a key that is not the customer's (RA-SEC-242). */
  async #sealed({ requestId, credentials, over }: Request, signed: SignedCredentialKey): Promise<Uint8Array> {
    const { driver, number } = this.#to
    const request = { session: driver.sessionId, requestId }
    const customerKey = driver.acquaintance(number)?.publicKey ?? new Uint8Array()
    checkCredentialKey(request, signed, customerKey)
    const given = await credentials?.(over.signal)
    if (given === undefined) throw new AssistError('E_CANCELLED', 'No credentials were given.')
    const password = typeof given.password === 'string' ? new TextEncoder().encode(given.password) : given.password
    if (over.signal.aborted) {
      password.fill(0)
      throw cancelled(over.signal)
    }
    return sealAccount(request, signed, customerKey, { account: given.account, password })
  }

  #changed(phase: ElevationPhase, reason: ElevationReason): void {
    if (phase === ElevationPhase.ELEVATED) {
      const request = this.#request
      this.#request = undefined
      request?.over.abort()
      const ended = new Promise<ElevationReason>(resolve => {
        this.#end = resolve
      })
      request?.resolve(new Elevated(this, ended))
    } else if (OVER.includes(phase)) this.#over(phase === ElevationPhase.DENIED ? refusalError(RefusalReason.DENIED) : elevationError(reason), reason)
  }

  #over(error: Error, reason: ElevationReason = 0): void {
    const request = this.#request
    const end = this.#end
    this.#request = undefined
    this.#end = undefined
    request?.over.abort(error)
    request?.reject(error)
    end?.(reason)
    for (const { failed } of this.#running.values()) failed(error)
    this.#running.clear()
    this.#switches.failAll(error)
  }

  #output(commandId: number, stream: OutputStream, data: Uint8Array): void {
    const running = this.#running.get(commandId)
    const name = stream === OutputStream.STDERR ? 'stderr' : 'stdout'
    running?.[name].push(data.slice())
    running?.output?.(name, data)
  }

  #exited(commandId: number, exitCode: number, endedBy: string, refusal: RefusalReason): void {
    const running = this.#running.get(commandId)
    this.#running.delete(commandId)
    if (refusal !== RefusalReason.UNSPECIFIED) return running?.failed(refusalError(refusal))
    running?.done({ exitCode, endedBy: endedBy === '' ? undefined : endedBy, stdout: joined(running.stdout), stderr: joined(running.stderr) })
  }
}

/** Why credentials were not sealed. */
const unfit = (error: SecureError): AssistError =>
  error.code === 'E_FORMAT'
    ? new AssistError('E_INVALID', error.message)
    : new AssistError('E_SECURITY', 'The key for credentials is not the customer’s: somebody may stand between.', {
        hint: 'Compare the words with the customer by voice.',
        cause: error,
      })
