// Decoders that check each field as they read it: its wire type, that it occurs once, and its limits, before anything is allocated for it.
import { absent, accessOf, isPackable, isRequired, labelOf, oneofsOf, packedTagOf, pathOf, plainFieldsOf, tagOf, typeName } from './fields.mjs'

/** Names that mean something else in a decoder, or in TypeScript. */
const TAKEN = new Set(['default', 'delete', 'end', 'enum', 'in', 'input', 'length', 'new', 'outer', 'reader', 'seen', 'size', 'tag'])

/** Returns the method `decode` of a message. */
export function renderDecoder(name, fields) {
  const body = [
    'const reader = input instanceof BinaryReader ? input : new BinaryReader(input);',
    'const outer = reader.enter(length);',
    'const { end } = reader;',
    ...(fields.some(field => !field.repeated) ? ['let seen = 0;'] : []),
    ...plainFieldsOf(fields).flatMap(declaration),
    ...oneofsOf(fields).map(([oneof]) => `let ${oneof}: ${typeName(name)}["${oneof}"];`),
    'while (reader.pos < end) {',
    '  const tag = reader.tag();',
    ...(fields.length === 0 ? [] : ['  switch (tag) {', ...fields.flatMap(field => cases(name, field, fields)).map(line => `    ${line}`), '  }']),
    `  reader.skip(tag, ${labelOf(name)}, ${bits(fields)});`,
    '}',
    'reader.leave(outer);',
    ...fields.filter(isRequired).map(field => `if ((seen & ${bit(field, fields)}) === 0) throw missing(${pathOf(name, field)});`),
    ...fields.filter(field => field.minItems).map(field => tooFew(name, field)),
    `return { ${[...plainFieldsOf(fields).map(property), ...oneofsOf(fields).map(([oneof]) => oneof)].join(', ')} };`,
  ]
  return `  decode(input: BinaryReader | Uint8Array, length?: number): ${typeName(name)} {\n${body.map(line => `    ${line}\n`).join('')}  },\n`
}

/** The name of the variable that holds the field while others are read. */
const variable = field => (TAKEN.has(field.name) ? `${field.name}Field` : field.name)

const property = field => (TAKEN.has(field.name) ? `${field.name}: ${variable(field)}` : field.name)

/** How many items a repeated field has so far: those of a map may share a key. */
const countOf = field => (field.map ? `${field.name}Items` : `${variable(field)}.length`)

function declaration(field) {
  const type =
    { bool: 'boolean', string: 'string', bytes: 'Uint8Array', uint64: 'bigint' }[field.type] ??
    (field.type.endsWith('32') ? 'number' : typeName(field.message ?? field.enum))
  if (field.map) return [`const ${variable(field)} = new Map<string, string>();`, `let ${countOf(field)} = 0;`]
  if (field.repeated) return [`const ${variable(field)}: ${type}[] = [];`, ...(field.maxTotalBytes ? [`let ${field.name}Bytes = 0;`] : [])]
  return field.type === 'message' ? [`let ${variable(field)}: ${type} | undefined;`] : [`let ${variable(field)}: ${type} = ${absent(field)};`]
}

/** The bit of a field, or oneof, that occurs at most once. */
const bit = (field, fields) => 1 << (field.oneof === undefined ? field : fields.find(other => other.oneof === field.oneof)).number

/** A bit for each field number. */
const bits = fields => fields.reduce((all, field) => all | (1 << field.number), 0)

const value = (name, field) => {
  if (field.type === 'message') return `${typeName(field.message)}.decode(reader, reader.length(${pathOf(name, field)}))`
  const { method, limits } = accessOf(name, field)
  return `reader.${method}(${limits ?? (field.type === 'uint64' ? '' : pathOf(name, field))})`
}

function cases(name, field, fields) {
  const one = [`case ${tagOf(field)}: {`, ...(field.repeated ? item(name, field) : once(name, field, fields)).map(line => `  ${line}`), '  continue;', '}']
  return isPackable(field) ? [...one, `case ${packedTagOf(field)}: {`, ...packed(name, field).map(line => `  ${line}`), '  continue;', '}'] : one
}

function once(name, field, fields) {
  const mask = bit(field, fields)
  const read = value(name, field)
  return [
    `if ((seen & ${mask}) !== 0) throw twice(${pathOf(name, field)});`,
    `seen |= ${mask};`,
    field.oneof === undefined ? `${variable(field)} = ${read};` : `${field.oneof} = { $case: "${field.name}", value: ${read} };`,
  ]
}

function item(name, field) {
  const room = `if (${countOf(field)} === ${field.maxItems}) throw tooManyItems(${pathOf(name, field)}, ${field.maxItems});`
  if (field.map) return [room, `${countOf(field)}++;`, `const entry = ${value(name, field)};`, `${variable(field)}.set(entry.key, entry.value);`]
  if (field.maxTotalBytes) return [room, ...itemOfTotal(name, field)]
  return [room, `${variable(field)}.push(${value(name, field)});`]
}

function itemOfTotal(name, field) {
  return [
    `const size = reader.size(${accessOf(name, field).limits});`,
    `${field.name}Bytes += size;`,
    `if (${field.name}Bytes > ${field.maxTotalBytes}) throw tooLargeTogether(${pathOf(name, field)}, ${field.maxTotalBytes});`,
    `${variable(field)}.push(${field.type === 'string' ? `reader.text(${pathOf(name, field)}, size)` : 'reader.view(size)'});`,
  ]
}

function packed(name, field) {
  return [
    `const around = reader.enter(reader.length(${pathOf(name, field)}));`,
    'while (reader.pos < reader.end) {',
    ...item(name, field).map(line => `  ${line}`),
    '}',
    'reader.leave(around);',
  ]
}

function tooFew(name, field) {
  return `if (${countOf(field)} < ${field.minItems}) throw tooFewItems(${pathOf(name, field)}, ${countOf(field)}, ${field.minItems});`
}
