/** Elevated powers on the customer's desktop: the system's prompt, the helper, its commands, and their end. */
import { ElevationReason, ElevationScope, OutputStream, RefusalReason } from '@remote-assist/codec'
import type { CustomerChannelCall, CustomerNotice } from '@remote-assist/core'
import { type Elevated, type ElevationHost, HostError } from '../host.js'
import { CommandOutput } from './command-output.js'

type Call = Extract<CustomerChannelCall, { readonly channel: 'elevation' }>['event']
type Notice = Extract<CustomerNotice, { readonly kind: `elevation.${string}` }>

/** One request, from the prompt to the end of its powers. */
interface Attempt {
  readonly requestId: number
  readonly abort: AbortController
  /** The core told the helper to start. */
  started: boolean
  /** The powers; they wait if they are there before the core asked for them. */
  elevated: Elevated | undefined
  readonly commands: Map<number, AbortController>
}

export class ElevationBridge {
  readonly #attempts = new Map<number, Attempt>()

  constructor(
    readonly host: ElevationHost,
    /** Tells a participant's channel; nothing happens if that is not possible now. */
    readonly call: (participant: number, event: Call) => void,
    /** Undefined = the line has room; else it resolves when that may be so again. */
    readonly room: () => Promise<void> | undefined,
    readonly failed: (error: unknown) => void,
  ) {}

  /** A participant's powers, if it has any now. */
  elevated(participant: number): Elevated | undefined {
    return this.#attempts.get(participant)?.elevated
  }

  /** Gives everything up. */
  async stop(): Promise<void> {
    await Promise.all([...this.#attempts.keys()].map(participant => this.#drop(participant)))
  }

  /** A word of the core about a participant's elevation. */
  hear(participant: number, notice: Notice): void {
    switch (notice.kind) {
      case 'elevation.prompt':
        return this.#prompt(participant, notice.requestId, notice.scope)
      case 'elevation.start':
        return this.#start(participant, notice.requestId)
      case 'elevation.key-wanted':
        return this.call(participant, { type: 'local.failed', requestId: notice.requestId, reason: ElevationReason.UNSUPPORTED })
      case 'elevation.drop':
      case 'elevation.discard':
        return void this.#drop(participant, notice.requestId).catch(this.failed)
      case 'elevation.run':
        return void this.#run(participant, notice.commandId, notice.argv, notice.as)
      case 'elevation.cancel':
        return this.#attempts.get(participant)?.commands.get(notice.commandId)?.abort()
      case 'elevation.switch-user':
        return this.call(participant, { type: 'local.switched', requestId: notice.requestId, refusal: RefusalReason.UNSUPPORTED })
      default:
        return
    }
  }

  /** Brings the prompt up. The host goes on to the helper by itself; the core hears of each step. */
  #prompt(participant: number, requestId: number, scope: ElevationScope): void {
    const attempt: Attempt = { requestId, abort: new AbortController(), started: false, elevated: undefined, commands: new Map() }
    this.#attempts.set(participant, attempt)
    let agreed = false
    const agree = () => {
      if (!agreed) this.call(participant, { type: 'local.agreed', requestId })
      agreed = true
    }
    const powers = this.host.start({
      scope: scope === ElevationScope.STANDARD ? 'standard' : 'admin',
      signal: attempt.abort.signal,
      progress: stage => stage === 'handover' && agree(),
    })
    void powers.then(
      elevated => {
        agree()
        this.#arrived(participant, attempt, elevated)
      },
      error => {
        if (this.#attempts.get(participant) !== attempt) return
        this.#attempts.delete(participant)
        const declined = error instanceof HostError && error.code === 'E_DENIED'
        if (!declined) this.failed(error)
        this.call(participant, { type: 'local.failed', requestId, reason: declined ? ElevationReason.OS_DECLINED : ElevationReason.HELPER })
      },
    )
  }

  /** The helper runs. If its request is over meanwhile, it exits without acting. */
  #arrived(participant: number, attempt: Attempt, elevated: Elevated): void {
    if (this.#attempts.get(participant) !== attempt) return void elevated.drop().catch(this.failed)
    attempt.elevated = elevated
    void elevated.ended.then(() => {
      if (this.#attempts.get(participant) !== attempt) return
      this.#attempts.delete(participant)
      this.call(participant, { type: 'local.failed', requestId: attempt.requestId, reason: ElevationReason.HELPER })
    })
    if (attempt.started) this.call(participant, { type: 'local.elevated', requestId: attempt.requestId })
  }

  #start(participant: number, requestId: number): void {
    const attempt = this.#attempts.get(participant)
    if (attempt?.requestId !== requestId) return
    attempt.started = true
    if (attempt.elevated !== undefined) this.call(participant, { type: 'local.elevated', requestId })
  }

  async #drop(participant: number, requestId?: number): Promise<void> {
    const attempt = this.#attempts.get(participant)
    if (attempt === undefined || (requestId !== undefined && attempt.requestId !== requestId)) return
    this.#attempts.delete(participant)
    attempt.abort.abort()
    for (const command of attempt.commands.values()) command.abort()
    await attempt.elevated?.drop()
  }

  async #run(participant: number, commandId: number, argv: readonly string[], as: string): Promise<void> {
    const attempt = this.#attempts.get(participant)
    const exited = (exitCode: number, endedBy: string) => this.call(participant, { type: 'local.exited', commandId, exitCode, endedBy })
    if (attempt?.elevated === undefined) return exited(0, 'NOT_ELEVATED')
    const abort = new AbortController()
    attempt.commands.set(commandId, abort)
    const output = new CommandOutput((stream, data) => this.call(participant, { type: 'local.output', commandId, stream, data }), this.room, abort.signal)
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
