/** What the other end offers, and what it asks for, as a program sees it. */
import { EntryKind } from '@remote-assist/codec'
import type { FileFailure } from './errors.js'
import type { BadName, Conflict } from './manifest.js'
import type { Receiver } from './receiver.js'
import type { FileSource } from './store.js'
import type { Transfer } from './transfer.js'

/** One file or folder that is offered. */
export interface OfferedEntry {
  /** Components joined by `/`. */
  readonly path: string
  readonly kind: 'file' | 'folder'
  readonly bytes: bigint
  /** Why it will not be taken, whatever is answered. */
  readonly refused: FileFailure | undefined
}

/** How an offer is taken. */
export interface AcceptOptions {
  /** What happens to a file whose name is taken. Default `rename`: it gets a free name. Nothing is ever replaced unless `overwrite` says so (RA-FIL-018). */
  readonly onConflict?: Conflict
  /** What happens to a file or folder whose name is not possible here. Default `refuse`; `rename`: it gets the name that would be proposed (RA-FIL-026). */
  readonly onBadName?: BadName
  /** Whether this file is wanted; its path as in `entries`. Default: all. */
  readonly wants?: (path: string) => boolean
}

/** Files that the other end would like to send. Silence refuses them. */
export class FileOffer {
  readonly #receiver: Receiver
  #answered = false

  constructor(
    receiver: Receiver,
    /** How long there is to answer, in milliseconds. */
    readonly answerWithinMs: number,
  ) {
    this.#receiver = receiver
  }

  /** The ask that it answers; 0 = none. */
  get requestId(): number {
    return this.#receiver.requestId
  }

  /** Bytes in all. */
  get bytes(): bigint {
    return this.#receiver.bytes
  }

  /** What there is, in the order in which it comes. */
  get entries(): readonly OfferedEntry[] {
    return this.#receiver.manifest.listed.map(({ entry }) => ({
      path: entry.path.join('/'),
      kind: entry.kind === EntryKind.FOLDER ? 'folder' : 'file',
      bytes: entry.bytes,
      refused: this.#receiver.failureOf(entry.entry),
    }))
  }

  /** Takes it. Only the first answer counts. */
  accept({ onConflict: conflict = 'rename', onBadName: badName = 'refuse', wants = () => true }: AcceptOptions = {}): Transfer {
    if (!this.#answered) void this.#receiver.accept({ wants, conflict, badName })
    this.#answered = true
    return this.#receiver.transfer
  }

  /** Takes nothing. Only the first answer counts. */
  refuse(): void {
    if (!this.#answered) this.#receiver.refuse()
    this.#answered = true
  }
}

/** The agent asks the customer for files. Silence declines. */
export interface FileAsk {
  /** What is wanted, for a person to read. */
  readonly prompt: string
  /** How long there is to answer, in milliseconds. */
  readonly answerWithinMs: number
  /** Gives these files; the agent still decides what it takes. */
  give(what: readonly string[] | FileSource): Transfer
  /** Gives nothing. */
  decline(): void
}
