/** The customer's machine for one other participant: securing → consenting or admission → active ⇄ paused → suspended → … → gone. */
import { type Channel, CloseCode, type ConsentRequest, GrantSource, type Permission, RefusalReason, Role } from '@remote-assist/codec'
import { after, earliest, type Instant } from '../instant.js'
import { defineMachine, go, LocalProtocolError, type Machine, type Step, stay } from '../machine.js'
import type { Kind } from '../message.js'
import {
  type Common,
  GRANTOR_TABLE,
  type GrantorEffect,
  type GrantorEvent,
  type GrantorNotice,
  type GrantorState,
  type Grants,
  type Party,
  type Question,
  SECURING_TIMEOUT_MS,
  securingMs,
} from './grantor-table.js'
import { fromWire, holds, nextExpiry, toWire, unexpired, withinCeiling } from './grants.js'

type In<P extends GrantorState['phase']> = Extract<GrantorState, { phase: P }>
type Engaged = In<'active'> | In<'paused'>
type Out<S extends GrantorState> = Step<S, GrantorEffect>

const notify = (notice: GrantorNotice): GrantorEffect => ({ type: 'notify', notice })
const send = (kind: Kind<Channel.SESSION>): GrantorEffect => ({ type: 'send', kind })
const entered = (phase: GrantorState['phase'], code?: CloseCode): GrantorEffect => notify({ kind: 'peer.phase', phase, code })
const settled = (question: Question | undefined): GrantorEffect[] =>
  question === undefined ? [] : [notify({ kind: 'peer.asked', requestId: question.requestId })]
const questionOf = (s: GrantorState): Question | undefined => ('question' in s ? s.question : undefined)
const common = ({ party, paused, secured }: GrantorState): Common => ({ party, paused, secured })
const grantsOf = (s: GrantorState): Grants | undefined => ('grants' in s ? s.grants : undefined)

const grantChanged = (s: GrantorState, grants: Grants, source: GrantSource, now: Instant): GrantorEffect =>
  send({ $case: 'grantChanged', value: { participant: s.party.participant, grants: toWire(grants, now), source } })

const decision = (requestId: number, grants: Grants, reason: RefusalReason, now: Instant): GrantorEffect =>
  send({ $case: 'decision', value: { requestId, granted: toWire(grants, now), reason } })

/** Begins, or begins again, the handshake; what was granted before waits for its end. */
function secure(s: GrantorState, now: Instant): Out<In<'securing'>> {
  const grants = grantsOf(s)
  return go(
    { ...common(s), phase: 'securing', by: after(now, securingMs(s.secured, s.party.graceMs)), grants },
    ...settled(questionOf(s)),
    notify({ kind: 'peer.secure', resume: s.secured }),
    entered('securing'),
  )
}

function suspend(s: GrantorState, now: Instant): Out<In<'suspended'>> {
  const until = s.phase === 'suspended' ? s.until : after(now, s.party.graceMs)
  return go({ ...common(s), phase: 'suspended', grants: grantsOf(s), until }, ...settled(questionOf(s)), entered('suspended'))
}

function leave(s: GrantorState, code: CloseCode, ...before: readonly GrantorEffect[]): Out<In<'gone'>> {
  return go({ ...common(s), phase: 'gone', code }, ...before, ...settled(questionOf(s)), entered('gone', code))
}

const remove = (s: GrantorState, code: CloseCode): Out<In<'gone'>> =>
  leave(s, code, { type: 'relay', kind: { $case: 'evict', value: { participant: s.party.participant, code } } })

/** Goes to work with these grants: active, or paused if the session is. */
function engage(s: GrantorState, grants: Grants, ...before: readonly GrantorEffect[]): Out<Engaged> {
  const phase = s.paused ? 'paused' : 'active'
  const told = s.paused ? [send({ $case: 'pause', value: {} })] : []
  return go({ ...common(s), phase, grants, question: undefined }, ...before, ...told, entered(phase))
}

