import { DecodeError } from '../errors.js'

/** Where the varint that was read last ended. */
let next = 0

/**
 * Reads a varint of at most 64 bits at `pos`, and leaves the place behind it in `afterVarint`; beyond 2^53 the value is rounded.
 * Throws `DecodeError` where it does not end before `end`.
 */
export function readVarint(bytes: Uint8Array, pos: number, end: number): number {
  if (pos + 3 > end) return readLongVarint(bytes, pos, end)
  const first = bytes[pos] as number
  if (first < 0x80) {
    next = pos + 1
    return first
  }
  const second = bytes[pos + 1] as number
  if (second < 0x80) {
    next = pos + 2
    return (first & 0x7f) | (second << 7)
  }
  const third = bytes[pos + 2] as number
  if (third < 0x80) {
    next = pos + 3
    return (first & 0x7f) | ((second & 0x7f) << 7) | (third << 14)
  }
  return readLongVarint(bytes, pos, end)
}

function readLongVarint(bytes: Uint8Array, pos: number, end: number): number {
  let value = 0
  let factor = 1
  for (let i = 0; i < 10; i++) {
    if (pos + i >= end) throw new DecodeError('TRUNCATED', 'a varint runs past the end')
    const byte = bytes[pos + i] as number
    if (i === 9 && byte > 1) break
    value += (byte & 0x7f) * factor
    if (byte < 0x80) {
      next = pos + i + 1
      return value
    }
    factor *= 0x80
  }
  throw badVarint()
}

/** The most bytes that a tag takes; no other reader of protobuf takes a longer one either. */
const MAX_TAG_BYTES = 5

/** Reads a tag. Throws `DecodeError` BAD_TAG for one in more than five bytes; what number and type it has, is for the caller to judge. */
export function readTag(bytes: Uint8Array, pos: number, end: number): number {
  const tag = readVarint(bytes, pos, end)
  if (next - pos > MAX_TAG_BYTES) throw new DecodeError('BAD_TAG', 'a tag is longer than five bytes')
  return tag
}

/** Returns the place behind the varint that was read last. */
export function afterVarint(): number {
  return next
}

/** Returns the error for a varint that does not end in time, or is too large. */
export const badVarint = (): DecodeError => new DecodeError('BAD_VARINT', 'a varint is larger than 64 bits')

/** Passes over a field that the schema does not have, and returns the place behind it. */
export function skipUnknown(tag: number, bytes: Uint8Array, pos: number, end: number): number {
  if (tag < 8 || tag > 0xffff_ffff) throw new DecodeError('BAD_TAG', 'a field number is outside 1–536,870,911')
  const wireType = tag & 7
  let after = pos
  if (wireType === 0) {
    readVarint(bytes, pos, end)
    return next
  }
  if (wireType === 1) after += 8
  else if (wireType === 5) after += 4
  else if (wireType === 2) {
    const length = readVarint(bytes, pos, end)
    after = next + length
  } else throw new DecodeError('BAD_WIRE_TYPE', `wire type ${wireType} is not used`)
  if (after > end) throw new DecodeError('TRUNCATED', 'an unknown field runs past the end of its message')
  return after
}
