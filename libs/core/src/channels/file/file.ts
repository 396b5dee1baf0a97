/** Channel FILE at one end, for one counterpart: opens transfers, hands each event to its transfer, and counts what passes. */
import { CancelReason, type Channel, CloseCode, Direction, type FileAsk, type FileOffer, RefusalReason } from '@remote-assist/codec'
import { after, earliest, type Instant } from '../../instant.js'
import { defineMachine, go, type Step, stay, type Violation } from '../../machine.js'
import type { Kind } from '../../message.js'
import type { ChannelMachine } from '../channel.js'
import { DECISION_SLACK_MS, FINISHED_MS, type FileEffect, type FileEvent, type FileNotice, type FilePermit, MAX_ASKS, MAX_TRANSFERS } from './events.js'
import { received } from './intake.js'
import { receiver } from './receiver.js'
import type { ReceiverEvent, ReceiverState } from './receiver-table.js'
import { offered, sender } from './sender.js'
import type { SenderEvent } from './sender-table.js'
import { type Ask, FILE_TABLE, type FileState, type Finished } from './table.js'
import { notify, send, wrong } from './transfer.js'

type On<T extends FileEvent['type']> = Extract<FileEvent, { type: T }>
type Flowing = Extract<FileState, { phase: 'flowing' }>
type Out<S extends FileState> = Step<S, FileEffect>

const permitOf = ({ type: _, ...permit }: On<'permit'>): FilePermit => permit

/** Whether this end may send, and may receive. */
const maySend = (side: FileState['side'], permit: FilePermit): boolean => (side === 'agent' ? permit.toCustomer : permit.fromCustomer)
const mayReceive = (side: FileState['side'], permit: FilePermit): boolean => (side === 'agent' ? permit.fromCustomer : permit.toCustomer)
const outgoing = (side: FileState['side']): Direction => (side === 'agent' ? Direction.TO_CUSTOMER : Direction.FROM_CUSTOMER)
/** Agents choose odd ids, the customer even ones (RA-FIL-004). */
const ownId = (side: FileState['side'], transferId: number): boolean => (transferId % 2 === 1) === (side === 'agent')

/** The states and effects of a transfer never include a violation: its tables have a cell for every message that is routed to it. */
type Transfer<T> = Step<T, FileEffect | Violation>
const effectsOf = (step: Transfer<unknown>): readonly FileEffect[] => step.effects.filter((effect): effect is FileEffect => effect.type !== 'violation')

/** The list with a transfer's next state, or without it if it is over. */
function replaced<T extends { readonly phase: string }>(list: readonly T[], at: number, next: T): readonly T[] {
  return next.phase === 'ended' ? list.toSpliced(at, 1) : list.with(at, next)
}

function toSender<S extends FileState>(s: S, transferId: number, event: SenderEvent, now: Instant): Out<S> {
  const at = s.sending.findIndex(transfer => transfer.transferId === transferId)
  const transfer = s.sending[at]
  if (transfer === undefined) return stay(s)
  const step = sender.step(transfer, event, now)
  return go({ ...s, sending: replaced(s.sending, at, step.state) }, ...effectsOf(step))
}

function toReceiver<S extends FileState>(s: S, transferId: number, event: ReceiverEvent, now: Instant): Out<S> {
  const at = s.receiving.findIndex(transfer => transfer.transferId === transferId)
  const transfer = s.receiving[at]
  if (transfer === undefined) return stay(s)
  const step = receiver.step(transfer, event, now)
  return go({ ...s, receiving: replaced(s.receiving, at, step.state), finished: withFinished(s, transfer, step.state, now) }, ...effectsOf(step))
}

/** Remembers a transfer that has just been received whole. */
function withFinished({ finished }: FileState, before: ReceiverState, next: ReceiverState, now: Instant): readonly Finished[] {
  if (before.phase === 'ended' || next.phase !== 'ended' || next.outcome.result !== 'done') return finished
  const { transferId, entries } = before
  return [...finished.slice(1 - MAX_TRANSFERS), { transferId, entries, until: after(now, FINISHED_MS) }]
}

