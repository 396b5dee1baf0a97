import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { median, quantile, spread } from '../src/index.js'

const values = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 99 })

describe('the median', () => {
  test('has as many values below as above', () => {
    fc.assert(
      fc.property(values, list => {
        const middle = median(list)
        expect(list.filter(value => value < middle).length).toBeLessThanOrEqual(list.length / 2)
        expect(list.filter(value => value > middle).length).toBeLessThanOrEqual(list.length / 2)
      }),
    )
  })

  test('is one of the values, or the mean of two neighbours', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 3, 2])).toBe(2.5)
  })

  test('does not depend on the order, which it leaves alone', () => {
    fc.assert(
      fc.property(values, list => {
        const given = [...list]
        expect(median([...list].reverse())).toBe(median(list))
        expect(list).toEqual(given)
      }),
    )
  })

  test('of nothing is refused', () => {
    expect(() => median([])).toThrow(RangeError)
  })
})

test('a quantile lies between the lowest and the highest, and rises with the part', () => {
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (list, part) => {
      expect(quantile(list, 0)).toBe(Math.min(...list))
      expect(quantile(list, 1)).toBe(Math.max(...list))
      expect(quantile(list, part)).toBeGreaterThanOrEqual(quantile(list, part / 2))
    }),
  )
})

test('values that are alike have no spread, and one outlier among many does not make any', () => {
  expect(spread([5, 5, 5, 5])).toBe(0)
  expect(spread([5, 5, 5, 5, 5, 500])).toBe(0)
  expect(spread([50, 100, 150, 200, 250])).toBeCloseTo(2 / 3)
})
