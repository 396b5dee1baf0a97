import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clampTo, screenOf } from '../../src/channels/layout.js'
import { take } from '../../src/channels/rate.js'
import { after, earliest, msUntil } from '../../src/instant.js'
import { at } from '../support/actor.js'
import { screen } from '../support/protocol.js'

describe('moments', () => {
  it('lie after one another', () => expect(after(at(5), 7)).toBe(12))

  it('earliest is the least of those that there are', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: 0 }), { nil: undefined })), moments => {
        const real = moments.filter(it => it !== undefined)
        expect(earliest(...moments.map(it => (it === undefined ? undefined : at(it))))).toBe(real.length === 0 ? undefined : Math.min(...real))
      }),
    )
  })

  it('are never less than 0 ms away, and 0 ms if they never come', () => {
    expect(msUntil(undefined, at(3))).toBe(0)
    expect(msUntil(at(3), at(5))).toBe(0)
    expect(msUntil(at(5.2), at(3))).toBe(3)
  })
})

describe('a bucket', () => {
  it('lets at most twice its rate through in any second, and its rate in the long run', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 200 }), (perSecond, gaps) => {
        let bucket: ReturnType<typeof take>
        let now = 0
        const passed: number[] = []
        for (const gap of gaps) {
          now += gap
          const next = take(bucket, perSecond, at(now))
          if (next === undefined) continue
          bucket = next
          passed.push(now)
        }
        for (const start of passed) expect(passed.filter(it => it >= start && it < start + 1_000).length).toBeLessThanOrEqual(2 * perSecond)
        expect(passed.length).toBeLessThanOrEqual(perSecond + (now * perSecond) / 1_000)
      }),
    )
  })
})

describe('a layout', () => {
  const layout = { epoch: 1, screens: [screen(7)] }

  it('finds its screens by id', () => {
    expect(screenOf(layout, 7)).toBe(layout.screens[0])
    expect(screenOf(layout, 8)).toBeUndefined()
  })

  it('RA-INP-031 clamps every place to a pixel of the screen, and leaves the places on it', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (x, y) => {
        const place = clampTo(screen(7), x, y)
        expect(place.x).toBeGreaterThanOrEqual(0)
        expect(place.x).toBeLessThan(screen(7).width)
        expect(place.y).toBeGreaterThanOrEqual(0)
        expect(place.y).toBeLessThan(screen(7).height)
        expect(clampTo(screen(7), place.x, place.y)).toEqual(place)
      }),
    )
  })
})
