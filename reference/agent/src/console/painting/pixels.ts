/** The pixels of a frame's rectangles, decoded. The same in the page and in a worker. */
import type { FrameRect } from '@remote-assist/peer'

/** A canvas, of the page or of a worker. */
export type AnyCanvas = HTMLCanvasElement | OffscreenCanvas

/** Pixels, ready to be painted. */
export type Pixels = ImageData | ImageBitmap | VideoFrame

/** BGRA to the RGBA of canvases; alpha is ignored. */
function rgba({ width, height, data }: FrameRect): ImageData {
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

/**
 * The pixels of a rectangle as `Screens` gives it, which saw to it that it lies within the picture and says its size; those of COPY as they are on the canvas before
 * anything of the frame is painted (RA-SCR-039). Rejects if they do not decode.
 */
export async function pixelsOf(rect: FrameRect, canvas: AnyCanvas): Promise<Pixels> {
  const { codec, width, height, data } = rect
  if (codec === 'raw') return rgba(rect)
  if (codec === 'copy') return createImageBitmap(canvas, rect.copyFromX, rect.copyFromY, width, height)
  if (codec !== 'png' && codec !== 'jpeg') throw new TypeError(codec)
  const blob = new Blob([data as Uint8Array<ArrayBuffer>], { type: `image/${codec}` })
  const pixels = await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' })
  if (pixels.width === width && pixels.height === height) return pixels
  pixels.close()
  throw new TypeError('another size')
}
