/** A participant attached to its room: the hot path of the relay, and the relay messages that it sends. */
import {
  Channel,
  CLOSE_CODES,
  CloseCode,
  DecodeError,
  decodeFrameHeader,
  decodeRelay,
  encodeFrame,
  encodeRelay,
  type FrameEnvelope,
  MAX_FRAME_BYTES,
  Notice_Kind,
  Phase,
  Role,
  ruleFor,
} from '@remote-assist/codec'
import { participantOf, policyToWire, type RoomEvent, type RoomRecord, reach, rosterFor, type Sender } from '@remote-assist/core'
import type { Connection } from '@remote-assist/transport'
import type { Receiver, RelayKind } from './bus.js'
import { type Channels, channelsBetween, channelsOf, forwardedChannels, HANDSHAKE_ONLY, has } from './channels.js'
import type { Context } from './context.js'
import { Heartbeat } from './heartbeat.js'
import { Outbox } from './outbox.js'
import type { LocalRoom } from './rooms.js'
import { HIGHEST_MINOR } from './version.js'

/** What may be sent to somebody who is not there to receive: nothing, silently. */
const NOTHING: Channels = 0

/** The connection of one incarnation of a participant. */
export class Attachment implements Receiver {
  readonly incarnation: number
  readonly #role: Role
  readonly #outbox: Outbox
  readonly #heartbeat: Heartbeat
  readonly #detach: () => void
  readonly #open: Channels
  #sequence: number
  #sent = 0
  #confirmed: boolean
  #handshaking = false
  #over = false
  #record: RoomRecord
  #candidate: boolean
  #routes = new Map<number, Channels>()

