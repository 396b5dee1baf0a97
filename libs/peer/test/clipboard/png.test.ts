import fc from 'fast-check'
import { convertIndexedToRgb, decode } from 'fast-png'
import { describe, expect, it } from 'vitest'
import { cleanPng, MAX_PIXELS } from '../../src/clipboard/png.js'
import { chunk } from '../../src/pictures/png.js'
import { file, headerChunk, type Made, madePng } from './pictures.js'

/** Pixels by another program's decoder: red, green, blue, alpha; those that cannot be seen have no colour. */
function pixelsOf(bytes: Uint8Array, transparency?: Uint8Array): number[] {
  const png = decode(bytes)
  const { palette } = png
  const indices = palette === undefined || png.depth < 8 ? undefined : png.data
  const samples = palette === undefined ? png.data : indices === undefined ? convertIndexedToRgb(png) : [...indices].flatMap(i => palette[i]?.slice(0, 3) ?? [])
  const channels = palette === undefined ? png.channels : 3
  const eight = (at: number) => (png.depth === 16 ? (samples[at] as number) >> 8 : (samples[at] as number))
  return Array.from({ length: png.width * png.height }, (_, i) => {
    const at = i * channels
    const grey = channels < 3
    const alpha = channels === 2 || channels === 4 ? eight(at + channels - 1) : (transparency?.[indices?.[i] ?? 256] ?? 255)
    return alpha === 0 ? [0, 0, 0, 0] : [eight(at), eight(grey ? at : at + 1), eight(grey ? at : at + 2), alpha]
  }).flat()
}

const palette = (colours: number): Uint8Array => Uint8Array.from({ length: colours * 3 }, (_, i) => (i * 53) & 255)
const KINDS: readonly Partial<Made>[] = [
  { colour: 0, depth: 8 },
  { colour: 0, depth: 16 },
  { colour: 2, depth: 8 },
  { colour: 2, depth: 16 },
  { colour: 3, depth: 8, palette: palette(256), transparency: Uint8Array.from({ length: 200 }, (_, i) => i) },
  { colour: 3, depth: 1, palette: palette(2) },
  { colour: 3, depth: 2, palette: palette(4) },
  { colour: 3, depth: 4, palette: palette(16) },
  { colour: 4, depth: 8 },
  { colour: 4, depth: 16 },
  { colour: 6, depth: 8 },
  { colour: 6, depth: 16 },
]

describe('a picture that arrives', () => {
  it('keeps its pixels, whatever kind of PNG it was (RA-CLP-023)', async () => {
    const side = fc.integer({ min: 1, max: 19 })
    const filters = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...KINDS),
        side,
        side,
        filters,
        fc.boolean(),
        fc.uint8Array({ minLength: 64, maxLength: 64 }),
        async (kind, width, height, filters, interlaced, noise) => {
          // Of indexed pictures with several pixels a byte, the other decoder reads no interlaced ones.
          const weaves = interlaced && !(kind.colour === 3 && kind.depth !== 8)
          const made = madePng({ ...kind, width, height, filters, interlaced: weaves, bytes: i => noise[i % 64] as number })
          expect(pixelsOf(await cleanPng(made))).toEqual(pixelsOf(made, kind.transparency))
        },
      ),
    )
  })

  it('keeps grey of 1, 2 and 4 bits, and what is transparent of a single colour', async () => {
    const grey = await cleanPng(madePng({ width: 4, height: 1, depth: 2, colour: 0, bytes: () => 0b00_01_10_11 }))
    expect(pixelsOf(grey)).toEqual([0, 85, 170, 255].flatMap(value => [value, value, value, 255]))
    const holed = madePng({ width: 2, height: 1, depth: 8, colour: 2, transparency: Uint8Array.of(0, 1, 0, 2, 0, 3), bytes: i => i + 1 })
    expect(pixelsOf(await cleanPng(holed))).toEqual([0, 0, 0, 0, 4, 5, 6, 255])
    const wide = madePng({ width: 2, height: 1, depth: 16, colour: 0, transparency: Uint8Array.of(1, 2), bytes: i => i + 1 })
    expect(pixelsOf(await cleanPng(wide))).toEqual([0, 0, 0, 0, 3, 3, 3, 255])
  })

  it('brings nothing but its pixels: no text, profile, time or further picture, nothing behind its end, no colour that is not seen (RA-CLP-023)', async () => {
    const secret = new TextEncoder().encode('SECRET'.repeat(40))
    const more = ['tEXt', 'zTXt', 'iTXt', 'iCCP', 'eXIf', 'tIME', 'fdAT', 'prVt'].map(name => chunk(name, secret))
    const plain = { width: 8, height: 8, bytes: (i: number) => (i % 4 === 3 ? 0 : i & 255) }
    const carrying = new Uint8Array(Buffer.concat([madePng({ ...plain, more }), secret]))
    const cleaned = await cleanPng(carrying)
    expect(cleaned).toEqual(await cleanPng(madePng({ ...plain, bytes: () => 0 })))
    expect(Buffer.from(cleaned).includes('SECRET')).toBe(false)
    expect(
      Buffer.from(cleaned)
        .toString('latin1')
        .match(/IHDR|IDAT|IEND|PLTE|tRNS|tEXt/g),
    ).toEqual(['IHDR', 'IDAT', 'IEND'])
  })

  it('is the same when it is cleaned again', async () => {
    const once = await cleanPng(madePng({ width: 33, height: 9 }))
    expect(await cleanPng(once)).toEqual(once)
  })

  it('is refused by its size before memory is taken for it (RA-CLP-024)', async () => {
    const bomb = (width: number, height: number) => file(headerChunk({ width, height }), chunk('IDAT', new Uint8Array(9)), chunk('IEND', new Uint8Array()))
    for (const [width, height] of [
      [MAX_PIXELS + 1, 1],
      [65_536, 65_536],
      [0xffff_ffff, 0xffff_ffff],
      [0, 7],
    ] as const)
      await expect(cleanPng(bomb(width, height))).rejects.toThrow(`${width}×${height} pixels`)
    await expect(cleanPng(bomb(4_096, 4_096))).rejects.toThrow('fewer rows')
    const before = process.memoryUsage().arrayBuffers
    await Promise.all(Array.from({ length: 32 }, () => cleanPng(bomb(4_096, 4_096)).catch(() => undefined)))
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 2 ** 20)
  })

  it('is refused with a RangeError when anything of it is wrong', async () => {
    const good = madePng({ width: 5, height: 5, depth: 8, colour: 2, filters: [0, 1, 2, 3, 4] })
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), async (at, change, cut) => {
        const bad = cut ? good.slice(0, at) : good.map((byte, i) => (i === at ? byte ^ change : byte))
        const cleaned = await cleanPng(bad).catch((error: unknown) => error)
        if (cleaned instanceof Uint8Array) expect(decode(cleaned).width).toBeGreaterThan(0)
        else expect(cleaned).toBeInstanceOf(RangeError)
      }),
    )
  })
})
