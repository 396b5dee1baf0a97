/** What a receiving transfer does: it checks the manifest, waits for the decision, and takes what was decided, never a byte more. */
import { CancelReason, CloseCode, EntryAction, FileRefusal } from '@remote-assist/codec'
import { after, earliest, type Instant } from '../../instant.js'
import { defineMachine, go, type Step, stay } from '../../machine.js'
import { tally } from './decision.js'
import { type FileEffect, LEAF_BYTES, MAX_EXPECTED, MAX_PAGE, MAX_RETRIES, RESUME_TIMEOUT_MS, STALL_MS } from './events.js'
import { begin, place } from './intake.js'
import { arrived } from './ledbat.js'
import { list } from './manifest.js'
import { withEntry } from './ranges.js'
import { RECEIVER_TABLE, type ReceiverCommon, type ReceiverEvent, type ReceiverState, type Receiving } from './receiver-table.js'
import {
  atLeafEnd,
  cancel,
  completed,
  continueMessage,
  type Ended,
  finish,
  type Holds,
  holdMessage,
  holdsChanged,
  isComplete,
  isHeld,
  leafEnd,
  notify,
  overBy,
  send,
  stalledAt,
  suspended,
  type TransferPermit,
  wrong,
} from './transfer.js'

/** TransferProgress goes out at most 4 times a second. */
export const PROGRESS_INTERVAL_MS = 250
/** How often less than a quarter of the window is allowed at most. */
export const CREDIT_INTERVAL_MS = 5
/** Verified entries are told together, so late at most. */
export const TELL_AFTER_MS = 50

type In<P extends ReceiverState['phase']> = Extract<ReceiverState, { phase: P }>
type On<T extends ReceiverEvent['type']> = Extract<ReceiverEvent, { type: T }>
type Moving = In<'receiving'> | In<'held'>
type Live = Exclude<ReceiverState, Ended>
type Out<S extends ReceiverState> = Step<S, FileEffect>

const common = ({ transferId, entries, holds, maxFileBytes }: Live): ReceiverCommon => ({ transferId, entries, holds, maxFileBytes })
const protocol = (s: Live): Out<Ended> => cancel(s, CancelReason.PROTOCOL)

function move(kept: ReceiverCommon, at: Receiving, now: Instant): Moving {
  return isHeld(kept.holds) ? { ...kept, phase: 'held', at } : { ...kept, phase: 'receiving', at, stallBy: stalledAt(at.resumeAt, now) }
}

const heard = <S extends Moving>(s: S, at: Receiving, now: Instant): S =>
  s.phase === 'receiving' ? { ...s, at, stallBy: stalledAt(at.resumeAt, now) } : { ...s, at }

function hold<S extends In<'listing'> | In<'deciding'> | In<'resuming'>>(s: S, change: Partial<Holds>, ...effects: readonly FileEffect[]): Out<S> {
  const holds = { ...s.holds, ...change }
  return go({ ...s, holds }, ...effects, holdsChanged(s, holds))
}

/**
 * Allows what the window has room for, once that is worth a message: a quarter of the window at once, less of it every `CREDIT_INTERVAL_MS`, since what is allowed in one piece
 * comes in one piece, and is a queue. The first credit follows the first `local.expect`.
 */
function allow<S extends Moving>(s: S, now: Instant, ...before: readonly FileEffect[]): Out<S> {
  const { at } = s
  const window = BigInt(at.window.windowBytes)
  const bytes = at.received + window
  const worth = now < at.creditFrom ? window / 4n : 1n
  if (isHeld(s.holds) || (at.credit === 0n && at.expected.length === 0) || bytes - at.credit < worth) return go(s, ...before)
  const credited = { ...at, credit: bytes, creditFrom: after(now, CREDIT_INTERVAL_MS) }
  return go({ ...s, at: credited }, ...before, send({ $case: 'credit', value: { transferId: s.transferId, bytes } }))
}

function rehold(s: Moving, change: Partial<Holds>, now: Instant, ...effects: readonly FileEffect[]): Out<Moving> {
  const kept = { ...common(s), holds: { ...s.holds, ...change } }
  return allow(move(kept, s.at, now), now, ...effects, holdsChanged(s, kept.holds))
}

function heldOnly(s: Moving, change: Partial<Holds>, ...effects: readonly FileEffect[]): Out<In<'held'>> {
  const kept = { ...common(s), holds: { ...s.holds, ...change } }
  return go({ ...kept, phase: 'held', at: s.at }, ...effects, holdsChanged(s, kept.holds))
}

