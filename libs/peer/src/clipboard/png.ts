/** A picture from somewhere else, read down to its pixels and written anew: nothing of the file survives but what can be seen. The same in Node and browsers. */
import { assemblePng, chunk, deflated, PNG_SIGNATURE } from '../pictures/png.js'
import { joined } from './formats.js'
import { type PngHeader, Rows, rowBytesOf, sizeOfRows } from './png-rows.js'

/** Pixels of a picture, at most: two screens of 3840×2160, and a little more (RA-CLP-024). */
export const MAX_PIXELS = 16_777_216
/** No data packed by DEFLATE unpacks to more than so many times its size. */
const MAX_INFLATION = 1_032
const HEADER_BYTES = 13
const STRIP_BYTES = 262_144

const DEPTHS: Readonly<Record<number, readonly number[]>> = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] }

interface Chunks {
  readonly header: PngHeader
  readonly palette: Uint8Array
  readonly transparency: Uint8Array
  readonly data: Uint8Array<ArrayBuffer>
}

/**
 * The pixels of a PNG as a new PNG (RA-CLP-023): 8 bits a channel, without text, profiles, times, animation, or colours that nobody sees.
 * Rejects with `RangeError` if it is none, is damaged, or has more than `MAX_PIXELS`; that is known before memory is taken for them (RA-CLP-024).
 */
export async function cleanPng(bytes: Uint8Array): Promise<Uint8Array> {
  const { header, palette, transparency, data } = chunksOf(bytes)
  if (sizeOfRows(header) > data.length * MAX_INFLATION) throw new RangeError('The picture has fewer rows than it says.')
  const rows = new Rows(header, palette, transparency)
  await inflate(data, rows)
  return encode(rows.pixels(), header.width, header.height)
}

function chunksOf(bytes: Uint8Array): Chunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (!PNG_SIGNATURE.every((byte, i) => bytes[i] === byte)) throw new RangeError('This is no PNG.')
  let header: PngHeader | undefined
  let palette = new Uint8Array()
  let transparency = new Uint8Array()
  const data: Uint8Array[] = []
  for (let at = PNG_SIGNATURE.length; ; ) {
    if (at + 12 > bytes.length) throw new RangeError('The picture is cut off.')
    const length = view.getUint32(at)
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (length > bytes.length - at - 12) throw new RangeError('The picture is cut off.')
    const body = bytes.slice(at + 8, at + 8 + length)
    at += length + 12
    if ((header === undefined) !== (name === 'IHDR')) throw new RangeError('The picture does not have one header, at its beginning.')
    if (name === 'IEND') break
    else if (name === 'IHDR') header = headerOf(body)
    else if (name === 'PLTE') palette = body
    else if (name === 'tRNS') transparency = body
    else if (name === 'IDAT') data.push(body)
    else if (/^[A-Z]/.test(name)) throw new RangeError(`The picture needs ${name}, which is not known.`)
  }
  if (header === undefined) throw new RangeError('The picture has no header.')
  return { header, palette, transparency, data: joined(data) }
}

function headerOf(body: Uint8Array): PngHeader {
  if (body.length !== HEADER_BYTES) throw new RangeError('The picture has no header.')
  const view = new DataView(body.buffer, body.byteOffset, body.length)
  const [width, height] = [view.getUint32(0), view.getUint32(4)]
  const [depth = 0, colour = 0, compression, filter, interlace = 0] = body.subarray(8)
  if (width === 0 || height === 0 || width * height > MAX_PIXELS) throw new RangeError(`The picture has ${width}×${height} pixels; ${MAX_PIXELS} are allowed.`)
  if (!DEPTHS[colour]?.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1)
    throw new RangeError('The picture is of a kind that there is not.')
  return { width, height, depth, colour, interlaced: interlace === 1 }
}

/** Unpacks piece by piece, so that no more is unpacked than the picture needs, and that other work goes on meanwhile. */
async function inflate(data: Uint8Array<ArrayBuffer>, rows: Rows): Promise<void> {
  const reader = new Blob([data]).stream().pipeThrough(new DecompressionStream('deflate')).getReader()
  try {
    while (!rows.complete) {
      const { value, done } = await reader.read().catch(cause => {
        throw new RangeError('The picture is damaged.', { cause })
      })
      if (done) throw new RangeError('The picture is cut off.')
      rows.feed(value)
    }
  } finally {
    void reader.cancel().catch(() => undefined)
  }
}

async function encode(rgba: Uint8Array, width: number, height: number): Promise<Uint8Array> {
  const opaque = isOpaque(rgba)
  const channels = opaque ? 3 : 4
  const header = new Uint8Array(HEADER_BYTES)
  const view = new DataView(header.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  header.set([8, opaque ? 2 : 6], 8)
  const lines = Math.max(1, Math.floor(STRIP_BYTES / (1 + width * channels)))
  let y = 0
  const strips = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      controller.enqueue(filtered(rgba, width, channels, y, Math.min(height, y + lines)))
      y += lines
      if (y >= height) controller.close()
    },
  })
  return assemblePng([chunk('IHDR', header), chunk('IDAT', await deflated(strips)), chunk('IEND', new Uint8Array())])
}

function isOpaque(rgba: Uint8Array): boolean {
  for (let alpha = 3; alpha < rgba.length; alpha += 4) if (rgba[alpha] !== 255) return false
  return true
}

/** Rows by the filter Sub: each byte is the difference to the pixel on its left. */
function filtered(rgba: Uint8Array, width: number, channels: 3 | 4, from: number, to: number): Uint8Array<ArrayBuffer> {
  const header: PngHeader = { width, height: to - from, depth: 8, colour: channels === 3 ? 2 : 6, interlaced: false }
  const strip = new Uint8Array((1 + rowBytesOf(header, width)) * (to - from))
  let at = 0
  for (let y = from; y < to; y++) {
    strip[at++] = 1
    for (let x = 0; x < width; x++) {
      const pixel = (y * width + x) * 4
      for (let c = 0; c < channels; c++) strip[at++] = (rgba[pixel + c] as number) - (x === 0 ? 0 : (rgba[pixel - 4 + c] as number))
    }
  }
  return strip
}
