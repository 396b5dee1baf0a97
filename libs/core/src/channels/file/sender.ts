/** What a sending transfer does: it lists, waits for the decision, and sends what was taken as far as credit goes. */
import { CancelReason, CloseCode, type FileDecision } from '@remote-assist/codec'
import { after, type Instant } from '../../instant.js'
import { defineMachine, go, type Step, stay } from '../../machine.js'
import { tally } from './decision.js'
import { DECISION_SLACK_MS, type FileEffect, hashingMs, LEAF_BYTES, MAX_PAGE, MAX_RETRIES, RESUME_TIMEOUT_MS, type SenderLocal, STALL_MS } from './events.js'
import { countIn } from './ranges.js'
import { SENDER_TABLE, type SenderCommon, type SenderEvent, type SenderState, type Sending } from './sender-table.js'
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
  suspended,
  type TransferPermit,
  wrong,
} from './transfer.js'

type In<P extends SenderState['phase']> = Extract<SenderState, { phase: P }>
type On<T extends SenderEvent['type']> = Extract<SenderEvent, { type: T }>
type Moving = In<'flowing'> | In<'held'>
type Live = Exclude<SenderState, Ended>
type Out<S extends SenderState> = Step<S, FileEffect>

const common = ({ transferId, entries, holds }: Live): SenderCommon => ({ transferId, entries, holds })
const protocol = (s: Live): Out<Ended> => cancel(s, CancelReason.PROTOCOL)

const creditLeft = (s: { readonly transferId: number; readonly holds: Holds }, at: Sending): FileEffect =>
  notify({ kind: 'file.credit', transferId: s.transferId, bytes: isHeld(s.holds) ? 0n : at.credit - at.sent })

/** Flowing or held, as the holds say. */
function move(kept: SenderCommon, at: Sending, now: Instant): Moving {
  return isHeld(kept.holds) ? { ...kept, phase: 'held', at } : { ...kept, phase: 'flowing', at, stallBy: after(now, STALL_MS) }
}

/** The same phase with news: while flowing, the wait for the next begins again. */
const heard = <S extends Moving>(s: S, at: Sending, now: Instant): S => (s.phase === 'flowing' ? { ...s, at, stallBy: after(now, STALL_MS) } : { ...s, at })

/** Sets who holds the transfer, before it moves or while it resumes. */
function hold<S extends In<'listing'> | In<'deciding'> | In<'resuming'> | In<'suspended'>>(
  s: S,
  change: Partial<Holds>,
  ...effects: readonly FileEffect[]
): Out<S> {
  const holds = { ...s.holds, ...change }
  return go({ ...s, holds }, ...effects, holdsChanged(s, holds))
}

/** Sets who holds a transfer that moves; the phase follows. */
function rehold(s: Moving, change: Partial<Holds>, now: Instant, ...effects: readonly FileEffect[]): Out<Moving> {
  const kept = { ...common(s), holds: { ...s.holds, ...change } }
  return go(move(kept, s.at, now), ...effects, holdsChanged(s, kept.holds), creditLeft(kept, s.at))
}

const heldOnly = (s: Moving, change: Partial<Holds>, ...effects: readonly FileEffect[]): Out<In<'held'>> => {
  const kept = { ...common(s), holds: { ...s.holds, ...change } }
  return go({ ...kept, phase: 'held', at: s.at }, ...effects, holdsChanged(s, kept.holds), creditLeft(kept, s.at))
}

function page(s: In<'listing'>, e: On<'local.page'>, now: Instant): Out<In<'listing'> | In<'deciding'>> {
  const listed = s.listed + e.entries.length
  const listedBytes = e.entries.reduce((sum, entry) => sum + entry.bytes, s.listedBytes)
  if (e.entries.length > MAX_PAGE) throw wrong(s, e.type, `a page holds at most ${MAX_PAGE} entries`)
  if (e.entries.some((entry, i) => entry.entry !== s.listed + i)) throw wrong(s, e.type, 'entries are numbered from 0 without gaps')
  const fits = e.last ? listed === s.entries && listedBytes === s.bytes : listed <= s.entries && listedBytes <= s.bytes
  if (!fits) throw wrong(s, e.type, 'the manifest does not have the entries and bytes that the offer states')
  const effect = send({ $case: 'manifestPage', value: { transferId: s.transferId, page: s.page, last: e.last, entries: e.entries } })
  if (!e.last) return go({ ...s, page: s.page + 1, listed, listedBytes, stallBy: after(now, STALL_MS) }, effect)
  return go({ ...common(s), phase: 'deciding', decideBy: after(now, s.consentTimeoutMs + DECISION_SLACK_MS), tally: undefined }, effect)
}

