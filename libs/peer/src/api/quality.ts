/** How well the line to the customer does, from what comes over it. */
import type { Instant } from '@remote-assist/core'

/** What was measured. */
export interface Quality {
  /** Round trip to the customer, ms; undefined while it was not measured. */
  readonly rttMs: number | undefined
  /** Whole frames of the picture that came in the last second. A screen on which nothing moves sends none. */
  readonly framesPerSecond: number
  /** Their bytes, over the last second. */
  readonly bytesPerSecond: number
  /** How much longer than at best the newest frame was on its way, ms: what waits in queues. Undefined without a frame in the last 10 s. */
  readonly queueingMs: number | undefined
}

/** Over how long frames are counted. */
const WINDOW_MS = 1_000
/** What the newest frame says of queues holds so long. */
const FRESH_MS = 10_000
/** The best time on the way is that of this span and the one before: clocks drift, and ways change. */
const BASE_MS = 60_000

/** Measures frames as they arrive. */
export class FrameMeter {
  #frames: { readonly at: Instant; readonly bytes: number }[] = []
  #newest: { readonly at: Instant; readonly wayMs: number } | undefined
  #base: { readonly since: Instant; readonly best: number; readonly before: number } | undefined

  /** A frame is here, whole. `capturedAtUs`: on the customer's clock, which may stand anywhere. */
  arrived(at: Instant, bytes: number, capturedAtUs: bigint): void {
    const wayMs = at - Number(capturedAtUs) / 1_000
    this.#frames = [...this.#since(at), { at, bytes }]
    this.#newest = { at, wayMs }
    const base = this.#base
    if (base === undefined) this.#base = { since: at, best: wayMs, before: wayMs }
    else if (at - base.since > BASE_MS) this.#base = { since: at, best: wayMs, before: base.best }
    else this.#base = { ...base, best: Math.min(base.best, wayMs) }
  }

  /** The line dropped: what comes after may take another way. */
  reset(): void {
    this.#frames = []
    this.#newest = undefined
    this.#base = undefined
  }

  /** What was measured until now. */
  read(now: Instant): Omit<Quality, 'rttMs'> {
    const frames = this.#since(now)
    const fresh = this.#newest !== undefined && now - this.#newest.at <= FRESH_MS ? this.#newest : undefined
    const { best = 0, before = 0 } = this.#base ?? {}
    return {
      framesPerSecond: frames.length,
      bytesPerSecond: frames.reduce((sum, { bytes }) => sum + bytes, 0),
      queueingMs: fresh === undefined ? undefined : fresh.wayMs - Math.min(best, before),
    }
  }

  #since(now: Instant) {
    return this.#frames.filter(({ at }) => now - at < WINDOW_MS)
  }
}
