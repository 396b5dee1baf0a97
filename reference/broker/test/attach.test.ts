import { Channel, CloseCode, encodeRelay, Phase, Role } from '@remote-assist/codec'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { INVITE, Rig, TRANSPORTS } from './rig.js'

let rig: Rig
beforeEach(async () => {
  rig = await Rig.start()
})
afterEach(() => rig.stop())

describe.each(TRANSPORTS)('over %s', name => {
  test('an agent and a customer join by locator, and the agent admits (RA-RLY-103, RA-RLY-115, RA-RLY-141)', async () => {
    const { made, agent } = await rig.led(name)
    const customer = await rig.open(name)
    const welcome = await customer.enter({ role: Role.CUSTOMER, locator: made.session.locator })
    expect(welcome).toMatchObject({ participant: 2, incarnation: 1, admitted: false, minor: 0, codeExpiresInMs: 600_000, graceMs: 30_000, heartbeatMs: 15_000 })
    expect(welcome.roster?.entries.map(entry => [entry.participant, entry.phase])).toEqual([
      [1, Phase.ADMITTED],
      [2, Phase.CANDIDATE],
    ])
    await agent.roster(roster => roster.entries.length === 2)
    agent.relay({ $case: 'admit', value: { participant: 2 } })
    const roster = await customer.roster(({ entries }) => entries.every(entry => entry.phase === Phase.ADMITTED))
    expect(roster.entries.find(entry => entry.lead)?.displayName).toBe('Ada')
  })

  test('a wrong locator is refused, and the connection closed (RA-RLY-104, RA-RLY-108)', async () => {
    const end = await rig.open(name)
    end.hello({ role: Role.CUSTOMER, locator: '0000' })
    expect((await end.message('refusal')).code).toBe(CloseCode.NOT_FOUND)
    expect(await end.end()).toBe(CloseCode.NOT_FOUND)
  })

  test('a participant returns with its token, and its older connection is replaced (RA-RLY-182, RA-RLY-185)', async () => {
    const { made, agent } = await rig.led(name)
    const customer = await rig.open(name)
    const { resumeToken } = await customer.enter({ role: Role.CUSTOMER, locator: made.session.locator })
    agent.relay({ $case: 'admit', value: { participant: 2 } })
    await customer.roster(({ entries }) => entries.length === 2)
    const again = await rig.open(name)
    const welcome = await again.enter({ role: Role.CUSTOMER, resumeToken })
    expect(welcome).toMatchObject({ participant: 2, incarnation: 2, admitted: true })
    expect((await customer.message('bye')).code).toBe(CloseCode.REPLACED)
    expect(await customer.end()).toBe(CloseCode.REPLACED)
    await agent.roster(({ entries }) => entries.some(entry => entry.incarnation === 2))
  })
})

describe('the first frame', () => {
  test('is due within 5 s (RA-RLY-102)', async () => {
    const end = await rig.open()
    await rig.clock.advance(4_999)
    const other = await rig.open()
    await rig.clock.advance(1)
    expect(await end.end()).toBe(CloseCode.TIMEOUT)
    other.hello({ role: Role.CUSTOMER, locator: '0000' })
    expect((await other.message('refusal')).code).toBe(CloseCode.NOT_FOUND)
  })

  test.each([
    ['another relay message', { kind: { $case: 'ping', value: { id: 1n } } } as const, CloseCode.WRONG_PHASE],
    ['no message', { kind: undefined }, CloseCode.WRONG_PHASE],
  ])('must be a Hello, not %s (RA-RLY-101)', async (_what, message, code) => {
    const end = await rig.open()
    end.send(Channel.RELAY, [], encodeRelay(message))
    expect(await end.end()).toBe(code)
  })

  test('must be on channel RELAY, without source and targets (RA-RLY-007, RA-RLY-101)', async () => {
    const [input, sourced, targeted] = [await rig.open(), await rig.open(), await rig.open()]
    input.send(Channel.INPUT, [])
    sourced.send(Channel.RELAY, [], new Uint8Array(), { source: 3 })
    targeted.send(Channel.RELAY, [1])
    expect(await input.end()).toBe(CloseCode.WRONG_PHASE)
    expect(await sourced.end()).toBe(CloseCode.BAD_HEADER)
    expect(await targeted.end()).toBe(CloseCode.BAD_HEADER)
  })

  test('must decode (RA-RLY-010)', async () => {
    const [noise, payload] = [await rig.open(), await rig.open()]
    noise.connection.send(Uint8Array.of(0xff, 0xff, 0xff))
    payload.send(Channel.RELAY, [], Uint8Array.of(0x0a, 0x7f))
    expect(await noise.end()).toBe(CloseCode.MALFORMED)
    expect(await payload.end()).toBe(CloseCode.MALFORMED)
  })
})

