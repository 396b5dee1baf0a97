// The limits of every field, and the enums, from the schema.
import { enumsOf, fail, HEADER, messagesOf, PACKAGE } from './image.mjs'

const MAX_DEPTH = 16
const TYPES = {
  TYPE_UINT32: 'uint32',
  TYPE_SINT32: 'sint32',
  TYPE_UINT64: 'uint64',
  TYPE_BOOL: 'bool',
  TYPE_ENUM: 'enum',
  TYPE_STRING: 'string',
  TYPE_BYTES: 'bytes',
  TYPE_MESSAGE: 'message',
}

/** Messages that exist for the rules and limits themselves, and never cross a wire. */
const OPTIONS = ['Rule', 'CloseCodeFacts', 'Limit'].map(name => `${PACKAGE}.${name}`)

/** Returns message → fields with their limits. Fails where a field may grow without bound, where the schema nests too deep, or where a check has no room. */
export function limitsOf(image) {
  const all = messagesOf(image).filter(([name]) => !OPTIONS.includes(name))
  const messages = new Map(all)
  const limits = new Map(all.filter(([, message]) => !message.options?.mapEntry).map(([name, message]) => [name, fieldsOf(name, message, messages)]))
  for (const [name, message] of all) {
    for (const field of message.field ?? []) {
      const entry = mapEntryOf(field, messages)
      if (entry) limits.set(field.typeName.slice(1), entryFields(field, entry))
    }
    checkRoom(name, limits.get(name))
  }
  for (const [name] of all) depthOf(name, limits, [])
  return limits
}

const mapEntryOf = (field, messages) => {
  const message = field.typeName && messages.get(field.typeName.slice(1))
  return message?.options?.mapEntry ? message : undefined
}

const limitOf = field => field.options?.[`[${PACKAGE}.limit]`] ?? {}

function fieldsOf(name, message, messages) {
  return (message.field ?? []).map(field => {
    const path = `${name}.${field.name}`
    const limit = limitOf(field)
    const repeated = field.label === 'LABEL_REPEATED'
    const entry = mapEntryOf(field, messages)
    const type = TYPES[field.type] ?? fail(`${path} has type ${field.type}, which the codec does not know`)
    if (repeated && !limit.maxItems) fail(`${path} has no limit on its items`)
    if ((type === 'string' || type === 'bytes') && !limit.maxBytes) fail(`${path} has no limit on its bytes`)
    if (entry && !(limit.maxKeyBytes && limit.maxBytes)) fail(`${path} has no limit on its keys and values`)
    return {
      number: field.number,
      name: field.jsonName,
      type,
      ...(type === 'message' ? { message: field.typeName.slice(1) } : {}),
      ...(type === 'enum' ? { enum: field.typeName.slice(1) } : {}),
      ...(entry ? { map: true } : {}),
      ...(repeated ? { repeated } : {}),
      ...(field.oneofIndex === undefined ? {} : { oneof: message.oneofDecl[field.oneofIndex].name }),
      ...boundsOf(entry ? { maxItems: limit.maxItems, minItems: limit.minItems } : limit),
    }
  })
}

function entryFields(field, entry) {
  const limit = limitOf(field)
  const [key, value] = entry.field
  return [
    { number: 1, name: 'key', type: TYPES[key.type], ...boundsOf({ minBytes: limit.minKeyBytes, maxBytes: limit.maxKeyBytes }) },
    { number: 2, name: 'value', type: TYPES[value.type], ...boundsOf({ minBytes: limit.minBytes, maxBytes: limit.maxBytes }) },
  ]
}

function boundsOf({ minBytes, maxBytes, minItems, maxItems, maxTotalBytes, min, max, optional }) {
  const numbers = { minBytes, maxBytes, minItems, maxItems, maxTotalBytes, min: min && Number(min), max: max && Number(max) }
  return { ...Object.fromEntries(Object.entries(numbers).filter(([, value]) => value)), ...(optional ? { optional } : {}) }
}

/** A decoder keeps one bit for each field or oneof that occurs once. */
function checkRoom(name, fields = []) {
  if (fields.some(field => field.number > 31)) fail(`${name} has a field beyond number 31, for which a decoder has no bit`)
}

function depthOf(name, limits, above) {
  if (above.length >= MAX_DEPTH) fail(`${above[0]} nests deeper than ${MAX_DEPTH}`)
  for (const field of limits.get(name)) if (field.message) depthOf(field.message, limits, [...above, name])
}

/** `{ a: 1, b: 'c' }` on one line. */
const literal = object =>
  `{ ${Object.entries(object)
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? `'${value}'` : value}`)
    .join(', ')} }`

/** The limits as typed data. */
export function renderLimits(limits) {
  const message = ([name, fields]) => `  '${name}': [${fields.length === 0 ? '' : `\n${fields.map(field => `    ${literal(field)},\n`).join('')}  `}],\n`
  return `${HEADER}
import type { FieldLimits } from '../limits.js'

/** Every message of the protocol by its full name: its fields with what a receiver accepts in them. */
export const LIMITS: { readonly [message: string]: readonly FieldLimits[] } = {
${[...limits].map(message).join('')}}
`
}

/** The enums as data, for JSON and for tests. */
export function renderEnums(image) {
  const one = ([name, e]) => `  '${name}': {\n${e.value.map(value => `    ${value.name}: ${value.number},\n`).join('')}  },\n`
  return `${HEADER}
/** Every enum of the protocol by its full name: the numbers of its values by their full names, as proto3 JSON has them. */
export const ENUMS: { readonly [name: string]: { readonly [value: string]: number } } = {
${enumsOf(image).map(one).join('')}}
`
}
