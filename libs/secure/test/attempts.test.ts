import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  CODE_LIFE_MS,
  type Code,
  type Codes,
  claim,
  issueCode,
  MAX_CODES,
  NO_CODES,
  newCode,
  PIN_TRIES,
  settle,
  spendTry,
  TRY_DELAYS_MS,
} from '../src/attempts.js'

const granted = (code: Code, now: number): Code => {
  const answer = claim(code, now)
  if (answer.type !== 'granted') throw new Error(`${answer.type} at ${now}`)
  return answer.code
}

/** Anything that callers may do, in any order and at any time. */
const deeds = fc.array(fc.tuple(fc.constantFrom('claim', 'spend', 'fail', 'wait'), fc.integer({ min: 0, max: 12_000 })), { maxLength: 60 })

describe('a code', () => {
  test('allows three released shares and never a fourth, with 0, 2 and 10 s before them, in whatever order things happen (RA-SEC-060, RA-SEC-061, RA-SEC-063)', () => {
    fc.assert(
      fc.property(deeds, list => {
        let [code, now, underWay, spent] = [newCode(0), 0, false, false]
        const releases: number[] = []
        for (const [deed, ms] of list) {
          now += ms
          if (deed === 'claim') {
            const answer = claim(code, now)
            if (answer.type === 'granted') {
              expect(underWay).toBe(false)
              expect(now).toBeGreaterThanOrEqual((releases.at(-1) ?? 0) + (TRY_DELAYS_MS[releases.length] ?? Number.POSITIVE_INFINITY))
              ;[code, underWay, spent] = [answer.code, true, false]
            } else if (answer.type === 'wait') expect(answer.until === undefined ? underWay : answer.until > now).toBe(true)
          } else if (deed === 'spend' && underWay && !spent) {
            ;[code, spent] = [spendTry(code, now), true]
            releases.push(now)
          } else if (deed === 'fail' && underWay) [code, underWay] = [settle(code, false), false]
          expect(code.triesLeft).toBe(PIN_TRIES - releases.length)
        }
        expect(releases.length).toBeLessThanOrEqual(3)
      }),
      { numRuns: 500 },
    )
    expect(TRY_DELAYS_MS).toEqual([0, 2_000, 10_000])
  })

  test('is for one exchange at a time (RA-SEC-062)', () => {
    const busy = granted(newCode(0), 0)
    expect(claim(busy, 1)).toEqual({ type: 'wait', until: undefined })
    expect(claim(settle(busy, false), 1).type).toBe('granted')
  })

  test('that was not released to anybody has all its tries: a failure alone costs none', () => {
    let code = newCode(0)
    for (let i = 0; i < 50; i++) code = settle(granted(code, i), false)
    expect(code.triesLeft).toBe(3)
  })

  test('says from when on the next try may begin (RA-SEC-063)', () => {
    const once = settle(spendTry(granted(newCode(100), 100), 150), false)
    expect(claim(once, 2_149)).toEqual({ type: 'wait', until: 2_150 })
    const twice = settle(spendTry(granted(once, 2_150), 2_200), false)
    expect(claim(twice, 12_199)).toEqual({ type: 'wait', until: 12_200 })
    const thrice = settle(spendTry(granted(twice, 12_200), 12_300), false)
    expect(claim(thrice, 500_000)).toEqual({ type: 'refused', reason: 'ATTEMPTS' })
  })

  test('lives for ten minutes and burns when it was proven (RA-SEC-064, RA-SEC-066)', () => {
    expect(claim(newCode(5), CODE_LIFE_MS + 4).type).toBe('granted')
    expect(claim(newCode(5), CODE_LIFE_MS + 5)).toEqual({ type: 'refused', reason: 'EXPIRED' })
    expect(CODE_LIFE_MS).toBe(600_000)
    const proven = settle(spendTry(granted(newCode(0), 0), 0), true)
    expect(claim(proven, 20_000)).toEqual({ type: 'refused', reason: 'BURNED' })
    expect(settle(proven, false).burned).toBe(true)
  })
})

describe('the codes of a session', () => {
  test('are five at most; the sixth is not to be had (RA-SEC-065)', () => {
    let codes: Codes | undefined = NO_CODES
    for (let i = 1; i <= MAX_CODES; i++) {
      codes = issueCode(codes ?? NO_CODES, i)
      expect(codes).toEqual({ issued: i, current: newCode(i) })
    }
    expect(MAX_CODES).toBe(5)
    expect(issueCode(codes ?? NO_CODES, 6)).toBeUndefined()
  })
})
