import { Channel, CloseCode, type HandshakeMessage, PasswordClass, type Policy, Role } from '@remote-assist/codec'
import { DEFAULT_POLICY, policyToWire } from '@remote-assist/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { systemRandom } from '../../src/random.js'
import { clearSecurity } from '../../src/security/clear.js'
import { customerSecrets, inviteSecret, joinerSecrets, type Secrets } from '../../src/security/secrets.js'
import type { Failure, Secret, Security } from '../../src/security/security.js'
import { sameBytes } from '../../src/security/transcript.js'
import { settle } from '../support/clock.js'

type Kind = NonNullable<HandshakeMessage['kind']>

const SESSION = systemRandom.bytes(16)
const POLICY = policyToWire(DEFAULT_POLICY)
const secret = (text: string, passwordClass = PasswordClass.PIN): Secret => ({ passwordClass, name: new Uint8Array(), bytes: new TextEncoder().encode(text) })

interface End {
  readonly security: Security
  readonly result: { secured: number; failures: Failure[] }
}
const end = (secrets: Secrets): End => ({ security: clearSecurity(secrets), result: { secured: 0, failures: [] } })

/** Runs an exchange to its end, through a broker that may change what it carries. */
async function exchange(
  customer: End,
  joiner: End,
  {
    policies = [POLICY, POLICY],
    meddle = (_n: number, kind: Kind) => kind,
  }: { policies?: readonly (Policy | undefined)[]; meddle?: (n: number, kind: Kind) => Kind | undefined } = {},
) {
  const said: string[] = []
  const queue: { readonly to: 'customer' | 'joiner'; readonly kind: Kind }[] = []
  const open = (who: End, role: Role, to: 'customer' | 'joiner', policy: Policy | undefined) =>
    who.security.secure(
      { participant: role === Role.CUSTOMER ? 2 : 1, role, self: role === Role.CUSTOMER ? 1 : 2, sessionId: SESSION, policy },
      {
        send: ({ kind }) => kind !== undefined && queue.push({ to, kind }),
        secured: () => who.result.secured++,
        failed: failure => who.result.failures.push(failure),
      },
    )
  const ends = { customer: open(customer, Role.CUSTOMER, 'joiner', policies[0]), joiner: open(joiner, Role.AGENT, 'customer', policies[1]) }
  await ends.customer.start()
  await ends.joiner.start()
  for (let n = 0; n < 30 && queue.length > 0; n++) {
    const next = queue.shift() as { readonly to: 'customer' | 'joiner'; readonly kind: Kind }
    const kind = meddle(n, next.kind)
    if (kind === undefined) continue
    said.push(`${next.to === 'joiner' ? 'customer' : 'joiner'} ${kind.$case}`)
    await ends[next.to].receive({ kind })
  }
  await settle()
  return { said, ...ends }
}

