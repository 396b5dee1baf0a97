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

/** How many of `count` colours are alike, one after the other, from two places on. */
export function alike(a: Uint32Array, fromA: number, b: Uint32Array, fromB: number, count: number): number {
  let i = 0
  while (i < count && (((a[fromA + i] as number) ^ (b[fromB + i] as number)) & COLOUR) === 0) i++
  return i
}

/** How many of the `count` colours before two places are alike, one before the other. */
export function alikeBefore(a: Uint32Array, fromA: number, b: Uint32Array, fromB: number, count: number): number {
  let i = 0
  while (i < count && (((a[fromA - 1 - i] as number) ^ (b[fromB - 1 - i] as number)) & COLOUR) === 0) i++
  return i
}

/** The smallest rectangle within `rect` that holds every pixel in which two images differ; undefined if they are alike there. */
export function differing(a: Pixels, b: Pixels, { x, y, width, height }: Rect): Rect | undefined {
  const isAlike = (row: number) => alike(a.data, row * a.stride + x, b.data, row * b.stride + x, width) === width
  let top = y
  let bottom = y + height
  while (top < bottom && isAlike(top)) top++
  if (top === bottom) return undefined
  while (isAlike(bottom - 1)) bottom--
  // So many columns on each side are alike in all rows.
  let left = width
  let right = width
  for (let row = top; row < bottom; row++) {
    left = alike(a.data, row * a.stride + x, b.data, row * b.stride + x, left)
    right = alikeBefore(a.data, row * a.stride + x + width, b.data, row * b.stride + x + width, right)
  }
  return { x: x + left, y: top, width: width - left - right, height: bottom - top }
}