/** Asks about somebody who came by invitation: there is no ConsentRequest, the invitation is the request. */
function askAdmission(s: In<'securing'>, now: Instant): Out<In<'admission'> | In<'consenting'>> {
  const { party } = s
  const question: Question = { requestId: 0, permissions: party.ceiling, by: after(now, party.consentTimeoutMs) }
  const asks = notify({ kind: 'peer.asks', requestId: 0, permissions: party.ceiling, reason: '', by: question.by })
  return party.role === Role.VIEWER
    ? go({ ...common(s), phase: 'admission', question }, entered('admission'), asks)
    : go({ ...common(s), phase: 'consenting', by: question.by, question }, entered('consenting'), asks)
}

function secured(before: In<'securing'>, now: Instant): Out<Engaged | In<'admission'> | In<'consenting'>> {
  const s = { ...before, secured: true }
  if (s.grants !== undefined) {
    const grants = unexpired(s.grants, now)
    return engage(s, grants, grantChanged(s, grants, GrantSource.RESUME, now))
  }
  if (s.party.candidate || s.party.role === Role.VIEWER) return askAdmission(s, now)
  return go({ ...common(s), phase: 'consenting', by: after(now, s.party.consentTimeoutMs), question: undefined }, entered('consenting'))
}

/** Opens the question that a ConsentRequest asks, or refuses it: one at a time, and never beyond the ceiling. */
function opens(
  s: In<'consenting'> | Engaged,
  request: ConsentRequest,
  now: Instant,
): { readonly question: Question | undefined; readonly effects: readonly GrantorEffect[] } {
  const { requestId, reason } = request
  const refuse = (why: RefusalReason) => ({ question: s.question, effects: [decision(requestId, [], why, now)] })
  if (s.question !== undefined) return refuse(RefusalReason.BUSY)
  const permissions = s.party.ceiling.filter(permission => request.permissions.includes(permission))
  if (permissions.length === 0) return refuse(RefusalReason.POLICY)
  const question: Question = { requestId, permissions, by: after(now, s.party.consentTimeoutMs) }
  return { question, effects: [notify({ kind: 'peer.asks', requestId, permissions, reason, by: question.by })] }
}

/** What the customer granted of what was asked. */
function granted(question: Question, e: Extract<GrantorEvent, { type: 'local.decide' }>, now: Instant): Grants {
  if (question.requestId !== e.requestId) throw new LocalProtocolError('peer', 'asked otherwise', 'local.decide', `question ${e.requestId} is not open`)
  return withinCeiling(fromWire([...e.granted], now), question.permissions)
}

const noQuestion = (requestId: number) => new LocalProtocolError('peer', 'not asked', 'local.decide', `question ${requestId} is not open`)

/** The first decision: with nothing granted the participant is turned away. */
function decideEntry(s: In<'consenting'> | In<'admission'>, e: Extract<GrantorEvent, { type: 'local.decide' }>, now: Instant): Out<Engaged | In<'gone'>> {
  if (s.question === undefined) throw noQuestion(e.requestId)
  const grants = granted(s.question, e, now)
  if (grants.length === 0) return turnAway(s, s.question, RefusalReason.DENIED, now)
  const { participant } = s.party
  const admit: readonly GrantorEffect[] = s.party.candidate ? [{ type: 'relay', kind: { $case: 'admit', value: { participant } } }] : []
  return engage(
    s,
    grants,
    ...admit,
    ...settled(s.question),
    decision(e.requestId, grants, RefusalReason.UNSPECIFIED, now),
    grantChanged(s, grants, GrantSource.CUSTOMER, now),
  )
}

function turnAway(s: In<'consenting'> | In<'admission'>, question: Question, reason: RefusalReason, now: Instant): Out<In<'gone'>> {
  const code = s.party.candidate ? CloseCode.NOT_ADMITTED : CloseCode.CONSENT_DENIED
  // A candidate cannot open records yet: the broker's eviction tells it.
  const told = s.party.candidate ? [] : [decision(question.requestId, [], reason, now)]
  return leave(s, code, ...told, { type: 'relay', kind: { $case: 'evict', value: { participant: s.party.participant, code } } })
}

