import type { Instant } from '@remote-assist/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FrameMeter } from '../src/api/quality.js'

const at = (ms: number) => ms as Instant

/** A frame that was captured at `captured` on a clock that is `offsetMs` behind, and was `wayMs` on its way. */
const arrive = (meter: FrameMeter, captured: number, wayMs: number, { offsetMs = 0, bytes = 100 } = {}) =>
  meter.arrived(at(captured + wayMs), bytes, BigInt(Math.round((captured - offsetMs) * 1_000)))

describe('the quality of a line', () => {
  test('nothing came: nothing is known of queues, and nothing is counted', () => {
    expect(new FrameMeter().read(at(5_000))).toEqual({ framesPerSecond: 0, bytesPerSecond: 0, queueingMs: undefined })
  })

  test('frames and bytes of the last second count, whatever the customer’s clock says', () => {
    const counts = fc.record({ frames: fc.integer({ min: 1, max: 60 }), bytes: fc.nat(100_000), offsetMs: fc.integer({ min: -1e9, max: 1e9 }) })
    fc.assert(
      fc.property(counts, ({ frames, bytes, offsetMs }) => {
        const meter = new FrameMeter()
        for (let i = 0; i < frames; i++) arrive(meter, 1_000 + i * 10, 20, { bytes, offsetMs })
        const last = 1_020 + (frames - 1) * 10
        expect(meter.read(at(last))).toEqual({ framesPerSecond: frames, bytesPerSecond: frames * bytes, queueingMs: 0 })
        expect(meter.read(at(last + 1_000))).toMatchObject({ framesPerSecond: 0, bytesPerSecond: 0 })
      }),
    )
  })

  test('what the newest frame took longer than the best one waited in queues, until nothing was heard for ten seconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: -1e6, max: 1e6 }), (best, more, offsetMs) => {
        const meter = new FrameMeter()
        arrive(meter, 0, best, { offsetMs })
        arrive(meter, 10_000, best + more, { offsetMs })
        const now = 10_000 + best + more
        expect(meter.read(at(now)).queueingMs).toBe(more)
        expect(meter.read(at(now + 10_001)).queueingMs).toBeUndefined()
      }),
    )
  })

  test('the best way of long ago is forgotten, and at once when the line dropped', () => {
    const meter = new FrameMeter()
    arrive(meter, 0, 10)
    for (let minute = 1; minute <= 3; minute++) arrive(meter, minute * 61_000, 200)
    expect(meter.read(at(183_200)).queueingMs).toBe(0)
    arrive(meter, 184_000, 210)
    expect(meter.read(at(184_210)).queueingMs).toBe(10)
    meter.reset()
    arrive(meter, 185_000, 900)
    expect(meter.read(at(185_900)).queueingMs).toBe(0)
  })
})
