import { readFileSync } from 'node:fs'
import { sha256 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, lv } from '../../src/bytes.js'
import {
  AUDIT_KINDS,
  type AuditChain,
  type AuditKind,
  appendAudit,
  auditDue,
  auditEntry,
  beginAudit,
  checkAuditSignature,
  followAudit,
  hasAuditEntry,
  readAuditEntry,
  sign,
  signAudit,
} from '../../src/index.js'
import { seeded, toHex } from '../support/bytes.js'
import { failure } from '../support/failure.js'
import { AGENT, CUSTOMER, HEADER, NOW, nthEntry } from './scenes.js'

/** A chain of so many entries, and the messages that made it. */
function chainOf(count: number, now: (n: number) => number = () => 0) {
  let chain: AuditChain = beginAudit(HEADER)
  const messages = []
  for (let n = 0; n < count; n++) {
    const step = appendAudit(chain, nthEntry(n, Number.POSITIVE_INFINITY), now(n))
    chain = step.chain
    messages.push(step.message)
  }
  return { chain, messages }
}

describe('an entry', () => {
  const kinds = fc.constantFrom(...(Object.keys(AUDIT_KINDS) as AuditKind[]))
  const wellFormed = fc.string({ unit: 'binary', maxLength: 40 }).filter(text => !/\p{Surrogate}/u.test(text))

  test('has one canonical form, and is read from it (RA-SEC-252)', () =>
    fc.assert(
      fc.property(fc.maxSafeNat(), kinds, fc.array(wellFormed, { minLength: 9, maxLength: 9 }), (at, kind, values) => {
        const names = AUDIT_KINDS[kind]
        const details = Object.fromEntries(names.map((name, i) => [name, values[i] as string]))
        const form = auditEntry(at, kind, Object.fromEntries(Object.entries(details).reverse()) as never)
        expect(toHex(form)).toBe(toHex(lv(at, kind, ...names.flatMap((name, i) => [name, values[i] as string]))))
        expect(readAuditEntry(form)).toEqual({ at, kind, details })
      }),
    ))

  test('has the details of its kind, and no others: nothing that was typed, copied or authenticated with (RA-SEC-251)', async () => {
    const make = (kind: string, details: object, at = NOW) => failure(() => auditEntry(at, kind as 'session.ended', details as { code: number }))
    expect(await make('session.ended', { code: 102 })).toBeUndefined()
    expect(await make('session.ended', {})).toBe('E_FORMAT')
    expect(await make('session.ended', { code: 102, text: 'a password' })).toBe('E_FORMAT')
    expect(await make('key.typed', { code: 102 })).toBe('E_FORMAT')
    expect(await make('toString', {})).toBe('E_FORMAT')
    expect(await make('session.ended', { code: 102 }, 1.5)).toBe('E_FORMAT')
    expect(await make('session.ended', { code: '\ud800' })).toBe('E_FORMAT')
    expect(await make('session.ended', { code: 'x'.repeat(4_097) })).toBe('E_FORMAT')
    const fields = new Set<string>(Object.values(AUDIT_KINDS).flat())
    for (const forbidden of ['text', 'keys', 'data', 'content', 'password', 'credentials', 'secret']) expect(fields).not.toContain(forbidden)
  })

  test('of a later version is read as well, of its form (RA-SEC-252)', async () => {
    expect(readAuditEntry(lv(1, 'moon.landed', 'crew', 2))).toEqual({ at: 1, kind: 'moon.landed', details: { crew: '2' } })
    for (const form of [
      lv(),
      lv(1),
      lv(1, 'Kind'),
      lv('01', 'a.b'),
      lv(1, 'a.b', 'name'),
      lv(1, 'a.b', 'b', 1, 'a', 2),
      lv(1, 'a.b', 'a', 1, 'a', 2),
      lv(1, 'a.b', 'A', 1),
      lv(1, 'a.b', 'a', Uint8Array.of(0xff)),
    ])
      expect(await failure(() => readAuditEntry(form))).toBe('E_FORMAT')
  })

  test('of any bytes: a SecureError, and nothing else', () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async bytes => {
        expect(await failure(() => readAuditEntry(bytes))).toBe('E_FORMAT')
      }),
    ))
})

describe('the chain', () => {
  test('hashes each entry with everything before it (RA-SEC-253, RA-SEC-254)', () => {
    const { chain, messages } = chainOf(3)
    let hash = sha256(concat(Uint8Array.of(1), lv('RA1-audit', HEADER.session, 2, HEADER.key)))
    for (const { index, entry } of messages) hash = sha256(concat(Uint8Array.of(0), hash, lv(index, entry)))
    expect(toHex(chain.head)).toBe(toHex(hash))
  })

  test('is the same at both ends, entry by entry, in order alone (RA-SEC-257)', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.nat(4), { maxLength: 8 }), async order => {
        const { messages } = chainOf(5)
        let chain = beginAudit(HEADER)
        for (const index of order) {
          const message = messages[index] as (typeof messages)[number]
          const next = () => followAudit(chain, message, 0)
          expect(await failure(next)).toBe(index === chain.entries ? undefined : 'E_ORDER')
          if (index === chain.entries) chain = next()
        }
        expect(toHex(chain.head)).toBe(toHex(chainOf(chain.entries).chain.head))
      }),
    ))

  test('knows an entry that comes again, and refuses another one in its place (RA-SEC-262)', async () => {
    const { chain, messages } = chainOf(1_030)
    const again = (index: number, entry = messages[index]?.entry ?? nthEntry(index, 9_999)) => failure(() => hasAuditEntry(chain, { index, entry }))
    for (const index of [7, 500, 1_029]) expect(hasAuditEntry(chain, messages[index] as (typeof messages)[number])).toBe(true)
    expect(hasAuditEntry(chainOf(3).chain, messages[0] as (typeof messages)[number])).toBe(true)
    expect(hasAuditEntry(chain, { index: 1_030, entry: nthEntry(1_030, 9_999) })).toBe(false)
    expect(await again(900, nthEntry(901, 9_999))).toBe('E_ORDER')
    for (const index of [0, 6]) expect(await again(index)).toBe('E_ORDER')
  })

  test('takes nothing that is no entry, and begins with nothing that is no header', async () => {
    expect(await failure(() => appendAudit(beginAudit(HEADER), seeded(1, 9), 0))).toBe('E_FORMAT')
    expect(await failure(() => followAudit(beginAudit(HEADER), { index: 0, entry: new Uint8Array(0) }, 0))).toBe('E_FORMAT')
    for (const change of [{ session: new Uint8Array(15) }, { key: new Uint8Array(31) }, { participant: 0 }, { participant: 65_536 }])
      expect(await failure(() => beginAudit({ ...HEADER, ...change }))).toBe('E_FORMAT')
  })
})

