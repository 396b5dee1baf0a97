import { createHash } from 'node:crypto'

/** A small picture that a player's desktop shows: another one with each frame. */
export interface Picture {
  readonly width: number
  readonly height: number
  /** RAW: B, G, R, A of each pixel, rows from the top. */
  readonly raw: Uint8Array
  /** SHA-256 of R, G, B of each pixel, as the adapter contract's `Picture` has it; lower-case hexadecimal. */
  readonly sha256: string
}

/** The picture of frame `frame`: stripes that its number and the place give. */
export function pictureOf(width: number, height: number, frame: number): Picture {
  const raw = new Uint8Array(width * height * 4)
  const rgb = new Uint8Array(width * height * 3)
  for (let pixel = 0; pixel < width * height; pixel++) {
    const x = pixel % width
    const y = (pixel - x) / width
    const [red, green, blue] = [(x * 4 + frame * 16) & 255, (y * 5 + frame) & 255, ((x ^ y) * 3) & 255]
    raw.set([blue, green, red, 255], pixel * 4)
    rgb.set([red, green, blue], pixel * 3)
  }
  return { width, height, raw, sha256: createHash('sha256').update(rgb).digest('hex') }
}
