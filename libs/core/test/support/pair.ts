import {
  type Channel,
  CloseCode,
  type KnownChannel,
  type Permission,
  Phase,
  type PlatformInfo,
  type Policy,
  Role,
  type RosterEntry,
} from '@remote-assist/codec'
import { customerSession } from '../../src/endpoint/customer/customer.js'
import type { CustomerEvent, CustomerNotice } from '../../src/endpoint/customer/events.js'
import type { CustomerState } from '../../src/endpoint/customer/state.js'
import { FEATURE } from '../../src/endpoint/features.js'
import type { JoinerEvent, JoinerNotice } from '../../src/endpoint/joiner/events.js'
import { agentSession, viewerSession } from '../../src/endpoint/joiner/joiner.js'
import type { JoinerState } from '../../src/endpoint/joiner/state.js'
import type { Effect } from '../../src/endpoint/run.js'
import type { Instant } from '../../src/instant.js'
import type { Step } from '../../src/machine.js'
import type { Kind, Message, OpenedRecord } from '../../src/message.js'
import { at, deepFreeze } from './actor.js'
import { EVERYTHING, entry, hello, PLATFORM, POLICY, roster, welcome } from './protocol.js'

/** What both kinds of end can be given. */
type Common = Extract<CustomerEvent, { readonly type: `transport.${string}` | `remote.${string}` | 'peer.secured' | 'tick' }>

/** One end of a session with everything it ever said. */
export class End<S, E extends { readonly type: string }, N extends { readonly kind: string }> {
  readonly notices: { readonly peer: number; readonly notice: N }[] = []
  readonly violations: { readonly peer: number; readonly event: string; readonly code: CloseCode }[] = []
  readonly closes: CloseCode[] = []
  /** Participants with whom it waits for a handshake. */
  readonly wants = new Set<number>()
  up = false

  constructor(
    readonly number: number,
    readonly role: Role,
    private readonly side: { step(state: S, event: E | Common, now: Instant): Step<S, Effect<N>>; nextDeadline(state: S): Instant | undefined },
    public state: S,
  ) {
    deepFreeze(state)
  }

  get deadline(): Instant | undefined {
    return this.side.nextDeadline(this.state)
  }

  step(event: E | Common, now: Instant): readonly Effect<N>[] {
    const { state, effects } = this.side.step(this.state, deepFreeze(event), now)
    this.state = deepFreeze(state)
    return effects
  }

  /** The notices of a kind, in order. */
  heard<K extends N['kind']>(kind: K): readonly Extract<N, { readonly kind: K }>[] {
    return this.notices.flatMap(({ notice }) => (notice.kind === kind ? [notice as Extract<N, { readonly kind: K }>] : []))
  }
}

export type CustomerEnd = End<CustomerState, CustomerEvent, CustomerNotice>
export type JoinerEnd = End<JoinerState, JoinerEvent, JoinerNotice>
type AnyEnd = CustomerEnd | JoinerEnd

/** A word that was said: on RELAY `to` is 0, the broker. */
interface Word {
  readonly from: number
  readonly to: number
  readonly message: Message
}

export const LEAD = 1
export const CUSTOMER = 2

/** Ends, a broker that believes them, and lines without delay: everything that follows from an event has happened when the call returns. */
export class Call {
  now = at(1_000_000)
  readonly words: Word[] = []
  readonly ends = new Map<number, AnyEnd>()
  readonly entries = new Map<number, RosterEntry>()
  /** Those whose records are lost on the way, in both directions, while their lines seem to be up. */
  readonly muted = new Set<number>()
  readonly #todo: (() => void)[] = []
  readonly #secured = new Set<string>()
  #revision = 0n
  #sequence = 0n

  constructor(readonly policy: Policy = POLICY) {}

  /** A call in which the lead was granted these permissions. */
  static begun(
    permissions: readonly Permission[] = EVERYTHING,
    policy: Partial<Policy> = {},
    platform: Partial<PlatformInfo> = {},
    capabilities?: readonly string[],
    restarted = false,
  ): Call {
    const call = Call.met(policy, platform, capabilities, restarted)
    call.ask(LEAD, 1, permissions)
    call.decide(LEAD, 1, permissions)
    return call
  }

  /** A call in which the lead and the customer have proved themselves to one another. */
  static met(
    policy: Partial<Policy> = {},
    platform: Partial<PlatformInfo> = {},
    capabilities: readonly string[] = Object.values(FEATURE),
    restarted = false,
  ): Call {
    const call = new Call({ ...POLICY, ...policy })
    call.attach(new End(LEAD, Role.AGENT, agentSession, agentSession.initial()), { lead: true, displayName: 'Ada' })
    const customer = customerSession.initial({ platform: { ...PLATFORM, ...platform }, capabilities, restarted })
    call.attach(new End(CUSTOMER, Role.CUSTOMER, customerSession, customer), { phase: Phase.CANDIDATE })
    return call
  }

