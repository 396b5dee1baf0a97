/** What a testee waits for before its clock goes on: what is under way by itself, for however long, and no guess. */
import { describe, expect, test } from 'vitest'
import { standingTime } from '../src/clocks.js'
import { Pending, settled } from '../src/pending.js'
import { platform } from '../src/platform.js'

/** Turns of the event loop that no guess would have waited for. */
const MANY = 1_000

/** Comes to its end after so many turns, as something does on a busy machine. */
async function slow(): Promise<void> {
  for (let turn = 0; turn < MANY; turn++) await new Promise<void>(resolve => setImmediate(resolve))
}

describe('a clock that stands still', () => {
  test('fires no timer before what the one before began has come to its end, and what follows from that', async () => {
    const pending = new Pending()
    const time = standingTime(() => settled(pending))
    const told: string[] = []
    const begin = async (name: string) => {
      told.push(`${name} begins`)
      await pending.during(slow())
      told.push(`${name} ends`)
    }
    const { end } = time
    end.setTimer((end.now() + 10) as ReturnType<typeof end.now>, () => void begin('first').then(() => begin('what follows')))
    end.setTimer((end.now() + 20) as ReturnType<typeof end.now>, () => told.push('second'))
    await time.advance(20)
    expect(told).toEqual(['first begins', 'first ends', 'what follows begins', 'what follows ends', 'second'])
  })

  test('begins where it is told to, and goes as far as it is told', async () => {
    const { advance, broker, end } = standingTime(() => settled(), 1_000_000)
    expect([broker.now(), end.date()]).toEqual([1_000_000, 1_000_000])
    await advance(250)
    expect([broker.now(), end.date()]).toEqual([1_000_250, 1_000_250])
  })
})

test('what fails is over as well', async () => {
  const pending = new Pending()
  const failing = pending.during(slow().then(() => Promise.reject(new Error('no'))))
  failing.catch(() => undefined)
  await settled(pending)
  expect(pending.some).toBe(false)
  await expect(failing).rejects.toThrow('no')
})

test('what the platform calculates in other threads counts until its last step', async () => {
  const told: string[] = []
  const bytes = new Uint8Array(8_000_000)
  const work = (async () => {
    for (let step = 0; step < 3; step++) await crypto.subtle.digest('SHA-256', bytes)
    told.push('calculated')
  })()
  await settled(platform)
  told.push('settled')
  await work
  expect(told).toEqual(['calculated', 'settled'])
})
