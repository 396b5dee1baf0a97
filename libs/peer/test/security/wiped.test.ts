import { afterEach, expect, test, vi } from 'vitest'
import { systemRandom } from '../../src/random.js'
import { customerEnd, exchange, joinerEnd, pin } from './meet.js'

afterEach(() => vi.restoreAllMocks())

/** Everything that is drawn from now on, as the ends have it. */
function watchDrawing(): Uint8Array[] {
  const drawn: Uint8Array[] = []
  const { bytes } = systemRandom
  vi.spyOn(systemRandom, 'bytes').mockImplementation(length => {
    const fresh = bytes.call(systemRandom, length)
    drawn.push(fresh)
    return fresh
  })
  return drawn
}

const isWiped = (bytes: Uint8Array): boolean => bytes.every(byte => byte === 0)

test.each([
  ['agree', '973015'],
  ['fail', '111111'],
])('what two ends drew for an exchange is overwritten when they %s, their session keys when it is all over (RA-SEC-046)', async (_how, digits) => {
  const drawn = watchDrawing()
  const customer = customerEnd(() => pin('973015'))
  const joiner = joinerEnd([pin(digits)])
  const seeds = drawn.splice(0)
  await exchange(customer, joiner)
  expect(drawn.map(bytes => bytes.length)).toEqual([96, 96])
  expect(drawn.every(isWiped)).toBe(true)
  customer.security.end()
  joiner.security.end()
  expect(seeds.map(seed => seed.length)).toEqual([32, 32])
  expect(seeds.every(isWiped)).toBe(true)
})
