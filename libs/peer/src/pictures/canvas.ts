/** The picture of a screen as it may be shown, and what became of it from one look to the next. */
import type { Image, Rect } from '../host.js'
import { findMoves, type Move } from './moves.js'
import { copyRect, differing, fillRect, type Pixels, pixelsOf } from './pixels.js'
import { addAll, clip, EMPTY, type Region, without } from './region.js'
import type { Size } from './scale.js'
import { tilesOf } from './tiles.js'

/** What masked regions look like: a dark grey, opaque. */
const MASK = new Uint32Array(Uint8Array.of(0x30, 0x30, 0x30, 0xff).buffer)[0] as number

/** What became of a picture. */
export interface Change {
  /** Holds every pixel that is another than before, and few that are not. */
  readonly changed: Region
  /** Pixels that were elsewhere before; they are within what changed. */
  readonly moves: readonly Move[]
}

/** Keeps the host's pixels with the masked regions painted over: what lies beneath a mask never enters it (RA-SCR-075). */
export class Canvas {
  readonly image: Image
  readonly #pixels: Pixels
  readonly #whole: Rect
  #masks: Region | undefined

  constructor({ width, height }: Size) {
    this.image = { width, height, stride: width * 4, data: new Uint8Array(width * height * 4) }
    this.#pixels = pixelsOf(this.image)
    this.#whole = { x: 0, y: 0, width, height }
  }

  /** Takes over what the host shows now, an image of the same size. `damage`: holds whatever may have changed since the last time; the first time it is all. */
  update(image: Image, damage: readonly Rect[], masks: Region): Change {
    const before = this.#masks
    this.#masks = masks
    const host = pixelsOf(image)
    if (before === undefined) {
      this.#paint(host, [this.#whole], masks)
      return { changed: [this.#whole], moves: [] }
    }
    const masked = masks === before ? EMPTY : addAll(EMPTY, masks)
    const looked = addAll(addAll(EMPTY, clip(damage, this.#whole)), masks === before ? EMPTY : before)
    const seen = tilesOf(without(looked, masks)).flatMap(tile => differing(this.#pixels, host, tile) ?? [])
    const moves = findMoves(this.#pixels, host, this.#whole, seen, masks)
    this.#paint(host, seen, masked)
    return { changed: addAll(masked, seen), moves }
  }

  #paint(host: Pixels, rects: readonly Rect[], masks: Region): void {
    for (const rect of rects) copyRect(host, this.#pixels, rect)
    for (const mask of masks) fillRect(this.#pixels, mask, MASK)
  }
}
