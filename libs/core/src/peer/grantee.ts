/** A joiner's machine for the customer: securing → consenting or admission → active ⇄ paused → suspended → … → gone. */
import { type Channel, CloseCode, type Decision, type GrantChanged, type Permission, RefusalReason, Role, type Stop } from '@remote-assist/codec'
import { after, earliest, type Instant } from '../instant.js'
import { defineMachine, go, LocalProtocolError, type Machine, type Step, stay, type TransitionTable } from '../machine.js'
import type { Kind } from '../message.js'
import { SECURING_TIMEOUT_MS, securingMs } from './grantor-table.js'
import { fromWire, type Held, nextExpiry, unexpired } from './grants.js'

/** How much longer than the customer a joiner waits for an answer, so that the customer's own answer comes first. */
export const ANSWER_SLACK_MS = 5_000

/** What does not change while the customer stays. */
export interface Host {
  /** The customer's number. */
  readonly participant: number
  /** This end's role. */
  readonly role: Role.AGENT | Role.VIEWER
  readonly self: number
  readonly consentTimeoutMs: number
  readonly graceMs: number
  /** The customer waits at the broker for this end, the lead, to admit it. */
  readonly candidate: boolean
  /** This end came by invitation: the invitation is its first request, and it cannot put another before it is in. */
  readonly invited: boolean
}

/** A ConsentRequest that the customer has not answered. */
export interface Asked {
  readonly requestId: number
  readonly by: Instant
}

type Grants = readonly Held[]

interface Common {
  readonly host: Host
  readonly secured: boolean
}

export type GranteeState =
  | (Common & { readonly phase: 'securing'; readonly by: Instant; readonly grants: Grants | undefined })
  | (Common & { readonly phase: 'consenting'; readonly asked: Asked | undefined; readonly grants: Grants; readonly by: Instant })
  | (Common & { readonly phase: 'admission'; readonly grants: Grants; readonly by: Instant })
  | (Common & { readonly phase: 'active'; readonly asked: Asked | undefined; readonly grants: Grants })
  | (Common & { readonly phase: 'paused'; readonly asked: Asked | undefined; readonly grants: Grants })
  | (Common & { readonly phase: 'suspended'; readonly grants: Grants | undefined; readonly until: Instant })
  | (Common & { readonly phase: 'gone'; readonly code: CloseCode })

export type GranteeEvent =
  | { readonly type: 'peer.secured' }
  /** The handshake failed; or the customer, who has keys after this end, got none. */
  | { readonly type: 'peer.failed'; readonly code: CloseCode }
  | { readonly type: 'peer.lost' }
  | { readonly type: 'peer.returned' }
  | { readonly type: 'peer.left'; readonly code: CloseCode }
  | { readonly type: 'remote.decision'; readonly value: Decision }
  | { readonly type: 'remote.grantChanged'; readonly value: GrantChanged }
  | { readonly type: 'remote.pause'; readonly value: object }
  | { readonly type: 'remote.unpause'; readonly value: object }
  | { readonly type: 'remote.stop'; readonly value: Stop }
  | { readonly type: 'local.ask'; readonly requestId: number; readonly permissions: readonly Permission[]; readonly reason: string }
  | { readonly type: 'tick' }

export type GranteeNotice =
  /** The customer will begin a handshake: be ready to answer it. */
  | { readonly kind: 'peer.secure'; readonly resume: boolean }
  | { readonly kind: 'peer.phase'; readonly phase: GranteeState['phase']; readonly code: CloseCode | undefined }
  /** The answer to a ConsentRequest; `granted` empty = no, and `reason` says why. */
  | { readonly kind: 'peer.decided'; readonly requestId: number; readonly granted: readonly Permission[]; readonly reason: RefusalReason }
  | { readonly kind: 'peer.grants'; readonly grants: Grants }

export type GranteeEffect =
  | { readonly type: 'send'; readonly kind: Kind<Channel.SESSION> }
  | { readonly type: 'relay'; readonly kind: Kind<Channel.RELAY> }
  | { readonly type: 'notify'; readonly notice: GranteeNotice }

