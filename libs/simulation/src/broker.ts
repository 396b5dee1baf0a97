/** The broker, symbolically: the real room machine, and a relay that forwards what the room lets through. */
import { Channel, type CloseCode, ContactKind, Role } from '@remote-assist/codec'
import {
  DEFAULT_POLICY,
  newRoom,
  type Proof,
  participantOf,
  policyToWire,
  type RoomEffect,
  type RoomEvent,
  type RoomPolicy,
  type RoomRecord,
  reach,
  room,
  rosterFor,
} from '@remote-assist/core'
import { hex } from './hex.js'
import { type Frame, Line, type Port } from './network.js'
import type { Random } from './random.js'
import type { Schedule } from './schedule.js'

export const HEARTBEAT_MS = 10_000
export const GRACE_MS = 30_000

/** A connection at the broker. `participant` 0 until its Hello was accepted. */
class Attachment implements Port {
  participant = 0
  incarnation = 0
  line: Line | undefined
  constructor(private readonly broker: Broker) {}

  frame(frame: Frame): void {
    this.broker.onFrame(this, frame)
  }

  closed(): void {
    this.broker.onClosed(this)
  }

  relay(kind: Extract<Frame, { layer: 'relay' }>['kind']): void {
    this.broker.say(this, kind)
  }
}

/** Somebody who sits at the broker and decides what becomes of each frame on its way out. */
export interface Interceptor {
  /** `to`: the participant that it is for; 0 if it has no number yet. */
  intercept(frame: Frame, to: number): void
}

type Rights = { readonly [C in Channel]?: readonly Role[] }

/** Which roles may send on a channel at all; the rest never leaves the broker. */
const SENDERS: Rights = {
  [Channel.SESSION]: [Role.AGENT, Role.CUSTOMER, Role.VIEWER],
  [Channel.SCREEN]: [Role.AGENT, Role.CUSTOMER, Role.VIEWER],
  [Channel.MEDIA]: [Role.CUSTOMER],
  [Channel.INPUT]: [Role.AGENT, Role.CUSTOMER],
  [Channel.CLIPBOARD]: [Role.AGENT, Role.CUSTOMER],
  [Channel.FILE]: [Role.AGENT, Role.CUSTOMER],
  [Channel.ELEVATION]: [Role.AGENT, Role.CUSTOMER],
  [Channel.CHAT]: [Role.AGENT, Role.CUSTOMER, Role.VIEWER],
  [Channel.ANNOTATION]: [Role.AGENT, Role.CUSTOMER],
}

export class Broker {
  record: RoomRecord
  #attached: Attachment[] = []
  #pending: Attachment | undefined
  #tokens = 0
  #tickAt: number | undefined
  /** Undefined = the broker is honest. */
  interceptor: Interceptor | undefined

  constructor(
    private readonly schedule: Schedule,
    private readonly random: Random,
    locator: string,
    policy: Partial<RoomPolicy> = {},
  ) {
    this.record = newRoom(
      {
        sessionId: '00'.repeat(16),
        agentTokenHash: 'agent',
        locator,
        details: { tenant: '', displayName: 'Ada', contactId: '', contactKind: ContactKind.UNSPECIFIED, metadata: {} },
        policy: { ...DEFAULT_POLICY, ...policy },
        graceMs: GRACE_MS,
      },
      schedule.now,
    )
    this.#arm()
  }

  /** Opens a line to the broker. */
  connect(port: Port, latencyMs: number): Line {
    const attachment = new Attachment(this)
    attachment.line = new Line(this.schedule, this.random, latencyMs, port, attachment)
    return attachment.line
  }

  renewCode(locator: string): void {
    this.#step({ type: 'code.renewed', locator })
  }

  onFrame(from: Attachment, frame: Frame): void {
    if (frame.layer === 'relay') return this.#onRelay(from, frame.kind)
    const sender = participantOf(this.record, from.participant)
    if (sender === undefined || sender.incarnation !== from.incarnation) return
    this.#step({ type: 'participant.confirmed', sender: from })
    const handshaking = frame.channel === Channel.HANDSHAKE
    if (handshaking) this.#step({ type: 'participant.handshaking', sender: from })
    else if (!(SENDERS[frame.channel] ?? []).includes(sender.role)) return this.#end(from, 402)
    for (const target of frame.targets) {
      const may = reach(this.record, from.participant, target)
      if (may === 'all' || (may === 'handshake' && handshaking)) this.#take(frame, target)
    }
  }

  /** Brings a frame to a participant, as it is, if there is a line. */
  deliver(frame: Frame, to: number): void {
    this.#connectionOf(to)?.line?.send('a', frame)
  }

  /** Everybody who has a line now. */
  get connected(): readonly number[] {
    return this.#attached.map(it => it.participant)
  }

  /** What the broker says itself. */
  say(to: Attachment, kind: Extract<Frame, { layer: 'relay' }>['kind']): void {
    const frame: Frame = { layer: 'relay', kind }
    if (this.interceptor !== undefined && this.#connectionOf(to.participant) === to) this.interceptor.intercept(frame, to.participant)
    else to.line?.send('a', frame)
  }

  #take(frame: Frame, to: number): void {
    if (this.interceptor === undefined) this.deliver(frame, to)
    else this.interceptor.intercept(frame, to)
  }

