/** Channel INPUT at the customer, one for each agent: decides what is injected, and that nothing stays pressed. */
import { type Button, type Channel, CloseCode, KeyCombo, RefusalReason } from '@remote-assist/codec'
import { after, earliest, type Instant } from '../../instant.js'
import { defineMachine, go, type Step, stay, type TransitionTable } from '../../machine.js'
import type { Kind, Remote } from '../../message.js'
import type { ChannelMachine } from '../channel.js'
import { clampTo, type Layout, NO_LAYOUT, screenOf } from '../layout.js'

/** While something is pressed, so much silence releases everything (RA-INP: silence). */
export const SILENCE_MS = 1_500
/** Events a second; the bucket holds as many. */
export const INPUT_RATE = 500
/** At most one InputRejected in so many milliseconds. */
export const REPORT_INTERVAL_MS = 100
/** Keys that one agent can hold at a time; a press beyond is rejected. */
export const MAX_HELD_KEYS = 32
/** Combinations that wait for the host; a request beyond is answered BUSY. */
export const MAX_OPEN_COMBOS = 8
/** The host must have made a combination within this time. */
export const COMBO_TIMEOUT_MS = 5_000

interface Place {
  readonly screenId: number
  readonly x: number
  readonly y: number
}

/** An event that pixels may show: what FramePart.last_input names. */
export interface Mark {
  readonly leaseEpoch: number
  readonly seq: number
}

/** What the host does, in order. */
export type Injection =
  | { readonly do: 'key'; readonly usage: number; readonly down: boolean }
  | { readonly do: 'locks'; readonly locks: number }
  | { readonly do: 'text'; readonly text: string }
  | { readonly do: 'move'; readonly screenId: number; readonly x: number; readonly y: number }
  | { readonly do: 'button'; readonly button: Button; readonly down: boolean }
  | { readonly do: 'wheel'; readonly deltaX: number; readonly deltaY: number }
  | { readonly do: 'combo'; readonly requestId: number; readonly combo: KeyCombo }

export type InputSinkNotice = { readonly kind: 'input.inject'; readonly injections: readonly Injection[]; readonly mark: Mark | undefined }

/** What the rest of the session means for input. */
export interface InputPermit {
  /** The agent is active, in control and not held off: what it sends is injected. */
  readonly control: boolean
  readonly epoch: number
  readonly layout: Layout
  /** Why secure keys are not to be had; undefined = they are. */
  readonly secureKeys: RefusalReason | undefined
}

type Event = Remote<Kind<Channel.INPUT>>
type On<T extends Event['type']> = Extract<Event, { type: T }>

export type InputSinkEvent =
  | Exclude<Event, On<'remote.sendKeysResult'> | On<'remote.inputRejected'> | On<'remote.localInputActive'>>
  | ({ readonly type: 'permit' } & InputPermit)
  | { readonly type: 'local.comboDone'; readonly requestId: number; readonly refusal: RefusalReason }
  | { readonly type: 'tick' }

interface Rejections {
  readonly seq: number
  readonly reason: RefusalReason
  readonly count: number
}

interface Common {
  readonly permit: InputPermit
  readonly combos: readonly { readonly requestId: number; readonly by: Instant }[]
  /** Rejected since the report before; reported at `reportAt`. */
  readonly rejections: Rejections | undefined
  readonly reportAt: Instant | undefined
}

export type InputSinkState =
  | (Common & { readonly phase: 'closed' })
  | (Common & {
      readonly phase: 'open'
      readonly keys: readonly number[]
      readonly buttons: readonly Button[]
      readonly locks: number | undefined
      readonly place: Place | undefined
      /** The newest move that found the bucket empty; later moves take its place. */
      readonly pending: (Place & { readonly mark: Mark }) | undefined
      readonly tokens: number
      readonly tokensAt: Instant
      readonly silentAt: Instant | undefined
    })

