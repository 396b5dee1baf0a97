import { Channel, decodeFrame, decodeFrameHeader, EncodeError, encodeFrame, encodeFrameHead, type FrameHeader, MAX_FRAME_BYTES } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { failureOf } from './support/failure.js'
import { root } from './support/reflection.js'
import { bytes, delimited, number, varint } from './support/wire.js'

const participant = fc.integer({ min: 1, max: 65_535 })
const headers: fc.Arbitrary<FrameHeader> = fc.record({
  channel: fc.integer({ min: Channel.RELAY, max: Channel.ANNOTATION }),
  source: fc.integer({ min: 0, max: 65_535 }),
  targets: fc.uniqueArray(participant, { maxLength: 32 }).map(list => list.sort((a, b) => a - b)),
  sequence: fc.oneof(
    fc.integer({ min: 1, max: 300 }),
    fc.maxSafeInteger().filter(value => value > 0),
  ),
})
const payloads = fc.uint8Array({ maxLength: 300 })
const header: FrameHeader = { channel: Channel.MEDIA, source: 2, targets: [1, 3], sequence: 9 }

test('RA-RLY-001: a frame decodes to what was encoded, and its header alone to the same header', () => {
  fc.assert(
    fc.property(headers, payloads, (head, payload) => {
      const frame = encodeFrame(head, payload)
      expect(decodeFrame(frame)).toEqual({ ...head, payload })
      const { payloadOffset, payloadLength, ...rest } = decodeFrameHeader(frame)
      expect(rest).toEqual(head)
      expect(frame.subarray(payloadOffset, payloadOffset + payloadLength)).toEqual(payload)
    }),
  )
})

test('the head of a frame is what stands before its payload', () => {
  fc.assert(
    fc.property(headers, payloads, (head, payload) => {
      expect(Uint8Array.of(...encodeFrameHead(head, payload.length), ...payload)).toEqual(encodeFrame(head, payload))
    }),
  )
  expect(() => encodeFrameHead(header, MAX_FRAME_BYTES)).toThrow(EncodeError)
})

test('protobufjs writes the same bytes, and reads ours', () => {
  const theirs = root.lookupType('remoteassist.v1.Frame')
  fc.assert(
    fc.property(headers, payloads, (head, payload) => {
      const frame = encodeFrame(head, payload)
      expect(Uint8Array.from(theirs.encode(theirs.fromObject({ ...head, sequence: String(head.sequence), payload })).finish())).toEqual(frame)
      const seen = theirs.toObject(theirs.decode(frame), { longs: String, defaults: true, arrays: true })
      expect(seen).toMatchObject({ ...head, sequence: String(head.sequence) })
    }),
  )
})

test('RA-RLY-027: the fields of a frame may come in any order, its targets packed or not, with unknown fields between', () => {
  const fields = [
    number(1, 5),
    number(2, 2),
    number(3, 1),
    delimited(3, [...varint(3), ...varint(300)]),
    number(4, 9),
    delimited(15, [7, 8]),
    number(20, 1),
    delimited(21, [1]),
  ]
  fc.assert(
    fc.property(fc.shuffledSubarray(fields, { minLength: fields.length }), shuffled => {
      fc.pre(shuffled.indexOf(fields[2] as number[]) < shuffled.indexOf(fields[3] as number[]))
      expect(decodeFrame(bytes(...shuffled))).toEqual({ channel: 5, source: 2, targets: [1, 3, 300], sequence: 9, payload: bytes([7, 8]) })
    }),
  )
})

test('RA-RLY-027: a tag that takes more bytes than it needs is that of its field', () => {
  const long = ([tag = 0, ...rest]: readonly number[]) => [tag | 0x80, 0, ...rest]
  const frame = [number(1, 5), number(2, 2), number(3, 1), delimited(3, [3]), number(4, 9), delimited(15, [7, 8])].flatMap(long)
  expect(decodeFrame(Uint8Array.from(frame))).toEqual({ channel: 5, source: 2, targets: [1, 3], sequence: 9, payload: Uint8Array.of(7, 8) })
  const unsound = [...number(1, 5), ...long(number(3, 0)), ...number(4, 9)]
  expect(failureOf(() => decodeFrameHeader(Uint8Array.from(unsound)))).toBe('BAD_TARGETS')
})

test('the payload is a view of the frame, which has the exact size', () => {
  const frame = encodeFrame(header, new Uint8Array(1000).fill(1))
  const { payload } = decodeFrame(frame)
  expect(payload.buffer).toBe(frame.buffer)
  expect(frame.byteLength).toBe(frame.buffer.byteLength)
  const inside = new Uint8Array([9, 9, ...frame]).subarray(2)
  expect(decodeFrame(inside).payload).toEqual(payload)
  expect(decodeFrame(inside).payload.buffer).toBe(inside.buffer)
})

