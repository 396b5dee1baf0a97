/** What a receiving transfer keeps of the bytes that come, and where the next ones fit. */
import type { FileOffer } from '@remote-assist/codec'
import { after, type Instant } from '../../instant.js'
import { type FilePermit, LEAF_BYTES, STALL_MS } from './events.js'
import { INITIAL_LEDBAT } from './ledbat.js'
import type { ReceiverState, Receiving } from './receiver-table.js'

/** A transfer that was offered: its manifest follows. `roomBytes`: what the session's limit leaves; undefined = no limit. */
export const received = (offer: FileOffer, permit: FilePermit, roomBytes: bigint | undefined, now: Instant): Extract<ReceiverState, { phase: 'listing' }> => ({
  phase: 'listing',
  transferId: offer.transferId,
  entries: offer.entries,
  bytes: offer.bytes,
  holds: { byUs: false, byPeer: false, paused: false },
  maxFileBytes: permit.maxFileBytes,
  page: 0,
  listed: 0,
  listedBytes: 0n,
  roomBytes,
  consentTimeoutMs: permit.consentTimeoutMs,
  stallBy: after(now, STALL_MS),
})

/** Nothing has come yet; `taken` entries will. */
export function begin(taken: number, now: Instant): Receiving {
  return {
    taken,
    settled: 0,
    failed: 0,
    expected: [],
    upcoming: 0,
    cursor: undefined,
    resumeAt: undefined,
    crossed: false,
    retries: [],
    received: 0n,
    credit: 0n,
    creditFrom: now,
    window: INITIAL_LEDBAT,
    arrivedBytes: 0n,
    verifiedBytes: 0n,
    progressFrom: now,
    verified: [],
    tellAt: undefined,
  }
}

/** Where bytes at `offset` of `entry` go: on in the entry under way, into the next one expected, or into one that is sent again. Undefined = they do not fit. */
export function place(at: Receiving, entry: number, offset: bigint): Receiving | undefined {
  const { cursor, expected, upcoming, resumeAt, retries } = at
  if (cursor?.entry === entry && cursor.offset === offset) return at
  const waiting = retries.findIndex(retry => retry.entry === entry && !retry.again)
  const retry = retries[waiting]
  if (retry !== undefined && offset === 0n && (cursor === undefined || cursor.entry === entry))
    return { ...at, retries: retries.with(waiting, { ...retry, again: true }), cursor: { entry, bytes: retry.bytes, offset, leaf: 0 } }
  const next = expected[upcoming]
  if (cursor !== undefined || next?.entry !== entry || offset > next.bytes) return undefined
  if (offset !== 0n && !(resumeAt?.entry === entry && resumeAt.offset === offset)) return undefined
  return { ...at, upcoming: upcoming + 1, resumeAt: undefined, cursor: { entry, bytes: next.bytes, offset, leaf: Number(offset / LEAF_BYTES) } }
}