type Closed = Extract<InputSinkState, { phase: 'closed' }>
type Open = Extract<InputSinkState, { phase: 'open' }>
type Effect = { readonly type: 'send'; readonly kind: Kind<Channel.INPUT> } | { readonly type: 'notify'; readonly notice: InputSinkNotice }
type Out<S extends InputSinkState> = Step<S, Effect>

export const INPUT_SINK_TABLE = {
  closed: {
    'remote.keyEvent': ['closed'],
    'remote.textInput': ['closed'],
    'remote.pointerMove': ['closed'],
    'remote.pointerButton': ['closed'],
    'remote.wheel': ['closed'],
    'remote.releaseAll': ['closed'],
    'remote.held': ['closed'],
    'remote.sendKeys': ['closed'],
    'local.comboDone': ['closed'],
    permit: ['closed', 'open'],
    tick: ['closed'],
  },
  open: {
    'remote.keyEvent': ['open'],
    'remote.textInput': ['open'],
    'remote.pointerMove': ['open'],
    'remote.pointerButton': ['open'],
    'remote.wheel': ['open'],
    'remote.releaseAll': ['open'],
    'remote.held': ['open'],
    'remote.sendKeys': ['open'],
    'local.comboDone': ['open'],
    permit: ['closed', 'open'],
    tick: ['open'],
  },
} as const satisfies TransitionTable<InputSinkState['phase'], InputSinkEvent['type']>

const send = (kind: Kind<Channel.INPUT>): Effect => ({ type: 'send', kind })
const inject = (injections: readonly Injection[], mark?: Mark): Effect[] =>
  injections.length === 0 ? [] : [{ type: 'notify', notice: { kind: 'input.inject', injections, mark } }]
const answer = (requestId: number, refusal: RefusalReason): Effect => send({ $case: 'sendKeysResult', value: { requestId, refusal } })
const markOf = (value: { readonly leaseEpoch: number; readonly seq: number }): Mark => ({ leaseEpoch: value.leaseEpoch, seq: value.seq })

const releases = (keys: readonly number[], buttons: readonly Button[]): Injection[] => [
  ...keys.map(usage => ({ do: 'key', usage, down: false }) as const),
  ...buttons.map(button => ({ do: 'button', button, down: false }) as const),
]

/** Releases everything; nothing happens if nothing is down. */
const releaseAll = (s: Open): Out<Open> => go({ ...s, keys: [], buttons: [], silentAt: undefined }, ...inject(releases(s.keys, s.buttons)))

/** Notes a rejection; it is reported with the others when the interval allows. */
function reject<S extends InputSinkState>(s: S, seq: number, reason: RefusalReason, now: Instant): Out<S> {
  const rejections: Rejections = { seq, reason, count: (s.rejections?.count ?? 0) + 1 }
  return s.reportAt === undefined ? report({ ...s, rejections }, now) : stay({ ...s, rejections })
}

function report<S extends InputSinkState>(s: S, now: Instant): Out<S> {
  if (s.rejections === undefined) return stay({ ...s, reportAt: undefined })
  return go({ ...s, rejections: undefined, reportAt: after(now, REPORT_INTERVAL_MS) }, send({ $case: 'inputRejected', value: s.rejections }))
}

function refill(s: Open, now: Instant): Open {
  const tokens = Math.min(INPUT_RATE, s.tokens + ((now - s.tokensAt) * INPUT_RATE) / 1_000)
  return { ...s, tokens, tokensAt: now }
}

/** The agent was heard: the silence clock starts again if something is down. */
const heard = (s: Open, now: Instant): Open => ({ ...s, silentAt: s.keys.length + s.buttons.length > 0 ? after(now, SILENCE_MS) : undefined })

