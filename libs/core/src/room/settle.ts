/** What time and absence do to a room: overdue deadlines, turns of candidates, the lead, the end. */
import { CloseCode, Role } from '@remote-assist/codec'
import { after, earliest, type Instant } from '../instant.js'
import { go, type Step, stay } from '../machine.js'
import { authorityOf, type Candidate, customerOf, HANDSHAKE_MS, isIn, participantOf, type RoomParticipant, type RoomRecord, TURN_MS } from './record.js'
import type { RoomEffect } from './table.js'

export type Open = Extract<RoomRecord, { phase: 'open' }>
export type Occupied = Extract<RoomRecord, { phase: 'occupied' }>
export type Closed = Extract<RoomRecord, { phase: 'closed' }>
export type Out<S extends RoomRecord> = Step<S, RoomEffect>

const closeOf = (p: RoomParticipant, code: CloseCode, bye: boolean): RoomEffect => ({
  type: 'close',
  participant: p.number,
  incarnation: p.incarnation,
  code,
  bye,
})

/** Ends the session for everybody; `leaver` said goodbye itself (RA-RLY-155). */
export function close(record: Open | Occupied, code: CloseCode, leaver?: number): Out<Closed> {
  const attached = record.participants.filter(p => p.state !== 'suspended')
  return go(
    { ...record, phase: 'closed', closeCode: code, code: undefined, participants: [], lead: undefined, invites: [] },
    ...attached.map(p => closeOf(p, code, p.number !== leaver)),
    { type: 'closed', code },
  )
}

/** Takes out those that `leaves` names a code for, closing the connections of those that are attached. */
export function removeWhere(record: Occupied, leaves: (p: RoomParticipant) => CloseCode | undefined, bye = true): Out<Occupied> {
  const effects: RoomEffect[] = []
  const participants = record.participants.filter(p => {
    const code = leaves(p)
    if (code !== undefined && p.state !== 'suspended') effects.push(closeOf(p, code, bye))
    return code === undefined
  })
  return effects.length === 0 && participants.length === record.participants.length ? stay(record) : go({ ...record, participants }, ...effects)
}

/** The code for a participant whose deadline has passed: its grace, its turn, or what it came by. */
function overdue(p: RoomParticipant, now: Instant): CloseCode | undefined {
  if (p.state === 'admitted' || now < p.deadline) return undefined
  if (p.state === 'suspended') return CloseCode.GRACE_EXPIRED
  return p.shownTo === undefined ? CloseCode.CODE_EXPIRED : CloseCode.NOT_ADMITTED
}

/** A candidate as it stands with its authority: shown and on the clock, or waiting until its code or invitation expires (RA-RLY-217, RA-RLY-219). */
function placed(c: Candidate, authority: number | undefined, turnMs: number, now: Instant): Candidate {
  if (c.shownTo === authority) return c
  return { ...c, shownTo: authority, handshaking: false, deadline: authority === undefined ? c.expiresAt : after(now, turnMs) }
}

/** Shows the first candidate customer to the lead and invited candidates to the customer, where these are attached (RA-RLY-216). */
function arrange(record: Occupied, now: Instant): Occupied {
  const attached = (number: number | undefined) => (participantOf(record, number)?.state === 'admitted' ? number : undefined)
  let first = true
  const participants = record.participants.map(p => {
    if (isIn(p)) return p
    const authority = attached(authorityOf(record, p))
    if (p.role !== Role.CUSTOMER) return placed(p, authority, HANDSHAKE_MS + record.policy.consentTimeoutMs + TURN_MS, now)
    const next = first ? authority : undefined
    first = false
    return placed(p, next, TURN_MS, now)
  })
  return participants.every((p, i) => p === record.participants[i]) ? record : { ...record, participants }
}

