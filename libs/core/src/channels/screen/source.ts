/** Channel SCREEN at the customer, one for each agent and viewer: who sees which screen, and how fast. */
import { type Channel, CloseCode, RefusalReason, type Subscribe, Subscription_State } from '@remote-assist/codec'
import { after, type Instant } from '../../instant.js'
import { defineMachine, go, type Step, stay, type TransitionTable } from '../../machine.js'
import type { Kind, Remote } from '../../message.js'
import type { ChannelMachine } from '../channel.js'
import { type Layout, NO_LAYOUT, screenOf } from '../layout.js'
import { acked, hasRoom, openWindow, sent, type Window } from './window.js'

/** A viewer that acknowledges nothing for so long gets a key frame when it comes back to life. */
export const STALL_MS = 10_000

export interface ScreenSourcePermit {
  /** It may see: VIEW_SCREEN is held and the peer is active or paused. */
  readonly view: boolean
  /** Frames flow: active, not paused. */
  readonly flowing: boolean
  readonly layout: Layout
}

type Event = Remote<Kind<Channel.SCREEN>>

export type ScreenSourceEvent =
  | ({ readonly type: 'permit' } & ScreenSourcePermit)
  | Extract<Event, { type: 'remote.subscribe' | 'remote.unsubscribe' | 'remote.frameAck' | 'remote.requestKeyframe' }>
  /** A frame was made for this viewer and is about to be sent. Only legal while `wantsFrame`. */
  | { readonly type: 'local.frame'; readonly frameId: number; readonly baseFrameId: number; readonly bytes: number }
  | { readonly type: 'local.show'; readonly kind: Kind<Channel.SCREEN> }
  | { readonly type: 'tick' }

export type ScreenSourceNotice =
  /** Make pictures of a screen for this viewer, a key frame first; replaces what it saw before. */
  | { readonly kind: 'screen.start'; readonly subscribe: Subscribe }
  | { readonly kind: 'screen.stop' }
  /** It has room for a frame (or no longer); said again when everything sent was shown. `keyframe`: the next one must be a key frame. */
  | { readonly kind: 'screen.room'; readonly room: boolean; readonly keyframe: boolean }

export type ScreenSourceState =
  | { readonly phase: 'closed'; readonly permit: ScreenSourcePermit }
  | { readonly phase: 'idle'; readonly permit: ScreenSourcePermit }
  | {
      readonly phase: 'subscribed'
      readonly permit: ScreenSourcePermit
      readonly subscribe: Subscribe
      readonly window: Window
      /** The frame sent last; 0 = none, so that only a key frame fits. */
      readonly lastFrameId: number
      readonly room: boolean
      readonly stalledAt: Instant | undefined
    }

type Closed = Extract<ScreenSourceState, { phase: 'closed' }>
type Idle = Extract<ScreenSourceState, { phase: 'idle' }>
type Subscribed = Extract<ScreenSourceState, { phase: 'subscribed' }>
type Effect = { readonly type: 'send'; readonly kind: Kind<Channel.SCREEN> } | { readonly type: 'notify'; readonly notice: ScreenSourceNotice }
type Out<S extends ScreenSourceState> = Step<S, Effect>

export const SCREEN_SOURCE_TABLE = {
  closed: {
    permit: ['closed', 'idle'],
    'remote.unsubscribe': ['closed'],
    'remote.frameAck': ['closed'],
    'remote.requestKeyframe': ['closed'],
    'local.show': ['closed'],
  },
  idle: {
    permit: ['closed', 'idle'],
    'remote.subscribe': ['idle', 'subscribed'],
    'remote.unsubscribe': ['idle'],
    'remote.frameAck': ['idle'],
    'remote.requestKeyframe': ['idle'],
    'local.show': ['idle'],
  },
  subscribed: {
    permit: ['closed', 'idle', 'subscribed'],
    'remote.subscribe': ['idle', 'subscribed'],
    'remote.unsubscribe': ['idle'],
    'remote.frameAck': ['subscribed'],
    'remote.requestKeyframe': ['subscribed'],
    'local.frame': ['subscribed'],
    'local.show': ['subscribed'],
    tick: ['subscribed'],
  },
} as const satisfies TransitionTable<ScreenSourceState['phase'], ScreenSourceEvent['type']>

const notify = (notice: ScreenSourceNotice): Effect => ({ type: 'notify', notice })
const send = (kind: Kind<Channel.SCREEN>): Effect => ({ type: 'send', kind })
const stopped = notify({ kind: 'screen.stop' })
const list = ({ layout }: ScreenSourcePermit): Effect => send({ $case: 'screenList', value: { layoutEpoch: layout.epoch, screens: layout.screens } })
const subscription = (screenId: number, state: Subscription_State, reason: RefusalReason): Effect =>
  send({ $case: 'subscription', value: { screenId, state, reason } })

/** The viewer has room for a frame, may see it, and has what it builds on (RA-SCR-015, RA-SCR-033, RA-SCR-044). */
export const wantsFrame = (s: ScreenSourceState, screenId: number, baseFrameId: number): boolean =>
  s.phase === 'subscribed' && s.room && s.subscribe.screenId === screenId && (baseFrameId === 0 || baseFrameId === s.lastFrameId)

/** Tells the owner when room appears or goes, and, if it is `worthSaying`, that it is still there. */
function settle(s: Subscribed, worthSaying = false): Out<Subscribed> {
  const room = s.permit.flowing && hasRoom(s.window)
  if (room === s.room && !worthSaying) return stay(s)
  return go({ ...s, room }, notify({ kind: 'screen.room', room, keyframe: s.lastFrameId === 0 }))
}

