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

/** Two halves, cut across the longer side; undefined for a single pixel. */
export function halves({ x, y, width, height }: Rect): readonly [Rect, Rect] | undefined {
  if (width * height <= 1) return undefined
  if (width >= height) {
    const half = width >> 1
    return [
      { x, y, width: half, height },
      { x: x + half, y, width: width - half, height },
    ]
  }
  const half = height >> 1
  return [
    { x, y, width, height: half },
    { x, y: y + half, width, height: height - half },
  ]
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
