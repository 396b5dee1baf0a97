import { Channel, CloseCode, encodeRelay, MAX_FRAME_BYTES, Notice_Kind, Role } from '@remote-assist/codec'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { INVITE, Rig, TRANSPORTS } from './rig.js'

let rig: Rig
beforeEach(async () => {
  rig = await Rig.start()
})
afterEach(() => rig.stop())

const bytes = (length: number, seed = 1): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 31 + seed) & 0xff)

describe.each(TRANSPORTS)('over %s', name => {
  test('frames arrive with the same bytes, in order, across channels (RA-RLY-161, RA-RLY-162)', async () => {
    const { agent, customer } = await rig.assisting(name)
    const channels = [Channel.SESSION, Channel.INPUT, Channel.FILE, Channel.CLIPBOARD, Channel.CHAT]
    const sent = Array.from({ length: 60 }, (_, i) => agent.send(channels[i % channels.length] as Channel, [customer.number], bytes(i * 400, i)))
    await agent.sync()
    for (const frame of sent) expect(Buffer.compare((await customer.take(({ channel }) => channel !== Channel.RELAY)).bytes, frame)).toBe(0)
  })

  test('a frame may be as large as 266,240 bytes', async () => {
    const { agent, customer } = await rig.assisting(name)
    const header = 2 + 2 + 3 + 3 + 4
    agent.send(Channel.FILE, [customer.number], bytes(MAX_FRAME_BYTES - header))
    expect((await customer.on(Channel.FILE)).payload.length).toBe(MAX_FRAME_BYTES - header)
  })

  test('media reach everyone they name (RA-RLY-005)', async () => {
    const { agent, customer } = await rig.assisting(name)
    const viewer = await rig.invited(customer, name)
    const frame = customer.send(Channel.MEDIA, [agent.number, viewer.number], bytes(5_000))
    for (const end of [agent, viewer]) expect(Buffer.compare((await end.on(Channel.MEDIA)).bytes, frame)).toBe(0)
  })

  test('a viewer’s input is refused, and reaches nobody (RA-RLY-012)', async () => {
    const { customer } = await rig.assisting(name)
    const viewer = await rig.invited(customer, name)
    viewer.send(Channel.INPUT, [customer.number], bytes(10))
    expect(await viewer.end()).toBe(CloseCode.FORBIDDEN_MESSAGE)
    await customer.sync()
    expect(customer.arrived.filter(({ channel }) => channel === Channel.INPUT)).toEqual([])
  })
})

describe('a fault in the header ends the connection (RA-RLY-004, RA-RLY-008)', () => {
  test.each<[string, Parameters<Awaited<ReturnType<typeof rig.open>>['send']>, CloseCode]>([
    ['another’s source (RA-RLY-007)', [Channel.SESSION, [2], bytes(1), { source: 2 }], CloseCode.BAD_HEADER],
    ['source 0 (RA-RLY-007)', [Channel.SESSION, [2], bytes(1), { source: 0 }], CloseCode.BAD_HEADER],
    ['a sequence that does not increase (RA-RLY-008)', [Channel.SESSION, [2], bytes(1), { sequence: 1 }], CloseCode.BAD_HEADER],
    ['no target (RA-RLY-004)', [Channel.SESSION, [], bytes(1)], CloseCode.BAD_HEADER],
    ['two targets where one is allowed (RA-RLY-009)', [Channel.SESSION, [2, 3], bytes(1)], CloseCode.BAD_HEADER],
    ['a target that never was', [Channel.SESSION, [77], bytes(1)], CloseCode.BAD_HEADER],
    ['a target on channel RELAY (RA-RLY-004)', [Channel.RELAY, [2], bytes(1)], CloseCode.BAD_HEADER],
    ['media from an agent (RA-RLY-012)', [Channel.MEDIA, [2], bytes(1)], CloseCode.FORBIDDEN_MESSAGE],
    ['a payload that is no relay message (RA-RLY-010)', [Channel.RELAY, [], Uint8Array.of(0x0a, 0x7f)], CloseCode.MALFORMED],
  ])('%s', async (_what, frame, code) => {
    const { agent, customer } = await rig.assisting()
    agent.send(...frame)
    expect(await agent.end()).toBe(code)
    // Its last agent is gone: that ends the session.
    expect(await customer.end()).toBe(CloseCode.SESSION_ENDED)
    expect(customer.arrived.filter(({ channel }) => channel !== Channel.RELAY)).toEqual([])
  })

  test('bytes that are no frame (RA-RLY-010), targets out of order (RA-RLY-009)', async () => {
    const { agent, customer } = await rig.assisting()
    customer.connection.send(Uint8Array.of(0x08, Channel.MEDIA, 0x10, customer.number, 0x1a, 0x02, 3, 1, 0x20, 0x7f))
    expect(await customer.end()).toBe(CloseCode.BAD_HEADER)
    agent.connection.send(Uint8Array.of(0x7a, 0xff, 0x01))
    expect(await agent.end()).toBe(CloseCode.MALFORMED)
  })

  test('whatever arrives, the broker stands and the other side is not disturbed', async () => {
    const { agent, customer } = await rig.assisting()
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async noise => {
        const stranger = await rig.open()
        stranger.connection.send(noise)
        expect(await stranger.end()).toBeGreaterThanOrEqual(400)
      }),
      { numRuns: 100 },
    )
    agent.send(Channel.SESSION, [customer.number], bytes(3))
    expect((await customer.on(Channel.SESSION)).payload.length).toBe(3)
  })
})

