import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lv } from '../src/bytes.js'
import { type Capability, capabilityDue, capabilityForm, sessionKey, sign, signCapability, verifyCapability } from '../src/index.js'
import { anyBytes, seeded, toHex } from './support/bytes.js'
import { failure } from './support/failure.js'

const CUSTOMER = sessionKey(seeded(1, 32))
const CUSTOMER_KEY = CUSTOMER.publicKey
const MINUTES = 60_000
const NOW = 1_790_000_000_000

const CAPABILITY: Capability = {
  session: seeded(2, 16),
  participant: 1,
  publicKey: seeded(3, 32),
  role: 1,
  permissions: [1, 2, 7],
  notBefore: NOW,
  expires: NOW + 15 * MINUTES,
  epoch: 4,
  serial: 9,
}

const CONTEXT = { session: CAPABILITY.session, customerKey: CUSTOMER_KEY, now: NOW }

const capabilities: fc.Arbitrary<Capability> = fc
  .record({
    session: anyBytes(16),
    participant: fc.integer({ min: 1, max: 65_535 }),
    publicKey: anyBytes(32),
    role: fc.integer({ min: 1, max: 3 }),
    permissions: fc.uniqueArray(fc.integer({ min: 1, max: 255 }), { maxLength: 32 }).map(list => list.sort((a, b) => a - b)),
    notBefore: fc.nat(2 ** 45),
    life: fc.integer({ min: 1, max: 15 * MINUTES }),
    epoch: fc.nat(0xffff_ffff),
    serial: fc.integer({ min: 1, max: 0xffff_ffff }),
  })
  .map(({ life, ...rest }) => ({ ...rest, expires: rest.notBefore + life }))

describe('a capability', () => {
  test('has one canonical form, which begins with what it is (RA-SEC-231)', () => {
    const { session, publicKey } = CAPABILITY
    const form = lv('RA1-capability', session, 1, publicKey, 1, lv(1, 2, 7), NOW, NOW + 15 * MINUTES, 4, 9)
    expect(toHex(capabilityForm(CAPABILITY))).toBe(toHex(form))
  })

  test('comes back as it was signed, while it is valid (RA-SEC-232, RA-SEC-233)', () =>
    fc.assert(
      fc.property(capabilities, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (capability, part) => {
        const { session, notBefore, expires } = capability
        const now = notBefore + Math.floor((expires - notBefore) * part)
        const signed = signCapability(capability, CUSTOMER)
        const plain = (it: Capability) => ({ ...it, session: toHex(it.session), publicKey: toHex(it.publicKey) })
        expect(plain(verifyCapability(signed, { session, customerKey: CUSTOMER_KEY, now }))).toEqual(plain(capability))
      }),
      { numRuns: 30 },
    ))

  test('is not valid before its time or after (RA-SEC-233)', async () => {
    const signed = signCapability(CAPABILITY, CUSTOMER)
    const at = (now: number) => failure(() => verifyCapability(signed, { ...CONTEXT, now }))
    expect(await Promise.all([NOW - 1, NOW, CAPABILITY.expires - 1, CAPABILITY.expires, Number.NaN].map(at))).toEqual([
      'E_EXPIRED',
      undefined,
      undefined,
      'E_EXPIRED',
      'E_EXPIRED',
    ])
  })

  test('is not valid in another session, or of another customer (RA-SEC-233)', async () => {
    const signed = signCapability(CAPABILITY, CUSTOMER)
    expect(await failure(() => verifyCapability(signed, { ...CONTEXT, session: seeded(8, 16) }))).toBe('E_SIGNATURE')
    expect(await failure(() => verifyCapability(signed, { ...CONTEXT, customerKey: sessionKey(seeded(8, 32)).publicKey }))).toBe('E_SIGNATURE')
  })

  test('with any bit flipped, or cut anywhere, was not signed (RA-SEC-232)', async () => {
    const signed = signCapability(CAPABILITY, CUSTOMER)
    for (let byte = 0; byte < signed.length; byte++) {
      const altered = Uint8Array.from(signed)
      altered[byte] = (altered[byte] as number) ^ (1 << (byte & 7))
      expect([byte, await failure(() => verifyCapability(altered, CONTEXT))]).toEqual([byte, 'E_SIGNATURE'])
      expect([byte, await failure(() => verifyCapability(signed.subarray(0, byte), CONTEXT))]).toEqual([byte, 'E_SIGNATURE'])
    }
  })

  test('of any other bytes is none: a SecureError, and nothing else', () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 1_100 }), async bytes => {
        expect(await failure(() => verifyCapability(bytes, CONTEXT))).toBe('E_SIGNATURE')
      }),
    ))

  test.each([
    { session: new Uint8Array(15) },
    { participant: 0 },
    { participant: 65_536 },
    { publicKey: new Uint8Array(31) },
    { role: 0 },
    { permissions: [2, 1] },
    { permissions: [1, 1] },
    { permissions: [0] },
    { permissions: [256] },
    { permissions: Array.from({ length: 33 }, (_, i) => i + 1) },
    { notBefore: -1 },
    { notBefore: 0.5 },
    { expires: NOW },
    { expires: NOW + 15 * MINUTES + 1 },
    { epoch: -1 },
    { serial: 0 },
    { serial: 4_294_967_296 },
  ])('is not made with %o (RA-SEC-231)', async change => {
    expect(await failure(() => signCapability({ ...CAPABILITY, ...change }, CUSTOMER))).toBe('E_FORMAT')
  })

  test.each([
    ['a longer life', lv('RA1-capability', CAPABILITY.session, 1, CAPABILITY.publicKey, 1, lv(), NOW, NOW + 15 * MINUTES + 1, 4, 9)],
    ['a number written otherwise', lv('RA1-capability', CAPABILITY.session, '01', CAPABILITY.publicKey, 1, lv(), NOW, NOW + 1, 4, 9)],
    ['a field more', lv('RA1-capability', CAPABILITY.session, 1, CAPABILITY.publicKey, 1, lv(), NOW, NOW + 1, 4, 9, '')],
    ['a field less', lv('RA1-capability', CAPABILITY.session, 1, CAPABILITY.publicKey, 1, lv(), NOW, NOW + 1, 4)],
    ['another label', lv('RA1-capabilitx', CAPABILITY.session, 1, CAPABILITY.publicKey, 1, lv(), NOW, NOW + 1, 4, 9)],
    ['a label that is no text', lv(Uint8Array.of(0xff), CAPABILITY.session)],
    ['nothing', lv()],
    ['a field that is cut off', lv('RA1-capability').subarray(0, 10)],
  ])('with %s is none, though the customer signed it (RA-SEC-231)', async (_what, form) => {
    const signed = Uint8Array.from([...form, ...sign(CUSTOMER, form)])
    expect(await failure(() => verifyCapability(signed, CONTEXT))).toBe('E_FORMAT')
  })

  test('is due again at two thirds of its life (RA-SEC-234)', () => {
    expect([NOW, NOW + 10 * MINUTES - 1, NOW + 10 * MINUTES, CAPABILITY.expires].map(now => capabilityDue(CAPABILITY, now))).toEqual([false, false, true, true])
  })
})
