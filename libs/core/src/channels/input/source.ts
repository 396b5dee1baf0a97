/** Channel INPUT at an agent: numbers events, keeps what is held alive, and answers every request. */
import { type Button, type Channel, CloseCode, type KeyCombo, RefusalReason } from '@remote-assist/codec'
import { after, earliest, type Instant } from '../../instant.js'
import { defineMachine, go, LocalProtocolError, type Step, stay, type TransitionTable } from '../../machine.js'
import type { Kind, Remote } from '../../message.js'
import type { ChannelMachine } from '../channel.js'

/** While something is down, an event or a `Held` goes out at least this often. */
export const KEEP_ALIVE_MS = 500
/** A SendKeys that has no answer by then is given up. */
export const SEND_KEYS_TIMEOUT_MS = 10_000
/** SendKeys that may be open at a time. */
export const MAX_OPEN_REQUESTS = 8

export interface InputSourcePermit {
  /** The customer is active or paused. Without it no answer comes any more, and events are numbered from 1 when it is back (RA-INP-006). */
  readonly open: boolean
  /** This agent is active, in control, and not held off by the local user. */
  readonly control: boolean
  readonly epoch: number
  readonly layoutEpoch: number
  /** The customer takes text. */
  readonly text: boolean
}

type Event = Remote<Kind<Channel.INPUT>>

export type InputSourceEvent =
  | ({ readonly type: 'permit' } & InputSourcePermit)
  | { readonly type: 'local.key'; readonly usage: number; readonly down: boolean; readonly modifiers: number; readonly locks: number }
  | { readonly type: 'local.text'; readonly text: string }
  | { readonly type: 'local.move'; readonly screenId: number; readonly x: number; readonly y: number }
  | { readonly type: 'local.button'; readonly screenId: number; readonly x: number; readonly y: number; readonly button: Button; readonly down: boolean }
  | { readonly type: 'local.wheel'; readonly screenId: number; readonly x: number; readonly y: number; readonly deltaX: number; readonly deltaY: number }
  | { readonly type: 'local.releaseAll' }
  | { readonly type: 'local.sendKeys'; readonly requestId: number; readonly combo: KeyCombo }
  | Extract<Event, { type: 'remote.sendKeysResult' | 'remote.inputRejected' | 'remote.localInputActive' }>
  | { readonly type: 'tick' }

export type InputSourceNotice =
  /** The answer to `local.sendKeys`; UNSPECIFIED = done. */
  | { readonly kind: 'input.sentKeys'; readonly requestId: number; readonly refusal: RefusalReason }
  | { readonly kind: 'input.rejected'; readonly seq: number; readonly reason: RefusalReason; readonly count: number }
  | { readonly kind: 'input.localUser'; readonly active: boolean }

interface Common {
  readonly permit: InputSourcePermit
  readonly seq: number
  readonly requests: readonly { readonly requestId: number; readonly by: Instant }[]
}

export type InputSourceState =
  | (Common & { readonly phase: 'closed' })
  | (Common & { readonly phase: 'open'; readonly keys: readonly number[]; readonly buttons: readonly Button[]; readonly sentAt: Instant })

type Closed = Extract<InputSourceState, { phase: 'closed' }>
type Open = Extract<InputSourceState, { phase: 'open' }>
type Effect = { readonly type: 'send'; readonly kind: Kind<Channel.INPUT> } | { readonly type: 'notify'; readonly notice: InputSourceNotice }
type Out<S extends InputSourceState> = Step<S, Effect>
type On<T extends InputSourceEvent['type']> = Extract<InputSourceEvent, { type: T }>

export const INPUT_SOURCE_TABLE = {
  closed: {
    'local.releaseAll': ['closed'],
    'local.sendKeys': ['closed'],
    'remote.sendKeysResult': ['closed'],
    'remote.inputRejected': ['closed'],
    'remote.localInputActive': ['closed'],
    permit: ['closed', 'open'],
    tick: ['closed'],
  },
  open: {
    'local.key': ['open'],
    'local.text': ['open'],
    'local.move': ['open'],
    'local.button': ['open'],
    'local.wheel': ['open'],
    'local.releaseAll': ['open'],
    'local.sendKeys': ['open'],
    'remote.sendKeysResult': ['open'],
    'remote.inputRejected': ['open'],
    'remote.localInputActive': ['open'],
    permit: ['closed', 'open'],
    tick: ['open'],
  },
} as const satisfies TransitionTable<InputSourceState['phase'], InputSourceEvent['type']>

const notify = (notice: InputSourceNotice): Effect => ({ type: 'notify', notice })
const send = (kind: Kind<Channel.INPUT>): Effect => ({ type: 'send', kind })

/** What every event carries: its number and the lease it was made under. */
const stamp = (s: InputSourceState) => ({ seq: s.seq + 1, leaseEpoch: s.permit.epoch })
const stampAt = (s: InputSourceState) => ({ ...stamp(s), layoutEpoch: s.permit.layoutEpoch })

/** Sends one event: the number is used, the keep-alive clock starts again. */
const emit = (s: Open, now: Instant, kind: Kind<Channel.INPUT>): Out<Open> => go({ ...s, seq: s.seq + 1, sentAt: now }, send(kind))

const toggled = <T extends number>(held: readonly T[], item: T, down: boolean): readonly T[] => {
  const others = held.filter(other => other !== item)
  return down ? [...others, item].sort((a, b) => a - b) : others
}

function key(s: Open, { usage: hidUsage, down, modifiers, locks }: On<'local.key'>, now: Instant): Out<Open> {
  return emit({ ...s, keys: toggled(s.keys, hidUsage, down) }, now, { $case: 'keyEvent', value: { ...stamp(s), hidUsage, down, modifiers, locks } })
}

