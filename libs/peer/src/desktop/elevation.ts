/** Elevated powers on the customer's desktop: the system's prompt, the helper, its commands, and their end. */
import { ElevationReason, ElevationScope, OutputStream, RefusalReason } from '@remote-assist/codec'
import type { CustomerChannelCall, CustomerNotice } from '@remote-assist/core'
import { type CredentialSlot, type Elevated, type ElevationAuthority, type ElevationHost, type ElevationStart, HostError } from '../host.js'
import { CommandOutput } from './command-output.js'

type Call = Extract<CustomerChannelCall, { readonly channel: 'elevation' }>['event']
type Notice = Extract<CustomerNotice, { readonly kind: `elevation.${string}` }>

/** One request, from the customer's consent to the end of its powers. */
interface Attempt {
  readonly requestId: number
  readonly abort: AbortController
  /** What the helper was shown when it was started, or is. */
  capability: Uint8Array | undefined
  /** Method CREDENTIALS: where the helper awaits them, and what came, which this end cannot open. */
  slot: CredentialSlot | undefined
  sealed: Uint8Array | undefined
  /** The core told the helper to start. */
  started: boolean
  /** The powers; they wait if they are there before the core asked for them. */
  elevated: Elevated | undefined
  readonly commands: Map<number, AbortController>
}

/** What elevation needs of the customer's end. */
export interface ElevationOwner {
  /** Tells a participant's channel; nothing happens if that is not possible now. */
  call(participant: number, event: Call): void
  /** Undefined = the line has room; else it resolves when that may be so again. */
  room(): Promise<void> | undefined
  /** The session's id, 16 bytes. */
  sessionId(): Uint8Array
  /** What the helper is shown, to act for that participant alone. */
  authority(participant: number): ElevationAuthority
  /** The customer's signature that this key is its helper's, for this request (RA-SEC-242). */
  signKey(requestId: number, key: Uint8Array): Uint8Array
  failed(error: unknown): void
}

/** Why a host that rejected did so, for the agent to read. */
const REASONS: { readonly [code: string]: ElevationReason } = {
  E_DENIED: ElevationReason.OS_DECLINED,
  E_CREDENTIALS: ElevationReason.WRONG_CREDENTIALS,
  E_NOT_PERMITTED: ElevationReason.NOT_PERMITTED,
  E_UNSUPPORTED: ElevationReason.UNSUPPORTED,
}

const reasonOf = (error: unknown): ElevationReason => (error instanceof HostError ? REASONS[error.code] : undefined) ?? ElevationReason.HELPER

/** Why a host did not switch users. */
const REFUSALS: { readonly [code: string]: RefusalReason } = { E_NOT_PERMITTED: RefusalReason.POLICY, E_UNSUPPORTED: RefusalReason.UNSUPPORTED }

const refusalOf = (error: unknown): RefusalReason => (error instanceof HostError ? REFUSALS[error.code] : undefined) ?? RefusalReason.DENIED

export class ElevationBridge {
  readonly #attempts = new Map<number, Attempt>()

  constructor(
    readonly host: ElevationHost,
    readonly owner: ElevationOwner,
  ) {}

  /** A participant's powers, if it has any now. */
  elevated(participant: number): Elevated | undefined {
    return this.#attempts.get(participant)?.elevated
  }

  /** A participant's next capability; its helper goes on by that one. */
  renew(participant: number, capability: Uint8Array): void {
    this.#attempts.get(participant)?.elevated?.renew(capability)
  }

  /** Gives everything up. */
  async stop(): Promise<void> {
    await Promise.all([...this.#attempts.keys()].map(participant => this.#drop(participant)))
  }

  /** A word of the core about a participant's elevation. */
  hear(participant: number, notice: Notice): void {
    switch (notice.kind) {
      case 'elevation.prompt':
        return this.#prompt(participant, notice)
      case 'elevation.start':
        return this.#start(participant, notice.requestId)
      case 'elevation.key-wanted':
        return void this.#awaitCredentials(participant, notice.requestId)
      case 'elevation.credentials':
        return this.#take(participant, notice.requestId, notice.hpke)
      case 'elevation.drop':
      case 'elevation.discard':
        return void this.#drop(participant, notice.requestId).catch(error => this.owner.failed(error))
      case 'elevation.run':
        return void this.#run(participant, notice.commandId, notice.argv, notice.as)
      case 'elevation.cancel':
        return this.#attempts.get(participant)?.commands.get(notice.commandId)?.abort()
      case 'elevation.switch-user':
        return void this.#switchUser(participant, notice.requestId)
      default:
        return
    }
  }

  #begin(participant: number, requestId: number): Attempt {
    const attempt: Attempt = {
      requestId,
      abort: new AbortController(),
      capability: undefined,
      slot: undefined,
      sealed: undefined,
      started: false,
      elevated: undefined,
      commands: new Map(),
    }
    this.#attempts.set(participant, attempt)
    return attempt
  }

  /** Has the helper make a key for this request alone, and signs it for the agent. */
  async #awaitCredentials(participant: number, requestId: number): Promise<void> {
    const attempt = this.#begin(participant, requestId)
    try {
      const slot = await this.host.awaitCredentials?.({ session: this.owner.sessionId(), requestId })
      if (slot === undefined) throw new HostError('E_UNSUPPORTED', 'This machine takes no credentials.')
      if (this.#attempts.get(participant) !== attempt) return slot.forget()
      attempt.slot = slot
      const key = slot.publicKey
      this.owner.call(participant, { type: 'local.key', requestId, key, signature: this.owner.signKey(requestId, key) })
    } catch (error) {
      this.#fail(participant, attempt, error)
    }
  }

  /** Keeps what was sealed for the helper until the core, in its next word, has it tried. */
  #take(participant: number, requestId: number, sealed: Uint8Array): void {
    const attempt = this.#attempts.get(participant)
    if (attempt?.requestId === requestId) attempt.sealed = sealed.slice()
  }

