/** Which parts of a picture are others than before. Pure. */
import type { Rect } from '@remote-assist/peer'

/** Edge of the tiles that are compared, in pixels. */
export const TILE = 64

/** A picture's size in pixels. */
export interface PictureSize {
  readonly width: number
  readonly height: number
}

/** Rectangles that hold every pixel that differs between two pictures of this size, one 32-bit number a pixel: tiles, joined along each row of them. */
export function differing(before: Uint32Array, after: Uint32Array, { width, height }: PictureSize): readonly Rect[] {
  const found: Rect[] = []
  for (let y = 0; y < height; y += TILE) {
    const rows = Math.min(TILE, height - y)
    let run: Rect | undefined
    for (let x = 0; x < width; x += TILE) {
      const columns = Math.min(TILE, width - x)
      if (!differs(before, after, width, { x, y, width: columns, height: rows })) {
        if (run !== undefined) found.push(run)
        run = undefined
      } else run = run === undefined ? { x, y, width: columns, height: rows } : { ...run, width: run.width + columns }
    }
    if (run !== undefined) found.push(run)
  }
  return found
}

function differs(before: Uint32Array, after: Uint32Array, stride: number, { x, y, width, height }: Rect): boolean {
  for (let row = y; row < y + height; row++) {
    const end = row * stride + x + width
    for (let at = row * stride + x; at < end; at++) if (before[at] !== after[at]) return true
  }
  return false
}
