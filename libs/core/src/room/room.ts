/** The room machine: open → occupied → closed. The broker's counterpart of the session machine at each end. */
import { CloseCode, Role } from '@remote-assist/codec'
import { after, earliest, type Instant, msUntil } from '../instant.js'
import { defineMachine, go, type Step, stay, type TransitionTable } from '../machine.js'
import {
  type Admitted,
  authorityOf,
  type Candidate,
  CODE_TTL_MS,
  customerOf,
  HANDSHAKE_MS,
  isIn,
  MAX_CANDIDATE_CUSTOMERS,
  MAX_CANDIDATES_OF_INVITATION,
  participantOf,
  type RoomParticipant,
  type RoomRecord,
} from './record.js'
import { readersOfChange } from './roster.js'
import { type Closed, close, expire, nextDeadline, type Occupied, type Open, type Out, removeWhere, settle, withoutCustomer } from './settle.js'
import { type Proof, ROOM_TABLE, type RoomEffect, type RoomEvent, type Sender } from './table.js'

/** The highest participant number. */
const MAX_NUMBER = 65_535

type On<T extends RoomEvent['type']> = Extract<RoomEvent, { type: T }>
type Hello = On<'participant.hello'>

const refuse = (code: CloseCode, retryAfterMs = 0): RoomEffect => ({ type: 'refuse', code, retryAfterMs })
const refused = <S extends RoomRecord>(s: S, code: CloseCode, retryAfterMs?: number): Out<S> => go(s, refuse(code, retryAfterMs))

const isCandidate = (p: RoomParticipant): p is Candidate => p.state === 'candidate'
const isCandidateCustomer = (p: RoomParticipant): p is Candidate => isCandidate(p) && p.role === Role.CUSTOMER
const inviteOf = (proof: Proof): string | undefined => (proof.kind === 'invite' ? proof.inviteId : undefined)

/** The sender, if what it sent came on its newest connection. */
const current = (s: RoomRecord, { participant, incarnation }: Sender): RoomParticipant | undefined =>
  s.participants.find(p => p.number === participant && p.incarnation === incarnation && p.state !== 'suspended')

const replaced = (s: Occupied, next: RoomParticipant): Occupied => ({ ...s, participants: s.participants.map(p => (p.number === next.number ? next : p)) })

/** When what a newcomer came by expires, `admitted` for the agent whose session it is, or why it may not enter. */
function judge(s: Open | Occupied, e: Hello, now: Instant): Instant | 'admitted' | RoomEffect {
  const { proof, role } = e
  switch (proof.kind) {
    case 'token':
      if (role !== Role.AGENT) return refuse(CloseCode.UNAUTHENTICATED)
      return s.participants.some(p => p.role === Role.AGENT && isIn(p)) ? refuse(CloseCode.TAKEN) : 'admitted'
    case 'locator': {
      if (role !== Role.CUSTOMER) return refuse(CloseCode.UNAUTHENTICATED)
      if (s.code?.locator !== proof.locator) return refuse(CloseCode.NOT_FOUND)
      if (customerOf(s)?.state === 'admitted') return refuse(CloseCode.TAKEN)
      return tooMany(s.participants.filter(isCandidateCustomer), MAX_CANDIDATE_CUSTOMERS, now) ?? s.code.expiresAt
    }
    case 'invite': {
      const invite = s.invites.find(({ inviteId }) => inviteId === proof.inviteId)
      if (invite === undefined) return refuse(CloseCode.NOT_FOUND)
      if (invite.role !== role) return refuse(CloseCode.UNAUTHENTICATED)
      const waiting = s.participants.filter(isCandidate).filter(p => p.inviteId === proof.inviteId)
      return tooMany(waiting, MAX_CANDIDATES_OF_INVITATION, now) ?? invite.expiresAt
    }
  }
}

/** The answer to one candidate more than may wait: to try again when the first of them has to be gone (RA-RLY-110). */
const tooMany = (waiting: readonly Candidate[], most: number, now: Instant): RoomEffect | undefined =>
  waiting.length < most ? undefined : refuse(CloseCode.THROTTLED, msUntil(earliest(...waiting.map(p => p.deadline)), now))

/** Candidate customers share the one place that the customer will have. */
const placesTaken = (s: RoomRecord): number => s.participants.filter(p => !isCandidateCustomer(p)).length

const isEffect = (judged: Instant | 'admitted' | RoomEffect): judged is RoomEffect => typeof judged === 'object'

