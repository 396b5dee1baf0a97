/** The file channel: what it hears and says. The driver keeps manifests, digests and bytes; the channel keeps cursors, windows and deadlines. */
import type { CancelReason, Channel, Entry, EntryAction, FileDecision_Exception, FileRefusal, RefusalReason } from '@remote-assist/codec'
import type { Instant } from '../../instant.js'
import type { Kind, Remote } from '../../message.js'
import type { ChannelEffect } from '../channel.js'

/** Transfers that may be open at a time, in each direction (RA-FIL-006). */
export const MAX_TRANSFERS = 8
/** FileAsks that may be unanswered at a time. */
export const MAX_ASKS = 4
/** Every leaf of an entry but its last has so many bytes. */
export const LEAF_BYTES = 1_048_576n
/** Entries of one ManifestPage, exceptions of one FileDecision, ranges of one EntryVerified. */
export const MAX_PAGE = 1_000
/** Nothing came for so long while something was due: the transfer is cancelled with TIMEOUT (RA-FIL-039). */
export const STALL_MS = 60_000
/** The driver of the receiver says within this time where to go on after a return. */
export const RESUME_TIMEOUT_MS = 30_000
/** So much of a file is hashed in a second at least, from whatever it lies on: the root over what is kept may take so much longer (RA-FIL-039). */
const HASHED_BYTES_PER_SECOND = 8_388_608n
/** How long it may take to compute the root over so many bytes. */
export const hashingMs = (bytes: bigint): number => Number((bytes * 1_000n) / HASHED_BYTES_PER_SECOND)
/** How much longer than the receiver's user a sender waits for the decision. */
export const DECISION_SLACK_MS = 10_000
/** So long after its end a received transfer is reported again on a return, in case the report was lost with the line. */
export const FINISHED_MS = 120_000
/** Corrupt entries that may wait to be sent again. */
export const MAX_RETRIES = 64
/**
 * Expected entries that the driver may announce ahead; it is asked for more when half are used up. Half are as many as a record may end (one message
 * each): the driver answers between records.
 */
export const MAX_EXPECTED = 8_192

/** `held`: paused, nothing flows but what is under way. `suspended`: the line dropped, or the peer is not active yet. `closed`: it will not come back. */
export type Flow = 'flowing' | 'held' | 'suspended' | 'closed'

/** What the session allows now. */
export interface FilePermit {
  /** Files may go to the customer; losing it cancels those transfers with REVOKED. */
  readonly toCustomer: boolean
  readonly fromCustomer: boolean
  readonly flow: Flow
  /** Largest file; 0 = no file at all. */
  readonly maxFileBytes: bigint
  /** Most bytes that may pass in the session, both directions together; 0 = no limit. */
  readonly maxSessionBytes: bigint
  /** Bytes that passed in the session with others than this peer; 0 where there is no limit. */
  readonly elsewhereBytes: bigint
  readonly maxEntries: number
  readonly consentTimeoutMs: number
}

/** An entry that the receiver takes and that has bytes to come, or none if it is an empty file. Folders never come. */
export interface Expected {
  readonly entry: number
  readonly bytes: bigint
}

type Of<T extends string, F = unknown> = { readonly type: T; readonly transferId: number } & F

/** What the driver of a sending end says. In order: offer, page …, then for each entry that was taken: entry, (chunk …, leaf) …, entryDone. */
export type SenderLocal =
  | Of<'local.offer', { readonly entries: number; readonly bytes: bigint; readonly requestId: number; readonly contentId: Uint8Array }>
  | Of<'local.page', { readonly entries: readonly Entry[]; readonly last: boolean }>
  /** The next entry, in ascending order, or one that is to be sent again. */
  | Of<'local.entry', { readonly entry: number; readonly bytes: bigint }>
  /** The next bytes of the entry; no more than `file.credit` allows, never while held. */
  | Of<'local.chunk', { readonly data: Uint8Array; readonly sentAtUs: bigint }>
  | Of<'local.leaf', { readonly sha256: Uint8Array }>
  | Of<'local.entryDone', { readonly root: Uint8Array }>
  /** Answers `file.prefix-wanted`: the root over those leaves (undefined if there are none), and how many of the taken entries come before. */
  | Of<'local.prefix', { readonly root: Uint8Array | undefined; readonly settled: number }>

/** What the driver of a receiving end says. */
export type ReceiverLocal =
  /** Answers `file.decide`, in one or more parts; an entry that a `file.page` named too large must be refused with TOO_LARGE. */
  | Of<
      'local.decide',
      {
        readonly defaultAction: EntryAction
        readonly refusal: FileRefusal
        readonly exceptions: readonly FileDecision_Exception[]
        readonly more: boolean
      }
    >
  /** The next entries that will come, ascending, at most `MAX_EXPECTED` waiting. Given right after the decision (or resumption) and on `file.expect`. */
  | Of<'local.expect', { readonly entries: readonly Expected[] }>
  /** An entry (file or folder) is at its final name. */
  | Of<'local.verified', { readonly entry: number; readonly bytes: bigint }>
  /** An entry did not verify (`refusal` UNSPECIFIED) or cannot be kept. `bytes` is its announced size. */
  | Of<'local.corrupt', { readonly entry: number; readonly bytes: bigint; readonly leaf: number; readonly refusal: FileRefusal }>
  /**
   * Where to go on: answers `file.resume-wanted`, or follows the decision if the content is partly here from before.
   * `settled`: how many of the taken entries come before. The entries from `entry` on are then expected anew.
   */
  | Of<'local.resume', { readonly entry: number; readonly verifiedBytes: bigint; readonly prefixRoot: Uint8Array; readonly settled: number }>

