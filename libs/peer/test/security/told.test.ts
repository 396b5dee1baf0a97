/** What a customer's end remembers from one joining to the next. */
import { expect, test } from 'vitest'
import { remembered } from '../../src/security/told.js'
import { ManualClock } from '../support/clock.js'

test('a thing is the same for each key on each clock, and of very many keys the first are forgotten', () => {
  let made = 0
  const thingOf = remembered(() => ++made)
  const [clock, other] = [new ManualClock(), new ManualClock()]
  expect([thingOf('a', clock), thingOf('b', clock), thingOf('a', clock), thingOf('a', other)]).toEqual([1, 2, 1, 3])
  for (let i = 0; i < 1_022; i++) thingOf(String(i), clock)
  expect([thingOf('a', clock), thingOf('b', clock)]).toEqual([1, 2])
  const before = made
  thingOf('one more', clock)
  expect([thingOf('b', clock), thingOf('a', clock)]).toEqual([2, before + 2])
  expect(thingOf('a', other)).toBe(3)
})
