import { CloseCode, ContactKind, Role } from '@remote-assist/codec'
import type { Instant } from '../../src/instant.js'
import { DEFAULT_POLICY, type RoomPolicy } from '../../src/room/policy.js'
import { newRoom, participantOf, type RoomParticipant, type RoomRecord } from '../../src/room/record.js'
import { room } from '../../src/room/room.js'
import type { Invited, Proof, RoomEffect, RoomEvent, Sender } from '../../src/room/table.js'

export const GRACE_MS = 30_000
export const LOCATOR = '4821'
export const INVITE = '00112233445566778899aabbccddeeff'
export const at = (ms: number): Instant => ms as Instant

/** A room on a clock of its own, with everyone's moves as methods. */
export class House {
  record: RoomRecord
  now = at(1_000_000)
  #tokens = 0

  constructor(policy: Partial<RoomPolicy> = {}) {
    const details = { tenant: '', displayName: 'Ada', contactId: '', contactKind: ContactKind.VOICE, metadata: {} }
    this.record = newRoom(
      { sessionId: 'ab'.repeat(16), agentTokenHash: 'agent', locator: LOCATOR, details, policy: { ...DEFAULT_POLICY, ...policy }, graceMs: GRACE_MS },
      this.now,
    )
  }

  step(event: RoomEvent): readonly RoomEffect[] {
    const { state, effects } = room.step(this.record, event, this.now)
    this.record = state
    return effects
  }

  /** Lets time pass, delivering each tick when it is due. */
  pass(ms: number): readonly RoomEffect[] {
    const end = at(this.now + ms)
    const effects: RoomEffect[] = []
    for (let due = room.nextDeadline(this.record); due !== undefined && due <= end; due = room.nextDeadline(this.record)) {
      this.now = at(Math.max(this.now, due))
      effects.push(...this.step({ type: 'tick' }))
    }
    this.now = end
    return effects
  }

  hello(role: Role.AGENT | Role.CUSTOMER | Role.VIEWER, proof: Proof, displayName = ''): readonly RoomEffect[] {
    return this.step({ type: 'participant.hello', role, proof, node: 'n1', tokenHash: this.token(), displayName })
  }

  /** A token nobody had before. */
  token(): string {
    return `t${++this.#tokens}`
  }

  agent(): number {
    return welcomed(this.hello(Role.AGENT, { kind: 'token' }, 'Ada'))
  }

  knock(): number {
    return welcomed(this.hello(Role.CUSTOMER, { kind: 'locator', locator: LOCATOR }, 'Carl'))
  }

  invited(role: Role.AGENT | Role.VIEWER = Role.VIEWER, inviteId = INVITE): number {
    return welcomed(this.hello(role, { kind: 'invite', inviteId }, 'Vic'))
  }

  sender(number: number): Sender {
    return { participant: number, incarnation: participantOf(this.record, number)?.incarnation ?? 0 }
  }

  admit(by: number, target: number) {
    return this.step({ type: 'participant.admit', sender: this.sender(by), target })
  }

  evict(by: number, target: number, code = CloseCode.REMOVED) {
    return this.step({ type: 'participant.evict', sender: this.sender(by), target, code })
  }

  bye(by: number, endSession = false, code = CloseCode.LEFT) {
    return this.step({ type: 'participant.bye', sender: this.sender(by), code, endSession })
  }

  drop(number: number) {
    return this.step({ type: 'participant.dropped', sender: this.sender(number) })
  }

  resume(presentedHash: string, tokenHash = this.token()) {
    return this.step({ type: 'participant.resume', presentedHash, tokenHash, node: 'n2' })
  }

  confirm(number: number) {
    return this.step({ type: 'participant.confirmed', sender: this.sender(number) })
  }

  setLead(by: number, target: number) {
    return this.step({ type: 'participant.set-lead', sender: this.sender(by), target })
  }

  setInvites(by: number, invites: readonly Invited[] = [{ inviteId: INVITE, role: Role.VIEWER, expiresInMs: 3_600_000 }]) {
    return this.step({ type: 'participant.set-invites', sender: this.sender(by), invites })
  }

  handshake(number: number) {
    return this.step({ type: 'participant.handshaking', sender: this.sender(number) })
  }

  renew(locator = '9999') {
    return this.step({ type: 'code.renewed', locator })
  }

  participant(number: number): RoomParticipant | undefined {
    return participantOf(this.record, number)
  }

  /** How it stands; `gone` if it is not in the room. */
  state(number: number): RoomParticipant['state'] | 'gone' {
    return this.participant(number)?.state ?? 'gone'
  }

  /** An agent who leads and a customer who is in. */
  static assisting(policy: Partial<RoomPolicy> = {}): { readonly house: House; readonly agent: number; readonly customer: number } {
    const house = new House(policy)
    const agent = house.agent()
    const customer = house.knock()
    house.admit(agent, customer)
    return { house, agent, customer }
  }
}

/** The number that a Hello was welcomed with. */
export function welcomed(effects: readonly RoomEffect[]): number {
  const welcome = effects.find(effect => effect.type === 'welcome')
  if (welcome === undefined) throw new Error(`not welcomed: ${JSON.stringify(effects)}`)
  return welcome.participant
}

/** The code that a Hello was refused with. */
export const refusedWith = (effects: readonly RoomEffect[]): CloseCode | undefined => effects.find(effect => effect.type === 'refuse')?.code

/** Whom a step closed, with which code. */
export const closed = (effects: readonly RoomEffect[]): readonly [number, CloseCode][] =>
  effects.filter(effect => effect.type === 'close').map(({ participant, code }) => [participant, code])

/** Whom a step sends a roster. */
export const told = (effects: readonly RoomEffect[]): readonly number[] => effects.filter(effect => effect.type === 'roster').flatMap(effect => effect.to)
