/** Who was there, what they were asked and granted, and who was in control: entries of the audit log. */
import { CloseCode, type Participant, Role } from '@remote-assist/codec'
import type { CustomerEvent, CustomerNotice, CustomerState, Held } from '@remote-assist/core'
import { hex, listed, plain } from './text.js'
import type { Note, World } from './world.js'

/** What the log says of an organisation where nobody vouches for a participant. */
export const UNVERIFIED = 'unverified'

const MAX_NAME_BYTES = 128

/** Why grants changed, as `GrantSource` numbers it. */
const SOURCE = { customer: 1, expiry: 2 } as const

/** A participant as the log has it. */
interface Person {
  readonly name: string
  readonly organisation: string
  readonly away: boolean
  readonly grants: readonly Held[]
}

export class People {
  readonly #note: Note
  readonly #world: World
  readonly #people = new Map<number, Person>()
  /** Questions that have no answer in the log, and those that are being answered. */
  readonly #open = new Set<string>()
  readonly #answering = new Set<string>()
  readonly #acting = new Set<number>()
  /** Those who said that the words are the same, and those who record: what is said again is no news. */
  readonly #confirmed = new Set<number>()
  readonly #recording = new Set<number>()
  #lead = 0
  #holder = 0

  constructor(note: Note, world: World) {
    this.#note = note
    this.#world = world
  }

  /** Those whose leaving is not in the log. */
  get present(): readonly number[] {
    return [...this.#people.keys()]
  }

  /** A word of the core. */
  hear(notice: CustomerNotice, peer: number): void {
    switch (notice.kind) {
      case 'peer.phase':
        return this.#phase(peer, notice.phase, notice.code)
      case 'peer.asks':
        this.#open.add(`${peer}:${notice.requestId}`)
        return this.#note('consent.asked', { participant: peer, permissions: listed(notice.permissions) })
      case 'peer.asked':
        return this.#answering.has(`${peer}:${notice.requestId}`) ? undefined : this.#answer(peer, notice.requestId, [])
      case 'participants':
        return this.#participants(notice.participants)
      case 'control':
        if (notice.holder !== this.#holder) this.#note('control.changed', { participant: notice.holder, epoch: notice.epoch })
        this.#holder = notice.holder
        return
      case 'words':
        return this.#sets(this.#confirmed, peer, true) ? this.#note('words.confirmed', { by: peer, participant: peer }) : undefined
      case 'recording':
        if (!this.#sets(this.#recording, peer, notice.recording)) return
        return this.#note('recording.changed', { participant: peer, state: notice.recording ? 'on' : 'off' })
      case 'invite':
        return this.#note('invitation.registered', { invitation: notice.invite.id, participant: notice.invite.by, role: notice.invite.role })
      case 'invite.gone':
        return this.#note('invitation.revoked', { invitation: notice.id })
      default:
        return
    }
  }

  /** The customer's program is about to do this. */
  begins(event: CustomerEvent): void {
    if (event.type !== 'local.peer') return
    this.#acting.add(event.peer)
    if (event.event.type === 'local.decide') this.#answering.add(`${event.peer}:${event.event.requestId}`)
  }

  /** It has done so; `done` false: it was not possible. */
  ends(event: CustomerEvent, done: boolean): void {
    if (event.type === 'local.words' && done) return this.#note('words.confirmed', { by: this.#world.self(), participant: event.peer })
    if (event.type !== 'local.peer') return
    const { peer, event: act } = event
    this.#acting.delete(peer)
    if (act.type === 'local.decide') {
      this.#answering.delete(`${peer}:${act.requestId}`)
      if (done)
        this.#answer(
          peer,
          act.requestId,
          act.granted.map(({ permission }) => permission),
        )
    }
    if (done) this.#regrant(peer, SOURCE.customer)
  }

  /** A participant leaves, and says so itself. */
  leaves(peer: number, code: CloseCode): void {
    if (this.#people.delete(peer)) this.#note('participant.left', { participant: peer, code })
  }

  /** Whether that is news. */
  #sets(members: Set<number>, peer: number, member: boolean): boolean {
    if (members.has(peer) === member) return false
    if (member) members.add(peer)
    else members.delete(peer)
    return true
  }

  #phase(peer: number, phase: string, code: CloseCode | undefined): void {
    const person = this.#people.get(peer)
    if (phase === 'gone') return this.leaves(peer, code ?? CloseCode.UNSPECIFIED)
    if (phase === 'securing' || phase === 'suspended') {
      if (person !== undefined) this.#people.set(peer, { ...person, away: true })
      return
    }
    const key = this.#world.keyOf(peer)
    if (key === undefined) return
    if (person === undefined) this.#join(peer, key)
    else if (person.away) {
      this.#people.set(peer, { ...person, away: false })
      this.#note('session.resumed', { participant: peer, key: hex(key) })
    }
  }

  #join(peer: number, key: Uint8Array): void {
    const { role = Role.UNSPECIFIED, displayName = '' } = this.#peer(peer) ?? {}
    const person: Person = { name: plain(displayName, MAX_NAME_BYTES), organisation: UNVERIFIED, away: false, grants: [] }
    this.#people.set(peer, person)
    this.#note('participant.joined', { participant: peer, role, name: person.name, organisation: person.organisation, key: hex(key) })
  }

  #answer(peer: number, requestId: number, granted: readonly number[]): void {
    if (this.#open.delete(`${peer}:${requestId}`)) this.#note('consent.decided', { participant: peer, permissions: listed(granted) })
  }

  #participants(list: readonly Participant[]): void {
    const lead = list.find(it => it.lead)?.participant ?? this.#lead
    if (lead !== this.#lead) this.#note('lead.changed', { participant: lead })
    this.#lead = lead
    for (const { participant, displayName, organisation } of list) {
      this.#identify(participant, plain(displayName, MAX_NAME_BYTES), organisation === '' ? UNVERIFIED : plain(organisation, MAX_NAME_BYTES))
      if (!this.#acting.has(participant)) this.#regrant(participant, SOURCE.expiry)
    }
  }

  #identify(peer: number, name: string, organisation: string): void {
    const person = this.#people.get(peer)
    if (person === undefined || (person.name === name && person.organisation === organisation)) return
    this.#people.set(peer, { ...person, name, organisation })
    this.#note('participant.identified', { participant: peer, name, organisation })
  }

  /** What a participant holds that it did not hold before, and the other way round; while its line is down, that waits. */
  #regrant(peer: number, source: number): void {
    const person = this.#people.get(peer)
    const machine = this.#peer(peer)?.machine
    if (person === undefined || (machine?.phase !== 'active' && machine?.phase !== 'paused')) return
    const { grants } = machine
    this.#people.set(peer, { ...person, grants })
    const has = (list: readonly Held[], one: Held) => list.some(it => it.permission === one.permission && it.expiresAt === one.expiresAt)
    const told = (held: Held, state: 'given' | 'taken', expires: number) =>
      this.#note('grant.changed', { participant: peer, permission: held.permission, state, expires, source })
    for (const held of grants) if (!has(person.grants, held)) told(held, 'given', this.#world.dateOf(held.expiresAt))
    for (const held of person.grants) if (!grants.some(it => it.permission === held.permission)) told(held, 'taken', 0)
  }

  #peer(peer: number): ReturnType<CustomerState['peers']['get']> {
    return this.#world.state().peers.get(peer)
  }
}
