import { crc32, deflateSync, inflateSync } from 'node:zlib'

/** PNG as pictures use it: 8 bits a channel, where there is a palette fewer bits for its index, not interlaced. Alpha is ignored. */

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
const PALETTE = 3
/** Channels by colour type: grey, RGB, palette, grey with alpha, RGB with alpha. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

interface Header {
  readonly width: number
  readonly height: number
  readonly colourType: number
  /** Bits of a channel, or of an index. */
  readonly depth: number
  readonly channels: number
}

/** 0xRRGGBB of each pixel, rows from the top. Throws `Error` if this is no such PNG, or not of this size. */
export function decodePng(bytes: Uint8Array, width: number, height: number): Int32Array {
  if (!SIGNATURE.every((byte, at) => bytes[at] === byte)) throw new Error('it does not begin as a PNG')
  let header: Header | undefined
  let palette = new Uint8Array(0)
  const compressed: Uint8Array[] = []
  for (const { type, data } of chunksOf(bytes)) {
    if (type === 'IHDR') header = headerOf(data)
    else if (type === 'PLTE') palette = data.slice()
    else if (type === 'IDAT') compressed.push(data)
  }
  if (header === undefined) throw new Error('its header is missing')
  if (header.width !== width || header.height !== height) throw new Error(`it is of ${header.width}×${header.height} pixels, not ${width}×${height}`)
  const stride = Math.ceil((width * header.channels * header.depth) / 8)
  const rows = inflateSync(Buffer.concat(compressed), { maxOutputLength: (stride + 1) * height })
  if (rows.length !== (stride + 1) * height) throw new Error('it ends early')
  return coloursOf(unfiltered(rows, stride, height, header.channels), header, palette)
}

function* chunksOf(bytes: Uint8Array): Generator<{ readonly type: string; readonly data: Uint8Array }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = SIGNATURE.length; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at)
    if (at + 12 + length > bytes.length) throw new Error('a chunk of it is cut off')
    yield { type: String.fromCharCode(...bytes.subarray(at + 4, at + 8)), data: bytes.subarray(at + 8, at + 8 + length) }
    at += 12 + length
  }
}

function headerOf(data: Uint8Array): Header {
  if (data.length !== 13) throw new Error('its header has another size')
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const [depth = 0, colourType = 0, , , interlace] = data.subarray(8)
  const channels = CHANNELS[colourType]
  const depths = colourType === PALETTE ? [1, 2, 4, 8] : [8]
  if (channels === undefined || !depths.includes(depth) || interlace !== 0)
    throw new Error(`it has ${depth} bits, colour type ${colourType}, interlace ${interlace}`)
  return { width: view.getUint32(0), height: view.getUint32(4), colourType, depth, channels }
}

/** The rows without their filters. */
function unfiltered(rows: Uint8Array, stride: number, height: number, step: number): Uint8Array {
  const out = new Uint8Array(stride * height)
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (stride + 1)] ?? 0
    if (filter > 4) throw new Error(`a row of it has the filter ${filter}`)
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x
      const left = x < step ? 0 : (out[at - step] ?? 0)
      const up = y === 0 ? 0 : (out[at - stride] ?? 0)
      const corner = x < step || y === 0 ? 0 : (out[at - stride - step] ?? 0)
      out[at] = (rows[y * (stride + 1) + 1 + x] ?? 0) + predicted(filter, left, up, corner)
    }
  }
  return out
}

function predicted(filter: number, left: number, up: number, corner: number): number {
  if (filter === 4) return paeth(left, up, corner)
  return [0, left, up, (left + up) >> 1][filter] ?? 0
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner
  const [byLeft, byUp, byCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)]
  if (byLeft <= byUp && byLeft <= byCorner) return left
  return byUp <= byCorner ? up : corner
}

function coloursOf(bytes: Uint8Array, header: Header, palette: Uint8Array): Int32Array {
  const { colourType, channels, width, height } = header
  return Int32Array.from({ length: width * height }, (_, pixel) => {
    if (colourType === PALETTE) {
      const entry = indexAt(bytes, header, pixel) * 3
      return colour(palette[entry] ?? 0, palette[entry + 1] ?? 0, palette[entry + 2] ?? 0)
    }
    const [first = 0, second = 0, third = 0] = bytes.subarray(pixel * channels, pixel * channels + 3)
    return channels < 3 ? colour(first, first, first) : colour(first, second, third)
  })
}

/** The index of a pixel in the palette: indices are packed, the leftmost in the highest bits, and each row begins with a byte of its own. */
function indexAt(bytes: Uint8Array, { depth, width }: Header, pixel: number): number {
  const [x, y] = [pixel % width, Math.floor(pixel / width)]
  const bit = x * depth
  const byte = bytes[y * Math.ceil((width * depth) / 8) + (bit >> 3)] ?? 0
  return (byte >> (8 - depth - (bit & 7))) & ((1 << depth) - 1)
}

const colour = (red: number, green: number, blue: number): number => (red << 16) | (green << 8) | blue

/** A black picture, one bit a pixel, with a note in it, and once more behind its end. */
export function blackPng({ width, height, note }: { readonly width: number; readonly height: number; readonly note: string }): Uint8Array {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 1
  const rows = deflateSync(Buffer.alloc((1 + Math.ceil(width / 8)) * height))
  const chunks = [chunk('IHDR', header), chunk('tEXt', Buffer.from(`Comment\0${note}`)), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]
  return new Uint8Array(Buffer.concat([SIGNATURE, ...chunks, Buffer.from(note)]))
}

function chunk(name: string, data: Buffer): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(name), data, Buffer.alloc(4)])
  bytes.writeUInt32BE(data.length, 0)
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4)
  return bytes
}
