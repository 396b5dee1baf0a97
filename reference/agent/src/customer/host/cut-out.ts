/** Parts of pictures. Pure. */
import type { Image, Rect } from '@remote-assist/peer'

/** The rows of a rectangle, without padding. `room`: memory that may be used again, if it has the size. */
export function cutOut({ data, stride }: Image, { x, y, width, height }: Rect, room?: ArrayBuffer): Uint8Array<ArrayBuffer> {
  const bytes = width * height * 4
  const rows = room?.byteLength === bytes ? new Uint8Array(room) : new Uint8Array(bytes)
  // Whole rows that follow one another are one piece of memory.
  if (width * 4 === stride) rows.set(data.subarray(y * stride, (y + height) * stride))
  else
    for (let row = 0; row < height; row++) {
      const from = (y + row) * stride + x * 4
      rows.set(data.subarray(from, from + width * 4), row * width * 4)
    }
  return rows
}
