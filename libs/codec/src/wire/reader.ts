import { DecodeError } from '../errors.js'
import { badSize, outOfRange, truncated } from './refusals.js'
import { readUtf8 } from './text.js'
import { afterVarint, badVarint, readTag, readVarint, skipUnknown } from './varint.js'

/** The value of every `bytes` field that was not sent. */
export const NO_BYTES: Uint8Array = new Uint8Array(0)

/** Strings up to this many bytes are put together here, which is faster than a call of the platform. */
const SHORT_TEXT = 12

const HIGHEST_UINT32 = 0xffff_ffff

/** A 64-bit number and its halves, the lower one first wherever the platform has it. */
const halves = new Uint32Array(2)
const whole = new BigUint64Array(halves.buffer)
whole[0] = 1n
const LOW = halves[0] === 1 ? 0 : 1
const HIGH = 1 - LOW

/**
 * Reads protobuf values, each within its limits, before anything is allocated for it; `bytes` are views of the input, never copies. Throws `DecodeError`.
 *
 * It is what the generated codecs read from; not for use elsewhere. `path` is the field's name in errors.
 */
export class BinaryReader {
  /** The next byte to read. */
  pos = 0
  /** Where the message that is being read ends. */
  end: number
  private readonly input: Uint8Array
  /** The memory behind the input, and where in it the input begins; looked up once, when the first view is made. */
  private memory: ArrayBufferLike | undefined = undefined
  private memoryOffset = 0

  constructor(input: Uint8Array) {
    this.input = input
    this.end = input.length
  }

  /** Begins a message of this length, or of all that is left, and returns where the one around it ends, for `leave`. */
  enter(length: number = this.end - this.pos): number {
    const outer = this.end
    this.end = this.pos + length
    return outer
  }

  /** Ends a message, and goes on with the one around it. */
  leave(outer: number): void {
    this.end = outer
  }

  /** Reads a tag, of at most five bytes. */
  tag(): number {
    const { input, pos, end } = this
    const first = input[pos] as number
    if (first < 0x80 && pos < end) {
      this.pos = pos + 1
      return first
    }
    const tag = readTag(input, pos, end)
    this.pos = afterVarint()
    return tag
  }

  /** Reads a number without limits but 64 bits; beyond 2^53 it is rounded. */
  varint(): number {
    const { input, pos, end } = this
    const first = input[pos] as number
    if (first < 0x80 && pos < end) {
      this.pos = pos + 1
      return first
    }
    const second = input[pos + 1] as number
    if (second < 0x80 && pos + 1 < end) {
      this.pos = pos + 2
      return (first & 0x7f) | (second << 7)
    }
    const value = readVarint(input, pos, end)
    this.pos = afterVarint()
    return value
  }

  /** Reads an unsigned integer of 32 bits. */
  uint32(path: string): number {
    const value = this.varint()
    if (value > HIGHEST_UINT32) throw outOfRange(path, value, 0, HIGHEST_UINT32)
    return value
  }

  /** Reads an unsigned integer or an enum, from `min` to `max`, or 0 if that is fine as well. */
  within(path: string, min: number, max: number, orZero = false): number {
    const value = this.varint()
    if ((value < min || value > max) && !(orZero && value === 0)) throw outOfRange(path, value, min, max, orZero)
    return value
  }

  /** Reads a signed integer of 32 bits in zigzag form. */
  sint32(path: string): number {
    const raw = this.uint32(path)
    return (raw >>> 1) ^ -(raw & 1)
  }

  /** Reads a signed integer in zigzag form, from `min` to `max`. */
  sint32Within(path: string, min: number, max: number): number {
    const value = this.sint32(path)
    if (value < min || value > max) throw outOfRange(path, value, min, max)
    return value
  }

