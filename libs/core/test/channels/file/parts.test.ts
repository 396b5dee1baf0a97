import { EntryAction, EntryKind, type EntryRange } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tally } from '../../../src/channels/file/decision.js'
import { LEAF_BYTES } from '../../../src/channels/file/events.js'
import { arrived, INITIAL_LEDBAT, type Ledbat, MAX_WINDOW_BYTES, MIN_WINDOW_BYTES, queueMs, TARGET_MS } from '../../../src/channels/file/ledbat.js'
import { type Listing, list } from '../../../src/channels/file/manifest.js'
import { countIn, withEntry } from '../../../src/channels/file/ranges.js'
import { atLeafEnd, isComplete, leafEnd, leavesOf } from '../../../src/channels/file/transfer.js'
import { at } from '../support.js'

describe('ranges', () => {
  const range = (first: number, last: number): EntryRange => ({ first, last })
  const entries = (ranges: readonly EntryRange[]) => ranges.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i))

  it('hold each entry once, ascending and apart, in whatever order they come', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60)), numbers => {
        const ranges = numbers.reduce<readonly EntryRange[]>(withEntry, [])
        expect(entries(ranges)).toEqual([...new Set(numbers)].sort((a, b) => a - b))
        for (const [i, { first }] of ranges.entries()) expect(first > (ranges[i - 1]?.last ?? -2) + 1).toBe(true)
        expect(countIn(ranges, 61)).toBe(new Set(numbers).size)
      }),
    )
  })

  it('grow by an entry at either end, close a gap of one, and hold an entry once', () => {
    const ranges = [range(2, 4), range(6, 8)]
    expect(withEntry(ranges, 0)).toEqual([range(0, 0), ...ranges])
    expect(withEntry(ranges, 1)).toEqual([range(1, 4), range(6, 8)])
    expect(withEntry(ranges, 3)).toEqual(ranges)
    expect(withEntry(ranges, 5)).toEqual([range(2, 8)])
    expect(withEntry(ranges, 9)).toEqual([range(2, 4), range(6, 9)])
    expect(withEntry(ranges, 10)).toEqual([...ranges, range(10, 10)])
  })

  it('are refused if they overlap, run backwards, or go beyond the manifest', () => {
    for (const bad of [[range(2, 1)], [range(0, 9), range(9, 10)], [range(5, 6), range(1, 2)], [range(0, 20)]]) expect(countIn(bad, 20)).toBeUndefined()
    expect(countIn([range(0, 19)], 20)).toBe(20)
  })
})

describe('a decision', () => {
  const { ACCEPT, SKIP, REFUSE, RENAME, OVERWRITE } = EntryAction
  const action = fc.constantFrom(ACCEPT, SKIP, REFUSE, RENAME, OVERWRITE)

  it('takes the same entries, however it is cut into parts', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(ACCEPT, SKIP, REFUSE),
        fc.array(fc.option(action), { minLength: 1, maxLength: 30 }),
        fc.nat(30),
        (defaultAction, actions, cut) => {
          const exceptions = actions.flatMap((it, entry) => (it === null ? [] : [{ entry, action: it, name: '', refusal: 0 }]))
          const first = tally(undefined, { defaultAction, exceptions: exceptions.slice(0, cut) }, actions.length)
          const count = tally(first, { defaultAction, exceptions: exceptions.slice(cut) }, actions.length)
          expect(count?.taken).toBe(actions.filter(it => [ACCEPT, RENAME, OVERWRITE].includes(it ?? defaultAction)).length)
        },
      ),
    )
  })

  it('takes what is accepted, renamed or overwritten, by default or by exception', () => {
    const exception = (entry: number, action: EntryAction) => ({ entry, action, name: '', refusal: 0 })
    const taken = (defaultAction: EntryAction, ...actions: EntryAction[]) =>
      tally(undefined, { defaultAction, exceptions: actions.map((it, i) => exception(i, it)) }, 5)?.taken
    expect(taken(ACCEPT)).toBe(5)
    expect(taken(ACCEPT, SKIP, REFUSE, RENAME)).toBe(3)
    expect(taken(SKIP)).toBe(0)
    expect(taken(REFUSE, ACCEPT, RENAME, OVERWRITE, SKIP)).toBe(3)
  })

  it('does not fit with another default, an exception out of order, or one beyond the manifest', () => {
    const exception = (entry: number) => ({ entry, action: SKIP, name: '', refusal: 0 })
    expect(tally(undefined, { defaultAction: OVERWRITE, exceptions: [] }, 3)).toBeUndefined()
    expect(tally(tally(undefined, { defaultAction: ACCEPT, exceptions: [] }, 3), { defaultAction: SKIP, exceptions: [] }, 3)).toBeUndefined()
    expect(tally(undefined, { defaultAction: ACCEPT, exceptions: [exception(1), exception(1)] }, 3)).toBeUndefined()
    expect(tally(undefined, { defaultAction: ACCEPT, exceptions: [exception(3)] }, 3)).toBeUndefined()
  })
})

