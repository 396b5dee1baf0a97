/** The receiving side of a transfer: listing → deciding → receiving ⇄ held, suspended → resuming → receiving, and ended. */
import type { Channel, EntryRange } from '@remote-assist/codec'
import type { Instant } from '../../instant.js'
import type { TransitionTable } from '../../machine.js'
import type { Kind, Remote } from '../../message.js'
import type { Tally } from './decision.js'
import type { Expected, ReceiverLocal, TransferLocal } from './events.js'
import type { Ledbat } from './ledbat.js'
import type { Listing } from './manifest.js'
import type { Cursor, Ended, Holds, Place, TransferPermit } from './transfer.js'

/** What a receiving transfer has in every phase. */
export interface ReceiverCommon {
  readonly transferId: number
  /** Entries of the manifest. */
  readonly entries: number
  readonly holds: Holds
  readonly maxFileBytes: bigint
}

/** A corrupt entry: it waits to be sent again, or comes `again`. */
export interface Retry extends Expected {
  readonly again: boolean
}

/** Where a transfer stands whose decision is made. */
export interface Receiving {
  /** Entries that are taken; of them settled (verified or given up); of those given up. */
  readonly taken: number
  readonly settled: number
  readonly failed: number
  /** What comes next: `expected[upcoming]` and those behind it. */
  readonly expected: readonly Expected[]
  readonly upcoming: number
  readonly cursor: Cursor | undefined
  readonly resumeAt: Place | undefined
  /** The sender may not have heard yet where to go on. */
  readonly crossed: boolean
  readonly retries: readonly Retry[]
  /** Bytes since the decision or resumption: arrived, and allowed in all. */
  readonly received: bigint
  readonly credit: bigint
  /** Less than a quarter of the window is not allowed before. */
  readonly creditFrom: Instant
  readonly window: Ledbat
  /** Bytes in all, for display. */
  readonly arrivedBytes: bigint
  readonly verifiedBytes: bigint
  /** No TransferProgress goes out before. */
  readonly progressFrom: Instant
  /** Verified entries that the sender is told of at `tellAt`. */
  readonly verified: readonly EntryRange[]
  readonly tellAt: Instant | undefined
}

export type ReceiverState =
  | (ReceiverCommon &
      Listing & {
        readonly phase: 'listing'
        readonly consentTimeoutMs: number
        readonly stallBy: Instant
      })
  | (ReceiverCommon & { readonly phase: 'deciding'; readonly decideBy: Instant; readonly tally: Tally | undefined })
  | (ReceiverCommon & { readonly phase: 'receiving'; readonly at: Receiving; readonly stallBy: Instant })
  | (ReceiverCommon & { readonly phase: 'held'; readonly at: Receiving })
  | (ReceiverCommon & { readonly phase: 'suspended'; readonly at: Receiving })
  | (ReceiverCommon & { readonly phase: 'resuming'; readonly at: Receiving; readonly resumeBy: Instant })
  | Ended

type ReceiverRemote = Extract<
  Remote<Kind<Channel.FILE>>,
  { type: 'remote.manifestPage' | 'remote.chunk' | 'remote.leafDone' | 'remote.entryDone' | 'remote.cancel' | 'remote.hold' | 'remote.continue' }
>

export type ReceiverEvent = ReceiverRemote | TransferPermit | ReceiverLocal | TransferLocal | { readonly type: 'tick' }

export const RECEIVER_TABLE = {
  listing: {
    permit: ['listing', 'ended'],
    'remote.manifestPage': ['listing', 'deciding', 'ended'],
    'remote.chunk': ['ended'],
    'remote.leafDone': ['ended'],
    'remote.entryDone': ['ended'],
    'remote.cancel': ['ended'],
    'remote.hold': ['listing'],
    'remote.continue': ['listing'],
    'local.hold': ['listing'],
    'local.continue': ['listing'],
    'local.cancel': ['ended'],
    tick: ['listing', 'ended'],
  },
  deciding: {
    permit: ['deciding', 'ended'],
    'remote.manifestPage': ['ended'],
    'remote.chunk': ['ended'],
    'remote.leafDone': ['ended'],
    'remote.entryDone': ['ended'],
    'remote.cancel': ['ended'],
    'remote.hold': ['deciding'],
    'remote.continue': ['deciding'],
    'local.decide': ['deciding', 'receiving', 'held', 'ended'],
    'local.hold': ['deciding'],
    'local.continue': ['deciding'],
    'local.cancel': ['ended'],
    tick: ['deciding', 'ended'],
  },
  receiving: {
    permit: ['receiving', 'held', 'suspended', 'ended'],
    'remote.manifestPage': ['ended'],
    'remote.chunk': ['receiving', 'ended'],
    'remote.leafDone': ['receiving', 'ended'],
    'remote.entryDone': ['receiving', 'ended'],
    'remote.cancel': ['ended'],
    'remote.hold': ['held'],
    'remote.continue': ['receiving'],
    'local.expect': ['receiving'],
    'local.verified': ['receiving', 'ended'],
    'local.corrupt': ['receiving', 'ended'],
    'local.resume': ['receiving'],
    'local.hold': ['held'],
    'local.continue': ['receiving'],
    'local.cancel': ['ended'],
    tick: ['receiving', 'ended'],
  },
  held: {
    permit: ['receiving', 'held', 'suspended', 'ended'],
    'remote.manifestPage': ['ended'],
    'remote.chunk': ['held', 'ended'],
    'remote.leafDone': ['held', 'ended'],
    'remote.entryDone': ['held', 'ended'],
    'remote.cancel': ['ended'],
    'remote.hold': ['held'],
    'remote.continue': ['receiving', 'held'],
    'local.expect': ['held'],
    'local.verified': ['held', 'ended'],
    'local.corrupt': ['held', 'ended'],
    'local.resume': ['held'],
    'local.hold': ['held'],
    'local.continue': ['receiving', 'held'],
    'local.cancel': ['ended'],
    tick: ['held'],
  },
  suspended: {
    permit: ['suspended', 'resuming', 'ended'],
    'remote.manifestPage': ['suspended'],
    'remote.chunk': ['suspended'],
    'remote.leafDone': ['suspended'],
    'remote.entryDone': ['suspended'],
    'remote.cancel': ['ended'],
    'remote.hold': ['suspended'],
    'remote.continue': ['suspended'],
    'local.verified': ['suspended'],
    'local.corrupt': ['suspended'],
    'local.cancel': ['ended'],
  },
  resuming: {
    permit: ['resuming', 'suspended', 'ended'],
    'remote.manifestPage': ['ended'],
    'remote.chunk': ['ended'],
    'remote.leafDone': ['ended'],
    'remote.entryDone': ['ended'],
    'remote.cancel': ['ended'],
    'remote.hold': ['resuming'],
    'remote.continue': ['resuming'],
    'local.verified': ['resuming'],
    'local.corrupt': ['resuming'],
    'local.resume': ['receiving', 'held'],
    'local.hold': ['resuming'],
    'local.continue': ['resuming'],
    'local.cancel': ['ended'],
    tick: ['resuming', 'ended'],
  },
  ended: {},
} as const satisfies TransitionTable<ReceiverState['phase'], ReceiverEvent['type']>
