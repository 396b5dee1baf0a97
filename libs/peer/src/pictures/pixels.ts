/** Pixels as numbers: looking at whole pixels of BGRA images, without their alpha. */
import type { Image, Rect } from '../host.js'

/** An image's pixels, row after row, in the platform's order of bytes; those of a row lie side by side. */
export interface Pixels {
  readonly data: Uint32Array
  /** Pixels from one row to the next. */
  readonly stride: number
}

/** Compares colours: alpha is ignored. */
export const COLOUR = new Uint32Array(Uint8Array.of(0xff, 0xff, 0xff, 0).buffer)[0] as number

/** The pixels of an image; shares its memory where that is aligned. */
export function pixelsOf({ data, stride, width, height }: Image): Pixels {
  const bytes = stride * (height - 1) + width * 4
  if (data.byteOffset % 4 === 0 && stride % 4 === 0) return { data: new Uint32Array(data.buffer, data.byteOffset, bytes / 4), stride: stride / 4 }
  const rows = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++) rows.set(data.subarray(y * stride, y * stride + width * 4), y * width * 4)
  return { data: new Uint32Array(rows.buffer), stride: width }
}

/** Copies a rectangle from one image to the same place in another. */
export function copyRect(from: Pixels, to: Pixels, { x, y, width, height }: Rect): void {
  for (let row = y; row < y + height; row++) to.data.set(from.data.subarray(row * from.stride + x, row * from.stride + x + width), row * to.stride + x)
}

/** Fills a rectangle with one pixel. */
export function fillRect({ data, stride }: Pixels, { x, y, width, height }: Rect, pixel: number): void {
  for (let row = y; row < y + height; row++) data.fill(pixel, row * stride + x, row * stride + x + width)
}

/** The smallest rectangle within `rect` that holds every pixel in which two images differ; undefined if they are alike there. */
export function differing(a: Pixels, b: Pixels, rect: Rect): Rect | undefined {
  const end = rect.x + rect.width
  const differs = (x: number, y: number) => (((a.data[y * a.stride + x] as number) ^ (b.data[y * b.stride + x] as number)) & COLOUR) !== 0
  const rowDiffers = (y: number) => {
    for (let x = rect.x; x < end; x++) if (differs(x, y)) return true
    return false
  }
  let top = rect.y
  let bottom = rect.y + rect.height
  while (top < bottom && !rowDiffers(top)) top++
  if (top === bottom) return undefined
  while (!rowDiffers(bottom - 1)) bottom--
  let left = end
  let right = rect.x
  for (let y = top; y < bottom; y++) {
    let x = rect.x
    while (x < left && !differs(x, y)) x++
    left = x
    x = end
    while (x > right && !differs(x - 1, y)) x--
    right = x
  }
  return { x: left, y: top, width: right - left, height: bottom - top }
}