describe('a manifest', () => {
  const entry = (number: number, bytes: bigint, kind = EntryKind.FILE) => ({ entry: number, path: ['a'], kind, bytes, modifiedMs: 0n, mode: 0 })
  const start = (change: Partial<Listing> = {}): Listing => ({
    entries: 2,
    bytes: 5n,
    maxFileBytes: 100n,
    page: 0,
    listed: 0,
    listedBytes: 0n,
    roomBytes: undefined,
    ...change,
  })
  const page = (number: number, entries: ReturnType<typeof entry>[], last: boolean) => ({ transferId: 1, page: number, entries, last })

  it('RA-FIL-001 RA-FIL-002 RA-FIL-005 does not fit with gaps, other totals, or pages out of order', () => {
    expect(list(start(), page(0, [entry(0, 2n), entry(1, 3n)], true))?.tooLarge).toEqual([])
    const bad = [
      page(1, [entry(0, 2n), entry(1, 3n)], true),
      page(0, [entry(1, 2n), entry(0, 3n)], true),
      page(0, [entry(0, 5n)], true),
      page(0, [entry(0, 2n), entry(1, 2n)], true),
      page(0, [], false),
      page(0, [entry(0, 6n)], false),
      page(0, [entry(0, 1n), entry(1, 1n), entry(2, 1n)], false),
      page(
        0,
        Array.from({ length: 1_001 }, (_, i) => entry(i, 0n)),
        false,
      ),
    ]
    for (const it of bad) expect(list(start(), it)).toBeUndefined()
  })

  it('RA-FIL-014 RA-FIL-015 names what is beyond the limits on a file and on the session', () => {
    const whole = (change: Partial<Listing>) =>
      list(start({ entries: 3, bytes: 9n, ...change }), page(0, [entry(0, 3n), entry(1, 4n), entry(2, 2n)], true))?.tooLarge
    expect(whole({})).toEqual([])
    expect(whole({ maxFileBytes: 3n })).toEqual([1])
    expect(whole({ roomBytes: 5n })).toEqual([1])
    expect(whole({ maxFileBytes: 0n })).toEqual([0, 1, 2])
    expect(list(start({ maxFileBytes: 0n, bytes: 0n, entries: 1 }), page(0, [entry(0, 0n, EntryKind.FOLDER)], true))?.tooLarge).toEqual([])
  })
})

describe('leaves', () => {
  it('cover an entry exactly', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 5n * LEAF_BYTES), bytes => {
        const leaves = leavesOf(bytes)
        const ends = Array.from({ length: leaves }, (_, leaf) => leafEnd({ entry: 0, bytes, offset: 0n, leaf }))
        expect(ends.at(-1) ?? 0n).toBe(bytes)
        for (const [leaf, end] of ends.entries()) expect(atLeafEnd({ entry: 0, bytes, offset: end, leaf })).toBe(true)
        expect(isComplete({ entry: 0, bytes, offset: bytes, leaf: leaves })).toBe(true)
        expect(atLeafEnd({ entry: 0, bytes, offset: bytes, leaf: leaves })).toBe(false)
      }),
    )
  })
})

