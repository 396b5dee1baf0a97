/** Channel CLIPBOARD at one end, for one counterpart: announces new content, and fetches or serves it when somebody pastes. */
import { type Channel, type ClipboardFormat, CloseCode, Direction, RefusalReason } from '@remote-assist/codec'
import { after, earliest, type Instant } from '../../instant.js'
import { defineMachine, go, LocalProtocolError, type Step, stay, type Violation } from '../../machine.js'
import type { Kind } from '../../message.js'
import type { ChannelMachine } from '../channel.js'
import {
  CLIPBOARD_TABLE,
  type ClipboardEffect,
  type ClipboardEvent,
  type ClipboardNotice,
  type ClipboardPermit,
  type ClipboardState,
  type Pieces,
  type Switch,
  type Way,
} from './table.js'

/** Text, plain and HTML, may have so many bytes (RA-CLP-013, RA-CLP-014). */
export const MAX_TEXT_BYTES = 1_048_576
/** Content in any other format may have so many (RA-CLP-025). */
export const MAX_CONTENT_BYTES = 16_777_216
/** Between two offers: never more than 5 in any second, even if the line bunches them (RA-CLP-017). */
export const OFFER_INTERVAL_MS = 250
/** The next piece of content, and the answer to a switch, come within this time. */
export const ANSWER_TIMEOUT_MS = 10_000

type In<P extends ClipboardState['phase']> = Extract<ClipboardState, { phase: P }>
type On<T extends ClipboardEvent['type']> = Extract<ClipboardEvent, { type: T }>
type Out<S extends ClipboardState> = Step<S, ClipboardEffect>

const OFF: Switch = { on: false, wanted: false, unanswered: 0, answerBy: undefined }
/** Switches that may be unanswered before an agent may switch on again. */
export const MAX_UNANSWERED = 8
const WAYS: readonly Way[] = ['toCustomer', 'fromCustomer']
const DIRECTIONS: { readonly [W in Way]: Direction } = { toCustomer: Direction.TO_CUSTOMER, fromCustomer: Direction.FROM_CUSTOMER }
const wayOf = (direction: Direction): Way | undefined => WAYS.find(way => DIRECTIONS[way] === direction)

const wrong = (s: ClipboardState, event: string, detail: string): LocalProtocolError => new LocalProtocolError('clipboard', s.phase, event, detail)
const send = (kind: Kind<Channel.CLIPBOARD>): ClipboardEffect => ({ type: 'send', kind })
const notify = (notice: ClipboardNotice): ClipboardEffect => ({ type: 'notify', notice })
const syncMessage = (way: Way, on: boolean): ClipboardEffect => send({ $case: 'sync', value: { direction: DIRECTIONS[way], on } })
const switched = (way: Way, on: boolean, reason = RefusalReason.UNSPECIFIED): ClipboardEffect =>
  notify({ kind: 'clipboard.switched', direction: DIRECTIONS[way], on, reason })
const refusal = (offerId: number, mime: string, reason: RefusalReason): ClipboardEffect =>
  send({ $case: 'refused', value: { offerId, mime, direction: Direction.UNSPECIFIED, reason } })
const syncRefusal = (direction: Direction, reason: RefusalReason): ClipboardEffect =>
  send({ $case: 'refused', value: { offerId: 0, mime: '', direction, reason } })
const failed = ({ offerId, mime }: Pieces, reason: RefusalReason): ClipboardEffect => notify({ kind: 'clipboard.failed', offerId, mime, reason })
const unwanted = ({ offerId, mime }: Pieces): ClipboardEffect => notify({ kind: 'clipboard.unwanted', offerId, mime })

/** Whose clipboard goes which way. */
const outgoing = (s: ClipboardState): Way => (s.side === 'agent' ? 'toCustomer' : 'fromCustomer')
const incoming = (s: ClipboardState): Way => (s.side === 'agent' ? 'fromCustomer' : 'toCustomer')
const isOn = ({ on, wanted }: Switch): boolean => on && wanted
const carries = (s: ClipboardState, way: Way): boolean => isOn(s.switches[way]) && s.permit[way]

