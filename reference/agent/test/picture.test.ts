import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Report } from '../src/customer/host/messages.js'
import { Reader } from '../src/customer/host/reader.js'
import { differing } from '../src/customer/host/tiles.js'

const sizes = fc.record({ width: fc.integer({ min: 1, max: 200 }), height: fc.integer({ min: 1, max: 200 }) })

describe('the picture of a browser', () => {
  test('what differs is within what is told, and what is told holds a difference', () => {
    fc.assert(
      fc.property(sizes, fc.array(fc.nat(), { maxLength: 20 }), (size, changes) => {
        const before = new Uint32Array(size.width * size.height)
        const after = before.slice()
        for (const at of changes) after[at % after.length] = 1
        const found = differing(before, after, size)
        const inside = (at: number) =>
          found.some(({ x, y, width, height }) => {
            const [left, top] = [at % size.width, Math.floor(at / size.width)]
            return left >= x && left < x + width && top >= y && top < y + height
          })
        for (const [at, value] of after.entries()) if (value === 1) expect(inside(at)).toBe(true)
        expect(found.length === 0).toBe(changes.length === 0)
        for (const { x, y, width, height } of found) expect(x + width <= size.width && y + height <= size.height).toBe(true)
      }),
    )
  })

  test('each capture hears once that there is something, gets all of it first, and then what changed since its last look', async () => {
    const said: Report[] = []
    const reader = new Reader(report => said.push(report))
    const size = { width: 130, height: 70 }
    const fill = (changed: readonly number[]) => async (into: ArrayBuffer) => {
      const pixels = new Uint32Array(into)
      pixels.fill(0)
      for (const at of changed) pixels[at] = 7
    }
    reader.open(1)
    expect(reader.grab(1, undefined)).toBeUndefined()
    await reader.take(size, fill([]))
    expect(said).toEqual([
      { say: 'size', ...size },
      { say: 'damaged', capture: 1 },
    ])
    expect(reader.grab(1, undefined)?.damage).toEqual([{ x: 0, y: 0, ...size }])
    reader.open(2)
    await reader.take(size, fill([]))
    await reader.take(size, fill([0]))
    await reader.take(size, fill([0, 129]))
    expect(said.slice(2)).toEqual([
      { say: 'damaged', capture: 1 },
      { say: 'damaged', capture: 2 },
    ])
    expect(reader.grab(1, undefined)?.damage).toEqual([
      { x: 0, y: 0, width: 64, height: 64 },
      { x: 128, y: 0, width: 2, height: 64 },
    ])
    const whole = reader.grab(2, undefined)
    expect(whole?.damage).toEqual([{ x: 0, y: 0, ...size }])
    expect(new Uint32Array(whole?.pixels ?? new ArrayBuffer(0))[129]).toBe(7)
    expect(reader.grab(1, undefined)?.damage).toEqual([])
  })
})
