/** Limits of fields as things to try: what is accepted, and what is not. */
import protobuf from 'protobufjs'
import { type FieldLimit, jsonName, nameOf } from '../../wire/schema.js'
import type { Plain } from '../load.js'
import { kebab } from './matrix.js'
import { item, items, limitOf, sample } from './samples.js'

/** The largest list that is tried at its limit: what is larger than a record may be is beyond that limit first. */
const MAX_TRIED_BYTES = 262_144

/** Where a limit is: the path from the message to the field, submessages on the way. */
export interface Place {
  readonly path: readonly protobuf.Field[]
  readonly field: protobuf.Field
  readonly limit: FieldLimit
}

/** Every field with a limit, submessages included, none of them twice on a path. */
export function placesIn(type: protobuf.Type, path: readonly protobuf.Field[] = []): readonly Place[] {
  return type.fieldsArray.flatMap(field => {
    field.resolve()
    const limit = limitOf(nameOf(type), jsonName(field.name))
    const here = limit === undefined ? [] : [{ path, field, limit }]
    const inside = field.resolvedType instanceof protobuf.Type && path.length < 3 ? placesIn(field.resolvedType, [...path, field]) : []
    return [...here, ...inside]
  })
}

/** One limit: what is accepted, and what is not, with the code that it ends the peer with. */
export interface Trial {
  /** The place and the limit: `invites-invite-id-min-bytes`. */
  readonly place: string
  /** The field, submessages on the way: `invites.inviteId`. */
  readonly where: string
  readonly at: Plain
  readonly beyond: Plain
  /** What is at the limit and beyond it, without the rest of the sample. */
  readonly atAlone: Plain
  readonly beyondAlone: Plain
  readonly code: 'TOO_LARGE' | 'INVALID_FIELD'
  readonly words: string
}

export function trials(type: protobuf.Type, place: Place): readonly Trial[] {
  const { field, limit, path } = place
  const where = [...path, field].map(({ name }) => jsonName(name)).join('.')
  const list = field.repeated
  const one = (value: unknown): unknown =>
    list ? [...Array.from({ length: Math.max(0, (limit.minItems ?? 0) - 1) }, (_, i) => item(field, limit, i)), value] : value
  const put = (value: unknown): Plain => within(sample(type), path, jsonName(field.name), value)
  const trial = (name: string, at: unknown, beyond: unknown, code: Trial['code'], words: string): Trial => {
    const [top] = where.split('.')
    return {
      place: `${kebab(where).replaceAll('.', '-')}-${name}`,
      where,
      at: put(at),
      beyond: put(beyond),
      atAlone: { [String(top)]: put(at)[String(top)] },
      beyondAlone: { [String(top)]: put(beyond)[String(top)] },
      code,
      words,
    }
  }
  const found: Trial[] = []
  const { minBytes, maxBytes, minItems, maxItems, maxTotalBytes, min, max } = limit
  const make = (bytes: number): unknown => (field.type === 'string' ? { $text: bytes } : { $bytes: bytes })
  if (maxBytes !== undefined && maxBytes <= MAX_TRIED_BYTES) {
    found.push(trial('max-bytes', one(make(maxBytes)), one(make(maxBytes + 1)), 'TOO_LARGE', `more than ${maxBytes} bytes`))
  }
  if (minBytes !== undefined && (minBytes > 1 || (minBytes === 1 && !limit.optional))) {
    found.push(trial('min-bytes', one(make(minBytes)), one(make(minBytes - 1)), 'INVALID_FIELD', `fewer than ${minBytes} ${minBytes === 1 ? 'byte' : 'bytes'}`))
  }
  if (list && maxItems !== undefined) {
    const full = items(field, limit, maxItems)
    found.push(trial('max-items', full, items(field, limit, maxItems + 1), 'TOO_LARGE', `more than ${maxItems} items`))
  }
  if (list && minItems !== undefined && minItems > 0) {
    const least = items(field, limit, minItems)
    found.push(trial('min-items', least, items(field, limit, minItems - 1), 'INVALID_FIELD', `fewer than ${minItems} ${minItems === 1 ? 'item' : 'items'}`))
  }
  if (list && maxItems !== undefined && maxTotalBytes !== undefined) {
    const each = Array.from({ length: maxItems }, () => maxTotalBytes / maxItems)
    const beyond = [...each.slice(1), maxTotalBytes / maxItems + 1]
    found.push(trial('max-total-bytes', each.map(make), beyond.map(make), 'TOO_LARGE', `more than ${maxTotalBytes} bytes together`))
  }
  if (max !== undefined && limit.kind === 'number') {
    found.push(trial('max', one(plainNumber(max)), one(plainNumber(max + 1n)), 'INVALID_FIELD', `more than ${max}`))
  }
  if (min !== undefined && limit.kind === 'number' && !(limit.optional && min <= 1n) && min !== 0n) {
    found.push(trial('min', one(plainNumber(min)), one(plainNumber(min - 1n)), 'INVALID_FIELD', `less than ${min}`))
  }
  if (limit.kind === 'enum' && min !== undefined && min > 0n && !limit.optional) {
    found.push(trial('unspecified', one(item(field, limit, 0)), one(0), 'INVALID_FIELD', 'UNSPECIFIED'))
  }
  return found
}

/** As a number where it is one, else in digits. */
const plainNumber = (value: bigint): number | string => (value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value))

/** The sample with a value at the end of a path; lists on the way get one item. */
function within(plain: Plain, path: readonly protobuf.Field[], name: string, value: unknown): Plain {
  const [next, ...rest] = path
  if (next === undefined) return { ...plain, [name]: value }
  const inner = within(sample(next.resolvedType as protobuf.Type), rest, name, value)
  return { ...plain, [jsonName(next.name)]: next.repeated ? [inner] : inner }
}