function page(s: In<'listing'>, { value }: On<'remote.manifestPage'>, now: Instant): Out<In<'listing'> | In<'deciding'> | Ended> {
  const { transferId, entries, last } = value
  const listed = list(s, value)
  if (listed === undefined) return protocol(s)
  const notice = notify({ kind: 'file.page', transferId, entries, tooLarge: listed.tooLarge, last })
  if (!last) return go({ ...s, ...listed.listing, stallBy: after(now, STALL_MS) }, notice)
  const decideBy = after(now, s.consentTimeoutMs)
  return go({ ...common(s), phase: 'deciding', decideBy, tally: undefined }, notice, notify({ kind: 'file.decide', transferId, by: decideBy }))
}

function decide(s: In<'deciding'>, e: On<'local.decide'>, now: Instant): Out<In<'deciding'> | Moving | Ended> {
  const { transferId, defaultAction, refusal, exceptions, more } = e
  const count = exceptions.length > MAX_PAGE ? undefined : tally(s.tally, e, s.entries)
  if (count === undefined) throw wrong(s, e.type, 'a decision has one default, and exceptions that ascend within the manifest, at most 1,000 in a part')
  const part = send({ $case: 'decision', value: { transferId, defaultAction, refusal, exceptions, more } })
  if (more) return go({ ...s, tally: count }, part)
  return count.taken === 0 ? finish(s, completed(0, 0, refusal), part) : go(move(common(s), begin(count.taken, now), now), part)
}

/** Nobody answered: silence denies. */
function undecided(s: In<'deciding'>): Out<Ended> {
  if (s.tally !== undefined) return cancel(s, CancelReason.TIMEOUT)
  const { transferId } = s
  const value = { transferId, defaultAction: EntryAction.REFUSE, refusal: FileRefusal.DENIED, exceptions: [], more: false }
  return finish(s, completed(0, 0, FileRefusal.DENIED), send({ $case: 'decision', value }))
}

function expect<S extends Moving>(s: S, e: On<'local.expect'>, now: Instant): Out<S> {
  if (e.entries.length === 0) return stay(s)
  const waiting = s.at.expected.slice(s.at.upcoming)
  const expected = [...waiting, ...e.entries]
  if (expected.length > MAX_EXPECTED) throw wrong(s, e.type, `at most ${MAX_EXPECTED} entries are expected at a time`)
  let from = s.at.expected.at(-1)?.entry ?? s.at.resumeAt?.entry ?? 0
  let free = s.at.expected.length === 0
  for (const { entry, bytes } of e.entries) {
    if (entry >= s.entries || (free ? entry < from : entry <= from)) throw wrong(s, e.type, `entry ${entry} is out of order`)
    if (bytes > s.maxFileBytes) throw wrong(s, e.type, `entry ${entry} is too large to be taken`)
    from = entry
    free = false
  }
  return allow({ ...s, at: { ...s.at, expected, upcoming: 0 } }, now)
}

/** Asks the driver for more expected entries when half are used up, and when all are. */
function wanting(s: Moving, at: Receiving): FileEffect[] {
  const left = at.expected.length - at.upcoming
  const used = at.upcoming !== s.at.upcoming && (left === 0 || left === MAX_EXPECTED / 2)
  return used ? [notify({ kind: 'file.expect', transferId: s.transferId, room: MAX_EXPECTED - left })] : []
}

function chunk<S extends Moving>(s: S, { value }: On<'remote.chunk'>, now: Instant): Out<S | Ended> {
  const { transferId, entry, offset, data, sentAtUs } = value
  const bytes = BigInt(data.length)
  const placed = s.at.received + bytes > s.at.credit ? undefined : place(s.at, entry, offset)
  const cursor = placed?.cursor
  if (placed === undefined || cursor === undefined) return protocol(s)
  if (offset + bytes > cursor.bytes) return cancel(s, CancelReason.OVERRUN)
  if (offset + bytes > leafEnd(cursor)) return protocol(s)
  const showing = now >= s.at.progressFrom
  const at: Receiving = {
    ...placed,
    cursor: { ...cursor, offset: offset + bytes },
    crossed: false,
    received: placed.received + bytes,
    arrivedBytes: placed.arrivedBytes + bytes,
    window: arrived(placed.window, sentAtUs, data.length, now),
    progressFrom: showing ? after(now, PROGRESS_INTERVAL_MS) : placed.progressFrom,
  }
  const progress = { transferId, entry, receivedBytes: at.arrivedBytes, verifiedBytes: at.verifiedBytes }
  return allow(
    heard(s, at, now),
    now,
    notify({ kind: 'file.chunk', transferId, entry, offset, data }),
    ...wanting(s, at),
    ...(showing ? [send({ $case: 'progress', value: progress }), notify({ kind: 'file.progress', ...progress })] : []),
  )
}