/** How much of a format is taken: what the offer states, and never more than the limit for it. */
function limitOf({ mime, bytes }: ClipboardFormat): number {
  const most = mime.startsWith('text/') ? MAX_TEXT_BYTES : MAX_CONTENT_BYTES
  return bytes > 0n && bytes < BigInt(most) ? Number(bytes) : most
}

const begun = (offerId: number, format: ClipboardFormat, now: Instant): Pieces => ({
  offerId,
  mime: format.mime,
  offset: 0,
  limitBytes: limitOf(format),
  by: after(now, ANSWER_TIMEOUT_MS),
})
const names = (pieces: Pieces | undefined, it: { readonly offerId: number; readonly mime: string }): pieces is Pieces =>
  pieces?.offerId === it.offerId && pieces.mime === it.mime

/** Announces content that waits, if the direction carries, the session flows and the rate allows. */
function announce<S extends ClipboardState>(s: S, now: Instant, ...before: readonly ClipboardEffect[]): Out<S> {
  const { own } = s
  if (own === undefined || own.offerId !== undefined || s.phase !== 'flowing') return go(s, ...before)
  if (s.offerFrom !== undefined && now < s.offerFrom) return go(s, ...before)
  const offerId = s.lastOfferId + 1
  return go(
    { ...s, own: { ...own, offerId }, lastOfferId: offerId, offerFrom: after(now, OFFER_INTERVAL_MS) },
    ...before,
    send({ $case: 'offer', value: { offerId, formats: [...own.formats] } }),
  )
}

/** Nothing of this end's content is on offer, or being sent, any more. `reason`: what the other side is told; undefined = nothing. */
function stopServing<S extends ClipboardState>(s: S, reason: RefusalReason | undefined): Out<S> {
  const { serving } = s
  if (serving === undefined) return stay(s)
  return go({ ...s, serving: undefined }, ...(reason === undefined ? [] : [refusal(serving.offerId, serving.mime, reason)]), unwanted(serving))
}

/** What the other side offered is void. */
function forget<S extends ClipboardState>(s: S, reason: RefusalReason): Out<S> {
  const { theirs, fetching } = s
  return go(
    { ...s, theirs: undefined, fetching: undefined },
    ...(fetching === undefined ? [] : [failed(fetching, reason)]),
    ...(theirs === undefined ? [] : [notify({ kind: 'clipboard.withdrawn', offerId: theirs.offerId })]),
  )
}

/** Sets a switch. A direction that carries no longer loses its content: what is copied from then on counts, if it is ever on again. */
function set<S extends ClipboardState>(s: S, way: Way, next: Switch, reason: RefusalReason, told: boolean): Out<S> {
  const was = isOn(s.switches[way])
  const is = isOn(next)
  const state: S = { ...s, switches: { ...s.switches, [way]: next } }
  // An agent that asked and got a no is told so, although nothing changed.
  if (was === is) return go(state, ...(reason === RefusalReason.UNSPECIFIED ? [] : [switched(way, is, reason)]))
  if (is) return go(state, switched(way, true))
  const stopped =
    way === outgoing(s) ? stopServing({ ...state, own: undefined }, told ? RefusalReason.NO_GRANT : undefined) : forget(state, RefusalReason.NO_GRANT)
  return go(stopped.state, ...stopped.effects, switched(way, false, reason))
}

/** The customer's word: it answers each switch with how the direction now is, or with a refusal. */
function answerSync<S extends ClipboardState>(s: S, direction: Direction, on: boolean): Out<S> {
  const way = wayOf(direction)
  if (way === undefined) return go(s, syncRefusal(direction, RefusalReason.UNSUPPORTED))
  if (on && !s.permit[way]) return go(s, syncRefusal(direction, RefusalReason.NO_GRANT))
  const step = set(s, way, { ...OFF, on, wanted: on }, RefusalReason.UNSPECIFIED, true)
  return go(step.state, ...step.effects, syncMessage(way, on))
}

/**
 * The agent hears how a direction is. Answers come in the order of the questions, so only the last one counts against its wish;
 * what it does not want on, it switches off again.
 */