  /** Reads an unsigned integer of 64 bits. */
  uint64(): bigint {
    const { input } = this
    let { pos } = this
    let low = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = input[pos++] as number
      low |= (byte & 0x7f) << shift
      if (byte < 0x80) return this.joined(pos, low, 0)
    }
    const middle = input[pos++] as number
    low |= middle << 28
    let high = (middle & 0x7f) >>> 4
    if (middle < 0x80) return this.joined(pos, low, high)
    for (let shift = 3; shift < 32; shift += 7) {
      const byte = input[pos++] as number
      high |= (byte & 0x7f) << shift
      if (byte < (shift === 31 ? 2 : 0x80)) return this.joined(pos, low, high)
    }
    if (pos > this.end) throw truncated('a varint')
    throw badVarint()
  }

  /** Reads an unsigned integer of 64 bits, from `min` to `max`. */
  uint64Within(path: string, min: bigint, max: bigint): bigint {
    const value = this.uint64()
    if (value < min || value > max) throw outOfRange(path, value, min, max)
    return value
  }

  /** Reads a boolean. */
  bool(path: string): boolean {
    return this.within(path, 0, 1) === 1
  }

  /** Reads the length of a part that lies within its message. */
  length(path: string): number {
    const length = this.varint()
    if (length > this.end - this.pos) throw truncated(path)
    return length
  }

  /** Reads the length of a string or bytes, from `min` to `max`, or 0 if that is fine as well. */
  size(path: string, min: number, max: number, orEmpty = false): number {
    const size = this.length(path)
    if ((size < min || size > max) && !(orEmpty && size === 0)) throw badSize(path, size, min, max)
    return size
  }

  /** Reads a string, its length within limits. */
  string(path: string, min: number, max: number, orEmpty = false): string {
    return this.text(path, this.size(path, min, max, orEmpty))
  }

  /** Reads bytes, their length within limits: a view of the input. */
  bytes(path: string, min: number, max: number, orEmpty = false): Uint8Array {
    return this.view(this.size(path, min, max, orEmpty))
  }

  /** Reads the text of a string of this size. */
  text(path: string, size: number): string {
    const { input, pos } = this
    this.pos = pos + size
    if (size <= SHORT_TEXT) {
      const text = readShortAscii(input, pos, pos + size)
      if (text !== undefined) return text
    }
    try {
      return readUtf8(input.subarray(pos, pos + size))
    } catch {
      throw new DecodeError('BAD_UTF8', `${path} is not UTF-8`)
    }
  }

  /** Reads so many bytes: a view of the input. */
  view(size: number): Uint8Array {
    const { pos } = this
    this.pos = pos + size
    if (this.memory === undefined) {
      this.memory = this.input.buffer
      this.memoryOffset = this.input.byteOffset
    }
    return new Uint8Array(this.memory, this.memoryOffset + pos, size)
  }

  /** Passes over a field with this tag; `known` has a bit for each field number of the message, of which none may come with this wire type. */
  skip(tag: number, message: string, known: number): void {
    if (tag < 256 && ((known >>> (tag >>> 3)) & 1) !== 0) {
      throw new DecodeError('BAD_WIRE_TYPE', `field ${tag >>> 3} of ${message} has another wire type than the schema says`)
    }
    this.pos = skipUnknown(tag, this.input, this.pos, this.end)
  }

  private joined(pos: number, low: number, high: number): bigint {
    if (pos > this.end) throw truncated('a varint')
    this.pos = pos
    halves[LOW] = low
    halves[HIGH] = high
    return whole[0] as bigint
  }
}

/** Returns the text of these bytes if they are ASCII: four at a time, of which V8 makes a string at once. */
function readShortAscii(input: Uint8Array, start: number, end: number): string | undefined {
  let text = ''
  let pos = start
  for (; pos + 4 <= end; pos += 4) {
    const first = input[pos] as number
    const second = input[pos + 1] as number
    const third = input[pos + 2] as number
    const fourth = input[pos + 3] as number
    if ((first | second | third | fourth) >= 0x80) return undefined
    text += String.fromCharCode(first, second, third, fourth)
  }
  for (; pos < end; pos++) {
    const unit = input[pos] as number
    if (unit >= 0x80) return undefined
    text += String.fromCharCode(unit)
  }
  return text
}