/** What the driver of either end says. */
export type TransferLocal = Of<'local.hold'> | Of<'local.continue'> | Of<'local.cancel', { readonly reason: CancelReason }>

/** What the file channel hears of either end: permits, messages, and what the user and the driver do. */
export type FileEvent =
  | Remote<Kind<Channel.FILE>>
  | ({ readonly type: 'permit' } & FilePermit)
  | SenderLocal
  | ReceiverLocal
  | TransferLocal
  /** The agent asks the customer for files. */
  | { readonly type: 'local.ask'; readonly requestId: number; readonly prompt: string }
  /** The customer declines an ask; it takes one up with `local.offer`. */
  | { readonly type: 'local.decline'; readonly requestId: number; readonly reason: RefusalReason }
  | { readonly type: 'tick' }

/** How a transfer ended. */
export type Outcome =
  | { readonly result: 'done'; readonly failedEntries: number }
  | { readonly result: 'refused'; readonly reason: RefusalReason }
  /** Nothing of the manifest was taken. */
  | { readonly result: 'declined'; readonly refusal: FileRefusal }
  /** `byPeer`: the other end cancelled. */
  | { readonly result: 'cancelled'; readonly reason: CancelReason; readonly byPeer: boolean }
  /** The line dropped before the decision, or the peer is gone. */
  | { readonly result: 'lost' }

type On<K extends string, F = unknown> = { readonly kind: K; readonly transferId: number } & F

/** What the file channel tells its driver, to do or to show. */
export type FileNotice =
  // At a sender
  /** A part of the decision; no byte flows before the last (`more` unset). */
  | On<
      'file.decided',
      {
        readonly defaultAction: EntryAction
        readonly refusal: FileRefusal
        readonly exceptions: readonly FileDecision_Exception[]
        readonly more: boolean
      }
    >
  /** So many bytes may be sent from now on (0 while held). */
  | On<'file.credit', { readonly bytes: bigint }>
  | On<'file.verified', { readonly first: number; readonly last: number }>
  /** An entry did not arrive whole; `retry`: send it again with `local.entry`, before the transfer can end. */
  | On<'file.corrupt', { readonly entry: number; readonly retry: boolean; readonly leaf: number; readonly refusal: FileRefusal }>
  /** Compute the root over the first `verifiedBytes` of `entry`; answer with `local.prefix`. */
  | On<'file.prefix-wanted', { readonly entry: number; readonly verifiedBytes: bigint }>
  /** Go on here: the next is `local.entry` of `entry` (its first `offset` bytes are there already). */
  | On<'file.resumed', { readonly entry: number; readonly offset: bigint }>
  // At a receiver
  | On<'file.offered', { readonly entries: number; readonly bytes: bigint; readonly requestId: number; readonly contentId: Uint8Array }>
  /** A page of the manifest, numbered as it should be; names, and the order of folders, are for the driver to judge. */
  | On<'file.page', { readonly entries: readonly Entry[]; readonly tooLarge: readonly number[]; readonly last: boolean }>
  /** The manifest is complete: decide. */
  | On<'file.decide', { readonly by: Instant }>
  /** Announce up to `room` more entries with `local.expect`, if there are more. */
  | On<'file.expect', { readonly room: number }>
  | On<'file.chunk', { readonly entry: number; readonly offset: bigint; readonly data: Uint8Array }>
  | On<'file.leaf', { readonly entry: number; readonly index: number; readonly sha256: Uint8Array }>
  /** All bytes are here: verify, move to the final name, and say `local.verified` or `local.corrupt`. */
  | On<'file.complete', { readonly entry: number; readonly root: Uint8Array }>
  /** The line is back: say `local.resume`. */
  | On<'file.resume-wanted'>
  // At both
  | On<'file.progress', { readonly entry: number; readonly receivedBytes: bigint; readonly verifiedBytes: bigint }>
  /** Held or not, and by whom. */
  | On<'file.held', { readonly byUs: boolean; readonly byPeer: boolean; readonly paused: boolean }>
  | On<'file.suspended'>
  | On<'file.ended', { readonly outcome: Outcome }>
  /** The agent asks for files: answer with `local.offer` or `local.decline`. */
  | { readonly kind: 'file.asked'; readonly requestId: number; readonly prompt: string; readonly by: Instant }
  /** An ask is off the table; `reason` UNSPECIFIED = it was taken up. */
  | { readonly kind: 'file.ask-ended'; readonly requestId: number; readonly reason: RefusalReason }

export type FileEffect = ChannelEffect<Kind<Channel.FILE>, FileNotice>