/** An event as it arrives: the epoch checked, the bucket asked, then `apply`. `must` marks releases, which always apply. */
function take(
  s: Open,
  mark: Mark,
  now: Instant,
  must: boolean,
  apply: (s: Open) => Out<Open>,
  full: (s: Open) => Out<Open> = it => reject(it, mark.seq, RefusalReason.LIMIT, now),
): Out<Open> {
  if (mark.leaseEpoch !== s.permit.epoch) return reject(s, mark.seq, RefusalReason.NO_LEASE, now)
  const filled = refill(s, now)
  if (filled.tokens < 1 && !must) return full(filled)
  const { state, effects } = apply({ ...filled, tokens: Math.max(0, filled.tokens - 1) })
  return go(heard(state, now), ...effects)
}

/** The move that waited goes first, so that order holds. */
function flush(s: Open): Out<Open> {
  if (s.pending === undefined) return stay(s)
  const { mark, ...place } = s.pending
  return go({ ...s, pending: undefined, place }, ...inject([{ do: 'move', ...place }], mark))
}

function inject1(s: Open, mark: Mark, ...injections: readonly Injection[]): Out<Open> {
  const flushed = flush(s)
  return go(flushed.state, ...flushed.effects, ...inject(injections, mark))
}

function key(s: Open, { value }: On<'remote.keyEvent'>, now: Instant): Out<Open> {
  const { hidUsage: usage, down, locks } = value
  return take(s, markOf(value), now, !down, it => {
    if (!down && !it.keys.includes(usage)) return stay(it)
    if (down && !it.keys.includes(usage) && it.keys.length >= MAX_HELD_KEYS) return reject(it, value.seq, RefusalReason.LIMIT, now)
    const keys = down ? [...it.keys.filter(k => k !== usage), usage] : it.keys.filter(k => k !== usage)
    const lock: Injection[] = down && locks !== it.locks ? [{ do: 'locks', locks }] : []
    return inject1({ ...it, keys, locks: down ? locks : it.locks }, markOf(value), ...lock, { do: 'key', usage, down })
  })
}

/** Where an event of the pointer goes; undefined if it means a layout or screen that is no more. */
function placeOf(s: Open, value: { readonly screenId: number; readonly layoutEpoch: number; readonly x: number; readonly y: number }): Place | undefined {
  const { layout } = s.permit
  const screen = value.layoutEpoch === layout.epoch ? screenOf(layout, value.screenId) : undefined
  return screen === undefined ? undefined : { screenId: value.screenId, ...clampTo(screen, value.x, value.y) }
}

function move(s: Open, { value }: On<'remote.pointerMove'>, now: Instant): Out<Open> {
  const place = placeOf(s, value)
  const mark = markOf(value)
  if (place === undefined) return take(s, mark, now, true, it => reject(it, value.seq, RefusalReason.INVALID, now))
  return take(
    s,
    mark,
    now,
    false,
    it => go({ ...it, pending: undefined, place }, ...inject([{ do: 'move', ...place }], mark)),
    it => stay({ ...heard(it, now), pending: { ...place, mark } }),
  )
}

function button(s: Open, { value }: On<'remote.pointerButton'>, now: Instant): Out<Open> {
  const { button: which, down } = value
  const place = placeOf(s, value)
  const mark = markOf(value)
  if (down && place === undefined) return take(s, mark, now, true, it => reject(it, value.seq, RefusalReason.INVALID, now))
  return take(s, mark, now, !down, it => {
    if (!down && !it.buttons.includes(which)) return stay(it)
    const buttons = down ? [...it.buttons.filter(b => b !== which), which] : it.buttons.filter(b => b !== which)
    const moved: Injection[] = place === undefined ? [] : [{ do: 'move', ...place }]
    return inject1({ ...it, buttons, place: place ?? it.place, pending: place === undefined ? it.pending : undefined }, mark, ...moved, {
      do: 'button',
      button: which,
      down,
    })
  })
}

function wheel(s: Open, { value }: On<'remote.wheel'>, now: Instant): Out<Open> {
  const place = placeOf(s, value)
  const mark = markOf(value)
  if (place === undefined) return take(s, mark, now, true, it => reject(it, value.seq, RefusalReason.INVALID, now))
  const { deltaX, deltaY } = value
  return take(s, mark, now, false, it => inject1({ ...it, place, pending: undefined }, mark, { do: 'move', ...place }, { do: 'wheel', deltaX, deltaY }))
}

