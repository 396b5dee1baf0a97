import type { Instant } from '@remote-assist/core'

/** Where time comes from. A simulation gives its own; nothing in this package reads a clock otherwise. */
export interface Clock {
  /** The moment, in milliseconds, monotonic. Only differences mean anything. */
  now(): Instant
  /** Runs `task` once, not before `at`. Returns a function that calls it off. */
  setTimer(at: Instant, task: () => void): () => void
  /** Milliseconds since 1970-01-01 UTC, for people: when a line of chat was written. */
  date(): number
}

/** The longest delay that a timer of the platform takes, in milliseconds. */
const MAX_DELAY_MS = 2 ** 31 - 1

/** The platform's clock. */
export const systemClock: Clock = {
  now: () => performance.now() as Instant,
  date: () => Date.now(),
  setTimer(at, task) {
    const timer = setTimeout(task, Math.min(MAX_DELAY_MS, Math.max(0, at - performance.now())))
    return () => clearTimeout(timer)
  },
}
