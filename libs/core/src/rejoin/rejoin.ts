/** The way back after a restart, at the customer: asked for by the lead, agreed to by the local user, ready while its ticket lies, and over. */
import { type Channel, CloseCode, RefusalReason } from '@remote-assist/codec'
import { after, type Instant } from '../instant.js'
import { defineMachine, go, LocalProtocolError, type Machine, type Step, stay, type TransitionTable } from '../machine.js'
import type { Kind } from '../message.js'

/** Why there is no way back (any more). `expired`: its time is over. `asker`: who asked is gone, or may not ask any more. */
export type RejoinEnd = 'denied' | 'unanswered' | 'failed' | 'cancelled' | 'taken-back' | 'expired' | 'asker'

interface Asked {
  /** Who asked. */
  readonly peer: number
  readonly requestId: number
  readonly expiresAt: Instant
}

export type RejoinState =
  | { readonly phase: 'none' }
  | (Asked & { readonly phase: 'asked'; readonly by: Instant })
  /** A ticket lies ready. */
  | (Asked & { readonly phase: 'ready' })

export type RejoinEvent =
  | {
      readonly type: 'rejoin.ask'
      readonly peer: number
      readonly value: Extract<Kind<Channel.SESSION>, { $case: 'rejoinRequest' }>['value']
      readonly consentTimeoutMs: number
    }
  /** The lead takes it back, or is not there to answer to. */
  | { readonly type: 'rejoin.end'; readonly why: 'taken-back' | 'asker' }
  /** The user agreed, and the ticket with this secret (32 bytes) is kept. */
  | { readonly type: 'local.kept'; readonly requestId: number; readonly secret: Uint8Array }
  /** The user said no, or the ticket could not be kept. */
  | { readonly type: 'local.refused'; readonly requestId: number; readonly why: 'denied' | 'failed' }
  /** The user takes it back, before or after it was agreed to. */
  | { readonly type: 'local.cancel' }
  | { readonly type: 'tick' }

/** What the way back after a restart asks of the driver. */
export type RejoinNotice =
  /** Ask the user; answer with `local.kept` or `local.refused` by `by`. */
  | {
      readonly kind: 'rejoin.asked'
      readonly requestId: number
      readonly reason: string
      readonly locator: string
      readonly by: Instant
      readonly expiresAt: Instant
    }
  | { readonly kind: 'rejoin.ready'; readonly requestId: number }
  /** Take the ticket away, if it lies. */
  | { readonly kind: 'rejoin.over'; readonly requestId: number; readonly why: RejoinEnd }

export type RejoinEffect = { readonly type: 'send'; readonly kind: Kind<Channel.SESSION> } | { readonly type: 'notify'; readonly notice: RejoinNotice }

export const REJOIN_TABLE = {
  none: { 'rejoin.ask': ['asked'], 'local.cancel': ['none'] },
  asked: { 'rejoin.end': ['none'], 'local.kept': ['ready'], 'local.refused': ['none'], 'local.cancel': ['none'], tick: ['asked', 'none'] },
  ready: { 'rejoin.end': ['none'], 'local.cancel': ['none'], tick: ['ready', 'none'] },
} as const satisfies TransitionTable<RejoinState['phase'], RejoinEvent['type']>

type In<P extends RejoinState['phase']> = Extract<RejoinState, { phase: P }>
type Open = In<'asked'> | In<'ready'>
type Out<S extends RejoinState> = Step<S, RejoinEffect>

const notify = (notice: RejoinNotice): RejoinEffect => ({ type: 'notify', notice })

const REFUSALS: { readonly [W in RejoinEnd]: RefusalReason } = {
  denied: RefusalReason.DENIED,
  unanswered: RefusalReason.TIMEOUT,
  failed: RefusalReason.UNSUPPORTED,
  cancelled: RefusalReason.DENIED,
  'taken-back': RefusalReason.NOT_FOUND,
  expired: RefusalReason.TIMEOUT,
  asker: RefusalReason.NO_GRANT,
}

/** Back to none. A request gets its refusal; of a ticket the asker hears that it is gone, unless it took it back itself. */
function end(s: Open, why: RejoinEnd): Out<In<'none'>> {
  const { requestId } = s
  const answer: Kind<Channel.SESSION> =
    s.phase === 'asked' ? { $case: 'refused', value: { requestId, reason: REFUSALS[why] } } : { $case: 'rejoinCancel', value: { requestId } }
  const told: readonly RejoinEffect[] = why === 'taken-back' ? [] : [{ type: 'send', kind: answer }]
  return go({ phase: 'none' }, ...told, notify({ kind: 'rejoin.over', requestId, why }))
}

function ask(_s: In<'none'>, { peer, value, consentTimeoutMs }: Extract<RejoinEvent, { type: 'rejoin.ask' }>, now: Instant): Out<In<'asked'>> {
  const { requestId, reason, locator, expiresInMs } = value
  const expiresAt = after(now, expiresInMs)
  const by = after(now, Math.min(consentTimeoutMs, expiresInMs))
  return go({ phase: 'asked', peer, requestId, by, expiresAt }, notify({ kind: 'rejoin.asked', requestId, reason, locator, by, expiresAt }))
}

/** An answer to another question than the open one comes too late. */
function answered(s: In<'asked'>, { type, requestId }: { readonly type: string; readonly requestId: number }): void {
  if (requestId !== s.requestId) throw new LocalProtocolError('rejoin', s.phase, type, 'that question is off the table')
}

function kept(s: In<'asked'>, e: Extract<RejoinEvent, { type: 'local.kept' }>): Out<In<'ready'>> {
  answered(s, e)
  const { peer, requestId, expiresAt } = s
  return go(
    { phase: 'ready', peer, requestId, expiresAt },
    { type: 'send', kind: { $case: 'rejoinReady', value: { requestId, secret: e.secret } } },
    notify({ kind: 'rejoin.ready', requestId }),
  )
}

function refused(s: In<'asked'>, e: Extract<RejoinEvent, { type: 'local.refused' }>): Out<In<'none'>> {
  answered(s, e)
  return end(s, e.why)
}

/** Whom its effects are for is `peer` of the state before. */
export const rejoin: Machine<RejoinState, RejoinEvent, RejoinEffect> = defineMachine<typeof REJOIN_TABLE, RejoinState, RejoinEvent, RejoinEffect>({
  name: 'rejoin',
  table: REJOIN_TABLE,
  illegal: CloseCode.WRONG_PHASE,
  handlers: {
    none: { 'rejoin.ask': ask, 'local.cancel': stay },
    asked: {
      'rejoin.end': (s, e) => end(s, e.why),
      'local.kept': kept,
      'local.refused': refused,
      'local.cancel': s => end(s, 'denied'),
      tick: (s, _e, now) => (now >= s.by ? end(s, 'unanswered') : stay(s)),
    },
    ready: {
      'rejoin.end': (s, e) => end(s, e.why),
      'local.cancel': s => end(s, 'cancelled'),
      tick: (s, _e, now) => (now >= s.expiresAt ? end(s, 'expired') : stay(s)),
    },
  },
  nextDeadline(s) {
    switch (s.phase) {
      case 'none':
        return undefined
      case 'asked':
        return s.by
      case 'ready':
        return s.expiresAt
    }
  },
})