  /**
   * @param sequence Of the Hello.
   * @param resumeToken What the Welcome gives it for a return.
   */
  constructor(
    readonly context: Context,
    readonly connection: Connection,
    readonly room: LocalRoom,
    readonly number: number,
    sequence: number,
    resumeToken: Uint8Array,
  ) {
    const { bus, clock, settings } = context
    const { record } = room
    const self = participantOf(record, number)
    if (self === undefined) throw new RangeError(`participant ${number} is not in the room`)
    this.incarnation = self.incarnation
    this.#role = self.role
    this.#open = channelsOf(self.role)
    this.#sequence = sequence
    this.#confirmed = self.previousTokenHash === undefined
    this.#record = record
    this.#candidate = self.state === 'candidate'
    this.#outbox = new Outbox(connection, clock, {
      lagging: (source, waiting) => this.#notify(source, Notice_Kind.LAGGING, BigInt(waiting)),
      caughtUp: source => this.#notify(source, Notice_Kind.CAUGHT_UP, 0n),
      overrun: () => {
        context.metrics.overrun()
        this.#fail(CloseCode.SLOW_CONSUMER)
      },
    })
    this.#heartbeat = new Heartbeat(clock, settings.heartbeatMs, {
      ping: id => {
        this.tell({ $case: 'ping', value: { id } })
        context.rooms.count(record.sessionId)
      },
      dead: () => {
        this.#leave()
        connection.abort()
      },
    })
    this.#detach = bus.attach(record.sessionId, number, this)
    this.tell({
      $case: 'welcome',
      value: {
        minor: HIGHEST_MINOR,
        sessionId: Buffer.from(record.sessionId, 'hex'),
        participant: number,
        incarnation: self.incarnation,
        roster: rosterFor(record, self),
        policy: policyToWire(record.policy),
        channels: forwardedChannels(self.role),
        maxFrameBytes: MAX_FRAME_BYTES,
        heartbeatMs: settings.heartbeatMs,
        resumeToken,
        graceMs: record.graceMs,
        codeExpiresInMs: record.code === undefined ? 0 : Math.max(0, record.code.expiresAt - clock.now()),
        admitted: self.state !== 'candidate',
      },
    })
  }

  /** Takes a frame of the participant's; a promise where the next one has to wait. */
  frame(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#over) return undefined
    this.#heartbeat.heard()
    try {
      const header = decodeFrameHeader(bytes)
      if (header.source !== this.number || header.sequence <= this.#sequence) return this.#fail(CloseCode.BAD_HEADER)
      this.#sequence = header.sequence
      if (!this.#confirmed) this.#confirm()
      if (header.channel !== Channel.RELAY) return this.#relay(header, bytes)
      if (header.targets.length > 0) return this.#fail(CloseCode.BAD_HEADER)
      return this.#message(bytes.subarray(header.payloadOffset, header.payloadOffset + header.payloadLength))
    } catch (error) {
      if (error instanceof DecodeError) return this.#fail(error.closeCode)
      throw error
    }
  }

  /** The connection has room again. */
  drained(): void {
    this.#outbox.drain()
  }

  /** The line is gone. `fault`: because the participant broke a rule of the binding. */
  lost(fault?: CloseCode): void {
    this.#leave(fault)
  }

  forward(frame: Uint8Array, source: number, droppable: boolean): void {
    this.#outbox.push(frame, source, droppable)
  }

  tell(message: RelayKind): void {
    if (this.#over) return
    const header = { channel: Channel.RELAY, source: 0, targets: [this.number], sequence: ++this.#sent }
    this.#outbox.push(encodeFrame(header, encodeRelay({ kind: message })), 0, false)
  }

  drop(source: number): void {
    this.#outbox.drop(source)
  }

  end(code: CloseCode, bye: boolean): void {
    if (this.#over) return
    if (bye) this.tell({ $case: 'bye', value: { code, endSession: false } })
    this.#stop()
    this.#outbox.finish()
    this.context.metrics.closed(code)
    this.connection.close(code)
  }

  /** Ends the connection because the broker stops: to the room it is a dropped line. */
  shutDown(): void {
    if (this.#over) return
    this.#outbox.finish()
    this.context.metrics.closed(CloseCode.SHUTTING_DOWN)
    this.#leave()
    this.connection.close(CloseCode.SHUTTING_DOWN)
  }

  get #sender(): Sender {
    return { participant: this.number, incarnation: this.incarnation }
  }

  get #sessionId(): string {
    return this.#record.sessionId
  }

  /** Forwards the same bytes to each target that may have them. */
  #relay({ channel, targets }: FrameEnvelope, bytes: Uint8Array): undefined {
    if (targets.length === 0 || (targets.length > 1 && channel !== Channel.MEDIA)) return this.#fail(CloseCode.BAD_HEADER)
    if (!has(this.#open, channel)) return this.#fail(CloseCode.FORBIDDEN_MESSAGE)
    if (this.#record !== this.room.record) this.#reroute()
    if (channel !== Channel.HANDSHAKE && this.#candidate) return this.#fail(CloseCode.WRONG_PHASE)
    const { bus, metrics } = this.context
    for (const target of targets) {
      if (target >= this.#record.nextNumber) return this.#fail(CloseCode.BAD_HEADER)
      const open = this.#routes.get(target) ?? this.#route(target)
      if (has(open, channel)) {
        bus.forward(this.#sessionId, target, bytes, this.number, channel === Channel.MEDIA)
        metrics.relayed(channel, bytes.byteLength)
        this.room.uncountedBytes += bytes.byteLength
      } else if (this.#forbids(target, channel)) return this.#fail(CloseCode.FORBIDDEN_MESSAGE)
    }
    if (channel === Channel.HANDSHAKE && !this.#handshaking) this.#begin()
    return undefined
  }

  #reroute(): void {
    this.#record = this.room.record
    this.#candidate = participantOf(this.#record, this.number)?.state === 'candidate'
    this.#routes = new Map()
  }

  /** The channels that lead to `target` at this moment. */
  #route(target: number): Channels {
    const to = participantOf(this.#record, target)
    const reachable = reach(this.#record, this.number, target)
    const open = to === undefined || reachable === 'none' ? NOTHING : reachable === 'handshake' ? HANDSHAKE_ONLY : channelsBetween(this.#role, to.role)
    this.#routes.set(target, open)
    return open
  }

  /** Whether that channel is closed between these roles at any time (RA-RLY-012); what is only closed now is discarded. */
  #forbids(target: number, channel: Channel): boolean {
    const to = participantOf(this.#record, target)
    return to !== undefined && !has(channelsBetween(this.#role, to.role), channel)
  }

  /** A relay message, judged by its rules (RA-RLY-121 to RA-RLY-123). */
  #message(payload: Uint8Array): Promise<void> | undefined {
    const { kind } = decodeRelay(payload)
    if (kind === undefined) {
      this.tell({ $case: 'notice', value: { kind: Notice_Kind.UNSUPPORTED, participant: 0, amount: 0n, detail: '' } })
      return undefined
    }
    const rule = ruleFor(Channel.RELAY, kind.$case, this.#role, Role.BROKER)
    if (rule === undefined) return this.#fail(CloseCode.FORBIDDEN_MESSAGE)
    if (this.#record !== this.room.record) this.#reroute()
    const phase = this.#candidate ? Phase.CANDIDATE : Phase.ADMITTED
    if (!rule.phases.includes(phase)) return this.#fail(CloseCode.WRONG_PHASE)
    return this.#act(kind)
  }

  #act(kind: RelayKind): Promise<void> | undefined {
    const sender = this.#sender
    switch (kind.$case) {
      case 'ping':
        this.tell({ $case: 'pong', value: kind.value })
        return undefined
      case 'pong':
        return undefined
      case 'dropMedia':
        this.#dropMedia(kind.value.targets)
        return undefined
      case 'admit':
        return this.#apply({ type: 'participant.admit', sender, target: kind.value.participant })
      case 'evict':
        return this.#apply({ type: 'participant.evict', sender, target: kind.value.participant, code: kind.value.code })
      case 'setLead':
        return this.#apply({ type: 'participant.set-lead', sender, target: kind.value.participant })
      case 'setInvites': {
        const invites = kind.value.invites.map(invite => ({ ...invite, inviteId: Buffer.from(invite.inviteId).toString('hex') }))
        return this.#apply({ type: 'participant.set-invites', sender, invites })
      }
      case 'bye':
        return this.#apply({ type: 'participant.bye', sender, code: kind.value.code, endSession: kind.value.endSession })
      default:
        return this.#fail(CloseCode.FORBIDDEN_MESSAGE)
    }
  }

  #dropMedia(targets: readonly number[]): void {
    const everybody = this.room.record.participants.map(p => p.number)
    for (const target of targets.length === 0 ? everybody : targets) this.context.bus.drop(this.#sessionId, target, this.number)
  }

  async #apply(event: RoomEvent): Promise<void> {
    try {
      await this.context.rooms.apply(this.#sessionId, event)
    } catch (error) {
      this.context.log.error({ session: this.#sessionId, participant: this.number, event: event.type, err: error }, 'an event could not be applied')
      this.#fail(CloseCode.INTERNAL)
    }
  }

  /** The first frame under the new token: the one before is void (RA-RLY-182). */
  #confirm(): void {
    this.#confirmed = true
    void this.#apply({ type: 'participant.confirmed', sender: this.#sender })
  }

  /** A candidate's handshake begins: it may finish (RA-RLY-217). */
  #begin(): void {
    this.#handshaking = true
    if (this.#candidate) void this.#apply({ type: 'participant.handshaking', sender: this.#sender })
  }

  #notify(source: number, kind: Notice_Kind, amount: bigint): void {
    this.context.bus.tell(this.#sessionId, source, { $case: 'notice', value: { kind, participant: this.number, amount, detail: '' } })
  }

  /** Ends the connection for a fault. */
  #fail(code: CloseCode): undefined {
    if (this.#over) return undefined
    const { log, metrics } = this.context
    log.warn({ session: this.#sessionId, participant: this.number, code, reason: CloseCode[code] }, 'connection closed for a fault')
    metrics.closed(code)
    this.#leave(code)
    this.connection.close(code)
    return undefined
  }

  /**
   * Gives up the place on the bus. To the room the line dropped, and the participant may return within its grace period; after a fault that no return would
   * mend its stay is over (RA-RLY-156).
   */
  #leave(fault?: CloseCode): void {
    if (this.#over) return
    this.#stop()
    this.#outbox.close()
    const isFinal = fault !== undefined && CLOSE_CODES[fault]?.retryable === false
    void this.#apply(
      isFinal ? { type: 'participant.bye', sender: this.#sender, code: fault, endSession: false } : { type: 'participant.dropped', sender: this.#sender },
    )
  }

  #stop(): void {
    this.#over = true
    this.#heartbeat.stop()
    this.#detach()
    this.context.rooms.count(this.#sessionId)
  }
}
