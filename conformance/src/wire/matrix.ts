import type protobuf from 'protobufjs'
import type { ChannelName } from '../play/player.js'
import { channels } from './frame.js'
import { jsonName, messagesOf, nameOf } from './root.js'

/** The rule matrix and the limits of fields, read from the options of the schema: what cases are made from. */

/** One line of the matrix. Enum values without their prefixes. */
export interface RuleLine {
  readonly channel: ChannelName
  /** The member of the channel's oneof: `consentRequest`. */
  readonly member: string
  /** Its message: `ConsentRequest`. */
  readonly message: string
  readonly from: string
  readonly to: readonly string[]
  /** The receiver's phases in which it is legal. */
  readonly phases: readonly string[]
  /** The permission that is needed; empty = none. */
  readonly grant: string
  readonly needsLease: boolean
  readonly needsElevation: boolean
  readonly otherwise: 'DROP' | 'REFUSE' | 'FATAL'
}

/** What a receiver accepts in one field. Undefined = no bound beyond the type's. */
export interface FieldLimit {
  /** The message that has the field: `SetInvites.Invite`. */
  readonly message: string
  /** Its JSON name. */
  readonly field: string
  readonly number: number
  readonly kind: 'number' | 'enum' | 'text' | 'bytes' | 'bool' | 'message'
  /** The type in the schema: `uint32`, `Role`. */
  readonly type: string
  readonly repeated: boolean
  readonly map: boolean
  /** Of a text or bytes; of a list or map: of each. */
  readonly minBytes?: number
  readonly maxBytes?: number
  /** Of a list or map. */
  readonly minItems?: number
  readonly maxItems?: number
  readonly maxTotalBytes?: number
  /** Of a number or enum; of a list: of each. */
  readonly min?: bigint
  readonly max?: bigint
  /** Empty, or 0, is fine whatever the minimum. */
  readonly optional: boolean
  readonly minKeyBytes?: number
  readonly maxKeyBytes?: number
}

type Option = Readonly<Record<string, unknown>>

function optionsOf(field: protobuf.Field, name: string): Option[] {
  const parsed = (field as { parsedOptions?: readonly Readonly<Record<string, unknown>>[] }).parsedOptions ?? []
  return parsed.flatMap(option => (option[name] === undefined ? [] : [option[name] as Option]))
}

function names(value: unknown, prefix: string): string[] {
  const list = Array.isArray(value) ? value : value === undefined ? [] : [value]
  return list.map(name => String(name).replace(prefix, ''))
}

/** Every line of the matrix, in the order of channels, members and lines. */
export function rules(): readonly RuleLine[] {
  return [...channels].flatMap(([channel, { type }]) =>
    type.fieldsArray.flatMap(field =>
      optionsOf(field, '(rule)').map(rule => ({
        channel,
        member: jsonName(field.name),
        message: field.resolvedType === null ? field.type : nameOf(field.resolvedType),
        from: names(rule.from, 'ROLE_')[0] ?? '',
        to: names(rule.to, 'ROLE_'),
        phases: names(rule.phases, 'PHASE_'),
        grant: names(rule.grant, 'PERMISSION_')[0] ?? '',
        needsLease: rule.needs_lease === true,
        needsElevation: rule.needs_elevation === true,
        otherwise: names(rule.otherwise, 'OTHERWISE_')[0] as RuleLine['otherwise'],
      })),
    ),
  )
}

/** Every field of the protocol's messages that has a limit. */
export function limits(): readonly FieldLimit[] {
  return messagesOf().flatMap(type => type.fieldsArray.flatMap(field => optionsOf(field, '(limit)').map(limit => limitOf(type, field, limit))))
}

function limitOf(type: protobuf.Type, field: protobuf.Field, limit: Option): FieldLimit {
  const optional = (name: string, from: string) => (limit[from] === undefined ? {} : { [name]: Number(limit[from]) })
  const wide = (name: string) => (limit[name] === undefined ? {} : { [name]: BigInt(String(limit[name])) })
  return {
    message: nameOf(type),
    field: jsonName(field.name),
    number: field.id,
    kind: kindOf(field),
    type: field.type,
    repeated: field.repeated,
    map: field.map,
    ...optional('minBytes', 'min_bytes'),
    ...optional('maxBytes', 'max_bytes'),
    ...optional('minItems', 'min_items'),
    ...optional('maxItems', 'max_items'),
    ...optional('maxTotalBytes', 'max_total_bytes'),
    ...wide('min'),
    ...wide('max'),
    optional: limit.optional === true,
    ...optional('minKeyBytes', 'min_key_bytes'),
    ...optional('maxKeyBytes', 'max_key_bytes'),
  }
}

function kindOf(field: protobuf.Field): FieldLimit['kind'] {
  if (field.resolvedType !== null) return 'fields' in field.resolvedType ? 'message' : 'enum'
  if (field.type === 'string') return 'text'
  return field.type === 'bytes' || field.type === 'bool' ? field.type : 'number'
}
