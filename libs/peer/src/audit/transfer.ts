/** What one transfer leaves in the audit log: what was decided, each file that left or came, and how it ended. */
import { Direction, type Entry, EntryKind } from '@remote-assist/codec'
import type { FileCall, FileNotice } from '../file-port.js'
import { hex, plain } from './text.js'
import type { Note } from './world.js'

const MAX_PATH_BYTES = 1_100

/** What the core says of a transfer. */
export type TransferHeard = Extract<FileNotice, { readonly transferId: number }>
/** What the customer's program says of one. */
export type TransferSaid = Extract<FileCall, { readonly transferId: number }>

/** What an offer announces. */
export interface Offered {
  readonly transferId: number
  readonly entries: number
  readonly bytes: bigint
}

export class TransferRecord {
  readonly #files = new Map<number, Entry>()
  /** The digests of files all of whose bytes have passed. */
  readonly #roots = new Map<number, string>()
  /** Files of which it is written down that they are at their final names. */
  readonly #verified = new Set<number>()
  /** FROM_CUSTOMER: how many bytes have left of files that did not leave whole. */
  readonly #parts = new Map<number, number>()
  /** FROM_CUSTOMER: the entry whose bytes are being sent. */
  #sending = 0
  #ended = false

  constructor(
    readonly note: Note,
    readonly peer: number,
    readonly direction: Direction,
    readonly offer: Offered,
  ) {}

  /** Nothing more will be written down of it. Behind its end, a file that was complete may still be about to get its final name. */
  get over(): boolean {
    return this.#ended && (this.direction === Direction.FROM_CUSTOMER || this.#verified.size >= this.#roots.size)
  }

  /** A word of the core. */
  hear(notice: TransferHeard): void {
    switch (notice.kind) {
      case 'file.page':
        return this.#list(notice.entries)
      case 'file.complete':
        return void this.#roots.set(notice.entry, hex(notice.root))
      case 'file.decided':
        return notice.more ? undefined : this.#decided(notice.defaultAction)
      case 'file.verified':
        return this.#arrived(notice.first, notice.last)
      case 'file.corrupt':
        return notice.retry ? undefined : void this.#roots.delete(notice.entry)
      case 'file.prefix-wanted':
        // Everything before is settled, also where the word of it was lost with the line.
        return this.#arrived(0, notice.entry - 1)
      case 'file.ended':
        return this.#end(notice.outcome.result)
      default:
        return
    }
  }

  /** The customer's program says this. */
  does(said: TransferSaid): void {
    switch (said.type) {
      case 'local.page':
        return this.#list(said.entries)
      case 'local.entry':
        this.#sending = said.entry
        return
      case 'local.entryDone':
        return this.#sent(said.root)
      case 'local.decide':
        return said.more ? undefined : this.#decided(said.defaultAction)
      case 'local.verified':
        return this.#arrived(said.entry, said.entry)
      case 'local.corrupt':
        return void this.#roots.delete(said.entry)
      default:
        return
    }
  }

  /** The customer's program has said this. */
  did(said: TransferSaid): void {
    if (said.type === 'local.chunk') this.#parts.set(this.#sending, (this.#parts.get(this.#sending) ?? 0) + said.data.length)
  }

  /** The session ends now: writes down what left in part, and what came whole and may still get its final name. */
  close(): void {
    this.#leftInPart()
    if (this.direction === Direction.FROM_CUSTOMER) return
    for (const [entry, sha256] of this.#roots) if (!this.#verified.has(entry)) this.#file('file.sent', entry, this.#files.get(entry)?.bytes, sha256)
  }

  #leftInPart(): void {
    for (const [entry, bytes] of this.#parts) if (!this.#roots.has(entry)) this.#file('file.sent', entry, bytes, '')
    this.#parts.clear()
  }

  #list(entries: readonly Entry[]): void {
    for (const entry of entries) if (entry.kind === EntryKind.FILE) this.#files.set(entry.entry, entry)
  }

  #decided(decision: number): void {
    const { entries, bytes, transferId } = this.offer
    this.note('file.decided', { participant: this.peer, transfer: transferId, direction: this.direction, entries, bytes: String(bytes), decision })
  }

  /** A file has left whole; that it leaves once more is no other thing that happens, unless it is not the same any more. */
  #sent(root: Uint8Array): void {
    const entry = this.#sending
    const sha256 = hex(root)
    this.#parts.delete(entry)
    if (this.#roots.get(entry) === sha256) return
    this.#roots.set(entry, sha256)
    this.#file('file.sent', entry, this.#files.get(entry)?.bytes, sha256)
  }

  /** These are at their final names, as far as they passed here; a folder has nothing to verify. */
  #arrived(first: number, last: number): void {
    for (let entry = first; entry <= last; entry++) {
      const sha256 = this.#roots.get(entry)
      if (sha256 === undefined || this.#verified.has(entry)) continue
      this.#verified.add(entry)
      this.#file('file.verified', entry, this.#files.get(entry)?.bytes, sha256)
    }
  }

  #end(reason: string): void {
    if (this.direction === Direction.FROM_CUSTOMER && reason === 'done') this.#arrived(0, this.offer.entries - 1)
    this.#leftInPart()
    this.#ended = true
    this.note('file.ended', { participant: this.peer, transfer: this.offer.transferId, reason })
  }

  #file(kind: 'file.sent' | 'file.verified', entry: number, bytes: bigint | number | undefined, sha256: string): void {
    const file = this.#files.get(entry)
    if (file === undefined) return
    const name = plain(file.path.join('/'), MAX_PATH_BYTES)
    this.note(kind, { participant: this.peer, transfer: this.offer.transferId, name, bytes: String(bytes), sha256 })
  }
}
