import { expand } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AeadKey, PACE, RecordOpener, RecordSealer } from '../../src/index.js'
import { nodeAead } from '../../src/node/index.js'
import { nonceOf } from '../../src/records/form.js'
import { Ratchet } from '../../src/records/ratchet.js'
import { seeded, toHex } from '../support/bytes.js'
import { failure } from '../support/failure.js'
import { header, pair, SECRET } from './scenes.js'

const MINUTES = 60_000

/** Seals nothing, and remembers the bytes that keys were made of. */
function watched() {
  const made: { readonly live: Uint8Array; readonly copy: string }[] = []
  const key: AeadKey = { seal: () => new Uint8Array(0), open: () => new Uint8Array(0) }
  return {
    made,
    aead: (bytes: Uint8Array) => {
      made.push({ live: bytes, copy: toHex(bytes) })
      return key
    },
  }
}

describe('the chain of keys', () => {
  const at = (secret: Uint8Array, label: string, length: number) => toHex(expand(sha256, secret, new TextEncoder().encode(label), length))

  test('is HKDF-Expand by three labels (RA-SEC-211)', () => {
    const { aead, made } = watched()
    const ratchet = new Ratchet(aead, SECRET)
    let secret = SECRET
    for (let generation = 0; generation < 5; generation++) {
      expect(ratchet.generation).toBe(generation)
      expect(made[generation]?.copy).toBe(at(secret, 'RA1-record-key', 32))
      expect(toHex(ratchet.salt)).toBe(at(secret, 'RA1-record-salt', 12))
      secret = expand(sha256, secret, new TextEncoder().encode('RA1-record-next'), 32)
      ratchet.advance()
    }
  })

  test('keeps no byte of a key or a salt that it has handed on or left (RA-SEC-212)', () => {
    const { aead, made } = watched()
    const ratchet = new Ratchet(aead, SECRET)
    const salt = ratchet.salt
    ratchet.advance()
    const last = ratchet.salt
    ratchet.destroy()
    for (const { live } of made) expect(live).toEqual(new Uint8Array(32))
    expect([salt, last]).toEqual([new Uint8Array(12), new Uint8Array(12)])
  })

  test('leaves the caller its own secret', () => {
    const secret = seeded(3, 32)
    new RecordSealer(nodeAead, secret).destroy()
    expect(secret).toEqual(seeded(3, 32))
  })
})

describe('the sender goes on to the next generation', () => {
  test('ten minutes after the first record of a generation (RA-SEC-213)', () =>
    fc.assert(
      fc.property(fc.nat(1e9), fc.array(fc.nat(15 * MINUTES), { minLength: 1, maxLength: 30 }), (start, pauses) => {
        const { sealer } = pair()
        let [now, since, generation] = [start, start, 0]
        sealer.seal(header(1), new Uint8Array(1), now)
        for (const pause of pauses) {
          now += pause
          if (now - since >= 10 * MINUTES) {
            generation++
            since = now
          }
          sealer.seal(header(1), new Uint8Array(1), now)
          expect(sealer.generation).toBe(generation)
        }
        expect(sealer.counter).toBe(pauses.length + 1)
      }),
    ))

  test('after 2²² records, or sooner where it is told to, never later (RA-SEC-213)', async () => {
    expect(PACE).toEqual({ records: 2 ** 22, ms: 10 * MINUTES })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 200 }), (records, count) => {
        const sealer = new RecordSealer(watched().aead, SECRET, { records, ms: 1 })
        for (let n = 1; n <= count; n++) {
          sealer.seal(header(n), new Uint8Array(0), 0)
          expect([sealer.generation, sealer.counter]).toEqual([Math.floor((n - 1) / records), n])
        }
      }),
    )
    for (const pace of [
      { ...PACE, records: 2 ** 22 + 1 },
      { ...PACE, ms: 10 * MINUTES + 1 },
      { ...PACE, records: 0 },
      { ...PACE, ms: Number.NaN },
    ])
      expect(await failure(() => new RecordSealer(nodeAead, SECRET, pace))).toBe('E_FORMAT')
  })
})

describe('the receiver follows', () => {
  test('from generation to generation, in order (RA-SEC-214)', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.nat(12 * MINUTES), { maxLength: 40 }), async pauses => {
        const { sealer, opener } = pair()
        let now = 0
        for (const [n, pause] of pauses.entries()) {
          now += pause
          const plaintext = seeded(n, 10)
          expect(toHex(await opener.open(header(n + 1), await sealer.seal(header(n + 1), plaintext, now)))).toBe(toHex(plaintext))
          expect(opener.generation).toBe(sealer.generation)
        }
      }),
      { numRuns: 30 },
    ))

  test('counts on over the change, so that a lost last record of a generation is missed (RA-SEC-206)', async () => {
    const { sealer, opener } = pair()
    await opener.open(header(1), await sealer.seal(header(1), new Uint8Array(1), 0))
    await sealer.seal(header(2), new Uint8Array(1), 0)
    const next = await sealer.seal(header(3), new Uint8Array(1), 10 * MINUTES)
    expect(sealer.generation).toBe(1)
    expect(await failure(() => opener.open(header(3), next))).toBe('E_ORDER')
  })

  test('to no older generation, and to none but the next (RA-SEC-214)', async () => {
    const older = pair()
    await older.opener.open(header(1), await older.sealer.seal(header(1), new Uint8Array(1), 0))
    await older.opener.open(header(2), await older.sealer.seal(header(2), new Uint8Array(1), 10 * MINUTES))
    // The right key of generation 0, and the right counter, sealed by one who stayed behind.
    const behind = pair().sealer
    for (const n of [1, 2]) await behind.seal(header(n), new Uint8Array(1), 0)
    expect(await failure(async () => older.opener.open(header(3), await behind.seal(header(3), new Uint8Array(1), 0)))).toBe('E_GENERATION')

    const later = pair()
    // Generation 2, counter 1: what a sender would send that skipped a generation.
    const skipped = Uint8Array.of(0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, ...seeded(1, 17))
    expect(await failure(() => later.opener.open(header(1), skipped))).toBe('E_GENERATION')
  })

  test('never back, whatever is sent twice over a change (RA-SEC-214)', async () => {
    const { sealer } = pair()
    const records: Uint8Array[] = []
    for (const n of [1, 2, 3, 4]) records.push(await sealer.seal(header(n), new Uint8Array(1), (n > 2 ? 10 : 0) * MINUTES))
    for (const again of [0, 1, 2, 3]) {
      const opener = new RecordOpener(nodeAead, SECRET)
      for (const [n, record] of records.entries()) await opener.open(header(n + 1), record)
      expect(await failure(() => opener.open(header(again + 1), records[again] as Uint8Array))).toBe('E_ORDER')
    }
  })
})

test('a nonce is made beside the salt, also where that is a Buffer, whose slice would be a view of it (RA-SEC-202)', () => {
  const salt = Buffer.from(seeded(1, 12))
  const nonce = nonceOf(salt, 2 ** 52 + 5)
  expect(toHex(salt)).toBe(toHex(seeded(1, 12)))
  const counter = [0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 5]
  expect([...nonce]).toEqual([...salt].map((byte, i) => byte ^ (counter[i] as number)))
})