describe('relay messages', () => {
  test('that the role may not send end the connection (RA-RLY-122)', async () => {
    const { agent, customer } = await rig.assisting()
    customer.relay({ $case: 'roster', value: { revision: 9n, entries: [] } })
    expect(await customer.end()).toBe(CloseCode.FORBIDDEN_MESSAGE)
    agent.relay({ $case: 'dropMedia', value: { targets: [] } })
    expect(await agent.end()).toBe(CloseCode.FORBIDDEN_MESSAGE)
  })

  test('that a candidate may not send yet end the connection (RA-RLY-121)', async () => {
    const { made } = await rig.led()
    const customer = await rig.open()
    await customer.enter({ role: Role.CUSTOMER, locator: made.session.locator })
    customer.relay({ $case: 'setLead', value: { participant: 1 } })
    expect(await customer.end()).toBe(CloseCode.WRONG_PHASE)
  })

  test('that are empty are answered Unsupported (RA-RLY-123), and a Ping with its Pong (RA-RLY-133)', async () => {
    const { agent } = await rig.led()
    agent.send(Channel.RELAY, [], encodeRelay({ kind: undefined }))
    expect((await agent.message('notice')).kind).toBe(Notice_Kind.UNSUPPORTED)
    agent.relay({ $case: 'pong', value: { id: 1n } })
    await agent.sync()
  })

  test('of somebody without authority have no effect (RA-RLY-142)', async () => {
    const { agent, customer } = await rig.assisting()
    const viewer = await rig.invited(customer)
    agent.relay({ $case: 'evict', value: { participant: viewer.number, code: CloseCode.REMOVED } })
    await agent.sync()
    await viewer.sync()
  })

  test('name the lead, whom the roster shows (RA-RLY-145)', async () => {
    const { made, customer } = await rig.assisting()
    const invites = [{ inviteId: INVITE, role: Role.AGENT, expiresInMs: 60_000 }]
    customer.relay({ $case: 'setInvites', value: { invites } })
    await customer.sync()
    const second = await rig.open()
    await second.enter({ role: Role.AGENT, inviteId: INVITE, agentToken: made.agentToken })
    customer.relay({ $case: 'admit', value: { participant: second.number } })
    customer.relay({ $case: 'setLead', value: { participant: second.number } })
    const roster = await second.roster(({ entries }) => entries.some(entry => entry.lead && entry.participant === second.number))
    expect(roster.entries.filter(entry => entry.lead).length).toBe(1)
  })
})

describe('a candidate', () => {
  test('exchanges handshakes with its authority, and nothing else with anybody (RA-RLY-169)', async () => {
    const { made, agent } = await rig.led()
    const customer = await rig.open()
    await customer.enter({ role: Role.CUSTOMER, locator: made.session.locator })
    await agent.roster(({ entries }) => entries.length === 2)
    customer.send(Channel.HANDSHAKE, [agent.number], bytes(9))
    expect((await agent.on(Channel.HANDSHAKE)).source).toBe(customer.number)
    agent.send(Channel.HANDSHAKE, [customer.number], bytes(9))
    expect((await customer.on(Channel.HANDSHAKE)).source).toBe(agent.number)
    agent.send(Channel.SESSION, [customer.number], bytes(9))
    await agent.sync()
    await customer.sync()
    expect(customer.arrived.filter(({ channel }) => channel === Channel.SESSION)).toEqual([])
    customer.send(Channel.SESSION, [agent.number], bytes(9))
    expect(await customer.end()).toBe(CloseCode.WRONG_PHASE)
  })

  test('has time to finish a handshake that began (RA-RLY-217)', async () => {
    const { made, agent } = await rig.led()
    const customer = await rig.open()
    await customer.enter({ role: Role.CUSTOMER, locator: made.session.locator })
    await rig.clock.advance(9_000)
    customer.send(Channel.HANDSHAKE, [agent.number], bytes(9))
    await customer.sync()
    await rig.clock.advance(14_999)
    await customer.sync()
    await rig.clock.advance(1)
    expect(await customer.end()).toBe(CloseCode.NOT_ADMITTED)
  })

  test('that waits its turn reaches nobody (RA-RLY-169, RA-RLY-216)', async () => {
    const { made, agent } = await rig.led()
    const [first, second] = [await rig.open(), await rig.open()]
    for (const end of [first, second]) await end.enter({ role: Role.CUSTOMER, locator: made.session.locator })
    second.send(Channel.HANDSHAKE, [agent.number], bytes(9))
    await second.sync()
    await agent.sync()
    expect(agent.arrived.filter(({ channel }) => channel === Channel.HANDSHAKE)).toEqual([])
  })
})

