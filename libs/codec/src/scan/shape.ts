import { LIMITS } from '../gen/limits.js'
import type { FieldLimits } from '../limits.js'

/** A field as the scan wants it. */
export interface FieldShape {
  /** `Hello.locator`: for errors. */
  readonly path: string
  /** The tag of one value: the field's number, and its wire type. */
  readonly tag: number
  /** The number is signed, in zigzag form. */
  readonly zigzag: boolean
  /** Several values may share one length-delimited field. */
  readonly packable: boolean
  /** The bit of a field, or oneof, that occurs at most once; 0 if the field is repeated. */
  readonly once: number
  /** The counter of a repeated field, 0–7. */
  readonly counter: number
  /** Numbers: lowest and highest. Strings and bytes: shortest and longest. */
  readonly min: number
  readonly max: number
  readonly optional: boolean
  /** What stands on the wire needs no closer look from `low` to `high`, which are small integers and therefore quick to compare. */
  readonly low: number
  readonly high: number
  readonly minItems: number
  readonly maxItems: number
  readonly maxTotalBytes: number
  /** The message that it holds, if it does. */
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

/** The highest integer that V8 keeps in a pointer's place. */
const HIGHEST_SMALL = 0x3fff_ffff

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
  const fields = Array.from({ length: 32 }, (): FieldShape | undefined => undefined)
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
  const min = (text ? field.minBytes : field.min) ?? (field.type === 'sint32' ? -0x8000_0000 : 0)
  const max = (text ? field.maxBytes : field.max) ?? HIGHEST[field.type]
  const zigzagInBounds = min === -0x8000_0000 && max === 0x7fff_ffff
  return {
    path: `${message.slice(message.indexOf('v1.') + 3)}.${field.name}`,
    tag: field.number * 8 + (delimited ? 2 : 0),
    zigzag: field.type === 'sint32',
    packable: field.repeated === true && !delimited,
    once: field.repeated ? 0 : 1 << (field.oneof === undefined ? field : sameOneof).number,
    counter,
    min,
    max,
    low: Math.max(min, 0),
    high: field.type === 'sint32' && !zigzagInBounds ? -1 : Math.min(max, HIGHEST_SMALL),
    optional: field.optional === true,
    minItems: field.minItems ?? 0,
    maxItems: field.maxItems ?? Infinity,
    maxTotalBytes: field.maxTotalBytes ?? Infinity,
    message: field.message === undefined ? undefined : shapeOf(field.message),
  }
}
