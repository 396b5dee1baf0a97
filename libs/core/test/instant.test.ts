import fc from 'fast-check'
import { expect, it } from 'vitest'
import { after, type Instant, msUntil } from '../src/instant.js'

const moment = fc.double({ min: 0, max: 2 ** 42, noNaN: true }).map(ms => ms as Instant)

it('what was just set to end after a time has exactly that time left', () => {
  fc.assert(fc.property(moment, fc.integer({ min: 0, max: 86_400_000 }), (now, ms) => msUntil(after(now, ms), now) === ms))
})

it('a deadline is never nearer than is said, nor more than a millisecond farther', () => {
  fc.assert(
    fc.property(moment, fc.double({ min: 0, max: 86_400_000, noNaN: true }), (now, ms) => {
      const left = msUntil(after(now, ms), now)
      expect(left).toBeGreaterThan(ms - 0.01)
      expect(left).toBeLessThan(ms + 1.01)
    }),
  )
})

it('no deadline is 0, and so is one that has passed', () => {
  expect([msUntil(undefined, 5 as Instant), msUntil(4 as Instant, 5 as Instant)]).toEqual([0, 0])
})