function hear<S extends ClipboardState>(s: S, direction: Direction, on: boolean, reason: RefusalReason): Out<S> {
  const way = wayOf(direction)
  if (way === undefined) return stay(s)
  const { wanted, unanswered, answerBy } = s.switches[way]
  const last = unanswered <= 1
  const next: Switch = { on, wanted: wanted && (on || !last), unanswered: last ? 0 : unanswered - 1, answerBy: last ? undefined : answerBy }
  const step = set(s, way, next, last ? reason : RefusalReason.UNSPECIFIED, true)
  return on && last && !wanted ? go(step.state, ...step.effects, syncMessage(way, false)) : step
}

function localSync<S extends ClipboardState>(s: S, e: On<'local.sync'>, now: Instant): Out<S> {
  const way = wayOf(e.direction)
  if (way === undefined) throw wrong(s, e.type, 'there is no such direction')
  const { on, wanted, unanswered } = s.switches[way]
  if (!e.on && !on && !wanted) return stay(s)
  if (!e.on && s.side === 'customer') {
    const step = set(s, way, OFF, RefusalReason.UNSPECIFIED, true)
    return go(step.state, ...step.effects, syncMessage(way, false))
  }
  if (s.side === 'customer') throw wrong(s, e.type, 'only an agent switches the clipboard on')
  if (e.on === wanted) return stay(s)
  if (e.on && (s.phase !== 'flowing' || !s.permit[way])) throw wrong(s, e.type, 'the customer does not allow it now')
  if (e.on && unanswered >= MAX_UNANSWERED) throw wrong(s, e.type, 'the customer has not answered the switches before')
  const next: Switch = { on, wanted: e.on, unanswered: unanswered + 1, answerBy: after(now, ANSWER_TIMEOUT_MS) }
  const step = set(s, way, next, RefusalReason.UNSPECIFIED, true)
  return go(step.state, ...step.effects, syncMessage(way, e.on))
}

function refused<S extends ClipboardState>(s: S, { value }: On<'remote.refused'>): Out<S> {
  if (value.offerId !== 0) return names(s.fetching, value) ? go({ ...s, fetching: undefined }, failed(s.fetching, value.reason)) : stay(s)
  return s.side === 'customer' ? stay(s) : hear(s, value.direction, false, value.reason)
}

function changed<S extends ClipboardState>(s: S, e: On<'local.changed'>, now: Instant): Out<S> {
  const stopped = stopServing(s, RefusalReason.NOT_FOUND)
  const offerId = s.own?.offerId
  // Content that this end may announce: it is new, of its own making, and from a time at which it would have been sent.
  const fresh = !e.fromPeer && e.formats.length > 0 && s.phase === 'flowing' && carries(s, outgoing(s))
  if (fresh) return announce({ ...stopped.state, own: { formats: e.formats, offerId: undefined } }, now, ...stopped.effects)
  return go({ ...stopped.state, own: undefined }, ...stopped.effects, ...(offerId === undefined ? [] : [send({ $case: 'withdrawn', value: { offerId } })]))
}

function offer(s: In<'flowing'>, { value }: On<'remote.offer'>): Out<In<'flowing'>> {
  const { offerId, formats } = value
  if (!carries(s, incoming(s)) || offerId <= (s.theirs?.offerId ?? 0)) return stay(s)
  return go({ ...s, theirs: { offerId, formats } }, notify({ kind: 'clipboard.offered', offerId, formats }))
}

function request(s: In<'flowing'>, { value }: On<'remote.request'>, now: Instant): Out<In<'flowing'>> {
  const { offerId, mime } = value
  if (!carries(s, outgoing(s))) return go(s, refusal(offerId, mime, RefusalReason.NO_GRANT))
  const format = s.own?.offerId === offerId ? s.own.formats.find(it => it.mime === mime) : undefined
  if (format === undefined) return go(s, refusal(offerId, mime, RefusalReason.NOT_FOUND))
  if (s.serving !== undefined) return go(s, refusal(offerId, mime, RefusalReason.LIMIT))
  return go({ ...s, serving: begun(offerId, format, now) }, notify({ kind: 'clipboard.wanted', offerId, mime }))
}