describe('a Hello', () => {
  const refusal = async (hello: Parameters<Awaited<ReturnType<Rig['open']>>['hello']>[0]) => {
    const end = await rig.open()
    end.hello(hello)
    return await end.message('refusal')
  }

  test('without a version in common is refused (RA-RLY-106)', async () => {
    expect((await refusal({ role: Role.AGENT, version: { minMinor: 1, maxMinor: 9 } })).code).toBe(CloseCode.INCOMPATIBLE)
  })

  test('with a wider range settles on the highest minor that both know (RA-RLY-105)', async () => {
    const made = await rig.session()
    const agent = await rig.open()
    expect((await agent.enter({ role: Role.AGENT, agentToken: made.agentToken, version: { minMinor: 0, maxMinor: 9 } })).minor).toBe(0)
  })

  test('without valid credentials is refused (RA-RLY-107)', async () => {
    const { made } = await rig.led()
    const { agentToken } = made
    const forged = Buffer.from(agentToken, 'base64url')
    forged[40] = (forged[40] ?? 0) ^ 1
    for (const hello of [
      { role: Role.AGENT },
      { role: Role.AGENT, agentToken: 'short' },
      { role: Role.AGENT, agentToken: forged.toString('base64url') },
      { role: Role.VIEWER, agentToken },
      { role: Role.BROKER, agentToken },
      { role: Role.AGENT, inviteId: INVITE },
    ]) {
      expect((await refusal(hello)).code).toBe(CloseCode.UNAUTHENTICATED)
    }
    expect((await refusal({ role: Role.AGENT, agentToken })).code).toBe(CloseCode.TAKEN)
    expect((await refusal({ role: Role.VIEWER, inviteId: INVITE })).code).toBe(CloseCode.NOT_FOUND)
  })

  test('by a fourth candidate is throttled, and the third waits its turn (RA-RLY-110, RA-RLY-215 to RA-RLY-218)', async () => {
    const { made, agent } = await rig.led()
    const { locator } = made.session
    const [first, second, third] = [await rig.open(), await rig.open(), await rig.open()]
    for (const end of [first, second, third]) await end.enter({ role: Role.CUSTOMER, locator })
    const refused = await refusal({ role: Role.CUSTOMER, locator })
    expect(refused).toMatchObject({ code: CloseCode.THROTTLED, retryAfterMs: 10_000 })
    await rig.clock.advance(10_000)
    expect(await first.end()).toBe(CloseCode.NOT_ADMITTED)
    await agent.roster(({ entries }) => entries.some(entry => entry.participant === second.number))
    agent.relay({ $case: 'admit', value: { participant: second.number } })
    expect(await third.end()).toBe(CloseCode.TAKEN)
    expect((await refusal({ role: Role.CUSTOMER, locator })).code).toBe(CloseCode.NOT_FOUND)
  })

  test('for a session that ended is refused (RA-RLY-244)', async () => {
    const { made, agent } = await rig.led()
    await rig.call('DELETE', `/v1/sessions/${made.session.sessionId}`)
    expect((await agent.message('bye')).code).toBe(CloseCode.SESSION_ENDED)
    expect(await agent.end()).toBe(CloseCode.SESSION_ENDED)
    expect((await refusal({ role: Role.CUSTOMER, locator: made.session.locator })).code).toBe(CloseCode.NOT_FOUND)
    expect((await refusal({ role: Role.AGENT, agentToken: made.agentToken })).code).toBe(CloseCode.UNAUTHENTICATED)
    expect((await refusal({ role: Role.AGENT, resumeToken: new Uint8Array(32) })).code).toBe(CloseCode.RESUME_REFUSED)
  })

  test('sent twice ends the connection (RA-RLY-112, RA-RLY-121)', async () => {
    const { made, agent } = await rig.led()
    agent.hello({ role: Role.AGENT, agentToken: made.agentToken })
    expect(await agent.end()).toBe(CloseCode.WRONG_PHASE)
  })

  test('by locator more than ten times a minute from one address is throttled (RA-RLY-111)', async () => {
    await rig.stop()
    rig = await Rig.start({ joinsPerMinute: 10 })
    const knock = async () => {
      const end = await rig.open('WebSocket')
      end.hello({ role: Role.CUSTOMER, locator: '0000' })
      return await end.message('refusal')
    }
    for (let i = 0; i < 10; i++) expect((await knock()).code).toBe(CloseCode.NOT_FOUND)
    expect(await knock()).toMatchObject({ code: CloseCode.THROTTLED, retryAfterMs: 60_000 })
    await rig.clock.advance(60_000)
    expect((await knock()).code).toBe(CloseCode.NOT_FOUND)
  })

  test('by invitation counts as well, and three wait by one at most: whoever has its id neither fills the room nor uses up its numbers (RA-RLY-111, RA-RLY-225)', async () => {
    await rig.stop()
    rig = await Rig.start({ joinsPerMinute: 5 })
    const { customer } = await rig.assisting('WebSocket')
    customer.relay({ $case: 'setInvites', value: { invites: [{ inviteId: INVITE, role: Role.VIEWER, expiresInMs: 600_000 }] } })
    await customer.sync()
    const knock = async () => {
      const end = await rig.open('WebSocket')
      end.hello({ role: Role.VIEWER, inviteId: INVITE })
      return end
    }
    for (let i = 0; i < 3; i++) expect((await (await knock()).message('welcome')).admitted).toBe(false)
    const fourth = await (await knock()).message('refusal')
    expect(fourth).toMatchObject({ code: CloseCode.THROTTLED, retryAfterMs: 85_000 })
    // The customer's own join was the first of the five.
    expect(await (await knock()).message('refusal')).toMatchObject({ code: CloseCode.THROTTLED, retryAfterMs: 60_000 })
  })

  test('is refused while memory is scarce; a return is not', async () => {
    await rig.stop()
    let used = 0
    rig = await Rig.start({ memory: { used: () => used, limitBytes: 100 }, memoryFraction: 0.7 })
    const made = await rig.session()
    const agent = await rig.open()
    const { resumeToken } = await agent.enter({ role: Role.AGENT, agentToken: made.agentToken })
    used = 71
    await rig.clock.advance(1_000)
    expect((await refusal({ role: Role.CUSTOMER, locator: made.session.locator })).code).toBe(CloseCode.OVERLOADED)
    expect((await rig.call('POST', '/v1/sessions', { displayName: 'Ada' })).status).toBe(503)
    expect((await rig.call('GET', '/readyz')).status).toBe(503)
    const again = await rig.open()
    expect((await again.enter({ role: Role.AGENT, resumeToken })).incarnation).toBe(2)
  })
})

