/** A broker in a few lines, for one session: the room machine of the core over an in-memory network. */
import { createHash, randomBytes } from 'node:crypto'
import {
  Channel,
  type CloseCode,
  CreateSessionResponse,
  decodeFrame,
  decodeFrameHeader,
  decodeRelay,
  encodeFrame,
  encodeRelay,
  type FrameView,
  type RelayMessage,
  RenewCodeResponse,
  type Role,
  Session,
} from '@remote-assist/codec'
import {
  DEFAULT_POLICY,
  type Instant,
  newRoom,
  type Proof,
  participantOf,
  policyToWire,
  type RoomEvent,
  type RoomPolicy,
  type RoomRecord,
  reach,
  room,
  rosterFor,
} from '@remote-assist/core'
import { type Connection, type ConnectionHandler, createMemoryNetwork, type MemoryNetwork, type Transport } from '@remote-assist/transport'
import type { Fetch } from '../../src/api/control-api.js'
import type { Clock } from '../../src/clock.js'

const HEARTBEAT_MS = 5_000

const hashOf = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

interface Attached {
  readonly connection: Connection
  sequence: number
  number: number
  incarnation: number
  token: Uint8Array
}

/** What a frame was, for tests that look at the wire. */
export interface Seen {
  readonly channel: Channel
  readonly source: number
  readonly targets: readonly number[]
  readonly bytes: Uint8Array
}

/** A frame on its way from the broker to one of its targets. */
export interface Hop extends FrameView {
  readonly target: number
  readonly bytes: Uint8Array
}

export class Relay {
  readonly network: MemoryNetwork = createMemoryNetwork()
  readonly agentToken = randomBytes(48).toString('base64url')
  readonly seen: Seen[] = []
  record: RoomRecord
  /** The resume tokens that each participant was given, in order. */
  readonly tokens = new Map<number, Uint8Array[]>()
  /** How many lines were opened. */
  attempts = 0
  /** New connections are broken at once. */
  deaf = false
  /** A dishonest broker forwards what is not from, or for, somebody who was let in. */
  forwardsAll = false
  /** What a dishonest broker delivers in the place of a frame: nothing, something else, several. Undefined = it is honest. */
  meddle: ((hop: Hop) => readonly Uint8Array[]) | undefined
  readonly #attached = new Map<number, Attached>()
  #hello: Attached | undefined
  #cancel: (() => void) | undefined

  constructor(
    readonly clock: Clock,
    { policy = {}, graceMs = 30_000, locator = '4821' }: { readonly policy?: Partial<RoomPolicy>; readonly graceMs?: number; readonly locator?: string } = {},
  ) {
    const details = { tenant: '', displayName: 'Ada', contactId: '', contactKind: 0, metadata: {} }
    this.record = newRoom(
      { sessionId: hex(randomBytes(16)), agentTokenHash: hashOf(this.agentToken), locator, details, policy: { ...DEFAULT_POLICY, ...policy }, graceMs },
      clock.now(),
    )
  }

  async start(): Promise<this> {
    await this.network.listen(connection => this.#accept(connection))
    this.#beat()
    return this
  }

  get transport(): Transport {
    return this.network.connect()
  }

  /** The control API: makes the one session, and new codes for it. */
  readonly fetch: Fetch = async url => {
    if (!url.endsWith('/code')) return { ok: true, status: 200, json: async () => CreateSessionResponse.toJSON(this.created) }
    this.#apply({ type: 'code.renewed', locator: `${Number(this.record.code?.locator ?? 4821) + 1}` })
    return { ok: true, status: 200, json: async () => RenewCodeResponse.toJSON({ session: this.created.session }) }
  }

  get created(): CreateSessionResponse {
    const { sessionId, code } = this.record
    const session: Session = {
      ...(Session.fromJSON({ sessionId, state: 1 }) as Session),
      locator: code?.locator ?? '',
      policy: policyToWire(this.record.policy),
    }
    return {
      session,
      agentToken: this.agentToken,
      websocketUrl: 'wss://assist.example/v1/attach',
      grpcTarget: '',
      joinUrl: 'https://assist.example/join',
      viewUrl: 'https://assist.example/view',
    }
  }

  /** Breaks the line of a participant, as a network does. */
  cut(number: number): void {
    this.#attached.get(number)?.connection.abort()
  }

  /** Ends the line of a participant with a code. */
  close(number: number, code: CloseCode): void {
    this.#attached.get(number)?.connection.close(code)
  }

  /** Takes nothing from a participant until it is let go on. */
  hold(number: number, held: boolean): void {
    const connection = this.#attached.get(number)?.connection
    if (held) connection?.pause()
    else connection?.resume()
  }

  /** Sends bytes to a participant as if another had sent them. */
  forge(to: number, bytes: Uint8Array): void {
    this.#attached.get(to)?.connection.send(bytes)
  }

  #accept(connection: Connection): ConnectionHandler {
    this.attempts++
    if (this.deaf) queueMicrotask(() => connection.abort())
    const attached: Attached = { connection, sequence: 0, number: 0, incarnation: 0, token: new Uint8Array() }
    return {
      frame: bytes => this.#frame(attached, bytes),
      closed: () => {
        if (attached.number === 0 || this.#attached.get(attached.number) !== attached) return
        this.#attached.delete(attached.number)
        this.#apply({ type: 'participant.dropped', sender: { participant: attached.number, incarnation: attached.incarnation } })
      },
    }
  }

  #frame(from: Attached, bytes: Uint8Array): void {
    const { channel, source, targets, payloadOffset, payloadLength } = decodeFrameHeader(bytes)
    this.seen.push({ channel, source, targets, bytes: bytes.slice() })
    const sender = { participant: from.number, incarnation: from.incarnation }
    if (channel === Channel.RELAY) return this.#relay(from, decodeRelay(bytes.slice(payloadOffset, payloadOffset + payloadLength)).kind)
    this.#apply({ type: 'participant.confirmed', sender })
    for (const target of targets) {
      const may = reach(this.record, source, target)
      if (!this.forwardsAll && (may === 'none' || (may === 'handshake' && channel !== Channel.HANDSHAKE))) continue
      if (may === 'handshake') this.#apply({ type: 'participant.handshaking', sender })
      const sent = this.meddle === undefined ? [bytes] : this.meddle({ ...decodeFrame(bytes), target, bytes })
      for (const one of sent) this.#attached.get(target)?.connection.send(one)
    }
  }

