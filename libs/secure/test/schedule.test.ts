import { readFileSync } from 'node:fs'
import { expand, extract } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deriveAll, exchangeId, pseudorandomKey, resumeName, trafficSecret } from '../src/schedule.js'
import { anyBytes, hex, toHex } from './support/bytes.js'
import { describePublished, tellPublished } from './support/published.js'

interface Held {
  readonly vectors: readonly (Readonly<Record<'ikm' | 'salt' | 'info' | 'prk' | 'okm', string>> & { readonly length: number })[]
}
interface Wycheproof<T> {
  readonly testGroups: readonly { readonly tests: readonly (T & { readonly tcId: number; readonly result: 'valid' | 'invalid' })[]; readonly tagSize: number }[]
}

const held = JSON.parse(readFileSync(new URL('./vectors/hkdf.json', import.meta.url), 'utf8')) as Held

describe('HKDF-SHA-256', () => {
  test('gives what RFC 5869 says', () => {
    expect(held.vectors).toHaveLength(3)
    for (const { ikm, salt, info, length, prk, okm } of held.vectors) {
      expect(toHex(extract(sha256, hex(ikm), hex(salt)))).toBe(prk)
      expect(toHex(expand(sha256, hex(prk), hex(info), length))).toBe(okm)
    }
  })
})

describePublished<Wycheproof<Readonly<Record<'ikm' | 'salt' | 'info' | 'okm', string>> & { readonly size: number }>>(
  'wycheproof/hkdf_sha256_test.json',
  set => {
    test('all valid ones match, and what is too long is refused', () => {
      const vectors = set.testGroups.flatMap(({ tests }) => tests)
      for (const { tcId, ikm, salt, info, size, okm, result } of vectors) {
        const derive = () => toHex(expand(sha256, extract(sha256, hex(ikm), hex(salt)), hex(info), size))
        if (result === 'valid') expect(derive(), `vector ${tcId}`).toBe(okm)
        else expect(derive, `vector ${tcId}`).toThrow()
      }
      tellPublished('wycheproof/hkdf_sha256_test.json', vectors.length)
    })
  },
)

describePublished<Wycheproof<Readonly<Record<'key' | 'msg' | 'tag', string>>>>('wycheproof/hmac_sha512_test.json', set => {
  test('all valid ones match, and no invalid one', () => {
    let run = 0
    for (const { tests, tagSize } of set.testGroups)
      for (const { tcId, key, msg, tag, result } of tests) {
        run++
        expect(toHex(hmac(sha512, hex(key), hex(msg))).slice(0, tagSize / 4) === tag, `vector ${tcId}`).toBe(result === 'valid')
      }
    tellPublished('wycheproof/hmac_sha512_test.json', run)
  })
})

describe('the key schedule', () => {
  test('gives each channel and direction a secret of its own, and no secret twice (RA-SEC-042)', () => {
    fc.assert(
      fc.property(anyBytes(32), fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 12 }), (prk, channels) => {
        const derived = deriveAll(prk, channels)
        expect(derived.channels.map(({ channel }) => channel)).toEqual(channels)
        for (const { channel, fromCustomer, fromJoiner } of derived.channels) {
          expect(fromCustomer).toEqual(trafficSecret(prk, 'customer', channel))
          expect(fromJoiner).toEqual(trafficSecret(prk, 'joiner', channel))
        }
        const secrets = [...derived.channels.flatMap(({ fromCustomer, fromJoiner }) => [fromCustomer, fromJoiner]), derived.audit, derived.resume.secret]
        expect(new Set(secrets.map(toHex)).size).toBe(2 * channels.length + 2)
        expect(derived.words).toHaveLength(3)
        expect(derived.resume.name).toEqual(resumeName(derived.resume.secret))
      }),
    )
  })

  test('names the resume secret by the first half of its SHA-256 (RA-SEC-045)', () => {
    fc.assert(
      fc.property(anyBytes(32), secret => {
        expect(resumeName(secret)).toEqual(sha256(secret).slice(0, 16))
      }),
    )
  })

  test('depends on every bit of transcript, key, session and nonces (RA-SEC-013, RA-SEC-041)', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        anyBytes(64),
        anyBytes(16),
        anyBytes(32),
        anyBytes(32),
        fc.nat(),
        (transcript, isk, id, nC, nA, bit) => {
          const flipped = (bytes: Uint8Array) => bytes.with(bit % bytes.length, (bytes[bit % bytes.length] ?? 0) ^ (1 << (bit % 8)))
          const prk = pseudorandomKey(transcript, isk)
          expect(pseudorandomKey(flipped(transcript), isk)).not.toEqual(prk)
          expect(pseudorandomKey(transcript, flipped(isk))).not.toEqual(prk)
          const sid = exchangeId(id, nC, nA)
          for (const other of [exchangeId(flipped(id), nC, nA), exchangeId(id, flipped(nC), nA), exchangeId(id, nC, flipped(nA))])
            expect(other).not.toEqual(sid)
        },
      ),
    )
  })
})
