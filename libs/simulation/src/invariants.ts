/** What must hold after every step of every end, whatever happens. A breach names the invariant (numbers as in the protocol's design). */
import { Channel, KeyCombo, Permission, Role } from '@remote-assist/codec'
import { type CustomerPeer, type CustomerState, type Injection, type JoinerState, TABLES } from '@remote-assist/core'
import { Breach } from './breach.js'
import type { Effect, Event, Notice, State } from './end.js'

const breach = (invariant: string, message: string): never => {
  throw new Breach(invariant, message)
}

const isCustomer = (state: State): state is CustomerState => 'peers' in state

const grantsOf = ({ machine }: CustomerPeer): readonly Permission[] =>
  machine.phase === 'active' || machine.phase === 'paused' ? machine.grants.map(grant => grant.permission) : []

const holder = (state: CustomerState): number => (state.lease.phase === 'free' ? 0 : state.lease.holder)

/** May this peer's input reach the desktop? Written out anew here: the judge shares nothing with what it judges. */
function mayInject(state: CustomerState, number: number): boolean {
  const peer = state.peers.get(number)
  return (
    peer !== undefined &&
    state.session.phase === 'live' &&
    !state.paused &&
    peer.role === Role.AGENT &&
    peer.machine.phase === 'active' &&
    grantsOf(peer).includes(Permission.CONTROL_INPUT) &&
    state.lease.phase === 'held' &&
    state.lease.holder === number
  )
}

const isRelease = (injection: Injection): boolean => (injection.do === 'key' || injection.do === 'button') && !injection.down

/** A key that is down is let go after so long without a word of who pressed it. */
const SILENCE_MS = 1_500

/** Watches one end; of the explorer's small world, all of them. */
export class Invariants {
  /** What is down on the customer's desktop, and who pressed it. */
  readonly #pressed: Map<string, number>
  readonly #shown: Set<number>
  /** When each participant's input was heard last. */
  readonly #heardAt: Map<number, number>
  #stopped: boolean
  /** Transitions taken, as `machine: phase → phase`. */
  readonly reached: Set<string>

  /** @param attacked what looks like an honest end's word may be the broker's */
  constructor(
    before?: Invariants,
    private readonly attacked: boolean = before?.attacked ?? false,
  ) {
    this.#pressed = new Map(before === undefined ? [] : before.#pressed)
    this.#shown = new Set(before === undefined ? [] : before.#shown)
    this.#heardAt = new Map(before === undefined ? [] : before.#heardAt)
    this.#stopped = before === undefined ? false : before.#stopped
    this.reached = before?.reached ?? new Set()
  }

  /** What is remembered, as text that can be compared. */
  get memory(): string {
    return `${[...this.#pressed]} ${[...this.#shown]} ${this.#stopped}`
  }

  /** `nextDeadline` is when `after` wants its next tick. */
  stepped(name: string, before: State, event: Event, after: State, effects: readonly Effect[], now: number, nextDeadline: number | undefined): void {
    if (event.type === 'tick' && nextDeadline !== undefined && nextDeadline <= now)
      breach('9 no deadline is overdue', `${name} has its tick and still waits for ${nextDeadline} at ${now}`)
    this.#legalPhases(before, event, after)
    if (!this.attacked && event.type !== 'remote.malformed')
      for (const effect of effects)
        if (effect.type === 'violation') breach('honest ends break no rule', `${name}: ${effect.event} in ${effect.phase}, code ${effect.code}`)
    if (isCustomer(before) && isCustomer(after)) this.#customer(before, event, after, effects, now)
    else if (!isCustomer(after)) this.#joiner(after)
  }

