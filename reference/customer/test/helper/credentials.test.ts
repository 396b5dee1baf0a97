import { createHmac, createPrivateKey, createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readCredentials, sealForHelper } from '@remote-assist/peer'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OneUseKey, readForm } from '../../src/helper/credentials.js'

const request = fc.record({ session: fc.uint8Array({ minLength: 16, maxLength: 16 }), requestId: fc.nat({ max: 0xffff_ffff }) })
const account = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
const secret = fc.string({ unit: 'grapheme', maxLength: 200 })

test('RA-SEC-244 opens what an agent sealed for the request, once', async () => {
  await fc.assert(
    fc.asyncProperty(request, account, secret, async (it, name, password) => {
      const key = new OneUseKey(it)
      const sealed = await sealForHelper(it, key.publicKey, name, password)
      const opened = key.open(sealed)
      expect([opened?.account, opened?.password.toString()]).toEqual([name, password])
      expect(key.open(sealed)).toBeUndefined()
    }),
    { numRuns: 50 },
  )
})

test('RA-SEC-244 opens nothing that was altered, cut, or sealed for another request or session, and nothing after that', async () => {
  const damage = fc.oneof(
    fc.nat().map(at => (sealed: Uint8Array) => sealed.with(at % sealed.length, (sealed[at % sealed.length] as number) ^ 1)),
    fc.nat().map(length => (sealed: Uint8Array) => sealed.subarray(0, length % sealed.length)),
  )
  await fc.assert(
    fc.asyncProperty(request, damage, async (it, damaged) => {
      const key = new OneUseKey(it)
      const sealed = await sealForHelper(it, key.publicKey, 'somebody', 'something')
      expect(key.open(damaged(sealed))).toBeUndefined()
      expect(key.open(sealed)).toBeUndefined()
    }),
    { numRuns: 50 },
  )
  await fc.assert(
    fc.asyncProperty(request, request, async (one, other) => {
      fc.pre(one.requestId !== other.requestId || Buffer.compare(one.session, other.session) !== 0)
      const key = new OneUseKey(one)
      expect(key.open(await sealForHelper(other, key.publicKey, 'somebody', 'something'))).toBeUndefined()
    }),
    { numRuns: 20 },
  )
})

test('RA-SEC-245 reads what an agent may seal as the library does, whatever it is', () => {
  const lv = (bytes: Uint8Array, stated = bytes.length) => Buffer.concat([Buffer.of(0, 0, stated >>> 8, stated & 0xff), bytes])
  const field = fc.oneof(
    fc.uint8Array({ maxLength: 8 }),
    fc.constantFrom('a', 'Größe', '\ufeffa', '\ud83d\ude42').map(text => Buffer.from(text)),
    fc.constant(Buffer.alloc(257, 'a')),
    fc.constant(Buffer.alloc(1_025, 'a')),
  )
  const form = fc
    .tuple(field, field, fc.constantFrom(0, 0, 0, 1, -1), fc.uint8Array({ maxLength: 1 }))
    .map(([name, password, off, rest]) => Buffer.concat([lv(name), lv(password, Math.max(0, password.length + off)), rest]))
  fc.assert(
    fc.property(fc.oneof(form, fc.uint8Array({ maxLength: 20 })), bytes => {
      const read = (by: (form: Buffer) => { account: string; password: Uint8Array }) => {
        try {
          const { account, password } = by(Buffer.from(bytes))
          return [account, Buffer.from(password).toString('hex')]
        } catch {
          return 'refused'
        }
      }
      expect(read(readForm)).toEqual(read(given => readCredentials(Uint8Array.from(given))))
    }),
    { numRuns: 2_000 },
  )
})

test('opens the worked example of the specification', () => {
  const { credentials } = JSON.parse(readFileSync(new URL('../../../../docs/spec/vectors/record.json', import.meta.url), 'utf8'))
  const hex = (name: string) => Buffer.from(credentials[name], 'hex')
  const privateKey = derived(hex('seed'))
  const key = new OneUseKey({ session: hex('session'), requestId: credentials.requestId }, { privateKey, publicKey: createPublicKey(privateKey) })
  expect(key.publicKey.toString('hex')).toBe(credentials.key)
  const opened = key.open(hex('sealed'))
  expect([opened?.account, opened?.password.toString()]).toEqual([credentials.account, credentials.password])
})

/** DeriveKeyPair of RFC 9180, 7.1.3, for DHKEM(X25519, HKDF-SHA256). */
function derived(seed: Buffer) {
  const hmac = (key: Buffer, ...parts: (string | Buffer)[]) => parts.reduce((mac, part) => mac.update(part), createHmac('sha256', key)).digest()
  const suite = Buffer.from('HPKE-v1KEM\x00\x20', 'latin1')
  const secret = hmac(hmac(Buffer.alloc(0), suite, 'dkp_prk', seed), Buffer.of(0, 32), suite, 'sk', Buffer.of(1))
  return createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), secret]), format: 'der', type: 'pkcs8' })
}
