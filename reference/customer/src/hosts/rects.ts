import type { Rect } from '@remote-assist/peer'

/** What two rectangles share; undefined if nothing. */
export function intersection(a: Rect, b: Rect): Rect | undefined {
  const x = Math.max(a.x, b.x)
  const y = Math.max(a.y, b.y)
  const width = Math.min(a.x + a.width, b.x + b.width) - x
  const height = Math.min(a.y + a.height, b.y + b.height) - y
  return width > 0 && height > 0 ? { x, y, width, height } : undefined
}

/** The smallest rectangle around both. */
export function union(a: Rect, b: Rect): Rect {
  const x = Math.min(a.x, b.x)
  const y = Math.min(a.y, b.y)
  return { x, y, width: Math.max(a.x + a.width, b.x + b.width) - x, height: Math.max(a.y + a.height, b.y + b.height) - y }
}

/**
 * Collects damage between two looks at a screen. Keeps at most `limit` rectangles, however many are added: beyond it, a new one is joined
 * to the neighbour with which it wastes the fewest pixels, so that what was damaged is always covered.
 */
export class DamageList {
  #rects: Rect[] = []

  constructor(private readonly limit = 32) {}

  get empty(): boolean {
    return this.#rects.length === 0
  }

  add(rect: Rect): void {
    if (this.#rects.some(known => covers(known, rect))) return
    this.#rects = this.#rects.filter(known => !covers(rect, known))
    if (this.#rects.length < this.limit) {
      this.#rects.push(rect)
      return
    }
    let best = 0
    let least = Number.POSITIVE_INFINITY
    this.#rects.forEach((known, i) => {
      const waste = area(union(known, rect)) - area(known)
      if (waste < least) [best, least] = [i, waste]
    })
    const joined = union(this.#rects[best] ?? rect, rect)
    this.#rects.splice(best, 1)
    this.add(joined)
  }

  /** Hands over what was collected and starts anew. */
  take(): readonly Rect[] {
    const taken = this.#rects
    this.#rects = []
    return taken
  }
}

function area(rect: Rect): number {
  return rect.width * rect.height
}

function covers(outer: Rect, inner: Rect): boolean {
  return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.width <= outer.x + outer.width && inner.y + inner.height <= outer.y + outer.height
}
