import { Channel, CloseCode, decodeFrame, decodeRelay, Permission, Role } from '@remote-assist/codec'
import type { Instant } from '@remote-assist/core'
import { describe, expect, test } from 'vitest'
import { Agent } from '../src/api/agent.js'
import { Customer } from '../src/api/customer.js'
import { Viewer } from '../src/api/viewer.js'
import type { Clock } from '../src/clock.js'
import { ManualClock, settle } from './support/clock.js'
import { FakeHost } from './support/host.js'
import { assisting } from './support/house.js'
import { Relay } from './support/relay.js'

describe('coming back', () => {
  test('is not needed where timers fire once a minute, as in a page that nobody sees', async () => {
    const clock = new ManualClock()
    const asleep: Clock = {
      now: () => clock.now(),
      date: () => clock.date(),
      setTimer: (at, task) => clock.setTimer((Math.floor(Math.max(at, clock.now()) / 60_000 + 1) * 60_000) as Instant, task),
    }
    const { transport, fetch } = await new Relay(clock).start()
    const agent = await Agent.create({ transport, brokerUrl: 'https://assist.example', displayName: 'Ada', fetch, clock: asleep })
    const joined = Customer.join({ transport, pin: agent.pin.grouped, host: new FakeHost(), displayName: 'Cleo', clock })
    const assisting = agent.customer()
    const customer = await joined
    customer.on('consent', request => request.grantAll())
    const session = await assisting
    const phases: string[] = []
    session.on('phase', phase => phases.push(phase))
    session.on('line', line => phases.push(line))
    await clock.advance(180_000)
    const heard: string[] = []
    session.on('chat', ({ text }) => heard.push(text))
    customer.say('Are you still there?')
    await settle()
    expect([phases, heard]).toEqual([[], ['Are you still there?']])
  })

  test('is tried again and again within the grace period, and works when the broker is back', async () => {
    const { session, relay, clock } = await assisting()
    const lines: string[] = []
    session.on('line', state => lines.push(state))
    relay.deaf = true
    relay.cut(session.self)
    await clock.advance(5_000)
    relay.deaf = false
    const back = session.once('phase', { which: phase => phase === 'active' })
    await clock.advance(10_000)
    await back
    expect(lines).toEqual(['down', 'up'])
  })

  test('presents the newest resume token each time, at every end (RA-SES-131)', async () => {
    const { session, relay, clock, customer } = await assisting()
    const { url } = await session.invite({ role: 'viewer' })
    customer.on('consent', request => request.grantAll())
    const viewer = await Viewer.join({ transport: relay.transport, url, clock })
    const cleo = customer.participants.find(({ role }) => role === Role.CUSTOMER)?.participant as number
    for (const number of [session.self, cleo, viewer.self, cleo, session.self, viewer.self]) {
      const before = relay.seen.length
      const newest = relay.tokens.get(number)?.at(-1)
      const active = { which: (phase: string) => phase === 'active' }
      const back = number === viewer.self ? viewer.once('phase', active) : session.once('phase', active)
      relay.cut(number)
      await clock.advance(2_000)
      await back
      const hellos = relay.seen.slice(before).flatMap(({ channel, bytes }) => {
        const kind = channel === Channel.RELAY ? decodeRelay(decodeFrame(bytes).payload).kind : undefined
        return kind?.$case === 'hello' ? [kind.value] : []
      })
      expect(hellos.map(({ resumeToken, agentToken, locator, inviteId }) => [Buffer.from(resumeToken), agentToken, locator, inviteId.length])).toEqual([
        [Buffer.from(newest ?? []), '', '', 0],
      ])
    }
    expect([session.self, cleo, viewer.self].map(number => new Set(relay.tokens.get(number)?.map(token => `${token}`)).size)).toEqual([3, 3, 3])
  })

  test('is tried until the grace period is over, and no longer (RA-SES-131)', async () => {
    const { session, customer, relay, clock } = await assisting({}, { graceMs: 30_000 })
    const ended = Promise.all([session.once('ended'), customer.once('ended')])
    relay.deaf = true
    for (const { participant } of customer.participants) relay.cut(participant)
    for (let passed = 0; passed < 27_000; passed += 9_000) {
      const before = relay.attempts
      await clock.advance(9_000)
      expect(relay.attempts).toBeGreaterThanOrEqual(before + 2)
    }
    await clock.advance(4_000)
    await ended
    const last = relay.attempts
    await clock.advance(60_000)
    expect(relay.attempts).toBe(last)
  })

  test('is not tried any more once a person leaves (RA-SES-131)', async () => {
    const { session, customer, relay, clock } = await assisting()
    relay.deaf = true
    for (const { participant } of customer.participants) relay.cut(participant)
    await clock.advance(2_000)
    session.leave()
    customer.leave()
    const last = relay.attempts
    await clock.advance(60_000)
    expect(relay.attempts).toBe(last)
  })

  test('is tried after a close that is worth it, and not after one that is final', async () => {
    const { session, relay, clock } = await assisting()
    const back = session.once('phase', { which: phase => phase === 'active' })
    relay.close(session.self, CloseCode.SHUTTING_DOWN)
    await clock.advance(1_000)
    await back
    const ended = session.once('ended')
    relay.close(session.self, CloseCode.REMOVED)
    expect((await ended).code).toBe('E_REMOVED')
  })

  test('keeps what was granted, also for both ends at once, and voids what does not survive', async () => {
    const { session, relay, clock, customer, host } = await assisting()
    customer.on('elevation', question => question.allow())
    await session.control.request()
    const elevated = await session.elevate({ reason: 'a driver' })
    session.clipboard.sync({ toCustomer: true })
    await settle()
    const grants = session.grants
    const back = session.once('phase', { which: phase => phase === 'active' })
    for (const { participant } of customer.participants) relay.cut(participant)
    await clock.advance(3_000)
    await back
    expect(session.grants).toEqual(grants)
    expect(session.grants).toContain(Permission.ELEVATE)
    await elevated.ended
    expect(session.control.state.ours).toBe(false)
    expect(session.clipboard.switches).toEqual({ toCustomer: false, fromCustomer: false })
    session.clipboard.offer('not wanted any more')
    await settle()
    expect(host.written).toEqual([])
  })

  test('many times in a row goes on working', async () => {
    const { session, relay, clock, host } = await assisting()
    for (let i = 0; i < 5; i++) {
      const back = session.once('phase', { which: phase => phase === 'active' })
      relay.cut(i % 2 === 0 ? session.self : 2)
      await clock.advance(2_000)
      await back
      await session.control.request()
      session.input.type(`${i}`)
      await settle()
    }
    expect(host.done).toEqual([0, 1, 2, 3, 4].map(i => ({ text: `${i}` })))
  })

  test('a minute of silence is no reason to part: both ends show signs of life', async () => {
    const { session, clock, customer } = await assisting({}, { policy: { idleTimeoutMs: 0 } })
    const heard: number[] = []
    session.on('quality', ({ rttMs }) => heard.push(rttMs))
    await clock.advance(60_000)
    expect(session.phase).toBe('active')
    expect(customer.participants).toHaveLength(2)
    expect(heard.length).toBeGreaterThan(0)
  })
})
