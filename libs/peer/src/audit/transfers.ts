/** Which files went where: entries of the audit log. Names, sizes and hashes, never bytes. */
import { Direction, type Entry, EntryKind } from '@remote-assist/codec'
import type { CustomerEvent, CustomerNotice } from '@remote-assist/core'
import type { FileCall, FileNotice } from '../file-port.js'
import { hex, plain } from './text.js'
import type { Note } from './world.js'

const MAX_PATH_BYTES = 1_100

/** A transfer that is under way. */
interface Open {
  readonly direction: Direction
  readonly entries: number
  readonly bytes: bigint
  readonly files: Map<number, Entry>
  readonly roots: Map<number, Uint8Array>
  /** FROM_CUSTOMER: the entry whose bytes are being sent. */
  sending: number
}

export class Transfers {
  readonly #note: Note
  readonly #open = new Map<string, Open>()

  constructor(note: Note) {
    this.#note = note
  }

  /** A word of the core. */
  hear(notice: CustomerNotice, peer: number): void {
    if (notice.kind.startsWith('file.') && 'transferId' in notice) this.#hear(notice as Extract<FileNotice, { readonly transferId: number }>, peer)
  }

  /** The customer's program says this of a transfer; it is so, whether the other end still hears it or not. */
  does(event: CustomerEvent): void {
    if (event.type === 'local.channel' && event.channel === 'file' && 'transferId' in event.event)
      this.#does(event.event as Extract<FileCall, { readonly transferId: number }>, event.peer)
  }

  #hear(notice: Extract<FileNotice, { readonly transferId: number }>, peer: number): void {
    const { transferId } = notice
    const open = this.#open.get(`${peer}:${transferId}`)
    switch (notice.kind) {
      case 'file.offered':
        return this.#begin(peer, transferId, Direction.TO_CUSTOMER, notice)
      case 'file.page':
        return open === undefined ? undefined : list(open, notice.entries)
      case 'file.complete':
        return void open?.roots.set(notice.entry, notice.root)
      case 'file.decided':
        return notice.more ? undefined : this.#decided(peer, transferId, notice.defaultAction)
      case 'file.verified':
        for (let entry = notice.first; entry <= notice.last; entry++) this.#verified(peer, transferId, entry)
        return
      case 'file.ended':
        this.#open.delete(`${peer}:${transferId}`)
        return this.#note('file.ended', { participant: peer, transfer: transferId, reason: notice.outcome.result })
      default:
        return
    }
  }

  #does(act: Extract<FileCall, { readonly transferId: number }>, peer: number): void {
    const { transferId } = act
    const open = this.#open.get(`${peer}:${transferId}`)
    switch (act.type) {
      case 'local.offer':
        return this.#begin(peer, transferId, Direction.FROM_CUSTOMER, act)
      case 'local.page':
        return open === undefined ? undefined : list(open, act.entries)
      case 'local.entry':
        if (open !== undefined) open.sending = act.entry
        return
      case 'local.entryDone':
        return void open?.roots.set(open.sending, act.root)
      case 'local.decide':
        return act.more ? undefined : this.#decided(peer, transferId, act.defaultAction)
      case 'local.verified':
        return this.#verified(peer, transferId, act.entry)
      default:
        return
    }
  }

  #begin(peer: number, transferId: number, direction: Direction, { entries, bytes }: { readonly entries: number; readonly bytes: bigint }): void {
    this.#open.set(`${peer}:${transferId}`, { direction, entries, bytes, files: new Map(), roots: new Map(), sending: 0 })
  }

  #decided(peer: number, transfer: number, decision: number): void {
    const open = this.#open.get(`${peer}:${transfer}`)
    if (open === undefined) return
    const { direction, entries, bytes } = open
    this.#note('file.decided', { participant: peer, transfer, direction, entries, bytes: String(bytes), decision })
  }

  /** A file is at its final name; a folder has nothing to verify. */
  #verified(peer: number, transfer: number, entry: number): void {
    const open = this.#open.get(`${peer}:${transfer}`)
    const [file, root] = [open?.files.get(entry), open?.roots.get(entry)]
    if (file === undefined || root === undefined) return
    const name = plain(file.path.join('/'), MAX_PATH_BYTES)
    this.#note('file.verified', { participant: peer, transfer, name, bytes: String(file.bytes), sha256: hex(root) })
  }
}

function list(open: Open, entries: readonly Entry[]): void {
  for (const entry of entries) if (entry.kind === EntryKind.FILE) open.files.set(entry.entry, entry)
}
