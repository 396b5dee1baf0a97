import { Channel, CloseCode, Notice_Kind, Phase, Role } from '@remote-assist/codec'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { memoryRegistry, type Registry } from '../src/registry.js'
import { CLOSED_TTL_MS, LIMIT_NEAR_MS } from '../src/rooms.js'
import type { End } from './end.js'
import { RawPeer } from './raw-peer.js'
import { INVITE, Rig } from './rig.js'

let rig: Rig
beforeEach(async () => {
  rig = await Rig.start()
})
afterEach(() => rig.stop())

describe('whoever breaks the protocol is gone at once, and the others see it (RA-RLY-156)', () => {
  test.each<[string, (viewer: End) => unknown, CloseCode]>([
    ['a viewer that sends input', viewer => viewer.send(Channel.INPUT, [2]), CloseCode.FORBIDDEN_MESSAGE],
    ['a false source', viewer => viewer.send(Channel.SCREEN, [2], undefined, { source: 1 }), CloseCode.BAD_HEADER],
    ['a sequence that goes back', viewer => viewer.send(Channel.SCREEN, [2], undefined, { sequence: 1 }), CloseCode.BAD_HEADER],
    ['noise', viewer => viewer.connection.send(Uint8Array.of(0xff)), CloseCode.MALFORMED],
  ])('%s', async (_what, misbehave, code) => {
    const { agent, customer } = await rig.assisting()
    const viewer = await rig.invited(customer)
    await agent.roster(({ entries }) => entries.length === 3)
    misbehave(viewer)
    expect(await viewer.end()).toBe(code)
    for (const end of [agent, customer]) await end.roster(({ entries }) => entries.length === 2)
  })

  test('so its token opens nothing any more', async () => {
    const { made, agent } = await rig.led()
    const customer = await rig.open()
    const { resumeToken } = await customer.enter({ role: Role.CUSTOMER, locator: made.session.locator })
    agent.relay({ $case: 'admit', value: { participant: customer.number } })
    await customer.roster(({ entries }) => entries.length === 2)
    customer.send(Channel.RELAY, [1])
    expect(await customer.end()).toBe(CloseCode.BAD_HEADER)
    const again = await rig.open()
    again.hello({ role: Role.CUSTOMER, resumeToken })
    expect((await again.message('refusal')).code).toBe(CloseCode.RESUME_REFUSED)
  })

  test('a rule of the binding counts as well: a text message', async () => {
    const { agent, customer } = await rig.assisting('WebSocket')
    customer.relay({ $case: 'setInvites', value: { invites: [{ inviteId: INVITE, role: Role.VIEWER, expiresInMs: 600_000 }] } })
    await customer.sync()
    const viewer = await RawPeer.open(rig.broker.websocketUrl)
    viewer.hello({ role: Role.VIEWER, inviteId: INVITE })
    const { number } = await viewer.welcome()
    customer.relay({ $case: 'admit', value: { participant: number } })
    await agent.roster(({ entries }) => entries.length === 3)
    viewer.socket.send('text')
    await agent.roster(({ entries }) => entries.length === 2)
    expect(await viewer.closeCode).toBe(4_000 + CloseCode.MALFORMED)
  })
})

test('a line that breaks keeps its place (RA-RLY-181)', async () => {
  const { agent, customer } = await rig.assisting()
  customer.connection.abort()
  const { entries } = await agent.roster(list => list.entries.some(({ phase }) => phase === Phase.SUSPENDED))
  expect(entries.length).toBe(2)
})

describe('a registry that fails', () => {
  /** A registry in memory whose changes fail as long as `fails` says so, and what the log said of it. */
  function failing() {
    const said: string[] = []
    const inner = memoryRegistry()
    const state = { fails: false }
    const orFail = <T>(change: () => Promise<T>): Promise<T> => (state.fails ? Promise.reject(new Error('the store is not reachable')) : change())
    const registry: Registry = {
      ...inner,
      compareAndSet: (next, expected) => orFail(() => inner.compareAndSet(next, expected)),
      delete: sessionId => orFail(() => inner.delete(sessionId)),
    }
    const log = pino({ level: 'error' }, { write: (line: string) => void said.push((JSON.parse(line) as { readonly msg: string }).msg) })
    return { registry, log, state, said }
  }

  test('for a moment costs nothing that was relayed, and the broker goes on', async () => {
    await rig.stop()
    const { registry, log, state, said } = failing()
    rig = await Rig.start({ registry, log })
    const { made, agent, customer } = await rig.assisting()
    const { byteLength } = agent.send(Channel.SESSION, [customer.number], new Uint8Array(1_000))
    await customer.on(Channel.SESSION)
    state.fails = true
    await rig.clock.advance(15_000)
    expect(new Set(said)).toEqual(new Set(['the bytes relayed could not be counted']))
    state.fails = false
    for (const end of [agent, customer]) await end.sync()
    await rig.clock.advance(15_000)
    expect((await registry.get(made.session.sessionId))?.usage.relayedBytes).toBe(byteLength)
  })

  test('when a closed room is to be deleted does no harm', async () => {
    await rig.stop()
    const { registry, log, state, said } = failing()
    rig = await Rig.start({ registry, log })
    const { made, agent } = await rig.led()
    await rig.call('DELETE', `/v1/sessions/${made.session.sessionId}`)
    expect(await agent.end()).toBe(CloseCode.SESSION_ENDED)
    state.fails = true
    await rig.clock.advance(CLOSED_TTL_MS)
    expect(said).toEqual(['a closed room could not be deleted'])
  })
})

describe('the longest session', () => {
  test('is announced five minutes before it is over, to those that are in (RA-RLY-246)', async () => {
    const { agent, customer } = await rig.assisting('memory', { policy: { maxSessionDurationMs: 3_600_000, idleTimeoutMs: 0 } })
    await alive(3_600_000 - LIMIT_NEAR_MS - 1, agent, customer)
    expect([agent, customer].map(end => end.messages('notice'))).toEqual([[], []])
    await rig.clock.advance(1)
    for (const end of [agent, customer]) expect(await end.message('notice')).toMatchObject({ kind: Notice_Kind.LIMIT_NEAR, amount: 300_000n })
    await alive(LIMIT_NEAR_MS, agent, customer)
    expect(await agent.end()).toBe(CloseCode.DURATION)
  })

  test('is announced when a tenth of it is left, if that is less', async () => {
    const { agent } = await rig.assisting('memory', { policy: { maxSessionDurationMs: 60_000 } })
    await alive(54_000, agent)
    expect(await agent.message('notice')).toMatchObject({ kind: Notice_Kind.LIMIT_NEAR, amount: 6_000n })
  })

  /** Lets time pass for ends that answer. */
  async function alive(ms: number, ...ends: readonly End[]): Promise<void> {
    for (let left = ms; left > 0; left -= 10_000) {
      await rig.clock.advance(Math.min(left, 10_000))
      for (const end of ends) if (end.isOpen) await end.sync()
    }
  }
})
