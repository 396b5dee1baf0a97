/** Values of cases: what a step sends, with names and makers filled in. */
import { randomBytes } from 'node:crypto'
import { hex } from '../crypto/bytes.js'
import { credentialsForm, credentialsInfo, hpkeSeal } from '../crypto/hpke.js'
import type { Organisation, TokenIssuer } from '../crypto/organisation.js'
import { blackPng } from '../play/png.js'
import { CaseError, lookUp, type Names } from './pattern.js'

/**
 * A value with everything filled in. Text that begins with `$` is a name; objects with one key that begins with `$` make something:
 * `{$text: n}` n letters, `{$bytes: n}` n bytes, `{$random: n}` n random bytes, `{$hex: "0a0b"}` those bytes, `{$list: n, of: value}` n times the value (in it, `$i` is
 * the item's number from 1), `{$plus: [name, n]}` a number and n more, `{$join: [..]}` bytes or texts one behind the other,
 * `{$chunks: bytes, transferId, entry}` messages that bring so many bytes of a file,
 * `{$sealed: {account, password}, session, requestId, key}` credentials for a request, sealed to that key (instead of the two: `form`, the bytes that are sealed),
 * `{$png: {width, height, note}}` a black picture with a note in it and behind it,
 * `{$varint: n}` a number as protobuf has it, `{$flip: name}` bytes with one bit of the first turned over, or text with one letter of its second half another, `{$jwt: claims,
 * header: fields, by: name}` a token of the issuer of agents' tokens, or of the `forger`, `{$credential: claims, header: fields, by: name}` what an organisation says of
 * an agent; claims that are bytes are in hexadecimal digits.
 */
export function filled(value: unknown, names: Names): unknown {
  if (typeof value === 'string') return value.startsWith('$') ? lookUp(value.slice(1), names) : value
  if (Array.isArray(value)) return value.map(item => filled(item, names))
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  const entries = Object.entries(value)
  const [maker] = entries[0] ?? ['']
  if (!maker.startsWith('$')) return Object.fromEntries(entries.map(([key, item]) => [key, filled(item, names)]))
  return made(maker, value as Readonly<Record<string, unknown>>, names)
}

function made(maker: string, value: Readonly<Record<string, unknown>>, names: Names): unknown {
  const argument = maker === '$list' ? value[maker] : filled(value[maker], names)
  switch (maker) {
    case '$text':
      return 'x'.repeat(countOf(argument))
    case '$bytes':
      return new Uint8Array(countOf(argument)).fill(0x5a)
    case '$random':
      return new Uint8Array(randomBytes(countOf(argument)))
    case '$hex':
      return new Uint8Array(Buffer.from(String(argument).replaceAll(/\s/g, ''), 'hex'))
    case '$png':
      return blackPng(argument as Parameters<typeof blackPng>[0])
    case '$join':
      return joined(argument as readonly (Uint8Array | string)[])
    case '$varint':
      return varint(BigInt(argument as number))
    case '$jwt': {
      const { header = {}, by = 'issuer' } = value as { header?: Readonly<Record<string, unknown>>; by?: string }
      const { tenant, ...claims } = argument as Readonly<Record<string, unknown>>
      return (lookUp(by, names) as TokenIssuer).token({ ...claims, [String(lookUp('tenantClaim', names))]: tenant }, header)
    }
    case '$credential': {
      const { header = {}, by = '' } = value as { header?: Readonly<Record<string, unknown>>; by?: string }
      const claims = Object.entries(argument as object).map(([name, claim]) => [name, claim instanceof Uint8Array ? hex(claim) : claim])
      return (lookUp(by, names) as Organisation).vouch(Object.fromEntries(claims), header)
    }
    case '$list':
      return Array.from({ length: countOf(filled(argument, names)) }, (_, i) => filled(value.of, new Map([...names, ['i', i + 1]])))
    case '$plus': {
      const [base, more] = argument as readonly [unknown, unknown]
      return typeof base === 'number' ? base + Number(more) : String(BigInt(base as string) + BigInt(more as number))
    }
    case '$chunks':
      return chunksOf(countOf(Number(argument)), value)
    case '$sealed': {
      const { key, requestId, session } = value
      return sealed(argument as Credentials, filled({ key, requestId, session }, names) as SealedFor)
    }
    case '$flip': {
      if (typeof argument === 'string') return flipped(argument)
      const bytes = Uint8Array.from(argument as Uint8Array)
      bytes[0] = (bytes[0] ?? 0) ^ 1
      return bytes
    }
    default:
      throw new CaseError(`nothing makes ${maker}`)
  }
}

const joined = (parts: readonly (Uint8Array | string)[]): Uint8Array | string =>
  parts.every(part => typeof part === 'string') ? parts.join('') : new Uint8Array(Buffer.concat(parts.map(part => Buffer.from(part))))

/** Not the last letter: of that, an encoding may leave bits unused. */
function flipped(text: string): string {
  const place = Math.floor(text.length * 0.75)
  return `${text.slice(0, place)}${text[place] === 'A' ? 'B' : 'A'}${text.slice(place + 1)}`
}

interface Credentials {
  readonly account?: string
  readonly password?: string
  readonly form?: Uint8Array
}

/** What credentials are bound to. */
interface SealedFor {
  readonly session: Uint8Array
  readonly requestId: number
  readonly key: Uint8Array
}

const sealed = ({ account = '', password = '', form = credentialsForm(account, password) }: Credentials, { key, requestId, session }: SealedFor): Uint8Array =>
  hpkeSeal(key, credentialsInfo(session, requestId), form)

/** The most bytes in a chunk. */
const CHUNK_BYTES = 262_144

/** A file's first bytes, in chunks as large as they may be. */
function chunksOf(bytes: number, { transferId, entry }: Readonly<Record<string, unknown>>): readonly unknown[] {
  return Array.from({ length: Math.ceil(bytes / CHUNK_BYTES) }, (_, i) => {
    const offset = i * CHUNK_BYTES
    return { chunk: { transferId, entry, offset, data: new Uint8Array(Math.min(CHUNK_BYTES, bytes - offset)).fill(0x5a) } }
  })
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = []
  for (let left = value; left > 0n || bytes.length === 0; left >>= 7n) bytes.push(Number(left & 0x7fn) | (left > 0x7fn ? 0x80 : 0))
  return Uint8Array.from(bytes)
}

/** The most items or bytes that a case can make. */
const MOST = 2_097_152

const countOf = (value: unknown): number => {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= MOST) return value
  throw new CaseError(`${String(value)} is no count`)
}