  get customer(): CustomerEnd {
    return this.ends.get(CUSTOMER) as CustomerEnd
  }

  get agent(): JoinerEnd {
    return this.joiner(LEAD)
  }

  joiner(number: number): JoinerEnd {
    return this.ends.get(number) as JoinerEnd
  }

  /** What the customer knows of a participant. */
  peer(number: number) {
    const peer = this.customer.state.peers.get(number)
    if (peer === undefined) throw new Error(`the customer knows no participant ${number}`)
    return peer
  }

  /** Somebody comes by an invitation. */
  invited(number: number, role: Role.AGENT | Role.VIEWER, inviteId: Uint8Array): JoinerEnd {
    const side = role === Role.AGENT ? agentSession : viewerSession
    const end: JoinerEnd = new End(number, role, side, side.initial())
    this.attach(end, { phase: Phase.CANDIDATE, inviteId })
    return end
  }

  attach(end: AnyEnd, change: Partial<RosterEntry>): void {
    this.ends.set(end.number, end)
    this.entries.set(end.number, entry(end.number, end.role, { incarnation: 0, ...change }))
    this.#open(end)
    this.#settle()
  }

  /** The line of an end is gone; the others learn it from the broker. */
  drop(number: number): void {
    this.#lose(number)
    this.#settle()
  }

  back(number: number): void {
    this.#open(this.#end(number))
    this.#settle()
  }

  /** A local event at an end. */
  at(number: typeof CUSTOMER, event: CustomerEvent): void
  at(number: number, event: JoinerEvent): void
  at(number: number, event: CustomerEvent | JoinerEvent): void {
    this.#step(this.#end(number), event as Common)
    this.#settle()
  }

  /** An end says a message that its machine would not: it goes out as it is. */
  say(from: number, to: number, message: Message): void {
    this.#deliver({ from, to, message })
    this.#settle()
  }

  /** The broker says something to an end. */
  broker(to: number, kind: Kind<Channel.RELAY> | undefined): void {
    this.#step(this.#end(to), { type: 'remote.relay', kind })
    this.#settle()
  }

  /** Bytes that this version does not know, or that hold several messages. */
  record(from: number, to: number, record: OpenedRecord): void {
    this.#step(this.#end(to), { type: 'remote.record', peer: from, sequence: ++this.#sequence, record })
    this.#settle()
  }

  ask(number: number, requestId: number, permissions: readonly Permission[]): void {
    this.at(number, { type: 'local.ask', requestId, permissions, reason: 'help' })
  }

  decide(peer: number, requestId: number, permissions: readonly Permission[]): void {
    this.at(CUSTOMER, {
      type: 'local.peer',
      peer,
      event: { type: 'local.decide', requestId, granted: permissions.map(permission => ({ permission, expiresInMs: 0 })) },
    })
  }

  /** Lets time pass: each end is ticked when it wants to be, as long as its line's silence is not the point. */
  pass(ms: number, heartbeats = true): void {
    const until = at(this.now + ms)
    for (let due = this.#due(); due !== undefined && due.at <= until; due = this.#due()) {
      this.now = at(Math.max(this.now, due.at))
      if (heartbeats) for (const end of this.ends.values()) if (end.up) this.#step(end, { type: 'transport.heard' })
      this.#step(due.end, { type: 'tick' })
      this.#settle()
      const next = due.end.deadline
      if (next !== undefined && next <= this.now) throw new Error(`participant ${due.end.number} was ticked at ${due.at} and wants it again`)
    }
    this.now = until
  }

  /** What `from` said to `to` on a channel since `since`. */
  said<C extends KnownChannel>(channel: C, from: number, to: number, since = 0): readonly Kind<C>[] {
    const words = this.words.slice(since).filter(word => word.from === from && word.to === to && word.message.channel === channel)
    return words.map(word => word.message.kind as Kind<C>)
  }

