/** Regions of a picture: lists of rectangles that do not overlap, bounded in number. Everything here is pure. */
import type { Rect } from '../host.js'

/** Rectangles that do not overlap. */
export type Region = readonly Rect[]

/** Nothing. */
export const EMPTY: Region = []

/** More rectangles than this are joined, at the price of some pixels that did not change. */
export const MAX_RECTS = 64

const right = (r: Rect): number => r.x + r.width
const bottom = (r: Rect): number => r.y + r.height
const rectOf = (x0: number, y0: number, x1: number, y1: number): Rect => ({ x: x0, y: y0, width: x1 - x0, height: y1 - y0 })

/** Whether two rectangles share a pixel. */
export const overlap = (a: Rect, b: Rect): boolean => a.x < right(b) && b.x < right(a) && a.y < bottom(b) && b.y < bottom(a)

/** What two rectangles share; undefined if nothing. */
export function intersect(a: Rect, b: Rect): Rect | undefined {
  if (!overlap(a, b)) return undefined
  return rectOf(Math.max(a.x, b.x), Math.max(a.y, b.y), Math.min(right(a), right(b)), Math.min(bottom(a), bottom(b)))
}

/** The smallest rectangle that holds both. */
export const around = (a: Rect, b: Rect): Rect => rectOf(Math.min(a.x, b.x), Math.min(a.y, b.y), Math.max(right(a), right(b)), Math.max(bottom(a), bottom(b)))

/** Pixels of a rectangle. */
export const areaOf = (r: Rect): number => r.width * r.height

/** Pixels of a region. */
export const area = (region: Region): number => region.reduce((sum, r) => sum + areaOf(r), 0)

/** What of `a` is not in `b`: at most four rectangles. */
export function subtract(a: Rect, b: Rect): Region {
  const shared = intersect(a, b)
  if (shared === undefined) return [a]
  const pieces = [
    rectOf(a.x, a.y, right(a), shared.y),
    rectOf(a.x, shared.y, shared.x, bottom(shared)),
    rectOf(right(shared), shared.y, right(a), bottom(shared)),
    rectOf(a.x, bottom(shared), right(a), bottom(a)),
  ]
  return pieces.filter(piece => piece.width > 0 && piece.height > 0)
}

/** The region with a rectangle added, at most `limit` rectangles. Holds every pixel of both. An empty rectangle adds nothing. */
export function add(region: Region, rect: Rect, limit = MAX_RECTS): Region {
  if (rect.width <= 0 || rect.height <= 0) return region
  let fresh: Region = [rect]
  for (const known of region) {
    if (!overlap(known, rect)) continue
    fresh = fresh.flatMap(piece => subtract(piece, known))
    if (fresh.length === 0) return region
  }
  return bounded([...region, ...fresh], limit)
}

/** The region with all these rectangles added. */
export const addAll = (region: Region, rects: readonly Rect[], limit = MAX_RECTS): Region => rects.reduce((sum, rect) => add(sum, rect, limit), region)

/** What of the region is in none of these rectangles. It may have more rectangles than `MAX_RECTS`. */
export const without = (region: Region, rects: readonly Rect[]): Region => rects.reduce((left, rect) => left.flatMap(piece => subtract(piece, rect)), region)

/** The part of the region inside a rectangle. */
export const clip = (region: Region, inside: Rect): Region => region.flatMap(r => intersect(r, inside) ?? [])

/** Joins the pairs that waste least until few enough are left. */
function bounded(region: Region, limit: number): Region {
  let rects = region
  while (rects.length > limit) rects = joinClosest(rects)
  return rects
}

function joinClosest(rects: Region): Region {
  let best: { readonly box: Rect; readonly waste: number } | undefined
  for (let i = 0; i < rects.length; i++) {
    for (let j = i + 1; j < rects.length; j++) {
      const a = rects[i] as Rect
      const b = rects[j] as Rect
      const box = around(a, b)
      const waste = areaOf(box) - areaOf(a) - areaOf(b)
      if (best === undefined || waste < best.waste) best = { box, waste }
    }
  }
  return best === undefined ? rects : swallow(rects, best.box)
}

/** The box in the place of everything that it touches; it grows until nothing overlaps. */
function swallow(rects: Region, box: Rect): Region {
  const touched = rects.filter(r => overlap(r, box))
  const grown = touched.reduce(around, box)
  if (areaOf(grown) > areaOf(box)) return swallow(rects, grown)
  return [...rects.filter(r => !overlap(r, box)), box]
}