type Named = { readonly transferId: number }
const remoteToSender = <S extends FileState>(s: S, e: SenderEvent & { readonly value: Named }, now: Instant): Out<S> => toSender(s, e.value.transferId, e, now)
const remoteToReceiver = <S extends FileState>(s: S, e: ReceiverEvent & { readonly value: Named }, now: Instant): Out<S> =>
  toReceiver(s, e.value.transferId, e, now)
const localToSender = <S extends FileState>(s: S, e: SenderEvent & Named, now: Instant): Out<S> => toSender(s, e.transferId, e, now)
const localToReceiver = <S extends FileState>(s: S, e: ReceiverEvent & Named, now: Instant): Out<S> => toReceiver(s, e.transferId, e, now)
const remoteToEither = <S extends FileState>(s: S, e: SenderEvent & ReceiverEvent & { readonly value: Named }, now: Instant): Out<S> =>
  ownId(s.side, e.value.transferId) ? toSender(s, e.value.transferId, e, now) : toReceiver(s, e.value.transferId, e, now)
const localToEither = <S extends FileState>(s: S, e: SenderEvent & ReceiverEvent & Named, now: Instant): Out<S> =>
  ownId(s.side, e.transferId) ? toSender(s, e.transferId, e, now) : toReceiver(s, e.transferId, e, now)

/** Bytes that may still pass in the session; undefined = any number. */
function leftBytes({ permit: { maxSessionBytes, elsewhereBytes }, movedBytes }: FileState): bigint | undefined {
  if (maxSessionBytes === 0n) return undefined
  const left = maxSessionBytes - elsewhereBytes - movedBytes
  return left > 0n ? left : 0n
}

const beyond = (s: FileState, { length }: Uint8Array): boolean => BigInt(length) > (leftBytes(s) ?? BigInt(length))
const overrun = (transferId: number) => ({ type: 'local.cancel', transferId, reason: CancelReason.OVERRUN }) as const

/** Bytes count when they arrive, whatever was announced; beyond the session's limit the transfer ends (RA-FIL-034). */
function arriving<S extends FileState>(s: S, e: On<'remote.chunk'>, now: Instant): Out<S> {
  const { transferId, data } = e.value
  return toReceiver({ ...s, movedBytes: s.movedBytes + BigInt(data.length) }, transferId, beyond(s, data) ? overrun(transferId) : e, now)
}

/** What would leave beyond the session's limit does not: its receiver may not know what passed elsewhere (RA-FIL-052). */
function leaving<S extends FileState>(s: S, e: On<'local.chunk'>, now: Instant): Out<S> {
  if (beyond(s, e.data)) return toSender(s, e.transferId, overrun(e.transferId), now)
  const step = toSender(s, e.transferId, e, now)
  const sent = step.effects.length === 0 ? 0n : BigInt(e.data.length)
  return { state: { ...step.state, movedBytes: s.movedBytes + sent }, effects: step.effects }
}

/** A resumption of what is over here is answered, so that it is over there as well. */
function resumption<S extends FileState>(s: S, e: On<'remote.resumeFrom'>, now: Instant): Out<S> {
  const { transferId } = e.value
  if (s.sending.some(transfer => transfer.transferId === transferId)) return toSender(s, transferId, e, now)
  return go(s, send({ $case: 'cancel', value: { transferId, reason: CancelReason.PROTOCOL } }))
}

const askEnded = (requestId: number, reason: RefusalReason): FileEffect => notify({ kind: 'file.ask-ended', requestId, reason })
const askRefused = (requestId: number, reason: RefusalReason): FileEffect => send({ $case: 'refused', value: { transferId: 0, requestId, reason } })
const without = (asks: readonly Ask[], requestId: number): readonly Ask[] => asks.filter(ask => ask.requestId !== requestId)
const isOpen = (s: FileState, requestId: number): boolean => s.asks.some(ask => ask.requestId === requestId)

