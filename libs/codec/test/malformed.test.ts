import {
  Channel,
  Chat,
  decodeFrame,
  decodeFrameHeader,
  decodeHandshake,
  decodeMessage,
  decodeMessages,
  decodeRelay,
  encodeMessage,
  encodeMessages,
  KeyEvent,
  MAX_MESSAGES_PER_RECORD,
  MAX_PLAINTEXT_BYTES,
  MESSAGE_TYPES,
  PointerButton,
  type RecordChannel,
} from '@remote-assist/codec'
import { messageArbitrary } from '@remote-assist/codec/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { failureOf } from './support/failure.js'
import { TYPES } from './support/types.js'
import { bytes, delimited, number, text, varint } from './support/wire.js'

const types = [...TYPES.values()]

const mutated = (type: (typeof types)[number]) =>
  fc
    .tuple(messageArbitrary(type), fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 }), fc.nat(3))
    .map(([message, edits, cut]) => {
      const changed = encodeMessage(type, message)
      for (const [at, byte] of edits) if (changed.length > 0) changed[at % changed.length] = byte
      return changed.subarray(0, Math.max(0, changed.length - cut))
    })

describe('RA-RLY-024: bytes decode, or throw DecodeError and nothing else', () => {
  test.each(types.filter(type => type.$type !== 'remoteassist.v1.Frame').map(type => [type.$type, type] as const))('%s', (_, type) => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), mutated(type)), input => {
        failureOf(() => decodeMessage(type, input))
      }),
      { numRuns: 60 },
    )
  })

  test('frames, records, RELAY and HANDSHAKE', () => {
    const channels = Object.keys(MESSAGE_TYPES)
      .map(Number)
      .filter((channel): channel is RecordChannel => channel > 2)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...channels), (input, channel) => {
        failureOf(() => decodeFrame(input))
        failureOf(() => decodeFrameHeader(input))
        failureOf(() => decodeRelay(input))
        failureOf(() => decodeHandshake(input))
        failureOf(() => decodeMessages(channel, input))
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('RA-RLY-024: what is wrong has a name', () => {
  const chat = (...parts: Iterable<number>[]) => failureOf(() => decodeMessage(Chat, bytes(...parts)))
  const hello = delimited(3, text('hello'))

  test('RA-RLY-027: bytes as they should be, with fields in any order and unknown ones between', () => {
    expect(decodeMessage(Chat, bytes(number(4, 5), hello, number(99, 1), delimited(98, [1, 2]), [...varint(97 * 8 + 5), 1, 2, 3, 4], number(1, 7)))).toEqual({
      id: 7,
      from: 0,
      text: 'hello',
      atMs: 5n,
    })
  })

  test.each([
    ['TRUNCATED', chat(hello, [8])],
    ['TRUNCATED', chat([26, 9, 1])],
    ['TRUNCATED', chat(hello, [...varint(99 * 8 + 1), 1])],
    ['BAD_VARINT', chat(hello, [8, ...new Array(10).fill(0x80), 1])],
    ['BAD_VARINT', chat(hello, [32, ...new Array(9).fill(0xff), 2])],
    ['BAD_TAG', chat(hello, [0, 1])],
    ['BAD_TAG', chat(hello, [0x91, 0x80, 0x80, 0x81, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
    ['BAD_TAG', chat(hello, [...varint(2n ** 32n + 8n), 1])],
    ['BAD_WIRE_TYPE', chat(hello, [11, 12])],
    ['BAD_WIRE_TYPE', chat(number(3, 1))],
    ['BAD_WIRE_TYPE', chat(hello, delimited(1, [1]))],
    ['BAD_UTF8', chat(delimited(3, [0xc3, 0x28]))],
    ['BAD_UTF8', chat(delimited(3, [...new Array(40).fill(97), 0xff]))],
    ['DUPLICATE_FIELD', chat(hello, hello)],
    ['OUT_OF_RANGE', chat(hello, number(1, 2n ** 32n))],
    ['MISSING_FIELD', chat(number(1, 7))],
  ])('%s', (code, found) => expect(found).toBe(code))

  test('two members of a oneof', () => {
    const stop = delimited(8, [])
    expect(failureOf(() => decodeMessages(Channel.SESSION, bytes(varint(4), delimited(6, []), delimited(7, []))))).toBe('DUPLICATE_FIELD')
    expect(failureOf(() => decodeMessages(Channel.SESSION, bytes(varint(2), stop)))).toBe(undefined)
  })

  test('a boolean beyond 1, a length beyond its message', () => {
    expect(failureOf(() => decodeMessage(KeyEvent, bytes(number(4, 4), number(3, 2))))).toBe('OUT_OF_RANGE')
    expect(failureOf(() => decodeMessages(Channel.CHAT, bytes([3], [10, 5, 26], [1, 97])))).toBe('TRUNCATED')
  })

  test('an unknown enum value and an empty oneof are passed on', () => {
    expect(decodeMessage(PointerButton, bytes(number(7, 99))).button).toBe(99)
    expect(decodeMessages(Channel.CHAT, bytes([2], number(9, 1)))).toEqual([{ kind: undefined }])
  })
})

describe('a record', () => {
  const line = { kind: { $case: 'chat', value: { id: 1, from: 1, text: 'x', atMs: 0n } } } as const

  test('RA-RLY-021 RA-RLY-030: holds 1 to 4,096 messages', () => {
    const most = encodeMessages(Channel.CHAT, new Array(MAX_MESSAGES_PER_RECORD).fill(line))
    expect(decodeMessages(Channel.CHAT, most)).toHaveLength(MAX_MESSAGES_PER_RECORD)
    expect(failureOf(() => decodeMessages(Channel.CHAT, bytes(most, most.subarray(0, most.length / MAX_MESSAGES_PER_RECORD))))).toBe('TOO_MANY_MESSAGES')
    expect(() => encodeMessages(Channel.CHAT, new Array(MAX_MESSAGES_PER_RECORD + 1).fill(line))).toThrow(/more than 4096/)
    expect(failureOf(() => decodeMessages(Channel.CHAT, new Uint8Array(0)))).toBe('NO_MESSAGE')
    expect(() => encodeMessages(Channel.CHAT, [])).toThrow(/no message/)
  })

  test('RA-RLY-022: has at most 263,168 bytes', () => {
    const chunk = (length: number) =>
      ({ kind: { $case: 'chunk', value: { transferId: 1, entry: 1, offset: 1n, sentAtUs: 1n, data: new Uint8Array(length) } } }) as const
    const overhead = encodeMessages(Channel.FILE, [chunk(262_144)]).length - 262_144
    const rest = MAX_PLAINTEXT_BYTES - 262_144 - overhead
    const small = encodeMessages(Channel.FILE, [chunk(rest - 20)]).length
    const exact = encodeMessages(Channel.FILE, [chunk(262_144), chunk(rest - 20 + rest - small)])
    expect(exact).toHaveLength(MAX_PLAINTEXT_BYTES)
    expect(decodeMessages(Channel.FILE, exact)).toHaveLength(2)
    expect(() => encodeMessages(Channel.FILE, [chunk(262_144), chunk(rest - 20 + rest - small + 1)])).toThrow(/263169 bytes/)
    expect(failureOf(() => decodeMessages(Channel.FILE, new Uint8Array(MAX_PLAINTEXT_BYTES + 1)))).toBe('PLAINTEXT_TOO_LARGE')
  })

  test('RA-RLY-028: is refused before memory is taken for what it claims to hold', () => {
    const claims = bytes(varint(5), [0x4a, 0xff, 0xff, 0xff, 0x7f])
    expect(failureOf(() => decodeMessages(Channel.MEDIA, claims))).toBe('TRUNCATED')
    // 65,536 empty rectangles: each would be an object.
    const rectangles = new Array(65_536).fill([0x4a, 0]).flat()
    const part = delimited(1, rectangles)
    expect(failureOf(() => decodeMessages(Channel.MEDIA, bytes(varint(part.length), part)))).toBe('MISSING_FIELD')
    const packed = delimited(1, delimited(4, new Uint8Array(200_000).fill(1)))
    expect(failureOf(() => decodeMessages(Channel.ANNOTATION, bytes(varint(packed.length), packed)))).toBe('BAD_WIRE_TYPE')
    const stroke = delimited(2, delimited(4, new Uint8Array(200_000).fill(1)))
    expect(failureOf(() => decodeMessages(Channel.ANNOTATION, bytes(varint(stroke.length), stroke)))).toBe('TOO_MANY_ITEMS')
  })
})
