import { isIPv6 } from 'node:net'
import type { Clock } from './clock.js'

/** Attempts are counted over this time. */
const WINDOW_MS = 60_000
/** So many addresses are remembered; beyond that the oldest is forgotten. */
const MAX_ADDRESSES = 100_000

/** What counts as one address: an IPv4 address, or an IPv6 /64. */
export function addressKey(given: string): string {
  const address = given.replace(/^\[(.*)\]$/, '$1')
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped?.[1] !== undefined) return mapped[1]
  if (!isIPv6(address)) return address
  const [left = '', right = ''] = address.split('%', 1).join('').split('::')
  const head = left === '' ? [] : left.split(':')
  const tail = right === '' ? [] : right.split(':')
  const filled = address.includes('::') ? [...head, ...Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0'), ...tail] : head
  return `${filled
    .slice(0, 4)
    .map(part => Number.parseInt(part, 16).toString(16))
    .join(':')}::/64`
}

/** Limits how often one address may try (RA-RLY-111). Attempts beyond the limit are not counted, so that waiting helps. */
export class Throttle {
  readonly #attempts = new Map<string, number[]>()

  /** @param perMinute 0 = no limit. */
  constructor(
    readonly perMinute: number,
    readonly clock: Clock,
  ) {}

  /** Counts an attempt; returns 0 if it may go on, or the milliseconds to wait (RA-RLY-110). */
  attempt(address: string): number {
    if (this.perMinute === 0) return 0
    const key = addressKey(address)
    const now = this.clock.now()
    const recent = (this.#attempts.get(key) ?? []).filter(at => at > now - WINDOW_MS)
    this.#attempts.delete(key)
    const [oldest = now] = recent
    const waitMs = recent.length < this.perMinute ? 0 : oldest + WINDOW_MS - now
    if (waitMs === 0) recent.push(now)
    this.#attempts.set(key, recent)
    if (this.#attempts.size > MAX_ADDRESSES) this.#attempts.delete(this.#attempts.keys().next().value as string)
    return waitMs
  }
}
