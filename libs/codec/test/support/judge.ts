import { type DecodeErrorCode, type FieldLimits, LIMITS } from '@remote-assist/codec'
import { Cursor, DELIMITED, Unreadable, VARINT } from './cursor.js'

type Faults = ReadonlySet<DecodeErrorCode>

/** How much of a repeated field there was so far. */
interface Count {
  items: number
  bytes: number
}

const HIGHEST: { readonly [type: string]: bigint } = {
  uint32: (1n << 32n) - 1n,
  sint32: (1n << 31n) - 1n,
  uint64: (1n << 64n) - 1n,
  bool: 1n,
  enum: (1n << 31n) - 1n,
}

/**
 * Says what a receiver finds wrong with a message, from the table of limits alone, one thing after the other: every name that fits the first faulty place;
 * none if all is well. It shares nothing with the decoders but that table.
 */
export function judge(name: string, bytes: Uint8Array): Faults {
  const fields = LIMITS[name] ?? []
  const counts = new Map<FieldLimits, Count>(fields.map(field => [field, { items: 0, bytes: 0 }]))
  const taken = new Set<string>()
  const cursor = new Cursor(bytes)
  while (!cursor.done) {
    const faults = faultsOfNext(cursor, fields, counts, taken)
    if (faults.size > 0) return faults
  }
  const absent = fields.some(field => !field.repeated && field.oneof === undefined && lowest(field) > 0n && !field.optional && !taken.has(field.name))
  const few = fields.some(field => (counts.get(field)?.items ?? 0) < (field.minItems ?? 0))
  return new Set([...(absent ? (['MISSING_FIELD'] as const) : []), ...(few ? (['TOO_FEW_ITEMS'] as const) : [])])
}

/** What is wrong with the next field, as far as it can be read. */
function faultsOfNext(cursor: Cursor, fields: readonly FieldLimits[], counts: ReadonlyMap<FieldLimits, Count>, taken: Set<string>): Faults {
  const faults = new Set<DecodeErrorCode>()
  try {
    const { number, wireType } = cursor.tag()
    const field = fields.find(candidate => candidate.number === number)
    if (field !== undefined) {
      const place = field.oneof ?? field.name
      if (!field.repeated && taken.has(place)) faults.add('DUPLICATE_FIELD')
      taken.add(place)
      if (wireType !== wireTypeOf(field) && !(field.repeated && wireType === DELIMITED)) faults.add('BAD_WIRE_TYPE')
    }
    const count = field && counts.get(field)
    if (count !== undefined && count.items === field?.maxItems && wireType === wireTypeOf(field)) faults.add('TOO_MANY_ITEMS')
    const value = cursor.value(wireType)
    if (field !== undefined && count !== undefined && faults.size === 0) for (const fault of faultsOfValue(field, value, count)) faults.add(fault)
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    faults.add(error.code)
  }
  return faults
}

function* faultsOfValue(field: FieldLimits, value: bigint | Uint8Array, count: Count): Generator<DecodeErrorCode> {
  if (typeof value === 'bigint') yield* faultsOfNumber(field, value, count)
  else if (wireTypeOf(field) === VARINT) {
    for (const numbers = new Cursor(value); !numbers.done; ) {
      const faults = [...faultsOfNumber(field, numbers.varint(), count)]
      yield* faults
      if (faults.length > 0) return
    }
  } else {
    yield* faultsOfItem(field, value.length, count)
    if (field.type === 'message') yield* judge(field.message ?? '', value)
    else if (value.length > (field.maxBytes ?? 0)) yield 'FIELD_TOO_LARGE'
    else if (value.length < (field.minBytes ?? 0) && !(field.optional && value.length === 0)) yield 'FIELD_TOO_SMALL'
    else if (field.type === 'string' && !isUtf8(value)) yield 'BAD_UTF8'
  }
}

function* faultsOfNumber(field: FieldLimits, raw: bigint, count: Count): Generator<DecodeErrorCode> {
  yield* faultsOfItem(field, 0, count)
  const value = field.type === 'sint32' ? (raw >> 1n) ^ -(raw & 1n) : raw
  const highest = field.max === undefined ? (HIGHEST[field.type] ?? 0n) : BigInt(field.max)
  if ((value < lowest(field) || value > highest) && !(value === 0n && field.optional)) yield 'OUT_OF_RANGE'
}

/** Counts one item of a repeated field. */
function* faultsOfItem(field: FieldLimits, bytes: number, count: Count): Generator<DecodeErrorCode> {
  count.items += 1
  count.bytes += bytes
  if (count.items > (field.maxItems ?? 1)) yield 'TOO_MANY_ITEMS'
  if (count.bytes > (field.maxTotalBytes ?? Number.POSITIVE_INFINITY)) yield 'FIELD_TOO_LARGE'
}

const wireTypeOf = ({ type }: FieldLimits) => (type === 'string' || type === 'bytes' || type === 'message' ? DELIMITED : VARINT)

function lowest(field: FieldLimits): bigint {
  if (field.type === 'string' || field.type === 'bytes') return BigInt(field.minBytes ?? 0)
  return BigInt(field.min ?? (field.type === 'sint32' ? -0x8000_0000 : 0))
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}