function subscribe(s: Idle | Subscribed, value: Subscribe, now: Instant): Out<Idle | Subscribed> {
  const stop = s.phase === 'subscribed' ? [stopped] : []
  const { permit } = s
  if (screenOf(permit.layout, value.screenId) === undefined)
    return go({ phase: 'idle', permit }, ...stop, subscription(value.screenId, Subscription_State.REFUSED, RefusalReason.NOT_FOUND))
  const fresh: Subscribed = { phase: 'subscribed', permit, subscribe: value, window: openWindow(now), lastFrameId: 0, room: false, stalledAt: undefined }
  const ready = settle(fresh)
  return go(
    ready.state,
    ...stop,
    subscription(value.screenId, Subscription_State.STARTED, RefusalReason.UNSPECIFIED),
    notify({ kind: 'screen.start', subscribe: value }),
    ...ready.effects,
  )
}

function frame(s: Subscribed, e: Extract<ScreenSourceEvent, { type: 'local.frame' }>, now: Instant): Out<Subscribed> {
  const window = sent(s.window, e.frameId, e.bytes, now)
  return settle({ ...s, window, lastFrameId: e.frameId, stalledAt: s.stalledAt ?? after(now, STALL_MS) })
}

function ack(s: Subscribed, value: { readonly screenId: number; readonly frameId: number; readonly decodeUs: number }, now: Instant): Out<Subscribed> {
  if (value.screenId !== s.subscribe.screenId) return stay(s)
  const window = acked(s.window, value.frameId, value.decodeUs / 1_000, now)
  if (window === s.window) return stay(s)
  const idle = window.inFlight.length === 0
  return settle({ ...s, window, stalledAt: idle ? undefined : after(now, STALL_MS) }, idle)
}

/** Frames under way are given up: whatever is acknowledged later means nothing, the next frame is a key frame. */
const restart = (s: Subscribed, now: Instant): Out<Subscribed> => settle({ ...s, window: openWindow(now), lastFrameId: 0, stalledAt: undefined }, true)

function repermit(s: ScreenSourceState, { type: _, ...permit }: Extract<ScreenSourceEvent, { type: 'permit' }>, now: Instant): Out<ScreenSourceState> {
  const announce = permit.view && (s.phase === 'closed' || permit.layout.epoch !== s.permit.layout.epoch) ? [list(permit)] : []
  if (s.phase !== 'subscribed') return go({ phase: permit.view ? 'idle' : 'closed', permit }, ...announce)
  const { screenId } = s.subscribe
  if (!permit.view) return go({ phase: 'closed', permit }, stopped, subscription(screenId, Subscription_State.ENDED, RefusalReason.NO_GRANT))
  const now_ = screenOf(permit.layout, screenId)
  if (now_ === undefined) return go({ phase: 'idle', permit }, ...announce, stopped, subscription(screenId, Subscription_State.ENDED, RefusalReason.NOT_FOUND))
  const next: Subscribed = { ...s, permit }
  const changed = announce.length > 0 || (permit.flowing && !s.permit.flowing) ? restart(next, now) : settle(next)
  return go(changed.state, ...announce, ...changed.effects)
}

const show = <S extends ScreenSourceState>(s: S, e: Extract<ScreenSourceEvent, { type: 'local.show' }>): Out<S> =>
  s.permit.view ? go(s, send(e.kind)) : stay(s)

const machine = defineMachine<typeof SCREEN_SOURCE_TABLE, ScreenSourceState, ScreenSourceEvent, Effect>({
  name: 'screen source',
  table: SCREEN_SOURCE_TABLE,
  illegal: CloseCode.FORBIDDEN_MESSAGE,
  handlers: {
    closed: {
      permit: (s, e, now) => repermit(s, e, now) as Out<Closed | Idle>,
      'remote.unsubscribe': stay,
      'remote.frameAck': stay,
      'remote.requestKeyframe': stay,
      'local.show': show,
    },
    idle: {
      permit: (s, e, now) => repermit(s, e, now) as Out<Closed | Idle>,
      'remote.subscribe': (s, e, now) => subscribe(s, e.value, now),
      'remote.unsubscribe': stay,
      'remote.frameAck': stay,
      'remote.requestKeyframe': stay,
      'local.show': show,
    },
    subscribed: {
      permit: repermit,
      'remote.subscribe': (s, e, now) => subscribe(s, e.value, now),
      'remote.unsubscribe': s => go({ phase: 'idle', permit: s.permit }, stopped),
      'remote.frameAck': (s, e, now) => ack(s, e.value, now),
      'remote.requestKeyframe': (s, e, now) => (e.value.screenId === s.subscribe.screenId ? restart(s, now) : stay(s)),
      'local.frame': frame,
      'local.show': show,
      tick: (s, _e, now) => (s.stalledAt !== undefined && now >= s.stalledAt ? restart(s, now) : stay(s)),
    },
  },
  nextDeadline: s => (s.phase === 'subscribed' ? s.stalledAt : undefined),
})

export const screenSource: ChannelMachine<ScreenSourceState, ScreenSourceEvent, Kind<Channel.SCREEN>, ScreenSourceNotice> = {
  ...machine,
  initial: { phase: 'closed', permit: { view: false, flowing: false, layout: NO_LAYOUT } },
}

/** The refusal of a message that the matrix did not let pass; undefined = it is dropped. */
export function refuseScreen(kind: Kind<Channel.SCREEN>, reason: RefusalReason): Kind<Channel.SCREEN> | undefined {
  if (kind.$case !== 'subscribe') return undefined
  return { $case: 'subscription', value: { screenId: kind.value.screenId, state: Subscription_State.REFUSED, reason } }
}
