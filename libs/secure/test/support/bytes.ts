/** Bytes of vectors and of properties. */
import fc from 'fast-check'

/** Bytes from hex. */
export const hex = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text.match(/../g) ?? [], pair => Number.parseInt(pair, 16))

/** Bytes as hex. */
export const toHex = (bytes: Uint8Array): string => Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')

/** Any bytes of that length. */
export const anyBytes = (length: number): fc.Arbitrary<Uint8Array<ArrayBuffer>> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map(bytes => Uint8Array.from(bytes))

/** Bytes that look random and are the same in each run. */
export function seeded(seed: number, length: number): Uint8Array<ArrayBuffer> {
  let state = (seed ^ 0x9e37_79b9) >>> 0
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b_3c6d) + 0x6d2b_79f5) >>> 0
    return (state >>> 11) & 0xff
  })
}
