import protobuf from 'protobufjs'
import type { Fields } from '../play/player.js'
import { enumName, enumValue, jsonName, nameOf, SchemaError, typeOf } from './root.js'

/** Between plain data, as cases and reports have it, and messages. Nothing here knows a limit: what the schema's types can hold can be sent. */

type Plain = Record<string, unknown>

/**
 * The message that plain data describes, for protobufjs to encode. Names in lowerCamelCase; enums by name, with or without prefix, or by number; 64-bit integers as
 * number, decimal text or bigint; bytes as `Uint8Array`, base64 or `hex:…`. Throws `SchemaError` that names the place if a name is unknown or a value does not fit its type.
 */
export function fromPlain(type: string | protobuf.Type, fields: Fields): protobuf.Message {
  const resolved = typeof type === 'string' ? typeOf(type) : type
  return toMessage(resolved, fields, nameOf(resolved))
}

/** The bytes of the message that plain data describes. Throws as `fromPlain` does. */
export function encodePlain(type: string | protobuf.Type, fields: Fields): Uint8Array {
  const resolved = typeof type === 'string' ? typeOf(type) : type
  return own(resolved.encode(fromPlain(resolved, fields)).finish())
}

/**
 * The fields of a message that arrived. Numbers, texts, booleans, enums and lists are there also if they were not sent (0, empty, false); a submessage or a member of a
 * oneof only if it was. Unknown fields are left out; an enum without a name is its number. Throws if the bytes are not that message.
 */
export function decodePlain(type: string | protobuf.Type, bytes: Uint8Array): Fields {
  const resolved = typeof type === 'string' ? typeOf(type) : type
  return toFields(resolved, resolved.decode(bytes))
}

/** Plain data as proto3 JSON: enums with their prefixes, bytes in base64, defaults left out. Throws as `fromPlain` does. */
export function toProtoJson(type: string | protobuf.Type, fields: Fields): Plain {
  const resolved = typeof type === 'string' ? typeOf(type) : type
  const decoded = toFields(resolved, resolved.decode(encodePlain(resolved, fields)))
  return toJson(resolved, decoded)
}

function toMessage(type: protobuf.Type, plain: unknown, place: string): protobuf.Message {
  if (!isPlain(plain)) throw new SchemaError(`${place} is not an object.`)
  const byName = new Map(type.fieldsArray.map(field => [jsonName(field.name), field]))
  const message: Plain = {}
  for (const [name, value] of Object.entries(plain)) {
    const field = byName.get(name)
    if (field === undefined) throw new SchemaError(`${place} has no field ${name}.`)
    if (value === undefined) continue
    message[field.name] = toField(field, value, `${place}.${name}`)
  }
  for (const oneof of type.oneofsArray) {
    const given = oneof.fieldsArray.filter(field => message[field.name] !== undefined)
    if (given.length > 1) throw new SchemaError(`${place} has ${given.map(field => jsonName(field.name)).join(' and ')}, of which there can be one.`)
  }
  return type.create(message)
}

function toField(field: protobuf.Field, value: unknown, place: string): unknown {
  if (field instanceof protobuf.MapField) {
    if (!isPlain(value)) throw new SchemaError(`${place} is not an object.`)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toValue(field, item, `${place}.${key}`)]))
  }
  if (!field.repeated) return toValue(field, value, place)
  if (!Array.isArray(value)) throw new SchemaError(`${place} is not a list.`)
  return value.map((item, index) => toValue(field, item, `${place}[${index}]`))
}

function toValue(field: protobuf.Field, value: unknown, place: string): unknown {
  if (field.resolvedType instanceof protobuf.Type) return toMessage(field.resolvedType, value, place)
  if (field.resolvedType instanceof protobuf.Enum) return toEnum(field.resolvedType, value, place)
  if (field.type === 'bytes') return toBytes(value, place)
  if (field.type === 'string' && typeof value !== 'string') throw new SchemaError(`${place} is not a string.`)
  if (field.type === 'bool' && typeof value !== 'boolean') throw new SchemaError(`${place} is not a bool.`)
  if (field.type === 'string' || field.type === 'bool') return value
  return toNumber(field.type, value, place)
}

function toEnum(type: protobuf.Enum, value: unknown, place: string): number {
  if (typeof value === 'string') {
    try {
      return enumValue(type, value)
    } catch {
      throw new SchemaError(`${place}: ${nameOf(type)} has no value ${value}.`)
    }
  }
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31) return value
  throw new SchemaError(`${place} is no value of ${nameOf(type)}.`)
}

