import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { RoleUnderTest, Testee } from '../../src/adapter/index.js'
import { type BrokerStage, stageForBroker } from '../../src/play/index.js'
import type { Arrival, Fields } from '../../src/play/player.js'
import { attachReference } from './rig.js'

let testee: Testee
let role: RoleUnderTest
let stage: BrokerStage

const named = (name: string) => (arrival: Arrival) => arrival.name === name
const SOON = { from: 0, withinMs: 5_000 }

beforeAll(async () => {
  testee = await attachReference()
  role = await testee.startRole('broker', { role: 'BROKER', broker: { joinsPerMinute: 0 } })
})
afterAll(async () => {
  await role.stop()
  await testee.close()
})
afterEach(async () => {
  await stage.close()
})

/** A session with a lead and a customer. */
async function session(binding: 'websocket' | 'grpc' = 'websocket'): Promise<BrokerStage> {
  const { websocketUrl, grpcUrl } = role.ready as { websocketUrl: string; grpcUrl: string }
  const { created } = await role.do({ createSession: { request: { displayName: 'Ada' } } })
  stage = stageForBroker({ websocketUrl, grpcUrl, binding, created: created as Fields })
  await stage.enter('agent', 'AGENT')
  await stage.enter('customer', 'CUSTOMER')
  return stage
}

describe('a broker under test', () => {
  it.each(['websocket', 'grpc'] as const)('lets the lead, a customer and a viewer in by %s, and carries frames as they are', async binding => {
    await session(binding)
    const viewer = await stage.enter('viewer', 'VIEWER')
    const [agent, customer] = [stage.endpoint('agent').player, stage.endpoint('customer').player]
    expect([agent.number, customer.number, viewer.number].sort()).toEqual([1, 2, 3])
    agent.send({ channel: 'SESSION', raw: Uint8Array.of(1, 2, 3) })
    const came = await customer.inbox.next(({ channel }) => channel === 'SESSION', SOON)
    expect(came).toMatchObject({ source: agent.number, bytes: Uint8Array.of(1, 2, 3) })
    customer.send({ channel: 'MEDIA', raw: Uint8Array.of(9), spoil: { header: { targets: [agent.number, viewer.number] } } })
    for (const player of [agent, viewer])
      expect((await player.inbox.next(({ channel }) => channel === 'MEDIA', SOON)).targets).toEqual([agent.number, viewer.number])
  })

  it('carries a whole handshake and sealed records between two ends of the suite', async () => {
    await session()
    const [agent, customer] = [stage.endpoint('agent').player, stage.endpoint('customer').player]
    const secret = { passwordClass: 'PIN', password: new TextEncoder().encode('123456'), secretId: new Uint8Array(0) } as const
    agent.secrets.push(secret)
    customer.secrets.push(secret)
    await Promise.all([agent.secured(), customer.secured()])
    expect(agent.facts.words).toBe(customer.facts.words)
    agent.send({ channel: 'SESSION', messages: [{ releaseControl: {} }] })
    expect((await customer.inbox.next(named('releaseControl'), SOON)).fault).toBeUndefined()
  })

  it.each(['websocket', 'grpc'] as const)('is seen to close by %s, with its code', async binding => {
    await session(binding)
    const { player } = stage.endpoint('customer')
    player.send({ channel: 'SESSION', raw: Uint8Array.of(1), spoil: { header: { source: 77 } } })
    expect((await player.inbox.closing(SOON)).code).toBe(404)
    expect(() => player.send({ channel: 'SESSION', raw: Uint8Array.of(1) })).toThrow(/closed with 404/)
    await expect(player.inbox.next(named('welcome'), { from: stage.events.length, withinMs: 60_000 })).rejects.toThrow(/nothing can/)
    await expect(stage.endpoint('agent').player.barrier()).resolves.toBeUndefined()
  })

  it.each(['websocket', 'grpc'] as const)('takes back a participant whose line broke, by %s', async binding => {
    await session(binding)
    const [agent, customer] = [stage.endpoint('agent').player, stage.endpoint('customer').player]
    stage.drop('customer')
    await agent.inbox.next(({ name, fields }) => name === 'roster' && (fields.entries as Fields[]).some(({ phase }) => phase === 'SUSPENDED'), SOON)
    await stage.restore('customer')
    expect(customer.facts.incarnation).toBe(2)
  })

  it('is told hello by hand, with whatever a case likes', async () => {
    await session()
    const stranger = await stage.connect('stranger')
    stranger.hello({ locator: '0000' })
    expect((await stranger.player.inbox.next(named('refusal'), SOON)).fields.code).toBe('NOT_FOUND')
    const other = await stage.connect('agent2')
    other.player.sendBytes(Uint8Array.of(255, 255))
    expect((await other.player.inbox.closing(SOON)).code).toBe(400)
    const third = await stage.connect('agent3')
    third.stray()
    expect((await third.player.inbox.closing(SOON)).code).toBe(400)
  })
})