function decided(s: In<'deciding'>, value: FileDecision, now: Instant): Out<In<'deciding'> | Moving | Ended> {
  const count = tally(s.tally, value, s.entries)
  if (count === undefined) return protocol(s)
  const { transferId, defaultAction, refusal, exceptions, more } = value
  const part = notify({ kind: 'file.decided', transferId, defaultAction, refusal, exceptions, more })
  if (more) return go({ ...s, tally: count }, part)
  if (count.taken === 0) return finish(s, completed(0, 0, refusal), part)
  const at: Sending = { taken: count.taken, settled: 0, failed: 0, sent: 0n, credit: 0n, cursor: undefined, next: 0, resumeAt: undefined, retries: [] }
  return go(move(common(s), at, now), part)
}

function credited<S extends Moving>(s: S, bytes: bigint, now: Instant): Out<S | Ended> {
  if (bytes < s.at.credit) return protocol(s)
  const at = { ...s.at, credit: bytes }
  return go(heard(s, at, now), creditLeft(s, at))
}

/** So many more entries are settled; the last one ends the transfer. */
function settle<S extends Moving>(s: S, settledMore: number, failedMore: number, now: Instant, ...effects: readonly FileEffect[]): Out<S | Ended> {
  const at = { ...s.at, settled: s.at.settled + settledMore, failed: s.at.failed + failedMore }
  if (at.settled > at.taken) return protocol(s)
  return at.settled === at.taken ? finish(s, completed(at.taken, at.failed), ...effects) : go(heard(s, at, now), ...effects)
}

const verifiedNotices = (s: Live, value: On<'remote.entryVerified'>['value']): FileEffect[] =>
  value.ranges.map(({ first, last }) => notify({ kind: 'file.verified', transferId: s.transferId, first, last }))

function verified<S extends Moving>(s: S, e: On<'remote.entryVerified'>, now: Instant): Out<S | Ended> {
  const count = countIn(e.value.ranges, s.entries)
  return count === undefined ? protocol(s) : settle(s, count, 0, now, ...verifiedNotices(s, e.value))
}

function corrupt<S extends Moving>(s: S, e: On<'remote.entryCorrupt'>, now: Instant): Out<S | Ended> {
  const { transferId, entry, retry, leaf, refusal } = e.value
  const { retries } = s.at
  if (entry >= s.entries) return protocol(s)
  const notice = notify({ kind: 'file.corrupt', transferId, entry, retry, leaf, refusal })
  if (!retry) return settle(s, 1, 1, now, notice)
  if (retries.includes(entry) || retries.length === MAX_RETRIES) return protocol(s)
  return go(heard(s, { ...s.at, retries: [...retries, entry] }, now), notice)
}

function entry<S extends Moving>(s: S, e: On<'local.entry'>, now: Instant): Out<S> {
  const { cursor, retries, next, resumeAt } = s.at
  const again = retries.includes(e.entry)
  if (cursor !== undefined && !(again && cursor.entry === e.entry)) throw wrong(s, e.type, `entry ${cursor.entry} is not complete`)
  if (!again && (e.entry < next || e.entry >= s.entries)) throw wrong(s, e.type, `entry ${e.entry} is out of order`)
  const offset = !again && resumeAt?.entry === e.entry ? resumeAt.offset : 0n
  if (offset > e.bytes) throw wrong(s, e.type, `entry ${e.entry} is shorter than what was sent of it before`)
  return go(
    heard(
      s,
      {
        ...s.at,
        cursor: { entry: e.entry, bytes: e.bytes, offset, leaf: Number(offset / LEAF_BYTES) },
        next: Math.max(next, e.entry + 1),
        resumeAt: undefined,
        retries: again ? retries.filter(waiting => waiting !== e.entry) : retries,
      },
      now,
    ),
  )
}

