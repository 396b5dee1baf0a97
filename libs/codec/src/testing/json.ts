import type { MessageType } from '../channels.js'
import { ENUMS } from '../gen/enums.js'
import { LIMITS } from '../gen/limits.js'
import type { FieldLimits } from '../limits.js'

/** Every browser and Node have it. */
declare const btoa: (binary: string) => string

/** A message as an object of properties. */
type Fields = { readonly [name: string]: unknown }

/** Returns the proto3 JSON form of any message, for vectors and for comparing implementations: defaults left out, names in camel case. */
export function toProto3Json<T>(type: Pick<MessageType<T>, '$type'>, message: T): unknown {
  return messageJson(type.$type, message as Fields)
}

function messageJson(name: string, message: Fields): unknown {
  const json: { [name: string]: unknown } = {}
  for (const field of LIMITS[name] ?? []) {
    if (field.oneof !== undefined) {
      const member = message[field.oneof] as { $case: string; value: unknown } | undefined
      if (member?.$case === field.name) json[field.name] = valueJson(field, member.value)
    } else if (!isDefault(message[field.name])) json[field.name] = fieldJson(field, message[field.name])
  }
  return json
}

function fieldJson(field: FieldLimits, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value)
  return Array.isArray(value) ? value.map(item => valueJson(field, item)) : valueJson(field, value)
}

function valueJson(field: FieldLimits, value: unknown): unknown {
  if (field.type === 'message') return messageJson(field.message ?? '', value as Fields)
  if (value instanceof Uint8Array) return btoa(String.fromCharCode(...value))
  if (typeof value === 'bigint') return String(value)
  if (field.type !== 'enum') return value
  return Object.entries(ENUMS[field.enum ?? ''] ?? {}).find(([, number]) => number === value)?.[0] ?? value
}

function isDefault(value: unknown): boolean {
  if (value instanceof Uint8Array || Array.isArray(value)) return value.length === 0
  if (value instanceof Map) return value.size === 0
  return value === undefined || value === 0 || value === 0n || value === '' || value === false
}
