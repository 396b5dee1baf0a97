import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, lv, utf8 } from '../src/bytes.js'
import { credentialForm, MAX_ACCOUNT_BYTES, MAX_CREDENTIAL_BYTES, MAX_PASSWORD_BYTES, readCredentials } from '../src/index.js'
import { toHex } from './support/bytes.js'
import { failure } from './support/failure.js'

const account = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter(name => utf8(name).length <= MAX_ACCOUNT_BYTES)
const password = fc.uint8Array({ maxLength: MAX_PASSWORD_BYTES })

describe('an account and its password', () => {
  test('are what they were, and their form is wiped once it was read (RA-SEC-245)', () =>
    fc.assert(
      fc.property(account, password, (name, secret) => {
        const form = credentialForm({ account: name, password: secret })
        expect(toHex(form)).toBe(toHex(lv(name, secret)))
        for (const given of [form, Buffer.from(form)]) {
          const read = readCredentials(given)
          expect([read.account, toHex(read.password)]).toEqual([name, toHex(secret)])
          expect(given.every(byte => byte === 0)).toBe(true)
        }
      }),
    ))

  test('have their sizes, which fit what can be sealed (RA-SEC-245)', async () => {
    expect(credentialForm({ account: 'a'.repeat(MAX_ACCOUNT_BYTES), password: new Uint8Array(MAX_PASSWORD_BYTES) }).length).toBeLessThan(MAX_CREDENTIAL_BYTES)
    for (const [name, bytes] of [
      ['', 3],
      ['é'.repeat(MAX_ACCOUNT_BYTES / 2 + 1), 3],
      ['root', MAX_PASSWORD_BYTES + 1],
    ] as const) {
      expect(await failure(() => credentialForm({ account: name, password: new Uint8Array(bytes) }))).toBe('E_FORMAT')
      expect(await failure(() => readCredentials(lv(name, new Uint8Array(bytes))))).toBe('E_FORMAT')
    }
  })

  test('are not read out of anything else, which is wiped all the same (RA-SEC-245)', async () => {
    const whole = lv('root', 'tulip')
    const others = [
      ...Array.from(whole, (_, end) => whole.slice(0, end)),
      concat(whole, new Uint8Array(1)),
      lv('root', 'tulip', ''),
      lv('root'),
      lv(Uint8Array.of(0xc3), 'tulip'),
    ]
    for (const form of others) {
      expect(await failure(() => readCredentials(form))).toBe('E_FORMAT')
      expect(form.every(byte => byte === 0)).toBe(true)
    }
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), async bytes => {
        const before = bytes.slice()
        const fault = await failure(() => {
          const read = readCredentials(bytes)
          expect(toHex(lv(read.account, read.password))).toBe(toHex(before))
        })
        expect([undefined, 'E_FORMAT']).toContain(fault)
      }),
    )
  })
})