function chunk(s: In<'flowing'>, e: On<'local.chunk'>, now: Instant): Out<In<'flowing'>> {
  const { cursor, sent, credit } = s.at
  const bytes = BigInt(e.data.length)
  if (cursor === undefined) throw wrong(s, e.type, 'no entry is begun')
  if (bytes === 0n) throw wrong(s, e.type, 'a chunk holds at least one byte')
  if (cursor.offset + bytes > leafEnd(cursor)) throw wrong(s, e.type, 'a chunk ends with its leaf, which is told before the next begins')
  if (sent + bytes > credit) throw wrong(s, e.type, `only ${credit - sent} bytes are allowed now`)
  const { transferId } = s
  return go(
    heard(s, { ...s.at, sent: sent + bytes, cursor: { ...cursor, offset: cursor.offset + bytes } }, now),
    send({ $case: 'chunk', value: { transferId, entry: cursor.entry, offset: cursor.offset, sentAtUs: e.sentAtUs, data: e.data } }),
  )
}

function leaf<S extends Moving>(s: S, e: On<'local.leaf'>, now: Instant): Out<S> {
  const { cursor } = s.at
  if (cursor === undefined || !atLeafEnd(cursor)) throw wrong(s, e.type, 'the leaf is not complete')
  const value = { transferId: s.transferId, entry: cursor.entry, index: cursor.leaf, sha256: e.sha256 }
  return go(heard(s, { ...s.at, cursor: { ...cursor, leaf: cursor.leaf + 1 } }, now), send({ $case: 'leafDone', value }))
}

function entryDone<S extends Moving>(s: S, e: On<'local.entryDone'>, now: Instant): Out<S> {
  const { cursor } = s.at
  if (cursor === undefined || !isComplete(cursor)) throw wrong(s, e.type, 'the entry is not complete')
  const value = { transferId: s.transferId, entry: cursor.entry, root: e.root }
  return go(heard(s, { ...s.at, cursor: undefined }, now), send({ $case: 'entryDone', value }))
}

/** The receiver says where to go on: counting begins anew, and the driver is asked for the root. Behind the last entry there is nothing to go on with (RA-FIL-071). */
function resumeFrom(s: Moving | In<'resuming'>, e: On<'remote.resumeFrom'>, now: Instant): Out<In<'resuming'> | Ended> {
  const { transferId, entry: at, verifiedBytes, prefixRoot } = e.value
  const begun = s.phase === 'resuming' ? s.asked !== undefined : s.at.credit > 0n
  if (!begun && at === s.entries) return finish(s, completed(s.at.taken, s.at.failed))
  if (begun || at > s.entries || verifiedBytes % LEAF_BYTES !== 0n) return protocol(s)
  return go(
    {
      ...common(s),
      phase: 'resuming',
      at: { ...s.at, settled: 0, sent: 0n, credit: 0n, cursor: undefined, next: at, resumeAt: undefined, retries: [] },
      asked: { entry: at, offset: verifiedBytes, prefixRoot },
      resumeBy: after(now, RESUME_TIMEOUT_MS + hashingMs(verifiedBytes)),
    },
    notify({ kind: 'file.prefix-wanted', transferId, entry: at, verifiedBytes }),
  )
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i])

/** The driver computed the root: the transfer goes on where the receiver asked, or at the start of that entry. */
function resumed(s: In<'resuming'>, e: On<'local.prefix'>, now: Instant): Out<Moving | Ended> {
  if (s.asked === undefined) throw wrong(s, e.type, 'the receiver has not said where to go on')
  const { entry: at, offset: wanted, prefixRoot } = s.asked
  const offset = wanted > 0n && e.root !== undefined && equal(e.root, prefixRoot) ? wanted : 0n
  const { transferId } = s
  const moving = move(common(s), { ...s.at, resumeAt: { entry: at, offset } }, now)
  return settle(moving, e.settled, 0, now, notify({ kind: 'file.resumed', transferId, entry: at, offset }), creditLeft(s, s.at))
}

/** What a transfer keeps of what the receiver says between its `ResumeFrom` and the driver's root. */
function whileResuming(s: In<'resuming'>, change: Partial<Sending>, ...effects: readonly FileEffect[]): Out<In<'resuming'>> {
  return s.asked === undefined ? stay(s) : go({ ...s, at: { ...s.at, ...change } }, ...effects)
}

