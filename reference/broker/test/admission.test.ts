import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newAgentToken, newLocator, newResumeToken, newSessionId, sessionOfAgentToken, sessionOfResumeToken } from '../src/admission.js'
import { authenticatorOf, bearerOf } from '../src/authenticator.js'
import { silentLog } from '../src/log.js'
import { isLoopback } from '../src/loopback.js'
import { addressKey, Throttle } from '../src/throttle.js'
import { SimClock } from './sim-clock.js'

test('a locator has 4 to 9 digits, so many that live sessions fill at most 1 % (RA-RLY-211)', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9_999_999 }), live => {
      const locator = newLocator(live)
      expect(locator).toMatch(/^\d{4,9}$/)
      expect(live + 1).toBeLessThanOrEqual(10 ** locator.length / 100)
    }),
  )
  expect([newLocator(99).length, newLocator(100).length, newLocator(1e9).length]).toEqual([4, 5, 9])
})

test('tokens lead to their session, and are never the same', () => {
  const sessionId = newSessionId()
  const [agent, resume] = [newAgentToken(sessionId), newResumeToken(sessionId)]
  expect([sessionOfAgentToken(agent), sessionOfResumeToken(resume), resume.length]).toEqual([sessionId, sessionId, 32])
  expect([newAgentToken(sessionId) === agent, newResumeToken(sessionId).equals(resume)]).toEqual([false, false])
  fc.assert(
    fc.property(fc.string(), text => {
      expect(sessionOfAgentToken(text) ?? '').toMatch(/^([0-9a-f]{32})?$/)
    }),
  )
})

test('the API key makes its holder the operator; without it, and without an issuer, everybody is', async () => {
  const [key, open] = [{ apiKey: 'secret' }, {}].map(given => authenticatorOf({ ...given, clock: new SimClock(), log: silentLog() }))
  expect(await Promise.all(['secret', 'Secret', undefined].map(bearer => key?.authenticate(bearer)))).toEqual([{ tenant: undefined }, undefined, undefined])
  expect(await open?.authenticate(undefined)).toEqual({ tenant: undefined })
  expect([bearerOf('Bearer abc'), bearerOf('bearer  abc'), bearerOf('Basic abc'), bearerOf(undefined)]).toEqual(['abc', 'abc', undefined, undefined])
})

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['[2001:db8::7]', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['memory-1', 'memory-1'],
])('%s counts as %s (RA-RLY-111)', (address, key) => {
  expect(addressKey(address)).toBe(key)
})

test('no address gets more than its number of attempts in any minute; waiting as long as told always helps (RA-RLY-110)', async () => {
  const attempt = fc.record({ address: fc.constantFrom('192.0.2.1', '192.0.2.2'), afterMs: fc.nat(20_000) })
  await fc.assert(
    fc.asyncProperty(fc.array(attempt, { maxLength: 60 }), async attempts => {
      const clock = new SimClock()
      const throttle = new Throttle(3, clock)
      const passed = new Map<string, number[]>()
      for (const { address, afterMs } of attempts) {
        await clock.advance(afterMs)
        const waitMs = throttle.attempt(address)
        if (waitMs > 0) {
          await clock.advance(waitMs)
          expect(throttle.attempt(address)).toBe(0)
        }
        const times = [...(passed.get(address) ?? []), clock.now()]
        passed.set(address, times)
        expect(times.filter(at => at > clock.now() - 60_000).length).toBeLessThanOrEqual(3)
      }
    }),
    { numRuns: 30 },
  )
})

test.each([
  ['127.0.0.1', true],
  ['127.9.8.7', true],
  ['::1', true],
  ['[::1]', true],
  ['localhost', true],
  ['127.0.0.1.evil.example', false],
  ['localhost.evil.example', false],
  ['0.0.0.0', false],
  ['::', false],
  ['192.0.2.1', false],
  ['', false],
])('%s is loopback: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected)
})
