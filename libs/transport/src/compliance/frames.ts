import { check } from './harness.js'

/** Numbers that look random and are the same in every run (mulberry32). */
export class Seeded {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** An integer from 0 up to, not including, `bound`. */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * bound)
  }

  /** A frame of `size` bytes that differ from those of its neighbours. */
  frame(size: number): Uint8Array {
    const bytes = new Uint8Array(size)
    let value = this.below(4_294_967_296)
    for (let n = 0; n < size; n++) {
      value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0
      bytes[n] = value >>> 24
    }
    return bytes
  }

  /** `count` frames of sizes below `bound`. */
  frames(count: number, bound: number): Uint8Array[] {
    return Array.from({ length: count }, () => this.frame(this.below(bound)))
  }
}

/** Fails unless `actual` is `expected`: the same frames, in order, byte for byte. */
export function sameFrames(actual: readonly Uint8Array[], expected: readonly Uint8Array[]): void {
  const count = Math.min(actual.length, expected.length)
  for (let n = 0; n < count; n++) {
    const [is, should] = [actual[n] as Uint8Array, expected[n] as Uint8Array]
    check(is.byteLength === should.byteLength, `Frame ${n} has ${is.byteLength} bytes instead of ${should.byteLength}.`)
    const at = should.findIndex((byte, place) => is[place] !== byte)
    check(at < 0, `Frame ${n} differs at byte ${at}.`)
  }
  check(actual.length === expected.length, `${actual.length} frames arrived instead of ${expected.length}.`)
}