describe('a handshake', () => {
  test('with the same secret succeeds, in the order of the specification (RA-SEC-001, RA-SEC-002, RA-SEC-003)', async () => {
    const customer = end(customerSecrets(() => secret('973015')))
    const joiner = end(joinerSecrets([secret('973015')]))
    const { said } = await exchange(customer, joiner)
    expect(said).toEqual(['customer start', 'joiner commit', 'customer share', 'joiner share', 'customer confirm', 'joiner confirm'])
    expect([customer.result, joiner.result]).toEqual([
      { secured: 1, failures: [] },
      { secured: 1, failures: [] },
    ])
  })

  test('with another secret fails at both ends, and the PIN counts', async () => {
    const joiner = end(joinerSecrets([secret('973015')]))
    const left: (number | undefined)[] = []
    const codes: CloseCode[] = []
    for (let i = 0; i < 4; i++) {
      const customer = end(customerSecrets(() => secret('000000')))
      await exchange(customer, joiner)
      left.push(customer.result.failures[0]?.attemptsLeft)
      codes.push(customer.result.failures[0]?.code as CloseCode)
    }
    expect(left).toEqual([2, 1, 0, undefined])
    expect(codes).toEqual([CloseCode.WRONG_SECRET, CloseCode.WRONG_SECRET, CloseCode.WRONG_SECRET, CloseCode.ATTEMPTS])
    expect(joiner.result).toMatchObject({ secured: 0 })
    expect(joiner.result.failures).toHaveLength(4)
  })

  test('for an invitation needs that invitation', async () => {
    const id = systemRandom.bytes(16)
    const key = systemRandom.bytes(32)
    const good = end(joinerSecrets([inviteSecret(id, key)]))
    await exchange(end(customerSecrets(() => inviteSecret(id, key))), good)
    expect(good.result.secured).toBe(1)
    const other = end(joinerSecrets([inviteSecret(systemRandom.bytes(16), key)]))
    await exchange(end(customerSecrets(() => inviteSecret(id, key))), other)
    expect(other.result).toMatchObject({ secured: 0, failures: [{ code: CloseCode.WRONG_SECRET }] })
  })

  test('for a return proves what both ends kept, also if one end got further than the other; once forgotten, it does not', async () => {
    let offered = 0
    const customer = end(
      customerSecrets(() => {
        offered++
        return secret('973015')
      }),
    )
    const joiner = end(joinerSecrets([secret('973015')]))
    await exchange(customer, joiner)
    await exchange(customer, joiner)
    // The joiner's last word is lost: it has a newer secret than the customer.
    await exchange(customer, joiner, { meddle: (n, kind) => (n === 5 ? undefined : kind) })
    await exchange(customer, joiner)
    expect(offered).toBe(1)
    expect(customer.result).toEqual({ secured: 3, failures: [] })
    joiner.security.forget(1)
    await exchange(customer, joiner)
    expect(customer.result.failures).toMatchObject([{ code: CloseCode.WRONG_SECRET }])
  })

  test('for a return succeeds however often the last word was lost before, and the old secrets go with the first record', async () => {
    const customer = end(customerSecrets(() => secret('973015')))
    const joiner = end(joinerSecrets([secret('973015')]))
    const lost = { meddle: (n: number, kind: Kind) => (n === 5 ? undefined : kind) }
    await exchange(customer, joiner)
    for (let i = 0; i < 5; i++) await exchange(customer, joiner, lost)
    expect([customer.result.secured, joiner.result.secured]).toEqual([1, 6])
    await exchange(customer, joiner)
    expect([customer.result.secured, joiner.result.secured]).toEqual([2, 7])
    await exchange(customer, joiner, lost)
    joiner.security.open({ channel: Channel.SESSION, source: 1, targets: [2], sequence: 1 }, new Uint8Array())
    await exchange(customer, joiner)
    expect(joiner.result.failures.map(failure => failure.code)).toEqual([CloseCode.WRONG_SECRET])
  })

  test('in which anything was changed on the way never succeeds at both ends', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 5 }), fc.nat(), async (at, where) => {
        const customer = end(customerSecrets(() => secret('973015')))
        const joiner = end(joinerSecrets([secret('973015')]))
        await exchange(customer, joiner, { meddle: (n, kind) => (n === at ? changed(kind, where) : kind) })
        expect(customer.result.secured).toBe(0)
        expect(customer.result.failures.length + joiner.result.failures.length).toBeGreaterThan(0)
      }),
      { numRuns: 60 },
    )
  })

  test('in which messages come out of turn fails with HANDSHAKE', async () => {
    const joiner = end(joinerSecrets([secret('973015')]))
    await exchange(end(customerSecrets(() => secret('973015'))), joiner, {
      meddle: (n, kind) => (n === 2 ? { $case: 'confirm', value: { tag: systemRandom.bytes(32) } } : kind),
    })
    expect(joiner.result.failures).toMatchObject([{ code: CloseCode.HANDSHAKE }])
  })

  test('under different policies fails', async () => {
    const joiner = end(joinerSecrets([secret('973015')]))
    await exchange(end(customerSecrets(() => secret('973015'))), joiner, { policies: [POLICY, { ...POLICY, maxFileBytes: 1n }] })
    expect(joiner.result.failures).toMatchObject([{ code: CloseCode.HANDSHAKE }])
  })
})

/** The message with one bit of its bytes changed. */
function changed(kind: Kind, where: number): Kind {
  const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte, i) => (i === where % bytes.length ? byte ^ 1 : byte))
  switch (kind.$case) {
    case 'start':
      return { ...kind, value: { ...kind.value, nonce: flip(kind.value.nonce) } }
    case 'commit':
      return { ...kind, value: where % 2 === 0 ? { ...kind.value, nonce: flip(kind.value.nonce) } : { ...kind.value, commitment: flip(kind.value.commitment) } }
    case 'share':
      return { ...kind, value: where % 2 === 0 ? { ...kind.value, share: flip(kind.value.share) } : { ...kind.value, publicKey: flip(kind.value.publicKey) } }
    case 'confirm':
      return { ...kind, value: { tag: flip(kind.value.tag) } }
    case 'failure':
      return kind
  }
}

test('bytes are the same if every one is, and the lengths are', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
      expect(sameBytes(a, b)).toBe(Buffer.compare(a, b) === 0)
      expect(sameBytes(a, a.slice())).toBe(true)
    }),
  )
})
