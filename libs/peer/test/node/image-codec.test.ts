import fc from 'fast-check'
import { convertIndexedToRgb, decode } from 'fast-png'
import { describe, expect, it } from 'vitest'
import type { Image } from '../../src/host.js'
import { decodeRect, encodeRect, ImageDecodeError } from '../../src/node/index.js'

const sized = fc.record({ width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 40 }), padding: fc.integer({ min: 0, max: 3 }) })

/** An image with at most `colours` colours, and a rectangle within it. */
const imageAndRect = fc
  .tuple(sized, fc.constantFrom(1, 2, 3, 4, 15, 16, 17, 255, 256, 1600), fc.integer(), fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat()))
  .map(([{ width, height, padding }, colours, seed, [a, b, c, d]]) => {
    const stride = (width + padding) * 4
    const data = new Uint8Array(stride * height)
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const colour = Math.imul(((y * width + x) % colours) + 1, seed | 1)
        data.set([colour & 255, (colour >> 8) & 255, (colour >> 16) & 255, colour >> 24], y * stride + x * 4)
      }
    }
    const x = a % width
    const y = b % height
    const image: Image = { width, height, stride, data }
    return { image, rect: { x, y, width: 1 + (c % (width - x)), height: 1 + (d % (height - y)) } }
  })

function opaque({ image, rect }: { image: Image; rect: { x: number; y: number; width: number; height: number } }): Uint8Array {
  const pixels: number[] = []
  for (let y = rect.y; y < rect.y + rect.height; y++) {
    for (let x = rect.x; x < rect.x + rect.width; x++) {
      const at = y * image.stride + x * 4
      pixels.push(image.data[at] ?? 0, image.data[at + 1] ?? 0, image.data[at + 2] ?? 0, 255)
    }
  }
  return Uint8Array.from(pixels)
}

describe('image codec', () => {
  it.each(['raw', 'png'] as const)('%s brings back every pixel of every rectangle (RA-SCR-051)', codec => {
    fc.assert(
      fc.property(imageAndRect, sample => {
        const bytes = encodeRect(sample.image, sample.rect, codec, 1)
        expect(decodeRect(codec, bytes, sample.rect.width, sample.rect.height)).toEqual(opaque(sample))
      }),
    )
  })

  it('PNG is read alike by an independent decoder', () => {
    fc.assert(
      fc.property(imageAndRect, sample => {
        const png = decode(encodeRect(sample.image, sample.rect, 'png', 1), { checkCrc: true })
        const rgb = png.palette ? convertIndexedToRgb(png) : png.data
        expect([...rgb]).toEqual([...opaque(sample)].filter((_, i) => i % 4 !== 3).map((_, i, all) => all[i - (i % 3) + 2 - (i % 3)]))
      }),
    )
  })

  it('JPEG keeps a flat colour within a few levels, and a better quality never has a larger error on a gradient (RA-SCR-051)', () => {
    const image = gradient(64, 48)
    const errors = [20, 60, 95].map(quality => {
      const pixels = decodeRect('jpeg', encodeRect(image, whole(image), 'jpeg', quality), 64, 48)
      return pixels.reduce((sum, value, i) => sum + Math.abs(value - (image.data[i] ?? 0)), 0) / pixels.length
    })
    expect(errors[2]).toBeLessThan(3)
    expect(errors).toEqual([...errors].sort((a, b) => b - a))
  })

  it.each(['raw', 'png', 'jpeg'] as const)('%s is pure and shares no memory with the image', codec => {
    const image = gradient(16, 16)
    const first = encodeRect(image, whole(image), codec, 80)
    const copy = Uint8Array.from(first)
    expect(Uint8Array.from(encodeRect(image, whole(image), codec, 80))).toEqual(copy)
    image.data.fill(0)
    expect(Uint8Array.from(first)).toEqual(copy)
  })

  it('a rectangle outside the image is the caller’s error', () => {
    const image = gradient(8, 8)
    for (const rect of [
      { x: 0, y: 0, width: 9, height: 8 },
      { x: -1, y: 0, width: 2, height: 2 },
      { x: 4, y: 4, width: 0, height: 4 },
    ])
      expect(() => encodeRect(image, rect, 'raw', 1)).toThrow(RangeError)
  })

  it.each(['raw', 'png', 'jpeg'] as const)('%s of another size, cut short or of arbitrary bytes is an ImageDecodeError', codec => {
    const image = gradient(16, 16)
    const bytes = encodeRect(image, whole(image), codec, 80)
    expect(() => decodeRect(codec, bytes, 16, 15)).toThrow(ImageDecodeError)
    expect(() => decodeRect(codec, bytes, 1, 1)).toThrow(ImageDecodeError)
    expect(() => decodeRect(codec, bytes.subarray(0, 40), 16, 16)).toThrow(ImageDecodeError)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), noise => {
        expect(() => decodeRect(codec, noise, 16, 16)).toThrow(ImageDecodeError)
      }),
    )
  })
})

function gradient(width: number, height: number): Image {
  const data = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set([x * 3, y * 4, 255 - x * 2 - y, 255], (y * width + x) * 4)
  return { width, height, stride: width * 4, data }
}

function whole(image: Image) {
  return { x: 0, y: 0, width: image.width, height: image.height }
}
