import type { Host, InputHost } from '@remote-assist/peer'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Hand } from '../src/hand.js'
import { virtualHost } from '../src/hosts/index.js'

/** A desktop that keeps what is down, and what it was told otherwise. */
function desktop() {
  const down = new Set<string>()
  const did: string[] = []
  let local = () => {}
  const set = (name: string, on: boolean) => (on ? down.add(name) : down.delete(name))
  const input: InputHost = {
    key: (usage, on) => void set(`key ${usage}`, on),
    button: (button, on) => void set(`button ${button}`, on),
    text: text => void did.push(text),
    move: (_, x, y) => void did.push(`${x},${y}`),
    wheel: (x, y) => void did.push(`wheel ${x},${y}`),
    onLocalInput: listener => {
      local = listener
      return () => {}
    },
  }
  const host: Host = { ...virtualHost(), input }
  return { host, down, did, moveHand: () => local() }
}

const acts = fc.oneof(
  fc.record({ do: fc.constant('key' as const), which: fc.integer({ min: 1, max: 4 }), on: fc.boolean() }),
  fc.record({ do: fc.constant('button' as const), which: fc.integer({ min: 0, max: 2 }), on: fc.boolean() }),
  fc.record({ do: fc.constantFrom('text' as const, 'move' as const, 'wheel' as const), which: fc.constant(1), on: fc.constant(true) }),
  fc.record({ do: fc.constant('hold' as const), which: fc.constant(1), on: fc.boolean() }),
)

describe('whose hand it was', () => {
  let now: number
  beforeEach(() => {
    now = 0
    vi.useFakeTimers()
  })
  afterEach(() => vi.useRealTimers())

  test('while a question is open nothing reaches the desktop, and nothing stays down on it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(acts, { maxLength: 40 }), async steps => {
        const { host, down, did } = desktop()
        const hand = new Hand(host, () => now)
        const { input } = hand.host
        for (const { do: what, which, on } of steps) {
          const before = [...did]
          if (what === 'hold') hand.hold(on)
          else if (what === 'key') await input?.key(which, on)
          else if (what === 'button') await input?.button(which, on)
          else if (what === 'text') await input?.text('typed')
          else if (what === 'move') await input?.move(1, which, which)
          else await input?.wheel(0, 120)
          // What is let go of takes a turn.
          await Promise.resolve()
          await vi.advanceTimersByTimeAsync(0)
          if (!hand.held) continue
          expect([...down]).toEqual([])
          expect(did).toEqual(before)
        }
        await hand.host.close()
      }),
      { numRuns: 60 },
    )
  })

  test('agents are told that the person is at work, at once and as long as the question is open', async () => {
    const { host } = desktop()
    const hand = new Hand(host, () => now)
    let told = 0
    hand.host.input?.onLocalInput(() => told++)
    hand.hold(true)
    expect(told).toBe(1)
    // An agent may go on 2 s after the last time.
    await vi.advanceTimersByTimeAsync(5_000)
    expect(told).toBeGreaterThanOrEqual(5)
    hand.hold(false)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(told).toBeLessThanOrEqual(6)
    await hand.host.close()
  })

  test('it was the person’s own if nothing was injected just before, nor since they last moved', async () => {
    const { host, moveHand } = desktop()
    const hand = new Hand(host, () => now)
    expect(hand.own).toBe(true)
    await hand.host.input?.move(1, 5, 5)
    expect(hand.own).toBe(false)
    // The agent may have clicked, and waited.
    now += 60_000
    expect(hand.own).toBe(false)
    moveHand()
    expect(hand.own).toBe(true)
    await hand.host.input?.text('x')
    now += 500
    moveHand()
    expect(hand.own).toBe(false)
    now += 500
    expect(hand.own).toBe(true)
    await hand.host.close()
  })
})