  #due(): { readonly end: AnyEnd; readonly at: Instant } | undefined {
    let first: { readonly end: AnyEnd; readonly at: Instant } | undefined
    for (const end of this.ends.values()) {
      const due = end.deadline
      if (due !== undefined && (first === undefined || due < first.at)) first = { end, at: due }
    }
    return first
  }

  #end(number: number): AnyEnd {
    const end = this.ends.get(number)
    if (end === undefined) throw new Error(`there is no end ${number}`)
    return end
  }

  #step(end: AnyEnd, event: Common): void {
    for (const effect of end.step(event as never, this.now)) this.#act(end, effect)
  }

  #act(end: AnyEnd, effect: Effect<CustomerNotice | JoinerNotice>): void {
    switch (effect.type) {
      case 'send': {
        const { to, type: _, ...message } = effect
        for (const number of to.length === 0 ? [0] : to) {
          const word = { from: end.number, to: number, message: message as Message }
          this.words.push(word)
          this.#todo.push(() => (number === 0 ? this.#relay(end, word.message.kind as Kind<Channel.RELAY>) : this.#deliver(word)))
        }
        return
      }
      case 'notify':
        end.notices.push({ peer: effect.peer, notice: effect.notice as never })
        if (effect.notice.kind === 'peer.secure') end.wants.add(effect.peer)
        return
      case 'violation':
        end.violations.push(effect)
        return
      case 'close':
        end.closes.push(effect.code)
        this.#todo.push(() => this.#lose(end.number))
    }
  }

  /** Does what is to be done, in order; handshakes come when nothing else is left. */
  #settle(): void {
    for (;;) {
      const next = this.#todo.shift() ?? this.#handshake()
      if (next === undefined) return
      next()
    }
  }

  #handshake(): (() => void) | undefined {
    const { customer } = this
    for (const joiner of this.ends.values()) {
      if (joiner === customer || !customer?.up || !joiner.up || !customer.wants.has(joiner.number) || !joiner.wants.has(CUSTOMER)) continue
      return () => {
        customer.wants.delete(joiner.number)
        joiner.wants.delete(CUSTOMER)
        this.#secured.add(`${joiner.number}`)
        this.#step(customer, { type: 'peer.secured', peer: joiner.number })
        this.#step(joiner, { type: 'peer.secured', peer: CUSTOMER })
      }
    }
    return undefined
  }

  /** Records travel between two that share keys and were both admitted. */
  #deliver({ from, to, message }: Word): void {
    const joiner = from === CUSTOMER ? to : from
    const admitted = [from, to].every(number => this.entries.get(number)?.phase === Phase.ADMITTED)
    if (!admitted || !this.#secured.has(`${joiner}`) || this.muted.has(joiner)) return
    const record = { channel: message.channel, kinds: [message.kind] } as OpenedRecord
    this.#step(this.#end(to), { type: 'remote.record', peer: from, sequence: ++this.#sequence, record })
  }

  #open(end: AnyEnd): void {
    end.up = true
    this.#step(end, { type: 'transport.opened', hello: hello(end.role) })
  }

  #lose(number: number): void {
    const end = this.#end(number)
    const known = this.entries.get(number)
    if (!end.up || known === undefined) return
    end.up = false
    this.#forget(number)
    this.entries.set(number, { ...known, phase: Phase.SUSPENDED })
    this.#step(end, { type: 'transport.lost' })
    this.#announce()
  }

  /** Keys do not outlive a line. */
  #forget(number: number): void {
    if (number === CUSTOMER) this.#secured.clear()
    else this.#secured.delete(`${number}`)
  }

  #leave(number: number): void {
    this.#forget(number)
    this.entries.delete(number)
    this.#announce()
  }

  #announce(): void {
    this.#revision++
    for (const end of this.ends.values()) if (end.up) this.#step(end, { type: 'remote.relay', kind: { $case: 'roster', value: this.#roster() } })
  }

  #roster = () => roster(this.#revision, ...[...this.entries.values()].sort((a, b) => a.participant - b.participant))

  #relay(end: AnyEnd, kind: Kind<Channel.RELAY>): void {
    const own = this.entries.get(end.number)
    if (own === undefined) return
    switch (kind.$case) {
      case 'hello': {
        const phase = own.phase === Phase.SUSPENDED ? Phase.ADMITTED : own.phase
        const now = { ...own, phase, incarnation: own.incarnation + 1 }
        this.entries.set(end.number, now)
        const { incarnation } = now
        const value = welcome(end.number, { incarnation, roster: this.#roster(), policy: this.policy, admitted: phase === Phase.ADMITTED })
        this.#step(end, { type: 'remote.relay', kind: { $case: 'welcome', value } })
        return this.#announce()
      }
      case 'admit': {
        const known = this.entries.get(kind.value.participant)
        if (known !== undefined) this.entries.set(known.participant, { ...known, phase: Phase.ADMITTED })
        return this.#announce()
      }
      case 'evict': {
        const { participant, code } = kind.value
        this.entries.delete(participant)
        const out = this.ends.get(participant)
        if (out?.up) this.#step(out, { type: 'remote.relay', kind: { $case: 'bye', value: { code, endSession: false } } })
        return this.#leave(participant)
      }
      case 'setLead':
        for (const known of this.entries.values()) this.entries.set(known.participant, { ...known, lead: known.participant === kind.value.participant })
        return this.#announce()
      case 'bye':
        if (!kind.value.endSession) return this.#leave(end.number)
        for (const other of this.ends.values())
          if (other !== end && other.up)
            this.#step(other, { type: 'remote.relay', kind: { $case: 'bye', value: { code: CloseCode.SESSION_ENDED, endSession: true } } })
        return
      default:
        return
    }
  }
}
