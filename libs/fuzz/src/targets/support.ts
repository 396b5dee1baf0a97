/** What the targets have in common. */
import { isDeepStrictEqual } from 'node:util'
import { DecodeError } from '@remote-assist/codec'
import { SecureError } from '@remote-assist/secure'
import fc, { type Arbitrary } from 'fast-check'

/** The documented error's code, or what there is without one. Any other error is passed on: a finding. */
export type Answer<T> = { readonly refused: string } | { readonly value: T }

/** What `action` gives, or the code of its documented error. */
export function answerOf<T>(documented: typeof DecodeError | typeof SecureError, action: () => T): Answer<T> {
  try {
    return { value: action() }
  } catch (error) {
    if (error instanceof documented) return { refused: error.code }
    throw error
  }
}

/** Decodes. */
export const decoding = <T>(action: () => T): Answer<T> => answerOf(DecodeError, action)

/** Opens, parses or verifies. */
export const securing = <T>(action: () => T): Answer<T> => answerOf(SecureError, action)

/** Equal in value, through and through. */
export const same = (one: unknown, other: unknown): boolean => isDeepStrictEqual(one, other)

/** Whether bytes are the same. */
export const sameBytes = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0

/** One after another. */
export const concat = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts))

/** Any bytes, few of them. */
export const anyBytes = (maxLength = 64): Arbitrary<Uint8Array> => fc.uint8Array({ maxLength })

/** A whole number in as many bytes as protobuf takes for it. */
export function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = BigInt(value)
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return Uint8Array.from([...bytes, Number(rest)])
}

/** An operation of a script: four bytes, and what belongs to them. */
export interface Operation {
  readonly kind: number
  readonly a: number
  readonly b: number
  readonly c: number
}

const OPERATION_BYTES = 4

/** Reads an input as a script: the first `most` operations; what is left over is not looked at. */
export function scriptOf(input: Uint8Array, kinds: number, most: number): readonly Operation[] {
  const count = Math.min(most, Math.floor(input.length / OPERATION_BYTES))
  return Array.from({ length: count }, (_, i) => {
    const [kind = 0, a = 0, b = 0, c = 0] = input.subarray(OPERATION_BYTES * i)
    return { kind: kind % kinds, a, b, c }
  })
}

const byte = fc.nat(255)

/** Scripts in which the first kinds of operations, which are the usual ones, come most often. */
export const scripts = (kinds: number, most: number): Arbitrary<Uint8Array> =>
  fc
    .array(fc.tuple(fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(kinds - 1) }), byte, byte, byte), { maxLength: most })
    .map(operations => Uint8Array.from(operations.flat()))
