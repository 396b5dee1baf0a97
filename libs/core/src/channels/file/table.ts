/** The file channel: its transfers, each a small machine of its own, and asks. Only `permit` changes its phase. */
import type { Instant } from '../../instant.js'
import type { TransitionTable } from '../../machine.js'
import type { FileEvent, FilePermit } from './events.js'
import type { ReceiverState } from './receiver-table.js'
import type { SenderState } from './sender-table.js'

/** A FileAsk that nobody has answered. */
export interface Ask {
  readonly requestId: number
  readonly by: Instant
}

/** A transfer that was received whole: the sender may not have heard of it, if the line drops now. */
export interface Finished {
  readonly transferId: number
  readonly entries: number
  readonly until: Instant
}

interface Common {
  readonly side: 'customer' | 'agent'
  readonly permit: FilePermit
  /** At most `MAX_TRANSFERS` each. */
  readonly sending: readonly SenderState[]
  readonly receiving: readonly ReceiverState[]
  /** At most `MAX_ASKS`. */
  readonly asks: readonly Ask[]
  /** At most `MAX_TRANSFERS`, the newest. */
  readonly finished: readonly Finished[]
  /** The highest ids that this end and the other one have offered: ids ascend, so that none is used twice. */
  readonly newest: { readonly ours: number; readonly theirs: number }
  /** Bytes of files that passed here in both directions, whatever became of them. */
  readonly movedBytes: bigint
}

export type FileState =
  | (Common & { readonly phase: 'closed' })
  | (Common & { readonly phase: 'suspended' })
  | (Common & { readonly phase: 'held' })
  | (Common & { readonly phase: 'flowing' })

/** What leaves the phase as it is. A transfer that an event names and that is over is no error: the two cross. */
const passing = <P extends FileState['phase']>(phase: P) =>
  ({
    'remote.offer': [phase],
    'remote.manifestPage': [phase],
    'remote.decision': [phase],
    'remote.chunk': [phase],
    'remote.credit': [phase],
    'remote.leafDone': [phase],
    'remote.entryDone': [phase],
    'remote.entryVerified': [phase],
    'remote.entryCorrupt': [phase],
    'remote.cancel': [phase],
    'remote.hold': [phase],
    'remote.continue': [phase],
    'remote.progress': [phase],
    'remote.resumeFrom': [phase],
    'remote.ask': [phase],
    'remote.refused': [phase],
    'local.page': [phase],
    'local.entry': [phase],
    'local.chunk': [phase],
    'local.leaf': [phase],
    'local.entryDone': [phase],
    'local.prefix': [phase],
    'local.decide': [phase],
    'local.expect': [phase],
    'local.verified': [phase],
    'local.corrupt': [phase],
    'local.resume': [phase],
    'local.hold': [phase],
    'local.continue': [phase],
    'local.cancel': [phase],
    'local.decline': [phase],
    permit: ['closed', 'suspended', 'held', 'flowing'],
    tick: [phase],
  }) as const

/** Offers and asks are made only while the channel flows. */
export const FILE_TABLE = {
  closed: passing('closed'),
  suspended: passing('suspended'),
  held: passing('held'),
  flowing: { ...passing('flowing'), 'local.offer': ['flowing'], 'local.ask': ['flowing'] },
} as const satisfies TransitionTable<FileState['phase'], FileEvent['type']>