describe('RA-RLY-003 RA-RLY-006 RA-RLY-009 RA-RLY-010: a header that is wrong has a name', () => {
  const [channel, sequence] = [number(1, 5), number(4, 9)]
  const targets = (...list: number[]) =>
    delimited(
      3,
      list.flatMap(target => varint(target)),
    )
  const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1)

  test.each([
    ['BAD_CHANNEL', sequence],
    ['BAD_CHANNEL', [...number(1, 0), ...sequence]],
    ['UNKNOWN_CHANNEL', [...number(1, 12), ...sequence]],
    ['BAD_SOURCE', [...channel, ...number(2, 65_536), ...sequence]],
    ['BAD_TARGETS', [...channel, ...targets(3, 2), ...sequence]],
    ['BAD_TARGETS', [...channel, ...targets(3, 3), ...sequence]],
    ['BAD_TARGETS', [...channel, ...targets(3), ...targets(2), ...sequence]],
    ['BAD_TARGETS', [...channel, ...number(3, 3), ...number(3, 3), ...sequence]],
    ['BAD_TARGETS', [...channel, ...targets(0), ...sequence]],
    ['BAD_TARGETS', [...channel, ...targets(65_536), ...sequence]],
    ['TOO_MANY_TARGETS', [...channel, ...targets(...upTo(33)), ...sequence]],
    ['TOO_MANY_TARGETS', [...channel, ...targets(...upTo(32)), ...number(3, 40), ...sequence]],
    ['BAD_SEQUENCE', channel],
    ['BAD_SEQUENCE', [...channel, ...number(4, 2n ** 53n)]],
    ['DUPLICATE_FIELD', [...channel, ...channel, ...sequence]],
    ['BAD_WIRE_TYPE', [...delimited(1, [5]), ...sequence]],
    ['BAD_WIRE_TYPE', [...channel, ...sequence, ...number(15, 1)]],
    ['BAD_WIRE_TYPE', [...channel, ...sequence, 0x1d, 0, 0, 0, 0]],
    ['BAD_TAG', [...channel, ...sequence, 0, 0]],
    ['BAD_TAG', [...channel, ...sequence, 0xa0, 0x80, 0x80, 0x80, 0x80, 0, 0]],
    ['BAD_TAG', [...channel, ...sequence, ...varint(2n ** 32n + 8n), 0]],
    ['TRUNCATED', [...channel, ...sequence, 0x7a, 2, 1]],
    ['TRUNCATED', [...channel, ...sequence, 0x1a, 2, 1]],
    ['TRUNCATED', [...channel, ...sequence, 0x1a, 1, 0x80, 1]],
    ['TRUNCATED', [...channel, ...sequence, 0x10]],
    ['BAD_VARINT', [...channel, 0x20, ...new Array(10).fill(0xff), 1]],
  ])('%s', (code, frame) => expect(failureOf(() => decodeFrameHeader(Uint8Array.from(frame)))).toBe(code))

  test('32 targets and the highest sequence are fine', () => {
    expect(decodeFrameHeader(bytes(channel, targets(...upTo(32)), number(4, Number.MAX_SAFE_INTEGER)))).toMatchObject({
      targets: upTo(32),
      sequence: Number.MAX_SAFE_INTEGER,
    })
  })

  test('RA-RLY-001: a frame has at most 266,240 bytes', () => {
    const overhead = encodeFrame(header, new Uint8Array(100_000)).length - 100_000
    const longest = encodeFrame(header, new Uint8Array(MAX_FRAME_BYTES - overhead))
    expect(longest).toHaveLength(MAX_FRAME_BYTES)
    expect(decodeFrame(longest).payload).toHaveLength(MAX_FRAME_BYTES - overhead)
    expect(() => encodeFrame(header, new Uint8Array(MAX_FRAME_BYTES - overhead + 1))).toThrow(EncodeError)
    expect(failureOf(() => decodeFrame(bytes(longest, [0])))).toBe('FRAME_TOO_LARGE')
  })

  test.each([
    { channel: 0 as Channel },
    { channel: 12 as Channel },
    { source: 65_536 },
    { source: -1 },
    { sequence: 0 },
    { sequence: 1.5 },
    { sequence: 2 ** 53 },
    { targets: [2, 1] },
    { targets: [0] },
    { targets: [65_536] },
    { targets: upTo(33) },
  ])('it is not encoded: %j', wrong => {
    expect(() => encodeFrame({ ...header, ...wrong }, new Uint8Array(0))).toThrow(EncodeError)
  })
})
