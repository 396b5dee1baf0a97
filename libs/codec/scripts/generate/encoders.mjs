// Encoders that refuse what a receiver would refuse.
import { absent, accessOf, isRequired, oneofsOf, pathOf, tagOf, typeName } from './fields.mjs'

/** Returns the method `encode` of a message. */
export function renderEncoder(name, fields) {
  const unions = new Map(oneofsOf(fields).map(([oneof, members]) => [members[0], union(name, oneof, members)]))
  const body = fields.flatMap(field => unions.get(field) ?? (field.oneof === undefined ? plain(name, field) : []))
  const signature = `encode(${fields.length === 0 ? '_' : 'message'}: ${typeName(name)}, writer: BinaryWriter = new BinaryWriter()): BinaryWriter`
  return `  ${signature} {\n${[...body, 'return writer;'].map(line => `    ${line}\n`).join('')}  },\n`
}

/** The statement that writes one value, a tag before it. */
function write(name, field, value) {
  const tag = `writer.tag(${tagOf(field)})`
  if (field.type === 'message') return `${typeName(field.message)}.encode(${value}, ${tag}.fork()).join();`
  const { method, limits } = accessOf(name, field)
  return `${tag}.${method}(${limits === undefined ? value : `${value}, ${limits}`});`
}

function union(name, oneof, members) {
  const value = `message.${oneof}.value`
  const branches = members.flatMap(field => [`  case "${field.name}":`, `    ${write(name, field, value)}`, '    break;'])
  return [`switch (message.${oneof}?.$case) {`, ...branches, '}']
}

function plain(name, field) {
  const value = `message.${field.name}`
  if (field.map) return [...counted(name, field, `${value}.size`), ...map(name, field, value)]
  if (field.repeated) return [...counted(name, field, `${value}.length`), ...list(name, field, value)]
  if (isRequired(field)) return [`if (${isAbsent(field, value)}) throw unsendable(missing(${pathOf(name, field)}));`, write(name, field, value)]
  return [`if (${isPresent(field, value)}) ${write(name, field, value)}`]
}

const isAbsent = (field, value) => (field.type === 'bytes' ? `${value}.length === 0` : `${value} === ${absent(field)}`)

const isPresent = (field, value) => (field.type === 'bool' ? value : field.type === 'bytes' ? `${value}.length !== 0` : `${value} !== ${absent(field)}`)

function counted(name, field, count) {
  const path = pathOf(name, field)
  const fewest = field.minItems ? [`if (${count} < ${field.minItems}) throw unsendable(tooFewItems(${path}, ${count}, ${field.minItems}));`] : []
  return [`if (${count} > ${field.maxItems}) throw unsendable(tooManyItems(${path}, ${field.maxItems}));`, ...fewest]
}

function map(name, field, value) {
  return [`for (const [key, value] of ${value}) ${write(name, field, '{ key, value }')}`]
}

function list(name, field, value) {
  if (!field.maxTotalBytes) return [`for (const item of ${value}) ${write(name, field, 'item')}`]
  const total = `${field.name}Bytes`
  return [
    `let ${total} = 0;`,
    `for (const item of ${value}) ${total} += ${write(name, field, 'item')}`,
    `if (${total} > ${field.maxTotalBytes}) throw unsendable(tooLargeTogether(${pathOf(name, field)}, ${field.maxTotalBytes}));`,
  ]
}
