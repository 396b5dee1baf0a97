/** Smaller pictures for those who ask for them: each pixel is the mean of the pixels that it stands for. Pure. */
import type { Image, Rect } from '../host.js'

/** A size in pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** The largest size with the same proportions within the limits (0 = none), never larger than native, at least 1×1 (RA-SCR-017). */
export function within(native: Size, maxWidth: number, maxHeight: number): Size {
  const scale = Math.min(1, maxWidth === 0 ? 1 : maxWidth / native.width, maxHeight === 0 ? 1 : maxHeight / native.height)
  return { width: Math.max(1, Math.floor(native.width * scale)), height: Math.max(1, Math.floor(native.height * scale)) }
}

/** The pixels of a smaller picture that a rectangle of the native one touches. */
export function scaleRect(rect: Rect, native: Size, size: Size): Rect {
  const x = Math.floor((rect.x * size.width) / native.width)
  const y = Math.floor((rect.y * size.height) / native.height)
  const right = Math.min(size.width, Math.ceil(((rect.x + rect.width) * size.width) / native.width))
  const bottom = Math.min(size.height, Math.ceil(((rect.y + rect.height) * size.height) / native.height))
  return { x, y, width: right - x, height: bottom - y }
}

/** A rectangle of the smaller picture, as an image of its own. */
export function shrink(image: Image, size: Size, rect: Rect): Image {
  const data = new Uint8Array(rect.width * rect.height * 4)
  for (let y = 0; y < rect.height; y++) {
    const [top, bottom] = span(rect.y + y, size.height, image.height)
    for (let x = 0; x < rect.width; x++) {
      const [left, right] = span(rect.x + x, size.width, image.width)
      mean(image, left, top, right, bottom, data, (y * rect.width + x) * 4)
    }
  }
  return { width: rect.width, height: rect.height, stride: rect.width * 4, data }
}

/** The native pixels, first and beyond the last, that pixel `at` of `small` stands for. */
const span = (at: number, small: number, native: number): readonly [number, number] => [
  Math.floor((at * native) / small),
  Math.ceil(((at + 1) * native) / small),
]

function mean({ data, stride }: Image, left: number, top: number, right: number, bottom: number, out: Uint8Array, at: number): void {
  let blue = 0
  let green = 0
  let red = 0
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const i = y * stride + x * 4
      blue += data[i] as number
      green += data[i + 1] as number
      red += data[i + 2] as number
    }
  }
  const count = (right - left) * (bottom - top)
  out[at] = blue / count
  out[at + 1] = green / count
  out[at + 2] = red / count
  out[at + 3] = 255
}
