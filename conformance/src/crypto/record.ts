import { createCipheriv, createDecipheriv } from 'node:crypto'
import { bigEndian, hkdfExpand, join, utf8 } from './bytes.js'

/** Sealed records: AES-256-GCM, bound to the header of their frame. */

/** What a record is bound to. */
export interface RecordHeader {
  readonly channel: number
  readonly source: number
  readonly sequence: bigint
  readonly targets: readonly number[]
}

/** Longest record that a receiver opens, in bytes (RA-SEC-208). */
export const MAX_RECORD = 263_196
const OVERHEAD = 28

/** Why a record was refused. */
export class RecordFault extends Error {
  override readonly name = 'RecordFault'
}

interface Key {
  readonly key: Uint8Array
  readonly salt: Uint8Array
}

/** The associated data of a record (RA-SEC-203). */
export function recordData({ channel, source, sequence, targets }: RecordHeader, generation: number, counter: bigint): Uint8Array {
  const who = targets.map(target => bigEndian(target, 2))
  return join(
    utf8('RA1'),
    Uint8Array.of(channel),
    bigEndian(source, 2),
    bigEndian(sequence, 8),
    Uint8Array.of(targets.length),
    ...who,
    bigEndian(generation, 4),
    bigEndian(counter, 8),
  )
}

/** The nonce of a record (RA-SEC-202). */
export function recordNonce(salt: Uint8Array, counter: bigint): Uint8Array {
  const count = bigEndian(counter, 8)
  return salt.map((byte, place) => (place < 4 ? byte : byte ^ (count[place - 4] ?? 0)))
}

function seal({ key, salt }: Key, header: RecordHeader, generation: number, counter: bigint, plaintext: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-256-gcm', key, recordNonce(salt, counter))
  cipher.setAAD(recordData(header, generation, counter))
  const sealed = [cipher.update(plaintext), cipher.final()]
  return join(bigEndian(generation, 4), bigEndian(counter, 8), ...sealed, cipher.getAuthTag())
}

interface Numbers {
  readonly generation: number
  readonly counter: bigint
}

/** Generation and counter of a record. Throws `RecordFault` if it is too short or too long. */
export function recordNumbers(record: Uint8Array): Numbers {
  if (record.length < OVERHEAD) throw new RecordFault(`A record of ${record.length} bytes.`)
  if (record.length > MAX_RECORD) throw new RecordFault(`A record of ${record.length} bytes, of which ${MAX_RECORD} are allowed.`)
  const bytes = Buffer.from(record.buffer, record.byteOffset, record.length)
  return { generation: bytes.readUInt32BE(0), counter: bytes.readBigUInt64BE(4) }
}

function open({ key, salt }: Key, header: RecordHeader, record: Uint8Array, { generation, counter }: Numbers): Uint8Array {
  const decipher = createDecipheriv('aes-256-gcm', key, recordNonce(salt, counter))
  decipher.setAAD(recordData(header, generation, counter))
  decipher.setAuthTag(record.subarray(record.length - 16))
  try {
    return join(decipher.update(record.subarray(12, record.length - 16)), decipher.final())
  } catch {
    throw new RecordFault('The tag of a record is wrong.')
  }
}

/** A direction of a pairwise channel: its chain of generations (RA-SEC-210, RA-SEC-211). */
class Chain {
  generation = 0
  #secret: Uint8Array
  current: Key

  constructor(secret: Uint8Array) {
    this.#secret = secret
    this.current = keyOf(secret)
  }

