import { LIMITS } from '../gen/limits.js'
import type { FieldLimits } from '../limits.js'

/** How the bytes of a field are checked. */
export type FieldKind = 'number' | 'zigzag' | 'text' | 'message'

/** A field as the scan wants it. */
export interface FieldShape {
  /** `Hello.locator`: for errors. */
  readonly path: string
  readonly kind: FieldKind
  /** The wire type of one value: 0 varint, 2 length-delimited. */
  readonly wireType: 0 | 2
  /** Several values may share one length-delimited field. */
  readonly packable: boolean
  /** The bit of a field, or oneof, that occurs at most once; 0 if the field is repeated. */
  readonly once: number
  /** The counter of a repeated field, 0–7. */
  readonly counter: number
  /** Numbers: lowest and highest. Text: shortest and longest. */
  readonly min: number
  readonly max: number
  readonly optional: boolean
  readonly minItems: number
  readonly maxItems: number
  readonly maxTotalBytes: number
  /** The message, for kind `message`. */
  readonly message: Shape | undefined
}

/** A message as the scan wants it. */
export interface Shape {
  readonly name: string
  /** By field number, 0–31; undefined where the schema has none. */
  readonly fields: readonly (FieldShape | undefined)[]
  /** The bits that must be seen, as the field may not be empty or 0. */
  readonly required: number
  /** The repeated fields, by counter. */
  readonly repeated: readonly FieldShape[]
}

const HIGHEST = { uint32: 0xffff_ffff, sint32: 0x7fff_ffff, uint64: 2 ** 64, bool: 1, enum: 0x7fff_ffff, string: Infinity, bytes: Infinity, message: Infinity }

const shapes = new Map<string, Shape>()

/** Returns the shape of a message by its full name. */
export function shapeOf(name: string): Shape {
  const known = shapes.get(name)
  if (known !== undefined) return known
  const shape = build(name)
  shapes.set(name, shape)
  return shape
}

function build(name: string): Shape {
  const limits = LIMITS[name]
  if (limits === undefined) throw new TypeError(`the schema has no message ${name}`)
  const repeated: FieldShape[] = []
  const fields = new Array<FieldShape | undefined>(32).fill(undefined)
  let required = 0
  for (const field of limits) {
    const shape = buildField(name, field, repeated.length, limits)
    fields[field.number] = shape
    if (shape.once === 0) repeated.push(shape)
    else if (shape.min > 0 && !shape.optional && field.oneof === undefined) required |= shape.once
  }
  return { name, fields, required, repeated }
}

function buildField(message: string, field: FieldLimits, counter: number, siblings: readonly FieldLimits[]): FieldShape {
  const text = field.type === 'string' || field.type === 'bytes'
  const delimited = text || field.type === 'message'
  const sameOneof = siblings.find(other => other.oneof === field.oneof) ?? field
  return {
    path: `${message.slice(message.indexOf('v1.') + 3)}.${field.name}`,
    kind: text ? 'text' : field.type === 'message' ? 'message' : field.type === 'sint32' ? 'zigzag' : 'number',
    wireType: delimited ? 2 : 0,
    packable: field.repeated === true && !delimited,
    once: field.repeated ? 0 : 1 << (field.oneof === undefined ? field : sameOneof).number,
    counter,
    min: (text ? field.minBytes : field.min) ?? (field.type === 'sint32' ? -0x8000_0000 : 0),
    max: (text ? field.maxBytes : field.max) ?? HIGHEST[field.type],
    optional: field.optional === true,
    minItems: field.minItems ?? 0,
    maxItems: field.maxItems ?? Infinity,
    maxTotalBytes: field.maxTotalBytes ?? Infinity,
    message: field.message === undefined ? undefined : shapeOf(field.message),
  }
}
