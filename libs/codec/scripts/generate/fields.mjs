// What the generated encoders and decoders have in common: how they name a field, and how they state its limits.
import { fail, PACKAGE } from './image.mjs'

/** The types of which a repeated field does not put several values into one. */
const DELIMITED = new Set(['string', 'bytes', 'message'])

/** `Outer_Inner` for `remoteassist.v1.Outer.Inner`: the name in TypeScript. */
export const typeName = name => name.slice(PACKAGE.length + 1).replaceAll('.', '_')

/** `"Outer.Inner"`: the message in errors. */
export const labelOf = name => `"${name.slice(PACKAGE.length + 1)}"`

/** `"Hello.locator"`: the field in errors. */
export const pathOf = (name, field) => `"${name.slice(PACKAGE.length + 1)}.${field.name}"`

/** The tag of one value. */
export const tagOf = field => field.number * 8 + (DELIMITED.has(field.type) ? 2 : 0)

/** The tag of several values in one field. */
export const packedTagOf = field => field.number * 8 + 2

/** Several values may share one field. */
export const isPackable = field => field.repeated === true && !DELIMITED.has(field.type)

/** The field may not be absent. */
export const isRequired = field => lowest(field) > 0 && !field.optional && !field.repeated && field.oneof === undefined

/** What a field holds that is absent. */
export const absent = field => ({ bool: 'false', string: '""', bytes: 'NO_BYTES', uint64: '0n', message: 'undefined' })[field.type] ?? '0'

/** The members of each oneof, by its name. */
export function oneofsOf(fields) {
  const names = new Set(fields.flatMap(field => field.oneof ?? []))
  return [...names].map(name => [name, fields.filter(field => field.oneof === name)])
}

/** The fields outside oneofs. */
export const plainFieldsOf = fields => fields.filter(field => field.oneof === undefined)

/** The method that reads or writes one value within the field's limits, and its arguments; the type's own limits need none. */
export function accessOf(name, field) {
  const path = pathOf(name, field)
  const orZero = field.optional ? ', true' : ''
  const limited = field.min !== undefined || field.max !== undefined
  if (orZero && field.type === 'sint32') fail(`${path} is optional, which a sint32 with limits cannot be`)
  if (orZero && field.type === 'uint64') fail(`${path} is optional, which a uint64 with limits cannot be`)
  switch (field.type) {
    case 'string':
    case 'bytes':
      return { method: field.type, limits: `${path}, ${field.minBytes ?? 0}, ${field.maxBytes}${orZero}` }
    case 'enum':
      return { method: 'within', limits: `${path}, ${field.min ?? 0}, ${field.max ?? 0x7fff_ffff}` }
    case 'uint32':
      return limited ? { method: 'within', limits: `${path}, ${field.min ?? 0}, ${field.max ?? 0xffff_ffff}${orZero}` } : { method: 'uint32' }
    case 'sint32':
      return limited ? { method: 'sint32Within', limits: `${path}, ${field.min ?? -0x8000_0000}, ${field.max ?? 0x7fff_ffff}` } : { method: 'sint32' }
    case 'uint64':
      return limited ? { method: 'uint64Within', limits: `${path}, ${field.min ?? 0}n, ${field.max ?? 0xffff_ffff_ffff_ffffn}n` } : { method: 'uint64' }
    default:
      return { method: field.type }
  }
}

const lowest = field => (field.type === 'string' || field.type === 'bytes' ? field.minBytes : field.min) ?? 0
