import { RefusalReason } from '@remote-assist/codec'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ClipboardBridge } from '../../src/desktop/clipboard.js'

const AGENTS = [1, 3]

/** A bridge to a clipboard that takes promises, and its clock. */
function bridged() {
  const taken: number[] = []
  const timers: { readonly at: number; readonly task: () => void }[] = []
  let now = 0
  let mimes: readonly string[] = []
  const host = {
    onChange: () => () => undefined,
    read: async () => undefined,
    write: async () => undefined,
    promise: async (promised: readonly string[]) => {
      taken.push(now)
      mimes = promised
      return () => undefined
    },
  }
  const bridge = new ClipboardBridge(host, {
    peers: () => AGENTS,
    call: () => undefined,
    request: () => undefined,
    room: () => undefined,
    now: () => now,
    later: (ms, task) => void timers.push({ at: now + ms, task }),
    failed: error => expect.unreachable(String(error)),
  })
  return {
    bridge,
    taken,
    mimes: () => mimes,
    async pass(ms: number): Promise<void> {
      const until = now + ms
      for (;;) {
        const due = timers.sort((a, b) => a.at - b.at)[0]
        if (due === undefined || due.at > until) break
        timers.shift()
        now = due.at
        due.task()
        await new Promise(setImmediate)
      }
      now = until
      await new Promise(setImmediate)
    },
  }
}

const offers = fc.array(fc.record({ agent: fc.constantFrom(...AGENTS), afterMs: fc.integer({ min: 0, max: 300 }) }), { minLength: 1, maxLength: 60 })

test('the desktop’s clipboard changes hands five times a second at most, however fast agents offer, and the newest offer is taken (RA-CLP-017)', async () => {
  await fc.assert(
    fc.asyncProperty(offers, async steps => {
      const { bridge, taken, mimes, pass } = bridged()
      let offerId = 0
      for (const { agent, afterMs } of steps) {
        await pass(afterMs)
        // The newest one of all has a format of its own.
        const mime = ++offerId === steps.length ? 'text/html' : 'text/plain'
        bridge.hear(agent, { kind: 'clipboard.offered', offerId, formats: [{ mime, bytes: 1n }] })
      }
      const last = bridge.taking(steps.at(-1)?.agent ?? 0)
      await pass(2_000)
      await last
      for (const [i, at] of taken.entries()) if (i >= 5) expect(at - (taken[i - 5] ?? 0)).toBeGreaterThanOrEqual(1_000)
      if (new Set(steps.map(({ agent }) => agent)).size === 1) expect(mimes()).toEqual(['text/html'])
    }),
    { numRuns: 60 },
  )
})

test('an offer by itself is taken at once, and one whose agent left meanwhile not at all', async () => {
  const { bridge, taken, pass } = bridged()
  const offer = (offerId: number) => bridge.hear(1, { kind: 'clipboard.offered', offerId, formats: [{ mime: 'text/plain', bytes: 1n }] })
  offer(1)
  await pass(0)
  expect(taken).toEqual([0])
  for (let id = 2; id <= 6; id++) offer(id)
  bridge.hear(1, { kind: 'clipboard.failed', offerId: 6, mime: 'text/plain', reason: RefusalReason.NOT_FOUND })
  bridge.forget(1)
  await pass(1_000)
  expect(taken).toEqual([0, 0, 0, 0, 0])
})