/** What the customer holds beyond what the agent says is down goes up; what it says is down is not pressed. */
function held(s: Open, { value }: On<'remote.held'>, now: Instant): Out<Open> {
  return take(s, markOf(value), now, true, it => {
    const keys = it.keys.filter(k => value.hidUsages.includes(k))
    const buttons = it.buttons.filter(b => value.buttons.includes(b))
    const gone = releases(
      it.keys.filter(k => !keys.includes(k)),
      it.buttons.filter(b => !buttons.includes(b)),
    )
    return go({ ...it, keys, buttons }, ...inject(gone, markOf(value)))
  })
}

function sendKeys(s: Open, { value }: On<'remote.sendKeys'>, now: Instant): Out<Open> {
  const { requestId, combo } = value
  const refusal = value.leaseEpoch !== s.permit.epoch ? RefusalReason.NO_LEASE : refusalOf(s, combo)
  if (refusal !== undefined) return go(s, answer(requestId, refusal))
  return take(
    s,
    markOf(value),
    now,
    false,
    it => inject1({ ...it, combos: [...it.combos, { requestId, by: after(now, COMBO_TIMEOUT_MS) }] }, markOf(value), { do: 'combo', requestId, combo }),
    it => go(it, answer(requestId, RefusalReason.LIMIT)),
  )
}

function refusalOf(s: Open, combo: KeyCombo): RefusalReason | undefined {
  if (combo === KeyCombo.CTRL_ALT_DELETE && s.permit.secureKeys !== undefined) return s.permit.secureKeys
  return s.combos.length >= MAX_OPEN_COMBOS ? RefusalReason.BUSY : undefined
}

/** A combination was made, or could not be; an answer that is no longer awaited means nothing. */
function comboDone<S extends InputSinkState>(s: S, e: Extract<InputSinkEvent, { type: 'local.comboDone' }>): Out<S> {
  if (!s.combos.some(open => open.requestId === e.requestId)) return stay(s)
  return go({ ...s, combos: s.combos.filter(open => open.requestId !== e.requestId) }, answer(e.requestId, e.refusal))
}

function expireCombos<S extends InputSinkState>(s: S, now: Instant): Out<S> {
  const late = s.combos.filter(open => now >= open.by)
  if (late.length === 0) return stay(s)
  return go({ ...s, combos: s.combos.filter(open => now < open.by) }, ...late.map(open => answer(open.requestId, RefusalReason.TIMEOUT)))
}

/** Reports rejections and expires combinations, whatever the phase. */
function tickCommon<S extends InputSinkState>(s: S, now: Instant): Out<S> {
  const reported = s.reportAt !== undefined && now >= s.reportAt ? report(s, now) : stay(s)
  const expired = expireCombos(reported.state, now)
  return go(expired.state, ...reported.effects, ...expired.effects)
}

function tickOpen(s: Open, now: Instant): Out<Open> {
  const common = tickCommon(s, now)
  const filled = refill(common.state, now)
  const moved = filled.pending !== undefined && filled.tokens >= 1 ? flush({ ...filled, tokens: filled.tokens - 1 }) : stay(filled)
  const silent = moved.state.silentAt !== undefined && now >= moved.state.silentAt ? releaseAll(moved.state) : stay(moved.state)
  return go(silent.state, ...common.effects, ...moved.effects, ...silent.effects)
}

const opened = (s: InputSinkState, permit: InputPermit, now: Instant): Open => ({
  phase: 'open',
  permit,
  combos: s.combos,
  rejections: s.rejections,
  reportAt: s.reportAt,
  keys: [],
  buttons: [],
  locks: undefined,
  place: undefined,
  pending: undefined,
  tokens: INPUT_RATE,
  tokensAt: now,
  silentAt: undefined,
})