function objection(s: FileState, offer: FileOffer): RefusalReason | undefined {
  const { permit, side, receiving, newest } = s
  if (s.phase !== 'flowing') return s.phase === 'held' ? RefusalReason.PAUSED : RefusalReason.NOT_ACTIVE
  if (ownId(side, offer.transferId) || offer.direction === outgoing(side)) return RefusalReason.INVALID
  if (offer.transferId <= newest.theirs) return RefusalReason.INVALID
  if (!mayReceive(side, permit)) return RefusalReason.NO_GRANT
  if (permit.maxFileBytes === 0n) return RefusalReason.POLICY
  return receiving.length >= MAX_TRANSFERS || offer.entries > permit.maxEntries ? RefusalReason.LIMIT : undefined
}

function offer<S extends FileState>(s: S, { value }: On<'remote.offer'>, now: Instant): Out<S> {
  const { transferId, entries, bytes, requestId, contentId } = value
  const reason = objection(s, value)
  const newest = ownId(s.side, transferId) ? s.newest : { ...s.newest, theirs: Math.max(s.newest.theirs, transferId) }
  if (reason !== undefined) return go({ ...s, newest }, send({ $case: 'refused', value: { transferId, requestId: 0, reason } }))
  const transfer = received(value, s.permit, leftBytes(s), now)
  const taken = s.side === 'agent' && isOpen(s, requestId) ? [askEnded(requestId, RefusalReason.UNSPECIFIED)] : []
  return go(
    { ...s, newest, receiving: [...s.receiving, transfer], asks: taken.length === 0 ? s.asks : without(s.asks, requestId) },
    ...taken,
    notify({ kind: 'file.offered', transferId, entries, bytes, requestId, contentId }),
  )
}

function localOffer(s: Flowing, e: On<'local.offer'>, now: Instant): Out<Flowing> {
  const { transferId, entries, bytes, requestId, contentId } = e
  const { side, permit, sending, newest } = s
  if (!maySend(side, permit)) throw wrong(s, e.type, 'files may not go this way')
  if (sending.length >= MAX_TRANSFERS) throw wrong(s, e.type, `${MAX_TRANSFERS} transfers are open already`)
  if (!ownId(side, transferId) || transferId <= newest.ours) throw wrong(s, e.type, `${transferId} is no id for a new transfer`)
  if (entries < 1 || entries > permit.maxEntries) throw wrong(s, e.type, `a transfer has 1 to ${permit.maxEntries} entries`)
  if (requestId !== 0 && !isOpen(s, requestId)) throw wrong(s, e.type, 'the ask is over')
  const taken = requestId === 0 ? [] : [askEnded(requestId, RefusalReason.UNSPECIFIED)]
  return go(
    {
      ...s,
      newest: { ...newest, ours: transferId },
      sending: [...sending, offered(e, permit.consentTimeoutMs, now)],
      asks: without(s.asks, requestId),
    },
    send({ $case: 'offer', value: { transferId, direction: outgoing(side), entries, bytes, requestId, contentId } }),
    ...taken,
  )
}

function localAsk(s: Flowing, e: On<'local.ask'>, now: Instant): Out<Flowing> {
  const { requestId, prompt } = e
  if (s.side !== 'agent') throw wrong(s, e.type, 'only an agent asks for files')
  if (!s.permit.fromCustomer) throw wrong(s, e.type, 'files may not go this way')
  if (requestId === 0 || isOpen(s, requestId)) throw wrong(s, e.type, `${requestId} is no id for a new ask`)
  if (s.asks.length >= MAX_ASKS) throw wrong(s, e.type, `${MAX_ASKS} asks are open already`)
  const by = after(now, s.permit.consentTimeoutMs + DECISION_SLACK_MS)
  return go({ ...s, asks: [...s.asks, { requestId, by }] }, send({ $case: 'ask', value: { requestId, prompt } }))
}