  /** Brings the prompt up, or has the helper try the credentials. The host goes on by itself; the core hears of each step. */
  #prompt(participant: number, { requestId, scope, durationMs }: Extract<Notice, { readonly kind: 'elevation.prompt' }>): void {
    const known = this.#attempts.get(participant)
    const attempt = known?.requestId === requestId ? known : this.#begin(participant, requestId)
    let agreed = false
    const agree = () => {
      if (!agreed) this.owner.call(participant, { type: 'local.agreed', requestId })
      agreed = true
    }
    const authority = this.owner.authority(participant)
    attempt.capability = authority.capability
    const start: ElevationStart = {
      scope: scope === ElevationScope.STANDARD ? 'standard' : 'admin',
      durationMs,
      authority,
      signal: attempt.abort.signal,
      progress: stage => stage === 'handover' && agree(),
    }
    const { slot, sealed } = attempt
    const powers = slot === undefined || sealed === undefined ? this.host.start(start) : slot.start({ ...start, sealed })
    void powers.then(
      elevated => {
        agree()
        this.#arrived(participant, attempt, elevated)
      },
      error => this.#fail(participant, attempt, error),
    )
  }

  /** The machine did not give the powers. What has no better name in the protocol is the desktop's own fault, and is told here as well. */
  #fail(participant: number, attempt: Attempt, error: unknown): void {
    if (this.#attempts.get(participant) !== attempt) return
    this.#attempts.delete(participant)
    attempt.slot?.forget()
    const reason = reasonOf(error)
    if (reason === ElevationReason.HELPER) this.owner.failed(error)
    this.owner.call(participant, { type: 'local.failed', requestId: attempt.requestId, reason })
  }

  /** The helper runs. If its request is over meanwhile, it exits without acting. */
  #arrived(participant: number, attempt: Attempt, elevated: Elevated): void {
    if (this.#attempts.get(participant) !== attempt) return void elevated.drop().catch(error => this.owner.failed(error))
    attempt.elevated = elevated
    const { capability } = this.owner.authority(participant)
    if (capability !== attempt.capability) elevated.renew(capability)
    void elevated.ended.then(() => {
      if (this.#attempts.get(participant) !== attempt) return
      this.#attempts.delete(participant)
      this.owner.call(participant, { type: 'local.failed', requestId: attempt.requestId, reason: ElevationReason.HELPER })
    })
    if (attempt.started) this.owner.call(participant, { type: 'local.elevated', requestId: attempt.requestId })
  }

  #start(participant: number, requestId: number): void {
    const attempt = this.#attempts.get(participant)
    if (attempt?.requestId !== requestId) return
    attempt.started = true
    if (attempt.elevated !== undefined) this.owner.call(participant, { type: 'local.elevated', requestId })
  }

  async #drop(participant: number, requestId?: number): Promise<void> {
    const attempt = this.#attempts.get(participant)
    if (attempt === undefined || (requestId !== undefined && attempt.requestId !== requestId)) return
    this.#attempts.delete(participant)
    attempt.abort.abort()
    attempt.slot?.forget()
    for (const command of attempt.commands.values()) command.abort()
    await attempt.elevated?.drop()
  }

  async #switchUser(participant: number, requestId: number): Promise<void> {
    const elevated = this.#attempts.get(participant)?.elevated
    let refusal = RefusalReason.UNSPECIFIED
    if (elevated?.switchUser === undefined) refusal = RefusalReason.UNSUPPORTED
    else
      await elevated.switchUser().catch((error: unknown) => {
        refusal = refusalOf(error)
        if (refusal === RefusalReason.DENIED) this.owner.failed(error)
      })
    this.owner.call(participant, { type: 'local.switched', requestId, refusal })
  }

  async #run(participant: number, commandId: number, argv: readonly string[], as: string): Promise<void> {
    const attempt = this.#attempts.get(participant)
    const exited = (exitCode: number, endedBy: string) => this.owner.call(participant, { type: 'local.exited', commandId, exitCode, endedBy })
    if (attempt?.elevated === undefined) return exited(0, 'NOT_ELEVATED')
    const abort = new AbortController()
    attempt.commands.set(commandId, abort)
    const output = new CommandOutput(
      (stream, data) => this.owner.call(participant, { type: 'local.output', commandId, stream, data }),
      () => this.owner.room(),
      abort.signal,
    )
    try {
      const { exitCode, signal } = await attempt.elevated.run(argv, {
        ...(as === '' ? {} : { as }),
        signal: abort.signal,
        output: (stream, data) => output.push(stream === 'stderr' ? OutputStream.STDERR : OutputStream.STDOUT, data),
      })
      await output.flushed
      exited((exitCode ?? 0) & 0xff, exitCode === undefined ? (signal ?? 'ENDED') : '')
    } catch (error) {
      await output.flushed
      exited(0, error instanceof HostError ? error.code : 'E_HOST')
    } finally {
      attempt.commands.delete(commandId)
    }
  }
}
