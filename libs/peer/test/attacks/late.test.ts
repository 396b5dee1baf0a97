/** Messages of a handshake that come when there are keys already. */
import { Channel, CloseCode, decodeHandshake, encodeFrame, encodeHandshake, Role } from '@remote-assist/codec'
import { expect, test } from 'vitest'
import { Agent } from '../../src/api/agent.js'
import { Customer } from '../../src/api/customer.js'
import { Viewer } from '../../src/api/viewer.js'
import { parseInviteUrl } from '../../src/pin.js'
import { systemRandom } from '../../src/random.js'
import { settle } from '../support/clock.js'
import { FakeHost } from '../support/host.js'
import { assisting, house } from '../support/house.js'
import type { Hop } from '../support/relay.js'
import { Rogue } from './rogue.js'

const AGENT = 1
const CUSTOMER = 2
const failure = (code: CloseCode) => encodeHandshake({ kind: { $case: 'failure', value: { code, attemptsLeft: 0 } } })

/** A session in which the broker alters the agent's tag: the agent has keys, and the customer will have none. */
async function halfway() {
  const it = await house()
  const heard: string[] = []
  it.agent.on('customer-failed', ({ code }) => heard.push(code))
  it.agent.on('ended', ({ code }) => heard.push(`ended ${code}`))
  it.relay.meddle = (hop: Hop) => {
    if (hop.channel !== Channel.HANDSHAKE || hop.source !== AGENT) return [hop.bytes]
    const { kind } = decodeHandshake(hop.payload)
    if (kind?.$case !== 'confirm') return [hop.bytes]
    return [encodeFrame(hop, encodeHandshake({ kind: { $case: 'confirm', value: { tag: new Uint8Array(64), proof: new Uint8Array(64) } } }))]
  }
  return { ...it, heard }
}

test('a customer that got no keys from an agent that has some: each is told why, once, and the agent waits for the next (RA-SEC-004, RA-SEC-038)', async () => {
  const { agent, relay, clock, host, heard } = await halfway()
  const first = Customer.join({ transport: relay.transport, pin: agent.pin.digits, host: new FakeHost(), clock })
  await expect(first).rejects.toMatchObject({ code: 'E_PIN_WRONG' })
  await settle()
  expect(heard).toEqual(['E_PIN_WRONG'])
  relay.meddle = undefined
  const session = agent.customer()
  const next = await Customer.join({ transport: relay.transport, pin: (await agent.renewCode()).digits, host, clock })
  next.on('consent', request => request.grantAll())
  expect((await session).phase).toBe('active')
  expect(heard).toEqual(['E_PIN_WRONG'])
})

test.each([
  [CloseCode.HANDSHAKE, 'E_SECURITY'],
  [CloseCode.ATTEMPTS, 'E_ATTEMPTS'],
  [CloseCode.REPLACED, 'E_SECURITY'],
] as const)('a failure %i that a broker makes up before the customer has said anything is told as what it is: %s', async (code, told) => {
  const { agent, relay, clock, host } = await house()
  const heard: string[] = []
  agent.on('customer-failed', error => heard.push(error.code))
  agent.on('ended', error => heard.push(`ended ${error.code}`))
  const customer = await Customer.join({ transport: relay.transport, pin: agent.pin.digits, host, clock })
  await settle()
  relay.forge(AGENT, encodeFrame({ channel: Channel.HANDSHAKE, source: CUSTOMER, targets: [AGENT], sequence: 900 }, failure(code)))
  await settle()
  expect(heard).toEqual([told])
  await customer.close()
})

test('a session is not ended by messages of a handshake that nobody made, at either end (RA-SEC-038, RA-SEC-039)', async () => {
  const it = await assisting()
  const { agent, relay, session, customer, host } = it
  const heard: unknown[] = []
  agent.on('customer-failed', error => heard.push(error))
  await session.control.request()
  const late = [
    failure(CloseCode.WRONG_SECRET),
    encodeHandshake({ kind: { $case: 'commit', value: { nonce: new Uint8Array(32), commitment: new Uint8Array(32) } } }),
    encodeHandshake({ kind: { $case: 'confirm', value: { tag: new Uint8Array(64), proof: new Uint8Array(64) } } }),
  ]
  // In front of each frame that goes between the two there is one more, in the gap that its number leaves.
  let forged = 0
  const last = new Map<string, number>()
  relay.meddle = hop => {
    const { source, target, sequence } = hop
    const way = `${source}>${target}`
    const gap = (last.get(way) ?? sequence) + 1 < sequence
    last.set(way, sequence)
    if (!gap || source === 0 || target === 0) return [hop.bytes]
    const payload = late[forged++ % late.length] as Uint8Array
    return [encodeFrame({ channel: Channel.HANDSHAKE, source, targets: [target], sequence: sequence - 1 }, payload), hop.bytes]
  }
  for (let i = 0; i < 12; i++) await it.clock.advance(5_000)
  expect(forged).toBeGreaterThan(6)
  session.input.type('Still here.')
  await settle()
  expect(host.done.at(-1)).toEqual({ text: 'Still here.' })
  expect(heard).toEqual([])
  expect(customer.participants.map(({ participant }) => participant)).toEqual([AGENT, CUSTOMER])
})

test.each([false, true])(
  'who returns and cannot prove itself keeps no seat; with another agent there (%s) the session goes on (RA-SES-138)',
  async accompanied => {
    const { relay, customer, clock, session } = await assisting()
    if (accompanied) {
      const { url } = await session.invite({ role: 'agent' })
      await Agent.join({ transport: relay.transport, url, displayName: 'Bo', clock })
    }
    const ended: string[] = []
    customer.on('ended', ({ code }) => ended.push(code))
    const thief = new Rogue({ role: Role.AGENT, resumeToken: relay.tokens.get(AGENT)?.at(-1) ?? new Uint8Array(), secrets: () => [] })
    await thief.join(relay.transport)
    await settle()
    await clock.advance(10)
    expect(thief.closed).toBe(true)
    expect(relay.record.participants.map(({ number, state }) => [number, state])).toEqual(
      accompanied
        ? [
            [CUSTOMER, 'admitted'],
            [3, 'admitted'],
          ]
        : [],
    )
    expect(ended).toEqual(accompanied ? [] : ['E_ENDED'])
    expect(session.phase).toBe('gone')
  },
)

test('a stranger who knows an invitation by name, and not its secret, turns itself out and nobody else (RA-SEC-004, RA-SES-138)', async () => {
  const { relay, customer, session, agent, host } = await assisting()
  const heard: string[] = []
  agent.on('customer-failed', ({ code }) => heard.push(code))
  const { url } = await session.invite({ role: 'viewer' })
  const { inviteId } = parseInviteUrl(url)
  for (let i = 0; i < 3; i++) {
    const stranger = Rogue.invited(Role.VIEWER, { inviteId, secret: systemRandom.bytes(32) })
    await stranger.join(relay.transport)
    await settle()
    expect(stranger.closed).toBe(true)
  }
  const viewing = Viewer.join({ transport: relay.transport, url, displayName: 'Vi' })
  customer.on('consent', request => request.grantAll())
  await viewing
  await session.control.request()
  session.input.type('Still here.')
  await settle()
  expect(host.done.at(-1)).toEqual({ text: 'Still here.' })
  expect(heard).toEqual([])
})
