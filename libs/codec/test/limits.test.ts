import { CloseCode, DecodeError, decodeMessage, EncodeError, encodeMessage, type FieldLimits, LIMITS, type MessageType } from '@remote-assist/codec'
import { messageArbitrary } from '@remote-assist/codec/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { failureOf } from './support/failure.js'
import { theirBytes } from './support/reflection.js'
import { TYPES } from './support/types.js'

const messages = [...TYPES].filter(([name]) => name !== 'remoteassist.v1.Frame')

/** A message of the type that its receiver accepts, the same in each run. */
function sample(type: MessageType<unknown>): Record<string, unknown> {
  return fc.sample(messageArbitrary(type), { numRuns: 1, seed: 1 })[0] as Record<string, unknown>
}

/** What decoding says to a message with this in a field, and encoding as well; protobufjs, which knows no limits, makes the bytes. */
function verdict(type: MessageType<unknown>, field: FieldLimits, value: unknown): string {
  const message = { ...sample(type), [field.name]: value }
  const received = failureOf(() => decodeMessage(type, theirBytes(type.$type, asTheirs(message))))
  expect(refusalOf(() => encodeMessage(type, message))).toBe(received)
  return received ?? 'accepted'
}

/** What the receiver would say to a message that encoding refuses; undefined if it is encoded. */
function refusalOf(encode: () => unknown): string | undefined {
  try {
    encode()
    return undefined
  } catch (error) {
    if (error instanceof EncodeError && error.cause instanceof DecodeError) return error.cause.code
    throw error
  }
}

/** 64-bit values as text, which protobufjs takes for them, and maps as objects. */
function asTheirs(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Map) return Object.fromEntries(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(asTheirs)
  if (typeof value !== 'object' || value === null) return value
  const { $case, value: inner, ...rest } = value as Record<string, unknown>
  if (typeof $case === 'string') return asTheirs({ [$case]: inner, ...rest })
  return Object.fromEntries(Object.entries(value).flatMap(([key, one]) => (one === undefined ? [] : unwrapped(key, one))))
}