describe('a dropped participant', () => {
  test('keeps its place for the grace period, and is gone after it (RA-RLY-181, RA-RLY-183, RA-RLY-241)', async () => {
    const { made, agent } = await rig.led()
    const customer = await rig.open()
    const { resumeToken } = await customer.enter({ role: Role.CUSTOMER, locator: made.session.locator })
    agent.relay({ $case: 'admit', value: { participant: 2 } })
    await customer.roster(({ entries }) => entries.length === 2)
    customer.connection.abort()
    await agent.roster(({ entries }) => entries.some(entry => entry.phase === Phase.SUSPENDED))
    await rig.clock.advance(29_999)
    const again = await rig.open()
    const second = await again.enter({ role: Role.CUSTOMER, resumeToken })
    again.connection.abort()
    await agent.roster(({ entries }) => entries.some(entry => entry.phase === Phase.SUSPENDED && entry.incarnation === 2))
    await rig.clock.advance(30_000)
    await agent.roster(({ entries }) => entries.length === 1)
    const late = await rig.open()
    late.hello({ role: Role.CUSTOMER, resumeToken: second.resumeToken })
    expect((await late.message('refusal')).code).toBe(CloseCode.RESUME_REFUSED)
  })

  test('may use the token before until a frame arrived under the new one (RA-RLY-182)', async () => {
    const made = await rig.session()
    const ends = await Promise.all([rig.open(), rig.open(), rig.open(), rig.open(), rig.open()])
    const [first, second, third, fourth, fifth] = ends as [(typeof ends)[0], (typeof ends)[0], (typeof ends)[0], (typeof ends)[0], (typeof ends)[0]]
    const one = await first.enter({ role: Role.AGENT, agentToken: made.agentToken })
    await second.enter({ role: Role.AGENT, resumeToken: one.resumeToken })
    const three = await third.enter({ role: Role.AGENT, resumeToken: one.resumeToken })
    await third.sync()
    fourth.hello({ role: Role.AGENT, resumeToken: one.resumeToken })
    expect((await fourth.message('refusal')).code).toBe(CloseCode.RESUME_REFUSED)
    expect((await fifth.enter({ role: Role.AGENT, resumeToken: three.resumeToken })).incarnation).toBe(4)
  })

  test('that was evicted does not return (RA-RLY-143, RA-RLY-144)', async () => {
    const { customer } = await rig.assisting()
    customer.relay({ $case: 'setInvites', value: { invites: [{ inviteId: INVITE, role: Role.VIEWER, expiresInMs: 60_000 }] } })
    await customer.sync()
    const viewer = await rig.open()
    const { resumeToken } = await viewer.enter({ role: Role.VIEWER, inviteId: INVITE })
    customer.relay({ $case: 'evict', value: { participant: viewer.number, code: CloseCode.REMOVED } })
    expect(await viewer.end()).toBe(CloseCode.REMOVED)
    const again = await rig.open()
    again.hello({ role: Role.VIEWER, resumeToken })
    expect((await again.message('refusal')).code).toBe(CloseCode.RESUME_REFUSED)
  })
})