export const GRANTEE_TABLE = {
  securing: {
    'peer.secured': ['consenting', 'admission', 'active'],
    'peer.failed': ['gone'],
    'peer.lost': ['suspended'],
    'peer.returned': ['securing'],
    'peer.left': ['gone'],
    tick: ['securing', 'gone'],
  },
  consenting: {
    'peer.failed': ['gone'],
    'peer.lost': ['suspended'],
    'peer.returned': ['securing'],
    'peer.left': ['gone'],
    'remote.decision': ['consenting', 'active', 'gone'],
    'remote.grantChanged': ['consenting', 'active'],
    'remote.stop': ['gone'],
    'local.ask': ['consenting'],
    tick: ['consenting', 'gone'],
  },
  admission: {
    'peer.failed': ['gone'],
    'peer.lost': ['suspended'],
    'peer.returned': ['securing'],
    'peer.left': ['gone'],
    'remote.decision': ['admission', 'active', 'gone'],
    'remote.grantChanged': ['admission', 'active'],
    'remote.stop': ['gone'],
    tick: ['admission', 'gone'],
  },
  active: {
    'peer.failed': ['gone'],
    'peer.lost': ['suspended'],
    'peer.returned': ['securing'],
    'peer.left': ['gone'],
    'remote.decision': ['active'],
    'remote.grantChanged': ['active'],
    'remote.pause': ['paused'],
    'remote.unpause': ['active'],
    'remote.stop': ['gone'],
    'local.ask': ['active'],
    tick: ['active'],
  },
  paused: {
    'peer.failed': ['gone'],
    'peer.lost': ['suspended'],
    'peer.returned': ['securing'],
    'peer.left': ['gone'],
    'remote.decision': ['paused'],
    'remote.grantChanged': ['paused'],
    'remote.pause': ['paused'],
    'remote.unpause': ['active'],
    'remote.stop': ['gone'],
    'local.ask': ['paused'],
    tick: ['paused'],
  },
  suspended: {
    'peer.lost': ['suspended'],
    'peer.returned': ['securing'],
    'peer.left': ['gone'],
    tick: ['suspended', 'gone'],
  },
  gone: {},
} as const satisfies TransitionTable<GranteeState['phase'], GranteeEvent['type']>

type In<P extends GranteeState['phase']> = Extract<GranteeState, { phase: P }>
type Engaged = In<'active'> | In<'paused'>
type Asking = In<'consenting'> | Engaged
type Out<S extends GranteeState> = Step<S, GranteeEffect>

const notify = (notice: GranteeNotice): GranteeEffect => ({ type: 'notify', notice })
const entered = (phase: GranteeState['phase'], code?: CloseCode): GranteeEffect => notify({ kind: 'peer.phase', phase, code })
const common = ({ host, secured }: GranteeState): Common => ({ host, secured })

/** What survives a dropped line; a peer that was not active yet has nothing. */
function kept(s: GranteeState): Grants | undefined {
  switch (s.phase) {
    case 'active':
    case 'paused':
    case 'securing':
    case 'suspended':
      return s.grants
    default:
      return undefined
  }
}

function unanswered(s: GranteeState, reason: RefusalReason): GranteeEffect[] {
  const asked = 'asked' in s ? s.asked : undefined
  return asked === undefined ? [] : [notify({ kind: 'peer.decided', requestId: asked.requestId, granted: [], reason })]
}

function secure(s: GranteeState, now: Instant): Out<In<'securing'>> {
  return go(
    { ...common(s), phase: 'securing', by: after(now, securingMs(s.secured, s.host.graceMs)), grants: kept(s) },
    ...unanswered(s, RefusalReason.NOT_ACTIVE),
    notify({ kind: 'peer.secure', resume: s.secured }),
    entered('securing'),
  )
}

function suspend(s: GranteeState, now: Instant): Out<In<'suspended'>> {
  const until = s.phase === 'suspended' ? s.until : after(now, s.host.graceMs)
  return go({ ...common(s), phase: 'suspended', grants: kept(s), until }, ...unanswered(s, RefusalReason.NOT_ACTIVE), entered('suspended'))
}

function leave(s: GranteeState, code: CloseCode, ...before: readonly GranteeEffect[]): Out<In<'gone'>> {
  return go({ ...common(s), phase: 'gone', code }, ...before, ...unanswered(s, RefusalReason.NOT_ACTIVE), entered('gone', code))
}

/** A handshake that failed, or never ended: the lead turns a candidate out, so that the next one can try. */
function fail(s: In<'securing'>, code: CloseCode): Out<In<'gone'>> {
  const evict: readonly GranteeEffect[] = s.host.candidate
    ? [{ type: 'relay', kind: { $case: 'evict', value: { participant: s.host.participant, code } } }]
    : []
  return leave(s, code, ...evict)
}

