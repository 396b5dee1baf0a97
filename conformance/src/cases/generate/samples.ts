/** One valid message of every kind, made from the schema and its limits: what cases of the matrix and of the limits send. */
import protobuf from 'protobufjs'
import { type FieldLimit, jsonName, limits, nameOf } from '../../wire/schema.js'
import type { Plain } from '../load.js'

/** What makes sense where the least that the schema accepts does not. `$lease`, `$layout` and others are names of the interpreter. */
const SENSIBLE: Readonly<Record<string, Plain>> = {
  ConsentRequest: { requestId: 77, permissions: ['VIEW_SCREEN'], reason: 'matrix' },
  RequestControl: { requestId: 77 },
  Refusal: { code: 'NOT_FOUND' },
  Remove: { requestId: 77, participant: 4_711 },
  InviteRegister: { requestId: 77, inviteId: { $bytes: 16 }, role: 'VIEWER', secret: { $bytes: 32 }, expiresInMs: 60_000 },
  RejoinRequest: { requestId: 77, reason: 'matrix', locator: '471100', expiresInMs: 60_000 },
  Subscribe: { screenId: 1 },
  SendKeys: { seq: 1, leaseEpoch: '$lease', requestId: 77, combo: 'CTRL_ESCAPE' },
  ClipboardRequest: { offerId: 1, mime: 'text/plain' },
  FileAsk: { requestId: 77 },
  ElevateRequest: { requestId: 77, reason: 'matrix', scope: 'STANDARD', durationMs: 60_000, method: 'PROMPT' },
  Credentials: { requestId: 77, hpke: { $bytes: 64 } },
  RunCommand: { commandId: 77, argv: ['true'] },
  SwitchUser: { requestId: 77 },
  Stop: { code: 'STOPPED' },
}

const byMessage = new Map<string, Map<string, FieldLimit>>()
for (const limit of limits()) {
  const fields = byMessage.get(limit.message) ?? new Map<string, FieldLimit>()
  byMessage.set(limit.message, fields.set(limit.field, limit))
}

/** The limit of a field; undefined if it has none. */
export const limitOf = (message: string, field: string): FieldLimit | undefined => byMessage.get(message)?.get(field)

/** A message that its receiver accepts. Only fields that have to be there are. */
export function sample(type: protobuf.Type): Plain {
  const name = nameOf(type)
  const plain: Record<string, unknown> = {}
  for (const field of type.fieldsArray) {
    const value = needed(field.resolve(), limitOf(name, jsonName(field.name)))
    if (value !== undefined) plain[jsonName(field.name)] = value
  }
  return { ...plain, ...SENSIBLE[name] }
}

/** The least value of a field that is accepted, if leaving it out is not. */
function needed(field: protobuf.Field, limit: FieldLimit | undefined): unknown {
  if (field.partOf !== null || limit === undefined || (limit.optional && !field.repeated)) return undefined
  if (field.repeated || field.map) return (limit.minItems ?? 0) > 0 ? Array.from({ length: limit.minItems ?? 0 }, (_, i) => item(field, limit, i)) : undefined
  if ((limit.minBytes ?? 0) > 0 || (limit.min ?? 0n) > 0n) return item(field, limit, 0)
  return undefined
}

/** One value of a field, or of its list: the least that is accepted, the `i`th of several distinct ones. */
export function item(field: protobuf.Field, limit: FieldLimit | undefined, i: number): unknown {
  if (field.resolvedType instanceof protobuf.Type) return sample(field.resolvedType)
  if (field.resolvedType instanceof protobuf.Enum) return field.resolvedType.valuesById[Number(limit?.min ?? 1n) + i] ?? field.resolvedType.valuesById[1]
  if (field.type === 'string') return limit?.minBytes === undefined || limit.minBytes === 0 ? '' : textOf(limit.minBytes, i)
  if (field.type === 'bytes') return { $bytes: limit?.minBytes ?? 0 }
  return Number(limit?.min ?? 0n) + i
}

/** What tells the items of a list of messages apart; `$i` is an item's number, from 1. */
const NUMBERED: Readonly<Record<string, Plain>> = {
  ClipboardFormat: { mime: { $text: '$i' } },
  Entry: { entry: { $plus: ['$i', -1] } },
  Exception: { entry: { $plus: ['$i', -1] } },
  EntryRange: { first: '$i', last: '$i' },
  Grant: { permission: '$i' },
  Invite: { inviteId: { $random: 16 } },
  Participant: { participant: '$i' },
  Received: { channel: '$i' },
  Rect: { x: '$i' },
  Region: { y: '$i' },
  RosterEntry: { participant: '$i' },
  Screen: { screenId: '$i' },
}

/** So many values of a list, each accepted, no two of them the same, ascending where they have an order. */
export const items = (field: protobuf.Field, limit: FieldLimit, count: number): Plain => ({ $list: count, of: numbered(field, limit) })

/** One item of a list, by its number `$i`. */
function numbered({ resolvedType, type }: protobuf.Field, limit: FieldLimit): unknown {
  if (resolvedType instanceof protobuf.Type) {
    const own = NUMBERED[resolvedType.name]
    if (own === undefined) throw new Error(`Nothing tells one ${resolvedType.name} from another`)
    return { ...sample(resolvedType), ...own }
  }
  if (resolvedType instanceof protobuf.Enum) return '$i'
  if (type === 'string') return { $text: { $plus: ['$i', Math.max(1, limit.minBytes ?? 0) - 1] } }
  return { $plus: ['$i', Number(limit.min ?? 0n) - 1] }
}

/** Text of `bytes` letters or digits that begins differently for each `i`. */
const textOf = (bytes: number, i: number): string => String(i % 10).repeat(bytes)
