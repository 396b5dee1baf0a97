/** What the tests of records have in common. */
import fc from 'fast-check'
import { type Aead, type AeadKey, type RecordHeader, RecordOpener, RecordSealer, webAead } from '../../src/index.js'
import { nodeAead } from '../../src/node/index.js'
import { seeded } from '../support/bytes.js'

/** Both implementations: what is sealed by one is opened by the other. */
export const AEADS: readonly (readonly [string, Aead])[] = [
  ['WebCrypto', webAead],
  ['node:crypto', nodeAead],
]

/** A traffic secret. */
export const SECRET = seeded(1, 32)

/** The header of the frame that carries the nth record of a pairwise channel. */
export const header = (sequence: number, changes: Partial<RecordHeader> = {}): RecordHeader => ({ channel: 6, source: 1, targets: [2], sequence, ...changes })

/** A sealer and an opener of the same direction and channel. */
export const pair = (aead: Aead = nodeAead) => ({ sealer: new RecordSealer(aead, SECRET), opener: new RecordOpener(aead, SECRET) })

/** Any header of a pairwise channel. */
export const headers: fc.Arbitrary<RecordHeader> = fc.record({
  channel: fc.integer({ min: 1, max: 255 }),
  source: fc.integer({ min: 0, max: 65_535 }),
  targets: fc.integer({ min: 1, max: 65_535 }).map(target => [target]),
  sequence: fc.maxSafeNat().map(n => Math.max(1, n)),
})

/** Seals and opens when it is told to: `release` gives the order in which what began comes to its end. */
export function heldAead(aead: Aead) {
  const held: (() => void)[] = []
  const hold = <T>(value: T): Promise<T> => new Promise(done => held.push(() => done(value)))
  const wrap = (key: AeadKey): AeadKey => ({
    seal: async (nonce, aad, plaintext, lead) => hold(await key.seal(nonce, aad, plaintext, lead)),
    open: async (nonce, aad, sealed) => {
      const opened = await Promise.resolve()
        .then(() => key.open(nonce, aad, sealed))
        .then(
          value => () => value,
          error => () => {
            throw error
          },
        )
      return (await hold(opened))()
    },
  })
  return {
    aead: ((bytes: Uint8Array) => wrap(aead(bytes))) satisfies Aead,
    /** Lets those that began go on, in this order; those that are not named, at last. */
    async release(order: readonly number[]): Promise<void> {
      for (let turn = 0; turn < 10; turn++) await Promise.resolve()
      for (const index of [...order, ...held.keys()]) {
        held[index]?.()
        for (let turn = 0; turn < 10; turn++) await Promise.resolve()
      }
    },
  }
}
