/** Patterns of cases: what a message or snapshot has to look like. A pattern says what matters; fields that it leaves out may be anything. */
import { type Organisation, readCredential } from '../crypto/organisation.js'

/** Values that a case knows by name: `agent` is the player's participant number, others were kept by earlier steps. */
export type Names = ReadonlyMap<string, unknown>

/** A case that makes no sense: its author is told, never the testee's. */
export class CaseError extends Error {
  override readonly name = 'CaseError'
}

/** What `value` is at `path` and what the pattern wants there; undefined if it fits. */
export function misfit(pattern: unknown, value: unknown, names: Names, path = ''): string | undefined {
  const at = path === '' ? 'it' : path
  if (typeof pattern === 'string') return misfitText(pattern, value, names, at)
  if (pattern === null || typeof pattern === 'number' || typeof pattern === 'boolean')
    return equal(pattern, value) ? undefined : `${at} is ${show(value)}, not ${show(pattern)}`
  if (Array.isArray(pattern)) return misfitList(pattern, value, names, at)
  if (typeof pattern === 'object' && pattern !== null) return misfitObject(pattern as Readonly<Record<string, unknown>>, value, names, path)
  throw new CaseError(`a pattern cannot be ${typeof pattern}`)
}

/** Whether what is not there fits, whatever names stand for. */
export const fitsNothing = (pattern: unknown): boolean => misfit(pattern, undefined, SOMETHING) === undefined

/** Every name there is; each stands for something. */
const SOMETHING: Names = new (class extends Map<string, unknown> {
  override has = (): boolean => true
  override get = (): unknown => 1n
})()

function misfitText(pattern: string, value: unknown, names: Names, at: string): string | undefined {
  if (pattern === '$any') return undefined
  if (pattern === '$some') return isEmpty(value) ? `${at} is ${show(value)}, and has to be there` : undefined
  if (pattern.startsWith('$')) {
    const named = lookUp(pattern.slice(1), names)
    return equal(named, value) ? undefined : `${at} is ${show(value)}, not ${pattern} (${show(named)})`
  }
  return equal(pattern, value) ? undefined : `${at} is ${show(value)}, not ${show(pattern)}`
}

function misfitList(pattern: readonly unknown[], value: unknown, names: Names, at: string): string | undefined {
  const list = value === undefined ? [] : value
  if (!Array.isArray(list)) return `${at} is ${show(value)}, not a list`
  if (list.length !== pattern.length) return `${at} has ${list.length} items ${show(list)}, not ${pattern.length}`
  for (const [i, item] of pattern.entries()) {
    const wrong = misfit(item, list[i], names, `${at}[${i}]`)
    if (wrong !== undefined) return wrong
  }
  return undefined
}

function misfitObject(pattern: Readonly<Record<string, unknown>>, value: unknown, names: Names, path: string): string | undefined {
  const entries = Object.entries(pattern)
  if (entries.length > 0 && entries.every(([key]) => key.startsWith('$'))) return misfitOperators(pattern, value, names, path === '' ? 'it' : path)
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) {
    if (value === undefined || value === null) return entries.length === 0 ? undefined : `${path === '' ? 'it' : path} is not there`
    return `${path} is ${show(value)}, not a message`
  }
  for (const [key, item] of entries) {
    const wrong = misfit(item, (value as Record<string, unknown>)[key], names, path === '' ? key : `${path}.${key}`)
    if (wrong !== undefined) return wrong
  }
  return undefined
}

/** Each operator of an object whose keys all begin with `$`; all of them have to hold. */
const OPERATORS: Readonly<Record<string, (wanted: unknown, value: unknown, names: Names, at: string) => string | undefined>> = {
  $not: (wanted, value, names, at) => (misfit(wanted, value, names, at) === undefined ? `${at} is ${show(value)}, which it must not be` : undefined),
  $min: (wanted, value, names, at) =>
    toBig(value) >= toBig(resolve(wanted, names)) ? undefined : `${at} is ${show(value)}, less than ${show(resolve(wanted, names))}`,
  $max: (wanted, value, names, at) =>
    toBig(value) <= toBig(resolve(wanted, names)) ? undefined : `${at} is ${show(value)}, more than ${show(resolve(wanted, names))}`,
  $above: (wanted, value, names, at) =>
    toBig(value) > toBig(resolve(wanted, names)) ? undefined : `${at} is ${show(value)}, not more than ${show(resolve(wanted, names))}`,
  $size: (wanted, value, names, at) => misfit(wanted, sizeOf(value), names, `the size of ${at}`),
  $has: (wanted, value, names, at) =>
    Array.isArray(value) && value.some(item => misfit(wanted, item, names) === undefined)
      ? undefined
      : `${at} is ${show(value)} and has none like ${show(wanted)}`,
  $lacks: (wanted, value, names, at) =>
    Array.isArray(value) && value.some(item => misfit(wanted, item, names) === undefined)
      ? `${at} is ${show(value)} and has one like ${show(wanted)}`
      : undefined,
  $set: (wanted, value, names, at) =>
    Array.isArray(wanted) &&
    Array.isArray(value) &&
    wanted.length === value.length &&
    wanted.every(item => value.some(other => misfit(item, other, names) === undefined))
      ? undefined
      : `${at} is ${show(value)}, not the set ${show(wanted)}`,
  $of: (wanted, value, names, at) =>
    Array.isArray(wanted) && wanted.some(item => misfit(item, value, names) === undefined) ? undefined : `${at} is ${show(value)}, none of ${show(wanted)}`,
  $all: (wanted, value, names, at) => (wanted as readonly unknown[]).map(item => misfit(item, value, names, at)).find(wrong => wrong !== undefined),
  $last: (wanted, value, names, at) =>
    Array.isArray(value) && value.length > 0 ? misfit(wanted, value.at(-1), names, `the last of ${at}`) : `${at} is ${show(value)}, and has no last item`,
  $matches: (wanted, value, _names, at) =>
    typeof value === 'string' && new RegExp(String(wanted), 'u').test(value) ? undefined : `${at} is ${show(value)}, not like /${wanted}/`,
  $text: (wanted, value, names, at) => misfit(wanted, value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value, names, `the text of ${at}`),
  $jws: (wanted, value, names, at) => misfitJws(wanted as Jws, value, names, at),
  $ascending: (wanted, value, _names, at) => (Array.isArray(value) && isAscending(value, wanted) ? undefined : `${at} is ${show(value)}, not ascending`),
}

