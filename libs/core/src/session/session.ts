/** The session machine, the same at every end: joining → live → ended. It owns the attachment to the broker. */

import type { Channel } from '@remote-assist/codec'
import {
  type Bye,
  CLOSE_CODES,
  CloseCode,
  type Hello,
  type Ping,
  type Pong,
  type Refusal,
  type Notice as RelayNotice,
  type Roster,
  type Welcome,
} from '@remote-assist/codec'
import { after, earliest, type Instant } from '../instant.js'
import { defineMachine, go, type Machine, type Step, stay, type TransitionTable } from '../machine.js'
import type { Kind } from '../message.js'

/** The first frame from the broker is due this long after the line opened (RA-RLY: first message within 5 s, both ways). */
export const WELCOME_TIMEOUT_MS = 10_000
/** So many heartbeat intervals without a frame, and the line is dead. */
export const MISSED_HEARTBEATS = 3

/** Whether the end is attached. `down.until` is when the grace period ends. */
export type Link =
  | { readonly state: 'up'; readonly deadAt: Instant }
  | { readonly state: 'attaching'; readonly welcomeBy: Instant; readonly until: Instant }
  | { readonly state: 'down'; readonly until: Instant }

/** What a Welcome settled. */
export interface Attachment {
  readonly participant: number
  readonly incarnation: number
  readonly heartbeatMs: number
  readonly graceMs: number
  /** It came in at once; false = it waits for its authority. */
  readonly admitted: boolean
}

/** Where an end stands with its broker: it is attaching, attached, or done. */
export type SessionState =
  | { readonly phase: 'joining'; readonly welcomeBy: Instant | undefined }
  | {
      readonly phase: 'live'
      readonly attachment: Attachment
      readonly link: Link
      readonly roster: Roster
      readonly idleAt: Instant | undefined
      readonly endsAt: Instant | undefined
      readonly idleMs: number
    }
  | { readonly phase: 'ended'; readonly code: CloseCode }

export type SessionEvent =
  | { readonly type: 'transport.opened'; readonly hello: Hello }
  | { readonly type: 'transport.lost' }
  | { readonly type: 'transport.heard' }
  | { readonly type: 'session.activity' }
  | { readonly type: 'remote.welcome'; readonly value: Welcome }
  | { readonly type: 'remote.refusal'; readonly value: Refusal }
  | { readonly type: 'remote.roster'; readonly value: Roster }
  | { readonly type: 'remote.ping'; readonly value: Ping }
  | { readonly type: 'remote.pong'; readonly value: Pong }
  | { readonly type: 'remote.bye'; readonly value: Bye }
  | { readonly type: 'remote.notice'; readonly value: RelayNotice }
  | { readonly type: 'local.leave'; readonly code: CloseCode; readonly endSession: boolean }
  | { readonly type: 'tick' }

/** What the session tells its owner. */
export type SessionNotice =
  | { readonly kind: 'session.live'; readonly welcome: Welcome }
  | { readonly kind: 'session.refused'; readonly refusal: Refusal }
  | { readonly kind: 'session.link'; readonly state: Link['state']; readonly until: Instant | undefined }
  | { readonly kind: 'session.notice'; readonly notice: RelayNotice }
  | { readonly kind: 'session.ended'; readonly code: CloseCode }

export type SessionEffect =
  | { readonly type: 'relay'; readonly kind: Kind<Channel.RELAY> }
  | { readonly type: 'notify'; readonly notice: SessionNotice }
  | { readonly type: 'close'; readonly code: CloseCode }

export const SESSION_TABLE = {
  joining: {
    'transport.opened': ['joining'],
    'transport.lost': ['ended'],
    'remote.welcome': ['live'],
    'remote.refusal': ['ended'],
    'remote.bye': ['ended'],
    'local.leave': ['ended'],
    tick: ['joining', 'ended'],
  },
  live: {
    'transport.opened': ['live'],
    'transport.lost': ['live'],
    'transport.heard': ['live'],
    'session.activity': ['live'],
    'remote.welcome': ['live'],
    'remote.refusal': ['live', 'ended'],
    'remote.roster': ['live'],
    'remote.ping': ['live'],
    'remote.pong': ['live'],
    'remote.bye': ['ended'],
    'remote.notice': ['live'],
    'local.leave': ['ended'],
    tick: ['live', 'ended'],
  },
  ended: {},
} as const satisfies TransitionTable<SessionState['phase'], SessionEvent['type']>

type Live = Extract<SessionState, { phase: 'live' }>
type Ended = Extract<SessionState, { phase: 'ended' }>
type Out<S extends SessionState> = Step<S, SessionEffect>

const notify = (notice: SessionNotice): SessionEffect => ({ type: 'notify', notice })
const end = (code: CloseCode, ...before: readonly SessionEffect[]): Out<Ended> =>
  go({ phase: 'ended', code }, ...before, { type: 'close', code }, notify({ kind: 'session.ended', code }))

function leave(code: CloseCode, endSession: boolean): Out<Ended> {
  return end(code, { type: 'relay', kind: { $case: 'bye', value: { code, endSession } } })
}

/** A limit of the policy as a deadline; 0 means there is none. */
const limit = (now: Instant, ms: number): Instant | undefined => (ms === 0 ? undefined : after(now, ms))

