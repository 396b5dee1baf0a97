/** The picture: frames decoded and painted in order, whole or not at all. */
import { type Frame, type FrameRect, PictureCodec, type Screens } from '@remote-assist/peer'
import type { Size } from './geometry.js'

/** What the picture understands beyond RAW, PNG and JPEG. */
export const CODECS = [PictureCodec.COPY]

/** Pixels of a rectangle, ready to be painted. */
type Ready = { readonly rect: FrameRect; readonly pixels: ImageData | ImageBitmap }

/** A rectangle that is not what it says it is. */
class Undecodable extends Error {}

/** BGRA to the RGBA of canvases; alpha is ignored. */
export function rgba({ width, height, data }: Pick<FrameRect, 'width' | 'height' | 'data'>): ImageData {
  if (data.length !== width * height * 4) throw new Undecodable('The rectangle has the wrong number of bytes.')
  const image = new ImageData(width, height)
  const out = image.data
  for (let i = 0; i < out.length; i += 4) {
    out[i] = data[i + 2] ?? 0
    out[i + 1] = data[i + 1] ?? 0
    out[i + 2] = data[i] ?? 0
    out[i + 3] = 255
  }
  return image
}

/** The pixels of a rectangle; those of COPY as they are on the canvas before anything of the frame is painted (RA-SCR-039). */
async function ready(rect: FrameRect, { width, height }: Size, canvas: HTMLCanvasElement): Promise<Ready> {
  if (rect.x + rect.width > width || rect.y + rect.height > height) throw new Undecodable('The rectangle reaches beyond the picture.')
  if (rect.codec === 'raw') return { rect, pixels: rgba(rect) }
  if (rect.codec === 'copy') return { rect, pixels: await createImageBitmap(canvas, rect.copyFromX, rect.copyFromY, rect.width, rect.height) }
  if (rect.codec !== 'png' && rect.codec !== 'jpeg') throw new Undecodable(`Nobody asked for ${rect.codec}.`)
  const blob = new Blob([rect.data as Uint8Array<ArrayBuffer>], { type: `image/${rect.codec}` })
  const pixels = await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' })
  if (pixels.width === rect.width && pixels.height === rect.height) return { rect, pixels }
  pixels.close()
  throw new Undecodable('The rectangle has another size than it says.')
}

/** Of the window that the picture is in now: one that is not seen paints nothing. */
const nextPaint = ({ ownerDocument }: Element): Promise<unknown> =>
  new Promise(resolve => (ownerDocument.defaultView ?? globalThis).requestAnimationFrame(resolve))

/** Paints on a canvas whose pixels are the screen's native ones. */
export class Picture {
  readonly canvas: HTMLCanvasElement
  readonly #context: CanvasRenderingContext2D
  #shown: { readonly screenId: number; readonly frameId: number } | undefined

  constructor(
    document: Document,
    /** Called after each frame that changed what there is: the first one of a screen, or a new size. */
    readonly changed: () => void,
  ) {
    this.canvas = document.createElement('canvas')
    this.canvas.width = 0
    this.canvas.height = 0
    this.canvas.className = 'picture'
    const context = this.canvas.getContext('2d', { alpha: false, desynchronized: false })
    if (context === null) throw new TypeError('This browser has no canvas.')
    this.#context = context
  }

  /** The frame that is on the canvas; undefined = none yet. */
  get shown(): { readonly screenId: number; readonly frameId: number } | undefined {
    return this.#shown
  }

  /** The size of the picture, native pixels. */
  get size(): Size {
    return { width: this.canvas.width, height: this.canvas.height }
  }

  /** Paints frames until they end or `signal` is aborted. A frame counts as presented when the browser has painted it. One that does not decode is repaired. */
  async play(screens: Screens, signal: AbortSignal): Promise<void> {
    try {
      for await (const frame of screens.frames({ signal })) {
        try {
          await this.#paint(frame)
        } catch {
          screens.repair()
        }
        await nextPaint(this.canvas)
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  /** Forgets the picture. */
  clear(): void {
    this.#shown = undefined
    this.canvas.width = 0
    this.canvas.height = 0
    this.changed()
  }

  async #paint(frame: Frame): Promise<void> {
    const all = await Promise.all(frame.rects.map(rect => ready(rect, frame, this.canvas)))
    const { canvas } = this
    const fresh = this.#shown?.screenId !== frame.screenId || canvas.width !== frame.width || canvas.height !== frame.height
    if (fresh) {
      canvas.width = frame.width
      canvas.height = frame.height
    }
    for (const { rect, pixels } of all) {
      if (pixels instanceof ImageData) this.#context.putImageData(pixels, rect.x, rect.y)
      else {
        this.#context.drawImage(pixels, rect.x, rect.y)
        pixels.close()
      }
    }
    this.#shown = { screenId: frame.screenId, frameId: frame.frameId }
    canvas.dataset.frame = String(frame.frameId)
    canvas.dataset.screen = String(frame.screenId)
    if (fresh) this.changed()
  }
}
