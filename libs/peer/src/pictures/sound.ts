/** Whether a rectangle is what it says it is, as far as can be told before anything is allocated for its pixels. Pure. */
import { type FramePart, PictureCodec, type Rect } from '@remote-assist/codec'
import type { Size } from './scale.js'
import { isVideo } from './video.js'

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const IHDR = 0x49484452

/**
 * It lies within the picture, and so does what it copies, which is not a key frame; RAW has as many bytes as it has pixels; PNG and JPEG say the same size in
 * their own headers, so that no decoder takes more memory for them than the rectangle does; video is the whole picture (RA-SCR-043, RA-SCR-055, RA-SCR-081).
 */
export function isSound({ x, y, width, height, codec, data, copyFromX, copyFromY }: Rect, picture: FramePart): boolean {
  const within = (left: number, top: number) => left + width <= picture.width && top + height <= picture.height
  if (!within(x, y)) return false
  switch (codec) {
    case PictureCodec.COPY:
      return picture.baseFrameId !== 0 && within(copyFromX, copyFromY)
    case PictureCodec.RAW:
      return data.length === width * height * 4
    case PictureCodec.PNG:
      return isSize(sizeOfPng(data), width, height)
    case PictureCodec.JPEG:
      return isSize(sizeOfJpeg(data), width, height)
    default:
      return !isVideo(codec) || (width === picture.width && height === picture.height)
  }
}

/** A frame with video has one rectangle in each of its parts, all of one codec; any other frame has none (RA-SCR-081). */
export function isWhole(parts: readonly FramePart[]): boolean {
  const rects = parts.flatMap(part => part.rects)
  const video = rects.find(({ codec }) => isVideo(codec))
  return video === undefined || (parts.every(part => part.rects.length === 1) && rects.every(({ codec }) => codec === video.codec))
}

const isSize = (size: Size | undefined, width: number, height: number): boolean => size?.width === width && size.height === height

const viewOf = (data: Uint8Array): DataView => new DataView(data.buffer, data.byteOffset, data.length)

/** The size in a PNG's header (RFC 2083); undefined if it is none. */
function sizeOfPng(data: Uint8Array): Size | undefined {
  const view = viewOf(data)
  if (data.length < 33 || PNG_SIGNATURE.some((byte, i) => data[i] !== byte) || view.getUint32(12) !== IHDR) return undefined
  return { width: view.getUint32(16), height: view.getUint32(20) }
}

/** The size in a JPEG's frame header (ITU-T T.81, B.2.2), baseline, extended or progressive; undefined if there is not exactly one before its scan. */
function sizeOfJpeg(data: Uint8Array): Size | undefined {
  const view = viewOf(data)
  if (data.length < 4 || view.getUint16(0) !== 0xffd8) return undefined
  let size: Size | undefined
  for (let at = 2; at + 9 < data.length; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at)
    if (marker === 0xffda) return size
    if (marker < 0xffc0 || marker > 0xfffe) return undefined
    if (marker > 0xffc2) continue
    if (size !== undefined) return undefined
    size = { height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
  }
  return undefined
}
