/** How a region is cut for encoding, and which codec suits a tile. Pure. */
import type { Image, Rect, RectCodec } from '../host.js'
import type { Region } from './region.js'

/** Edge of the grid on which regions are cut, in pixels: the same cells for everybody, so that equal cells are encoded once. */
export const TILE = 256

/** The region cut along the grid, row by row. */
export function tilesOf(region: Region): readonly Rect[] {
  const tiles: Rect[] = []
  for (const { x, y, width, height } of region) {
    for (let top = y; top < y + height; top = nextLine(top)) {
      for (let left = x; left < x + width; left = nextLine(left)) {
        tiles.push({ x: left, y: top, width: Math.min(nextLine(left), x + width) - left, height: Math.min(nextLine(top), y + height) - top })
      }
    }
  }
  return tiles
}

const nextLine = (at: number): number => (Math.floor(at / TILE) + 1) * TILE

/** So many slices of about the same size, across the longer side; fewer where it has fewer pixels. */
export function slices({ x, y, width, height }: Rect, count: number): readonly Rect[] {
  const side = Math.max(width, height)
  const cuts = Array.from({ length: Math.min(count, side) + 1 }, (_, i) => Math.floor((i * side) / Math.min(count, side)))
  return cuts.slice(1).map((end, i) => {
    const start = cuts[i] as number
    return width >= height ? { x: x + start, y, width: end - start, height } : { x, y: y + start, width, height: end - start }
  })
}

/** Up to so many pixels, RAW is smaller than any container. */
const RAW_PIXELS = 32
/** Below so many pixels, JPEG's tables cost more than they save. */
const JPEG_PIXELS = 4_096
/** Pixels looked at in a tile. */
const SAMPLES = 256
/** A tile in which this share of the pixels looked at have a colour of their own is a photograph. */
const PHOTO_SHARE = 0.4

/**
 * RAW for specks; JPEG for photographs, where many of the pixels looked at have colours of their own; PNG, lossless, for everything else: text, lines and
 * flat areas repeat few colours. `allowed` is what the policy lets through; where it forbids the choice, the first that it allows.
 */
export function codecFor(image: Image, rect: Rect, allowed: readonly RectCodec[]): RectCodec {
  const pixels = rect.width * rect.height
  const wish: RectCodec = pixels <= RAW_PIXELS ? 'raw' : pixels >= JPEG_PIXELS && isPhoto(image, rect) ? 'jpeg' : 'png'
  return allowed.includes(wish) ? wish : (allowed[0] ?? 'raw')
}

function isPhoto({ data, stride }: Image, { x, y, width, height }: Rect): boolean {
  const colours = new Set<number>()
  const pixels = width * height
  // A step without a common factor with the width walks over all columns.
  const step = Math.max(1, Math.floor(pixels / SAMPLES) | 1)
  let looked = 0
  for (let i = 0; i < pixels; i += step, looked++) {
    const at = (y + Math.floor(i / width)) * stride + (x + (i % width)) * 4
    colours.add(((data[at] as number) << 16) | ((data[at + 1] as number) << 8) | (data[at + 2] as number))
  }
  return colours.size > looked * PHOTO_SHARE
}