const creditWhileResuming = (s: In<'resuming'>, { value }: On<'remote.credit'>): Out<In<'resuming'> | Ended> =>
  s.asked !== undefined && value.bytes < s.at.credit ? protocol(s) : whileResuming(s, { credit: value.bytes })

function undecidedPermit<S extends In<'listing'> | In<'deciding'>>(s: S, e: TransferPermit): Out<S | Ended> {
  const over = e.flow === 'suspended' ? finish(s, { result: 'lost' }) : overBy(s, e)
  if (over !== undefined) return over
  const paused = e.flow === 'held'
  return paused === s.holds.paused ? stay(s) : hold(s, { paused })
}

function movingPermit(s: Moving, e: TransferPermit, now: Instant): Out<Moving | In<'suspended'> | Ended> {
  const over = overBy(s, e)
  if (over !== undefined) return over
  if (e.flow === 'suspended') return suspend(s)
  const paused = e.flow === 'held'
  return paused === s.holds.paused ? stay(s) : rehold(s, { paused }, now)
}

const suspend = (s: Moving | In<'resuming'>): Out<In<'suspended'>> => go({ ...common(s), phase: 'suspended', at: s.at }, suspended(s))

function suspendedPermit(s: In<'suspended'>, e: TransferPermit, now: Instant): Out<In<'suspended'> | In<'resuming'> | Ended> {
  const over = overBy(s, e)
  if (over !== undefined) return over
  if (e.flow === 'suspended') return stay(s)
  const holds = { byUs: false, byPeer: false, paused: e.flow === 'held' }
  return go({ ...s, holds, phase: 'resuming', asked: undefined, resumeBy: after(now, RESUME_TIMEOUT_MS) })
}

function resumingPermit(s: In<'resuming'>, e: TransferPermit): Out<In<'suspended'> | In<'resuming'> | Ended> {
  const over = overBy(s, e)
  if (over !== undefined) return over
  if (e.flow === 'suspended') return suspend(s)
  const paused = e.flow === 'held'
  return paused === s.holds.paused ? stay(s) : hold(s, { paused })
}

const refused = (s: Live, e: On<'remote.refused'>): Out<Ended> => finish(s, { result: 'refused', reason: e.value.reason })
const cancelled = (s: Live, e: On<'remote.cancel'>): Out<Ended> => finish(s, { result: 'cancelled', reason: e.value.reason, byPeer: true })
const cancelledHere = (s: Live, e: On<'local.cancel'>): Out<Ended> => cancel(s, e.reason)
const progress = <S extends Live>(s: S, { value }: On<'remote.progress'>): Out<S> => go(s, notify({ kind: 'file.progress', ...value }))

/** A transfer with its offer: the driver lists the manifest next. */
export const offered = (e: Extract<SenderLocal, { type: 'local.offer' }>, consentTimeoutMs: number, now: Instant): In<'listing'> => ({
  phase: 'listing',
  transferId: e.transferId,
  entries: e.entries,
  bytes: e.bytes,
  holds: { byUs: false, byPeer: false, paused: false },
  page: 0,
  listed: 0,
  listedBytes: 0n,
  consentTimeoutMs,
  stallBy: after(now, STALL_MS),
})

