import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { add, addAll, area, clip, EMPTY, MAX_RECTS, overlap, type Region, subtract, without } from '../../src/pictures/region.js'
import { scaleRect, shrink, within } from '../../src/pictures/scale.js'
import { slices, TILE, tilesOf } from '../../src/pictures/tiles.js'

const rect = (edge: number) =>
  fc.record({ x: fc.nat({ max: edge }), y: fc.nat({ max: edge }), width: fc.integer({ min: 1, max: edge }), height: fc.integer({ min: 1, max: edge }) })
const rects = fc.array(rect(24), { maxLength: 12 })

const pixelsOf = (region: Region): ReadonlySet<string> => {
  const pixels = new Set<string>()
  for (const { x, y, width, height } of region) for (let j = y; j < y + height; j++) for (let i = x; i < x + width; i++) pixels.add(`${i},${j}`)
  return pixels
}

const disjoint = (region: Region): boolean => region.every((a, i) => region.every((b, j) => i === j || !overlap(a, b)))

describe('a region', () => {
  test('holds exactly the pixels that were added, each once', () => {
    fc.assert(
      fc.property(rects, list => {
        const region = addAll(EMPTY, list)
        expect(pixelsOf(region)).toEqual(pixelsOf(list))
        expect(area(region)).toBe(pixelsOf(list).size)
        expect(disjoint(region)).toBe(true)
      }),
    )
  })

  test('of many specks stays small, and loses none', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ x: fc.nat({ max: 400 }), y: fc.nat({ max: 400 }) }), { minLength: MAX_RECTS, maxLength: 160 }), places => {
        const specks = places.map(place => ({ ...place, width: 1, height: 1 }))
        const region = addAll(EMPTY, specks)
        expect(region.length).toBeLessThanOrEqual(MAX_RECTS)
        expect(disjoint(region)).toBe(true)
        for (const speck of specks) expect(region.some(it => overlap(it, speck))).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  test('ignores nothing, and only nothing', () => {
    expect(add(EMPTY, { x: 3, y: 3, width: 0, height: 5 })).toBe(EMPTY)
  })

  test('without others has every other pixel, and none of theirs', () => {
    fc.assert(
      fc.property(rects, rects, (list, others) => {
        const left = pixelsOf(others)
        expect(pixelsOf(without(addAll(EMPTY, list), others))).toEqual(new Set([...pixelsOf(list)].filter(pixel => !left.has(pixel))))
      }),
    )
  })

  test('minus another, and clipped, has the pixels that it should', () => {
    fc.assert(
      fc.property(rect(16), rect(16), (a, b) => {
        const inB = pixelsOf([b])
        expect(pixelsOf(subtract(a, b))).toEqual(new Set([...pixelsOf([a])].filter(pixel => !inB.has(pixel))))
        expect(pixelsOf(clip([a], b))).toEqual(new Set([...pixelsOf([a])].filter(pixel => inB.has(pixel))))
      }),
    )
  })
})

describe('tiles', () => {
  test('cover a region, pixel for pixel, within the cells of the grid', () => {
    fc.assert(
      fc.property(rect(700), whole => {
        const tiles = tilesOf([whole])
        expect(area(tiles)).toBe(area([whole]))
        expect(disjoint(tiles)).toBe(true)
        for (const { x, y, width, height } of tiles) {
          expect(Math.floor(x / TILE)).toBe(Math.floor((x + width - 1) / TILE))
          expect(Math.floor(y / TILE)).toBe(Math.floor((y + height - 1) / TILE))
        }
      }),
    )
  })

  test('are cut into as many slices as are asked for, or as there are pixels', () => {
    fc.assert(
      fc.property(rect(40), fc.integer({ min: 1, max: 60 }), (whole, count) => {
        const cut = slices(whole, count)
        expect(cut.length).toBe(Math.min(count, Math.max(whole.width, whole.height)))
        expect(cut.every(({ width, height }) => width > 0 && height > 0)).toBe(true)
        expect(disjoint(cut)).toBe(true)
        expect(pixelsOf(cut)).toEqual(pixelsOf([whole]))
      }),
    )
  })
})

describe('a smaller picture', () => {
  const size = fc.record({ width: fc.integer({ min: 1, max: 60 }), height: fc.integer({ min: 1, max: 60 }) })

  test('fits its limits and keeps its proportions (RA-SCR-017)', () => {
    fc.assert(
      fc.property(size, fc.nat({ max: 80 }), fc.nat({ max: 80 }), (native, maxWidth, maxHeight) => {
        const { width, height } = within(native, maxWidth, maxHeight)
        expect(width).toBeLessThanOrEqual(maxWidth === 0 ? native.width : Math.max(1, maxWidth))
        expect(height).toBeLessThanOrEqual(maxHeight === 0 ? native.height : Math.max(1, maxHeight))
        expect(Math.min(width, height)).toBeGreaterThan(0)
      }),
    )
  })

  test('changes nowhere but where the native one changed', () => {
    fc.assert(
      fc.property(size, fc.integer({ min: 1, max: 40 }), fc.nat(), fc.nat(), (native, limit, px, py) => {
        const small = within(native, limit, limit)
        const change = { x: px % native.width, y: py % native.height, width: 1, height: 1 }
        const before = new Uint8Array(native.width * native.height * 4)
        const after = before.slice().fill(255, (change.y * native.width + change.x) * 4, (change.y * native.width + change.x) * 4 + 4)
        const whole = { x: 0, y: 0, ...small }
        const image = (data: Uint8Array) => ({ ...native, stride: native.width * 4, data })
        const a = shrink(image(before), small, whole).data
        const b = shrink(image(after), small, whole).data
        const touched = scaleRect(change, native, small)
        for (let y = 0; y < small.height; y++) {
          for (let x = 0; x < small.width; x++) {
            if (overlap(touched, { x, y, width: 1, height: 1 })) continue
            const at = (y * small.width + x) * 4
            expect(b.subarray(at, at + 4)).toEqual(a.subarray(at, at + 4))
          }
        }
      }),
    )
  })
})
