import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FrameRect } from '../../src/api/screens.js'
import { ImageDecodeError, Painting } from '../../src/node/index.js'

const SIZE = 12
const rect = fc
  .record({ x: fc.nat({ max: SIZE - 1 }), y: fc.nat({ max: SIZE - 1 }), width: fc.integer({ min: 1, max: SIZE }), height: fc.integer({ min: 1, max: SIZE }) })
  .map(it => ({ ...it, width: Math.min(it.width, SIZE - it.x), height: Math.min(it.height, SIZE - it.y) }))
const raw = fc.tuple(rect, fc.nat({ max: 255 })).map(([it, colour]) => rawOf(it, () => colour))
const copy = fc.tuple(rect, fc.nat(), fc.nat()).map(
  ([it, x, y]): FrameRect => ({
    ...it,
    codec: 'copy',
    data: new Uint8Array(),
    copyFromX: x % (SIZE - it.width + 1),
    copyFromY: y % (SIZE - it.height + 1),
  }),
)
const frame = (keyframe: boolean, ...rects: readonly FrameRect[]) => ({ width: SIZE, height: SIZE, keyframe, rects })
const KEY = frame(
  true,
  rawOf({ x: 0, y: 0, width: SIZE, height: SIZE }, i => i),
)

function rawOf(it: Pick<FrameRect, 'x' | 'y' | 'width' | 'height'>, colour: (i: number) => number): FrameRect {
  const data = Uint8Array.from({ length: it.width * it.height * 4 }, (_, i) => (i % 4 === 3 ? 255 : colour(i >> 2) & 255))
  return { ...it, codec: 'raw', data, copyFromX: 0, copyFromY: 0 }
}

describe('a painting', () => {
  test('copies from the image as it was before the frame, and applies rectangles in their order (RA-SCR-039, RA-SCR-040)', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(copy, copy, raw), { minLength: 1, maxLength: 8 }), rects => {
        const painting = new Painting()
        painting.paint(KEY)
        const before = painting.data.slice()
        const model = painting.data.slice()
        for (const { x, y, width, height, codec, data, copyFromX, copyFromY } of rects) {
          for (let row = 0; row < height; row++) {
            for (let column = 0; column < width; column++) {
              const from = codec === 'copy' ? ((copyFromY + row) * SIZE + copyFromX + column) * 4 : (row * width + column) * 4
              model.set((codec === 'copy' ? before : data).subarray(from, from + 4), ((y + row) * SIZE + x + column) * 4)
            }
          }
        }
        painting.paint(frame(false, ...rects))
        expect(painting.data).toEqual(model)
      }),
    )
  })

  test('stays as it is when a frame cannot be painted whole', () => {
    const painting = new Painting()
    painting.paint(KEY)
    const before = painting.data.slice()
    const good = rawOf({ x: 0, y: 0, width: 2, height: 2 }, () => 9)
    const bad: readonly ReturnType<typeof frame>[] = [
      frame(false, good, { ...good, data: new Uint8Array(3) }),
      frame(false, good, { ...good, x: SIZE - 1 }),
      frame(false, good, { ...good, codec: 'vp9' }),
      frame(false, good, { ...good, codec: 'copy', copyFromX: SIZE - 1 }),
      frame(true, good, { ...good, codec: 'copy' }),
      { ...frame(false, good), width: SIZE + 1 },
    ]
    for (const it of bad) expect(() => painting.paint(it)).toThrow(ImageDecodeError)
    expect(painting.data).toEqual(before)
    expect([painting.width, painting.height]).toEqual([SIZE, SIZE])
  })
})
