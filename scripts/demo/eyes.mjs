import { decodeRect } from '@remote-assist/peer/node'

/** JPEG changes a colour by so much at most where it is even. */
const TOLERANCE = 12

/** What somebody sees: the frames of a session painted one over the other, as a screen would. */
export class Eyes {
  #image
  #changed = () => {}

  /** @param {import('@remote-assist/peer').Screens} screens */
  constructor(screens) {
    this.screens = screens
    this.#watch()
  }

  /** The picture, BGRA; undefined before the first frame. */
  get image() {
    return this.#image
  }

  /** How many frames were painted. */
  frames = 0

  /**
   * Resolves to the picture as soon as it is so. Rejects if `signal` is aborted first.
   *
   * @param {(image: { width: number, height: number, data: Uint8Array }) => boolean} isSo
   * @param {AbortSignal} signal
   */
  async until(isSo, signal) {
    for (;;) {
      const changed = new Promise((resolve, reject) => {
        this.#changed = resolve
        signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      })
      if (this.#image !== undefined && isSo(this.#image)) return this.#image
      await changed
    }
  }

  async #watch() {
    for await (const frame of this.screens.frames()) {
      if (frame.keyframe)
        this.#image = { width: frame.width, height: frame.height, stride: frame.width * 4, data: new Uint8Array(frame.width * frame.height * 4) }
      for (const rect of frame.rects) this.#paint(rect)
      this.frames++
      this.#changed()
    }
  }

  #paint({ x, y, width, height, codec, data }) {
    const pixels = decodeRect(codec, data, width, height)
    const { stride, data: canvas } = this.#image
    for (let row = 0; row < height; row++) canvas.set(pixels.subarray(row * width * 4, (row + 1) * width * 4), (y + row) * stride + x * 4)
  }
}

/** The colour of a pixel, `[red, green, blue]`. */
export function colourAt({ width, data }, x, y) {
  const at = (y * width + x) * 4
  return [data[at + 2], data[at + 1], data[at]]
}

/** Whether two colours look the same. */
export const isLike = (one, other) => one.every((value, i) => Math.abs(value - other[i]) <= TOLERANCE)

/** Whether two pictures of the same size look the same everywhere but in `share` of their pixels at most. */
export function looksLike(one, other, share = 0.005) {
  if (one.width !== other.width || one.height !== other.height) return false
  let different = 0
  for (let y = 0; y < one.height; y++) {
    for (let x = 0; x < one.width; x++) {
      const a = y * (one.stride ?? one.width * 4) + x * 4
      const b = y * (other.stride ?? other.width * 4) + x * 4
      const far = i => Math.abs(one.data[a + i] - other.data[b + i]) > 3 * TOLERANCE
      if (far(0) || far(1) || far(2)) different++
    }
  }
  return different <= share * one.width * one.height
}

/** A part of a picture. */
export function crop({ width, stride = width * 4, data }, part) {
  const rows = Buffer.alloc(part.width * part.height * 4)
  for (let row = 0; row < part.height; row++) {
    const from = (part.y + row) * stride + part.x * 4
    rows.set(data.subarray(from, from + part.width * 4), row * part.width * 4)
  }
  return { width: part.width, height: part.height, data: rows }
}
