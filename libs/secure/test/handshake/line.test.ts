import { afterAll, describe, expect, test } from 'vitest'
import { type HandshakeKind, PASSWORD_CLASS, ROLE } from '../../src/handshake/messages.js'
import { inviteSecret, linkSecret, resumeSecret, type Secret } from '../../src/handshake/secret.js'
import { parsePin } from '../../src/pin.js'
import { seeded } from '../support/bytes.js'
import { CONTEXT, keysOf, type Line, Pair, type Scene, type Sent, type Side } from '../support/handshake.js'
import { mutants } from '../support/mutants.js'

const SIDES: readonly Side[] = ['customer', 'joiner']
const counts = new Map<string, number>()

/** After a line that was not honest: somebody noticed, in one of the known ways, and nobody has a key that the other has not. */
function expectNoticed(what: string, pair: Pair, kind: string): void {
  counts.set(kind, (counts.get(kind) ?? 0) + 1)
  const causes = SIDES.map(side => pair.end(side).failed?.cause)
  expect(causes, what).toSatisfy((found: typeof causes) => found.some(cause => cause !== undefined && cause !== 'COUNTERPART'))
  const keys = SIDES.flatMap(side => pair.output[side].flatMap(output => (output.type === 'secured' ? [keysOf(output.secured, side)] : [])))
  expect(new Set(keys).size, what).toBeLessThanOrEqual(1)
  expect(
    SIDES.every(side => pair[side].stage === 'secured'),
    what,
  ).toBe(false)
}

/** Before the start a joiner hears nothing (RA-SEC-002): the exchange is as if nothing had been said. */
function expectIgnored(what: string, pair: Pair): void {
  counts.set('before the start, ignored', (counts.get('before the start, ignored') ?? 0) + 1)
  expect(
    pair.sent.map(({ message }) => message),
    what,
  ).toEqual(honest.map(({ message }) => message))
  expect([pair.customer.stage, pair.joiner.stage], what).toEqual(['secured', 'secured'])
}

/** A message put before another one. */
function expectBefore(what: string, at: Sent, other: Sent, kind: string): void {
  const pair = new Pair().run(once(at, message => [other.message, message]))
  if (at.message.$case === 'start' && other.message.$case !== 'start') expectIgnored(what, pair)
  else expectNoticed(what, pair, kind)
}

/** The six messages of an honest exchange. With the same random bytes, whoever is in the middle knows what will be said before it is said. */
const honest = new Pair().run().sent
const isAt = (sent: Sent, at: Sent): boolean => sent.from === at.from && sent.place === at.place
const nameOf = ({ from, message }: Sent): string => `${from}'s ${message.$case}`

/** Does something to one message of an exchange, once. */
const once =
  (at: Sent, put: (message: HandshakeKind) => readonly HandshakeKind[]): Line =>
  sent =>
    isAt(sent, at) ? put(sent.message) : [sent.message]

afterAll(() => {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  console.info(`» Dishonest lines: ${total} (${[...counts].map(([kind, count]) => `${kind} ${count}`).join(', ')})`)
})

describe('whoever is on the line is noticed', () => {
  test('when a bit, byte, character, number or name of any message is another (RA-SEC-012, RA-SEC-014, RA-SEC-015)', () => {
    for (const at of honest)
      for (const { name, value } of mutants(at.message)) expectNoticed(`${at.from}: ${name}`, new Pair().run(once(at, () => [value])), 'altered')
  })

  test('when a message is dropped', () => {
    for (const at of honest) expectNoticed(nameOf(at), new Pair().run(once(at, () => [])), 'dropped')
  })

  test('when a message comes twice, or three times', () => {
    for (const at of honest)
      for (const times of [2, 3]) expectNoticed(`${times} × ${nameOf(at)}`, new Pair().run(once(at, message => Array(times).fill(message))), 'duplicated')
  })

  test('when a message comes too late: after the next one of its sender', () => {
    for (const at of honest) {
      let held: HandshakeKind | undefined
      const line: Line = sent => {
        if (isAt(sent, at)) {
          held = sent.message
          return []
        }
        const late = sent.from === at.from && held !== undefined ? [held] : []
        if (late.length > 0) held = undefined
        return [sent.message, ...late]
      }
      expectNoticed(nameOf(at), new Pair().run(line), 'late')
    }
  })

  test('when any message of the exchange comes before, after or instead of any other', () => {
    for (const at of honest)
      for (const other of honest) {
        const what = `${nameOf(other)} at ${nameOf(at)}`
        expectBefore(`before: ${what}`, at, other, 'reordered')
        expectNoticed(`after: ${what}`, new Pair().run(once(at, message => [message, other.message])), 'reordered')
        if (other !== at) expectNoticed(`instead: ${what}`, new Pair().run(once(at, () => [other.message])), 'reordered')
      }
  })

  test('when any message of another exchange with the same PIN comes before, after or instead of any', () => {
    const context = { ...CONTEXT, sessionId: seeded(70, 16) }
    const viewer = { ...CONTEXT, joinerRole: ROLE.VIEWER }
    const others: readonly Scene[] = [
      { seed: 60 },
      { seed: 61, customer: { context }, joiner: { context } },
      { seed: 62, customer: { context: viewer }, joiner: { context: viewer } },
    ]
    for (const scene of others)
      for (const other of new Pair(scene).run().sent)
        for (const at of honest) {
          const what = `${nameOf(other)} of another exchange at ${nameOf(at)}`
          expectBefore(`before: ${what}`, at, other, 'spliced')
          expectNoticed(`after: ${what}`, new Pair().run(once(at, message => [message, other.message])), 'spliced')
          expectNoticed(`instead: ${what}`, new Pair().run(once(at, () => [other.message])), 'spliced')
        }
  })

  test('when two exchanges with the same PIN are crossed at any message', () => {
    for (let from = 1; from <= 5; from++) {
      const pairs = [new Pair({ seed: 80 }), new Pair({ seed: 81 })] as const
      let place = 0
      for (; place < 40; place++) {
        const next = pairs.map(pair => pair.sent[place])
        for (const [i, pair] of pairs.entries()) {
          const sent = next[i]
          const to = place >= from ? pairs[1 - i] : pair
          if (sent !== undefined) to?.receive(sent.from === 'customer' ? 'joiner' : 'customer', sent.message)
        }
        if (next.every(sent => sent === undefined)) break
      }
      for (const [i, pair] of pairs.entries()) {
        for (const side of SIDES) pair.timeout(side)
        expectNoticed(`crossed from message ${from}, exchange ${i}`, pair, 'crossed')
      }
    }
  })
})

