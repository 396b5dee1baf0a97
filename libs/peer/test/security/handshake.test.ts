import { CloseCode, PasswordClass } from '@remote-assist/codec'
import { inviteSecret, PASSWORD_CLASS } from '@remote-assist/secure'
import { describe, expect, test } from 'vitest'
import { systemRandom } from '../../src/random.js'
import { customerEnd, exchange, joinerEnd, type Kind, POLICY, pin } from './meet.js'

const lastWordLost = { meddle: (n: number, kind: Kind) => (n === 5 ? undefined : kind) }

describe('a handshake', () => {
  test('with the same secret succeeds, in the order of the specification (RA-SEC-001, RA-SEC-002, RA-SEC-003)', async () => {
    const customer = customerEnd(() => pin('973015'))
    const joiner = joinerEnd([pin('973015')])
    const { said } = await exchange(customer, joiner)
    expect(said).toEqual(['customer start', 'joiner commit', 'customer share', 'joiner share', 'customer confirm', 'joiner confirm'])
    expect([customer.result, joiner.result]).toEqual([
      { secured: 1, failures: [] },
      { secured: 1, failures: [] },
    ])
    const words = customer.security.acquaintance(2)?.words
    expect(words).toHaveLength(3)
    expect(joiner.security.acquaintance(1)?.words).toEqual(words)
  })

  test('with another secret fails at both ends; a PIN has three tries, with pauses between them', async () => {
    const joiner = joinerEnd([pin('973015')])
    const left: (number | undefined)[] = []
    for (const pauseMs of [0, 2_000, 10_000]) {
      const customer = customerEnd(() => pin('000000'))
      const tried = exchange(customer, joiner)
      await joiner.clock.advance(pauseMs)
      await tried
      left.push(customer.result.failures[0]?.attemptsLeft)
      expect(customer.result.failures[0]?.code).toBe(CloseCode.WRONG_SECRET)
    }
    expect(left).toEqual([2, 1, 0])
    const right = customerEnd(() => pin('973015'))
    await exchange(right, joiner)
    expect(right.result).toMatchObject({ secured: 0, failures: [{ code: CloseCode.ATTEMPTS }] })
    expect(joiner.result.secured).toBe(0)
  })

  test('by PIN happens one at a time, and only once in vain or not', async () => {
    const joiner = joinerEnd([pin('973015')])
    const first = exchange(
      customerEnd(() => pin('973015')),
      joiner,
    )
    const second = customerEnd(() => pin('973015'))
    await Promise.all([first, exchange(second, joiner)])
    expect(joiner.result.secured).toBe(1)
    expect(second.result).toMatchObject({ secured: 0, failures: [{ code: CloseCode.ATTEMPTS }] })
  })

  test('that is given up lets the next one have its turn', async () => {
    const joiner = joinerEnd([pin('973015')])
    const lost = await exchange(
      customerEnd(() => pin('973015')),
      joiner,
      { meddle: (n, kind) => (n === 1 ? undefined : kind) },
    )
    const next = customerEnd(() => pin('973015'))
    const waiting = exchange(next, joiner)
    lost.joiner.end()
    await waiting
    expect(next.result.secured).toBe(1)
  })

  test('at the customer counts the tries of whoever claims to be the agent', async () => {
    const customer = customerEnd(() => pin('973015'))
    for (const pauseMs of [0, 2_000, 10_000]) {
      const tried = exchange(customer, joinerEnd([pin('111111')]))
      await customer.clock.advance(pauseMs)
      await tried
    }
    const right = joinerEnd([pin('973015')])
    const tried = exchange(customer, right)
    await customer.clock.advance(60_000)
    await tried
    expect(right.result.secured).toBe(0)
    expect(customer.result.failures.map(({ code }) => code)).toEqual([
      CloseCode.WRONG_SECRET,
      CloseCode.WRONG_SECRET,
      CloseCode.WRONG_SECRET,
      CloseCode.ATTEMPTS,
    ])
  })

  test('for an invitation needs that invitation', async () => {
    const invite = { inviteId: systemRandom.bytes(16), secret: systemRandom.bytes(32) }
    const good = joinerEnd([inviteSecret(invite)])
    await exchange(
      customerEnd(() => inviteSecret(invite)),
      good,
    )
    expect(good.result.secured).toBe(1)
    const other = joinerEnd([inviteSecret({ ...invite, inviteId: systemRandom.bytes(16) })])
    await exchange(
      customerEnd(() => inviteSecret(invite)),
      other,
    )
    expect(other.result).toMatchObject({ secured: 0, failures: [{ code: CloseCode.WRONG_SECRET }] })
  })

  test('for a return proves what both ends kept, also if one end got further than the other; once forgotten, it does not', async () => {
    let offered = 0
    const customer = customerEnd(() => {
      offered++
      return pin('973015')
    })
    const joiner = joinerEnd([pin('973015')])
    await exchange(customer, joiner)
    await exchange(customer, joiner)
    // The joiner has a newer secret than the customer after this.
    await exchange(customer, joiner, lastWordLost)
    await exchange(customer, joiner)
    expect(offered).toBe(1)
    expect(customer.result).toEqual({ secured: 3, failures: [] })
    joiner.security.forget(1)
    await exchange(customer, joiner)
    expect(customer.result.failures).toMatchObject([{ code: CloseCode.WRONG_SECRET }])
  })

  test('for a return succeeds however often the last word was lost before', async () => {
    const customer = customerEnd(() => pin('973015'))
    const joiner = joinerEnd([pin('973015')])
    await exchange(customer, joiner)
    for (let i = 0; i < 5; i++) await exchange(customer, joiner, lastWordLost)
    expect([customer.result.secured, joiner.result.secured]).toEqual([1, 6])
    await exchange(customer, joiner)
    expect([customer.result.secured, joiner.result.secured]).toEqual([2, 7])
  })

  test('that has given keys is over: what comes late is passed over, but that the customer got none (RA-SEC-038, RA-SEC-039)', async () => {
    const spoken: Kind[] = []
    const customer = customerEnd(() => pin('973015'))
    const joiner = joinerEnd([pin('973015')])
    const ends = await exchange(customer, joiner, {
      meddle: (_n, kind) => {
        spoken.push(kind)
        return kind
      },
    })
    const failure: Kind = { $case: 'failure', value: { code: CloseCode.WRONG_SECRET, attemptsLeft: 2 } }
    for (const kind of [...spoken, failure]) await ends.customer.receive({ kind })
    for (const kind of spoken) if (kind.$case !== 'start') await ends.joiner.receive({ kind })
    expect([customer.result, joiner.result]).toEqual([
      { secured: 1, failures: [] },
      { secured: 1, failures: [] },
    ])
    ends.joiner.opened()
    await ends.joiner.receive({ kind: failure })
    expect(joiner.result.failures).toEqual([])
    const again = await exchange(customer, joiner)
    await again.joiner.receive({ kind: failure })
    expect(joiner.result.failures).toMatchObject([{ code: CloseCode.WRONG_SECRET }])
  })

  test('under different policies fails', async () => {
    const joiner = joinerEnd([pin('973015')])
    await exchange(
      customerEnd(() => pin('973015')),
      joiner,
      { policies: [POLICY, { ...POLICY, maxFileBytes: 1n }] },
    )
    expect(joiner.result.failures).toMatchObject([{ code: CloseCode.HANDSHAKE }])
  })

  test('with a class of secret that the policy does not allow fails', async () => {
    const joiner = joinerEnd([pin('973015')])
    const policy = { ...POLICY, passwordClasses: [PasswordClass.LINK] }
    await exchange(
      customerEnd(() => pin('973015')),
      joiner,
      { policies: [policy, policy] },
    )
    expect(joiner.result.failures).toMatchObject([{ code: CloseCode.INCOMPATIBLE }])
  })

  test.each([
    ['no policy', undefined],
    ['a policy that lists no classes', { ...POLICY, passwordClasses: [] }],
  ])('under %s a PIN is as good as a link (RA-SES-037)', async (_what, policy) => {
    for (const secret of [pin('973015'), { ...pin('973015'), passwordClass: PASSWORD_CLASS.LINK }]) {
      const joiner = joinerEnd([secret])
      await exchange(
        customerEnd(() => secret),
        joiner,
        { policies: [policy, policy] },
      )
      expect(joiner.result).toMatchObject({ secured: 1, failures: [] })
    }
  })
})