/** Who signed a compact JWS, and patterns for its header and its claims. */
interface Jws {
  readonly by: string
  readonly header?: unknown
  readonly claims?: unknown
}

function misfitJws({ by, header = '$any', claims = '$any' }: Jws, value: unknown, names: Names, at: string): string | undefined {
  const { jwk } = lookUp(by, names) as Organisation
  let read: ReturnType<typeof readCredential>
  try {
    read = readCredential(String(value), jwk)
  } catch (error) {
    return `${at} is ${show(value)}, no JWS by ${by}: ${error instanceof Error ? error.message : String(error)}`
  }
  return misfit({ header, claims }, read, names, at)
}

/** Each item, or its field of that name, is greater than the one before. */
function isAscending(list: readonly unknown[], field: unknown): boolean {
  const keys = list.map(item => (typeof field === 'string' ? (item as Record<string, unknown>)[field] : item))
  return keys.every((key, i) => i === 0 || (typeof key === 'number' ? Number(keys[i - 1]) < key : String(keys[i - 1]) < String(key)))
}

function misfitOperators(pattern: Readonly<Record<string, unknown>>, value: unknown, names: Names, at: string): string | undefined {
  for (const [operator, wanted] of Object.entries(pattern)) {
    const check = OPERATORS[operator]
    if (check === undefined) throw new CaseError(`there is no operator ${operator}`)
    const wrong = check(wanted, value, names, at)
    if (wrong !== undefined) return wrong
  }
  return undefined
}

/** A name's value; `agent.inviteId` is a field of what is kept under `agent`. Throws `CaseError` if there is none. */
export function lookUp(name: string, names: Names): unknown {
  if (names.has(name)) return names.get(name)
  const dot = name.lastIndexOf('.')
  const base = dot < 0 ? undefined : names.get(name.slice(0, dot))
  if (typeof base === 'object' && base !== null) {
    const value = (base as Record<string, unknown>)[name.slice(dot + 1)]
    if (value !== undefined) return value
  }
  throw new CaseError(`nothing is called $${name}; there are ${[...names.keys()].join(', ')}`)
}

const resolve = (value: unknown, names: Names): unknown => (typeof value === 'string' && value.startsWith('$') ? lookUp(value.slice(1), names) : value)

/** Two values mean the same: an enum with and without its prefix, a number and its digits, a default and nothing, bytes and their hexadecimal digits. */
function equal(wanted: unknown, value: unknown): boolean {
  if (wanted === value) return true
  if (isEmpty(wanted) && isEmpty(value)) return true
  if (value instanceof Uint8Array)
    return wanted instanceof Uint8Array ? hex(wanted) === hex(value) : typeof wanted === 'string' && hex(value) === wanted.toLowerCase()
  if (wanted instanceof Uint8Array) return hex(wanted) === value
  if (typeof wanted === 'string' && typeof value === 'string')
    return /^[A-Z][A-Z0-9_]*$/.test(wanted) && value.endsWith(`_${wanted}`) && /^[A-Z0-9_]+$/.test(value)
  if (isNumeric(wanted) && isNumeric(value)) return BigInt(wanted) === BigInt(value)
  if (Array.isArray(wanted) && Array.isArray(value)) return wanted.length === value.length && wanted.every((item, i) => equal(item, value[i]))
  return false
}

const isNumeric = (value: unknown): value is number | bigint | string =>
  typeof value === 'bigint' || Number.isSafeInteger(value) || (typeof value === 'string' && /^-?\d+$/.test(value))

/** What proto3 does not put on the wire. */
const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === 0 ||
  value === '' ||
  value === '0' ||
  value === 0n ||
  value === false ||
  (Array.isArray(value) && value.length === 0) ||
  (value instanceof Uint8Array && value.length === 0) ||
  (typeof value === 'string' && (value === 'UNSPECIFIED' || /^[A-Z0-9_]+_UNSPECIFIED$/.test(value)))

const toBig = (value: unknown): bigint => {
  if (isEmpty(value)) return 0n
  if (isNumeric(value)) return BigInt(value)
  throw new CaseError(`${show(value)} is not a number`)
}

const sizeOf = (value: unknown): number => {
  if (value === undefined || value === null) return 0
  if (typeof value === 'string') return new TextEncoder().encode(value).length
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length
  return Object.keys(value as object).length
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** A value in a sentence, at most 200 characters. */
export function show(value: unknown): string {
  const text =
    value instanceof Uint8Array
      ? `${value.length} bytes ${hex(value.subarray(0, 16))}${value.length > 16 ? '…' : ''}`
      : (JSON.stringify(value, (_key, item) =>
          typeof item === 'bigint' ? String(item) : item instanceof Uint8Array ? `hex:${hex(item.subarray(0, 16))}` : item,
        ) ?? 'nothing')
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
