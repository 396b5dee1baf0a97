import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodePng } from '../../src/play/png.js'

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

function chunk(type: string, data: Uint8Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  return Buffer.concat([length, Buffer.from(type), data, Buffer.alloc(4)])
}

interface Made {
  readonly width: number
  readonly height: number
  readonly depth: number
  readonly colourType: number
  readonly rows: Uint8Array
  readonly palette?: Uint8Array
  readonly interlace?: number
}

function png({ width, height, depth, colourType, rows, palette, interlace = 0 }: Made): Uint8Array {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  header.set([depth, colourType, 0, 0, interlace], 8)
  const colours = palette === undefined ? [] : [chunk('PLTE', palette)]
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), ...colours, chunk('IDAT', deflateSync(rows)), chunk('IEND', new Uint8Array())])
}

const paeth = (a: number, b: number, c: number): number => {
  const p = a + b - c
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)]
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c
}

/** Each row behind the number of its filter. */
function filtered(bytes: Uint8Array, stride: number, step: number, filters: readonly number[]): Uint8Array {
  const out: number[] = []
  for (const [y, filter] of filters.entries()) {
    out.push(filter)
    for (let x = 0; x < stride; x++) {
      const at = (row: number, column: number): number => (row < 0 || column < 0 ? 0 : (bytes[row * stride + column] ?? 0))
      const [left, up, corner] = [at(y, x - step), at(y - 1, x), at(y - 1, x - step)]
      out.push((at(y, x) - ([0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0)) & 255)
    }
  }
  return Uint8Array.from(out)
}

const size = fc.integer({ min: 1, max: 9 })

test('every filter is undone, in true colour with and without alpha, and in grey', () => {
  const picture = fc
    .record({ width: size, height: size, type: fc.constantFrom([0, 1] as const, [2, 3] as const, [4, 2] as const, [6, 4] as const) })
    .chain(({ width, height, type: [colourType, channels] }) =>
      fc.record({
        width: fc.constant(width),
        height: fc.constant(height),
        colourType: fc.constant(colourType),
        channels: fc.constant(channels),
        bytes: fc.uint8Array({ minLength: width * height * channels, maxLength: width * height * channels }),
        filters: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: height, maxLength: height }),
      }),
    )
  fc.assert(
    fc.property(picture, ({ bytes, channels, colourType, filters, height, width }) => {
      const rows = filtered(bytes, width * channels, channels, filters)
      const wanted = Array.from({ length: width * height }, (_, pixel) => {
        const [r = 0, g = 0, b = 0] = channels < 3 ? new Array(3).fill(bytes[pixel * channels]) : bytes.subarray(pixel * channels, pixel * channels + 3)
        return (r << 16) | (g << 8) | b
      })
      expect([...decodePng(png({ width, height, depth: 8, colourType, rows }), width, height)]).toEqual(wanted)
    }),
  )
})

test('a palette is read with indices of any depth', () => {
  const picture = fc.record({ width: size, height: size, depth: fc.constantFrom(1, 2, 4, 8) }).chain(({ width, height, depth }) =>
    fc.record({
      width: fc.constant(width),
      height: fc.constant(height),
      depth: fc.constant(depth),
      indices: fc.array(fc.integer({ min: 0, max: 2 ** depth - 1 }), { minLength: width * height, maxLength: width * height }),
      palette: fc.uint8Array({ minLength: 3 * 2 ** depth, maxLength: 3 * 2 ** depth }),
    }),
  )
  fc.assert(
    fc.property(picture, ({ depth, height, indices, palette, width }) => {
      const stride = Math.ceil((width * depth) / 8)
      const rows = new Uint8Array((stride + 1) * height)
      for (const [pixel, index] of indices.entries()) {
        const bit = (pixel % width) * depth
        const at = Math.floor(pixel / width) * (stride + 1) + 1 + (bit >> 3)
        rows[at] = (rows[at] ?? 0) | (index << (8 - depth - (bit & 7)))
      }
      const wanted = indices.map(index => ((palette[index * 3] ?? 0) << 16) | ((palette[index * 3 + 1] ?? 0) << 8) | (palette[index * 3 + 2] ?? 0))
      expect([...decodePng(png({ width, height, depth, colourType: 3, rows, palette }), width, height)]).toEqual(wanted)
    }),
  )
})

test('what is no such PNG is refused with its reason', () => {
  const rows = new Uint8Array(2 * (1 + 3 * 2))
  const good = { width: 2, height: 2, depth: 8, colourType: 2, rows }
  expect(() => decodePng(new Uint8Array(8), 2, 2)).toThrow('does not begin as a PNG')
  expect(() => decodePng(png(good), 3, 2)).toThrow('2×2 pixels, not 3×2')
  expect(() => decodePng(png({ ...good, interlace: 1 }), 2, 2)).toThrow('interlace 1')
  expect(() => decodePng(png({ ...good, depth: 16 }), 2, 2)).toThrow('16 bits')
  expect(() => decodePng(png({ ...good, rows: rows.subarray(1) }), 2, 2)).toThrow('ends early')
  expect(() => decodePng(png({ ...good, rows: new Uint8Array(rows.length + 1) }), 2, 2)).toThrow()
  expect(() => decodePng(png({ ...good, rows: rows.map((_, at) => (at === 0 ? 7 : 0)) }), 2, 2)).toThrow('the filter 7')
  expect(() => decodePng(png(good).subarray(0, 46), 2, 2)).toThrow('cut off')
  expect(() => decodePng(SIGNATURE, 2, 2)).toThrow('header is missing')
})
