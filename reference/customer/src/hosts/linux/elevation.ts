import {
  type CredentialRequest,
  type CredentialSlot,
  type Elevated,
  type ElevationAuthority,
  type ElevationHost,
  type ElevationStart,
  HostError,
} from '@remote-assist/peer'
import type { FromHelper } from '../../helper/messages.js'
import { HelperProcess } from './helper-process.js'
import { LinuxPowers } from './powers.js'
import { assertHelperCanStart } from './prerequisites.js'

/** How elevation is had on Linux. */
export interface LinuxElevationOptions {
  /**
   * Asks the customer for the password of its own account, without showing what is typed; undefined = it declined. The bytes are wiped. `attemptsLeft`: the one
   * before was wrong, and so many more may be; undefined = it is the first. Absent: the powers are to be had by the credentials of an agent alone.
   */
  readonly password?: (over: AbortSignal, attemptsLeft: number | undefined) => Promise<Uint8Array | undefined>
  /** What runs the helper, which is a Node program: a command and its first arguments. Default: the Node that runs this. */
  readonly runtime?: readonly [string, ...string[]]
}

/** As often may a person mistype, as with sudo itself. */
const TRIES = 3
/** What a person may do about a refusal. */
const CHECK = { hint: 'Check account and password and ask again.' }
const HINTS = { E_CREDENTIALS: CHECK, E_NOT_PERMITTED: CHECK, E_CAPABILITY: {}, E_HOST: {} }

type Secret = { readonly password: Uint8Array } | { readonly sealed: string }
type Given = Pick<ElevationStart, 'scope' | 'durationMs' | 'authority' | 'signal'>

/**
 * Elevation by sudo, through a helper that is a program of its own, started for each request when the customer has consented.
 * Throws `HostError` `E_UNSUPPORTED`, with why, where the helper could not be started. Whether an account may have the powers, sudo says when it is asked.
 */
export function linuxElevation(options: LinuxElevationOptions = {}): LinuxElevation {
  assertHelperCanStart()
  return new LinuxElevation(options)
}

/** Elevation on Linux; made by `linuxElevation`. */
export class LinuxElevation implements ElevationHost {
  /** X11 has no secure attention sequence. */
  readonly sendsSecureKeys = false
  readonly #options: LinuxElevationOptions
  readonly #helpers = new Set<Helper>()

  constructor(options: LinuxElevationOptions) {
    this.#options = options
  }

  /** There is no secure desktop: the password is asked for among other windows. */
  onSecureDesktop(): () => void {
    return () => {}
  }

  async start({ scope, durationMs, authority, signal, progress }: ElevationStart): Promise<Elevated> {
    const { password: ask } = this.#options
    if (ask === undefined || scope !== 'admin')
      throw new HostError('E_UNSUPPORTED', 'The system has no prompt here for these powers.', {
        hint: 'Give the account and the password of somebody who may have them.',
      })
    progress('os-prompt')
    for (let left = TRIES; left > 0; left--) {
      signal.throwIfAborted()
      const password = await ask(signal, left === TRIES ? undefined : left)
      if (password === undefined) {
        signal.throwIfAborted()
        throw new HostError('E_DENIED', 'No password was given.')
      }
      try {
        signal.throwIfAborted()
        const powers = await this.#helper().elevate({ password }, { scope, durationMs, authority, signal })
        progress('handover')
        return powers
      } catch (error) {
        if (!(error instanceof HostError) || error.code !== 'E_CREDENTIALS') throw error
      } finally {
        password.fill(0)
      }
    }
    throw new HostError('E_DENIED', `The password was wrong ${TRIES} times.`)
  }

  async awaitCredentials({ session, requestId }: CredentialRequest): Promise<CredentialSlot> {
    const helper = this.#helper()
    const publicKey = await helper.newKey(session, requestId)
    return {
      publicKey,
      start: async ({ sealed, scope, durationMs, authority, signal, progress }) => {
        const powers = await helper.elevate({ sealed: Buffer.from(sealed).toString('base64') }, { scope, durationMs, authority, signal })
        progress('handover')
        return powers
      },
      forget: () => helper.forget(),
    }
  }

  /** Ends every helper. */
  async close(): Promise<void> {
    await Promise.all([...this.#helpers].map(helper => helper.end()))
  }

  #helper(): Helper {
    const helper = new Helper(this.#options.runtime ?? [process.execPath])
    this.#helpers.add(helper)
    void helper.gone.then(() => this.#helpers.delete(helper))
    return helper
  }
}

/** One helper, for one request. */
class Helper {
  readonly gone: Promise<void>
  readonly #process: HelperProcess
  readonly #powers: LinuxPowers
  /** Rejects when it is gone, whenever that is. */
  readonly #broke: Promise<never>
  #spent = false
  #keyed: (key: Uint8Array) => void = () => {}
  #ready: (powers: LinuxPowers) => void = () => {}
  #failed: (error: HostError) => void = () => {}

  constructor(runtime: readonly [string, ...string[]]) {
    this.#process = new HelperProcess(runtime, message => this.#hear(message))
    this.#powers = new LinuxPowers(this.#process)
    this.gone = this.#process.gone
    this.#broke = this.gone.then(() => {
      throw new HostError('E_HOST', 'The helper for administrator powers broke off.')
    })
    // It may end when nobody waits for it.
    this.#broke.catch(() => {})
  }

  newKey(session: Uint8Array, requestId: number): Promise<Uint8Array> {
    const key = new Promise<Uint8Array>((resolve, reject) => {
      this.#keyed = resolve
      this.#failed = reject
    })
    this.#process.say({ type: 'key', session: Buffer.from(session).toString('base64'), requestId })
    return Promise.race([key, this.#broke])
  }

  async elevate(secret: Secret, { scope, durationMs, authority, signal }: Given): Promise<LinuxPowers> {
    if (this.#spent) throw new HostError('E_CREDENTIALS', 'The key for credentials was used up.')
    this.#spent = true
    const withdraw = () => void this.end().catch(() => {})
    const powers = new Promise<LinuxPowers>((resolve, reject) => {
      this.#ready = resolve
      this.#failed = reject
    })
    signal.addEventListener('abort', withdraw, { once: true })
    if (signal.aborted) withdraw()
    const start = { type: 'start', scope, durationMs, ...encoded(authority) }
    if ('sealed' in secret) this.#process.say({ ...start, ...secret })
    else this.#process.say({ ...start, passwordBytes: secret.password.length }, secret.password)
    try {
      const given = await Promise.race([powers, this.#broke])
      signal.throwIfAborted()
      return given
    } finally {
      signal.removeEventListener('abort', withdraw)
    }
  }

  /** Its key is gone, if it was not used. */
  forget(): void {
    if (this.#spent) return
    this.#spent = true
    void this.end().catch(() => {})
  }

  end(): Promise<void> {
    return this.#process.end()
  }

  #hear(message: FromHelper): void {
    switch (message.type) {
      case 'key':
        return this.#keyed(Buffer.from(message.key, 'base64'))
      case 'ready':
        return this.#ready(this.#powers)
      case 'refused':
        this.#powers.refused(message.message)
        return this.#failed(new HostError(message.code, message.message, HINTS[message.code]))
      default:
        return this.#powers.hear(message)
    }
  }
}

const encoded = ({ session, customerKey, capability }: ElevationAuthority) => ({
  session: Buffer.from(session).toString('base64'),
  customerKey: Buffer.from(customerKey).toString('base64'),
  capability: Buffer.from(capability).toString('base64'),
})
