import type { Instant } from '@remote-assist/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Meter } from '../../src/files/progress.js'

const RATE = 4_000_000
/** What buffers before the line hold, in milliseconds of its rate. */
const BUFFER_MS = 500

/** Steps of 1–120 ms, in which a line passes on its rate; buffers before it take more at once. */
const steps = fc.array(fc.record({ ms: fc.integer({ min: 1, max: 120 }), buffered: fc.integer({ min: 0, max: (RATE * BUFFER_MS) / 1_000 }) }), {
  minLength: 40,
  maxLength: 200,
})

test('the rate is that of the line, however the bytes come in bursts: a burst counts for its bytes and no more', () => {
  fc.assert(
    fc.property(steps, line => {
      let now = 0 as Instant
      let bytes = 0
      const meter = new Meter({ now: () => now, later: () => () => {} }, () => {}, 1e9)
      meter.reach(0, 'a')
      for (const { ms, buffered } of line) {
        now = (now + ms) as Instant
        bytes = Math.max(bytes, (now * RATE) / 1_000 + buffered)
        meter.reach(bytes, 'a')
        // It may be off by what fills the buffers once, in the time that counts: of each second the less, the longer ago it was.
        const countedMs = 2_000 * (1 - Math.exp(-(now - BUFFER_MS) / 2_000))
        if (now > 2 * BUFFER_MS) expect(Math.abs((meter.bytesPerSecond ?? 0) / RATE - 1)).toBeLessThan(BUFFER_MS / countedMs)
      }
    }),
  )
})
