/** Channels SCREEN and MEDIA at an agent or viewer: what is there, what is looked at, and which frames apply. */
import {
  type Channel,
  CloseCode,
  type FramePart,
  RefusalReason,
  type ScreenList,
  type Subscribe,
  type Subscription,
  Subscription_State,
} from '@remote-assist/codec'
import { after, type Instant } from '../../instant.js'
import { defineMachine, go, LocalProtocolError, type Step, stay, type TransitionTable } from '../../machine.js'
import type { Kind, Remote } from '../../message.js'
import type { ChannelMachine } from '../channel.js'
import { type Layout, NO_LAYOUT, screenOf } from '../layout.js'

/** A Subscribe that has no answer by then is sent once more; after that the screen counts as refused. */
export const SUBSCRIBE_TIMEOUT_MS = 5_000
/** A key frame that was asked for and has not come is asked for again. */
export const KEYFRAME_TIMEOUT_MS = 2_000

export interface ScreenViewPermit {
  readonly view: boolean
}

type Event = Remote<Kind<Channel.SCREEN>> | Remote<Kind<Channel.MEDIA>>
type On<T extends Event['type']> = Extract<Event, { type: T }>

export type ScreenViewEvent =
  | ({ readonly type: 'permit' } & ScreenViewPermit)
  | Exclude<Event, On<'remote.subscribe'> | On<'remote.unsubscribe'> | On<'remote.frameAck'> | On<'remote.requestKeyframe'>>
  | { readonly type: 'local.show'; readonly subscribe: Subscribe }
  | { readonly type: 'local.hide' }
  /** A frame was painted. */
  | { readonly type: 'local.presented'; readonly frameId: number; readonly decodeUs: number }
  /** A frame did not decode. */
  | { readonly type: 'local.undecodable' }
  | { readonly type: 'tick' }

export type ScreenViewNotice =
  | { readonly kind: 'screen.list'; readonly layout: Layout }
  /** The picture of a screen comes, will not come, or ended. */
  | { readonly kind: 'screen.subscription'; readonly screenId: number; readonly state: Subscription_State; readonly reason: RefusalReason }
  /** A part of the frame in progress. `first` begins a new frame: parts kept before are void. `last` completes it: paint, then `local.presented`. */
  | { readonly kind: 'screen.part'; readonly part: FramePart; readonly first: boolean }
  /** A word about pointer, secure desktop or masks. */
  | {
      readonly kind: 'screen.shown'
      readonly message: Extract<Kind<Channel.SCREEN>, { $case: 'cursorShape' | 'cursorUse' | 'cursorPosition' | 'secureDesktop' | 'maskedRegions' }>
    }

interface Wish {
  readonly subscribe: Subscribe
  readonly answerBy: Instant | undefined
  readonly retried: boolean
}

/** `applied`: the frame applied last, 0 = none. `progress`: the frame whose parts arrive. */
interface Picture {
  readonly applied: number
  readonly progress: { readonly frameId: number; readonly nextPart: number } | undefined
  readonly keyframeBy: Instant | undefined
}

export type ScreenViewState =
  /** `wish` survives a dropped line: the screen is subscribed to again. */
  | { readonly phase: 'closed'; readonly layout: Layout; readonly wish: Subscribe | undefined }
  | { readonly phase: 'idle'; readonly layout: Layout }
  | ({ readonly phase: 'watching'; readonly layout: Layout; readonly picture: Picture } & Wish)

type Closed = Extract<ScreenViewState, { phase: 'closed' }>
type Idle = Extract<ScreenViewState, { phase: 'idle' }>
type Watching = Extract<ScreenViewState, { phase: 'watching' }>
type Effect = { readonly type: 'send'; readonly kind: Kind<Channel.SCREEN> } | { readonly type: 'notify'; readonly notice: ScreenViewNotice }
type Out<S extends ScreenViewState> = Step<S, Effect>

