/** A PNG writer for pictures of desktops: up to 256 colours become a palette, which is smaller and several times faster than true colour. */
import { constants, crc32, deflateSync } from 'node:zlib'

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
const TRUE_COLOUR = 2
const INDEXED = 3

/** Encodes BGRA rows without padding as PNG (RFC 2083), without alpha. */
export function encodePng(bgra: Uint8Array, width: number, height: number): Uint8Array {
  const pixels = new Uint32Array(aligned(bgra).buffer, aligned(bgra).byteOffset, width * height)
  const indexed = indexColours(pixels)
  if (indexed === undefined) return assemble(header(width, height, 8, TRUE_COLOUR), undefined, compress(trueColourRows(bgra, width, height)))
  const depth = indexed.colours.length <= 2 ? 1 : indexed.colours.length <= 4 ? 2 : indexed.colours.length <= 16 ? 4 : 8
  return assemble(header(width, height, depth, INDEXED), palette(indexed.colours), compress(indexedRows(indexed.indices, width, height, depth)))
}

function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
}

/** Numbers the colours in the order in which they appear; undefined beyond 256. */
function indexColours(pixels: Uint32Array): { colours: number[]; indices: Uint8Array } | undefined {
  const numbers = new Map<number, number>()
  const colours: number[] = []
  const indices = new Uint8Array(pixels.length)
  let previous = -1
  let index = 0
  for (let i = 0; i < pixels.length; i++) {
    const colour = (pixels[i] as number) & 0xffffff
    if (colour !== previous) {
      const known = numbers.get(colour)
      if (known === undefined) {
        if (colours.length === 256) return undefined
        index = colours.length
        numbers.set(colour, index)
        colours.push(colour)
      } else {
        index = known
      }
      previous = colour
    }
    indices[i] = index
  }
  return { colours, indices }
}

function palette(colours: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(colours.length * 3)
  colours.forEach((colour, i) => {
    bytes[i * 3] = (colour >> 16) & 255
    bytes[i * 3 + 1] = (colour >> 8) & 255
    bytes[i * 3 + 2] = colour & 255
  })
  return bytes
}

function indexedRows(indices: Uint8Array, width: number, height: number, depth: number): Uint8Array {
  const rowBytes = Math.ceil((width * depth) / 8)
  const rows = new Uint8Array((rowBytes + 1) * height)
  for (let y = 0; y < height; y++) {
    const start = y * (rowBytes + 1) + 1
    if (depth === 8) {
      rows.set(indices.subarray(y * width, (y + 1) * width), start)
      continue
    }
    for (let x = 0; x < width; x++) {
      const bit = x * depth
      const at = start + (bit >> 3)
      rows[at] = (rows[at] as number) | ((indices[y * width + x] as number) << (8 - depth - (bit & 7)))
    }
  }
  return rows
}

/** RGB rows with the Sub filter: each byte is the difference to the pixel on its left. */
function trueColourRows(bgra: Uint8Array, width: number, height: number): Uint8Array {
  const rows = new Uint8Array((width * 3 + 1) * height)
  let from = 0
  let to = 0
  for (let y = 0; y < height; y++) {
    rows[to++] = 1
    let red = 0
    let green = 0
    let blue = 0
    for (let x = 0; x < width; x++, from += 4) {
      const b = bgra[from] as number
      const g = bgra[from + 1] as number
      const r = bgra[from + 2] as number
      rows[to++] = r - red
      rows[to++] = g - green
      rows[to++] = b - blue
      red = r
      green = g
      blue = b
    }
  }
  return rows
}

function compress(rows: Uint8Array): Uint8Array {
  return deflateSync(rows, { level: 2, memLevel: 9, strategy: constants.Z_DEFAULT_STRATEGY })
}

function header(width: number, height: number, depth: number, colourType: number): Uint8Array {
  const bytes = new Uint8Array(13)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  bytes[8] = depth
  bytes[9] = colourType
  return bytes
}

function assemble(ihdr: Uint8Array, plte: Uint8Array | undefined, idat: Uint8Array): Uint8Array {
  const chunks = [chunk('IHDR', ihdr), ...(plte ? [chunk('PLTE', plte)] : []), chunk('IDAT', idat), chunk('IEND', new Uint8Array(0))]
  return new Uint8Array(Buffer.concat([SIGNATURE, ...chunks]))
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(data.length + 12)
  bytes.writeUInt32BE(data.length, 0)
  bytes.write(type, 4, 'latin1')
  bytes.set(data, 8)
  bytes.writeUInt32BE(crc32(bytes.subarray(4, data.length + 8)), data.length + 8)
  return bytes
}
