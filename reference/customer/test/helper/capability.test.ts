import { Permission, Role } from '@remote-assist/peer'
import { CAPABILITY_LIFE_MS, type Capability, SecureError, sessionKey, sign, signCapability, verifyCapability } from '@remote-assist/secure'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { BadCapability, PERMISSION, ROLE_AGENT, readCapability } from '../../src/helper/capability.js'
import { HeldCapability } from '../../src/helper/held.js'

const NOW = 1_800_000_000_000
const CUSTOMER = sessionKey(new Uint8Array(32).fill(1))
const AUTHORITY = { session: new Uint8Array(16).fill(2), customerKey: CUSTOMER.publicKey }
const CAPABILITY: Capability = {
  session: AUTHORITY.session,
  participant: 2,
  publicKey: new Uint8Array(32).fill(3),
  role: Role.AGENT,
  permissions: [Permission.ELEVATE, Permission.RUN_COMMAND],
  notBefore: NOW,
  expires: NOW + CAPABILITY_LIFE_MS,
  epoch: 4,
  serial: 5,
}
const signed = (but: Partial<Capability> = {}) => signCapability({ ...CAPABILITY, ...but }, CUSTOMER)

test('knows the numbers of the schema', () => {
  const { ELEVATE, RUN_COMMAND, SECURE_KEYS } = Permission
  expect([PERMISSION, ROLE_AGENT]).toEqual([{ ELEVATE, RUN_COMMAND, SECURE_KEYS }, Role.AGENT])
})

/** What a verifier says of these bytes: the capability, or why not. */
function verdict(read: () => { readonly publicKey: Uint8Array }): unknown {
  try {
    const { publicKey, ...rest } = read()
    return { ...rest, publicKey: [...publicKey] }
  } catch (error) {
    if (error instanceof BadCapability || error instanceof SecureError) return error.code
    throw error
  }
}

test('RA-SEC-231 RA-SEC-232 RA-SEC-233 says of every capability, and of what is none, what the library says', () => {
  const lv = (field: Uint8Array | string, stated = 0) => {
    const bytes = Buffer.from(field)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(Math.max(0, bytes.length + stated))
    return Buffer.concat([length, bytes])
  }
  const number = fc.oneof(
    fc.nat({ max: 300 }).map(String),
    fc.constantFrom('', '0', '01', '-1', '1.5', ' 1', '1e3', '65536', '4294967296', '9007199254740993', `${NOW}`, `${NOW + CAPABILITY_LIFE_MS}`),
  )
  const permissions = fc.array(fc.oneof(fc.nat({ max: 12 }).map(String), number), { maxLength: 40 }).map(list => Buffer.concat(list.map(it => lv(it))))
  const right = ['RA1-capability', AUTHORITY.session, '2', CAPABILITY.publicKey, '1', Buffer.concat([lv('7'), lv('8')]), `${NOW}`, `${NOW + 1_000}`, '4', '5']
  const some = fc.array(fc.constantFrom('7', '8', '9'), { minLength: 2, maxLength: 3 }).map(list => Buffer.concat(list.map(it => lv(it))))
  const form = fc
    .oneof(
      fc.tuple(fc.nat({ max: right.length }), fc.oneof(number, permissions, fc.uint8Array({ maxLength: 33 })), fc.constantFrom(0, 0, 0, 1, -1)),
      fc.tuple(fc.constant(right.findIndex(Buffer.isBuffer)), some, fc.constant(0)),
    )
    .map(([at, field, stated]) => Buffer.concat([...right.slice(0, at), field, ...right.slice(at + 1)].map((it, i) => lv(it, i === at ? stated : 0))))
  const made = fc.oneof(
    form.map(bytes => Buffer.concat([bytes, sign(CUSTOMER, bytes)])),
    fc.tuple(fc.nat(), fc.nat({ max: 255 })).map(([at, to]) => Buffer.from(signed().with(at % signed().length, to))),
    fc.record({ role: fc.integer({ min: 1, max: 4 }), serial: fc.integer({ min: 1, max: 9 }) }).map(signed),
    fc.uint8Array({ maxLength: 1_100 }),
  )
  const times = fc.constantFrom(NOW - 1, NOW, NOW + 999, NOW + 1_000, NOW + CAPABILITY_LIFE_MS)
  let held = 0
  let refused = 0
  fc.assert(
    fc.property(made, times, (bytes, now) => {
      const ours = verdict(() => ({ ...readCapability(bytes, AUTHORITY, now), session: AUTHORITY.session }))
      expect(ours).toEqual(verdict(() => verifyCapability(bytes, { ...AUTHORITY, now })))
      if (typeof ours === 'string') refused++
      else held++
    }),
    { numRuns: 300 },
  )
  console.info(`» Capabilities: of 300, the helper and the library took the same ${held} and refused the same ${refused}, for the same reasons.`)
  expect(Math.min(held, refused)).toBeGreaterThan(15)
})

test('goes on by each newer capability, over an hour, and says when the time of the last one is over', () => {
  vi.useFakeTimers({ now: NOW })
  try {
    const over: string[] = []
    const held = new HeldCapability(AUTHORITY, signed(), ({ code }) => over.push(code))
    for (let serial = 6; serial < 12; serial++) {
      vi.advanceTimersByTime((CAPABILITY_LIFE_MS * 2) / 3)
      held.renew(signed({ serial, notBefore: Date.now(), expires: Date.now() + CAPABILITY_LIFE_MS }))
      expect([held.allows(PERMISSION.RUN_COMMAND), held.allows(PERMISSION.SECURE_KEYS)]).toEqual([true, false])
    }
    vi.advanceTimersByTime(CAPABILITY_LIFE_MS - 1)
    expect([held.allows(PERMISSION.ELEVATE), over]).toEqual([true, []])
    vi.advanceTimersByTime(1)
    expect(over).toEqual(['E_EXPIRED'])
    expect(() => held.allows(PERMISSION.ELEVATE)).toThrow(expect.objectContaining({ code: 'E_EXPIRED' }))
  } finally {
    vi.useRealTimers()
  }
})

test('a clock that went on while the machine slept counts at the next request, whatever the timer says', () => {
  let now = NOW
  const held = new HeldCapability(
    AUTHORITY,
    signed(),
    () => {},
    () => now,
  )
  now += CAPABILITY_LIFE_MS
  expect(() => held.allows(PERMISSION.ELEVATE)).toThrow(expect.objectContaining({ code: 'E_EXPIRED' }))
  held.close()
})

test.each([
  ['E_SIGNATURE', { session: new Uint8Array(16) }],
  ['E_EXPIRED', { serial: 6, notBefore: NOW - 1_000, expires: NOW }],
  ['E_ROLE', { serial: 6, role: Role.VIEWER }],
  ['E_NO_GRANT', { serial: 6, permissions: [Permission.RUN_COMMAND] }],
  ['E_STRANGER', { serial: 6, participant: 3 }],
  ['E_STRANGER', { serial: 6, publicKey: new Uint8Array(32) }],
  ['E_STALE', { serial: 5 }],
  ['E_STALE', { serial: 4 }],
  ['E_STALE', { serial: 6, epoch: 3 }],
] as const)('RA-SEC-233 says %s of a next one that does not hold', (code, but) => {
  const held = new HeldCapability(
    AUTHORITY,
    signed(),
    () => {},
    () => NOW,
  )
  expect(() => held.renew(signed(but))).toThrow(expect.objectContaining({ code }))
  held.close()
})