function ask<S extends FileState>(s: S, e: { readonly value: FileAsk }, now: Instant): Out<S> {
  const { requestId, prompt } = e.value
  if (isOpen(s, requestId)) return stay(s)
  if (s.side !== 'customer' || s.phase !== 'flowing') return go(s, askRefused(requestId, RefusalReason.NOT_ACTIVE))
  if (!s.permit.fromCustomer) return go(s, askRefused(requestId, RefusalReason.NO_GRANT))
  if (s.asks.length >= MAX_ASKS) return go(s, askRefused(requestId, RefusalReason.LIMIT))
  const by = after(now, s.permit.consentTimeoutMs)
  return go({ ...s, asks: [...s.asks, { requestId, by }] }, notify({ kind: 'file.asked', requestId, prompt, by }))
}

function decline<S extends FileState>(s: S, e: On<'local.decline'>): Out<S> {
  if (s.side !== 'customer') throw wrong(s, e.type, 'only the customer declines an ask')
  if (!isOpen(s, e.requestId)) return stay(s)
  return go({ ...s, asks: without(s.asks, e.requestId) }, askRefused(e.requestId, e.reason), askEnded(e.requestId, e.reason))
}

function refused<S extends FileState>(s: S, e: On<'remote.refused'>, now: Instant): Out<S> {
  const { transferId, requestId, reason } = e.value
  if (transferId !== 0) return toSender(s, transferId, e, now)
  if (s.side !== 'agent' || !isOpen(s, requestId)) return stay(s)
  return go({ ...s, asks: without(s.asks, requestId) }, askEnded(requestId, reason))
}

/** The asks that `end` names are over; the customer says so to the agent if the line is up. */
function endAsks(
  s: FileState,
  reason: RefusalReason,
  tellPeer: boolean,
  end: (ask: Ask) => boolean,
): { readonly asks: readonly Ask[]; readonly effects: readonly FileEffect[] } {
  const over = s.asks.filter(end)
  if (over.length === 0) return { asks: s.asks, effects: [] }
  const refusals = s.side === 'customer' && tellPeer ? over.map(it => askRefused(it.requestId, reason)) : []
  return { asks: s.asks.filter(it => !over.includes(it)), effects: [...refusals, ...over.map(it => askEnded(it.requestId, reason))] }
}

/** One event for every transfer, sending ones first. */
function forAll<S extends FileState>(s: S, toSenders: SenderEvent, toReceivers: ReceiverEvent, now: Instant): Out<S> {
  const effects: FileEffect[] = []
  const sending = s.sending.map(transfer => {
    const step = sender.step(transfer, toSenders, now)
    effects.push(...effectsOf(step))
    return step.state
  })
  const receiving = s.receiving.map(transfer => {
    const step = receiver.step(transfer, toReceivers, now)
    effects.push(...effectsOf(step))
    return step.state
  })
  const live = (transfer: { readonly phase: string }): boolean => transfer.phase !== 'ended'
  return { state: { ...s, sending: sending.filter(live), receiving: receiving.filter(live) }, effects }
}

/** Behind the last entry there is nothing to resume: so a sender learns what it may have missed when the line dropped (RA-FIL-070). */
function again({ finished }: FileState, now: Instant): FileEffect[] {
  return finished.flatMap(({ transferId, entries, until }) =>
    now < until ? [send({ $case: 'resumeFrom', value: { transferId, entry: entries, verifiedBytes: 0n, prefixRoot: new Uint8Array(0) } })] : [],
  )
}

function permit(s: FileState, e: On<'permit'>, now: Instant): Out<FileState> {
  const { side } = s
  const next = permitOf(e)
  const { flow } = next
  const up = flow === 'flowing' || flow === 'held'
  const asks = up ? endAsks(s, RefusalReason.NO_GRANT, true, () => !next.fromCustomer) : endAsks(s, RefusalReason.NOT_ACTIVE, false, () => true)
  const all = forAll(
    { ...s, permit: next },
    { type: 'permit', allowed: maySend(side, next), flow },
    { type: 'permit', allowed: mayReceive(side, next), flow },
    now,
  )
  const returned = up && (s.phase === 'suspended' || s.phase === 'closed')
  return go(
    { ...all.state, phase: flow, asks: asks.asks, finished: s.finished.filter(({ until }) => now < until) },
    ...asks.effects,
    ...all.effects,
    ...(returned ? again(s, now) : []),
  )
}