  #legalPhases(before: State, event: Event, after: State): void {
    this.#moved('session', before.session.phase, after.session.phase)
    if (isCustomer(before) && isCustomer(after)) {
      this.#moved('lease', before.lease.phase, after.lease.phase)
      for (const [number, peer] of after.peers) {
        const was = before.peers.get(number)
        if (was === undefined) continue
        this.#moved('grantor', was.machine.phase, peer.machine.phase)
        this.#moved('elevationGrantor', was.channels.elevation.phase, peer.channels.elevation.phase)
        if (was.machine.phase === 'gone' && peer.machine.phase !== 'gone') breach('gone is for ever', `participant ${number} came back by ${event.type}`)
      }
    }
  }

  /** Within one step a machine may take several transitions, so that only reachability in the table is asked for. */
  #moved(machine: keyof typeof TABLES, from: string, to: string): void {
    if (from === to) return
    this.reached.add(`${machine}: ${from} → ${to}`)
    if (!reachable(machine, from, to)) breach('phases follow the table', `${machine} went from ${from} to ${to}`)
  }

  #customer(before: CustomerState, event: Event, after: CustomerState, effects: readonly Effect[], now: number): void {
    if (event.type === 'remote.record' && event.record.channel === Channel.INPUT) this.#heardAt.set(event.peer, now)
    for (const effect of effects) {
      if (effect.type === 'notify') {
        const { notice } = effect as { readonly notice: Notice }
        if (notice.kind === 'participants') for (const it of notice.participants) this.#shown.add(it.participant)
        if (notice.kind === 'input.inject') for (const injection of notice.injections) this.#injected(before, after, effect.peer, injection)
      }
      if (effect.type === 'send' && effect.channel === Channel.MEDIA) this.#pictures(before, effect.to)
    }
    if (event.type === 'local.stop') this.#stopped = true
    if (after.lease.phase === 'held-off' && now > after.lease.until) breach('9 no deadline is overdue', `the hold-off was due at ${after.lease.until}`)
    for (const [number, peer] of after.peers) this.#peer(after, number, peer, now)
    for (const [key, by] of this.#pressed)
      if (now > (this.#heardAt.get(by) ?? now) + SILENCE_MS) breach('6 nothing stays pressed', `${key} is still down, and participant ${by} has been silent`)
    for (const [key, by] of this.#pressed)
      if (!mayInject(after, by)) breach('6 nothing stays pressed', `${key} is still down after ${event.type}, and participant ${by} is not in control`)
  }

  #injected(before: CustomerState, after: CustomerState, number: number, injection: Injection): void {
    if (injection.do === 'key' || injection.do === 'button') {
      const name = injection.do === 'key' ? `key ${injection.usage}` : `button ${injection.button}`
      if (injection.down) this.#pressed.set(name, number)
      else this.#pressed.delete(name)
    }
    if (isRelease(injection)) return
    if (this.#stopped) breach('3 stop', `${injection.do} was injected after Stop`)
    if (!mayInject(before, number) && !mayInject(after, number))
      breach('1 input needs active, grant, lease and no pause', `${injection.do} by participant ${number}`)
    const peer = before.peers.get(number)
    if (injection.do === 'combo' && injection.combo === KeyCombo.CTRL_ALT_DELETE && peer?.channels.elevation.phase !== 'elevated')
      breach('4 secure keys only when elevated', `participant ${number}`)
  }

  #pictures(before: CustomerState, to: readonly number[]): void {
    for (const number of to) {
      const peer = before.peers.get(number)
      if (this.#stopped) breach('3 stop', `a picture went to participant ${number} after Stop`)
      if (!this.#shown.has(number)) breach('7 shown before it sees', `participant ${number} was sent a picture`)
      if (peer?.machine.phase !== 'active' || before.paused) breach('pictures need an active peer', `participant ${number} is ${peer?.machine.phase}`)
      if (peer !== undefined && !grantsOf(peer).includes(Permission.VIEW_SCREEN)) breach('pictures need a grant', `participant ${number}`)
    }
  }

  #peer(state: CustomerState, number: number, peer: CustomerPeer, now: number): void {
    const grants = grantsOf(peer)
    const { channels, machine } = peer
    for (const [what, deadline] of deadlines(peer))
      if (deadline !== undefined && now > deadline)
        breach('9 no deadline is overdue', `${what} of participant ${number} was due at ${deadline}, and it is ${now}`)
    if (holder(state) === number && !grants.includes(Permission.CONTROL_INPUT))
      breach('control needs a grant', `participant ${number} is in control and ${machine.phase}`)
    if (peer.role === Role.VIEWER) {
      if (grants.some(grant => grant !== Permission.VIEW_SCREEN && grant !== Permission.CHAT && grant !== Permission.RECORD))
        breach('2 a viewer only looks', `participant ${number} holds ${grants}`)
      if (channels.input.phase !== 'closed' || channels.elevation.phase !== 'none') breach('2 a viewer only looks', `participant ${number} has an open channel`)
    }
    if (channels.elevation.phase !== 'none' && machine.phase !== 'active')
      breach('4 elevation ends with the line, and with a pause', `participant ${number} is ${machine.phase} and ${channels.elevation.phase}`)
    if (channels.elevation.phase === 'elevated' && holder(state) !== number)
      breach('elevation ends with control', `participant ${number} is elevated and not in control`)
    if (channels.screen.phase === 'subscribed' && !grants.includes(Permission.VIEW_SCREEN))
      breach('pictures need a grant', `participant ${number} is subscribed`)
    if (channels.input.phase === 'open' && !mayInject(state, number))
      breach('1 input needs active, grant, lease and no pause', `participant ${number}'s channel is open`)
    if (grants.some(grant => !machine.party.ceiling.includes(grant))) breach('grants stay under the ceiling', `participant ${number}`)
    if (channels.clipboard.phase === 'flowing' && machine.phase !== 'active')
      breach('clipboard needs an active peer', `participant ${number} is ${machine.phase}`)
    const bounded = [
      channels.file.sending.length,
      channels.file.receiving.length,
      channels.screen.phase === 'subscribed' ? channels.screen.window.inFlight.length : 0,
      channels.input.combos.length,
    ]
    if (bounded.some(size => size > 64)) breach('8 memory is bounded', `participant ${number}: ${bounded}`)
  }

  #joiner(state: JoinerState): void {
    const { customer, role } = state
    if (customer === undefined || role !== Role.VIEWER) return
    if (customer.channels.input.phase === 'open' || customer.channels.elevation.phase !== 'none')
      breach('2 a viewer only looks', 'a viewer has an open channel')
  }
}

/** What a peer waits for, read off its state: the machines' own idea of their deadlines is what is judged. */
function deadlines({ machine, channels }: CustomerPeer): readonly (readonly [string, number | undefined])[] {
  const { elevation } = channels
  return [
    ['the handshake', machine.phase === 'securing' ? machine.by : undefined],
    ['the question', 'question' in machine ? machine.question?.by : undefined],
    ['the return', machine.phase === 'suspended' ? machine.until : undefined],
    [
      'a grant',
      machine.phase === 'active' || machine.phase === 'paused'
        ? Math.min(...machine.grants.map(grant => grant.expiresAt ?? Number.POSITIVE_INFINITY))
        : undefined,
    ],
    ['the consent to elevate', elevation.phase === 'consent' ? elevation.consentBy : undefined],
    ['elevation', elevation.phase === 'elevated' ? elevation.expiresAt : undefined],
  ]
}

const closures = new Map<string, ReadonlySet<string>>()

/** Whether the table has a way from one phase to another. */
function reachable(machine: keyof typeof TABLES, from: string, to: string): boolean {
  const known = closures.get(`${machine} ${from}`) ?? closure(machine, from)
  closures.set(`${machine} ${from}`, known)
  return known.has(to)
}

function closure(machine: keyof typeof TABLES, from: string): ReadonlySet<string> {
  const table: { readonly [phase: string]: { readonly [event: string]: readonly string[] | undefined } } = TABLES[machine]
  const found = new Set<string>()
  const queue = [from]
  for (let phase = queue.pop(); phase !== undefined; phase = queue.pop())
    for (const next of Object.values(table[phase] ?? {}).flatMap(targets => targets ?? []))
      if (!found.has(next)) {
        found.add(next)
        queue.push(next)
      }
  return found
}
