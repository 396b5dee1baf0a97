/** Paints frames on a canvas, one after the other: whole or not at all. The same in the page and in a worker. */
import type { Frame } from '@remote-assist/peer'
import { Film, isVideoRect } from './film.js'
import { type AnyCanvas, type Pixels, pixelsOf } from './pixels.js'

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D

/** Paints on a canvas whose pixels are the screen's native ones. */
export class Painter {
  readonly #canvas: AnyCanvas
  readonly #context: Context
  readonly #film = new Film()

  /** Throws `TypeError` where there is no canvas to paint on. */
  constructor(canvas: AnyCanvas) {
    const context = canvas.getContext('2d', { alpha: false }) as Context | null
    if (context === null) throw new TypeError('no canvas')
    this.#canvas = canvas
    this.#context = context
  }

  /** Paints a frame. Rejects if a rectangle does not decode: then nothing of it was painted (RA-SCR-043). */
  async paint({ rects, width, height, keyframe }: Frame): Promise<void> {
    const canvas = this.#canvas
    // Rectangles leave the decoder as it is, but for a key frame's.
    if (keyframe && !rects.some(isVideoRect)) this.#film.forget()
    const all = await allOf(rects.map(rect => (isVideoRect(rect) ? this.#film.picture(rect, keyframe) : pixelsOf(rect, canvas))))
    // To set a size wipes the canvas.
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width
      canvas.height = height
    }
    for (const [i, pixels] of all.entries()) {
      const { x = 0, y = 0 } = rects[i] ?? {}
      if (pixels instanceof ImageData) this.#context.putImageData(pixels, x, y)
      else {
        this.#context.drawImage(pixels, x, y)
        pixels.close()
      }
    }
  }

  /** Lets go of its decoder. */
  close(): void {
    this.#film.forget()
  }

  /** The pixels as they are. */
  snapshot(): ImageData {
    return this.#context.getImageData(0, 0, this.#canvas.width, this.#canvas.height)
  }
}

/** All of them, or none: what was decoded beside one that was not is let go. */
async function allOf(pixels: readonly Promise<Pixels>[]): Promise<readonly Pixels[]> {
  try {
    return await Promise.all(pixels)
  } catch (error) {
    for (const done of await Promise.allSettled(pixels)) if (done.status === 'fulfilled' && !(done.value instanceof ImageData)) done.value.close()
    throw error
  }
}
