import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { slowness, whenOverdue } from '../src/patience.js'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

test('a machine on which at most three want each core is not slow, and none is slower than eight times', () => {
  expect([0, 1, 6, 12, 24, 48, 1_000].map(load => slowness(load, 2))).toEqual([1, 1, 1, 2, 4, 8, 8])
})

test('on a machine that is not busy, patience runs out in time, once', () => {
  const over = vi.fn()
  whenOverdue(5_000, over, () => 1)
  vi.advanceTimersByTime(4_999)
  expect(over).not.toHaveBeenCalled()
  vi.advanceTimersByTime(100_000)
  expect(over).toHaveBeenCalledOnce()
})

test('on a busy one it lasts longer, and ends when the machine is itself again', () => {
  const over = vi.fn()
  let slow = 4
  whenOverdue(5_000, over, () => slow)
  vi.advanceTimersByTime(19_000)
  expect(over).not.toHaveBeenCalled()
  slow = 1
  vi.advanceTimersByTime(1_000)
  expect(over).toHaveBeenCalledOnce()
})

test('once called off, nothing comes of it', () => {
  const over = vi.fn()
  const callOff = whenOverdue(5_000, over, () => 2)
  vi.advanceTimersByTime(6_000)
  callOff()
  vi.advanceTimersByTime(60_000)
  expect(over).not.toHaveBeenCalled()
})