/** A later decision adds to what is held. */
function decideMore<S extends Engaged>(s: S, e: Extract<GrantorEvent, { type: 'local.decide' }>, now: Instant): Out<S> {
  if (s.question === undefined) throw noQuestion(e.requestId)
  const added = granted(s.question, e, now)
  const grants = withinCeiling([...s.grants, ...added], s.party.ceiling)
  const reason = added.length === 0 ? RefusalReason.DENIED : RefusalReason.UNSPECIFIED
  const changed = added.length === 0 ? [] : [grantChanged(s, grants, GrantSource.CUSTOMER, now)]
  return go({ ...s, grants, question: undefined }, ...settled(s.question), decision(e.requestId, added, reason, now), ...changed)
}

function regrant<S extends Engaged>(s: S, grants: Grants, source: GrantSource, now: Instant): Out<S> {
  return go({ ...s, grants }, grantChanged(s, grants, source, now))
}

function give<S extends Engaged>(s: S, e: Extract<GrantorEvent, { type: 'local.grant' }>, now: Instant): Out<S> {
  return regrant(s, withinCeiling([...s.grants, ...fromWire([e], now)], s.party.ceiling), GrantSource.CUSTOMER, now)
}

const without = (grants: Grants, permission: Permission): Grants => grants.filter(grant => grant.permission !== permission)

function take<S extends Engaged>(s: S, permission: Permission, now: Instant): Out<S> {
  return holds(s.grants, permission) ? regrant(s, without(s.grants, permission), GrantSource.CUSTOMER, now) : stay(s)
}

/** Takes back what waits for its line (RA-SES-034). */
function takeKept<S extends In<'securing'> | In<'suspended'>>(s: S, { permission }: { readonly permission: Permission }): Out<S> {
  return stay({ ...s, grants: s.grants && without(s.grants, permission) })
}

/** Expires grants and questions. */
function tickEngaged<S extends Engaged>(s: S, now: Instant): Out<S> {
  const grants = unexpired(s.grants, now)
  const expired = grants === s.grants ? [] : [grantChanged(s, grants, GrantSource.EXPIRY, now)]
  const late = s.question !== undefined && now >= s.question.by ? s.question : undefined
  const denied = late === undefined ? [] : [...settled(late), decision(late.requestId, [], RefusalReason.TIMEOUT, now)]
  return go({ ...s, grants, question: late === undefined ? s.question : undefined }, ...expired, ...denied)
}

const asked = <S extends In<'consenting'> | Engaged>(s: S, e: { readonly value: ConsentRequest }, now: Instant): Out<S> => {
  const { question, effects } = opens(s, e.value, now)
  return go({ ...s, question }, ...effects)
}
const lost = (s: GrantorState, _e: unknown, now: Instant) => suspend(s, now)
const returned = (s: GrantorState, _e: unknown, now: Instant) => secure(s, now)
const left = (s: GrantorState, e: { readonly code: CloseCode }) => leave(s, e.code)
const removed = (s: GrantorState, e: { readonly code: CloseCode }) => remove(s, e.code)
/** Whoever cannot prove what it should know keeps no place (RA-SES-138); the lead's is not the customer's to take before the lead has let it in. */
const failed = (s: In<'securing'>, e: { readonly code: CloseCode }) => (s.secured || s.party.candidate ? remove(s, e.code) : leave(s, e.code))
const setPaused = <S extends GrantorState>(s: S, paused: boolean): Out<S> => stay({ ...s, paused })