/** Bytes as a case may write them. Throws `SchemaError` with `place` if they are none. */
export function toBytes(value: unknown, place: string): Uint8Array {
  if (value instanceof Uint8Array) return value
  if (typeof value === 'string') {
    const hex = value.startsWith('hex:') ? value.slice(4).replace(/\s/g, '') : undefined
    if (hex !== undefined && /^([0-9a-f]{2})*$/i.test(hex)) return own(Buffer.from(hex, 'hex'))
    if (hex === undefined && /^[A-Za-z0-9+/]*={0,2}$/.test(value) && value.length % 4 === 0) return own(Buffer.from(value, 'base64'))
  }
  throw new SchemaError(`${place} is not bytes: neither a Uint8Array, base64 nor "hex:…".`)
}

const ranges: Readonly<Record<string, readonly [bigint, bigint]>> = {
  uint32: [0n, 2n ** 32n - 1n],
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  sint32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  sint64: [-(2n ** 63n), 2n ** 63n - 1n],
}

function toNumber(type: string, value: unknown, place: string): unknown {
  if (type === 'float' || type === 'double') {
    if (typeof value === 'number') return value
    throw new SchemaError(`${place} is not a number.`)
  }
  const range = ranges[type]
  if (range === undefined) throw new SchemaError(`${place} is of type ${type}, which the suite does not know.`)
  const wide = type.endsWith('64')
  const integer = asInteger(value, wide)
  if (integer === undefined || integer < range[0] || integer > range[1]) throw new SchemaError(`${place} is no ${type}.`)
  if (!wide) return Number(integer)
  return { low: Number(BigInt.asIntN(32, integer)), high: Number(BigInt.asIntN(32, integer >> 32n)), unsigned: type === 'uint64' }
}

function asInteger(value: unknown, wide: boolean): bigint | undefined {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined
  return wide && typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? BigInt(value) : undefined
}

function toFields(type: protobuf.Type, message: protobuf.Message): Fields {
  const source = message as unknown as Plain
  const fields: Plain = {}
  for (const field of type.fieldsArray) {
    const present = Object.hasOwn(source, field.name) && source[field.name] !== null && source[field.name] !== undefined
    const name = jsonName(field.name)
    if (field instanceof protobuf.MapField) {
      fields[name] = Object.fromEntries(Object.entries((present ? source[field.name] : {}) as Plain).map(([key, item]) => [key, fromValue(field, item)]))
    } else if (field.repeated) {
      fields[name] = (present ? (source[field.name] as unknown[]) : []).map(item => fromValue(field, item))
    } else if (present) {
      fields[name] = fromValue(field, source[field.name])
    } else if (field.partOf === null && !(field.resolvedType instanceof protobuf.Type)) {
      fields[name] = field.type === 'bytes' ? new Uint8Array(0) : fromValue(field, field.defaultValue)
    }
  }
  return fields
}

function fromValue(field: protobuf.Field, value: unknown): unknown {
  if (field.resolvedType instanceof protobuf.Type) return toFields(field.resolvedType, value as protobuf.Message)
  if (field.resolvedType instanceof protobuf.Enum) return enumName(field.resolvedType, Number(value))
  if (field.type === 'bytes') return own(value as Uint8Array)
  return field.type.endsWith('64') ? String(value) : value
}

function toJson(type: protobuf.Type, fields: Fields): Plain {
  const json: Plain = {}
  for (const field of type.fieldsArray) {
    const name = jsonName(field.name)
    const value = fields[name]
    if (value === undefined || (field.partOf === null && isDefault(field, value))) continue
    if (field instanceof protobuf.MapField) json[name] = Object.fromEntries(Object.entries(value as Plain).map(([key, item]) => [key, jsonValue(field, item)]))
    else json[name] = field.repeated ? (value as unknown[]).map(item => jsonValue(field, item)) : jsonValue(field, value)
  }
  return json
}

function isDefault(field: protobuf.Field, value: unknown): boolean {
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length === 0
  if (field instanceof protobuf.MapField) return Object.keys(value as Plain).length === 0
  if (field.resolvedType instanceof protobuf.Type) return false
  if (field.resolvedType instanceof protobuf.Enum) return value === enumName(field.resolvedType, 0)
  return value === 0 || value === '' || value === false || value === '0'
}

function jsonValue(field: protobuf.Field, value: unknown): unknown {
  if (field.resolvedType instanceof protobuf.Type) return toJson(field.resolvedType, value as Fields)
  if (field.resolvedType instanceof protobuf.Enum) {
    return typeof value === 'string' ? field.resolvedType.valuesById[enumValue(field.resolvedType, value)] : value
  }
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
}

/** Bytes of their own, not a view into a larger buffer. */
function own(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes)
}
