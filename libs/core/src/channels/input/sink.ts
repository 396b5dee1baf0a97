/** Channel INPUT at the customer, one for each agent: decides what is injected, and that nothing stays pressed. */
import { type Button, type Channel, CloseCode, KeyCombo, RefusalReason } from '@remote-assist/codec'
import { after, earliest, type Instant } from '../../instant.js'
import { defineMachine, go, type Step, stay } from '../../machine.js'
import type { Kind } from '../../message.js'
import type { ChannelMachine } from '../channel.js'
import { clampTo, NO_LAYOUT, screenOf } from '../layout.js'
import {
  INPUT_SINK_TABLE,
  type Injection,
  type InputPermit,
  type InputSinkEffect,
  type InputSinkEvent,
  type InputSinkNotice,
  type InputSinkState,
  type Mark,
  type Place,
  type Rejections,
} from './sink-table.js'

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

/** In `KeyEvent.locks`: the bits beside it mean something. */
const LOCKS_SAID = 8
/** HID usages of Caps Lock, Scroll Lock and Num Lock. */
const LOCK_KEYS: readonly number[] = [0x39, 0x47, 0x53]

/** Control characters other than tab and line feed (RA-INP-024). */
const CONTROL_CHARACTER = /[^\P{Cc}\t\n]/u

type Closed = Extract<InputSinkState, { phase: 'closed' }>
type Open = Extract<InputSinkState, { phase: 'open' }>
type Effect = InputSinkEffect
type On<T extends InputSinkEvent['type']> = Extract<InputSinkEvent, { type: T }>
type Out<S extends InputSinkState> = Step<S, Effect>

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

/**
 * What the customer's locks are to be when a key goes down (RA-INP-022): as they were brought last if the event does not say; undefined = nobody knows, for the
 * key turns a lock itself.
 */
function followed(s: Open, usage: number, locks: number): number | undefined {
  if (LOCK_KEYS.includes(usage)) return undefined
  return (locks & LOCKS_SAID) === 0 ? s.locks : locks & ~LOCKS_SAID
}

function key(s: Open, { value }: On<'remote.keyEvent'>, now: Instant): Out<Open> {
  const { hidUsage: usage, down, locks } = value
  return take(s, markOf(value), now, !down, it => {
    if (!down && !it.keys.includes(usage)) return stay(it)
    if (down && !it.keys.includes(usage) && it.keys.length >= MAX_HELD_KEYS) return reject(it, value.seq, RefusalReason.LIMIT, now)
    const keys = down ? [...it.keys.filter(k => k !== usage), usage] : it.keys.filter(k => k !== usage)
    if (!down) return inject1({ ...it, keys }, markOf(value), { do: 'key', usage, down })
    const told = followed(it, usage, locks)
    const lock: Injection[] = told === undefined || told === it.locks ? [] : [{ do: 'locks', locks: told }]
    return inject1({ ...it, keys, locks: told }, markOf(value), ...lock, { do: 'key', usage, down })
  })
}