export const grantor: Machine<GrantorState, GrantorEvent, GrantorEffect> = defineMachine<typeof GRANTOR_TABLE, GrantorState, GrantorEvent, GrantorEffect>({
  name: 'peer',
  table: GRANTOR_TABLE,
  illegal: CloseCode.WRONG_PHASE,
  handlers: {
    securing: {
      'peer.secured': (s, _e, now) => secured(s, now),
      'peer.failed': failed,
      'peer.lost': lost,
      'peer.returned': returned,
      'peer.left': left,
      'local.revoke': takeKept,
      'local.pause': s => setPaused(s, true),
      'local.unpause': s => setPaused(s, false),
      'local.remove': removed,
      tick: (s, _e, now) => (now >= s.by ? remove(s, CloseCode.TIMEOUT) : stay(s)),
    },
    consenting: {
      'peer.lost': lost,
      'peer.returned': returned,
      'peer.left': left,
      'remote.consentRequest': asked,
      'local.decide': decideEntry,
      'local.pause': s => setPaused(s, true),
      'local.unpause': s => setPaused(s, false),
      'local.remove': removed,
      tick: (s, _e, now) => {
        if (now < (s.question?.by ?? s.by)) return stay(s)
        return turnAway(s, s.question ?? { requestId: 0, permissions: [], by: s.by }, RefusalReason.TIMEOUT, now)
      },
    },
    admission: {
      'peer.lost': lost,
      'peer.returned': returned,
      'peer.left': left,
      'local.decide': decideEntry,
      'local.pause': s => setPaused(s, true),
      'local.unpause': s => setPaused(s, false),
      'local.remove': removed,
      tick: (s, _e, now) => (now >= s.question.by ? turnAway(s, s.question, RefusalReason.TIMEOUT, now) : stay(s)),
    },
    active: {
      'peer.lost': lost,
      'peer.returned': returned,
      'peer.left': left,
      'remote.consentRequest': asked,
      'local.decide': decideMore,
      'local.grant': give,
      'local.revoke': (s, e, now) => take(s, e.permission, now),
      'local.pause': s => go({ ...s, phase: 'paused', paused: true }, send({ $case: 'pause', value: {} }), entered('paused')),
      'local.unpause': stay,
      'local.remove': removed,
      tick: (s, _e, now) => tickEngaged(s, now),
    },
    paused: {
      'peer.lost': lost,
      'peer.returned': returned,
      'peer.left': left,
      'remote.consentRequest': asked,
      'local.decide': decideMore,
      'local.grant': give,
      'local.revoke': (s, e, now) => take(s, e.permission, now),
      'local.pause': stay,
      'local.unpause': s => go({ ...s, phase: 'active', paused: false }, send({ $case: 'unpause', value: {} }), entered('active')),
      'local.remove': removed,
      tick: (s, _e, now) => tickEngaged(s, now),
    },
    suspended: {
      'peer.lost': lost,
      'peer.returned': returned,
      'peer.left': left,
      'local.revoke': takeKept,
      'local.pause': s => setPaused(s, true),
      'local.unpause': s => setPaused(s, false),
      'local.remove': removed,
      tick: (s, _e, now) => (now >= s.until ? remove(s, CloseCode.GRACE_EXPIRED) : stay(s)),
    },
    gone: { 'local.pause': stay, 'local.unpause': stay, 'local.remove': stay },
  },
  nextDeadline(s) {
    switch (s.phase) {
      case 'securing':
        return s.by
      case 'consenting':
        return s.question?.by ?? s.by
      case 'admission':
        return s.question.by
      case 'active':
      case 'paused':
        return earliest(nextExpiry(s.grants), s.question?.by)
      case 'suspended':
        return s.until
      case 'gone':
        return undefined
    }
  },
})

/** A participant that has just appeared: the handshake begins. */
export const meet = (party: Party, paused: boolean, now: Instant): Out<In<'securing'>> =>
  go(
    { phase: 'securing', party, paused, secured: false, by: after(now, SECURING_TIMEOUT_MS), grants: undefined },
    notify({ kind: 'peer.secure', resume: false }),
    entered('securing'),
  )
