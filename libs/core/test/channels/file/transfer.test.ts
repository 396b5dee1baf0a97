import { EntryAction } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Item, Pair, permit, takes } from './pair.js'

const { ACCEPT, SKIP, OVERWRITE, REFUSE } = EntryAction
const MIB = 1_048_576n
const file = (bytes: bigint, action: EntryAction = ACCEPT): Item => ({ kind: 'file', bytes, action })
const folder = (action: EntryAction = ACCEPT): Item => ({ kind: 'folder', bytes: 0n, action })

const sizes = fc.oneof(fc.bigInt(0n, 3n), fc.constantFrom(0n, MIB, 2n * MIB), fc.bigInt(0n, 3n * MIB))
const item: fc.Arbitrary<Item> = fc.oneof(
  fc.tuple(sizes, fc.constantFrom(ACCEPT, ACCEPT, OVERWRITE, SKIP, REFUSE)).map(([bytes, action]) => file(bytes, action)),
  fc.constantFrom(ACCEPT, SKIP).map(folder),
)
const items = fc.array(item, { minLength: 1, maxLength: 8 })
const moves = [
  'to customer',
  'to agent',
  'send',
  'send',
  'verify',
  'wait',
  'pause',
  'unpause',
  'hold',
  'continue',
  'held by sender',
  'continued by sender',
  'corrupt',
  'drop',
  'return',
  'other root',
  'found',
] as const
type Move = (typeof moves)[number]

function make(pair: Pair, move: Move, chunkBytes: number): void {
  switch (move) {
    case 'to customer':
      pair.deliver('customer')
      return
    case 'to agent':
      pair.deliver('agent')
      return
    case 'send':
      for (let i = 0; i < 4; i++) pair.pump(chunkBytes)
      return
    case 'verify':
    case 'corrupt':
      pair.verify(move === 'corrupt')
      return
    case 'wait':
      pair.pass(400)
      return
    case 'pause':
    case 'unpause':
      if (pair.up) for (const end of [pair.agent, pair.customer]) pair.tell(end, permit({ flow: move === 'pause' ? 'held' : 'flowing' }))
      return
    case 'hold':
    case 'continue':
      pair.hold(pair.customer, move === 'hold' ? 'local.hold' : 'local.continue')
      return
    case 'held by sender':
    case 'continued by sender':
      pair.hold(pair.agent, move === 'held by sender' ? 'local.hold' : 'local.continue')
      return
    case 'drop':
      if (pair.up) pair.drop()
      return
    case 'return':
      if (!pair.up) pair.restore()
      return
    case 'other root':
      pair.sameRoot = !pair.sameRoot
      return
    case 'found':
      pair.found()
      return
  }
}

describe('a transfer from end to end', () => {
  it('RA-FIL-031 RA-FIL-032 RA-FIL-037 RA-FIL-045 RA-FIL-064 RA-FIL-069 RA-FIL-070 RA-FIL-071 brings every taken byte, whatever is kept, held, paused, corrupt or dropped', () => {
    const steps = fc.array(fc.constantFrom(...moves), { maxLength: 120 })
    fc.assert(
      fc.property(items, fc.nat(4), steps, fc.integer({ min: 8_192, max: 262_144 }), (list, kept, made, chunkBytes) => {
        const pair = new Pair(list, Math.min(kept, list.length - 1))
        for (const step of made) make(pair, step, chunkBytes)
        pair.settle(chunkBytes)
        const { source, sink } = pair
        // A drop before the decision ends a transfer at both ends; an offer that crosses a pause is refused.
        if (source.outcome?.result === 'lost' || sink.outcome?.result === 'lost' || source.outcome?.result === 'refused') return
        const taken = list.flatMap(({ action }, entry) => (takes(action) ? [entry] : []))
        if (sink.outcome?.result === 'done')
          for (const entry of taken) expect(sink.final.has(entry) || sink.given.has(entry), `entry ${entry} is settled`).toBe(true)
        expect(sink.outcome?.result).toBe(taken.length === 0 ? 'declined' : 'done')
        // Also when the last EntryVerified was lost with the line: the return tells.
        expect(source.outcome?.result).toBe(sink.outcome?.result)
      }),
      { numRuns: 300 },
    )
  })

  it('RA-FIL-069 the end of an empty file may cross the place to go on at', () => {
    const empties = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 5 }), fc.boolean())
    fc.assert(
      fc.property(empties, fc.nat(6), ([count, kept, more], early) => {
        const pair = new Pair([...Array.from({ length: count + kept }, () => file(0n)), ...(more ? [file(5n)] : [])], kept)
        while (pair.deliver('customer') || pair.deliver('agent'));
        while (pair.pump(262_144));
        for (let i = 0; i < early; i++) pair.deliver('customer')
        expect(pair.found()).toBe(true)
        pair.settle()
        expect([pair.source.outcome, pair.sink.outcome]).toEqual([
          { result: 'done', failedEntries: 0 },
          { result: 'done', failedEntries: 0 },
        ])
      }),
    )
  })

  it('ten thousand small files need no round trip each', () => {
    const pair = new Pair(Array.from({ length: 10_000 }, (_, i) => file(BigInt(i % 3))))
    while (pair.deliver('customer') || pair.deliver('agent'));
    // Under one credit the sender is done before the receiver has answered anything.
    while (pair.pump(262_144));
    expect(pair.agent.state.sending[0]).toMatchObject({ at: { cursor: undefined, next: 10_000 } })
    pair.settle()
    expect(pair.sink.outcome).toEqual({ result: 'done', failedEntries: 0 })
    expect(pair.source.outcome).toEqual({ result: 'done', failedEntries: 0 })
  })

  it('RA-FIL-036 a large file flows under credit that grows while there is no queue', () => {
    const pair = new Pair([file(64n * MIB)])
    pair.settle()
    expect(pair.source.outcome).toEqual({ result: 'done', failedEntries: 0 })
    expect(pair.customer.state.movedBytes).toBe(64n * MIB)
    expect(pair.agent.state.movedBytes).toBe(64n * MIB)
  })
})
