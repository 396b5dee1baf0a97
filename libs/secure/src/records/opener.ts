import type { Aead, Soon } from '../aead.js'
import { SecureError } from '../errors.js'
import { associatedData, checkPairwise, nonceOf, type RecordHeader, readRecord } from './form.js'
import { OpenLine } from './open-line.js'
import { Ratchet } from './ratchet.js'

/**
 * Opens the records of one direction of one pairwise channel, each of them once and in the order in which they were sealed. After the first one that is not
 * what the sender sealed next, it opens nothing any more (RA-SEC-221).
 */
export class RecordOpener {
  readonly #ratchet: Ratchet
  readonly #line = new OpenLine(() => this.#ratchet.destroy())
  #counter = 0

  /** Takes a copy of the traffic secret, 32 bytes. Throws `SecureError` E_FORMAT for another length. */
  constructor(aead: Aead, trafficSecret: Uint8Array) {
    this.#ratchet = new Ratchet(aead, trafficSecret)
  }

  /** The generation of the record that came last, from 0. */
  get generation(): number {
    return this.#ratchet.generation
  }

  /** Whether a record was refused: every other one will be. */
  get broken(): boolean {
    return this.#line.broken
  }

  /**
   * The plaintext of the next record; of several that are being opened, in the order in which they were begun.
   * @throws SecureError (or rejects with it) E_ORDER if a record is missing, repeated or moved, E_GENERATION under a key that is older than the last one or later
   * than the next one, E_TAMPERED if it was altered or sealed for another place, E_FORMAT for a header with other than one target. The same error ever after.
   */
  open(header: RecordHeader, record: Uint8Array): Soon<Uint8Array> {
    return this.#line.open(() => {
      checkPairwise(header)
      const { lead, sealed } = readRecord(record)
      if (lead.counter !== this.#counter + 1)
        throw new SecureError('E_ORDER', `Record ${lead.counter} came where record ${this.#counter + 1} was awaited: one was dropped, repeated or moved.`)
      const ahead = lead.generation - this.#ratchet.generation
      if (ahead !== 0 && ahead !== 1)
        throw new SecureError('E_GENERATION', `A record of generation ${lead.generation} came in generation ${this.#ratchet.generation}.`)
      if (ahead === 1) this.#ratchet.advance()
      this.#counter = lead.counter
      return this.#ratchet.key.open(nonceOf(this.#ratchet.salt, lead.counter), associatedData(header, lead), sealed)
    })
  }

  /** Overwrites the keys: the counterpart left, or new keys took their place. */
  destroy(): void {
    this.#line.end(new SecureError('E_SPENT', 'The keys were destroyed.'))
  }
}