  onClosed(attachment: Attachment): void {
    this.#attached = this.#attached.filter(other => other !== attachment)
    if (attachment.participant !== 0) this.#step({ type: 'participant.dropped', sender: attachment })
  }

  #connectionOf(participant: number): Attachment | undefined {
    const incarnation = participantOf(this.record, participant)?.incarnation
    return this.#attached.find(it => it.participant === participant && it.incarnation === incarnation)
  }

  #end(attachment: Attachment, code: CloseCode): void {
    attachment.line?.close('a', code)
  }

  #onRelay(from: Attachment, kind: Extract<Frame, { layer: 'relay' }>['kind']): void {
    const sender = { participant: from.participant, incarnation: from.incarnation }
    switch (kind.$case) {
      case 'hello': {
        const { value: hello } = kind
        this.#pending = from
        const tokenHash = `token-${++this.#tokens}`
        if (hello.resumeToken.length > 0) this.#step({ type: 'participant.resume', presentedHash: text(hello.resumeToken), tokenHash, node: 'n1' })
        else
          this.#step({
            type: 'participant.hello',
            role: hello.role as Role.AGENT | Role.CUSTOMER | Role.VIEWER,
            proof: proofOf(hello),
            node: 'n1',
            tokenHash,
            displayName: hello.displayName,
          })
        this.#pending = undefined
        return
      }
      case 'admit':
        return this.#step({ type: 'participant.admit', sender, target: kind.value.participant })
      case 'evict':
        return this.#step({ type: 'participant.evict', sender, target: kind.value.participant, code: kind.value.code })
      case 'bye':
        return this.#step({ type: 'participant.bye', sender, code: kind.value.code, endSession: kind.value.endSession })
      case 'setLead':
        return this.#step({ type: 'participant.set-lead', sender, target: kind.value.participant })
      case 'setInvites': {
        const invites = kind.value.invites.map(it => ({ inviteId: hex(it.inviteId), role: it.role, expiresInMs: it.expiresInMs }))
        return this.#step({ type: 'participant.set-invites', sender, invites })
      }
      case 'ping':
        return from.relay({ $case: 'pong', value: { id: kind.value.id } })
      default:
        return
    }
  }

  #step(event: RoomEvent): void {
    const { state, effects } = room.step(this.record, event, this.schedule.now)
    this.record = state
    for (const effect of effects) this.#perform(effect)
    this.#arm()
  }

  #perform(effect: RoomEffect): void {
    switch (effect.type) {
      case 'welcome':
        return this.#welcome(effect.participant)
      case 'refuse':
        this.#pending?.relay({ $case: 'refusal', value: { code: effect.code, retryAfterMs: effect.retryAfterMs, detail: '' } })
        return this.#pending && this.#end(this.#pending, effect.code)
      case 'close': {
        const attachment = this.#attached.find(it => it.participant === effect.participant && it.incarnation === effect.incarnation)
        if (attachment === undefined) return
        if (effect.bye) attachment.relay({ $case: 'bye', value: { code: effect.code, endSession: false } })
        return this.#end(attachment, effect.code)
      }
      case 'roster':
        for (const number of effect.to) {
          const reader = participantOf(this.record, number)
          if (reader !== undefined) this.#connectionOf(number)?.relay({ $case: 'roster', value: rosterFor(this.record, reader) })
        }
        return
      case 'closed':
        return
    }
  }

  #welcome(number: number): void {
    const attachment = this.#pending
    const p = participantOf(this.record, number)
    if (attachment === undefined || p === undefined) return
    attachment.participant = number
    attachment.incarnation = p.incarnation
    this.#attached.push(attachment)
    attachment.relay({
      $case: 'welcome',
      value: {
        minor: 0,
        sessionId: new Uint8Array(16),
        participant: number,
        incarnation: p.incarnation,
        roster: rosterFor(this.record, p),
        policy: policyToWire(this.record.policy),
        channels: [],
        maxFrameBytes: 266_240,
        heartbeatMs: HEARTBEAT_MS,
        resumeToken: bytes(p.tokenHash),
        graceMs: GRACE_MS,
        codeExpiresInMs: 0,
        admitted: p.state === 'admitted',
      },
    })
    this.#heartbeat(attachment)
  }

  #heartbeat(attachment: Attachment): void {
    this.schedule.after(HEARTBEAT_MS, () => {
      if (!this.#attached.includes(attachment)) return
      attachment.relay({ $case: 'ping', value: { id: 1n } })
      this.#heartbeat(attachment)
    })
  }

  #arm(): void {
    const next = room.nextDeadline(this.record)
    if (next === undefined || (this.#tickAt !== undefined && this.#tickAt <= next && this.#tickAt > this.schedule.now)) return
    this.#tickAt = next
    this.schedule.at(next, () => {
      this.#tickAt = undefined
      this.#step({ type: 'tick' })
    })
  }
}

function proofOf(hello: { readonly agentToken: string; readonly locator: string; readonly inviteId: Uint8Array }): Proof {
  if (hello.inviteId.length > 0) return { kind: 'invite', inviteId: hex(hello.inviteId) }
  return hello.locator !== '' ? { kind: 'locator', locator: hello.locator } : { kind: 'token' }
}

const bytes = (value: string): Uint8Array => new TextEncoder().encode(value)
const text = (value: Uint8Array): string => new TextDecoder().decode(value)
