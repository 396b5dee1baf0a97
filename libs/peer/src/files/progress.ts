/** How far a transfer is, how fast it goes, and when it will be over. */
import type { Instant } from '@remote-assist/core'
import type { FileChannel } from './channel.js'

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

/** Measures a transfer, and tells where it stands: at once, then at most 4 times a second, and the last figure also if no byte follows. Bytes may go back, where something is sent again. */
export class Meter {
  #bytes = 0
  /** What was measured, the older the less it counts. A first sample alone says little; its share is its time's. */
  #measured = { bytes: 0, ms: 0 }
  #sample: { readonly at: Instant; readonly bytes: number } | undefined
  /** The line's own buffers are full, so that bytes go as fast as it takes them. */
  #flows = false
  #toldAt: Instant | undefined
  #path = ''
  /** Calls off what is to be told. */
  #later: (() => void) | undefined

  constructor(
    readonly clock: Pick<FileChannel, 'now' | 'later'>,
    readonly tell: (progress: TransferProgress) => void,
    public totalBytes = 0,
  ) {}

  /** Bytes a second, averaged; undefined while nothing was measured. */
  get bytesPerSecond(): number | undefined {
    const { bytes, ms } = this.#measured
    return ms === 0 ? undefined : (bytes / ms) * 1_000
  }

  /** So many bytes are through, the last of them of this file. */
  reach(bytes: number, path: string): void {
    this.#measure(bytes)
    this.#path = path
    if (this.#later !== undefined) return
    const waitMs = this.#toldAt === undefined ? 0 : this.#toldAt + PROGRESS_INTERVAL_MS - this.clock.now()
    if (waitMs <= 0) this.#say()
    else this.#later = this.clock.later(waitMs, () => this.#say())
  }

  #measure(bytes: number): void {
    this.#bytes = bytes
    const now = this.clock.now()
    if (this.#sample === undefined || bytes < this.#sample.bytes) {
      this.#sample = { at: now, bytes }
      return
    }
    const spanMs = now - this.#sample.at
    if (spanMs < SAMPLE_MS) return
    // What went first filled buffers, and says nothing about the line.
    if (this.#flows) {
      const kept = Math.exp(-spanMs / RATE_WINDOW_MS)
      this.#measured = { bytes: this.#measured.bytes * kept + bytes - this.#sample.bytes, ms: this.#measured.ms * kept + spanMs }
    }
    this.#flows = true
    this.#sample = { at: now, bytes }
  }

  /** The line stood still: the time until it goes on counts for nothing. */
  pause(): void {
    this.#sample = undefined
    this.#flows = false
  }

  #say(): void {
    this.#later = undefined
    this.#toldAt = this.clock.now()
    const { totalBytes, bytesPerSecond } = this
    const left = totalBytes - this.#bytes
    this.tell({
      path: this.#path,
      fraction: Math.min(totalBytes === 0 ? 0 : this.#bytes / totalBytes, 0.999),
      bytes: this.#bytes,
      totalBytes,
      bytesPerSecond: bytesPerSecond ?? 0,
      secondsLeft: bytesPerSecond ? left / bytesPerSecond : undefined,
    })
  }

  /** Nothing is told any more. */
  stop(): void {
    this.#later?.()
    this.#later = undefined
  }

  /** The progress at the end. */
  done(path: string): TransferProgress {
    const { totalBytes } = this
    return { path, fraction: 1, bytes: totalBytes, totalBytes, bytesPerSecond: this.bytesPerSecond ?? 0, secondsLeft: 0 }
  }
}
