import { decodeMessage, encodeMessage, type MessageType } from '@remote-assist/codec'
import { messageArbitrary } from '@remote-assist/codec/testing'
import fc, { type Arbitrary } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { failureOf } from './support/failure.js'
import { judge } from './support/judge.js'
import { root } from './support/reflection.js'
import { TYPES } from './support/types.js'
import { varint } from './support/wire.js'

const types = [...TYPES].filter(([name]) => name !== 'remoteassist.v1.Frame')

/** A change to bytes, at a place that is a fraction of their length. */
type Edit = (bytes: readonly number[]) => readonly number[]

const at = (bytes: readonly number[], place: number): number => Math.floor(place * bytes.length)
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const byte = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xff))
const inserted = fc.oneof(
  fc.array(byte, { minLength: 1, maxLength: 12 }),
  fc.bigInt({ min: 0n, max: 1n << 70n }).map(varint),
  fc.integer({ min: 1, max: 40 }).map(number => varint(number * 8)),
)

const edit: Arbitrary<Edit> = fc.oneof(
  fc.tuple(place, byte).map(
    ([p, value]): Edit =>
      bytes =>
        bytes.map((old, i) => (i === at(bytes, p) ? value : old)),
  ),
  fc.tuple(place, fc.nat(7)).map(
    ([p, bit]): Edit =>
      bytes =>
        bytes.map((old, i) => (i === at(bytes, p) ? old ^ (1 << bit) : old)),
  ),
  fc.tuple(place, inserted).map(
    ([p, values]): Edit =>
      bytes =>
        bytes.toSpliced(at(bytes, p), 0, ...values),
  ),
  fc.tuple(place, fc.integer({ min: 1, max: 4 })).map(
    ([p, count]): Edit =>
      bytes =>
        bytes.toSpliced(at(bytes, p), count),
  ),
  place.map(
    (p): Edit =>
      bytes =>
        bytes.slice(0, at(bytes, p)),
  ),
  fc.tuple(place, place, fc.nat(20)).map(
    ([p, q, count]): Edit =>
      bytes =>
        bytes.toSpliced(at(bytes, p), 0, ...bytes.slice(at(bytes, q), at(bytes, q) + count)),
  ),
)

/** Bytes that came from a message of the type, mostly, before they were changed. */
const spoilt = (type: MessageType<unknown>): Arbitrary<Uint8Array> =>
  fc.oneof(
    fc.uint8Array({ maxLength: 48 }),
    fc.tuple(messageArbitrary(type), fc.array(edit, { maxLength: 4 })).map(([message, edits]) => {
      const bytes = edits.reduce<readonly number[]>((changed, one) => one(changed), [...encodeMessage(type, message)])
      return Uint8Array.from(bytes)
    }),
  )

/** What protobufjs understands, defaults filled in. */
function understood(name: string, bytes: Uint8Array): unknown {
  const type = root.lookupType(name)
  return type.toObject(type.decode(bytes), { longs: String, bytes: String, defaults: true })
}

describe('RA-RLY-024 RA-RLY-025 RA-RLY-026 RA-RLY-027: bytes are accepted and refused as the table of limits has it', () => {
  test.each(types)('%s', (name, type) => {
    fc.assert(
      fc.property(spoilt(type), bytes => {
        const faults = judge(name, bytes)
        const found = failureOf(() => decodeMessage(type, bytes))
        if (found === undefined) expect([...faults]).toEqual([])
        else expect([...faults]).toContain(found)
      }),
      { numRuns: 150 },
    )
  })
})

describe('what is accepted is, to protobufjs, the same once it is written again', () => {
  test.each(types)('%s', (name, type) => {
    fc.assert(
      fc.property(spoilt(type), bytes => {
        fc.pre(failureOf(() => decodeMessage(type, bytes)) === undefined)
        const again = encodeMessage(type, decodeMessage(type, bytes))
        expect(understood(name, again)).toEqual(understood(name, bytes))
      }),
      { numRuns: 25, maxSkipsPerRun: 1_000 },
    )
  })
})
