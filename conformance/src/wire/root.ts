import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import protobuf from 'protobufjs'

/** The schema as reflection sees it: read once from the .proto files, which are the suite's only source of what a message is. */

/** Something that is not in the schema, or not as the schema says: a fault of whoever wrote it, never of a testee. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError'
}

const folder = [new URL('../data/proto/', import.meta.url), new URL('../../../proto/', import.meta.url)].map(url => fileURLToPath(url)).find(existsSync)
if (folder === undefined) throw new SchemaError('The schema is missing: build the package first.')

const protocol = 'remoteassist.v1'
const contract = 'remoteassist.conformance.v1'

/** Everything that the .proto files define, with field names as they are written there. */
export const root: protobuf.Root = load(folder)

function load(from: string): protobuf.Root {
  const tree = new protobuf.Root()
  const googles = createRequire(import.meta.url).resolve('protobufjs/google/protobuf/descriptor.proto')
  tree.resolvePath = (_, target) => (target === 'google/protobuf/descriptor.proto' ? googles : isAbsolute(target) ? target : join(from, target))
  const files = readdirSync(from, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.proto'))
  tree.loadSync(
    files.sort().map(name => join(from, name)),
    { keepCase: true },
  )
  tree.resolveAll()
  return tree
}

/** The message of this name: `Hello`, `SetInvites.Invite` (of the protocol first, then of the adapter contract), or a full name. Throws `SchemaError` if there is none. */
export function typeOf(name: string): protobuf.Type {
  const found = named(name)
  if (found instanceof protobuf.Type) return found
  throw new SchemaError(`${name} is no message of the schema.`)
}

/** The enum of this name, likewise. */
export function enumOf(name: string): protobuf.Enum {
  const found = named(name)
  if (found instanceof protobuf.Enum) return found
  throw new SchemaError(`${name} is no enum of the schema.`)
}

/** What was asked for by its name before, and what was not found. */
const found = new Map<string, protobuf.ReflectionObject | null>()

function named(name: string): protobuf.ReflectionObject | null {
  const known = found.get(name)
  if (known !== undefined) return known
  const names = name.startsWith('remoteassist.') ? [name] : [`${protocol}.${name}`, `${contract}.${name}`]
  const object = names.map(full => root.lookup(full)).find(candidate => candidate !== null) ?? null
  found.set(name, object)
  return object
}

/** All messages of the protocol, nested ones too, in the order of files and lines. */
export function messagesOf(space: string = protocol): protobuf.Type[] {
  const found = root.lookup(space)
  if (!(found instanceof protobuf.Namespace)) throw new SchemaError(`${space} is no package of the schema.`)
  const below = (parent: protobuf.Namespace): protobuf.Type[] =>
    parent.nestedArray.flatMap(child => (child instanceof protobuf.Type ? [child, ...below(child)] : []))
  return below(found)
}

/** A message's name below its package: `SetInvites.Invite`. */
export function nameOf(type: protobuf.ReflectionObject): string {
  return type.fullName.replace(/^\.remoteassist\.(conformance\.)?v1\./, '')
}

/** JSON names by those of the schema: every message that is read or written asks for them. */
const jsonNames = new Map<string, string>()

/** The JSON name of a field: `sent_at_us` is `sentAtUs`. */
export function jsonName(field: string): string {
  const known = jsonNames.get(field)
  if (known !== undefined) return known
  const name = field.replace(/_+(.)/g, (_, letter: string) => letter.toUpperCase())
  jsonNames.set(field, name)
  return name
}

/** What comes before the values of an enum: `PERMISSION_`, `KIND_`. */
function prefixOf(type: protobuf.Enum): string {
  const zero = Object.keys(type.values).find(name => type.values[name] === 0 && name.endsWith('_UNSPECIFIED'))
  return zero === undefined ? '' : zero.slice(0, -'UNSPECIFIED'.length)
}

/** The name of an enum's value without its prefix (`VIEW_SCREEN`); the number itself if the schema has no name for it. */
export function enumName(type: protobuf.Enum, value: number): string | number {
  const name = type.valuesById[value]
  return name === undefined ? value : name.slice(prefixOf(type).length)
}

/** The number of an enum's value, named with or without its prefix. Throws `SchemaError` if the schema has no such name. */
export function enumValue(type: protobuf.Enum, name: string): number {
  const value = type.values[name] ?? type.values[prefixOf(type) + name]
  if (value === undefined) throw new SchemaError(`${nameOf(type)} has no value ${name}.`)
  return value
}
