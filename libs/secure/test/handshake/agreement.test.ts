import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CHANNELS_OF } from '../../src/handshake/agreement.js'
import type { Self } from '../../src/handshake/machine.js'
import { PASSWORD_CLASS, ROLE } from '../../src/handshake/messages.js'
import { inviteSecret, linkSecret, pinSecret, resumeSecret, type Secret } from '../../src/handshake/secret.js'
import { makePin } from '../../src/pin.js'
import { sessionKey } from '../../src/session-key.js'
import { anyBytes, seeded } from '../support/bytes.js'
import { CONTEXT, keysOf, Pair, PIN, type Scene, selfOf } from '../support/handshake.js'
import { pins } from '../support/pins.js'

const anySecret: fc.Arbitrary<Secret> = fc.oneof(
  pins.map(pinSecret),
  fc.record({ pin: pins, linkSecret: anyBytes(32) }).map(linkSecret),
  fc.record({ inviteId: anyBytes(16), secret: anyBytes(32) }).map(inviteSecret),
  fc.record({ name: anyBytes(16), secret: anyBytes(32) }).map(resumeSecret),
)
const anySelf = fc.record({
  key: anyBytes(32).map(sessionKey),
  credential: fc.string({ maxLength: 300 }),
  capabilities: fc.uniqueArray(fc.stringMatching(/^[a-z0-9-]{1,64}$/), { maxLength: 64 }).map(names => names.sort()),
})
/** What the counterpart of an end that is so hears of it. */
const heard = ({ key, ...said }: Pick<Self, 'key' | 'credential' | 'capabilities'>, role: number) => ({ ...said, publicKey: key.publicKey, role })
const anyContext = fc.record({
  sessionId: anyBytes(16),
  customer: fc.integer({ min: 1, max: 65_535 }),
  joiner: fc.integer({ min: 1, max: 65_535 }),
  joinerRole: fc.constantFrom(ROLE.AGENT, ROLE.VIEWER),
})

/** Both ends know that secret, and the joiner accepts its class. */
const knowing = (secret: Secret, scene: Scene = {}): Scene => ({
  ...scene,
  customer: { ...scene.customer, secret },
  joiner: { ...scene.joiner, accepts: [secret.passwordClass as 1] },
  secrets: [secret],
})

describe('two ends that know the same secret', () => {
  test('get the same secrets from it, and each what the other said of itself, whatever that is', () => {
    fc.assert(
      fc.property(anySecret, anyContext, anySelf, anySelf, fc.nat(), (secret, context, ofCustomer, ofJoiner, seed) => {
        fc.pre(ofCustomer.key.publicKey.join() !== ofJoiner.key.publicKey.join())
        const pair = new Pair(
          knowing(secret, { customer: { context, self: selfOf(4, ofCustomer) }, joiner: { context, self: selfOf(5, ofJoiner) }, seed }),
        ).run()
        const { customer, joiner } = { customer: pair.end('customer').secured, joiner: pair.end('joiner').secured }
        if (customer === undefined || joiner === undefined) return expect.unreachable()
        expect(keysOf(customer, 'customer')).toBe(keysOf(joiner, 'joiner'))
        expect(customer.counterpart).toEqual(heard(ofJoiner, context.joinerRole))
        expect(joiner.counterpart).toEqual(heard(ofCustomer, ROLE.CUSTOMER))
        expect(customer.traffic.map(({ channel }) => channel)).toEqual(CHANNELS_OF[context.joinerRole])
      }),
      { numRuns: 40 },
    )
  })

  test('say start, commit, share, share, confirm, confirm, the customer first (RA-SEC-001, RA-SEC-003, RA-SEC-017, RA-SEC-018, RA-SEC-032)', () => {
    const pair = new Pair().run()
    expect(pair.sent.map(({ from, message }) => `${from} ${message.$case}`)).toEqual([
      'customer start',
      'joiner commit',
      'customer share',
      'joiner share',
      'customer confirm',
      'joiner confirm',
    ])
    expect([pair.customer.stage, pair.joiner.stage]).toEqual(['secured', 'secured'])
  })

  test('have other secrets in each exchange, each for one purpose', () => {
    const secrets = [1, 2, 3].flatMap(seed => {
      const secured = new Pair({ seed }).run().end('customer').secured
      return secured === undefined ? [] : [...secured.traffic.flatMap(({ send, receive }) => [send, receive]), secured.audit, secured.resume.secret]
    })
    expect(secrets).toHaveLength(3 * (2 * 8 + 2))
    expect(new Set(secrets.map(String)).size).toBe(secrets.length)
    for (const secret of secrets) expect(secret).toHaveLength(32)
  })

  test('give a viewer keys for session, screen and chat, and an agent for the rest too; nobody for relay, handshake or media (RA-SEC-043)', () => {
    for (const [role, channels] of [
      [ROLE.AGENT, [3, 4, 6, 7, 8, 9, 10, 11]],
      [ROLE.VIEWER, [3, 4, 10]],
    ] as const) {
      const context = { ...CONTEXT, joinerRole: role }
      const pair = new Pair({ customer: { context }, joiner: { context } }).run()
      for (const side of ['customer', 'joiner'] as const) expect(pair.end(side).secured?.traffic.map(({ channel }) => channel)).toEqual(channels)
    }
  })

  test('speak the highest minor version that both know (RA-SEC-028)', () => {
    const minors = fc
      .tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 }))
      .map(([a, b]) => ({ minMinor: Math.min(a, b), maxMinor: Math.max(a, b) }))
    fc.assert(
      fc.property(minors, minors, (ofCustomer, ofJoiner) => {
        const pair = new Pair({ customer: { self: selfOf(4, { version: ofCustomer }) }, joiner: { self: selfOf(5, { version: ofJoiner }) } }).run()
        const common = [0, 1, 2, 3, 4].filter(minor => [ofCustomer, ofJoiner].every(({ minMinor, maxMinor }) => minor >= minMinor && minor <= maxMinor))
        expect(pair.end('customer').secured?.minor).toBe(common.at(-1))
        expect(pair.end('joiner').secured?.minor).toBe(common.at(-1))
        if (common.length === 0) expect(pair.end('joiner').failed).toMatchObject({ cause: 'VERSION', code: 206 })
      }),
      { numRuns: 30 },
    )
  })

  test('resume with the secret of the exchange before, by its name (RA-SEC-045)', () => {
    const { resume } = new Pair().run().end('customer').secured ?? {}
    if (resume === undefined) return expect.unreachable()
    const pair = new Pair(knowing(resumeSecret(resume), { seed: 77 })).run()
    expect(pair.sent[0]?.message).toMatchObject({ $case: 'start', value: { passwordClass: PASSWORD_CLASS.RESUME, secretId: resume.name } })
    expect([pair.customer.stage, pair.joiner.stage]).toEqual(['secured', 'secured'])
  })
})

