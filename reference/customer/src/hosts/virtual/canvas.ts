import type { Image, Rect } from '@remote-assist/peer'
import { intersection } from '../rects.js'
import { type Font, glyph } from './font.js'

/** Colours are 0xRRGGBB. */
export type Colour = number

/** A picture in memory that can be drawn on. Nothing outside the clip is ever touched. */
export class Canvas {
  readonly #pixels: Uint32Array
  readonly bytes: Uint8Array
  #clip: Rect

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.#pixels = new Uint32Array(width * height).fill(0xff000000)
    this.bytes = new Uint8Array(this.#pixels.buffer)
    this.#clip = { x: 0, y: 0, width, height }
  }

  /** The pixels as BGRA; a view, not a copy. */
  get image(): Image {
    return { width: this.width, height: this.height, stride: this.width * 4, data: this.bytes }
  }

  /** Draws with a smaller clip; whatever `draw` does outside the rectangle is lost. */
  clipped(rect: Rect, draw: () => void): void {
    const outer = this.#clip
    const inner = intersection(outer, rect)
    if (!inner) return
    this.#clip = inner
    draw()
    this.#clip = outer
  }

  fill(rect: Rect, colour: Colour): void {
    const area = intersection(rect, this.#clip)
    if (!area) return
    const value = opaque(colour)
    for (let y = area.y; y < area.y + area.height; y++) this.#pixels.fill(value, y * this.width + area.x, y * this.width + area.x + area.width)
  }

  /** A one pixel wide frame just inside the rectangle. */
  frame({ x, y, width, height }: Rect, colour: Colour): void {
    this.fill({ x, y, width, height: 1 }, colour)
    this.fill({ x, y: y + height - 1, width, height: 1 }, colour)
    this.fill({ x, y, width: 1, height }, colour)
    this.fill({ x: x + width - 1, y, width: 1, height }, colour)
  }

  /** A gradient from top left to bottom right over the whole of `rect`, whatever part of it is inside the clip. */
  gradient(rect: Rect, from: Colour, to: Colour): void {
    const area = intersection(rect, this.#clip)
    if (!area) return
    const steps = Array.from({ length: 257 }, (_, i) => blend(from, to, i))
    for (let y = area.y; y < area.y + area.height; y++) {
      const down = (y - rect.y) / rect.height
      for (let x = area.x; x < area.x + area.width; x++) {
        const t = ((x - rect.x) / rect.width + down) / 2
        this.#pixels[y * this.width + x] = steps[Math.round(t * 256)] ?? 0
      }
    }
  }

  /** A rectangle with smooth round corners. `alpha` 0–1 lets what is below shine through. */
  round(rect: Rect, radius: number, colour: Colour, alpha = 1): void {
    const { x, y, width, height } = rect
    if (alpha < 1 || radius * 2 >= height) {
      this.#cover(rect, rect, radius, colour, distance => alpha * Math.min(1, Math.max(0, 0.5 - distance)))
      return
    }
    this.fill({ x, y: y + radius, width, height: height - 2 * radius }, colour)
    for (const top of [y, y + height - radius]) this.#cover({ x, y: top, width, height: radius }, rect, radius, colour, distance => Math.min(1, 0.5 - distance))
  }

  /** The soft shadow around a rounded rectangle: strongest at its edge, gone `spread` pixels outside. */
  shadow(rect: Rect, radius: number, spread: number, strength: number): void {
    const { x, y, width, height } = rect
    const fade = (distance: number) => (distance >= spread ? 0 : strength * (1 - Math.max(0, distance) / spread) ** 2)
    const bands = [
      { x: x - spread, y: y - spread, width: width + 2 * spread, height: spread + radius },
      { x: x - spread, y: y + height - radius, width: width + 2 * spread, height: spread + radius },
      { x: x - spread, y: y + radius, width: spread, height: height - 2 * radius },
      { x: x + width, y: y + radius, width: spread, height: height - 2 * radius },
    ]
    for (const band of bands) this.#cover(band, rect, radius, 0, fade)
  }

  /** A smooth disc. */
  disc(centreX: number, centreY: number, radius: number, colour: Colour, alpha = 1): void {
    this.round({ x: centreX - radius, y: centreY - radius, width: 2 * radius, height: 2 * radius }, radius, colour, alpha)
  }

  /** Writes one line of text, `scale` times its size, with its top left corner at x, y. Returns the x behind the last character. */
  text(x: number, y: number, text: string, font: Font, colour: Colour, scale = 1): number {
    const value = opaque(colour)
    const { x: left, y: top, width, height } = this.#clip
    let pen = x
    for (const char of text) {
      const first = glyph(char.codePointAt(0) ?? 0, font) * font.height
      const outside = pen >= left + width || pen + font.width * scale <= left
      for (let row = 0; !outside && row < font.height * scale; row++) {
        const py = y + row
        if (py < top || py >= top + height) continue
        const bits = font.rows[first + Math.floor(row / scale)] ?? 0
        if (bits === 0) continue
        for (let column = 0; column < font.width * scale; column++) {
          const px = pen + column
          if (bits & (0x8000 >> Math.floor(column / scale)) && px >= left && px < left + width) this.#pixels[py * this.width + px] = value
        }
      }
      pen += font.width * scale
    }
    return pen
  }

  /** Lays a colour over `area`, as strongly as a pixel's distance to the rounded rectangle says. */
  #cover(area: Rect, shape: Rect, radius: number, colour: Colour, coverage: (distance: number) => number): void {
    const part = intersection(area, this.#clip)
    if (!part) return
    const right = Math.ceil(part.x + part.width)
    const bottom = Math.ceil(part.y + part.height)
    for (let y = Math.floor(part.y); y < bottom; y++) {
      for (let x = Math.floor(part.x); x < right; x++) {
        const alpha = coverage(cornerDistance(x + 0.5 - shape.x, y + 0.5 - shape.y, shape.width, shape.height, radius))
        if (alpha <= 0) continue
        const at = y * this.width + x
        this.#pixels[at] = alpha >= 1 ? opaque(colour) : blend(this.#pixels[at] ?? 0, colour, Math.round(alpha * 256))
      }
    }
  }
}

function opaque(colour: Colour): number {
  return (0xff000000 | colour) >>> 0
}

/** `weight` is 0–256. */
function blend(from: Colour, to: Colour, weight: number): number {
  const rest = 256 - weight
  const outer = ((from & 0xff00ff) * rest + (to & 0xff00ff) * weight) >>> 8
  const green = ((from & 0xff00) * rest + (to & 0xff00) * weight) >>> 8
  return (0xff000000 | (outer & 0xff00ff) | (green & 0xff00)) >>> 0
}

/** Distance from a point to a rounded rectangle at 0, 0; negative inside. */
function cornerDistance(x: number, y: number, width: number, height: number, radius: number): number {
  const dx = Math.abs(x - width / 2) - width / 2 + radius
  const dy = Math.abs(y - height / 2) - height / 2 + radius
  if (dx <= 0 || dy <= 0) return Math.max(dx, dy) - radius
  return Math.sqrt(dx * dx + dy * dy) - radius
}
