import type { Aead, Soon } from '../aead.js'
import { associatedData, checkPairwise, checkPlaintext, nonceOf, type RecordHeader, writeLead } from './form.js'
import { GENERATION_MS, MAX_RECORDS_PER_GENERATION } from './limits.js'
import { Ratchet } from './ratchet.js'

/**
 * Seals the records of one direction of one pairwise channel. The counter is taken as a seal begins, so that records may be sealed at the same time; whoever
 * calls sends them in the order in which it began them (RA-SEC-205).
 */
export class RecordSealer {
  readonly #ratchet: Ratchet
  #counter = 0
  #sealedInGeneration = 0
  #since = 0

  /** Takes a copy of the traffic secret, 32 bytes. Throws `SecureError` E_FORMAT for another length. */
  constructor(aead: Aead, trafficSecret: Uint8Array) {
    this.#ratchet = new Ratchet(aead, trafficSecret)
  }

  /** The generation of the record sealed last, from 0. */
  get generation(): number {
    return this.#ratchet.generation
  }

  /** Records begun so far, which is the counter of the last one. */
  get counter(): number {
    return this.#counter
  }

  /**
   * The next record: generation ‖ counter ‖ ciphertext ‖ tag, 28 bytes longer than the plaintext.
   *
   * The keys go on by themselves, ten minutes after the first record of a generation or with its 2²²nd (RA-SEC-213).
   * @param now any clock that does not jump, in ms
   * @throws SecureError E_FORMAT if the header has not exactly one target or the plaintext is too large; no counter is used up then. E_SPENT once destroyed.
   */
  seal(header: RecordHeader, plaintext: Uint8Array, now: number): Soon<Uint8Array> {
    checkPairwise(header)
    checkPlaintext(plaintext)
    if (this.#sealedInGeneration > 0 && (this.#sealedInGeneration >= MAX_RECORDS_PER_GENERATION || now - this.#since >= GENERATION_MS)) {
      this.#ratchet.advance()
      this.#sealedInGeneration = 0
    }
    if (this.#sealedInGeneration++ === 0) this.#since = now
    const lead = { generation: this.#ratchet.generation, counter: ++this.#counter }
    return this.#ratchet.key.seal(nonceOf(this.#ratchet.salt, lead.counter), associatedData(header, lead), plaintext, writeLead(lead))
  }

  /** Overwrites the keys: the counterpart left, or new keys took their place. */
  destroy(): void {
    this.#ratchet.destroy()
  }
}
