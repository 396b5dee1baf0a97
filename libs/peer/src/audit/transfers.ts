/** Which files went where: entries of the audit log. Names, sizes and hashes, never bytes. */
import { Direction } from '@remote-assist/codec'
import type { CustomerEvent, CustomerNotice } from '@remote-assist/core'
import { type TransferHeard, TransferRecord, type TransferSaid } from './transfer.js'
import type { Note } from './world.js'

export class Transfers {
  readonly #note: Note
  readonly #records = new Map<string, TransferRecord>()

  constructor(note: Note) {
    this.#note = note
  }

  /** A word of the core. */
  hear(notice: CustomerNotice, peer: number): void {
    if (!notice.kind.startsWith('file.') || !('transferId' in notice)) return
    const heard = notice as TransferHeard
    if (heard.kind === 'file.offered') this.#begin(peer, Direction.TO_CUSTOMER, heard)
    this.#with(peer, heard, record => record.hear(heard))
  }

  /** The customer's program says this of a transfer; it is so, whether the other end still hears it or not. */
  does(event: CustomerEvent): void {
    this.#about(event, (said, peer) => {
      if (said.type === 'local.offer') this.#begin(peer, Direction.FROM_CUSTOMER, said)
      this.#with(peer, said, record => record.does(said))
    })
  }

  /** The customer's program has said this of a transfer. */
  did(event: CustomerEvent): void {
    this.#about(event, (said, peer) => this.#with(peer, said, record => record.did(said)))
  }

  /** The session ends now: what is to be written down before is. */
  close(): void {
    for (const record of this.#records.values()) record.close()
  }

  #begin(peer: number, direction: Direction, offer: { readonly transferId: number; readonly entries: number; readonly bytes: bigint }): void {
    this.#records.set(`${peer}:${offer.transferId}`, new TransferRecord(this.#note, peer, direction, offer))
  }

  #about(event: CustomerEvent, task: (said: TransferSaid, peer: number) => void): void {
    if (event.type === 'local.channel' && event.channel === 'file' && 'transferId' in event.event) task(event.event as TransferSaid, event.peer)
  }

  #with(peer: number, { transferId }: { readonly transferId: number }, task: (record: TransferRecord) => void): void {
    const key = `${peer}:${transferId}`
    const record = this.#records.get(key)
    if (record === undefined) return
    task(record)
    if (record.over) this.#records.delete(key)
  }
}
