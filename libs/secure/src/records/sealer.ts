import type { Aead, Soon } from '../aead.js'
import { associatedData, checkPairwise, checkPlaintext, leadOf, nonceOf, type RecordHeader } from './form.js'
import { checkPace, PACE, type Pace } from './limits.js'
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

  /**
   * Takes a copy of the traffic secret, 32 bytes.
   * @param pace how long a key seals: as long as is allowed, or shorter
   * @throws SecureError E_FORMAT for a secret of another length, or a longer pace.
   */
  constructor(
    aead: Aead,
    trafficSecret: Uint8Array,
    readonly pace: Pace = PACE,
  ) {
    checkPace(pace)
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
   * @param head what stands before the record in its frame: it comes first in the result, so that it costs no copy of the record
   * @throws SecureError E_FORMAT if the header has not exactly one target or the plaintext is too large; no counter is used up then. E_SPENT once destroyed.
   */
  seal(header: RecordHeader, plaintext: Uint8Array, now: number, head?: Uint8Array): Soon<Uint8Array> {
    checkPairwise(header)
    checkPlaintext(plaintext)
    if (this.#sealedInGeneration > 0 && (this.#sealedInGeneration >= this.pace.records || now - this.#since >= this.pace.ms)) {
      this.#ratchet.advance()
      this.#sealedInGeneration = 0
    }
    if (this.#sealedInGeneration++ === 0) this.#since = now
    const lead = { generation: this.#ratchet.generation, counter: ++this.#counter }
    const aad = associatedData(header, lead)
    return this.#ratchet.key.seal(nonceOf(this.#ratchet.salt, lead.counter), aad, plaintext, leadOf(aad, head))
  }

  /** Overwrites the keys: the counterpart left, or new keys took their place. */
  destroy(): void {
    this.#ratchet.destroy()
  }
}