  #relay(from: Attached, kind: RelayMessage['kind']): void {
    const sender = { participant: from.number, incarnation: from.incarnation }
    switch (kind?.$case) {
      case 'hello': {
        const { role, agentToken, locator, inviteId, resumeToken, displayName } = kind.value
        from.token = randomBytes(32)
        this.#hello = from
        const facts = { node: 'here', tokenHash: hashOf(from.token) }
        if (resumeToken.length > 0) this.#apply({ type: 'participant.resume', presentedHash: hashOf(resumeToken), ...facts })
        else {
          const proof: Proof =
            locator !== '' ? { kind: 'locator', locator } : inviteId.length > 0 ? { kind: 'invite', inviteId: hex(inviteId) } : { kind: 'token' }
          if (proof.kind === 'token' && agentToken !== this.agentToken) return from.connection.close(200)
          this.#apply({ type: 'participant.hello', role: role as Role.AGENT, proof, displayName, ...facts })
        }
        this.#hello = undefined
        return
      }
      case 'admit':
        return this.#apply({ type: 'participant.admit', sender, target: kind.value.participant })
      case 'evict':
        return this.#apply({ type: 'participant.evict', sender, target: kind.value.participant, code: kind.value.code })
      case 'bye':
        return this.#apply({ type: 'participant.bye', sender, code: kind.value.code, endSession: kind.value.endSession })
      case 'setLead':
        return this.#apply({ type: 'participant.set-lead', sender, target: kind.value.participant })
      case 'setInvites':
        return this.#apply({
          type: 'participant.set-invites',
          sender,
          invites: kind.value.invites.map(({ inviteId, role, expiresInMs }) => ({ inviteId: hex(inviteId), role, expiresInMs })),
        })
      case 'ping':
        return this.#send(from, { $case: 'pong', value: kind.value })
      default:
        return
    }
  }

  #apply(event: RoomEvent): void {
    const { state, effects } = room.step(this.record, event, this.clock.now())
    this.record = state
    for (const effect of effects) {
      switch (effect.type) {
        case 'welcome':
          this.#welcome(effect.participant)
          break
        case 'refuse':
          if (this.#hello === undefined) break
          this.#send(this.#hello, { $case: 'refusal', value: { code: effect.code, retryAfterMs: effect.retryAfterMs, detail: '' } })
          this.#hello.connection.close(effect.code)
          break
        case 'close':
          this.#close(effect.participant, effect.incarnation, effect.code, effect.bye)
          break
        case 'roster':
          for (const number of effect.to) this.#roster(number)
          break
        case 'closed':
          for (const number of [...this.#attached.keys()]) this.#close(number, undefined, effect.code, true)
          break
      }
    }
    this.#cancel?.()
    const next = room.nextDeadline(this.record)
    this.#cancel = next === undefined ? undefined : this.clock.setTimer(next, () => this.#apply({ type: 'tick' }))
  }

  #welcome(number: number): void {
    const attached = this.#hello
    const participant = participantOf(this.record, number)
    if (attached === undefined || participant === undefined) return
    const older = this.#attached.get(number)
    attached.number = number
    attached.incarnation = participant.incarnation
    this.#attached.set(number, attached)
    older?.connection.close(103)
    this.tokens.set(number, [...(this.tokens.get(number) ?? []), attached.token])
    this.#send(attached, {
      $case: 'welcome',
      value: {
        minor: 0,
        sessionId: Buffer.from(this.record.sessionId, 'hex'),
        participant: number,
        incarnation: participant.incarnation,
        roster: rosterFor(this.record, participant),
        policy: policyToWire(this.record.policy),
        channels: [],
        maxFrameBytes: 266_240,
        heartbeatMs: HEARTBEAT_MS,
        resumeToken: attached.token,
        graceMs: this.record.graceMs,
        codeExpiresInMs: 0,
        admitted: participant.state === 'admitted',
      },
    })
  }

  #roster(number: number): void {
    const attached = this.#attached.get(number)
    const participant = participantOf(this.record, number)
    if (attached !== undefined && participant !== undefined) this.#send(attached, { $case: 'roster', value: rosterFor(this.record, participant) })
  }

  #close(number: number, incarnation: number | undefined, code: CloseCode, bye: boolean): void {
    const attached = this.#attached.get(number)
    if (attached === undefined || (incarnation !== undefined && attached.incarnation !== incarnation)) return
    this.#attached.delete(number)
    if (bye) this.#send(attached, { $case: 'bye', value: { code, endSession: false } })
    attached.connection.close(code)
  }

  #send(to: Attached, kind: NonNullable<RelayMessage['kind']>): void {
    to.connection.send(encodeFrame({ channel: Channel.RELAY, source: 0, targets: [], sequence: ++to.sequence }, encodeRelay({ kind })))
  }

  #beat(): void {
    this.clock.setTimer((this.clock.now() + HEARTBEAT_MS) as Instant, () => {
      for (const attached of this.#attached.values()) this.#send(attached, { $case: 'ping', value: { id: 1n } })
      this.#beat()
    })
  }
}