describe('the heartbeat', () => {
  test('pings who is silent, and gives up after three (RA-RLY-131, RA-RLY-134)', async () => {
    const { agent, customer } = await rig.assisting()
    for (let i = 0; i < 3; i++) {
      await rig.clock.advance(15_000)
      await customer.message('ping')
      await agent.message('ping')
      await agent.sync()
    }
    await rig.clock.advance(15_000)
    await agent.roster(({ entries }) => entries.some(entry => entry.phase === Phase.SUSPENDED))
    expect(await customer.end()).toBeUndefined()
  })

  test('lets any frame count as an answer', async () => {
    const { customer } = await rig.assisting()
    for (let i = 0; i < 8; i++) {
      await rig.clock.advance(10_000)
      await customer.sync()
    }
    expect(customer.messages('ping')).toEqual([])
  })
})

describe('goodbye', () => {
  test('ends a stay at once (RA-RLY-152)', async () => {
    const { agent, customer } = await rig.assisting()
    customer.relay({ $case: 'bye', value: { code: CloseCode.LEFT, endSession: false } })
    expect(await customer.end()).toBe(CloseCode.LEFT)
    await agent.roster(({ entries }) => entries.length === 1)
  })

  test('ends the session when the customer wants it (RA-RLY-153, RA-RLY-155)', async () => {
    const { made, agent, customer } = await rig.assisting()
    customer.relay({ $case: 'bye', value: { code: CloseCode.STOPPED, endSession: true } })
    expect((await agent.message('bye')).code).toBe(CloseCode.STOPPED)
    expect(await agent.end()).toBe(CloseCode.STOPPED)
    const { body } = await rig.call('GET', `/v1/sessions/${made.session.sessionId}`)
    expect(body.session).toMatchObject({ state: 'SESSION_STATE_CLOSED', closeCode: 'CLOSE_CODE_STOPPED' })
  })
})
