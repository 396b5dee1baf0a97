/** Plain data checked against a message of the schema, field by field: what a case's author misspelt is found when the case is loaded, not when it passes by mistake. */
import protobuf from 'protobufjs'
import { CaseError, show } from './pattern.js'

type Plain = Readonly<Record<string, unknown>>

/** Messages whose content is free: it is checked where it is used. */
const FREE = new Set(['.google.protobuf.Struct', '.google.protobuf.Value', '.google.protobuf.ListValue'])

/** `value` with lowerCamelCase names, if it is a `type`; throws `CaseError` that names the place if it is not. */
export function conform(type: protobuf.Type, value: unknown, path: string): Plain {
  if (FREE.has(type.fullName)) return value as Plain
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new CaseError(`${path} is ${show(value)}, not a ${type.name}`)
  const result: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value)) {
    const name = protobuf.util.camelCase(key)
    const field = type.fields[key] ?? type.fieldsArray.find(one => protobuf.util.camelCase(one.name) === name)
    if (field === undefined) throw new CaseError(`${path} has a field ${key}, which a ${type.name} does not have`)
    const at = `${path}.${key}`
    if (!field.repeated) result[name] = single(field, item, at)
    else if (Array.isArray(item)) result[name] = item.map((one, i) => single(field, one, `${at}[${i}]`))
    else throw new CaseError(`${at} is ${show(item)}, not a list`)
  }
  return result
}

function single(field: protobuf.Field, value: unknown, path: string): unknown {
  field.resolve()
  const { resolvedType } = field
  if (resolvedType instanceof protobuf.Type) return FREE.has(resolvedType.fullName) ? free(resolvedType, value, path) : conform(resolvedType, value, path)
  if (resolvedType instanceof protobuf.Enum) return named(resolvedType, value, path)
  // A row's value or a name is filled in later.
  if (typeof value === 'string' && value.startsWith('$')) return value
  const fits =
    field.type === 'string' || field.type === 'bytes'
      ? typeof value === 'string'
      : field.type === 'bool'
        ? typeof value === 'boolean'
        : Number.isSafeInteger(value)
  if (!fits) throw new CaseError(`${path} is ${show(value)}, not ${field.type}`)
  return value
}

function free(type: protobuf.Type, value: unknown, path: string): unknown {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (type.name === 'Struct' && !isObject) throw new CaseError(`${path} is ${show(value)}, not an object`)
  return value
}

/** The name of an enum's value in full, whatever of its prefix was left out. */
function named(type: protobuf.Enum, value: unknown, path: string): string {
  if (typeof value === 'string' && value.startsWith('$')) return value
  const name = Object.keys(type.values).find(
    key => key === value || (typeof value === 'string' && key.endsWith(`_${value}`) && key === `${prefixOf(type)}_${value}`),
  )
  if (name === undefined) throw new CaseError(`${path} is ${show(value)}, which ${type.name} does not know`)
  return name
}

/** `PermissionKind` → `PERMISSION_KIND`. */
const prefixOf = (type: protobuf.Enum): string => type.name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()