const closed = ({ combos, rejections, reportAt }: InputSinkState, permit: InputPermit): Closed => ({ phase: 'closed', permit, combos, rejections, reportAt })

const permitOf = ({ control, epoch, layout, secureKeys }: InputPermit): InputPermit => ({ control, epoch, layout, secureKeys })

/** A new epoch, or the end of control, releases everything that the old one pressed. */
function repermit(s: Open, e: InputPermit, now: Instant): Out<Open | Closed> {
  const permit = permitOf(e)
  if (permit.control && permit.epoch === s.permit.epoch) return stay({ ...s, permit })
  const released = releaseAll(s)
  return go(permit.control ? opened(released.state, permit, now) : closed(released.state, permit), ...released.effects)
}

const late = (s: Closed, e: { readonly value: { readonly seq: number } }, now: Instant): Out<Closed> => reject(s, e.value.seq, RefusalReason.NO_LEASE, now)

const machine = defineMachine<typeof INPUT_SINK_TABLE, InputSinkState, InputSinkEvent, Effect>({
  name: 'input sink',
  table: INPUT_SINK_TABLE,
  illegal: CloseCode.FORBIDDEN_MESSAGE,
  handlers: {
    closed: {
      'remote.keyEvent': late,
      'remote.textInput': late,
      'remote.pointerMove': late,
      'remote.pointerButton': late,
      'remote.wheel': late,
      'remote.releaseAll': stay,
      'remote.held': stay,
      'remote.sendKeys': (s, e) => go(s, answer(e.value.requestId, RefusalReason.NO_LEASE)),
      'local.comboDone': comboDone,
      permit: (s, e, now) => (e.control ? stay(opened(s, permitOf(e), now)) : stay({ ...s, permit: permitOf(e) })),
      tick: tickCommonOf,
    },
    open: {
      'remote.keyEvent': key,
      'remote.textInput': (s, e, now) => take(s, markOf(e.value), now, false, it => inject1(it, markOf(e.value), { do: 'text', text: e.value.text })),
      'remote.pointerMove': move,
      'remote.pointerButton': button,
      'remote.wheel': wheel,
      'remote.releaseAll': (s, e, now) => take(s, markOf(e.value), now, true, releaseAll),
      'remote.held': held,
      'remote.sendKeys': sendKeys,
      'local.comboDone': comboDone,
      permit: (s, e, now) => repermit(s, e, now),
      tick: (s, _e, now) => tickOpen(s, now),
    },
  },
  nextDeadline: s =>
    earliest(
      s.reportAt,
      ...s.combos.map(open => open.by),
      s.phase === 'open' ? s.silentAt : undefined,
      // One token is worth 2 ms; the move that waits is due when the next one is there.
      s.phase === 'open' && s.pending !== undefined ? after(s.tokensAt, Math.max(1, ((1 - s.tokens) * 1_000) / INPUT_RATE)) : undefined,
    ),
})

function tickCommonOf(s: Closed, _e: unknown, now: Instant): Out<Closed> {
  return tickCommon(s, now)
}

const NOTHING: InputPermit = { control: false, epoch: 0, layout: NO_LAYOUT, secureKeys: RefusalReason.NOT_ACTIVE }

export const inputSink: ChannelMachine<InputSinkState, InputSinkEvent, Kind<Channel.INPUT>, InputSinkNotice> = {
  ...machine,
  initial: { phase: 'closed', permit: NOTHING, combos: [], rejections: undefined, reportAt: undefined },
}

/** The refusal of a message that the matrix did not let pass; undefined = it is dropped. */
export function refuseInput(kind: Kind<Channel.INPUT>, reason: RefusalReason): Kind<Channel.INPUT> | undefined {
  return kind.$case === 'sendKeys' ? { $case: 'sendKeysResult', value: { requestId: kind.value.requestId, refusal: reason } } : undefined
}