const unwrapped = (key: string, value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null && '$case' in value ? Object.entries(asTheirs(value) as object) : [[key, asTheirs(value)]]

const fieldsWhere = (has: (field: FieldLimits) => boolean) =>
  messages.flatMap(([name, type]) =>
    (LIMITS[name] ?? [])
      .filter(field => field.oneof === undefined && !field.map && has(field))
      .map(field => ({ path: `${name.slice(16)}.${field.name}`, type, field })),
  )

describe('RA-RLY-025 RA-RLY-026: the longest and shortest', () => {
  const texts = fieldsWhere(field => (field.type === 'string' || field.type === 'bytes') && !field.repeated)
  const of = (field: FieldLimits, length: number) => (field.type === 'string' ? 'x'.repeat(length) : new Uint8Array(length).fill(7))

  test.each(texts)('$path', ({ type, field }) => {
    const { minBytes = 0, maxBytes = 0, optional } = field
    expect(verdict(type, field, of(field, maxBytes))).toBe('accepted')
    expect(verdict(type, field, of(field, maxBytes + 1))).toBe('FIELD_TOO_LARGE')
    expect(verdict(type, field, of(field, minBytes))).toBe('accepted')
    if (minBytes > 1) expect(verdict(type, field, of(field, minBytes - 1))).toBe('FIELD_TOO_SMALL')
    expect(verdict(type, field, of(field, 0))).toBe(optional || minBytes === 0 ? 'accepted' : 'MISSING_FIELD')
  })
})

describe('RA-RLY-026: the highest and lowest', () => {
  const numbers = fieldsWhere(field => ['uint32', 'sint32', 'enum'].includes(field.type) && !field.repeated && (field.max ?? field.min) !== undefined)

  test.each(numbers)('$path', ({ type, field }) => {
    const { min = 0, max, optional } = field
    expect(verdict(type, field, min)).toBe('accepted')
    if (max !== undefined) {
      expect(verdict(type, field, max)).toBe('accepted')
      expect(verdict(type, field, max + 1)).toBe('OUT_OF_RANGE')
    }
    if (min > 1) expect(verdict(type, field, min - 1)).toBe('OUT_OF_RANGE')
    if (min < 0) expect(verdict(type, field, min - 1)).toBe('OUT_OF_RANGE')
    if (min > 0) expect(verdict(type, field, 0)).toBe(optional ? 'accepted' : 'MISSING_FIELD')
  })
})

describe('RA-RLY-025: the most and fewest items', () => {
  const lists = fieldsWhere(field => field.repeated === true)

  test.each(lists)('$path', ({ type, field }) => {
    const { minItems = 0, maxItems = 0 } = field
    const item = fc.sample(
      messageArbitrary({ $type: type.$type })
        .map(message => (message as Record<string, unknown[]>)[field.name]?.[0])
        .filter(one => one !== undefined),
      { numRuns: 1, seed: 2 },
    )[0]
    const small = field.type === 'string' ? 'x'.repeat(field.minBytes ?? 0) : item
    expect(verdict(type, field, new Array(maxItems).fill(small))).toBe('accepted')
    expect(verdict(type, field, new Array(maxItems + 1).fill(small))).toBe('TOO_MANY_ITEMS')
    if (minItems > 0) expect(verdict(type, field, new Array(minItems - 1).fill(small))).toBe('TOO_FEW_ITEMS')
  })

  test('items together', () => {
    const [entry, argv] = [TYPES.get('remoteassist.v1.Entry'), TYPES.get('remoteassist.v1.RunCommand')]
    if (entry === undefined || argv === undefined) throw new Error('unknown type')
    const path = LIMITS['remoteassist.v1.Entry']?.find(field => field.name === 'path') as FieldLimits
    const words = LIMITS['remoteassist.v1.RunCommand']?.find(field => field.name === 'argv') as FieldLimits
    expect(verdict(entry, path, [...new Array(4).fill('x'.repeat(255)), 'xxxx'])).toBe('accepted')
    expect(verdict(entry, path, [...new Array(4).fill('x'.repeat(255)), 'xxxxx'])).toBe('FIELD_TOO_LARGE')
    expect(verdict(argv, words, ['x'.repeat(16_384), 'x'.repeat(16_384)])).toBe('accepted')
    expect(verdict(argv, words, ['x'.repeat(16_384), 'x'.repeat(16_385)])).toBe('FIELD_TOO_LARGE')
  })
})

test('a message that its receiver would not accept is not encoded, and the error says why', () => {
  const chat = TYPES.get('remoteassist.v1.Chat') as MessageType<unknown>
  expect(() => encodeMessage(chat, { id: 1, from: 1, text: 'x'.repeat(4097), atMs: 0n })).toThrow(
    new EncodeError('Chat.text has 4097 bytes; at most 4096 are allowed'),
  )
  expect(() => encodeMessage(chat, { id: -1, from: 1, text: 'x', atMs: 0n })).toThrow(EncodeError)
  expect(() => encodeMessage(chat, { id: 1, from: 1.5, text: 'x', atMs: 0n })).toThrow(EncodeError)
  expect(() => encodeMessage(chat, { id: 1, from: 1, text: 'x', atMs: 1n << 64n })).toThrow(EncodeError)
  expect(decodeMessage(chat, encodeMessage(chat, { id: 1, from: 1, text: 'x', atMs: 1n }))).toEqual({ id: 1, from: 1, text: 'x', atMs: 1n })
})

test('an error carries the close code for the connection', () => {
  expect(new DecodeError('TRUNCATED', '').closeCode).toBe(CloseCode.MALFORMED)
  expect(new DecodeError('FIELD_TOO_LARGE', '').closeCode).toBe(CloseCode.TOO_LARGE)
  expect(new DecodeError('OUT_OF_RANGE', '').closeCode).toBe(CloseCode.INVALID_FIELD)
  expect(new DecodeError('BAD_TARGETS', '').closeCode).toBe(CloseCode.BAD_HEADER)
})