/** `share publicKey`, of a change whose name begins like that. */
const fieldOf = (name: string): string => name.split(' ').slice(0, 2).join(' ')

/** What is proven without a PIN alone. */
const OTHERS: readonly (readonly [string, Secret])[] = [
  ['the link', linkSecret({ pin: parsePin('4821-973-015'), linkSecret: seeded(40, 32) })],
  ['an invitation', inviteSecret({ inviteId: seeded(43, 16), secret: seeded(44, 32) })],
  ['a return', resumeSecret({ name: seeded(41, 16), secret: seeded(42, 32) })],
]

describe.each(OTHERS)('whoever is on the line on which %s is proven is noticed', (_what, secret) => {
  const scene: Scene = { customer: { secret }, joiner: { accepts: [secret.passwordClass] }, secrets: [secret] }
  const said = new Pair(scene).run().sent

  test('when anything of the start, or something of any field of another message, is another', () => {
    for (const at of said) {
      const { $case } = at.message
      const all = mutants(at.message)
      // Each field once: what is not the start is the same for every class.
      const some = $case === 'start' ? all : all.filter(({ name }, i) => all.findIndex(other => fieldOf(other.name) === fieldOf(name)) === i)
      for (const { name, value } of some) expectNoticed(`${at.from}: ${name}`, new Pair(scene).run(once(at, () => [value])), 'altered')
    }
  })

  test('when a message is dropped, comes twice, or instead of any other', () => {
    for (const at of said) {
      expectNoticed(nameOf(at), new Pair(scene).run(once(at, () => [])), 'dropped')
      expectNoticed(nameOf(at), new Pair(scene).run(once(at, message => [message, message])), 'duplicated')
      for (const other of said) {
        if (other === at) continue
        expectNoticed(`${nameOf(other)} at ${nameOf(at)}`, new Pair(scene).run(once(at, () => [other.message])), 'reordered')
      }
    }
  })

  test('when a message comes from an exchange about another secret of the class, or about the PIN', () => {
    const another = { ...secret, password: seeded(45, secret.password.length) }
    const others: readonly Scene[] = [{ seed: 60 }, { seed: 61, ...scene, customer: { secret: another }, secrets: [another] }]
    for (const from of others)
      for (const at of said) {
        const other = new Pair(from).run().sent.find(sent => isAt(sent, at))
        if (other === undefined) return expect.unreachable()
        expectNoticed(nameOf(at), new Pair(scene).run(once(at, () => [other.message])), 'spliced')
      }
  })
})

describe('whoever stands in the middle and runs exchanges of his own', () => {
  /** The customer's exchange with somebody, and somebody's with the joiner. */
  const inTheMiddle = (password: string) => {
    const guess = { passwordClass: PASSWORD_CLASS.PIN, name: new Uint8Array(), password: new TextEncoder().encode(password) }
    return [new Pair({ seed: 90, secrets: [guess] }).run(), new Pair({ seed: 91, customer: { secret: guess } }).run()] as const
  }

  test('gets a key from neither without the PIN', () => {
    for (const password of ['973014', '973016', '000000', '']) {
      const [towardsCustomer, towardsJoiner] = inTheMiddle(password)
      expect([towardsCustomer.customer.stage, towardsJoiner.joiner.stage]).toEqual(['failed', 'failed'])
    }
  })

  test('shows other words to one than to the other, even with the PIN (RA-SEC-044)', () => {
    const [towardsCustomer, towardsJoiner] = inTheMiddle('973015')
    const words = [towardsCustomer.end('customer').secured?.words, towardsJoiner.end('joiner').secured?.words]
    for (const three of words) expect(three).toHaveLength(3)
    expect(words[0]).not.toEqual(words[1])
  })
})
