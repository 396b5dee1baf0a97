// Messages with exactly one thing wrong, each with a sentence that says what. What a receiver says to it is stated here, and not asked of the decoder: the tests do.
import { LIMITS } from '@remote-assist/codec'

const VARINT = 0
const DELIMITED = 2
const GROUP = 3
/** A number that no field has. */
const UNKNOWN = 99
/** A field whose limit is larger is left to the limits of others: the file is to stay small. */
const MOST_BYTES = 256
const MOST_ITEMS = 64

const HIGHEST = { uint32: 2n ** 32n - 1n, sint32: 2n ** 31n - 1n, uint64: 2n ** 64n - 1n, bool: 1n, enum: 2n ** 31n - 1n }

const isDelimited = ({ type }) => type === 'string' || type === 'bytes' || type === 'message'

/** Bytes of a number, seven bits a byte. */
function varint(value) {
  const bytes = []
  let rest = BigInt(value)
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return [...bytes, Number(rest)]
}

const numbered = (number, value) => [...varint(number * 8 + VARINT), ...varint(value)]
const delimited = (number, bytes) => [...varint(number * 8 + DELIMITED), ...varint(bytes.length), ...bytes]
const repeat = (byte, length) => new Array(length).fill(byte)
const zigzag = value => (value < 0n ? -2n * value - 1n : 2n * value)

/** The fields of a message, one after the other: `{ number, bytes }`, tag and all. */
export function fieldsOf(message) {
  const fields = []
  for (let at = 0; at < message.length; ) {
    const from = at
    const read = () => {
      let value = 0n
      for (let shift = 0n; ; shift += 7n) {
        const byte = message[at++]
        value |= BigInt(byte & 0x7f) << shift
        if (byte < 0x80) return value
      }
    }
    const tag = read()
    const value = read()
    if (Number(tag & 7n) === DELIMITED) at += Number(value)
    fields.push({ number: Number(tag >> 3n), bytes: [...message.subarray(from, at)] })
  }
  return fields
}

const joined = fields => fields.flatMap(({ bytes }) => bytes)

/** The same in other bytes: `{ comment, flag, bytes }`. */
export function rewritten(message) {
  const fields = fieldsOf(message)
  const others = [{ comment: 'a field that nobody knows is between', flag: 'UnknownField', bytes: [...numbered(UNKNOWN, 7), ...message] }]
  const isReversible = new Set(fields.map(({ number }) => number)).size === fields.length && fields.length > 1
  return isReversible ? [...others, { comment: 'its fields are in the opposite order', flag: 'OtherOrder', bytes: joined(fields.toReversed()) }] : others
}

/** All that can be wrong with a message of the type, of which this is a sound one: `{ comment, flag, bytes }`, the flag being a `DecodeErrorCode`. */
export function spoilt(type, message) {
  const fields = fieldsOf(message)
  return [...ofBytes(message), ...LIMITS[type].flatMap(limit => [...ofField(limit, LIMITS[type], fields)])]
}

function* ofBytes(message) {
  if (message.length > 0) yield { comment: 'the last byte is missing', flag: 'TRUNCATED', bytes: [...message.slice(0, -1)] }
  yield { comment: 'an unknown field is longer than the message', flag: 'TRUNCATED', bytes: [...message, ...varint(UNKNOWN * 8 + DELIMITED), 5, 1] }
  yield { comment: 'a field has the number 0', flag: 'BAD_TAG', bytes: [...message, 0, 1] }
  yield { comment: 'a field has the number 536,870,912', flag: 'BAD_TAG', bytes: [...message, ...varint(2n ** 32n), 1] }
  yield { comment: 'a varint has eleven bytes', flag: 'BAD_VARINT', bytes: [...message, ...varint(UNKNOWN * 8), ...repeat(0x80, 10), 1] }
  yield { comment: 'a varint has more than 64 bits', flag: 'BAD_VARINT', bytes: [...message, ...varint(UNKNOWN * 8), ...repeat(0xff, 9), 2] }
  yield { comment: 'there is a group', flag: 'BAD_WIRE_TYPE', bytes: [...message, ...varint(UNKNOWN * 8 + GROUP), ...varint(UNKNOWN * 8 + GROUP + 1)] }
}