const TICK = { type: 'tick' } as const

function tick<S extends FileState>(s: S, _e: unknown, now: Instant): Out<S> {
  const asks = endAsks(s, RefusalReason.TIMEOUT, true, it => now >= it.by)
  const all = forAll({ ...s, asks: asks.asks }, TICK, TICK, now)
  return go(all.state, ...asks.effects, ...all.effects)
}

const PASSING = {
  'remote.offer': offer,
  'remote.manifestPage': remoteToReceiver,
  'remote.decision': remoteToSender,
  'remote.chunk': arriving,
  'remote.credit': remoteToSender,
  'remote.leafDone': remoteToReceiver,
  'remote.entryDone': remoteToReceiver,
  'remote.entryVerified': remoteToSender,
  'remote.entryCorrupt': remoteToSender,
  'remote.cancel': remoteToEither,
  'remote.hold': remoteToEither,
  'remote.continue': remoteToEither,
  'remote.progress': remoteToSender,
  'remote.resumeFrom': resumption,
  'remote.ask': ask,
  'remote.refused': refused,
  'local.page': localToSender,
  'local.entry': localToSender,
  'local.chunk': leaving,
  'local.leaf': localToSender,
  'local.entryDone': localToSender,
  'local.prefix': localToSender,
  'local.decide': localToReceiver,
  'local.expect': localToReceiver,
  'local.verified': localToReceiver,
  'local.corrupt': localToReceiver,
  'local.resume': localToReceiver,
  'local.hold': localToEither,
  'local.continue': localToEither,
  'local.cancel': localToEither,
  'local.decline': decline,
  permit,
  tick,
}

const machine = defineMachine<typeof FILE_TABLE, FileState, FileEvent, FileEffect>({
  name: 'file',
  table: FILE_TABLE,
  illegal: CloseCode.WRONG_PHASE,
  handlers: {
    closed: PASSING,
    suspended: PASSING,
    held: PASSING,
    flowing: { ...PASSING, 'local.offer': localOffer, 'local.ask': localAsk },
  },
  nextDeadline: s => earliest(...s.asks.map(it => it.by), ...s.sending.map(sender.nextDeadline), ...s.receiving.map(receiver.nextDeadline)),
})

const NOTHING: FilePermit = {
  toCustomer: false,
  fromCustomer: false,
  flow: 'closed',
  maxFileBytes: 0n,
  maxSessionBytes: 0n,
  elsewhereBytes: 0n,
  maxEntries: 0,
  consentTimeoutMs: 0,
}

type FileMachine = ChannelMachine<FileState, FileEvent, Kind<Channel.FILE>, FileNotice>

const at = (side: FileState['side']): FileMachine => ({
  ...machine,
  initial: {
    phase: 'closed',
    side,
    permit: NOTHING,
    sending: [],
    receiving: [],
    asks: [],
    finished: [],
    newest: { ours: 0, theirs: 0 },
    movedBytes: 0n,
  },
})

/** Files at the customer, one for each agent: it receives what goes to the customer, and sends what comes from it. */
export const customerFile: FileMachine = at('customer')
/** Files at an agent: it sends what goes to the customer, and receives what comes from it. */
export const agentFile: FileMachine = at('agent')

/** The refusal of a message that the matrix did not let pass; undefined = it is dropped. */
export function refuseFile(kind: Kind<Channel.FILE>, reason: RefusalReason): Kind<Channel.FILE> | undefined {
  switch (kind.$case) {
    case 'offer':
      return { $case: 'refused', value: { transferId: kind.value.transferId, requestId: 0, reason } }
    case 'ask':
      return { $case: 'refused', value: { transferId: 0, requestId: kind.value.requestId, reason } }
    default:
      return undefined
  }
}
