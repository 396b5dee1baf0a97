import { expect, test } from 'vitest'
import { minutesUpTo } from '../src/console/elevation.js'

test('powers are asked for no longer than the administrator allows', () => {
  expect([60, 45, 30, 15, 10, 5, 1].map(minutesUpTo)).toEqual([[5, 15, 30, 60], [5, 15, 30, 45], [5, 15, 30], [5, 15], [5, 10], [5], [1]])
})