function enter<S extends Open | Occupied>(s: S, e: Hello, now: Instant): Out<S | Occupied> {
  const judged = judge(s, e, now)
  if (isEffect(judged)) return go(s, judged)
  if (placesTaken(s) >= s.policy.maxParticipants) return refused(s, CloseCode.FULL)
  if (s.nextNumber > MAX_NUMBER) return refused(s, CloseCode.OVERLOADED)
  const facts = {
    number: s.nextNumber,
    role: e.role,
    incarnation: 1,
    node: e.node,
    tokenHash: e.tokenHash,
    previousTokenHash: undefined,
    inviteId: inviteOf(e.proof),
    displayName: e.displayName,
  }
  const newcomer: RoomParticipant =
    judged === 'admitted'
      ? { ...facts, state: 'admitted', enteredAt: now }
      : { ...facts, state: 'candidate', expiresAt: judged, shownTo: undefined, handshaking: false, deadline: judged }
  return go(
    { ...s, phase: 'occupied', nextNumber: s.nextNumber + 1, participants: [...s.participants, newcomer] },
    { type: 'welcome', participant: newcomer.number },
  )
}

/** The customer is in: who else came is late (RA-RLY-218). */
const occupyCustomer = (s: Occupied): Out<Occupied> => removeWhere(s, p => (isCandidateCustomer(p) ? CloseCode.TAKEN : undefined))

/** Attaches again whom the token belongs to; its older connection, if there is one, is closed (RA-RLY-182, RA-RLY-185). */
function resume(s: Occupied, e: On<'participant.resume'>): Out<Occupied> {
  const p = s.participants.find(({ tokenHash, previousTokenHash }) => e.presentedHash === tokenHash || e.presentedHash === previousTokenHash)
  if (p === undefined) return refused(s, CloseCode.RESUME_REFUSED)
  const attached = { incarnation: p.incarnation + 1, node: e.node, tokenHash: e.tokenHash, previousTokenHash: e.presentedHash }
  const back: RoomParticipant = p.state === 'suspended' ? { ...admit(p, p.enteredAt), ...attached } : { ...p, ...attached }
  const older: readonly RoomEffect[] =
    p.state === 'suspended' ? [] : [{ type: 'close', participant: p.number, incarnation: p.incarnation, code: CloseCode.REPLACED, bye: true }]
  const returned = replaced(s, back)
  const { state, effects } = p.role === Role.CUSTOMER && isIn(p) ? occupyCustomer(returned) : stay(returned)
  return go(state, { type: 'welcome', participant: p.number }, ...older, ...effects)
}

/** The participant as one that is let in and attached. */
const admit = ({ number, role, incarnation, node, tokenHash, previousTokenHash, inviteId, displayName }: RoomParticipant, enteredAt: Instant): Admitted => ({
  number,
  role,
  incarnation,
  node,
  tokenHash,
  previousTokenHash,
  inviteId,
  displayName,
  state: 'admitted',
  enteredAt,
})

/** Lets a candidate in if its authority says so (RA-RLY-141, RA-RLY-142). A new customer takes the place of one whose line is down. */
function letIn(s: Occupied, e: On<'participant.admit'>, now: Instant): Out<Occupied> {
  const sender = current(s, e.sender)
  const target = participantOf(s, e.target)
  if (sender === undefined || target === undefined || isIn(target) || target.shownTo !== sender.number) return stay(s)
  if (target.role !== Role.CUSTOMER) return stay(replaced(s, admit(target, now)))
  const before = customerOf(s)
  const vacated = withoutCustomer({ ...s, participants: s.participants.filter(p => p !== before) })
  // Its code is used (RA-RLY-214). One that returns came by none.
  const occupied = occupyCustomer({ ...replaced(vacated.state, admit(target, now)), code: undefined })
  return go(occupied.state, ...vacated.effects, ...occupied.effects)
}

const isCloseCode = (code: CloseCode): boolean => code >= 100 && code <= 699

/** Turns out whom its authority names (RA-RLY-142, RA-RLY-143). */
function evict(s: Occupied, e: On<'participant.evict'>): Out<Occupied> {
  const sender = current(s, e.sender)
  const target = participantOf(s, e.target)
  if (sender?.state !== 'admitted' || target === undefined || authorityOf(s, target) !== sender.number) return stay(s)
  const code = isCloseCode(e.code) ? e.code : CloseCode.REMOVED
  return removeWhere(s, p => (p === target ? code : undefined))
}

/** Ends a stay at once (RA-RLY-152), or the session if the customer or the lead wants it (RA-RLY-153, RA-RLY-154). */
function bye(s: Occupied, e: On<'participant.bye'>): Out<Occupied | Closed> {
  const sender = current(s, e.sender)
  if (sender === undefined) return stay(s)
  const code = isCloseCode(e.code) ? e.code : CloseCode.LEFT
  const mayEnd = sender.state === 'admitted' && (sender.role === Role.CUSTOMER || sender.number === s.lead)
  if (e.endSession && mayEnd) return close(s, code === CloseCode.LEFT ? CloseCode.SESSION_ENDED : code, sender.number)
  return removeWhere(s, p => (p === sender ? code : undefined), false)
}