function text(s: Open, { value }: On<'remote.textInput'>, now: Instant): Out<Open> {
  const mark = markOf(value)
  if (CONTROL_CHARACTER.test(value.text)) return take(s, mark, now, true, it => reject(it, value.seq, RefusalReason.INVALID, now))
  return take(s, mark, now, false, it => inject1(it, mark, { do: 'text', text: value.text }))
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

const SHUT: Closed = {
  phase: 'closed',
  permit: { open: false, control: false, epoch: 0, layout: NO_LAYOUT, secureKeys: RefusalReason.NOT_ACTIVE },
  seq: 0,
  combos: [],
  rejections: undefined,
  reportAt: undefined,
}

const opened = (s: InputSinkState, permit: InputPermit, now: Instant): Open => ({
  phase: 'open',
  permit,
  seq: s.seq,
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

/** Who cannot be answered any more has asked for nothing, and numbers its events anew when it is back. */
const closed = ({ seq, combos, rejections, reportAt }: InputSinkState, permit: InputPermit): Closed =>
  permit.open ? { phase: 'closed', permit, seq, combos, rejections, reportAt } : { ...SHUT, permit }

const permitOf = ({ open, control, epoch, layout, secureKeys }: InputPermit): InputPermit => ({ open, control, epoch, layout, secureKeys })

/** A new epoch, or the end of control, releases everything that the old one pressed. */
function repermit(s: Open, e: InputPermit, now: Instant): Out<Open | Closed> {
  const permit = permitOf(e)
  if (permit.control && permit.epoch === s.permit.epoch) return stay({ ...s, permit })
  const released = releaseAll(s)
  return go(permit.control ? opened(released.state, permit, now) : closed(released.state, permit), ...released.effects)
}

interface Numbered {
  readonly value: { readonly seq: number }
}

/** Passes an event on once: one whose number is not above all before it on this line is rejected (RA-INP-008). */
const once =
  <S extends InputSinkState, E extends Numbered>(
    handle: (s: S, e: E, now: Instant) => Out<S>,
    used: (s: S, e: E, now: Instant) => Out<S> = (s, e, now) => reject(s, e.value.seq, RefusalReason.INVALID, now),
  ) =>
  (s: S, e: E, now: Instant): Out<S> =>
    e.value.seq > s.seq ? handle({ ...s, seq: e.value.seq }, e, now) : used(s, e, now)

const answered = <S extends InputSinkState>(s: S, e: On<'remote.sendKeys'>, refusal: RefusalReason): Out<S> => go(s, answer(e.value.requestId, refusal))
const usedSendKeys = <S extends InputSinkState>(s: S, e: On<'remote.sendKeys'>): Out<S> => answered(s, e, RefusalReason.INVALID)

const late = (s: Closed, e: Numbered, now: Instant): Out<Closed> => reject(s, e.value.seq, RefusalReason.NO_LEASE, now)
/** With nothing pressed there is nothing to release, and nothing to report. */
const silent = (s: Closed, _e: Numbered): Out<Closed> => stay(s)

const machine = defineMachine<typeof INPUT_SINK_TABLE, InputSinkState, InputSinkEvent, Effect>({
  name: 'input sink',
  table: INPUT_SINK_TABLE,
  illegal: CloseCode.FORBIDDEN_MESSAGE,
  handlers: {
    closed: {
      'remote.keyEvent': once(late),
      'remote.textInput': once(late),
      'remote.pointerMove': once(late),
      'remote.pointerButton': once(late),
      'remote.wheel': once(late),
      'remote.releaseAll': once(silent),
      'remote.held': once(silent),
      'remote.sendKeys': once((s, e) => answered(s, e, RefusalReason.NO_LEASE), usedSendKeys),
      'local.comboDone': comboDone,
      permit: (s, e, now) => stay(e.control ? opened(s, permitOf(e), now) : closed(s, permitOf(e))),
      tick: (s, _e, now) => tickCommon(s, now),
    },
    open: {
      'remote.keyEvent': once(key),
      'remote.textInput': once(text),
      'remote.pointerMove': once(move),
      'remote.pointerButton': once(button),
      'remote.wheel': once(wheel),
      'remote.releaseAll': once((s, e, now) => take(s, markOf(e.value), now, true, releaseAll)),
      'remote.held': once(held),
      'remote.sendKeys': once(sendKeys, usedSendKeys),
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

export const inputSink: ChannelMachine<InputSinkState, InputSinkEvent, Kind<Channel.INPUT>, InputSinkNotice> = {
  ...machine,
  initial: SHUT,
}

/** The refusal of a message that the matrix did not let pass; undefined = it is dropped. */
export function refuseInput(kind: Kind<Channel.INPUT>, reason: RefusalReason): Kind<Channel.INPUT> | undefined {
  return kind.$case === 'sendKeys' ? { $case: 'sendKeysResult', value: { requestId: kind.value.requestId, refusal: reason } } : undefined
}
