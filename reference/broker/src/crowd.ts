import { addressKey } from './throttle.js'

/** Counts who is there, by IPv4 address or IPv6 /64. Who enters leaves once. */
export class Crowd {
  readonly #counts = new Map<string, number>()

  enter(address: string): void {
    this.#counts.set(addressKey(address), this.count(address) + 1)
  }

  leave(address: string): void {
    const count = this.count(address)
    if (count > 1) this.#counts.set(addressKey(address), count - 1)
    else this.#counts.delete(addressKey(address))
  }

  /** How many of that address are there. */
  count(address: string): number {
    return this.#counts.get(addressKey(address)) ?? 0
  }

  /** How many addresses are remembered: those of which somebody is there. */
  get size(): number {
    return this.#counts.size
  }
}