function button(s: Open, { type: _, button: which, down, ...place }: On<'local.button'>, now: Instant): Out<Open> {
  return emit({ ...s, buttons: toggled(s.buttons, which, down) }, now, { $case: 'pointerButton', value: { ...stampAt(s), ...place, button: which, down } })
}

function releaseAll(s: Open, _e: unknown, now: Instant): Out<Open> {
  return s.keys.length + s.buttons.length === 0 ? stay(s) : emit({ ...s, keys: [], buttons: [] }, now, { $case: 'releaseAll', value: stamp(s) })
}

function text(s: Open, { type, text }: On<'local.text'>, now: Instant): Out<Open> {
  if (!s.permit.text) throw new LocalProtocolError('input source', s.phase, type, 'the customer takes no text')
  return emit(s, now, { $case: 'textInput', value: { ...stamp(s), text } })
}

/** Sent also without control: the customer's typed answer says why not. */
function sendKeys<S extends InputSourceState>(s: S, { type, requestId, combo }: On<'local.sendKeys'>, now: Instant): Out<S> {
  if (s.requests.length >= MAX_OPEN_REQUESTS) throw new LocalProtocolError('input source', s.phase, type, `${MAX_OPEN_REQUESTS} requests are open already`)
  const requests = [...s.requests, { requestId, by: after(now, SEND_KEYS_TIMEOUT_MS) }]
  return go({ ...s, requests, seq: s.seq + 1 }, send({ $case: 'sendKeys', value: { ...stamp(s), requestId, combo } }))
}

function answered<S extends InputSourceState>(s: S, { value }: On<'remote.sendKeysResult'>): Out<S> {
  if (!s.requests.some(open => open.requestId === value.requestId)) return stay(s)
  return go({ ...s, requests: s.requests.filter(open => open.requestId !== value.requestId) }, notify({ kind: 'input.sentKeys', ...value }))
}

const rejected = <S extends InputSourceState>(s: S, { value }: On<'remote.inputRejected'>): Out<S> => go(s, notify({ kind: 'input.rejected', ...value }))
const localUser = <S extends InputSourceState>(s: S, { value }: On<'remote.localInputActive'>): Out<S> =>
  go(s, notify({ kind: 'input.localUser', active: value.active }))

function expire<S extends InputSourceState>(s: S, now: Instant): Out<S> {
  const late = s.requests.filter(open => now >= open.by)
  if (late.length === 0) return stay(s)
  const told = late.map(({ requestId }) => notify({ kind: 'input.sentKeys', requestId, refusal: RefusalReason.TIMEOUT }))
  return go({ ...s, requests: s.requests.filter(open => now < open.by) }, ...told)
}

function tick(s: Open, _e: unknown, now: Instant): Out<Open> {
  const expired = expire(s, now)
  if (s.keys.length + s.buttons.length === 0 || now < after(s.sentAt, KEEP_ALIVE_MS)) return expired
  const alive = emit(expired.state, now, { $case: 'held', value: { ...stamp(s), hidUsages: s.keys, buttons: s.buttons } })
  return go(alive.state, ...expired.effects, ...alive.effects)
}

/** What was held under the old lease is the customer's to release; it starts empty under the new one. Without a customer every request is over. */
function repermit(s: InputSourceState, { type: _, ...permit }: On<'permit'>, now: Instant): Out<InputSourceState> {
  if (s.phase === 'open' && permit.control && permit.epoch === s.permit.epoch) return stay({ ...s, permit })
  const over = permit.open ? [] : s.requests
  const next = permit.open ? { permit, seq: s.seq, requests: s.requests } : { permit, seq: 0, requests: [] }
  return go(
    permit.control ? { phase: 'open', ...next, keys: [], buttons: [], sentAt: now } : { phase: 'closed', ...next },
    ...over.map(({ requestId }) => notify({ kind: 'input.sentKeys', requestId, refusal: RefusalReason.NOT_ACTIVE })),
  )
}

const machine = defineMachine<typeof INPUT_SOURCE_TABLE, InputSourceState, InputSourceEvent, Effect>({
  name: 'input source',
  table: INPUT_SOURCE_TABLE,
  illegal: CloseCode.FORBIDDEN_MESSAGE,
  handlers: {
    closed: {
      'local.releaseAll': stay,
      'local.sendKeys': sendKeys,
      'remote.sendKeysResult': answered,
      'remote.inputRejected': rejected,
      'remote.localInputActive': localUser,
      permit: repermit,
      tick: (s, _e, now): Out<Closed> => expire(s, now),
    },
    open: {
      'local.key': key,
      'local.text': text,
      'local.move': (s, { type: _, ...place }, now) => emit(s, now, { $case: 'pointerMove', value: { ...stampAt(s), ...place } }),
      'local.button': button,
      'local.wheel': (s, { type: _, ...turn }, now) => emit(s, now, { $case: 'wheel', value: { ...stampAt(s), ...turn } }),
      'local.releaseAll': releaseAll,
      'local.sendKeys': sendKeys,
      'remote.sendKeysResult': answered,
      'remote.inputRejected': rejected,
      'remote.localInputActive': localUser,
      permit: repermit,
      tick,
    },
  },
  nextDeadline: s =>
    earliest(...s.requests.map(open => open.by), s.phase === 'open' && s.keys.length + s.buttons.length > 0 ? after(s.sentAt, KEEP_ALIVE_MS) : undefined),
})

export const inputSource: ChannelMachine<InputSourceState, InputSourceEvent, Kind<Channel.INPUT>, InputSourceNotice> = {
  ...machine,
  initial: { phase: 'closed', permit: { open: false, control: false, epoch: 0, layoutEpoch: 0, text: false }, seq: 0, requests: [] },
}