function attached(welcome: Welcome, now: Instant, before: Live | undefined): Out<Live> {
  const { participant, incarnation, heartbeatMs, graceMs, admitted, policy } = welcome
  const idleMs = policy?.idleTimeoutMs ?? 0
  return go(
    {
      phase: 'live',
      attachment: { participant, incarnation, heartbeatMs, graceMs, admitted },
      link: { state: 'up', deadAt: after(now, heartbeatMs * MISSED_HEARTBEATS) },
      roster: welcome.roster ?? { revision: 0n, entries: [] },
      idleMs,
      idleAt: before === undefined ? limit(now, idleMs) : before.idleAt,
      endsAt: before === undefined ? limit(now, policy?.maxSessionDurationMs ?? 0) : before.endsAt,
    },
    notify({ kind: 'session.live', welcome }),
    notify({ kind: 'session.link', state: 'up', until: undefined }),
  )
}

function linkLost(s: Live, now: Instant): Out<Live> {
  const until = s.link.state === 'up' ? after(now, s.attachment.graceMs) : s.link.until
  return go({ ...s, link: { state: 'down', until } }, notify({ kind: 'session.link', state: 'down', until }))
}

const heard = (s: Live, now: Instant): Live =>
  s.link.state === 'up' ? { ...s, link: { state: 'up', deadAt: after(now, s.attachment.heartbeatMs * MISSED_HEARTBEATS) } } : s

export const session: Machine<SessionState, SessionEvent, SessionEffect> = defineMachine<typeof SESSION_TABLE, SessionState, SessionEvent, SessionEffect>({
  name: 'session',
  table: SESSION_TABLE,
  illegal: CloseCode.WRONG_PHASE,
  handlers: {
    joining: {
      'transport.opened': (_s, e, now) =>
        go({ phase: 'joining', welcomeBy: after(now, WELCOME_TIMEOUT_MS) }, { type: 'relay', kind: { $case: 'hello', value: e.hello } }),
      'transport.lost': () => end(CloseCode.UNSPECIFIED),
      'remote.welcome': (_s, e, now) => attached(e.value, now, undefined),
      'remote.refusal': (_s, e) => end(e.value.code, notify({ kind: 'session.refused', refusal: e.value })),
      'remote.bye': (_s, e) => end(e.value.code),
      'local.leave': (_s, e) => leave(e.code, e.endSession),
      tick: (s, _e, now) => (s.welcomeBy !== undefined && now >= s.welcomeBy ? end(CloseCode.TIMEOUT) : stay(s)),
    },
    live: {
      'transport.opened': (s, e, now) =>
        go(
          {
            ...s,
            link: {
              state: 'attaching',
              welcomeBy: after(now, WELCOME_TIMEOUT_MS),
              until: s.link.state === 'up' ? after(now, s.attachment.graceMs) : s.link.until,
            },
          },
          { type: 'relay', kind: { $case: 'hello', value: e.hello } },
        ),
      'transport.lost': (s, _e, now) => linkLost(s, now),
      'transport.heard': (s, _e, now) => stay(heard(s, now)),
      'session.activity': (s, _e, now) => stay({ ...s, idleAt: limit(now, s.idleMs) }),
      'remote.welcome': (s, e, now) => attached(e.value, now, s),
      'remote.refusal': (s, e, now) => {
        const told = notify({ kind: 'session.refused', refusal: e.value })
        if (CLOSE_CODES[e.value.code]?.retryable !== true) return end(e.value.code, told)
        const lost = linkLost(s, now)
        return go(lost.state, told, ...lost.effects)
      },
      'remote.roster': (s, e) => (e.value.revision > s.roster.revision ? stay({ ...s, roster: e.value }) : stay(s)),
      'remote.ping': (s, e) => go(s, { type: 'relay', kind: { $case: 'pong', value: { id: e.value.id } } }),
      'remote.pong': s => stay(s),
      'remote.bye': (_s, e) => end(e.value.code),
      'remote.notice': (s, e) => go(s, notify({ kind: 'session.notice', notice: e.value })),
      'local.leave': (_s, e) => leave(e.code, e.endSession),
      tick: (s, _e, now) => {
        if (s.endsAt !== undefined && now >= s.endsAt) return leave(CloseCode.DURATION, true)
        if (s.idleAt !== undefined && now >= s.idleAt) return leave(CloseCode.IDLE, true)
        const { link } = s
        if (link.state !== 'up' && now >= link.until) return end(CloseCode.GRACE_EXPIRED)
        const due = link.state === 'up' ? link.deadAt : link.state === 'attaching' ? link.welcomeBy : undefined
        if (due === undefined || now < due) return stay(s)
        const lost = linkLost(s, now)
        return go(lost.state, { type: 'close', code: CloseCode.TIMEOUT }, ...lost.effects)
      },
    },
    ended: {},
  },
  nextDeadline(s) {
    if (s.phase === 'ended') return undefined
    if (s.phase === 'joining') return s.welcomeBy
    const { link } = s
    const linkDeadline = link.state === 'up' ? link.deadAt : link.state === 'attaching' ? earliest(link.welcomeBy, link.until) : link.until
    return earliest(linkDeadline, s.idleAt, s.endsAt)
  },
})

/** Where every end begins. */
export const initialSession: SessionState = { phase: 'joining', welcomeBy: undefined }
