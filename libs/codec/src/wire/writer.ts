import { EncodeError } from '../errors.js'
import { badSize, outOfRange, unsendable } from './refusals.js'
import { writeUtf8 } from './text.js'

/** Bytes up to this length are copied at once; longer ones are referred to until the message is assembled. */
const COPY_AT_ONCE_BYTES = 256

/** Strings up to this many UTF-16 units are worth an attempt at writing them as ASCII; less than 128. */
const SHORT_TEXT = 48

/** Messages up to this length are copied byte by byte, which is faster than a call. */
const TINY_BYTES = 64

const INITIAL_SCRATCH_BYTES = 512

/**
 * Writes protobuf values, each within its limits, and assembles a message with one exact allocation in which every large `bytes` value is copied once.
 * Throws `EncodeError` for what its receiver would refuse; the cause is the `DecodeError` that it would have.
 *
 * Everything small goes to a scratch buffer that is kept for the next message. Of large `bytes` only a reference is kept, with its place in the scratch.
 * A length prefix gets one byte at `fork`; if `join` finds that it needs more, the few scratch bytes behind it move up, while large values stay where they are.
 * It is what the generated codecs write to; not for use elsewhere.
 */
export class BinaryWriter {
  private scratch = new Uint8Array(INITIAL_SCRATCH_BYTES)
  private pos = 0
  /** Large values and where in the scratch each goes; how many are in use, and their bytes in all. */
  private readonly large: Uint8Array[] = []
  private readonly largeAt: number[] = []
  private largeBytes = 0
  /** The place in the scratch of each open `fork`, and how many are open. */
  private readonly forks: number[] = []
  private open = 0

  /** How many bytes are written so far. */
  get length(): number {
    return this.pos + this.largeBytes
  }

  /** Returns what was written, in a buffer of its own of exactly that length, and begins anew. */
  finish(): Uint8Array<ArrayBuffer> {
    const bytes = this.large.length === 0 && this.pos > TINY_BYTES ? this.scratch.slice(0, this.pos) : this.assemble()
    this.reset()
    return bytes
  }

  /** Forgets what was written. */
  reset(): void {
    this.pos = 0
    this.open = 0
    if (this.large.length === 0) return
    this.large.length = 0
    this.largeAt.length = 0
    this.largeBytes = 0
  }

  /** Begins a length-delimited part. */
  fork(): this {
    this.reserve(1)
    this.forks[this.open++] = this.pos++
    return this
  }

  /** Ends the part that the last open `fork` began, and puts its length before it. */
  join(): this {
    const at = this.forks[--this.open] as number
    let length = this.pos - at - 1
    let firstLarge = this.large.length
    while (firstLarge > 0 && (this.largeAt[firstLarge - 1] as number) > at) length += (this.large[--firstLarge] as Uint8Array).length
    if (length < 0x80) this.scratch[at] = length
    else this.insertLength(at, length, firstLarge)
    return this
  }

  /** Writes a tag, 8–255. */
  tag(tag: number): this {
    this.putUint32(tag)
    return this
  }

  /** Writes an unsigned integer of 32 bits. Throws `EncodeError` for anything else. */
  uint32(value: number): void {
    if (value >>> 0 !== value) throw new EncodeError(`${value} is not an unsigned 32-bit integer`)
    this.putUint32(value)
  }

  /** Writes an unsigned integer or an enum, from `min` to `max`, or 0 if that is fine as well. */
  within(value: number, path: string, min: number, max: number, orZero = false): void {
    if (value >>> 0 !== value) throw new EncodeError(`${value} is not an unsigned 32-bit integer`)
    if ((value < min || value > max) && !(orZero && value === 0)) throw unsendable(outOfRange(path, value, min, max, orZero))
    this.putUint32(value)
  }

  /** Writes a signed integer of 32 bits in zigzag form. Throws `EncodeError` for anything else. */
  sint32(value: number): void {
    if ((value | 0) !== value) throw new EncodeError(`${value} is not a signed 32-bit integer`)
    this.putUint32(((value << 1) ^ (value >> 31)) >>> 0)
  }

  /** Writes a signed integer in zigzag form, from `min` to `max`. */
  sint32Within(value: number, path: string, min: number, max: number): void {
    this.sint32(value)
    if (value < min || value > max) throw unsendable(outOfRange(path, value, min, max))
  }

  /** Writes an unsigned integer of 64 bits. Throws `EncodeError` for anything else. */
  uint64(value: bigint): void {
    this.reserve(10)
    const number = Number(value)
    if (number >= 0 && number <= Number.MAX_SAFE_INTEGER) this.pos = putVarint(this.scratch, this.pos, number)
    else this.pos = putBigVarint(this.scratch, this.pos, value)
  }

