import { afterEach, expect, test, vi } from 'vitest'
import type { CustomerState } from '../../src/handshake/customer.js'
import type { JoinerState } from '../../src/handshake/joiner.js'
import { wipeLeft } from '../../src/handshake/left.js'
import type { Secured } from '../../src/handshake/machine.js'
import { sessionKey } from '../../src/session-key.js'
import { hex, toHex } from '../support/bytes.js'
import { Pair, PIN } from '../support/handshake.js'
import { VECTORS } from '../support/vectors.js'

/** Everything that is overwritten with zeros from now on, as it was before. */
function watchWiping(): readonly { value: string; bytes: Uint8Array }[] {
  const wiped: { value: string; bytes: Uint8Array }[] = []
  const { fill } = Uint8Array.prototype
  vi.spyOn(Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array, 'fill').mockImplementation(function (this: Uint8Array, value, ...range) {
    if (value === 0 && range.length === 0) wiped.push({ value: toHex(this), bytes: this })
    return fill.call(this, value, ...range)
  })
  return wiped
}
afterEach(() => vi.restoreAllMocks())

/** All bytes that a value holds, however deep. */
const bytesIn = (value: unknown): readonly string[] =>
  value instanceof Uint8Array ? [toHex(value)] : typeof value === 'object' && value !== null ? Object.values(value).flatMap(bytesIn) : []

test('the shared point, ISK and PRK are overwritten before a step returns; neither state nor outcome holds them (RA-SEC-046)', () => {
  const [vector] = VECTORS
  if (vector === undefined) return expect.unreachable()
  const { inputs, values } = vector
  const policyHash = hex(values.policyHash)
  const self = (side: 'customer' | 'joiner') => ({ ...inputs[side], key: sessionKey(hex(inputs[side].seed)), policyHash })
  const pair = new Pair({
    customer: {
      context: { sessionId: hex(inputs.sessionId), customer: 2, joiner: 1, joinerRole: 1 },
      self: self('customer'),
      secret: { passwordClass: 1, name: hex(''), password: hex(inputs.password) },
    },
    joiner: { context: { sessionId: hex(inputs.sessionId), customer: 2, joiner: 1, joinerRole: 1 }, self: self('joiner') },
    random: { customer: hex(inputs.customer.random), joiner: hex(inputs.joiner.random) },
  })
  const wiped = watchWiping()
  const kept: string[] = []
  pair.run(({ message }) => {
    kept.push(...bytesIn([pair.customer, pair.joiner]))
    return [message]
  })
  const secured: readonly (Secured | undefined)[] = [pair.end('customer').secured, pair.end('joiner').secured]
  expect(secured).not.toContain(undefined)
  for (const secret of [values.point, values.isk, values.prk]) {
    expect(wiped.filter(({ value }) => value === secret)).toHaveLength(2)
    expect([...kept, ...bytesIn(secured)]).not.toContain(secret)
  }
  for (const { bytes } of wiped) expect(bytes.every(byte => byte === 0)).toBe(true)
})

/** The secrets that a state holds. */
const secretsOf = (state: CustomerState | JoinerState | undefined): readonly Uint8Array[] => {
  if (state === undefined) return []
  if ('drawn' in state) return [state.drawn.scalar]
  if (!('agreed' in state)) return []
  const { channels, resume, audit } = state.agreed.derived
  return [...channels.flatMap(({ fromCustomer, fromJoiner }) => [fromCustomer, fromJoiner]), resume.secret, audit]
}

const isWiped = (bytes: Uint8Array): boolean => bytes.every(byte => byte === 0)

test.each(['agree', 'fail'] as const)(
  'of the states that an exchange went through none holds a secret that the next one does not need, when the ends %s',
  how => {
    const pair = new Pair(how === 'fail' ? { secrets: [{ ...PIN, password: new TextEncoder().encode('000000') }] } : {})
    let [customer, joiner]: readonly [CustomerState | undefined, JoinerState | undefined] = [pair.customer, pair.joiner]
    let secrets = 0
    const step = () => {
      for (const [before, after] of [
        [customer, pair.customer],
        [joiner, pair.joiner],
      ] as const) {
        const kept = secretsOf(after)
        // What is secured is its user's.
        const left = after?.stage === 'secured' ? [] : secretsOf(before).filter(secret => !kept.includes(secret))
        wipeLeft(before, after)
        expect(left.every(isWiped)).toBe(true)
        expect(kept.some(isWiped)).toBe(false)
        secrets += left.length
      }
      ;[customer, joiner] = [pair.customer, pair.joiner]
    }
    pair.run(({ message }) => {
      step()
      return [message]
    })
    step()
    expect(secrets).toBeGreaterThan(0)
    for (const side of ['customer', 'joiner'] as const) {
      const { secured } = pair.end(side)
      expect(secured === undefined).toBe(how === 'fail')
      if (secured !== undefined) expect([secured.resume.secret, ...secured.traffic.flatMap(({ send, receive }) => [send, receive])].some(isWiped)).toBe(false)
    }
  },
)

test('what an exchange that is given up had agreed on is overwritten', () => {
  const agreed = new Pair()
  let state: CustomerState | undefined
  agreed.run(({ message }) => {
    if (agreed.customer.stage === 'confirming') state ??= agreed.customer
    return [message]
  })
  const secrets = secretsOf(state)
  expect(secrets.length).toBeGreaterThan(2)
  expect(secrets.some(isWiped)).toBe(false)
  wipeLeft(state, undefined)
  expect(secrets.every(isWiped)).toBe(true)
})
