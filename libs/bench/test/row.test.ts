import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { atLeast, atMost, beyond, compare, median, type Sample, within } from '../src/index.js'

const values = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 25 })
const sample = (name: string): fc.Arbitrary<Sample> => values.map(list => ({ name, values: list }))
const steady = (name: string, value: number): Sample => ({ name, values: [value, value, value] })

describe('a row', () => {
  test('holds the medians, their ratio and the range of the rounds', () => {
    fc.assert(
      fc.property(sample('ours'), sample('peer'), (ours, peer) => {
        const row = compare('work', 'op/s', ours, [peer], atLeast(1))
        expect(row.ours).toBe(median(ours.values))
        expect(row.peer).toBe(median(peer.values))
        expect(Math.abs(row.ratio - row.ours / row.peer)).toBeLessThanOrEqual(0.0005 + 1e-9 * row.ratio)
        expect(row.ours_range).toEqual({ min: Math.min(...ours.values), max: Math.max(...ours.values) })
        expect(row.rounds).toBe(ours.values.length)
      }),
    )
  })

  test('stands beside the best of the peers, whichever sense the goal has', () => {
    const peers = [steady('slow', 10), steady('fast', 30), steady('middling', 20)]
    expect(compare('rate', 'op/s', steady('ours', 45), peers, atLeast(1.2))).toMatchObject({ peer_name: 'fast', peer: 30, ratio: 1.5, met: true })
    expect(compare('time', 'µs', steady('ours', 12), peers, atMost(1.15))).toMatchObject({ peer_name: 'slow', peer: 10, ratio: 1.2, met: false })
    expect(compare('rate', 'op/s', steady('ours', 45), peers, atLeast(1)).peers).toEqual({ slow: 10, fast: 30, middling: 20 })
  })

  test('meets its goal exactly where the ratio that it shows does', () => {
    fc.assert(
      fc.property(
        sample('ours'),
        fc.array(sample('peer'), { minLength: 1, maxLength: 4 }),
        fc.double({ min: 0.1, max: 5, noNaN: true }),
        (ours, peers, ratio) => {
          const more = compare('rate', 'op/s', ours, peers, atLeast(ratio))
          expect(more.met).toBe(more.ratio >= ratio)
          const less = compare('time', 'µs', ours, peers, atMost(ratio))
          expect(less.met).toBe(less.ratio <= ratio)
        },
      ),
    )
  })

  test('with a limit meets its goal where ours does, whatever the peer needs', () => {
    fc.assert(
      fc.property(sample('ours'), sample('peer'), fc.integer({ min: 1, max: 1_000_000 }), (ours, peer, limit) => {
        const row = compare('time', 'ms', ours, [peer], within(limit))
        expect(row.goal).toBe(`≤ ${limit} ms`)
        expect(row.met).toBe(row.ours <= limit)
      }),
    )
  })

  test('with so much more allowed than the peer’s meets its goal where ours is within it', () => {
    fc.assert(
      fc.property(sample('ours'), sample('peer'), fc.integer({ min: 1, max: 1_000_000 }), (ours, peer, more) => {
        const row = compare('time', 'ms', ours, [peer], beyond(more))
        expect(row.goal).toBe(`≤ + ${more} ms`)
        expect(row.met).toBe(row.ours <= row.peer + more)
      }),
    )
  })

  test('says that it is noisy where the middle half of the rounds, ours or the peer’s, lies far apart', () => {
    const wild = { name: 'wild', values: [50, 80, 100, 120, 150] }
    expect(compare('work', 'op/s', wild, [steady('peer', 100)], atLeast(1)).noisy).toBe(true)
    expect(compare('work', 'op/s', steady('ours', 100), [wild], atLeast(1)).noisy).toBe(true)
    expect(compare('work', 'op/s', { name: 'ours', values: [1, 99, 100, 101, 500] }, [steady('peer', 100)], atLeast(1)).noisy).toBe(false)
  })

  test('needs a peer and a round', () => {
    expect(() => compare('work', 'op/s', steady('ours', 1), [], atLeast(1))).toThrow(RangeError)
    expect(() => compare('work', 'op/s', { name: 'ours', values: [] }, [steady('peer', 1)], atLeast(1))).toThrow(RangeError)
  })
})