  /** The key of the generation after this one. */
  following(): Key {
    return keyOf(this.#following())
  }

  advance(): void {
    this.#secret = this.#following()
    this.current = keyOf(this.#secret)
    this.generation++
  }

  #following(): Uint8Array {
    return hkdfExpand(this.#secret, utf8('RA1-record-next'), 32)
  }
}

const keyOf = (secret: Uint8Array): Key => ({ key: hkdfExpand(secret, utf8('RA1-record-key'), 32), salt: hkdfExpand(secret, utf8('RA1-record-salt'), 12) })

/** Seals one direction of a pairwise channel. */
export class PairSealer {
  readonly #chain: Chain
  #counter = 0n

  constructor(secret: Uint8Array) {
    this.#chain = new Chain(secret)
  }

  /** Counter of the record sealed last. */
  get counter(): bigint {
    return this.#counter
  }

  get generation(): number {
    return this.#chain.generation
  }

  /** Goes on to the next generation. */
  advance(): void {
    this.#chain.advance()
  }

  /** The next record; `skip` leaves out so many counters before it. */
  seal(header: RecordHeader, plaintext: Uint8Array, skip = 0): Uint8Array {
    this.#counter += 1n + BigInt(skip)
    return seal(this.#chain.current, header, this.#chain.generation, this.#counter, plaintext)
  }
}

/** Opens one direction of a pairwise channel. After a record that it refused it opens no other. */
export class PairOpener {
  readonly #chain: Chain
  #counter = 0n
  #refused = false

  constructor(secret: Uint8Array) {
    this.#chain = new Chain(secret)
  }

  get generation(): number {
    return this.#chain.generation
  }

  /** The plaintext. Throws `RecordFault` with what is wrong. */
  open(header: RecordHeader, record: Uint8Array): Uint8Array {
    if (this.#refused) throw new RecordFault('A record before it was refused.')
    this.#refused = true
    const numbers = recordNumbers(record)
    const { generation, counter } = numbers
    if (header.targets.length !== 1) throw new RecordFault(`A pairwise record for ${header.targets.length} targets.`)
    if (counter !== this.#counter + 1n) throw new RecordFault(`Counter ${counter} came after ${this.#counter}.`)
    const ahead = generation - this.#chain.generation
    if (ahead !== 0 && ahead !== 1) throw new RecordFault(`Generation ${generation} came in ${this.#chain.generation}.`)
    const plaintext = open(ahead === 0 ? this.#chain.current : this.#chain.following(), header, record, numbers)
    if (ahead === 1) this.#chain.advance()
    this.#counter = counter
    this.#refused = false
    return plaintext
  }
}

/** The key of a media epoch. */
export interface EpochKey extends Key {
  readonly epoch: number
}

/** Seals an epoch of MEDIA. */
export class MediaSealer {
  #counter = 0n

  constructor(readonly epoch: EpochKey) {}

  seal(header: RecordHeader, plaintext: Uint8Array, skip = 0): Uint8Array {
    this.#counter += 1n + BigInt(skip)
    return seal(this.epoch, header, this.epoch.epoch, this.#counter, plaintext)
  }
}

/** Opens MEDIA of one customer. */
export class MediaOpener {
  #epoch: EpochKey | undefined
  #counter = 0n

  get epoch(): number {
    return this.#epoch?.epoch ?? 0
  }

  /** Takes a `MediaKey`. Throws `RecordFault` if its epoch is not greater than the last one's. */
  take(key: EpochKey): void {
    if (this.#epoch !== undefined && key.epoch <= this.#epoch.epoch) throw new RecordFault(`Media epoch ${key.epoch} came after ${this.#epoch.epoch}.`)
    this.#epoch = key
    this.#counter = 0n
  }

  open(header: RecordHeader, record: Uint8Array): Uint8Array {
    const numbers = recordNumbers(record)
    if (this.#epoch === undefined || numbers.generation !== this.#epoch.epoch) {
      throw new RecordFault(`MEDIA of epoch ${numbers.generation} came in epoch ${this.#epoch?.epoch ?? 'none'}.`)
    }
    if (numbers.counter <= this.#counter) throw new RecordFault(`Counter ${numbers.counter} of MEDIA came after ${this.#counter}.`)
    const plaintext = open(this.#epoch, header, record, numbers)
    this.#counter = numbers.counter
    return plaintext
  }
}