describe('two ends that do not know the same', () => {
  test('never get a key, whichever secrets they know: WRONG_SECRET at both, one try fewer for a PIN (RA-SEC-033)', () => {
    fc.assert(
      fc.property(anySecret, anySecret, fc.nat(), (mine, other, seed) => {
        const theirs = { ...other, passwordClass: mine.passwordClass, name: mine.name }
        fc.pre(String(mine.password) !== String(theirs.password))
        const pair = new Pair({ ...knowing(mine, { seed }), secrets: [theirs] }).run()
        const attemptsLeft = mine.passwordClass === PASSWORD_CLASS.PIN ? 2 : undefined
        expect(pair.end('joiner')).toEqual({ secured: undefined, failed: { cause: 'WRONG_SECRET', code: 600, attemptsLeft } })
        expect(pair.end('customer')).toEqual({ secured: undefined, failed: { cause: 'COUNTERPART', code: 600, attemptsLeft } })
        expect(pair.said('joiner')).toEqual(['commit', 'share', 'failure'])
      }),
      { numRuns: 30 },
    )
  })

  test('not even about where they are: session, numbers and role are part of the key (RA-SEC-013, RA-SEC-014)', () => {
    for (const other of [{ sessionId: seeded(2, 16) }, { customer: 7 }, { joiner: 7 }, { customer: 1, joiner: 2 }]) {
      const pair = new Pair({ joiner: { context: { ...CONTEXT, ...other } } }).run()
      expect(pair.end('joiner').failed).toMatchObject({ cause: 'WRONG_SECRET' })
      expect(pair.end('customer').secured).toBeUndefined()
    }
    const viewer = new Pair({ joiner: { context: { ...CONTEXT, joinerRole: ROLE.VIEWER } } }).run()
    expect(viewer.end('customer')).toMatchObject({ secured: undefined, failed: { cause: 'ROLE', code: 602 } })
    expect(viewer.end('joiner').secured).toBeUndefined()
  })
})

describe('a secret', () => {
  test('is, by class: six digits; six digits and 32 bytes; 32 bytes; 32 bytes (RA-SEC-020)', () => {
    const [pin, bytes, name] = [makePin('4821', '973015'), seeded(8, 32), seeded(9, 16)]
    expect(pinSecret(pin)).toEqual(PIN)
    expect(linkSecret({ pin, linkSecret: bytes })).toEqual({
      passwordClass: 2,
      name: new Uint8Array(),
      password: Uint8Array.of(0x39, 0x37, 0x33, 0x30, 0x31, 0x35, ...bytes),
    })
    expect(inviteSecret({ inviteId: name, secret: bytes })).toEqual({ passwordClass: 3, name, password: bytes })
    expect(resumeSecret({ name, secret: bytes })).toEqual({ passwordClass: 4, name, password: bytes })
  })
})