function secured(before: In<'securing'>, now: Instant): Out<In<'consenting'> | In<'admission'> | In<'active'>> {
  const s = { ...before, secured: true, host: { ...before.host, candidate: false } }
  const admit: readonly GranteeEffect[] = before.host.candidate ? [{ type: 'relay', kind: { $case: 'admit', value: { participant: s.host.participant } } }] : []
  if (s.grants !== undefined) return go({ ...common(s), phase: 'active', grants: unexpired(s.grants, now), asked: undefined }, ...admit, entered('active'))
  const by = after(now, s.host.consentTimeoutMs + ANSWER_SLACK_MS)
  return s.host.role === Role.VIEWER
    ? go({ ...common(s), phase: 'admission', grants: [], by }, ...admit, entered('admission'))
    : go({ ...common(s), phase: 'consenting', grants: [], asked: undefined, by }, ...admit, entered('consenting'))
}

const decided = (value: Decision): GranteeEffect =>
  notify({ kind: 'peer.decided', requestId: value.requestId, granted: value.granted.map(grant => grant.permission), reason: value.reason })

/** What turns this end away also answers the question that the customer never saw: one that it did not wait for, or that was lost on its way. */
function closing(s: In<'consenting'> | In<'admission'>, value: Decision): GranteeEffect[] {
  const asked = 'asked' in s ? s.asked : undefined
  return asked?.requestId === value.requestId ? [decided(value)] : [decided(value), ...unanswered(s, value.reason)]
}

/** The decision that lets this end in, or turns it away. A question that was refused as such (BUSY, POLICY) may be put again. */
function enter<S extends In<'consenting'> | In<'admission'>>(s: S, value: Decision, now: Instant): Out<S | In<'active'> | In<'gone'>> {
  if (value.granted.length > 0)
    return go({ ...common(s), phase: 'active', grants: fromWire(value.granted, now), asked: undefined }, decided(value), entered('active'))
  const code = value.reason === RefusalReason.TIMEOUT ? CloseCode.TIMEOUT : CloseCode.CONSENT_DENIED
  if (value.reason === RefusalReason.DENIED || value.reason === RefusalReason.TIMEOUT)
    return go({ ...common(s), phase: 'gone', code }, ...closing(s, value), entered('gone', code))
  return go({ ...s, asked: undefined }, decided(value))
}

/** An answer to what this end asked; an answer to anything else is late and means nothing. */
function answer<S extends Engaged>(s: S, value: Decision): Out<S> {
  return s.asked?.requestId === value.requestId ? go({ ...s, asked: undefined }, decided(value)) : stay(s)
}

function regrant<S extends Engaged>(s: S, value: GrantChanged, now: Instant): Out<S> {
  if (value.participant !== s.host.self) return stay(s)
  const grants = fromWire(value.grants, now)
  return go({ ...s, grants }, notify({ kind: 'peer.grants', grants }))
}

/** Grants that come before the decision restate one that was lost with a line: this end is in. */
function letIn<S extends In<'consenting'> | In<'admission'>>(s: S, value: GrantChanged, now: Instant): Out<S | In<'active'>> {
  if (value.participant !== s.host.self || value.grants.length === 0) return stay(s)
  const grants = fromWire(value.grants, now)
  return go(
    { ...common(s), phase: 'active', grants, asked: undefined },
    ...unanswered(s, RefusalReason.NOT_ACTIVE),
    notify({ kind: 'peer.grants', grants }),
    entered('active'),
  )
}

function ask<S extends Asking>(s: S, e: Extract<GranteeEvent, { type: 'local.ask' }>, now: Instant): Out<S> {
  if (s.host.invited && s.phase === 'consenting')
    throw new LocalProtocolError('peer', s.phase, e.type, 'the invitation asks already; the customer has not answered')
  if (s.asked !== undefined) throw new LocalProtocolError('peer', s.phase, e.type, 'the customer has not answered the question before')
  const { requestId, permissions, reason } = e
  const asked: Asked = { requestId, by: after(now, s.host.consentTimeoutMs + ANSWER_SLACK_MS) }
  return go({ ...s, asked }, { type: 'send', kind: { $case: 'consentRequest', value: { requestId, permissions, reason } } })
}