function localData(s: In<'flowing'>, e: On<'local.data'>, now: Instant): Out<In<'flowing'>> {
  const { serving } = s
  const { offerId, mime, offset, data, last } = e
  if (!names(serving, e)) return stay(s)
  if (offset !== serving.offset) throw wrong(s, e.type, `the next piece begins at ${serving.offset}`)
  const end = offset + data.length
  if (end > serving.limitBytes) throw wrong(s, e.type, `${mime} may have ${serving.limitBytes} bytes`)
  return go(
    { ...s, serving: last ? undefined : { ...serving, offset: end, by: after(now, ANSWER_TIMEOUT_MS) } },
    send({ $case: 'data', value: { offerId, mime, offset: BigInt(offset), data, last } }),
  )
}

function unavailable(s: In<'flowing'>, e: On<'local.unavailable'>): Out<In<'flowing'>> {
  return names(s.serving, e) ? go({ ...s, serving: undefined }, refusal(e.offerId, e.mime, e.reason)) : stay(s)
}

function localRequest(s: In<'flowing'>, e: On<'local.request'>, now: Instant): Out<In<'flowing'>> {
  const format = s.theirs?.formats.find(({ mime }) => mime === e.mime)
  if (s.theirs === undefined || format === undefined) throw wrong(s, e.type, 'the other side offers nothing of the kind')
  if (s.fetching !== undefined) throw wrong(s, e.type, 'content is being fetched already')
  const { offerId } = s.theirs
  return go({ ...s, fetching: begun(offerId, format, now) }, send({ $case: 'request', value: { offerId, mime: e.mime } }))
}

function data(s: In<'flowing'>, { value }: On<'remote.data'>, now: Instant): Step<In<'flowing'>, ClipboardEffect | Violation> {
  const { fetching } = s
  if (!names(fetching, value)) return stay(s)
  const { offerId, mime, last } = value
  const { offset } = fetching
  if (value.offset !== BigInt(offset)) return go(s, { type: 'violation', phase: s.phase, event: 'remote.data', code: CloseCode.INVALID_FIELD })
  const end = offset + value.data.length
  if (end > fetching.limitBytes) return forget(s, RefusalReason.LIMIT)
  return go(
    { ...s, fetching: last ? undefined : { ...fetching, offset: end, by: after(now, ANSWER_TIMEOUT_MS) } },
    notify({ kind: 'clipboard.piece', offerId, mime, offset, data: value.data, last }),
  )
}

function withdrawn<S extends ClipboardState>(s: S, { value }: On<'remote.withdrawn'>): Out<S> {
  if (s.theirs?.offerId === value.offerId) return forget(s, RefusalReason.NOT_FOUND)
  return s.fetching?.offerId === value.offerId ? go({ ...s, fetching: undefined }, failed(s.fetching, RefusalReason.NOT_FOUND)) : stay(s)
}

const permitOf = ({ toCustomer, fromCustomer, flowing, reset }: ClipboardPermit): ClipboardPermit => ({ toCustomer, fromCustomer, flowing, reset })

/** A pause voids what was announced; the owner announces it again, under a new id, when it is over. A return, or a lost grant, switches off. */
function permit(s: ClipboardState, e: ClipboardPermit, now: Instant): Out<ClipboardState> {
  const effects: ClipboardEffect[] = []
  let state: ClipboardState = { ...s, phase: e.flowing ? 'flowing' : 'held', permit: permitOf(e) }
  const apply = (step: Out<ClipboardState>): void => {
    state = step.state
    effects.push(...step.effects)
  }
  for (const way of WAYS) {
    const { on, wanted } = state.switches[way]
    if (!(e.reset || !e[way]) || !(on || wanted)) continue
    apply(set(state, way, OFF, e.reset ? RefusalReason.NOT_ACTIVE : RefusalReason.NO_GRANT, !e.reset && e.flowing))
    if (s.side === 'customer' && !e.reset) effects.push(syncMessage(way, false))
  }
  if (!e.flowing) {
    apply(stopServing(state, undefined))
    apply(forget(state, RefusalReason.PAUSED))
    if (state.own !== undefined) state = { ...state, own: { ...state.own, offerId: undefined } }
  }
  const announced = announce(state, now)
  return go(announced.state, ...effects, ...announced.effects)
}

