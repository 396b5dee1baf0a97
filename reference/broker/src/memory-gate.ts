import { totalmem } from 'node:os'
import type { Clock } from './clock.js'

/** How much memory is used, and how much there is, in bytes. */
export interface MemoryUse {
  used(): number
  readonly limitBytes: number
}

/** This process, measured against its container or machine. */
export const processMemory = (): MemoryUse => {
  const constrained = process.constrainedMemory()
  const total = totalmem()
  return { used: () => process.memoryUsage.rss(), limitBytes: constrained > 0 && constrained < total ? constrained : total }
}

/** A measurement holds for this long. */
const FRESH_MS = 1_000

/** Says no to newcomers while memory is scarce; who is in stays in. */
export class MemoryGate {
  #measuredAt = Number.NEGATIVE_INFINITY
  #full = false

  /** @param fraction Of the limit, 0–1. */
  constructor(
    readonly memory: MemoryUse,
    readonly fraction: number,
    readonly clock: Clock,
  ) {}

  /** Whether there is no room for anybody new. */
  get full(): boolean {
    const now = this.clock.now()
    if (now - this.#measuredAt >= FRESH_MS) {
      this.#measuredAt = now
      this.#full = this.memory.used() > this.memory.limitBytes * this.fraction
    }
    return this.#full
  }
}
