/** PNGs of every kind, written down row by row, with whatever else a file can carry. */
import { deflateSync } from 'node:zlib'
import { chunk, PNG_SIGNATURE } from '../../src/pictures/png.js'

/** What a picture of a test is. */
export interface Made {
  readonly width: number
  readonly height: number
  readonly depth?: number
  readonly colour?: number
  readonly interlaced?: boolean
  /** Filter of each row, by turns. */
  readonly filters?: readonly number[]
  readonly palette?: Uint8Array
  readonly transparency?: Uint8Array
  /** Further chunks, before the pixels. */
  readonly more?: readonly Uint8Array[]
  /** The bytes of all rows, from a number of the byte. */
  readonly bytes?: (index: number) => number
}

const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const

/** The header that says so. */
export function headerChunk({ width, height, depth = 8, colour = 6, interlaced = false }: Made): Uint8Array {
  const header = new Uint8Array(13)
  new DataView(header.buffer).setUint32(0, width)
  new DataView(header.buffer).setUint32(4, height)
  header.set([depth, colour, 0, 0, Number(interlaced)], 8)
  return chunk('IHDR', header)
}

/** The file with these chunks. */
export const file = (...chunks: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat([Uint8Array.from(PNG_SIGNATURE), ...chunks]))

/** A picture, as a file. */
export function madePng(made: Made): Uint8Array {
  const { width, height, depth = 8, colour = 6, interlaced = false, filters = [0], palette, transparency, more = [], bytes = i => (i * 37) & 255 } = made
  const bits = ({ 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[colour] as number) * depth
  const rows: number[] = []
  let index = 0
  let row = 0
  for (const [x, y, dx, dy] of interlaced ? PASSES : [[0, 0, 1, 1] as const]) {
    const columns = Math.ceil((width - x) / dx)
    if (columns <= 0) continue
    for (let line = y; line < height; line += dy) {
      rows.push(filters[row++ % filters.length] as number)
      for (let i = 0; i < Math.ceil((columns * bits) / 8); i++) rows.push(bytes(index++))
    }
  }
  return file(
    headerChunk(made),
    ...more,
    ...(palette === undefined ? [] : [chunk('PLTE', palette)]),
    ...(transparency === undefined ? [] : [chunk('tRNS', transparency)]),
    chunk('IDAT', new Uint8Array(deflateSync(Uint8Array.from(rows)))),
    chunk('IEND', new Uint8Array()),
  )
}