describe('signatures', () => {
  test('are due after 256 entries, or 30 s after the oldest that is not signed (RA-SEC-256)', () => {
    expect(auditDue(beginAudit(HEADER), 1e12)).toBe(false)
    const { chain } = chainOf(255)
    expect(auditDue(chain, 0)).toBe(false)
    expect(auditDue(appendAudit(chain, nthEntry(255, 999), 0).chain, 0)).toBe(true)
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20_000), fc.boolean()), { maxLength: 40 }), steps => {
        let [chain, now, oldest] = [beginAudit(HEADER), 0, Number.POSITIVE_INFINITY]
        for (const [n, [pause, signs]] of steps.entries()) {
          now += pause
          chain = appendAudit(chain, nthEntry(n, 999), now).chain
          oldest = Math.min(oldest, now)
          expect(auditDue(chain, now)).toBe(now - oldest >= 30_000)
          expect(auditDue(chain, oldest + 29_999)).toBe(false)
          expect(auditDue(chain, oldest + 30_000)).toBe(true)
          if (!signs) continue
          chain = signAudit(chain, CUSTOMER).chain
          oldest = Number.POSITIVE_INFINITY
          expect(auditDue(chain, 1e12)).toBe(false)
        }
      }),
      { numRuns: 10 },
    )
  })

  test('cover the session, the index and the head (RA-SEC-255)', async () => {
    const { chain } = chainOf(3)
    const { sign: signed } = signAudit(chain, AGENT)
    expect(toHex(signed.signature)).toBe(toHex(sign(AGENT, lv('RA1-audit-sign', HEADER.session, 2, chain.head))))
    expect(await failure(() => checkAuditSignature(chain, signed, AGENT.publicKey))).toBeUndefined()
    expect(await failure(() => checkAuditSignature(chain, signed, CUSTOMER.publicKey))).toBe('E_SIGNATURE')
    expect(await failure(() => checkAuditSignature(chain, { ...signed, index: 1 }, AGENT.publicKey))).toBe('E_ORDER')
    expect(await failure(() => checkAuditSignature(chain, { ...signed, head: seeded(1, 32) }, AGENT.publicKey))).toBe('E_ORDER')
    expect(await failure(() => checkAuditSignature({ ...chain, header: { ...HEADER, session: seeded(1, 16) } }, signed, AGENT.publicKey))).toBe('E_SIGNATURE')
    expect(await failure(() => signAudit(beginAudit(HEADER), CUSTOMER))).toBe('E_FORMAT')
  })

  test('over entries that are signed already are not verified again, and refused if they are over others', async () => {
    const { chain } = chainOf(3)
    const { sign: signed } = signAudit(chain, AGENT)
    const worthless = { ...signed, signature: seeded(1, 64) }
    expect(await failure(() => checkAuditSignature(chain, worthless, AGENT.publicKey, 2))).toBe('E_SIGNATURE')
    expect(await failure(() => checkAuditSignature(chain, worthless, AGENT.publicKey, 3))).toBeUndefined()
    expect(await failure(() => checkAuditSignature(chain, { ...worthless, head: seeded(1, 32) }, AGENT.publicKey, 3))).toBe('E_ORDER')
  })

  test('are accepted late, not from the future, and not of another log (RA-SEC-257)', async () => {
    const { sign: signed } = signAudit(chainOf(3).chain, AGENT)
    for (const count of [3, 4, 100, 1_026]) expect(await failure(() => checkAuditSignature(chainOf(count).chain, signed, AGENT.publicKey))).toBeUndefined()
    for (const count of [0, 2, 1_027]) expect(await failure(() => checkAuditSignature(chainOf(count).chain, signed, AGENT.publicKey))).toBe('E_ORDER')
    const other = appendAudit(chainOf(2).chain, auditEntry(NOW, 'session.paused', {}), 0).chain
    expect(await failure(() => checkAuditSignature(other, signed, AGENT.publicKey))).toBe('E_ORDER')
  })
})

test('the kinds are those of the specification (RA-SEC-251)', () => {
  const page = readFileSync(new URL('../../../../docs/spec/record.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `([a-z]+\.[a-z]+)` \|(.*)\|$/gm)].map(([, kind, names]) => [
    kind,
    (names ?? '')
      .split(',')
      .map(name => name.trim())
      .filter(Boolean),
  ])
  expect(Object.fromEntries(rows)).toEqual(AUDIT_KINDS)
})
