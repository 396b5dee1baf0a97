/** How far a transfer is, how fast it goes, and when it will be over. */
import type { Instant } from '@remote-assist/core'

/** How often progress is told at most, in milliseconds. */
export const PROGRESS_INTERVAL_MS = 250
/** Over about so many milliseconds the rate is averaged. */
const RATE_WINDOW_MS = 2_000
/** Shorter spans say too little about the rate. */
const SAMPLE_MS = 100

/** Where a transfer stands. */
export interface TransferProgress {
  /** The file at work, components joined by `/`. */
  readonly path: string
  /** Of the whole transfer, 0–1; 1 only when everything is verified and in place. */
  readonly fraction: number
  readonly bytes: number
  /** What was taken of the offer, in bytes. */
  readonly totalBytes: number
  readonly bytesPerSecond: number
  /** Undefined while the rate is not known. */
  readonly secondsLeft: number | undefined
}

/** Measures a transfer. Bytes may go back, where something is sent again. */
export class Meter {
  #bytes = 0
  #rate: number | undefined
  #sample: { readonly at: Instant; readonly bytes: number } | undefined
  #toldAt: Instant | undefined

  constructor(
    readonly now: () => Instant,
    public totalBytes = 0,
  ) {}

  /** Bytes a second, averaged; undefined while nothing was measured. */
  get bytesPerSecond(): number | undefined {
    return this.#rate
  }

  /** So many bytes are through. */
  reach(bytes: number): void {
    this.#bytes = bytes
    const now = this.now()
    if (this.#sample === undefined || bytes < this.#sample.bytes) {
      this.#sample = { at: now, bytes }
      return
    }
    const spanMs = now - this.#sample.at
    if (spanMs < SAMPLE_MS) return
    const rate = ((bytes - this.#sample.bytes) / spanMs) * 1_000
    const weight = 1 - Math.exp(-spanMs / RATE_WINDOW_MS)
    this.#rate = this.#rate === undefined ? rate : this.#rate + (rate - this.#rate) * weight
    this.#sample = { at: now, bytes }
  }

  /** The line stood still: the time until it goes on counts for nothing. */
  pause(): void {
    this.#sample = undefined
  }

  /** The progress, if it is time to tell it. */
  due(path: string): TransferProgress | undefined {
    const now = this.now()
    if (this.#toldAt !== undefined && now - this.#toldAt < PROGRESS_INTERVAL_MS) return undefined
    this.#toldAt = now
    const { totalBytes } = this
    const left = totalBytes - this.#bytes
    return {
      path,
      fraction: Math.min(totalBytes === 0 ? 0 : this.#bytes / totalBytes, 0.999),
      bytes: this.#bytes,
      totalBytes,
      bytesPerSecond: this.#rate ?? 0,
      secondsLeft: this.#rate ? left / this.#rate : undefined,
    }
  }

  /** The progress at the end. */
  done(path: string): TransferProgress {
    const { totalBytes } = this
    return { path, fraction: 1, bytes: totalBytes, totalBytes, bytesPerSecond: this.#rate ?? 0, secondsLeft: 0 }
  }
}