export const SCREEN_VIEW_TABLE = {
  closed: {
    permit: ['closed', 'idle', 'watching'],
    'remote.screenList': ['closed'],
    'remote.subscription': ['closed'],
    'remote.framePart': ['closed'],
    'remote.cursorShape': ['closed'],
    'remote.cursorUse': ['closed'],
    'remote.cursorPosition': ['closed'],
    'remote.secureDesktop': ['closed'],
    'remote.maskedRegions': ['closed'],
    'local.hide': ['closed'],
    'local.presented': ['closed'],
    'local.undecodable': ['closed'],
  },
  idle: {
    'remote.screenList': ['idle'],
    'remote.cursorShape': ['idle'],
    'remote.cursorUse': ['idle'],
    'remote.cursorPosition': ['idle'],
    'remote.secureDesktop': ['idle'],
    'remote.maskedRegions': ['idle'],
    permit: ['closed', 'idle'],
    'remote.subscription': ['idle'],
    'remote.framePart': ['idle'],
    'local.show': ['watching'],
    'local.hide': ['idle'],
    'local.presented': ['idle'],
    'local.undecodable': ['idle'],
  },
  watching: {
    'remote.screenList': ['watching'],
    'remote.cursorShape': ['watching'],
    'remote.cursorUse': ['watching'],
    'remote.cursorPosition': ['watching'],
    'remote.secureDesktop': ['watching'],
    'remote.maskedRegions': ['watching'],
    permit: ['closed', 'watching'],
    'remote.subscription': ['idle', 'watching'],
    'remote.framePart': ['watching'],
    'local.show': ['watching'],
    'local.hide': ['idle'],
    'local.presented': ['watching'],
    'local.undecodable': ['watching'],
    tick: ['idle', 'watching'],
  },
} as const satisfies TransitionTable<ScreenViewState['phase'], ScreenViewEvent['type']>

const notify = (notice: ScreenViewNotice): Effect => ({ type: 'notify', notice })
const send = (kind: Kind<Channel.SCREEN>): Effect => ({ type: 'send', kind })
const BLANK: Picture = { applied: 0, progress: undefined, keyframeBy: undefined }

const watch = (layout: Layout, subscribe: Subscribe, now: Instant, retried = false): Out<Watching> =>
  go(
    { phase: 'watching', layout, subscribe, retried, answerBy: after(now, SUBSCRIBE_TIMEOUT_MS), picture: BLANK },
    send({ $case: 'subscribe', value: subscribe }),
  )

function show(s: Idle | Watching, { type, subscribe }: Extract<ScreenViewEvent, { type: 'local.show' }>, now: Instant): Out<Watching> {
  if (screenOf(s.layout, subscribe.screenId) === undefined)
    throw new LocalProtocolError('screen view', s.phase, type, `there is no screen ${subscribe.screenId}`)
  return watch(s.layout, subscribe, now)
}

const layoutOf = (value: ScreenList): Layout => ({ epoch: value.layoutEpoch, screens: value.screens })
const told = (layout: Layout): Effect => notify({ kind: 'screen.list', layout })

/** A new layout voids the picture: the customer follows with a key frame, or ends the subscription. */
function relayout(s: Watching, value: ScreenList): Out<Watching> {
  const layout = layoutOf(value)
  return go({ ...s, layout, picture: BLANK }, told(layout))
}

function subscription(s: Watching, value: Subscription): Out<Idle | Watching> {
  if (value.screenId !== s.subscribe.screenId) return stay(s)
  const notice = notify({ kind: 'screen.subscription', ...value })
  return value.state === Subscription_State.STARTED ? go({ ...s, answerBy: undefined }, notice) : go({ phase: 'idle', layout: s.layout }, notice)
}

/** Discards what is in progress and asks for a key frame, unless one is on its way. */
function askKeyframe(s: Watching, now: Instant): Out<Watching> {
  const picture: Picture = { applied: 0, progress: undefined, keyframeBy: s.picture.keyframeBy ?? after(now, KEYFRAME_TIMEOUT_MS) }
  const ask = s.picture.keyframeBy === undefined ? [send({ $case: 'requestKeyframe', value: { screenId: s.subscribe.screenId } })] : []
  return go({ ...s, picture }, ...ask)
}

function framePart(s: Watching, { value: part }: On<'remote.framePart'>, now: Instant): Out<Watching> {
  const { picture } = s
  if (part.screenId !== s.subscribe.screenId || part.layoutEpoch !== s.layout.epoch) return stay(s)
  const first = part.part === 0
  const fits = first
    ? part.baseFrameId === 0 || part.baseFrameId === picture.applied
    : picture.progress?.frameId === part.frameId && picture.progress.nextPart === part.part
  if (!fits) return askKeyframe(s, now)
  const next: Picture = part.last
    ? { applied: part.frameId, progress: undefined, keyframeBy: undefined }
    : { ...picture, progress: { frameId: part.frameId, nextPart: part.part + 1 }, keyframeBy: undefined }
  return go({ ...s, picture: next }, notify({ kind: 'screen.part', part, first }))
}