function leafDone<S extends Moving>(s: S, { value }: On<'remote.leafDone'>, now: Instant): Out<S | Ended> {
  const { cursor } = s.at
  const { transferId, entry, index, sha256 } = value
  if (cursor?.entry !== entry || cursor.leaf !== index || !atLeafEnd(cursor)) return protocol(s)
  return go(heard(s, { ...s.at, cursor: { ...cursor, leaf: index + 1 } }, now), notify({ kind: 'file.leaf', transferId, entry, index, sha256 }))
}

/** An empty file needs no credit, so that its end may have been said before `ResumeFrom` was heard: then it has passed, or is said again (RA-FIL-069). */
function entryDone<S extends Moving>(s: S, { value }: On<'remote.entryDone'>, now: Instant): Out<S | Ended> {
  const { transferId, entry, root } = value
  const { cursor, resumeAt } = s.at
  const offset = cursor?.entry === entry ? cursor.offset : resumeAt?.entry === entry ? resumeAt.offset : 0n
  const at = place(s.at, entry, offset)
  const early = s.at.crossed || s.at.expected.length === 0
  if (at === undefined && cursor === undefined && early && entry < s.entries) return stay(s)
  if (at?.cursor === undefined || !isComplete(at.cursor)) return protocol(s)
  return go(heard(s, { ...at, cursor: undefined }, now), notify({ kind: 'file.complete', transferId, entry, root }), ...wanting(s, at))
}

/** Tells the sender of verified entries, if there are any to tell of. */
function tell(s: Moving): FileEffect[] {
  const { transferId, at } = s
  return at.verified.length === 0 ? [] : [send({ $case: 'entryVerified', value: { transferId, ranges: at.verified } })]
}

const told = <S extends Moving>(s: S, ...before: readonly FileEffect[]): Out<S> =>
  go({ ...s, at: { ...s.at, verified: [], tellAt: undefined } }, ...before, ...tell(s))

/** One more entry is settled; the last one ends the transfer. */
function settle<S extends Moving>(s: S, at: Receiving, now: Instant, ...before: readonly FileEffect[]): Out<S | Ended> {
  const next = heard(s, at, now)
  if (at.settled === at.taken) return finish(s, completed(at.taken, at.failed), ...before, ...tell(next))
  return at.verified.length === MAX_PAGE ? told(next, ...before) : go(next, ...before)
}

function verified<S extends Moving>(s: S, e: On<'local.verified'>, now: Instant): Out<S | Ended> {
  const { at } = s
  return settle(
    s,
    {
      ...at,
      settled: at.settled + 1,
      verifiedBytes: at.verifiedBytes + e.bytes,
      verified: withEntry(at.verified, e.entry),
      tellAt: at.tellAt ?? after(now, TELL_AFTER_MS),
      retries: at.retries.length === 0 ? at.retries : at.retries.filter(retry => retry.entry !== e.entry),
    },
    now,
  )
}

/** A digest that does not fit is worth one more try; what cannot be kept is not. */
function corrupt<S extends Moving>(s: S, e: On<'local.corrupt'>, now: Instant): Out<S | Ended> {
  const { transferId, at } = s
  const { entry, bytes, leaf, refusal } = e
  const before = at.retries.find(retry => retry.entry === entry)
  if (before?.again === false) throw wrong(s, e.type, `entry ${entry} has not been sent again yet`)
  const retry = before === undefined && refusal === FileRefusal.UNSPECIFIED
  const message = send({ $case: 'entryCorrupt', value: { transferId, entry, retry, leaf, refusal } })
  if (!retry) {
    const retries = at.retries.filter(other => other !== before)
    return settle(s, { ...at, settled: at.settled + 1, failed: at.failed + 1, retries }, now, message)
  }
  if (at.retries.length === MAX_RETRIES) return protocol(s)
  return go(heard(s, { ...at, retries: [...at.retries, { entry, bytes, again: false }] }, now), message)
}

