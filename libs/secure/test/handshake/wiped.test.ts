import { afterEach, expect, test, vi } from 'vitest'
import type { Secured } from '../../src/handshake/machine.js'
import { sessionKey } from '../../src/session-key.js'
import { hex, toHex } from '../support/bytes.js'
import { Pair } from '../support/handshake.js'
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