function presented(s: Watching, { frameId, decodeUs }: Extract<ScreenViewEvent, { type: 'local.presented' }>): Out<Watching> {
  return go(s, send({ $case: 'frameAck', value: { screenId: s.subscribe.screenId, frameId, decodeUs } }))
}

function tick(s: Watching, _e: unknown, now: Instant): Out<Idle | Watching> {
  const { screenId } = s.subscribe
  if (s.answerBy !== undefined && now >= s.answerBy) {
    if (!s.retried) return watch(s.layout, s.subscribe, now, true)
    return go(
      { phase: 'idle', layout: s.layout },
      notify({ kind: 'screen.subscription', screenId, state: Subscription_State.REFUSED, reason: RefusalReason.TIMEOUT }),
    )
  }
  if (s.picture.keyframeBy === undefined || now < s.picture.keyframeBy) return stay(s)
  return askKeyframe({ ...s, picture: { ...s.picture, keyframeBy: undefined } }, now)
}

const shown = <S extends ScreenViewState>(
  s: S,
  e: On<'remote.cursorShape'> | On<'remote.cursorUse'> | On<'remote.cursorPosition'> | On<'remote.secureDesktop'> | On<'remote.maskedRegions'>,
): Out<S> =>
  go(
    s,
    notify({
      kind: 'screen.shown',
      message: { $case: e.type.slice('remote.'.length), value: e.value } as Extract<ScreenViewNotice, { kind: 'screen.shown' }>['message'],
    }),
  )

const machine = defineMachine<typeof SCREEN_VIEW_TABLE, ScreenViewState, ScreenViewEvent, Effect>({
  name: 'screen view',
  table: SCREEN_VIEW_TABLE,
  illegal: CloseCode.FORBIDDEN_MESSAGE,
  handlers: {
    closed: {
      permit: (s, e, now) => (!e.view ? stay(s) : s.wish === undefined ? stay({ phase: 'idle', layout: s.layout }) : watch(s.layout, s.wish, now)),
      'remote.screenList': (s, e) => go({ ...s, layout: layoutOf(e.value) }, told(layoutOf(e.value))),
      'remote.subscription': stay,
      'remote.framePart': stay,
      'remote.cursorShape': stay,
      'remote.cursorUse': stay,
      'remote.cursorPosition': stay,
      'remote.secureDesktop': stay,
      'remote.maskedRegions': stay,
      'local.hide': (s): Out<Closed> => stay({ ...s, wish: undefined }),
      'local.presented': stay,
      'local.undecodable': stay,
    },
    idle: {
      permit: (s, e): Out<Closed | Idle> => stay(e.view ? s : { phase: 'closed', layout: s.layout, wish: undefined }),
      'remote.screenList': (s, e) => go({ ...s, layout: layoutOf(e.value) }, told(layoutOf(e.value))),
      'remote.subscription': stay,
      'remote.framePart': stay,
      'remote.cursorShape': shown,
      'remote.cursorUse': shown,
      'remote.cursorPosition': shown,
      'remote.secureDesktop': shown,
      'remote.maskedRegions': shown,
      'local.show': show,
      'local.hide': stay,
      'local.presented': stay,
      'local.undecodable': stay,
    },
    watching: {
      permit: (s, e): Out<Closed | Watching> => stay(e.view ? s : { phase: 'closed', layout: s.layout, wish: s.subscribe }),
      'remote.screenList': (s, e) => relayout(s, e.value),
      'remote.subscription': (s, e) => subscription(s, e.value),
      'remote.framePart': framePart,
      'remote.cursorShape': shown,
      'remote.cursorUse': shown,
      'remote.cursorPosition': shown,
      'remote.secureDesktop': shown,
      'remote.maskedRegions': shown,
      'local.show': show,
      'local.hide': s => go({ phase: 'idle', layout: s.layout }, send({ $case: 'unsubscribe', value: { screenId: s.subscribe.screenId } })),
      'local.presented': presented,
      'local.undecodable': (s, _e, now) => askKeyframe(s, now),
      tick,
    },
  },
  nextDeadline: s => (s.phase === 'watching' ? (s.answerBy ?? s.picture.keyframeBy) : undefined),
})

export const screenView: ChannelMachine<ScreenViewState, ScreenViewEvent, Kind<Channel.SCREEN>, ScreenViewNotice> = {
  ...machine,
  initial: { phase: 'closed', layout: NO_LAYOUT, wish: undefined },
}