/** Where a transfer begins again. What was allowed before counts no longer, and the entries from there on are expected anew. */
function resumption(s: Moving | In<'resuming'>, e: On<'local.resume'>, now: Instant): Receiving {
  const { entry, verifiedBytes, settled } = e
  if (entry >= s.entries || verifiedBytes % LEAF_BYTES !== 0n || settled >= s.at.taken) throw wrong(s, e.type, 'there is no such place to go on at')
  const { taken, failed, arrivedBytes, verifiedBytes: verifiedInAll } = s.at
  return { ...begin(taken, now), settled, failed, arrivedBytes, verifiedBytes: verifiedInAll, resumeAt: { entry, offset: verifiedBytes } }
}

const resumeMessage = ({ transferId, entry, verifiedBytes, prefixRoot }: On<'local.resume'>): FileEffect =>
  send({ $case: 'resumeFrom', value: { transferId, entry, verifiedBytes, prefixRoot } })

/** Right behind the decision: part of the content is here from before (RA-FIL-067). */
function resumeAtOnce<S extends Moving>(s: S, e: On<'local.resume'>, now: Instant): Out<S> {
  if (s.at.credit > 0n) throw wrong(s, e.type, 'bytes are allowed already')
  return go(heard(s, { ...resumption(s, e, now), crossed: true }, now), resumeMessage(e))
}

const resume = (s: In<'resuming'>, e: On<'local.resume'>, now: Instant): Out<Moving> => go(move(common(s), resumption(s, e, now), now), resumeMessage(e))

function undecidedPermit<S extends In<'listing'> | In<'deciding'>>(s: S, e: TransferPermit): Out<S | Ended> {
  const over = e.flow === 'suspended' ? finish(s, { result: 'lost' }) : overBy(s, e)
  if (over !== undefined) return over
  const paused = e.flow === 'held'
  return paused === s.holds.paused ? stay(s) : hold(s, { paused })
}

const suspend = (s: Moving | In<'resuming'>): Out<In<'suspended'>> => go({ ...common(s), phase: 'suspended', at: s.at }, suspended(s))

function movingPermit(s: Moving, e: TransferPermit, now: Instant): Out<Moving | In<'suspended'> | Ended> {
  const over = overBy(s, e)
  if (over !== undefined) return over
  if (e.flow === 'suspended') return suspend(s)
  const paused = e.flow === 'held'
  return paused === s.holds.paused ? stay(s) : rehold(s, { paused }, now)
}

function suspendedPermit(s: In<'suspended'>, e: TransferPermit, now: Instant): Out<In<'suspended'> | In<'resuming'> | Ended> {
  const over = overBy(s, e)
  if (over !== undefined) return over
  if (e.flow === 'suspended') return stay(s)
  const holds = { byUs: false, byPeer: false, paused: e.flow === 'held' }
  const { transferId } = s
  return go({ ...s, holds, phase: 'resuming', resumeBy: after(now, RESUME_TIMEOUT_MS) }, notify({ kind: 'file.resume-wanted', transferId }))
}

function resumingPermit(s: In<'resuming'>, e: TransferPermit): Out<In<'suspended'> | In<'resuming'> | Ended> {
  const over = overBy(s, e)
  if (over !== undefined) return over
  if (e.flow === 'suspended') return suspend(s)
  const paused = e.flow === 'held'
  return paused === s.holds.paused ? stay(s) : hold(s, { paused })
}

const cancelled = (s: Live, e: On<'remote.cancel'>): Out<Ended> => finish(s, { result: 'cancelled', reason: e.value.reason, byPeer: true })
const cancelledHere = (s: Live, e: On<'local.cancel'>): Out<Ended> => cancel(s, e.reason)

const tickMoving = <S extends Moving>(s: S, now: Instant): Out<S> => (s.at.tellAt !== undefined && now >= s.at.tellAt ? told(s) : stay(s))