describe('LEDBAT', () => {
  const ORIGIN_US = 1n << 60n
  /** Chunks of `bytes`, one each `gapMs`, whose delay is a constant plus what `queue` says. */
  function feed(state: Ledbat, count: number, gapMs: number, queue: (i: number) => number, from = 0, bytes = 65_536): Ledbat {
    let next = state
    for (let i = 0; i < count; i++) {
      const sentMs = from + i * gapMs
      next = arrived(next, ORIGIN_US + BigInt(Math.round(sentMs * 1000)), bytes, at(sentMs + 40 + queue(i)))
    }
    return next
  }

  it('RA-FIL-040 the window is always within its bounds, whatever the clocks say', () => {
    const sample = fc.record({ sentAtUs: fc.bigInt(0n, (1n << 64n) - 1n), bytes: fc.integer({ min: 1, max: 262_144 }), ms: fc.nat(100_000) })
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 60 }), samples => {
        let state = INITIAL_LEDBAT
        let now = 0
        for (const { sentAtUs, bytes, ms } of samples) {
          now += ms
          state = arrived(state, sentAtUs, bytes, at(now))
          expect(state.windowBytes).toBeGreaterThanOrEqual(MIN_WINDOW_BYTES)
          expect(state.windowBytes).toBeLessThanOrEqual(MAX_WINDOW_BYTES)
          expect(state.base.length).toBeLessThanOrEqual(10)
          expect(state.current.length).toBeLessThanOrEqual(4)
          expect(queueMs(state)).toBeGreaterThanOrEqual(0)
        }
      }),
    )
  })

  it('without a queue it grows to the most, and the offset of the clocks does not matter', () => {
    expect(queueMs(INITIAL_LEDBAT)).toBe(0)
    const state = feed(INITIAL_LEDBAT, 200, 1, () => 0)
    expect([state.windowBytes, state.starting]).toEqual([MAX_WINDOW_BYTES, true])
  })

  it('RA-FIL-040 a queue beyond the target shrinks it, one below lets it grow', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), excess => {
        // The least of four samples counts, so a queue shows only behind them.
        const before = feed(
          feed(INITIAL_LEDBAT, 40, 1, () => 0),
          4,
          1,
          () => TARGET_MS + excess,
          50,
        )
        const above = feed(before, 40, 1, () => TARGET_MS + excess, 100)
        expect(above.windowBytes).toBeLessThan(before.windowBytes)
        expect(above.starting).toBe(false)
        const below = feed(above, 40, 1, () => TARGET_MS / 2, 400)
        expect(below.windowBytes).toBeGreaterThan(above.windowBytes)
      }),
    )
  })

  it('after a minute with a longer way the longer way is the base, ten minutes later at last', () => {
    const before = feed(INITIAL_LEDBAT, 10, 1, () => 0)
    const rerouted = feed(before, 11, 60_001, () => 100, 1_000)
    expect(queueMs(rerouted)).toBe(0)
    expect(queueMs(feed(before, 5, 60_001, () => 100, 1_000))).toBe(100)
  })

  it('RA-FIL-040 on a line of one rate it fills the line, and the queue that it makes stays near the target', () => {
    // From 8 Mbit/s: on slower lines the least window is nearly as long a queue as the target.
    const lines = fc.record({ bytesPerMs: fc.integer({ min: 1_000, max: 12_500 }), oneWayMs: fc.integer({ min: 5, max: 60 }) })
    fc.assert(
      fc.property(lines, ({ bytesPerMs, oneWayMs }) => {
        const bytes = 8_192
        const credits = [{ atMs: 0, bytes: INITIAL_LEDBAT.windowBytes }]
        let [state, freeMs, sentMs, used, worstMs, lateWorstMs] = [INITIAL_LEDBAT, 0, 0, 0, 0, 0]
        const chunks = 12_000
        for (let i = 0; i < chunks; i++) {
          while ((credits[used]?.bytes ?? 0) < (i + 1) * bytes) used += 1
          sentMs = Math.max(sentMs, credits[used]?.atMs ?? 0)
          const startMs = Math.max(sentMs, freeMs)
          worstMs = Math.max(worstMs, startMs - sentMs)
          if (i > chunks / 2) lateWorstMs = Math.max(lateWorstMs, startMs - sentMs)
          freeMs = startMs + bytes / bytesPerMs
          state = arrived(state, BigInt(Math.round(sentMs * 1000)), bytes, at(freeMs + oneWayMs))
          credits.push({ atMs: freeMs + 2 * oneWayMs, bytes: (i + 1) * bytes + state.windowBytes })
        }
        expect(lateWorstMs).toBeLessThan(TARGET_MS * 2)
        expect(worstMs).toBeLessThan(oneWayMs + TARGET_MS * 3)
        expect((chunks * bytes) / bytesPerMs / freeMs).toBeGreaterThan(0.9)
      }),
      { numRuns: 30 },
    )
  })
})
