/** The sending side of a transfer: listing → deciding → flowing ⇄ held, suspended → resuming → flowing, and ended. */
import type { Channel } from '@remote-assist/codec'
import type { Instant } from '../../instant.js'
import type { TransitionTable } from '../../machine.js'
import type { Kind, Remote } from '../../message.js'
import type { Tally } from './decision.js'
import type { SenderLocal, TransferLocal } from './events.js'
import type { Cursor, Ended, Holds, Place, TransferPermit } from './transfer.js'

/** What a sending transfer has in every phase. */
export interface SenderCommon {
  readonly transferId: number
  /** Entries of the manifest. */
  readonly entries: number
  readonly holds: Holds
}

/** Where a transfer stands whose decision is complete. */
export interface Sending {
  /** Entries that the receiver takes; of them settled (verified or given up); of those given up. */
  readonly taken: number
  readonly settled: number
  readonly failed: number
  /** Bytes sent, and allowed in all, since the decision or resumption. */
  readonly sent: bigint
  readonly credit: bigint
  readonly cursor: Cursor | undefined
  /** The lowest entry that may come next. */
  readonly next: number
  readonly resumeAt: Place | undefined
  /** Corrupt entries that are to be sent again. */
  readonly retries: readonly number[]
}

export type SenderState =
  | (SenderCommon & {
      readonly phase: 'listing'
      readonly bytes: bigint
      readonly page: number
      readonly listed: number
      readonly listedBytes: bigint
      readonly consentTimeoutMs: number
      readonly stallBy: Instant
    })
  | (SenderCommon & { readonly phase: 'deciding'; readonly decideBy: Instant; readonly tally: Tally | undefined })
  | (SenderCommon & { readonly phase: 'flowing'; readonly at: Sending; readonly stallBy: Instant })
  | (SenderCommon & { readonly phase: 'held'; readonly at: Sending })
  | (SenderCommon & { readonly phase: 'suspended'; readonly at: Sending })
  /** `asked`: the receiver said where; the driver computes the root. */
  | (SenderCommon & {
      readonly phase: 'resuming'
      readonly at: Sending
      readonly asked: (Place & { readonly prefixRoot: Uint8Array }) | undefined
      readonly resumeBy: Instant
    })
  | Ended

type SenderRemote = Extract<
  Remote<Kind<Channel.FILE>>,
  {
    type:
      | 'remote.decision'
      | 'remote.credit'
      | 'remote.entryVerified'
      | 'remote.entryCorrupt'
      | 'remote.progress'
      | 'remote.resumeFrom'
      | 'remote.refused'
      | 'remote.cancel'
      | 'remote.hold'
      | 'remote.continue'
  }
>

export type SenderEvent = SenderRemote | TransferPermit | Exclude<SenderLocal, { type: 'local.offer' }> | TransferLocal | { readonly type: 'tick' }

export const SENDER_TABLE = {
  listing: {
    permit: ['listing', 'ended'],
    'remote.decision': ['ended'],
    'remote.credit': ['ended'],
    'remote.entryVerified': ['ended'],
    'remote.entryCorrupt': ['ended'],
    'remote.progress': ['listing'],
    'remote.resumeFrom': ['ended'],
    'remote.refused': ['ended'],
    'remote.cancel': ['ended'],
    'remote.hold': ['listing'],
    'remote.continue': ['listing'],
    'local.page': ['listing', 'deciding'],
    'local.hold': ['listing'],
    'local.continue': ['listing'],
    'local.cancel': ['ended'],
    tick: ['listing', 'ended'],
  },
  deciding: {
    permit: ['deciding', 'ended'],
    'remote.decision': ['deciding', 'flowing', 'held', 'ended'],
    'remote.credit': ['ended'],
    'remote.entryVerified': ['ended'],
    'remote.entryCorrupt': ['ended'],
    'remote.progress': ['deciding'],
    'remote.resumeFrom': ['ended'],
    'remote.refused': ['ended'],
    'remote.cancel': ['ended'],
    'remote.hold': ['deciding'],
    'remote.continue': ['deciding'],
    'local.hold': ['deciding'],
    'local.continue': ['deciding'],
    'local.cancel': ['ended'],
    tick: ['deciding', 'ended'],
  },
  flowing: {
    permit: ['flowing', 'held', 'suspended', 'ended'],
    'remote.decision': ['ended'],
    'remote.credit': ['flowing', 'ended'],
    'remote.entryVerified': ['flowing', 'ended'],
    'remote.entryCorrupt': ['flowing', 'ended'],
    'remote.progress': ['flowing'],
    'remote.resumeFrom': ['resuming', 'ended'],
    'remote.refused': ['flowing'],
    'remote.cancel': ['ended'],
    'remote.hold': ['held'],
    'remote.continue': ['flowing'],
    'local.entry': ['flowing'],
    'local.chunk': ['flowing'],
    'local.leaf': ['flowing'],
    'local.entryDone': ['flowing'],
    'local.hold': ['held'],
    'local.continue': ['flowing'],
    'local.cancel': ['ended'],
    tick: ['flowing', 'ended'],
  },
  held: {
    permit: ['flowing', 'held', 'suspended', 'ended'],
    'remote.decision': ['ended'],
    'remote.credit': ['held', 'ended'],
    'remote.entryVerified': ['held', 'ended'],
    'remote.entryCorrupt': ['held', 'ended'],
    'remote.progress': ['held'],
    'remote.resumeFrom': ['resuming', 'ended'],
    'remote.refused': ['held'],
    'remote.cancel': ['ended'],
    'remote.hold': ['held'],
    'remote.continue': ['flowing', 'held'],
    'local.entry': ['held'],
    'local.leaf': ['held'],
    'local.entryDone': ['held'],
    'local.hold': ['held'],
    'local.continue': ['flowing', 'held'],
    'local.cancel': ['ended'],
  },
  suspended: {
    permit: ['suspended', 'resuming', 'ended'],
    'remote.decision': ['suspended'],
    'remote.credit': ['suspended'],
    'remote.entryVerified': ['suspended'],
    'remote.entryCorrupt': ['suspended'],
    'remote.progress': ['suspended'],
    'remote.resumeFrom': ['suspended'],
    'remote.refused': ['suspended'],
    'remote.cancel': ['ended'],
    'remote.hold': ['suspended'],
    'remote.continue': ['suspended'],
    'local.cancel': ['ended'],
  },
  resuming: {
    permit: ['resuming', 'suspended', 'ended'],
    'remote.decision': ['ended'],
    'remote.credit': ['resuming', 'ended'],
    'remote.entryVerified': ['resuming'],
    'remote.entryCorrupt': ['resuming'],
    'remote.progress': ['resuming'],
    'remote.resumeFrom': ['resuming', 'ended'],
    'remote.refused': ['resuming'],
    'remote.cancel': ['ended'],
    'remote.hold': ['resuming'],
    'remote.continue': ['resuming'],
    'local.prefix': ['flowing', 'held', 'ended'],
    'local.hold': ['resuming'],
    'local.continue': ['resuming'],
    'local.cancel': ['ended'],
    tick: ['resuming', 'ended'],
  },
  ended: {},
} as const satisfies TransitionTable<SenderState['phase'], SenderEvent['type']>
