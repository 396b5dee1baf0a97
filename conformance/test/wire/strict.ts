/** What a receiver says to a message, by the schema's options as the suite reads them: nothing here is shared with the codec that it judges. */
import protobuf from 'protobufjs'
import { type FieldLimit, limits, nameOf } from '../../src/wire/schema.js'

export type Refusal = 'MALFORMED' | 'TOO_LARGE' | 'INVALID_FIELD'

class Refused extends Error {
  constructor(readonly reason: Refusal) {
    super(reason)
  }
}

const LIMITS: ReadonlyMap<string, FieldLimit> = new Map(limits().map(limit => [`${limit.message} ${limit.number}`, limit]))
const NUMBERS: Readonly<Record<string, readonly [bigint, bigint]>> = {
  uint32: [0n, 2n ** 32n - 1n],
  sint32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
  bool: [0n, 1n],
}
const ENUM = [0n, 2n ** 31n - 1n] as const
const FIXED_BYTES: Readonly<Record<number, number>> = { 1: 8, 5: 4 }

/** How the message is refused; undefined: it is taken. */
export function refusalOf(type: protobuf.Type, bytes: Uint8Array): Refusal | undefined {
  try {
    readMessage(type, bytes)
    return undefined
  } catch (error) {
    if (error instanceof Refused) return error.reason
    throw error
  }
}

function readMessage(type: protobuf.Type, bytes: Uint8Array): void {
  const items = new Map<number, number>()
  const taken = new Set<string>()
  for (let at = 0; at < bytes.length; ) {
    const tag = varintAt(bytes, at)
    if (tag.value < 8n || tag.value >= 2n ** 32n) throw new Refused('MALFORMED')
    const wireType = Number(tag.value & 7n)
    const value = wireType === 0 || wireType === 2 ? varintAt(bytes, tag.end) : { value: 0n, end: tag.end }
    const length = wireType === 2 ? Number(value.value) : (FIXED_BYTES[wireType] ?? (wireType === 0 ? 0 : Number.NaN))
    if (!(value.end + length <= bytes.length)) throw new Refused('MALFORMED')
    at = value.end + length
    const field = type.fieldsById[Number(tag.value >> 3n)]?.resolve()
    if (field === undefined) continue
    const place = field.partOf?.name ?? field.name
    if (!field.repeated && !field.map && taken.has(place)) throw new Refused('MALFORMED')
    taken.add(place)
    readField(type, field, wireType === 2 ? bytes.subarray(value.end, at) : value.value, items)
  }
  for (const field of type.fieldsArray) {
    const limit = limitOf(type, field)
    if ((items.get(field.id) ?? 0) < (limit?.minItems ?? 0)) throw new Refused('INVALID_FIELD')
    const least = BigInt(limit?.minBytes ?? limit?.min ?? 0)
    const isOptional = limit?.optional === true || field.repeated || field.map || field.partOf !== null
    if (least > 0n && !isOptional && !taken.has(field.name)) throw new Refused('INVALID_FIELD')
  }
}

const limitOf = (type: protobuf.Type, field: protobuf.Field): FieldLimit | undefined => LIMITS.get(`${nameOf(type)} ${field.id}`)

function readField(type: protobuf.Type, field: protobuf.Field, value: bigint | Uint8Array, items: Map<number, number>): void {
  const limit = limitOf(type, field)
  const count = (): void => {
    items.set(field.id, (items.get(field.id) ?? 0) + 1)
    if ((items.get(field.id) ?? 0) > (limit?.maxItems ?? Number.POSITIVE_INFINITY)) throw new Refused('TOO_LARGE')
  }
  const isDelimited = field.map || field.type === 'string' || field.type === 'bytes' || field.resolvedType instanceof protobuf.Type
  if (typeof value === 'bigint') {
    if (isDelimited) throw new Refused('MALFORMED')
    count()
    checkNumber(field, limit, value)
  } else if (isDelimited) {
    count()
    if (field.resolvedType instanceof protobuf.Type && !field.map) readMessage(field.resolvedType, value)
    else if (!field.map) checkLength(field, limit, value)
  } else {
    if (!field.repeated) throw new Refused('MALFORMED')
    for (let at = 0; at < value.length; ) {
      const number = varintAt(value, at)
      at = number.end
      count()
      checkNumber(field, limit, number.value)
    }
  }
}

function checkLength(field: protobuf.Field, limit: FieldLimit | undefined, bytes: Uint8Array): void {
  const { length } = bytes
  if (length > (limit?.maxBytes ?? Number.POSITIVE_INFINITY)) throw new Refused('TOO_LARGE')
  if (length < (limit?.minBytes ?? 0) && !(limit?.optional === true && length === 0)) throw new Refused('INVALID_FIELD')
  if (field.type !== 'string') return
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Refused('MALFORMED')
  }
}

function checkNumber(field: protobuf.Field, limit: FieldLimit | undefined, raw: bigint): void {
  const value = field.type === 'sint32' ? (raw >> 1n) ^ -(raw & 1n) : raw
  const [least, most] = NUMBERS[field.type] ?? ENUM
  const isAbsent = value === 0n && limit?.optional === true
  if ((value < (limit?.min ?? least) || value > (limit?.max ?? most)) && !isAbsent) throw new Refused('INVALID_FIELD')
}

function varintAt(bytes: Uint8Array, from: number): { readonly value: bigint; readonly end: number } {
  let value = 0n
  for (let i = 0; i < 10; i += 1) {
    const byte = bytes[from + i]
    if (byte === undefined) throw new Refused('MALFORMED')
    value |= BigInt(byte & 0x7f) << BigInt(7 * i)
    if (byte < 0x80 && value < 2n ** 64n) return { value, end: from + i + 1 }
  }
  throw new Refused('MALFORMED')
}
