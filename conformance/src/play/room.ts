import type { Fields } from './player.js'

/** Who is in a session, as a broker sees it. */

export interface Member {
  readonly number: number
  readonly role: 'AGENT' | 'CUSTOMER' | 'VIEWER'
  phase: 'CANDIDATE' | 'ADMITTED' | 'SUSPENDED'
  displayName: string
  incarnation: number
  readonly inviteId: Uint8Array
}

export class Room {
  readonly members = new Map<number, Member>()
  #lead = 0
  #last = 0
  #revision = 0

  /** Enters somebody under the next number. */
  enter(member: Omit<Member, 'number' | 'incarnation'>): Member {
    const entered = { ...member, number: ++this.#last, incarnation: 1 }
    this.members.set(entered.number, entered)
    return entered
  }

  /** The agent that leads: the one that was named, or the first that is there. */
  get lead(): number {
    if (this.members.get(this.#lead)?.role === 'AGENT') return this.#lead
    return this.of('AGENT').find(({ phase }) => phase !== 'CANDIDATE')?.number ?? 0
  }

  set lead(number: number) {
    this.#lead = number
  }

  of(role: Member['role']): Member[] {
    return [...this.members.values()].filter(member => member.role === role)
  }

  /** Who decides whether somebody enters: the lead on customers, the customer on everybody else. */
  authorityOf({ role }: Member): number {
    if (role === 'CUSTOMER') return this.lead
    return this.of('CUSTOMER').find(({ phase }) => phase !== 'CANDIDATE')?.number ?? 0
  }

  /** The roster as one participant sees it, under a new revision. */
  rosterFor(number: number): Fields {
    const self = this.members.get(number)
    const sees = (member: Member): boolean => {
      if (member.number === number) return true
      if (self?.phase === 'CANDIDATE') return member.number === this.authorityOf(self) && member.phase === 'ADMITTED'
      return member.phase !== 'CANDIDATE' || this.authorityOf(member) === number
    }
    const entries = [...this.members.values()].filter(sees).map(({ displayName, incarnation, inviteId, phase, role, number: participant }) => ({
      participant,
      role,
      phase,
      lead: participant === this.lead,
      displayName,
      incarnation,
      inviteId,
    }))
    return { revision: ++this.#revision, entries }
  }
}

const MAX_SEQUENCE = 9_007_199_254_740_991n

/** What is wrong with the sequence of a frame, behind one with sequence `last` of the same source and line (0 = none). */
export function sequenceFault(sequence: bigint, last: bigint): string | undefined {
  if (sequence < 1n || sequence > MAX_SEQUENCE) return `sequence ${sequence}, of 1 to ${MAX_SEQUENCE}`
  return sequence > last ? undefined : `sequence ${sequence} came after ${last}`
}
