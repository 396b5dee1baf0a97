import type { DecodeErrorCode } from '@remote-assist/codec'

/** The wire type of numbers. */
export const VARINT = 0

/** The wire type of strings, bytes, messages and packed numbers. */
export const DELIMITED = 2

const FIXED_SIZES: { readonly [wireType: number]: bigint } = { 1: 8n, 5: 4n }

/** The bytes cannot be taken apart any further. */
export class Unreadable extends Error {
  readonly code: DecodeErrorCode

  constructor(code: DecodeErrorCode) {
    super(code)
    this.code = code
  }
}

/** Takes bytes apart, with arithmetic that does not round. */
export class Cursor {
  private at = 0
  private readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  get done(): boolean {
    return this.at === this.bytes.length
  }

  tag(): { readonly number: number; readonly wireType: number } {
    const from = this.at
    const tag = this.varint()
    if (this.at - from > 5) throw new Unreadable('BAD_TAG')
    if (tag < 8n || tag >= 1n << 32n) throw new Unreadable('BAD_TAG')
    return { number: Number(tag >> 3n), wireType: Number(tag & 7n) }
  }

  value(wireType: number): bigint | Uint8Array {
    if (wireType === VARINT) return this.varint()
    const size = wireType === DELIMITED ? this.varint() : FIXED_SIZES[wireType]
    if (size === undefined) throw new Unreadable('BAD_WIRE_TYPE')
    if (size > BigInt(this.bytes.length - this.at)) throw new Unreadable('TRUNCATED')
    this.at += Number(size)
    return this.bytes.subarray(this.at - Number(size), this.at)
  }

  varint(): bigint {
    let value = 0n
    for (let i = 0n; i < 10n; i++) {
      const byte = this.bytes[this.at++]
      if (byte === undefined) throw new Unreadable('TRUNCATED')
      value |= BigInt(byte & 0x7f) << (7n * i)
      if (byte < 0x80 && value < 1n << 64n) return value
      if (byte < 0x80) break
    }
    throw new Unreadable('BAD_VARINT')
  }
}
