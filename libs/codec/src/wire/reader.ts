import { DecodeError } from '../errors.js'
import { readUtf8 } from './text.js'

/** The value of every `bytes` field that was not sent. */
export const NO_BYTES: Uint8Array = new Uint8Array(0)

/**
 * Reads protobuf values; `bytes` are views of the input, never copies. Throws `DecodeError` where the input ends too soon or is not UTF-8.
 *
 * It is what the generated codecs read from, over bytes that `scan` has approved; not for use elsewhere.
 */
export class BinaryReader {
  /** The next byte to read. */
  pos: number
  /** Where reading ends. */
  readonly len: number
  private readonly input: Uint8Array
  /** The memory behind the input, and where in it the input begins; looked up once, when the first view is made. */
  private memory: ArrayBufferLike | undefined
  private memoryOffset = 0

  constructor(input: Uint8Array, pos = 0, len = input.length) {
    this.input = input
    this.pos = pos
    this.len = len
  }

  /** Reads an unsigned integer of 32 bits, a tag or a length. */
  uint32(): number {
    const { input } = this
    let byte = input[this.pos++] as number
    if (byte < 0x80) return byte
    let value = byte & 0x7f
    for (let shift = 7; shift < 70; shift += 7) {
      byte = input[this.pos++] as number
      if (shift < 35) value |= (byte & 0x7f) << shift
      if (byte < 0x80) return this.within(value >>> 0)
    }
    throw new DecodeError('BAD_VARINT', 'a varint is longer than ten bytes')
  }

  /** Reads an enum. */
  int32(): number {
    return this.uint32() | 0
  }

  /** Reads a signed integer of 32 bits in zigzag form. */
  sint32(): number {
    const value = this.uint32()
    return (value >>> 1) ^ -(value & 1)
  }

  /** Reads an unsigned integer of 64 bits. */
  uint64(): bigint {
    const { input } = this
    let low = 0
    let factor = 1
    for (let i = 0; i < 7; i++) {
      const byte = input[this.pos++] as number
      low += (byte & 0x7f) * factor
      if (byte < 0x80) return BigInt(this.within(low))
      factor *= 0x80
    }
    const high = this.uint32()
    return BigInt.asUintN(64, (BigInt(high) << 49n) | BigInt(low))
  }

  /** Reads a boolean. */
  bool(): boolean {
    return this.uint32() !== 0
  }

  /** Reads a string. */
  string(): string {
    const length = this.uint32()
    const start = this.pos
    const end = start + length
    this.move(end)
    const { input } = this
    if (length <= 24) {
      let text = ''
      let i = start
      for (; i < end; i++) {
        const byte = input[i] as number
        if (byte >= 0x80) break
        text += String.fromCharCode(byte)
      }
      if (i === end) return text
    }
    try {
      return readUtf8(input.subarray(start, end))
    } catch {
      throw new DecodeError('BAD_UTF8', 'a string is not UTF-8')
    }
  }

  /** Reads bytes: a view of the input. */
  bytes(): Uint8Array {
    const length = this.uint32()
    const start = this.pos
    this.move(start + length)
    if (this.memory === undefined) {
      this.memory = this.input.buffer
      this.memoryOffset = this.input.byteOffset
    }
    return new Uint8Array(this.memory, this.memoryOffset + start, length)
  }

  /** Passes over a value of this wire type. */
  skip(wireType: number): void {
    if (wireType === 0) this.uint64()
    else if (wireType === 1) this.move(this.pos + 8)
    else if (wireType === 2) this.move(this.uint32() + this.pos)
    else if (wireType === 5) this.move(this.pos + 4)
    else throw new DecodeError('BAD_WIRE_TYPE', `wire type ${wireType} is not used`)
  }

  private move(pos: number): void {
    if (pos > this.len) throw new DecodeError('TRUNCATED', 'a value runs past the end')
    this.pos = pos
  }

  private within(value: number): number {
    if (this.pos > this.len) throw new DecodeError('TRUNCATED', 'a varint runs past the end')
    return value
  }
}