  /** Writes an unsigned integer of 64 bits, from `min` to `max`. */
  uint64Within(value: bigint, path: string, min: bigint, max: bigint): void {
    this.uint64(value)
    if (value < min || value > max) throw unsendable(outOfRange(path, value, min, max))
  }

  /** Writes a boolean. */
  bool(value: boolean): void {
    this.reserve(1)
    this.scratch[this.pos++] = value ? 1 : 0
  }

  /** Writes a string as UTF-8, a lone surrogate as U+FFFD, and returns its size: from `min` to `max` bytes, or 0 if that is fine as well. */
  string(value: string, path: string, min: number, max: number, orEmpty = false): number {
    const size = this.putText(value)
    if ((size < min || size > max) && !(orEmpty && size === 0)) throw unsendable(badSize(path, size, min, max))
    return size
  }

  /** Writes bytes, from `min` to `max` of them, or none if that is fine as well, and returns their size. They must not change until the message is finished. */
  bytes(value: Uint8Array, path: string, min: number, max: number, orEmpty = false): number {
    const size = value.length
    if ((size < min || size > max) && !(orEmpty && size === 0)) throw unsendable(badSize(path, size, min, max))
    this.putUint32(size)
    if (size <= COPY_AT_ONCE_BYTES) {
      this.reserve(size)
      this.scratch.set(value, this.pos)
      this.pos += size
    } else {
      this.large.push(value)
      this.largeAt.push(this.pos)
      this.largeBytes += size
    }
    return size
  }

  /** Writes text behind its size, and returns that. */
  private putText(value: string): number {
    const { length } = value
    this.reserve(length * 3 + 5)
    if (length <= SHORT_TEXT && putAscii(this.scratch, this.pos + 1, value)) {
      this.scratch[this.pos] = length
      this.pos += length + 1
      return length
    }
    this.fork()
    const size = writeUtf8(value, this.scratch.subarray(this.pos))
    this.pos += size
    this.join()
    return size
  }

  private putUint32(value: number): void {
    this.reserve(5)
    if (value < 0x80) this.scratch[this.pos++] = value
    else this.pos = putVarint(this.scratch, this.pos, value)
  }

  /** Puts a length of several bytes at `at`, where one is free, and moves up what is behind it. */
  private insertLength(at: number, length: number, firstLarge: number): void {
    const more = varintSize(length) - 1
    this.reserve(more)
    this.scratch.copyWithin(at + 1 + more, at + 1, this.pos)
    for (let i = firstLarge; i < this.largeAt.length; i++) this.largeAt[i] = (this.largeAt[i] as number) + more
    this.pos += more
    putVarint(this.scratch, at, length)
  }

  private assemble(): Uint8Array<ArrayBuffer> {
    const { scratch, large, largeAt } = this
    const bytes = new Uint8Array(this.length)
    let from = 0
    let to = 0
    for (let i = 0; i < large.length; i++) {
      const at = largeAt[i] as number
      const value = large[i] as Uint8Array
      for (; from < at; from++) bytes[to++] = scratch[from] as number
      bytes.set(value, to)
      to += value.length
    }
    for (; from < this.pos; from++) bytes[to++] = scratch[from] as number
    return bytes
  }

  private reserve(bytes: number): void {
    if (this.pos + bytes > this.scratch.length) this.grow(bytes)
  }

  private grow(bytes: number): void {
    const grown = new Uint8Array(Math.max(this.scratch.length * 2, this.pos + bytes))
    grown.set(this.scratch)
    this.scratch = grown
  }
}

/** Returns how many bytes a varint takes; `value` is an integer, 0–2^53−1. */
export function varintSize(value: number): number {
  let size = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++
  return size
}

/** Writes an integer, 0–2^53−1, as a varint at `at`, and returns the place behind it. */
export function putVarint(bytes: Uint8Array, at: number, value: number): number {
  let pos = at
  let rest = value
  while (rest > 0x7fff_ffff) {
    bytes[pos++] = (rest % 0x80) | 0x80
    rest = Math.floor(rest / 0x80)
  }
  while (rest >= 0x80) {
    bytes[pos++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  bytes[pos++] = rest
  return pos
}

function putBigVarint(bytes: Uint8Array, at: number, value: bigint): number {
  if (BigInt.asUintN(64, value) !== value) throw new EncodeError(`${value} is not an unsigned 64-bit integer`)
  let pos = at
  let rest = value
  while (rest >= 0x80n) {
    bytes[pos++] = Number(rest & 0x7fn) | 0x80
    rest >>= 7n
  }
  bytes[pos++] = Number(rest)
  return pos
}

/** Writes a string if it is ASCII; else returns false, and what was written does not count. */
function putAscii(bytes: Uint8Array, at: number, value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i)
    if (unit >= 0x80) return false
    bytes[at + i] = unit
  }
  return true
}
