/** What one viewer has of a screen, and what it lacks. */
import { PictureCodec, type Subscribe } from '@remote-assist/codec'
import type { Instant } from '@remote-assist/core'
import type { Rect } from '../host.js'
import { afterFrame, aged, type Blur, pieceOf, SHARP, turnOf } from './blur.js'
import type { Change } from './canvas.js'
import { partBytesOf } from './frame.js'
import type { Move } from './moves.js'
import { addAll, EMPTY, overlap, type Region } from './region.js'
import { type Size, scaleRect, within } from './scale.js'

/** How a viewer that has room for a frame stands, as the core knows it. */
export interface Standing {
  /** The frame that was sent last; 0 = it needs a key frame. */
  readonly base: number
  /** Measured delivery rate in bytes per millisecond; 0 = not measured yet. */
  readonly bytesPerMs: number
  /** Everything sent was shown. */
  readonly idle: boolean
}

/** How far a viewer's decoder is in a stream of video. */
export interface Step {
  readonly stream: object
  /** The stream's pictures, up to the one that it has. */
  readonly count: number
}

/** What a frame brought to a viewer. */
export interface SentFrame {
  /** Sent as pixels, of the native picture. */
  readonly region: Region
  readonly moves: readonly Move[]
  /** What was sent only roughly and can be sent better, of a picture of `size`. */
  readonly rough: readonly Rect[]
  readonly size: Size
  readonly native: Size
  /** How far in a stream of video it is with this frame. */
  readonly step: Step | undefined
  /** What each pixel took in bytes, if all were sent exactly. */
  readonly exactPixelBytes: number | undefined
}

/** A pixel takes so many bytes without loss, at most; that of a photograph does. */
const MOST_PIXEL_BYTES = 3
/** Text and lines take less; to reckon with as little as that would make a piece with a photograph in it much too large. */
const LEAST_PIXEL_BYTES = 0.75

export class View {
  /** Its frame rate allows the next frame. */
  nextAt: Instant
  #pending: Region = EMPTY
  /** What was pending before the newest look. */
  #before: Region = EMPTY
  #moves: readonly Move[] = []
  #blur: Blur = SHARP
  #step: Step | undefined
  /** What a pixel that is sent exactly is reckoned to take, in bytes: what it took last. */
  #pixelBytes = MOST_PIXEL_BYTES

  constructor(
    readonly subscribe: Subscribe,
    now: Instant,
  ) {
    this.nextAt = now
  }

  /** What changed since its last frame. */
  get pending(): Region {
    return this.#pending
  }

  /** How far in a stream of video its decoder is; undefined = it has none. */
  get step(): Step | undefined {
    return this.#step
  }

  /** It understands COPY. */
  get copies(): boolean {
    return this.subscribe.codecs.includes(PictureCodec.COPY)
  }

  /** The picture changed. Several changes may add up before it gets a frame: then only the pixels count, not where they came from. */
  change({ changed, moves }: Change): void {
    if (changed.length === 0) return
    this.#before = this.#pending
    this.#pending = addAll(this.#pending, changed)
    this.#moves = moves
  }

  /** The moves that hold in its picture: their source is there as it was on the host. None if it knows no COPY, has no picture, or a smaller one. */
  movesFor({ base }: Standing, native: Size): readonly Move[] {
    const { maxWidth, maxHeight } = this.subscribe
    const { width, height } = within(native, maxWidth, maxHeight)
    if (base === 0 || !this.copies || width !== native.width || height !== native.height) return []
    return this.#moves.filter(({ from, to }) => !this.#before.some(rect => overlap(rect, { ...to, ...from })))
  }

  /** Something that it has seen only roughly is due, and there is nothing better to do. */
  sharpens({ idle }: Standing, now: Instant): boolean {
    this.#blur = aged(this.#blur, now)
    return idle && this.#pending.length === 0 && this.#blur.still.length > 0
  }

  /** When something rough will be due; undefined if nothing is rough, or it is due already. */
  get sharpensAt(): Instant | undefined {
    return turnOf(this.#blur)
  }

  /** The piece to send exactly now: little enough that newer pixels wait no longer for it than for any part. */
  piece({ bytesPerMs }: Standing): Region {
    return pieceOf(this.#blur, Math.floor(partBytesOf(bytesPerMs) / this.#pixelBytes))
  }

  /** A frame went out to it. */
  sent({ region, moves, rough, size, native, step, exactPixelBytes }: SentFrame, now: Instant): void {
    this.#step = step
    if (exactPixelBytes !== undefined) this.#pixelBytes = Math.min(MOST_PIXEL_BYTES, Math.max(LEAST_PIXEL_BYTES, exactPixelBytes))
    const places = rough.map(rect => scaleRect(rect, size, native))
    this.#blur = afterFrame(this.#blur, moves, region, places, now)
    this.#pending = EMPTY
    this.#before = EMPTY
    this.#moves = []
    const { maxFps } = this.subscribe
    if (maxFps > 0) this.nextAt = (now + 1_000 / maxFps) as Instant
  }

  /** Nothing goes out to it for so long, in milliseconds. */
  rest(ms: number, now: Instant): void {
    this.nextAt = (now + ms) as Instant
  }
}
