import { type FramePart, PictureCodec, type Rect } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RectCodec } from '../../src/host.js'
import { encodeRect } from '../../src/node/index.js'
import { isSound, isWhole } from '../../src/pictures/sound.js'

const PART: FramePart = {
  screenId: 7,
  layoutEpoch: 1,
  frameId: 2,
  baseFrameId: 1,
  part: 0,
  last: true,
  capturedAtUs: 0n,
  lastInput: undefined,
  rects: [],
  width: 64,
  height: 48,
}
const WIRE: { readonly [C in RectCodec]: PictureCodec } = { raw: PictureCodec.RAW, png: PictureCodec.PNG, jpeg: PictureCodec.JPEG }
const image = { width: 64, height: 48, stride: 256, data: Uint8Array.from({ length: 64 * 48 * 4 }, (_, i) => (i * 7) & 255) }
const rect = fc
  .record({ x: fc.nat({ max: 63 }), y: fc.nat({ max: 47 }), width: fc.integer({ min: 1, max: 64 }), height: fc.integer({ min: 1, max: 48 }) })
  .map(it => ({ ...it, width: Math.min(it.width, 64 - it.x), height: Math.min(it.height, 48 - it.y) }))
const NO_COPY = { copyFromX: 0, copyFromY: 0 }

describe('a rectangle', () => {
  test.each(['raw', 'png', 'jpeg'] as const)('of %s is sound if its bytes say its size, before anything is decoded (RA-SCR-055)', codec => {
    fc.assert(
      fc.property(rect, fc.integer({ min: -2, max: 2 }), fc.integer({ min: -2, max: 2 }), (it, wider, higher) => {
        const stated: Rect = {
          ...it,
          ...NO_COPY,
          width: it.width + wider,
          height: it.height + higher,
          codec: WIRE[codec],
          data: encodeRect(image, it, codec, 80),
        }
        const inside = stated.x + stated.width <= 64 && stated.y + stated.height <= 48
        const same = codec === 'raw' ? stated.width * stated.height === it.width * it.height : wider === 0 && higher === 0
        expect(isSound(stated, PART)).toBe(inside && same)
      }),
    )
  })

  test.each([PictureCodec.PNG, PictureCodec.JPEG])('of codec %s and arbitrary bytes is not sound', codec => {
    const beginnings = [[], [...encodeRect(image, { x: 0, y: 0, width: 8, height: 8 }, codec === PictureCodec.PNG ? 'png' : 'jpeg', 80)].slice(0, 30)]
    fc.assert(
      fc.property(fc.constantFrom(...beginnings), fc.uint8Array({ maxLength: 300 }), (begin, noise) => {
        expect(isSound({ x: 0, y: 0, width: 7, height: 9, ...NO_COPY, codec, data: Uint8Array.from([...begin, ...noise]) }, PART)).toBe(false)
      }),
    )
  })

  test('of JPEG with two headers of a frame is not sound', () => {
    const data = [...encodeRect(image, { x: 0, y: 0, width: 8, height: 8 }, 'jpeg', 80)]
    const header = data.findIndex((byte, i) => byte === 0xff && data[i + 1] === 0xc0)
    const twice = [...data.slice(0, header), ...data.slice(header, header + 19), ...data.slice(header)]
    expect(isSound({ x: 0, y: 0, width: 8, height: 8, ...NO_COPY, codec: PictureCodec.JPEG, data: Uint8Array.from(twice) }, PART)).toBe(false)
  })

  test('of COPY is sound if its source lies within the base, which a key frame has not', () => {
    fc.assert(
      fc.property(rect, fc.nat({ max: 80 }), fc.nat({ max: 80 }), (it, copyFromX, copyFromY) => {
        const copy: Rect = { ...it, codec: PictureCodec.COPY, data: new Uint8Array(), copyFromX, copyFromY }
        expect(isSound(copy, PART)).toBe(copyFromX + it.width <= 64 && copyFromY + it.height <= 48)
        expect(isSound(copy, { ...PART, baseFrameId: 0 })).toBe(false)
      }),
    )
  })

  test('of video is sound if it is the whole picture (RA-SCR-081)', () => {
    fc.assert(
      fc.property(rect, fc.constantFrom(PictureCodec.VP9, PictureCodec.H264, PictureCodec.AV1), (it, codec) => {
        const whole = it.width === PART.width && it.height === PART.height
        expect(isSound({ ...it, ...NO_COPY, codec, data: new Uint8Array(9) }, PART)).toBe(whole)
        expect(isSound({ x: 0, y: 0, width: 64, height: 48, ...NO_COPY, codec, data: new Uint8Array(9) }, PART)).toBe(true)
      }),
    )
  })
})

describe('a frame', () => {
  test('with video has one rectangle in each part, of one codec; any other has as many as it likes (RA-SCR-081)', () => {
    const codec = fc.constantFrom(PictureCodec.RAW, PictureCodec.VP9, PictureCodec.H264)
    fc.assert(
      fc.property(fc.array(fc.array(codec, { maxLength: 3 }), { minLength: 1, maxLength: 4 }), parts => {
        const frame = parts.map((codecs, part) => ({
          ...PART,
          part,
          rects: codecs.map(one => ({ x: 0, y: 0, width: 64, height: 48, ...NO_COPY, codec: one, data: new Uint8Array() })),
        }))
        const all = parts.flat()
        const video = all.some(one => one !== PictureCodec.RAW)
        expect(isWhole(frame)).toBe(!video || (parts.every(({ length }) => length === 1) && new Set(all).size === 1))
      }),
    )
  })
})
