/**
 * The three codecs that every implementation speaks (RAW, PNG, JPEG), both ways, for Node. A browser decodes with its own.
 */
import jpeg from '@julusian/jpeg-turbo'
import type { Image, Rect, RectCodec } from '../host.js'
import { decodePng } from './png-decode.js'
import { encodePng } from './png-encode.js'

/** The bytes of a picture are not what its rectangle says. The pixels on show stay as they were. */
export class ImageDecodeError extends Error {
  override readonly name = 'ImageDecodeError'
  readonly code = 'E_IMAGE'
}

/**
 * Turns the pixels of a rectangle into bytes; pure, and the result shares no memory with the image.
 * RAW is BGRA without padding, PNG is lossless without alpha, JPEG takes `quality` 1–100.
 * @throws RangeError if the rectangle is empty or not inside the image.
 */
export function encodeRect(image: Image, rect: Rect, codec: RectCodec, quality: number): Uint8Array {
  const pixels = tightRows(image, rect)
  switch (codec) {
    case 'raw':
      return pixels
    case 'png':
      return encodePng(pixels, rect.width, rect.height)
    case 'jpeg':
      return jpeg.compressSync(Buffer.from(pixels.buffer, pixels.byteOffset, pixels.length), {
        format: jpeg.FORMAT_BGRX,
        width: rect.width,
        height: rect.height,
        subsampling: jpeg.SAMP_420,
        quality: Math.min(100, Math.max(1, Math.round(quality))),
      })
  }
}

/**
 * Turns the bytes of a rectangle back into BGRA rows without padding, alpha 255. Memory taken is bounded by the rectangle, whatever the bytes say.
 * @throws ImageDecodeError if the bytes are no such picture, or not of that size.
 */
export function decodeRect(codec: RectCodec, bytes: Uint8Array, width: number, height: number): Uint8Array {
  try {
    switch (codec) {
      case 'raw':
        return decodeRaw(bytes, width, height)
      case 'png':
        return decodePng(bytes, width, height)
      case 'jpeg':
        return decodeJpeg(bytes, width, height)
    }
  } catch (cause) {
    throw new ImageDecodeError(`These bytes are not a ${width}×${height} picture in ${codec.toUpperCase()}: ${(cause as Error).message}`, { cause })
  }
}

function decodeRaw(bytes: Uint8Array, width: number, height: number): Uint8Array {
  if (bytes.length !== width * height * 4) throw new RangeError(`${bytes.length} bytes, not ${width * height * 4}`)
  const pixels = bytes.slice()
  for (let i = 3; i < pixels.length; i += 4) pixels[i] = 255
  return pixels
}

function decodeJpeg(bytes: Uint8Array, width: number, height: number): Uint8Array {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const pixels = Buffer.alloc(width * height * 4)
  const decoded = jpeg.decompressSync(source, pixels, { format: jpeg.FORMAT_BGRA })
  if (decoded.width !== width || decoded.height !== height) throw new RangeError(`it is ${decoded.width}×${decoded.height}`)
  return pixels
}

function tightRows({ data, stride, width, height }: Image, rect: Rect): Uint8Array {
  const inside = rect.x >= 0 && rect.y >= 0 && rect.width > 0 && rect.height > 0 && rect.x + rect.width <= width && rect.y + rect.height <= height
  if (!inside) throw new RangeError(`The rectangle ${rect.width}×${rect.height} at ${rect.x},${rect.y} is not inside ${width}×${height}.`)
  const rowBytes = rect.width * 4
  const start = rect.y * stride + rect.x * 4
  if (rowBytes === stride) return data.slice(start, start + rowBytes * rect.height)
  const rows = new Uint8Array(rowBytes * rect.height)
  for (let y = 0; y < rect.height; y++) rows.set(data.subarray(start + y * stride, start + y * stride + rowBytes), y * rowBytes)
  return rows
}