export const receiver = defineMachine<typeof RECEIVER_TABLE, ReceiverState, ReceiverEvent, FileEffect>({
  name: 'file',
  table: RECEIVER_TABLE,
  illegal: CloseCode.WRONG_PHASE,
  handlers: {
    listing: {
      permit: undecidedPermit,
      'remote.manifestPage': page,
      'remote.chunk': protocol,
      'remote.leafDone': protocol,
      'remote.entryDone': protocol,
      'remote.cancel': cancelled,
      'remote.hold': s => hold(s, { byPeer: true }),
      'remote.continue': s => hold(s, { byPeer: false }),
      'local.hold': s => hold(s, { byUs: true }, holdMessage(s)),
      'local.continue': s => hold(s, { byUs: false }, continueMessage(s)),
      'local.cancel': cancelledHere,
      tick: (s, _e, now) => (now >= s.stallBy ? cancel(s, CancelReason.TIMEOUT) : stay(s)),
    },
    deciding: {
      permit: undecidedPermit,
      'remote.manifestPage': protocol,
      'remote.chunk': protocol,
      'remote.leafDone': protocol,
      'remote.entryDone': protocol,
      'remote.cancel': cancelled,
      'remote.hold': s => hold(s, { byPeer: true }),
      'remote.continue': s => hold(s, { byPeer: false }),
      'local.decide': decide,
      'local.hold': s => hold(s, { byUs: true }, holdMessage(s)),
      'local.continue': s => hold(s, { byUs: false }, continueMessage(s)),
      'local.cancel': cancelledHere,
      tick: (s, _e, now) => (now >= s.decideBy ? undecided(s) : stay(s)),
    },
    receiving: {
      permit: movingPermit,
      'remote.manifestPage': protocol,
      'remote.chunk': chunk,
      'remote.leafDone': leafDone,
      'remote.entryDone': entryDone,
      'remote.cancel': cancelled,
      'remote.hold': s => heldOnly(s, { byPeer: true }),
      'remote.continue': stay,
      'local.expect': expect,
      'local.verified': verified,
      'local.corrupt': corrupt,
      'local.resume': resumeAtOnce,
      'local.hold': s => heldOnly(s, { byUs: true }, holdMessage(s)),
      'local.continue': stay,
      'local.cancel': cancelledHere,
      tick: (s, _e, now) => (now >= s.stallBy ? cancel(s, CancelReason.TIMEOUT) : tickMoving(s, now)),
    },
    held: {
      permit: movingPermit,
      'remote.manifestPage': protocol,
      'remote.chunk': chunk,
      'remote.leafDone': leafDone,
      'remote.entryDone': entryDone,
      'remote.cancel': cancelled,
      'remote.hold': s => heldOnly(s, { byPeer: true }),
      'remote.continue': (s, _e, now) => rehold(s, { byPeer: false }, now),
      'local.expect': expect,
      'local.verified': verified,
      'local.corrupt': corrupt,
      'local.resume': resumeAtOnce,
      'local.hold': s => heldOnly(s, { byUs: true }, holdMessage(s)),
      'local.continue': (s, _e, now) => rehold(s, { byUs: false }, now, continueMessage(s)),
      'local.cancel': cancelledHere,
      tick: (s, _e, now) => tickMoving(s, now),
    },
    suspended: {
      permit: suspendedPermit,
      'remote.manifestPage': stay,
      'remote.chunk': stay,
      'remote.leafDone': stay,
      'remote.entryDone': stay,
      'remote.cancel': cancelled,
      'remote.hold': stay,
      'remote.continue': stay,
      'local.verified': stay,
      'local.corrupt': stay,
      'local.cancel': (s, e) => finish(s, { result: 'cancelled', reason: e.reason, byPeer: false }),
    },
    resuming: {
      permit: resumingPermit,
      'remote.manifestPage': protocol,
      'remote.chunk': protocol,
      'remote.leafDone': protocol,
      'remote.entryDone': protocol,
      'remote.cancel': cancelled,
      'remote.hold': s => hold(s, { byPeer: true }),
      'remote.continue': s => hold(s, { byPeer: false }),
      'local.verified': stay,
      'local.corrupt': stay,
      'local.resume': resume,
      'local.hold': s => hold(s, { byUs: true }, holdMessage(s)),
      'local.continue': s => hold(s, { byUs: false }, continueMessage(s)),
      'local.cancel': cancelledHere,
      tick: (s, _e, now) => (now >= s.resumeBy ? cancel(s, CancelReason.TIMEOUT) : stay(s)),
    },
    ended: {},
  },
  nextDeadline(s) {
    switch (s.phase) {
      case 'listing':
        return s.stallBy
      case 'deciding':
        return s.decideBy
      case 'receiving':
        return earliest(s.stallBy, s.at.tellAt)
      case 'held':
        return s.at.tellAt
      case 'resuming':
        return s.resumeBy
      case 'suspended':
      case 'ended':
        return undefined
    }
  },
})