/** A line dropped: who was let in may return within the grace period; a candidate is gone, its place is the next one's. */
function dropped(s: Occupied, e: On<'participant.dropped'>, now: Instant): Out<Occupied> {
  const p = current(s, e.sender)
  if (p === undefined) return stay(s)
  if (!isIn(p)) return go({ ...s, participants: s.participants.filter(other => other !== p) })
  return go(replaced(s, { ...p, state: 'suspended', deadline: after(now, s.graceMs) }))
}

/** The customer's own word, if this participant is the customer on its newest connection. */
const isCustomer = (s: RoomRecord, sender: Sender): boolean => {
  const p = current(s, sender)
  return p?.state === 'admitted' && p.role === Role.CUSTOMER
}

function setLead(s: Occupied, e: On<'participant.set-lead'>): Out<Occupied> {
  const target = participantOf(s, e.target)
  const isAgent = target !== undefined && isIn(target) && target.role === Role.AGENT
  return isCustomer(s, e.sender) && isAgent && s.lead !== e.target ? go({ ...s, lead: e.target }) : stay(s)
}

/** A new code voids the old one and whoever waits by it; while a customer is attached nobody joins by it (RA-RLY-224). */
const renewed = <S extends Open | Occupied>(s: S, e: On<'code.renewed'>, now: Instant): S => ({
  ...s,
  code: { locator: e.locator, expiresAt: after(now, CODE_TTL_MS) },
})

const machine = defineMachine<typeof ROOM_TABLE, RoomRecord, RoomEvent, RoomEffect>({
  name: 'room',
  table: ROOM_TABLE,
  illegal: CloseCode.WRONG_PHASE,
  nextDeadline,
  handlers: {
    open: {
      'participant.hello': enter,
      'participant.resume': s => refused(s, CloseCode.RESUME_REFUSED),
      'code.renewed': (s, e, now) => go(renewed(s, e, now)),
      'session.end': (s, e) => close(s, e.code),
      tick: stay,
    },
    occupied: {
      'participant.hello': enter,
      'participant.resume': resume,
      'participant.confirmed': (s, e) => {
        const p = current(s, e.sender)
        return p?.previousTokenHash === undefined ? stay(s) : go(replaced(s, { ...p, previousTokenHash: undefined }))
      },
      'participant.handshaking': (s, e, now) => {
        const p = current(s, e.sender)
        if (p === undefined || !isCandidateCustomer(p) || p.shownTo === undefined || p.handshaking) return stay(s)
        return go(replaced(s, { ...p, handshaking: true, deadline: after(now, HANDSHAKE_MS) }))
      },
      'participant.admit': letIn,
      'participant.evict': evict,
      'participant.bye': bye,
      'participant.dropped': dropped,
      'participant.set-lead': setLead,
      'participant.set-invites': (s, e, now) => {
        const invites = e.invites.map(({ inviteId, role, expiresInMs }) => ({ inviteId, role, expiresAt: after(now, expiresInMs) }))
        return isCustomer(s, e.sender) ? go({ ...s, invites }) : stay(s)
      },
      'code.renewed': (s, e, now) => removeWhere(renewed(s, e, now), p => (isCandidateCustomer(p) ? CloseCode.CODE_EXPIRED : undefined)),
      'usage.relayed': (s, e) => go({ ...s, usage: { relayedBytes: s.usage.relayedBytes + e.bytes } }),
      'session.end': (s, e) => close(s, e.code),
      tick: stay,
    },
    closed: {
      'participant.hello': s => refused(s, CloseCode.NOT_FOUND),
      'participant.resume': s => refused(s, CloseCode.RESUME_REFUSED),
      'usage.relayed': (s, e) => go({ ...s, usage: { relayedBytes: s.usage.relayedBytes + e.bytes } }),
    },
  },
})

/** The room: its table, and its behaviour as a total function over the record. */
export const room = {
  name: machine.name,
  table: machine.table as TransitionTable,
  nextDeadline,
  /**
   * Applies what has fallen due, then the event; says who must see a new roster (RA-RLY-231). Never throws. The record it returns is the same object if
   * nothing changed; otherwise its revision is one higher.
   */
  step(record: RoomRecord, event: RoomEvent, now: Instant): Step<RoomRecord, RoomEffect> {
    const due = expire(record, now)
    // No event of the room is `remote.*`, so that none is a violation: the broker checked the rules before.
    const stepped = settle(due.state, machine.step(due.state, event, now) as Out<RoomRecord>, now)
    const effects = [...due.effects, ...stepped.effects]
    if (stepped.state === record) return go(record, ...effects)
    const next = { ...stepped.state, revision: record.revision + 1 }
    const welcomed = effects.find(effect => effect.type === 'welcome')?.participant
    const to = readersOfChange(record, next).filter(number => number !== welcomed)
    return go(next, ...effects, ...(to.length === 0 ? [] : [{ type: 'roster', to } as const]))
  },
}
