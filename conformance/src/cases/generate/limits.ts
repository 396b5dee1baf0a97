/** Limits of fields as cases: at the limit a receiver goes on, beyond it the peer is ended. */
import protobuf from 'protobufjs'
import type { RoleName } from '../../model.js'
import type { ChannelName } from '../../play/player.js'
import { type FieldLimit, jsonName, membersOf, nameOf, rules } from '../../wire/schema.js'
import type { Given, LoadedCase, Plain, Step } from '../load.js'
import { declare, kebab, profileOf, step } from './matrix.js'
import { item, limitOf, sample } from './samples.js'

type EndRole = Exclude<RoleName, 'broker'>

const SENDER: Readonly<Record<EndRole, { readonly role: string; readonly player: string; readonly given: Given }>> = {
  customer: { role: 'AGENT', player: 'agent', given: {} },
  agent: { role: 'CUSTOMER', player: 'customer', given: {} },
  viewer: { role: 'CUSTOMER', player: 'customer', given: {} },
}

const CHANNELS: readonly ChannelName[] = ['SESSION', 'SCREEN', 'MEDIA', 'INPUT', 'CLIPBOARD', 'FILE', 'ELEVATION', 'CHAT', 'ANNOTATION']

/** Ends the session, or is about the record's own security: nothing can be asked behind it. */
const NOT_ASKED = new Set(['stop', 'mediaKey', 'auditEntry', 'auditSign', 'capability', 'alive', 'decision', 'grantChanged'])

/** The largest list that is tried at its limit: what is larger than a record may be is beyond that limit first. */
const MAX_TRIED_BYTES = 262_144

/** Where a limit is: the path from the message to the field, submessages on the way. */
interface Place {
  readonly path: readonly protobuf.Field[]
  readonly field: protobuf.Field
  readonly limit: FieldLimit
}

/** Cases for an end: one for each field with a limit in each message that it may receive. */
export function limitCases(role: EndRole): readonly LoadedCase[] {
  const { role: from, player, given } = SENDER[role]
  return CHANNELS.flatMap(channel =>
    [...membersOf(channel)].flatMap(([member, type]) => {
      if (NOT_ASKED.has(member)) return []
      if (!rules().some(rule => rule.channel === channel && rule.member === member && rule.from === from && rule.to.includes(role.toUpperCase()))) return []
      return placesIn(type).flatMap(place => trials(type, place).map(trial => build(role, player, given, channel, member, place, trial)))
    }),
  )
}

/** Every field with a limit, submessages included, none of them twice on a path. */
function placesIn(type: protobuf.Type, path: readonly protobuf.Field[] = []): readonly Place[] {
  return type.fieldsArray.flatMap(field => {
    field.resolve()
    const limit = limitOf(nameOf(type), jsonName(field.name))
    const here = limit === undefined ? [] : [{ path, field, limit }]
    const inside = field.resolvedType instanceof protobuf.Type && path.length < 3 ? placesIn(field.resolvedType, [...path, field]) : []
    return [...here, ...inside]
  })
}

/** One limit: what is accepted, and what is not, with the code that it ends the peer with. */
interface Trial {
  readonly name: string
  readonly at: Plain
  readonly beyond: Plain
  readonly code: 'TOO_LARGE' | 'INVALID_FIELD'
  readonly words: string
}

function trials(type: protobuf.Type, place: Place): readonly Trial[] {
  const { field, limit } = place
  const put = (value: unknown): Plain => within(sample(type), place.path, jsonName(field.name), value)
  const list = field.repeated
  const one = (value: unknown): unknown =>
    list ? [...Array.from({ length: Math.max(0, (limit.minItems ?? 0) - 1) }, (_, i) => item(field, limit, i)), value] : value
  const found: Trial[] = []
  const { minBytes, maxBytes, minItems, maxItems, min, max } = limit
  const make = (bytes: number): unknown => (field.type === 'string' ? { $text: bytes } : { $bytes: bytes })
  if (maxBytes !== undefined && maxBytes <= MAX_TRIED_BYTES) {
    found.push({
      name: 'max-bytes',
      at: put(one(make(maxBytes))),
      beyond: put(one(make(maxBytes + 1))),
      code: 'TOO_LARGE',
      words: `more than ${maxBytes} bytes`,
    })
  }
  if (minBytes !== undefined && minBytes > 1) {
    found.push({
      name: 'min-bytes',
      at: put(one(make(minBytes))),
      beyond: put(one(make(minBytes - 1))),
      code: 'INVALID_FIELD',
      words: `fewer than ${minBytes} bytes`,
    })
  }
  if (list && maxItems !== undefined) {
    const items = (count: number): unknown => ({ $list: count, of: item(field, limit, 0) })
    found.push({
      name: 'max-items',
      at: put(items(Math.max(1, minItems ?? 1))),
      beyond: put(items(maxItems + 1)),
      code: 'TOO_LARGE',
      words: `more than ${maxItems} items`,
    })
  }
  if (max !== undefined && limit.kind === 'number') {
    found.push({ name: 'max', at: put(one(plainNumber(max))), beyond: put(one(plainNumber(max + 1n))), code: 'INVALID_FIELD', words: `more than ${max}` })
  }
  if (min !== undefined && limit.kind === 'number' && !(limit.optional && min <= 1n) && (min > 0n || min < 0n)) {
    found.push({ name: 'min', at: put(one(plainNumber(min))), beyond: put(one(plainNumber(min - 1n))), code: 'INVALID_FIELD', words: `less than ${min}` })
  }
  if (limit.kind === 'enum' && min !== undefined && min > 0n && !limit.optional) {
    found.push({ name: 'unspecified', at: put(one(item(field, limit, 0))), beyond: put(one(0)), code: 'INVALID_FIELD', words: 'UNSPECIFIED' })
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

function build(role: EndRole, player: string, given: Given, channel: ChannelName, member: string, { path, field, limit }: Place, trial: Trial): LoadedCase {
  const where = [...path, field].map(({ name }) => jsonName(name)).join('.')
  const id = `${role}/limits/${channel.toLowerCase()}-${kebab(member)}-${kebab(where).replaceAll('.', '-')}-${trial.name}`
  const cites = trial.code === 'TOO_LARGE' ? ['RA-RLY-025'] : ['RA-RLY-026']
  const send = (plain: Plain): Step => step('send', { as: player, [channel.toLowerCase()]: { [member]: plain } })
  const steps = [
    step('mark', ''),
    send(trial.at),
    step('alive', player, declare('at', `With ${where} at the limit, the ${role} goes on`, cites, true)),
    send(trial.beyond),
    step(
      'ends',
      { peer: player, code: trial.code },
      declare('beyond', `With ${where} beyond it (${trial.words}), the ${role} ends the peer with ${trial.code}`, cites),
    ),
  ]
  const title = `${limit.message}.${limit.field}: ${trial.words}, in ${member} on ${channel}`
  return {
    declaration: {
      id,
      title,
      role,
      profile: profileOf(role, channel),
      kind: 'limit',
      needs: [],
      checks: steps.flatMap(({ check }) => check ?? []),
      source: JSON.stringify(steps),
    },
    given,
    steps,
  }
}
