import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DamageList, intersection, union } from '../../src/hosts/rects.js'

const rect = fc.record({
  x: fc.integer({ min: 0, max: 60 }),
  y: fc.integer({ min: 0, max: 60 }),
  width: fc.integer({ min: 1, max: 40 }),
  height: fc.integer({ min: 1, max: 40 }),
})

type Rect = { x: number; y: number; width: number; height: number }
const has = (r: Rect, x: number, y: number) => x >= r.x && y >= r.y && x < r.x + r.width && y < r.y + r.height

describe('rectangles', () => {
  it('intersection and union hold exactly the points that both, or either, hold', () => {
    fc.assert(
      fc.property(rect, rect, fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 }), (a, b, x, y) => {
        const shared = intersection(a, b)
        expect(shared !== undefined && has(shared, x, y)).toBe(has(a, x, y) && has(b, x, y))
        if (has(a, x, y) || has(b, x, y)) expect(has(union(a, b), x, y)).toBe(true)
      }),
    )
  })

  it('a damage list covers all that was added, in no more rectangles than its limit', () => {
    fc.assert(
      fc.property(fc.array(rect, { maxLength: 60 }), fc.integer({ min: 1, max: 8 }), (added, limit) => {
        const list = new DamageList(limit)
        for (const one of added) list.add(one)
        const taken = list.take()
        expect(taken.length).toBeLessThanOrEqual(limit)
        for (const { x, y, width, height } of added) {
          for (const [px, py] of [
            [x, y],
            [x + width - 1, y],
            [x, y + height - 1],
            [x + width - 1, y + height - 1],
          ] as const) {
            expect(taken.some(one => has(one, px, py))).toBe(true)
          }
        }
        expect(list.empty).toBe(true)
      }),
    )
  })

  it('a damage list adds nothing that was not damaged, as long as there is room', () => {
    fc.assert(
      fc.property(fc.array(rect, { maxLength: 8 }), fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 }), (added, x, y) => {
        const list = new DamageList(8)
        for (const one of added) list.add(one)
        expect(list.take().some(one => has(one, x, y))).toBe(added.some(one => has(one, x, y)))
      }),
    )
  })
})