describe('who is not there', () => {
  test('suspended or gone: frames to it are discarded (RA-RLY-168)', async () => {
    const { agent, customer } = await rig.assisting()
    const viewer = await rig.invited(customer)
    viewer.connection.abort()
    await customer.roster(({ entries }) => entries.length === 3)
    customer.send(Channel.SESSION, [viewer.number], bytes(4))
    await customer.sync()
    await rig.clock.advance(14_000)
    await Promise.all([agent.sync(), customer.sync()])
    await rig.clock.advance(16_000)
    await customer.roster(({ entries }) => entries.length === 2)
    customer.send(Channel.MEDIA, [agent.number, viewer.number], bytes(4))
    expect((await agent.on(Channel.MEDIA)).payload.length).toBe(4)
    await customer.sync()
  })
})

describe('a return', () => {
  test('is told to the others before its first frame (RA-RLY-186, RA-RLY-187)', async () => {
    const made = await rig.session()
    const agent = await rig.open()
    await agent.enter({ role: Role.AGENT, agentToken: made.agentToken })
    const customer = await rig.open()
    const { resumeToken } = await customer.enter({ role: Role.CUSTOMER, locator: made.session.locator })
    agent.relay({ $case: 'admit', value: { participant: 2 } })
    await agent.sync()
    const again = await rig.open()
    await again.enter({ role: Role.CUSTOMER, resumeToken })
    agent.arrived.length = 0
    again.send(Channel.SESSION, [agent.number], bytes(7))
    customer.send(Channel.SESSION, [agent.number], bytes(8))
    await again.sync()
    expect((await agent.on(Channel.SESSION)).payload.length).toBe(7)
    await agent.sync()
    expect(agent.arrived.filter(({ channel }) => channel === Channel.SESSION)).toEqual([])
  })
})

test('bytes relayed are counted for the session and in the metrics, without a trace of what they were', async () => {
  const { made, agent, customer } = await rig.assisting()
  const secret = 'canary-5c1d'
  const frame = agent.send(Channel.CHAT, [customer.number], new TextEncoder().encode(secret))
  await customer.on(Channel.CHAT)
  const { body } = await rig.call<{ readonly session: { readonly relayedBytes: string } }>('GET', `/v1/sessions/${made.session.sessionId}`)
  expect(body.session.relayedBytes).toBe(String(frame.byteLength))
  const { body: metrics } = await rig.call<string>('GET', '/metrics')
  expect(metrics).toContain(`remote_assist_bytes_total{channel="CHAT"} ${frame.byteLength}`)
  expect(metrics).toContain('remote_assist_sessions 1')
  expect(metrics).toContain('remote_assist_connections 2')
  for (const hidden of [secret, made.agentToken, made.session.sessionId]) expect(metrics).not.toContain(hidden)
})

test('an invited agent shows a token besides its invitation (RA-RLY-146, RA-RLY-147)', async () => {
  const { made, customer } = await rig.assisting()
  const invites = [{ inviteId: INVITE, role: Role.AGENT, expiresInMs: 60_000 }]
  customer.relay({ $case: 'setInvites', value: { invites } })
  await customer.sync()
  const viewer = await rig.open()
  viewer.hello({ role: Role.VIEWER, inviteId: INVITE })
  expect((await viewer.message('refusal')).code).toBe(CloseCode.UNAUTHENTICATED)
  const other = await rig.session()
  const second = await rig.open()
  const welcome = await second.enter({ role: Role.AGENT, inviteId: INVITE, agentToken: other.agentToken })
  expect(Buffer.from(welcome.sessionId).toString('hex')).toBe(made.session.sessionId)
})
