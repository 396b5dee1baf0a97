import { auditEntry } from '@remote-assist/secure'
import { describe, expect, test } from 'vitest'
import type { LogKind } from '../../src/audit/log.js'
import { World } from './world.js'

/** An agent that has seen some entries; the ones that the customer says next are held back. */
function following() {
  const world = new World()
  const agent = world.arrive(1)
  world.log.record('session.paused', {})
  world.deliver(1)
  const say = (...kinds: readonly LogKind[]) => {
    for (const kind of kinds) agent.take(kind)
  }
  const next = (): LogKind => {
    world.log.record('session.unpaused', {})
    return agent.incoming.shift() as LogKind
  }
  return { world, agent, say, next }
}

const entryAt = (index: number, entry = auditEntry(1, 'session.ended', { code: 101 })): LogKind => ({
  $case: 'auditEntry',
  value: { index: BigInt(index), entry },
})

describe('an agent refuses to sign what it did not see in order, and that log ever again (RA-SEC-257, RA-SEC-266)', () => {
  test.each([
    ['an entry that is not the next one', entryAt(7)],
    ['another entry in the place of one that it has', entryAt(1)],
    ['bytes that are no entry', entryAt(2, new Uint8Array(5))],
    ['an index beyond all counting', { $case: 'auditEntry', value: { index: 2n ** 64n - 1n, entry: auditEntry(1, 'session.paused', {}) } } as const],
    [
      'a signature of somebody else',
      { $case: 'auditSign', value: { index: 1n, head: new Uint8Array(32), signature: new Uint8Array(64), leaving: false, endsSession: false } } as const,
    ],
    ['another key for itself', entryAt(2, auditEntry(1, 'session.resumed', { participant: 1, key: '00'.repeat(32) }))],
  ])('%s', (_, said) => {
    const { world, agent, say, next } = following()
    const [first, second] = [next(), next()]
    const signed = agent.outgoing.length
    say(said)
    expect(agent.broken).toMatchObject([{ code: 'E_AUDIT' }])
    const before = agent.log.text
    say(first, second)
    world.clock.pass(60_000)
    expect(agent.copies.lastWords(false)).toBeUndefined()
    expect(agent.outgoing.length).toBe(signed)
    expect(agent.log.text).toBe(before)
    expect(agent.broken).toHaveLength(1)
    expect(agent.log.report().fault).toBeUndefined()
  })
})

test('nor before the log says which key it has (RA-SEC-264)', () => {
  const world = new World()
  for (let epoch = 0; epoch < 300; epoch++) world.log.record('control.changed', { participant: 1, epoch })
  const agent = world.arrive(3)
  world.deliver(3, 300)
  world.clock.pass(31_000)
  expect(agent.outgoing).toEqual([])
  world.deliver(3)
  expect(agent.log.report()).toMatchObject({ fault: undefined, signedByBoth: 301 })
})

test('an entry that comes again is passed over (RA-SEC-265)', () => {
  const { agent, say, next } = following()
  const [first, second] = [next(), next()]
  say(first, first, second, first, second)
  expect(agent.broken).toEqual([])
  expect(agent.log.entries.map(({ index }) => index)).toEqual([0, 1, 2, 3])
})

test('a signature that is due while the line is down is said when it is back (RA-SEC-256)', () => {
  const { world, agent } = following()
  agent.up = false
  world.clock.pass(31_000)
  expect(agent.outgoing).toEqual([])
  agent.line(true)
  expect(agent.outgoing.map(({ index }) => index)).toEqual([1n])
})

describe('the customer does not take another log for its own (RA-SEC-257)', () => {
  const sign = (index: bigint, head: Uint8Array) => ({ index, head, signature: new Uint8Array(64), leaving: false, endsSession: false })

  test('and says so once, however often it comes, and takes nothing more of whoever signed it, also when it returned', () => {
    const { world, agent } = following()
    world.arrive(3)
    world.deliver(3)
    const [, second] = agent.log.lines.slice(1).map(line => JSON.parse(line) as { readonly hash: string })
    const wrong = [sign(1n, new Uint8Array(32)), sign(1n, Buffer.from(second?.hash ?? '', 'hex'))]
    for (const value of [...wrong, ...wrong]) world.log.signed(1, value)
    world.log.signed(9, wrong[0] as (typeof wrong)[number])
    expect(world.broken).toMatchObject([{ code: 'E_AUDIT' }])
    world.drop(1)
    world.arrive(1)
    world.deliver(1)
    world.clock.pass(31_000)
    for (const number of [1, 3]) world.deliver(number)
    world.log.end(101)
    for (const number of [3, 1]) world.deliver(number)
    expect(world.broken).toHaveLength(1)
    expect(world.customers.lines.filter(line => /^{"signs":.*"participant":1,/.test(line))).toEqual([])
    expect(world.customers.report().verdict).toBe('intact')
  })
})
