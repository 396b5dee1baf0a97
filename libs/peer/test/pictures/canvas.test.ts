import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Image, Rect } from '../../src/host.js'
import { Canvas } from '../../src/pictures/canvas.js'
import { areaOf, EMPTY, overlap, type Region } from '../../src/pictures/region.js'

const WIDTH = 200
const HEIGHT = 160
const WHOLE: Rect = { x: 0, y: 0, width: WIDTH, height: HEIGHT }
const MASK = 0x303030

const imageOf = (pixels: Uint32Array): Image => ({ width: WIDTH, height: HEIGHT, stride: WIDTH * 4, data: new Uint8Array(pixels.buffer) })
const coloursOf = ({ buffer }: { readonly buffer: ArrayBufferLike }): Uint32Array => new Uint32Array(buffer).map(pixel => pixel & 0xffffff)
const holds = (region: Region, x: number, y: number): boolean => region.some(rect => overlap(rect, { x, y, width: 1, height: 1 }))

/** Something like text: ink and paper, nowhere twice the same. */
function text(seed: number): Uint32Array {
  let state = seed | 1
  return Uint32Array.from({ length: WIDTH * HEIGHT }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return state >>> 29 === 0 ? 0xff000000 : 0xffffffff
  })
}

/** The pixels of a rectangle moved within it. */
function moved(pixels: Uint32Array, { x, y, width, height }: Rect, dx: number, dy: number): Uint32Array {
  const after = pixels.slice()
  for (let row = y; row < y + height; row++) {
    for (let column = x; column < x + width; column++) {
      const inside = column - dx >= x && column - dx < x + width && row - dy >= y && row - dy < y + height
      if (inside) after[row * WIDTH + column] = pixels[(row - dy) * WIDTH + column - dx] as number
    }
  }
  return after
}

const rect = fc
  .record({
    x: fc.nat({ max: WIDTH - 1 }),
    y: fc.nat({ max: HEIGHT - 1 }),
    width: fc.integer({ min: 1, max: WIDTH }),
    height: fc.integer({ min: 1, max: HEIGHT }),
  })
  .map(it => ({ ...it, width: Math.min(it.width, WIDTH - it.x), height: Math.min(it.height, HEIGHT - it.y) }))
const masks = fc.array(rect, { maxLength: 1 })
const step = fc.oneof(
  fc.record({ do: fc.constant('paint' as const), rect, colour: fc.nat({ max: 0xffffff }) }),
  fc.record({ do: fc.constant('move' as const), rect, dx: fc.integer({ min: -40, max: 40 }), dy: fc.integer({ min: -40, max: 40 }) }),
  fc.record({ do: fc.constant('mask' as const), masks }),
)

describe('the canvas', () => {
  test('is what the host shows with its masks painted over; every pixel that changed is told, and every move is one (RA-SCR-038)', () => {
    let moves = 0
    fc.assert(
      fc.property(fc.integer(), fc.array(step, { minLength: 1, maxLength: 8 }), (seed, steps) => {
        const canvas = new Canvas(WHOLE)
        let pixels = text(seed)
        let masked: Region = EMPTY
        expect(canvas.update(imageOf(pixels), [], masked)).toEqual({ changed: [WHOLE], moves: [] })
        for (const it of steps) {
          const before = coloursOf(canvas.image.data)
          if (it.do === 'mask') masked = it.masks
          else if (it.do === 'move') pixels = moved(pixels, it.rect, it.dx, it.dy)
          else for (let y = it.rect.y; y < it.rect.y + it.rect.height; y++) pixels.fill(it.colour, y * WIDTH + it.rect.x, y * WIDTH + it.rect.x + it.rect.width)
          const change = canvas.update(imageOf(pixels.slice()), it.do === 'mask' ? [] : [it.rect], masked)
          const shown = coloursOf(canvas.image.data)
          const truth = coloursOf(pixels)
          for (let at = 0; at < shown.length; at++) {
            const [x, y] = [at % WIDTH, Math.floor(at / WIDTH)]
            if (shown[at] !== (holds(masked, x, y) ? MASK : truth[at])) expect.fail(`${x},${y} is neither the host’s nor masked`)
            if (shown[at] !== before[at] && !holds(change.changed, x, y)) expect.fail(`${x},${y} changed, and nobody said so`)
          }
          for (const { from, to } of change.moves) {
            moves++
            expect(from.x >= 0 && from.y >= 0 && from.x + to.width <= WIDTH && from.y + to.height <= HEIGHT).toBe(true)
            for (let y = 0; y < to.height; y++)
              for (let x = 0; x < to.width; x++)
                if (shown[(to.y + y) * WIDTH + to.x + x] !== before[(from.y + y) * WIDTH + from.x + x]) expect.fail('a move is none')
          }
        }
      }),
      { numRuns: 40 },
    )
    expect(moves).toBeGreaterThan(0)
  }, 60_000)

  test.each([
    ['scrolls up', { x: 20, y: 10, width: 150, height: 140 }, 0, -13],
    ['scrolls down', { x: 20, y: 10, width: 150, height: 140 }, 0, 31],
    ['scrolls aside', { x: 0, y: 0, width: 200, height: 100 }, 17, 0],
    ['is dragged', { x: 0, y: 0, width: 200, height: 160 }, -25, 9],
  ])('sees what %s: hardly a pixel is left to be sent', (_what, area, dx, dy) => {
    const canvas = new Canvas(WHOLE)
    const pixels = text(7)
    canvas.update(imageOf(pixels), [], EMPTY)
    const { moves } = canvas.update(imageOf(moved(pixels, area, dx, dy)), [area], EMPTY)
    const copied = moves.reduce((sum, { to }) => sum + areaOf(to), 0)
    expect(copied).toBe((area.width - Math.abs(dx)) * (area.height - Math.abs(dy)))
  })

  test('says nothing of what was drawn anew and looks the same', () => {
    const canvas = new Canvas(WHOLE)
    canvas.update(imageOf(text(7)), [], EMPTY)
    expect(canvas.update(imageOf(text(7)), [WHOLE], EMPTY)).toEqual({ changed: [], moves: [] })
  })

  test('reads images whose rows lie anywhere in memory', () => {
    const canvas = new Canvas({ width: 3, height: 2 })
    const data = Uint8Array.from({ length: 40 }, (_, i) => i).subarray(1)
    canvas.update({ width: 3, height: 2, stride: 14, data }, [], EMPTY)
    expect([...canvas.image.data]).toEqual([...data.subarray(0, 12), ...data.subarray(14, 26)])
  })
})