function tickEngaged<S extends Engaged>(s: S, now: Instant): Out<S> {
  const grants = unexpired(s.grants, now)
  const late = s.asked !== undefined && now >= s.asked.by
  return go(
    { ...s, grants, asked: late ? undefined : s.asked },
    ...(grants === s.grants ? [] : [notify({ kind: 'peer.grants', grants })]),
    ...(late ? unanswered(s, RefusalReason.TIMEOUT) : []),
  )
}

const lost = (s: GranteeState, _e: unknown, now: Instant) => suspend(s, now)
const returned = (s: GranteeState, _e: unknown, now: Instant) => secure(s, now)
const left = (s: GranteeState, e: { readonly code: CloseCode }) => leave(s, e.code)
const stopped = (s: GranteeState, e: { readonly value: Stop }) => leave(s, e.value.code)
const pause = (s: Engaged) => go({ ...s, phase: 'paused' as const }, entered('paused'))

export const grantee: Machine<GranteeState, GranteeEvent, GranteeEffect> = defineMachine<typeof GRANTEE_TABLE, GranteeState, GranteeEvent, GranteeEffect>({
  name: 'peer',
  table: GRANTEE_TABLE,
  illegal: CloseCode.WRONG_PHASE,
  handlers: {
    securing: {
      'peer.secured': (s, _e, now) => secured(s, now),
      'peer.failed': (s, e) => fail(s, e.code),
      'peer.lost': lost,
      'peer.returned': returned,
      'peer.left': left,
      tick: (s, _e, now) => (now >= s.by ? fail(s, CloseCode.TIMEOUT) : stay(s)),
    },
    consenting: {
      'peer.failed': left,
      'peer.lost': lost,
      'peer.returned': returned,
      'peer.left': left,
      'remote.decision': (s, e, now) => enter(s, e.value, now),
      'remote.grantChanged': (s, e, now) => letIn(s, e.value, now),
      'remote.stop': stopped,
      'local.ask': ask,
      tick: (s, _e, now) => (now >= (s.asked?.by ?? s.by) ? leave(s, CloseCode.TIMEOUT) : stay(s)),
    },
    admission: {
      'peer.failed': left,
      'peer.lost': lost,
      'peer.returned': returned,
      'peer.left': left,
      'remote.decision': (s, e, now) => enter(s, e.value, now),
      'remote.grantChanged': (s, e, now) => letIn(s, e.value, now),
      'remote.stop': stopped,
      tick: (s, _e, now) => (now >= s.by ? leave(s, CloseCode.TIMEOUT) : stay(s)),
    },
    active: {
      'peer.failed': left,
      'peer.lost': lost,
      'peer.returned': returned,
      'peer.left': left,
      'remote.decision': (s, e) => answer(s, e.value),
      'remote.grantChanged': (s, e, now) => regrant(s, e.value, now),
      'remote.pause': pause,
      'remote.unpause': stay,
      'remote.stop': stopped,
      'local.ask': ask,
      tick: (s, _e, now) => tickEngaged(s, now),
    },
    paused: {
      'peer.failed': left,
      'peer.lost': lost,
      'peer.returned': returned,
      'peer.left': left,
      'remote.decision': (s, e) => answer(s, e.value),
      'remote.grantChanged': (s, e, now) => regrant(s, e.value, now),
      'remote.pause': stay,
      'remote.unpause': s => go({ ...s, phase: 'active' as const }, entered('active')),
      'remote.stop': stopped,
      'local.ask': ask,
      tick: (s, _e, now) => tickEngaged(s, now),
    },
    suspended: {
      'peer.lost': lost,
      'peer.returned': returned,
      'peer.left': left,
      tick: (s, _e, now) => (now >= s.until ? leave(s, CloseCode.GRACE_EXPIRED) : stay(s)),
    },
    gone: {},
  },
  nextDeadline(s) {
    switch (s.phase) {
      case 'securing':
      case 'admission':
        return s.by
      case 'consenting':
        return s.asked?.by ?? s.by
      case 'active':
      case 'paused':
        return earliest(nextExpiry(s.grants), s.asked?.by)
      case 'suspended':
        return s.until
      case 'gone':
        return undefined
    }
  },
})

/** The customer has just appeared: its handshake is awaited. */
export const expect = (host: Host, now: Instant): Out<In<'securing'>> =>
  go(
    { phase: 'securing', host, secured: false, by: after(now, SECURING_TIMEOUT_MS), grants: undefined },
    notify({ kind: 'peer.secure', resume: false }),
    entered('securing'),
  )