/** Deadlines that have passed: a switch that nobody answered, content that stopped, an offer that waited for the rate. */
function tick<S extends ClipboardState>(s: S, _e: unknown, now: Instant): Out<S> {
  const effects: ClipboardEffect[] = []
  let state: S = s.offerFrom !== undefined && now >= s.offerFrom ? { ...s, offerFrom: undefined } : s
  const apply = (step: Out<S>): void => {
    state = step.state
    effects.push(...step.effects)
  }
  for (const way of WAYS) {
    const { answerBy } = state.switches[way]
    if (answerBy === undefined || now < answerBy) continue
    apply(set(state, way, OFF, RefusalReason.TIMEOUT, true))
    effects.push(syncMessage(way, false))
  }
  if (state.serving !== undefined && now >= state.serving.by) apply(stopServing(state, RefusalReason.NOT_FOUND))
  if (state.fetching !== undefined && now >= state.fetching.by) apply(forget(state, RefusalReason.TIMEOUT))
  const announced = announce(state, now)
  return go(announced.state, ...effects, ...announced.effects)
}

const sync = <S extends ClipboardState>(s: S, { value }: On<'remote.sync'>): Out<S> =>
  s.side === 'customer' ? answerSync(s, value.direction, value.on) : hear(s, value.direction, value.on, RefusalReason.UNSPECIFIED)

const machine = defineMachine<typeof CLIPBOARD_TABLE, ClipboardState, ClipboardEvent, ClipboardEffect | Violation>({
  name: 'clipboard',
  table: CLIPBOARD_TABLE,
  illegal: CloseCode.WRONG_PHASE,
  handlers: {
    held: {
      permit,
      'remote.sync': sync,
      'remote.offer': stay,
      'remote.request': (s, e) => go(s, refusal(e.value.offerId, e.value.mime, RefusalReason.PAUSED)),
      'remote.data': stay,
      'remote.withdrawn': withdrawn,
      'remote.refused': refused,
      'local.sync': localSync,
      'local.changed': changed,
      'local.data': stay,
      'local.unavailable': stay,
      tick,
    },
    flowing: {
      permit,
      'remote.sync': sync,
      'remote.offer': offer,
      'remote.request': request,
      'remote.data': data,
      'remote.withdrawn': withdrawn,
      'remote.refused': refused,
      'local.sync': localSync,
      'local.changed': changed,
      'local.request': localRequest,
      'local.data': localData,
      'local.unavailable': unavailable,
      tick,
    },
  },
  nextDeadline: s => earliest(s.switches.toCustomer.answerBy, s.switches.fromCustomer.answerBy, s.serving?.by, s.fetching?.by, s.offerFrom),
})

type ClipboardMachine = ChannelMachine<ClipboardState, ClipboardEvent, Kind<Channel.CLIPBOARD>, ClipboardNotice>

const at = (side: ClipboardState['side']): ClipboardMachine => ({
  ...machine,
  initial: {
    phase: 'held',
    side,
    permit: { toCustomer: false, fromCustomer: false, flowing: false, reset: true },
    switches: { toCustomer: OFF, fromCustomer: OFF },
    own: undefined,
    lastOfferId: 0,
    offerFrom: undefined,
    serving: undefined,
    theirs: undefined,
    fetching: undefined,
  },
})

/** The clipboard at the customer, one for each agent. */
export const customerClipboard: ClipboardMachine = at('customer')
/** The clipboard at an agent. */
export const agentClipboard: ClipboardMachine = at('agent')

/** The refusal of a message that the matrix did not let pass; undefined = it is dropped. */
export function refuseClipboard(kind: Kind<Channel.CLIPBOARD>, reason: RefusalReason): Kind<Channel.CLIPBOARD> | undefined {
  if (kind.$case !== 'request') return undefined
  const { offerId, mime } = kind.value
  return { $case: 'refused', value: { offerId, mime, direction: Direction.UNSPECIFIED, reason } }
}
