/** A seeded source of randomness: the same seed, the same numbers, on every machine (splitmix32). */
export class Random {
  #state: number

  /** @param seed any whole number; the lowest 53 bits count */
  constructor(seed: number) {
    this.#state = (seed ^ Math.imul(Math.floor(seed / 0x1_0000_0000), 0x85eb_ca6b)) >>> 0
  }

  /** A whole number from 0 to 2³²−1. */
  next(): number {
    this.#state = (this.#state + 0x9e37_79b9) >>> 0
    let z = this.#state
    z = Math.imul(z ^ (z >>> 16), 0x21f0_aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a_2d97)
    return (z ^ (z >>> 15)) >>> 0
  }

  /** A whole number from 0 to `bound` − 1; 0 if there is none. */
  below(bound: number): number {
    return bound <= 0 ? 0 : this.next() % bound
  }

  /** True once in so many times. */
  oneIn(times: number): boolean {
    return this.below(times) === 0
  }

  /** One of the items. Throws `RangeError` if there is none. */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('There is nothing to pick from.')
    return items[this.below(items.length)] as T
  }

  /** So many bytes. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length }, () => this.next() & 0xff)
  }
}