function* ofField(limit, limits, fields) {
  const { name, number } = limit
  const rivals = limits.filter(one => one !== limit && one.oneof !== undefined && one.oneof === limit.oneof)
  const rival = rivals.find(one => fields.some(field => field.number === one.number))
  const own = fields.filter(field => field.number === number)
  const without = joined(fields.filter(field => field.number !== number && field.number !== rival?.number))
  const present = own[0]
  if (rival !== undefined && mayBeEmpty(limit))
    yield { comment: `${rival.name} and ${name} are there, of which one can be`, flag: 'DUPLICATE_FIELD', bytes: [...joined(fields), ...delimited(number, [])] }
  if (!limit.repeated && present !== undefined)
    yield { comment: `${name} is there twice`, flag: 'DUPLICATE_FIELD', bytes: [...joined(fields), ...present.bytes] }
  if (isDelimited(limit)) yield { comment: `${name} is a number`, flag: 'BAD_WIRE_TYPE', bytes: [...without, ...numbered(number, 1)] }
  else if (!limit.repeated) yield { comment: `${name} is bytes`, flag: 'BAD_WIRE_TYPE', bytes: [...without, ...delimited(number, [1])] }
  if (limit.repeated) yield* ofItems(limit, own, without)
  else if (isRequired(limit)) yield { comment: `${name} is missing`, flag: 'MISSING_FIELD', bytes: without }
  if (isDelimited(limit)) yield* ofLength(limit, without)
  else yield* ofNumber(limit, without)
}

/** Whether it is a message of which every field may be absent. */
const mayBeEmpty = ({ type, message }) => type === 'message' && LIMITS[message].every(limit => (limit.minItems ?? 0) === 0 && !isRequired(limit))

const isRequired = limit => !limit.repeated && lowestOf(limit) > 0n && !limit.optional && limit.oneof === undefined

function* ofItems({ name, minItems = 0, maxItems }, own, without) {
  const [item] = own
  if (minItems > 0) yield { comment: `${name} has ${minItems - 1} items`, flag: 'TOO_FEW_ITEMS', bytes: [...without, ...joined(own.slice(0, minItems - 1))] }
  if (item === undefined || maxItems > MOST_ITEMS) return
  yield { comment: `${name} has ${maxItems + 1} items`, flag: 'TOO_MANY_ITEMS', bytes: [...without, ...joined(new Array(maxItems + 1).fill(item))] }
}

function* ofLength({ name, number, type, minBytes = 0, maxBytes, optional }, without) {
  if (type === 'message') return
  const of = length => [...without, ...delimited(number, repeat(0x61, length))]
  if (minBytes > 1 || (minBytes === 1 && !optional))
    yield { comment: `${name} has ${bytesText(minBytes - 1)}`, flag: 'FIELD_TOO_SMALL', bytes: of(minBytes - 1) }
  if (maxBytes <= MOST_BYTES) yield { comment: `${name} has ${bytesText(maxBytes + 1)}`, flag: 'FIELD_TOO_LARGE', bytes: of(maxBytes + 1) }
  if (type !== 'string' || maxBytes < 2) return
  const length = Math.max(2, minBytes)
  yield { comment: `${name} is no UTF-8`, flag: 'BAD_UTF8', bytes: [...without, ...delimited(number, [...repeat(0x61, length - 2), 0xc3, 0x28])] }
  if (length + 1 > maxBytes) return
  const surrogate = [...repeat(0x61, Math.max(0, minBytes - 3)), 0xed, 0xa0, 0x80]
  if (surrogate.length <= maxBytes)
    yield { comment: `${name} has half a character of UTF-16`, flag: 'BAD_UTF8', bytes: [...without, ...delimited(number, surrogate)] }
}

const bytesText = count => (count === 1 ? '1 byte' : `${count} bytes`)

function* ofNumber(limit, without) {
  const { name, number, type, optional } = limit
  const write = value => (type === 'sint32' ? zigzag(value) : value)
  const wrong = value => ({ comment: `${name} is ${value}`, flag: 'OUT_OF_RANGE', bytes: [...without, ...numbered(number, write(value))] })
  const lowest = lowestOf(limit)
  const highest = limit.max === undefined ? HIGHEST[type] : BigInt(limit.max)
  if (lowest > 0n && !(optional && lowest === 1n)) yield wrong(lowest - 1n)
  if (lowest < 0n && lowest > -(2n ** 31n)) yield wrong(lowest - 1n)
  if (highest < HIGHEST.uint64) yield wrong(highest + 1n)
}

const lowestOf = limit =>
  limit.type === 'string' || limit.type === 'bytes' ? BigInt(limit.minBytes ?? 0) : BigInt(limit.min ?? (limit.type === 'sint32' ? -(2 ** 31) : 0))
