import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stepCustomer } from '../../src/handshake/customer.js'
import { stepJoiner } from '../../src/handshake/joiner.js'
import type { HandshakeKind } from '../../src/handshake/messages.js'
import { seeded } from '../support/bytes.js'
import { Pair, PIN, type Side } from '../support/handshake.js'
import { mutants } from '../support/mutants.js'

const bytes = fc.uint8Array({ maxLength: 70 })
const anyMessage: fc.Arbitrary<HandshakeKind> = fc.oneof(
  fc.record({ nonce: bytes, passwordClass: fc.nat(), suite: fc.string(), secretId: bytes }).map(value => ({ $case: 'start', value }) as const),
  fc.record({ nonce: bytes, commitment: bytes }).map(value => ({ $case: 'commit', value }) as const),
  fc
    .record({
      share: bytes,
      publicKey: bytes,
      credential: fc.string(),
      policyHash: bytes,
      version: fc.option(fc.record({ minMinor: fc.nat(), maxMinor: fc.nat() }), { nil: undefined }),
      capabilities: fc.array(fc.string(), { maxLength: 70 }),
      role: fc.nat(),
    })
    .map(value => ({ $case: 'share', value }) as const),
  fc.record({ tag: bytes, proof: bytes }).map(value => ({ $case: 'confirm', value }) as const),
  fc.record({ code: fc.nat(), attemptsLeft: fc.nat() }).map(value => ({ $case: 'failure', value }) as const),
)

/** What is said in honest exchanges, and small changes of it. */
const spoken = [10, 11].flatMap(seed => new Pair({ seed }).run().sent.map(({ message }) => message))
const pool = fc.constantFrom(...spoken, ...spoken.flatMap(message => mutants(message).map(({ value }) => value)))
const deeds = fc.array(
  fc.record({ to: fc.constantFrom<Side>('customer', 'joiner'), what: fc.oneof(anyMessage, pool, fc.constantFrom(...spoken), fc.constant('timeout' as const)) }),
  { maxLength: 12 },
)

describe('any messages in any order and any state', () => {
  test('make neither end throw, change no state that was before, and come to the same in every run', () => {
    fc.assert(
      fc.property(fc.nat({ max: 6 }), deeds, (carried, list) => {
        let left = carried
        const pair = new Pair()
        for (let i = 0; i < pair.sent.length && left-- > 0; i++) {
          const sent = pair.sent[i]
          if (sent !== undefined) pair.receive(sent.from === 'customer' ? 'joiner' : 'customer', sent.message)
        }
        for (const { to, what } of list) {
          const [customer, joiner] = [pair.customer, pair.joiner]
          const before = structuredClone({ customer, joiner })
          if (what === 'timeout') pair.timeout(to)
          else pair.receive(to, what)
          expect({ customer, joiner }).toEqual(before)
        }
      }),
      { numRuns: 150 },
    )
  })

  test('come to the same each time: a step depends on state and event alone', () => {
    const states = [new Pair()]
    for (let carried = 1; carried <= 6; carried++) {
      let left = carried
      const pair = new Pair()
      for (let i = 0; i < pair.sent.length && left-- > 0; i++) {
        const sent = pair.sent[i]
        if (sent !== undefined) pair.receive(sent.from === 'customer' ? 'joiner' : 'customer', sent.message)
      }
      states.push(pair)
    }
    for (const { customer, joiner } of states)
      for (const message of spoken) {
        const toJoiner =
          message.$case === 'start'
            ? ({ type: 'start', start: message.value, random: seeded(5, 96), secrets: [PIN], attemptsLeft: 2 } as const)
            : ({ type: 'received', message } as const)
        expect(stepCustomer(customer, { type: 'received', message })).toEqual(stepCustomer(customer, { type: 'received', message }))
        expect(stepJoiner(joiner, toJoiner)).toEqual(stepJoiner(joiner, toJoiner))
      }
  })
})