/** Without a customer's word the agent that has been in longest leads; with a customer it is the customer's to say (RA-RLY-202, RA-RLY-145). */
function lead(record: Occupied): Occupied {
  const agents = record.participants.filter(isIn).filter(p => p.role === Role.AGENT)
  if (agents.some(p => p.number === record.lead)) return record
  const heir = customerOf(record) === undefined ? agents.toSorted((a, b) => a.enteredAt - b.enteredAt || a.number - b.number)[0]?.number : undefined
  return heir === record.lead ? record : { ...record, lead: heir }
}

/** The code for somebody who cannot stay without the customer: viewers saw its screen, and its invitations are void. */
function orphaned(p: RoomParticipant): CloseCode | undefined {
  if (p.role === Role.VIEWER && isIn(p)) return CloseCode.REMOVED
  return p.state === 'candidate' && p.role !== Role.CUSTOMER ? CloseCode.NOT_FOUND : undefined
}

/** Drops what hung on a customer who is gone for good. Agents stay, for the next one, to whom the invitations of the last mean nothing. */
export function withoutCustomer(record: Occupied): Out<Occupied> {
  if (customerOf(record) !== undefined) return stay(record)
  const cleared = record.invites.length === 0 ? record : { ...record, invites: [] }
  const { state, effects } = removeWhere(cleared, orphaned)
  if (state.participants.every(p => p.inviteId === undefined)) return go(state, ...effects)
  return go({ ...state, participants: state.participants.map(p => ({ ...p, inviteId: undefined })) }, ...effects)
}

/** Makes the record whole after a change: lead, invitations and turns follow from who is there; without the agents it had the room closes (RA-RLY-242). */
export function settle(before: RoomRecord, step: Out<RoomRecord>, now: Instant): Out<RoomRecord> {
  if (step.state.phase !== 'occupied') return step
  const had = before.participants.some(p => p.role === Role.AGENT && isIn(p))
  const has = step.state.participants.some(p => p.role === Role.AGENT && isIn(p))
  if (had && !has) return then(step, close(step.state, CloseCode.SESSION_ENDED))
  const { state, effects } = withoutCustomer(step.state)
  return go(arrange(lead(state), now), ...step.effects, ...effects)
}

/** Both steps, one after the other. */
const then = (first: Out<RoomRecord>, second: Out<RoomRecord>): Out<RoomRecord> => go(second.state, ...first.effects, ...second.effects)

/** Applies every deadline that has passed; any broker that reads the record may. */
export function expire(record: RoomRecord, now: Instant): Out<RoomRecord> {
  if (record.phase === 'closed') return stay(record)
  const endsAt = endOf(record)
  if (endsAt !== undefined && now >= endsAt) return close(record, CloseCode.DURATION)
  const code = record.code !== undefined && now < record.code.expiresAt ? record.code : undefined
  const hasAgent = record.participants.some(p => p.role === Role.AGENT && isIn(p))
  if (code === undefined && !hasAgent) return close(record, CloseCode.CODE_EXPIRED)
  const open = record.invites.filter(invite => now < invite.expiresAt)
  const invites = open.length === record.invites.length ? record.invites : open
  const current = code === record.code && invites === record.invites ? record : { ...record, code, invites }
  if (current.phase === 'open') return stay(current)
  return settle(
    record,
    removeWhere(current, p => overdue(p, now)),
    now,
  )
}

/** When the session has lasted as long as its policy allows (RA-RLY-243). */
const endOf = (record: RoomRecord): Instant | undefined => {
  const { maxSessionDurationMs } = record.policy
  return maxSessionDurationMs === 0 ? undefined : after(record.createdAt, maxSessionDurationMs)
}

/** When something in the record falls due next. */
export function nextDeadline(record: RoomRecord): Instant | undefined {
  if (record.phase === 'closed') return undefined
  const deadlines = record.participants.map(p => (p.state === 'admitted' ? undefined : p.deadline))
  return earliest(endOf(record), record.code?.expiresAt, ...record.invites.map(invite => invite.expiresAt), ...deadlines)
}