export const sender = defineMachine<typeof SENDER_TABLE, SenderState, SenderEvent, FileEffect>({
  name: 'file',
  table: SENDER_TABLE,
  illegal: CloseCode.WRONG_PHASE,
  handlers: {
    listing: {
      permit: undecidedPermit,
      'remote.decision': protocol,
      'remote.credit': protocol,
      'remote.entryVerified': protocol,
      'remote.entryCorrupt': protocol,
      'remote.progress': stay,
      'remote.resumeFrom': protocol,
      'remote.refused': refused,
      'remote.cancel': cancelled,
      'remote.hold': s => hold(s, { byPeer: true }),
      'remote.continue': s => hold(s, { byPeer: false }),
      'local.page': page,
      'local.hold': s => hold(s, { byUs: true }, holdMessage(s)),
      'local.continue': s => hold(s, { byUs: false }, continueMessage(s)),
      'local.cancel': cancelledHere,
      tick: (s, _e, now) => (now >= s.stallBy ? cancel(s, CancelReason.SOURCE) : stay(s)),
    },
    deciding: {
      permit: undecidedPermit,
      'remote.decision': (s, e, now) => decided(s, e.value, now),
      'remote.credit': protocol,
      'remote.entryVerified': protocol,
      'remote.entryCorrupt': protocol,
      'remote.progress': stay,
      'remote.resumeFrom': protocol,
      'remote.refused': refused,
      'remote.cancel': cancelled,
      'remote.hold': s => hold(s, { byPeer: true }),
      'remote.continue': s => hold(s, { byPeer: false }),
      'local.hold': s => hold(s, { byUs: true }, holdMessage(s)),
      'local.continue': s => hold(s, { byUs: false }, continueMessage(s)),
      'local.cancel': cancelledHere,
      tick: (s, _e, now) => (now >= s.decideBy ? cancel(s, CancelReason.TIMEOUT) : stay(s)),
    },
    flowing: {
      permit: movingPermit,
      'remote.decision': protocol,
      'remote.credit': (s, e, now) => credited(s, e.value.bytes, now),
      'remote.entryVerified': verified,
      'remote.entryCorrupt': corrupt,
      'remote.progress': progress,
      'remote.resumeFrom': resumeFrom,
      'remote.refused': stay,
      'remote.cancel': cancelled,
      'remote.hold': s => heldOnly(s, { byPeer: true }),
      'remote.continue': stay,
      'local.entry': entry,
      'local.chunk': chunk,
      'local.leaf': leaf,
      'local.entryDone': entryDone,
      'local.hold': s => heldOnly(s, { byUs: true }, holdMessage(s)),
      'local.continue': stay,
      'local.cancel': cancelledHere,
      tick: (s, _e, now) => (now >= s.stallBy ? cancel(s, CancelReason.TIMEOUT) : stay(s)),
    },
    held: {
      permit: movingPermit,
      'remote.decision': protocol,
      'remote.credit': (s, e, now) => credited(s, e.value.bytes, now),
      'remote.entryVerified': verified,
      'remote.entryCorrupt': corrupt,
      'remote.progress': progress,
      'remote.resumeFrom': resumeFrom,
      'remote.refused': stay,
      'remote.cancel': cancelled,
      'remote.hold': s => heldOnly(s, { byPeer: true }),
      'remote.continue': (s, _e, now) => rehold(s, { byPeer: false }, now),
      'local.entry': entry,
      'local.leaf': leaf,
      'local.entryDone': entryDone,
      'local.hold': s => heldOnly(s, { byUs: true }, holdMessage(s)),
      'local.continue': (s, _e, now) => rehold(s, { byUs: false }, now, continueMessage(s)),
      'local.cancel': cancelledHere,
    },
    suspended: {
      permit: suspendedPermit,
      'remote.decision': stay,
      'remote.credit': stay,
      'remote.entryVerified': stay,
      'remote.entryCorrupt': stay,
      'remote.progress': stay,
      'remote.resumeFrom': stay,
      'remote.refused': stay,
      'remote.cancel': cancelled,
      'remote.hold': stay,
      'remote.continue': stay,
      'local.cancel': (s, e) => finish(s, { result: 'cancelled', reason: e.reason, byPeer: false }),
    },
    resuming: {
      permit: resumingPermit,
      'remote.decision': protocol,
      'remote.credit': creditWhileResuming,
      'remote.entryVerified': (s, e) => whileResuming(s, { settled: s.at.settled + (countIn(e.value.ranges, s.entries) ?? 0) }, ...verifiedNotices(s, e.value)),
      'remote.entryCorrupt': stay,
      'remote.progress': progress,
      'remote.resumeFrom': resumeFrom,
      'remote.refused': stay,
      'remote.cancel': cancelled,
      'remote.hold': s => hold(s, { byPeer: true }),
      'remote.continue': s => hold(s, { byPeer: false }),
      'local.prefix': resumed,
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
      case 'flowing':
        return s.stallBy
      case 'deciding':
        return s.decideBy
      case 'resuming':
        return s.resumeBy
      case 'held':
      case 'suspended':
      case 'ended':
        return undefined
    }
  },
})
