/** The records of channel MEDIA: one sender, one key for all who may see, a new key whenever who may see changes. */
import { type Aead, type AeadKey, KEY_BYTES, NONCE_BYTES, type Soon } from '../aead.js'
import { SecureError } from '../errors.js'
import { associatedData, checkHeader, checkPlaintext, isEpoch, leadOf, nonceOf, type RecordHeader, readRecord } from './form.js'
import { checkPace, PACE, type Pace } from './limits.js'
import { OpenLine } from './open-line.js'
import { GONE } from './ratchet.js'

/** The key of a media epoch, as `MediaKey` carries it. */
export interface MediaKey {
  /** 0–4,294,967,295; greater than every one before it in the session. */
  readonly epoch: number
  /** 32 random bytes. */
  readonly key: Uint8Array
  /** 12 random bytes. */
  readonly salt: Uint8Array
}

/** An epoch that is in force: keys and the last counter. */
interface Epoch {
  readonly epoch: number
  key: AeadKey
  readonly salt: Uint8Array
  counter: number
}

/** Takes over a media key. Throws `SecureError` E_FORMAT if its parts have other sizes, E_GENERATION unless its epoch is greater than the last one. */
function begin(aead: Aead, { epoch, key, salt }: MediaKey, last: Epoch | undefined): Epoch {
  if (!isEpoch(epoch) || key.length !== KEY_BYTES || salt.length !== NONCE_BYTES)
    throw new SecureError('E_FORMAT', `A media key has an epoch, ${KEY_BYTES} bytes of key and ${NONCE_BYTES} of salt.`)
  if (last !== undefined && epoch <= last.epoch) throw new SecureError('E_GENERATION', `Media epoch ${epoch} does not follow ${last.epoch}.`)
  if (last !== undefined) destroy(last)
  return { epoch, key: aead(key), salt: Uint8Array.from(salt), counter: 0 }
}

function destroy(epoch: Epoch): void {
  epoch.salt.fill(0)
  epoch.key = GONE
}

/** Seals the customer's pictures under the epoch that was announced last (RA-SEC-222 to RA-SEC-227). */
export class MediaSealer {
  #epoch: Epoch | undefined
  #since = 0

  /**
   * @param pace after how long a new epoch is due: as long as is allowed, or shorter
   * @throws SecureError E_FORMAT for a longer pace.
   */
  constructor(
    readonly aead: Aead,
    readonly pace: Pace = PACE,
  ) {
    checkPace(pace)
  }

  /** The epoch in force; undefined before the first. */
  get epoch(): number | undefined {
    return this.#epoch?.epoch
  }

  /**
   * Seals under this key from now on; the key before it is destroyed. Its `MediaKey` messages leave before the first record that is sealed after this call,
   * and no record that was sealed before it leaves after them.
   * @throws SecureError E_FORMAT for other sizes, E_GENERATION for an epoch that is not greater.
   */
  switchTo(key: MediaKey): void {
    this.#epoch = begin(this.aead, key, this.#epoch)
  }

  /** Whether a new epoch is due: ten minutes after the first record of this one, or with its 2²²nd. Never, once it was destroyed. */
  due(now: number): boolean {
    if (this.#epoch === undefined || this.#epoch.key === GONE) return false
    const { counter } = this.#epoch
    return counter >= this.pace.records || (counter > 0 && now - this.#since >= this.pace.ms)
  }

  /**
   * The next record: epoch ‖ counter ‖ ciphertext ‖ tag. The counter is taken as the seal begins.
   * @param now any clock that does not jump, in ms
   * @param head what stands before the record in its frame: it comes first in the result, so that it costs no copy of the record
   * @throws SecureError E_FORMAT for a header without a target or a plaintext that is too large, E_GENERATION before the first epoch, E_SPENT once the epoch has
   * sealed twice as many records as a new one was due after, or was destroyed.
   */
  seal(header: RecordHeader, plaintext: Uint8Array, now: number, head?: Uint8Array): Soon<Uint8Array> {
    checkHeader(header)
    checkPlaintext(plaintext)
    const epoch = this.#epoch
    if (epoch === undefined) throw new SecureError('E_GENERATION', 'No media key was announced yet.')
    if (epoch.counter >= 2 * this.pace.records) throw new SecureError('E_SPENT', `Media epoch ${epoch.epoch} has sealed all the records that it may.`)
    if (epoch.counter === 0) this.#since = now
    const lead = { generation: epoch.epoch, counter: ++epoch.counter }
    const aad = associatedData(header, lead)
    return epoch.key.seal(nonceOf(epoch.salt, lead.counter), aad, plaintext, leadOf(aad, head))
  }

  /** Overwrites the key: nothing more is sealed until the next epoch (the stop guarantee). */
  destroy(): void {
    if (this.#epoch !== undefined) destroy(this.#epoch)
  }
}

/** Opens the records of channel MEDIA. Gaps are legal: not every record goes to everyone. After a record that is refused, it opens nothing any more. */
export class MediaOpener {
  readonly #line = new OpenLine(() => this.#epoch !== undefined && destroy(this.#epoch))
  #epoch: Epoch | undefined

  constructor(readonly aead: Aead) {}

  /** The epoch in force; undefined before the first. */
  get epoch(): number | undefined {
    return this.#epoch?.epoch
  }

  /** Whether a record was refused: every other one will be. */
  get broken(): boolean {
    return this.#line.broken
  }

  /**
   * A `MediaKey` arrived: records open under it, and under no earlier one (RA-SEC-225).
   * @throws SecureError E_FORMAT for other sizes, E_GENERATION for an epoch that is not greater, and the failure if there was one.
   */
  switchTo(key: MediaKey): void {
    this.#line.check()
    try {
      this.#epoch = begin(this.aead, key, this.#epoch)
    } catch (error) {
      throw this.#line.end(error)
    }
  }

  /**
   * The plaintext of a record; of several that are being opened, in the order in which they were begun.
   * @throws SecureError (or rejects with it) E_GENERATION under an epoch other than the one announced last, E_ORDER if its counter is not greater than the last
   * one, E_TAMPERED if it was altered or sealed for another place, E_FORMAT for a header without a target. The same error ever after.
   */
  open(header: RecordHeader, record: Uint8Array): Soon<Uint8Array> {
    return this.#line.open(() => {
      checkHeader(header)
      const { lead, sealed } = readRecord(record)
      const epoch = this.#epoch
      if (epoch === undefined || lead.generation !== epoch.epoch)
        throw new SecureError('E_GENERATION', `A record of media epoch ${lead.generation} came in epoch ${epoch?.epoch ?? 'none'}.`)
      if (lead.counter <= epoch.counter || lead.counter > 2 * PACE.records)
        throw new SecureError('E_ORDER', `Media record ${lead.counter} came after ${epoch.counter}: it was repeated or moved.`)
      epoch.counter = lead.counter
      return epoch.key.open(nonceOf(epoch.salt, lead.counter), associatedData(header, lead), sealed)
    })
  }

  /** Overwrites the key: the customer left, or new keys took its place. */
  destroy(): void {
    this.#line.end(new SecureError('E_SPENT', 'The keys were destroyed.'))
  }
}
