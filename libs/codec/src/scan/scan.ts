import { DecodeError } from '../errors.js'
import type { FieldShape, Shape } from './shape.js'

/** The counters of repeated fields, 8 for each depth, which the schema keeps below 16. */
const items = new Float64Array(16 * 8)
const itemBytes = new Float64Array(16 * 8)

/** The wire type of strings, bytes, messages and packed numbers. */
const DELIMITED = 2

/** Where the varint that was read last ended. */
let next = 0

/**
 * Approves the bytes of one message, `start` to `end`, before anything is allocated for them, or throws `DecodeError`.
 *
 * What passes: every known field has its wire type, occurs once unless repeated, and is within its limits; what may not be empty is there; lengths
 * add up; unknown fields are well-formed. Whether strings are UTF-8 is left to the reader, which has to look at each byte anyway.
 */
export function scan(shape: Shape, bytes: Uint8Array, start: number, end: number): void {
  scanMessage(shape, bytes, start, end, 0)
}

function scanMessage(shape: Shape, bytes: Uint8Array, start: number, end: number, depth: number): void {
  const { fields, required, repeated } = shape
  const counters = depth * 8
  for (let i = 0; i < repeated.length; i++) {
    items[counters + i] = 0
    itemBytes[counters + i] = 0
  }
  let seen = 0
  let pos = start
  while (pos < end) {
    let tag = bytes[pos] as number
    if (tag < 0x80) pos++
    else {
      tag = readVarint(bytes, pos, end)
      pos = next
    }
    const field = tag < 256 ? fields[tag >>> 3] : undefined
    if (field === undefined) {
      pos = skipUnknown(tag, bytes, pos, end)
      continue
    }
    const { once } = field
    if ((seen & once) !== 0) throw new DecodeError('DUPLICATE_FIELD', `${field.path} occurs twice, or beside another member of its oneof`)
    seen |= once
    // A number, or a length: mostly of one byte or two. If it runs past the end, the loop ends beyond it, or finds no byte at all.
    let value = bytes[pos] as number
    const second = bytes[pos + 1] as number
    if (value < 0x80) pos++
    else if (second < 0x80) {
      value = (value & 0x7f) | (second << 7)
      pos += 2
    } else {
      value = readVarint(bytes, pos, end)
      pos = next
    }
    if (tag !== field.tag) {
      if (!field.packable || (tag & 7) !== DELIMITED) throw new DecodeError('BAD_WIRE_TYPE', `${field.path} has another wire type than the schema says`)
      checkLength(field, value, end - pos)
      scanPacked(field, bytes, pos, pos + value, counters + field.counter)
      pos = (pos + value) | 0
    } else if ((tag & 7) === DELIMITED) {
      checkLength(field, value, end - pos)
      if (once === 0) countItem(field, counters + field.counter, value)
      if (field.message !== undefined) scanMessage(field.message, bytes, pos, pos + value, depth + 1)
      else if (value < field.low || value > field.high) checkSize(field, value)
      pos = (pos + value) | 0
    } else {
      if (once === 0) countItem(field, counters + field.counter, 0)
      if (value < field.low || value > field.high) checkNumber(field, value)
    }
  }
  if (pos > end) throw new DecodeError('TRUNCATED', `a field of ${shape.name} runs past its end`)
  if ((seen & required) !== required) throw missing(shape, required & ~seen)
  for (let i = 0; i < repeated.length; i++) checkFewest(repeated[i] as FieldShape, items[counters + i] as number)
}

function scanPacked(field: FieldShape, bytes: Uint8Array, start: number, end: number, counter: number): void {
  let pos = start
  while (pos < end) {
    countItem(field, counter, 0)
    checkNumber(field, readVarint(bytes, pos, end))
    pos = next
  }
}

function checkLength(field: FieldShape, length: number, room: number): void {
  if (length > room) throw new DecodeError('TRUNCATED', `${field.path} runs past the end of its message`)
}

function checkSize(field: FieldShape, length: number): void {
  if (length > field.max) throw new DecodeError('FIELD_TOO_LARGE', `${field.path} has ${length} bytes; at most ${field.max} are allowed`)
  if (length < field.min && !(length === 0 && field.optional)) {
    throw new DecodeError('FIELD_TOO_SMALL', `${field.path} has ${length} bytes; at least ${field.min} are needed`)
  }
}

function checkNumber(field: FieldShape, raw: number): void {
  const value = field.zigzag && raw <= 0xffff_ffff ? (raw >>> 1) ^ -(raw & 1) : raw
  if (value > field.max || (value < field.min && !(value === 0 && field.optional))) {
    throw new DecodeError('OUT_OF_RANGE', `${field.path} is ${value}; ${field.min} to ${field.max} are allowed${field.optional ? ', or 0' : ''}`)
  }
}

function countItem(field: FieldShape, counter: number, length: number): void {
  const count = (items[counter] as number) + 1
  const total = (itemBytes[counter] as number) + length
  if (count > field.maxItems) throw new DecodeError('TOO_MANY_ITEMS', `${field.path} has more than ${field.maxItems} items`)
  if (total > field.maxTotalBytes) throw new DecodeError('FIELD_TOO_LARGE', `${field.path} has more than ${field.maxTotalBytes} bytes in all`)
  items[counter] = count
  itemBytes[counter] = total
}

function checkFewest(field: FieldShape, count: number): void {
  if (count < field.minItems) throw new DecodeError('TOO_FEW_ITEMS', `${field.path} has ${count} items; at least ${field.minItems} are needed`)
}

/**
 * Reads a varint of at most 64 bits at `pos`, and leaves the place behind it in `next`; beyond 2^53 the value is rounded.
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
  throw new DecodeError('BAD_VARINT', 'a varint is larger than 64 bits')
}

/** Returns the place behind the varint that was read last. */
export function afterVarint(): number {
  return next
}

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

function missing({ name, fields }: Shape, bits: number): DecodeError {
  const field = fields.find(candidate => candidate !== undefined && (candidate.once & bits) !== 0)
  return new DecodeError('MISSING_FIELD', `${field?.path ?? name} is missing`)
}
