import { Channel } from '@remote-assist/codec'
import type { OpenedRecord } from '@remote-assist/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Pace, REQUESTS_PER_SECOND } from '../../src/driver/pace.js'

const record = (channel: Channel, cases: readonly string[]) => ({ channel, kinds: cases.map($case => ({ $case, value: {} })) }) as unknown as OpenedRecord

function pacing() {
  const clock = { ms: 0, now: () => clock.ms as ReturnType<ConstructorParameters<typeof Pace>[0]['now']> }
  return { clock, pace: new Pace(clock) }
}

describe('how much a counterpart may ask for (RA-SES-080)', () => {
  test('is what one second allows at a time, and for good as many a second, whatever the records are that it comes in', () => {
    const sends = fc.array(fc.record({ ms: fc.integer({ min: 0, max: 700 }), count: fc.integer({ min: 1, max: 60 }) }), { maxLength: 40 })
    fc.assert(
      fc.property(sends, all => {
        const { clock, pace } = pacing()
        let saved = REQUESTS_PER_SECOND
        for (const { ms, count } of all) {
          clock.ms += ms
          saved = Math.min(REQUESTS_PER_SECOND, saved + (ms * REQUESTS_PER_SECOND) / 1_000)
          const exceeds = pace.exceeds(2, record(Channel.SESSION, Array(count).fill('requestControl')))
          expect(exceeds).toBe(saved < count)
          if (exceeds) return
          saved -= count
        }
      }),
    )
  })

  test('is counted for each by itself, and not for what comes with time, pictures or the log, or on other channels', () => {
    const { pace } = pacing()
    const many = (name: string) => Array(4 * REQUESTS_PER_SECOND).fill(name)
    for (const name of ['alive', 'auditSign', 'unsupported']) expect(pace.exceeds(2, record(Channel.SESSION, many(name)))).toBe(false)
    for (const name of ['frameAck', 'requestKeyframe']) expect(pace.exceeds(2, record(Channel.SCREEN, many(name)))).toBe(false)
    expect(pace.exceeds(2, record(Channel.INPUT, many('pointerMove')))).toBe(false)
    expect(pace.exceeds(2, record(Channel.SCREEN, Array(REQUESTS_PER_SECOND).fill('subscribe')))).toBe(false)
    expect(pace.exceeds(3, record(Channel.SESSION, ['wordsConfirmed']))).toBe(false)
    expect(pace.exceeds(2, record(Channel.SESSION, ['wordsConfirmed']))).toBe(true)
  })
})
