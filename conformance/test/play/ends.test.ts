import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Testee } from '../../src/adapter/index.js'
import { readCapability } from '../../src/crypto/capability.js'
import type { CustomerPlayer, EndStageOptions, JoinerPlayer, ReachPhase } from '../../src/play/index.js'
import type { Arrival, Fields } from '../../src/play/player.js'
import { attachReference, type Rig, rigFor } from './rig.js'

let testee: Testee
const rigs: Rig[] = []

beforeAll(async () => {
  testee = await attachReference()
})
afterAll(async () => {
  await testee.close()
})
afterEach(async () => {
  await Promise.all(rigs.splice(0).map(rig => rig.close()))
})

async function rig(options: EndStageOptions, more: Fields = {}): Promise<Rig> {
  const made = await rigFor(testee, options, more)
  rigs.push(made)
  return made
}

const named = (name: string) => (arrival: Arrival) => arrival.name === name
const SOON = { from: 0, withinMs: 10_000 }
const faults = ({ stage }: Rig) => stage.events.flatMap(event => (event.kind === 'arrival' && event.arrival.fault !== undefined ? [event.arrival.fault] : []))
const phaseOf = async ({ role }: Rig, participant: number) =>
  ((await role.snapshot()).peers as { participant: number; phase: string }[]).find(peer => peer.participant === participant)?.phase

describe('a customer under test', () => {
  const phases: [ReachPhase, string][] = [
    ['securing', 'SECURING'],
    ['consenting', 'CONSENTING'],
    ['active', 'ACTIVE'],
    ['paused', 'PAUSED'],
  ]
  it.each(phases)('is brought to %s', async (phase, shown) => {
    const made = await rig({ role: 'CUSTOMER' })
    await made.stage.reach(phase, { ...made.fixture, grants: ['VIEW_SCREEN', 'CHAT'] })
    expect(await phaseOf(made, 1)).toBe(shown)
    expect(faults(made)).toEqual([])
  })

  it('shows its screen to the agent, whose pixels come whole, until it stops', async () => {
    const made = await rig({ role: 'CUSTOMER', way: 'link' })
    await made.stage.reach('active', { ...made.fixture, grants: ['VIEW_SCREEN'] })
    const agent = made.stage.players.get('agent') as JoinerPlayer
    expect(agent.established?.secret.passwordClass).toBe('LINK')
    const list = await agent.inbox.next(named('screenList'), SOON)
    const [screen] = list.fields.screens as { screenId: number; width: number; height: number }[]
    agent.send({ channel: 'SCREEN', messages: [{ subscribe: { screenId: screen?.screenId } }] })
    const part = await agent.inbox.next(named('framePart'), SOON)
    expect(part.fields).toMatchObject({ baseFrameId: 0, part: 0, width: screen?.width, height: screen?.height })
    const signed = await agent.inbox.next(named('capability'), SOON)
    const capability = readCapability(signed.fields.signed as Uint8Array, agent.established?.counterpart.publicKey ?? new Uint8Array(32))
    expect(capability).toMatchObject({ participant: agent.number, role: 1, permissions: [1], publicKey: agent.key.publicKey })
    await made.fixture.act({ stop: {} })
    await agent.inbox.next(named('stop'), SOON)
    expect((await agent.inbox.closing(SOON)).code).toBe(101)
    expect((await made.stage.broker.inbox.next(named('bye'), SOON)).fields).toEqual({ code: 'STOPPED', endSession: true })
    expect(agent.facts).not.toHaveProperty('auditFault')
    expect(agent.facts.auditSigned).toBe(Number(agent.facts.auditEntries) - 1)
    expect(faults(made)).toEqual([])
  })

  it('lets a viewer in by an invitation of the lead', async () => {
    const made = await rig({ role: 'CUSTOMER' })
    await made.stage.reach('active', made.fixture)
    const viewer = await made.stage.enter('viewer', 'VIEWER', { displayName: 'Vera' })
    const asked = made.fixture.event('asked', fields => fields.about === 'admission')
    await viewer.secured()
    await made.fixture.act({ answer: { question: (await asked).id, permissions: ['VIEW_SCREEN'] } })
    expect((await viewer.inbox.next(named('decision'), SOON)).fields).toMatchObject({ requestId: 0, reason: 'UNSPECIFIED' })
    await viewer.inbox.next(named('mediaKey'), SOON)
    expect(faults(made)).toEqual([])
  })

  it('returns after its line broke, and secures again with what was kept', async () => {
    const made = await rig({ role: 'CUSTOMER' })
    await made.stage.reach('active', made.fixture)
    const agent = made.stage.players.get('agent') as JoinerPlayer
    expect(await made.stage.broker.connected({ withinMs: 5_000 })).toBe(1)
    made.stage.broker.cut()
    expect(await made.stage.broker.connected({ withinMs: 10_000 })).toBe(2)
    await agent.secured()
    expect(agent.established?.secret.passwordClass).toBe('RESUME')
    expect((await agent.inbox.next(arrival => arrival.name === 'grantChanged' && arrival.fields.source === 'RESUME', SOON)).fault).toBeUndefined()
    expect(faults(made)).toEqual([])
  })

  it('takes back an agent whose line broke', async () => {
    const made = await rig({ role: 'CUSTOMER' })
    await made.stage.reach('active', made.fixture)
    const agent = made.stage.players.get('agent') as JoinerPlayer
    const from = made.stage.events.length
    made.stage.drop('agent')
    expect(() => agent.send({ channel: 'SESSION', messages: [{ releaseControl: {} }] })).toThrow(/cannot send/)
    await made.stage.broker.barrier()
    expect(await phaseOf(made, agent.number)).toBe('SUSPENDED')
    await made.stage.restore('agent')
    await agent.secured()
    expect(agent.established?.secret.passwordClass).toBe('RESUME')
    await agent.inbox.next(named('grantChanged'), { from, withinMs: 10_000 })
    expect(faults(made)).toEqual([])
  })

  it('is asked for nothing by an agent that has another PIN, and ends the exchange', async () => {
    const made = await rig({ role: 'CUSTOMER' })
    const agent = made.stage.players.get('agent') as JoinerPlayer
    agent.secrets.splice(0, 9, { passwordClass: 'PIN', password: new TextEncoder().encode('000000'), secretId: new Uint8Array(0) })
    await expect(agent.secured()).rejects.toThrow(/failed with 600/)
    expect(made.role.events.all.map(({ name }) => name)).not.toContain('asked')
  })

  it.each([
    ['a flipped bit', { flipBit: -1 }, 'BAD_RECORD'],
    ['a gap', { skip: 1 }, 'BAD_RECORD'],
    ['the record again', { twice: true as const }, 'BAD_RECORD'],
    ['a generation too far', { generations: 2 }, 'BAD_RECORD'],
    ['another header than it was sealed for', { sealedFor: { source: 9 } }, 'BAD_RECORD'],
    ['nothing sealed', { plain: true as const }, 'BAD_RECORD'],
    ['an end that is no message', { tail: Uint8Array.of(200) }, 'MALFORMED'],
    ['two targets', { header: { targets: [2, 9] } }, 'BAD_HEADER'],
    ['a sequence from before', { header: { sequence: 1n } }, 'BAD_HEADER'],
  ])('turns out an agent that sends %s', async (_, spoil, code) => {
    const made = await rig({ role: 'CUSTOMER' })
    await made.stage.reach('consenting', made.fixture)
    const agent = made.stage.players.get('agent') as JoinerPlayer
    agent.send({ channel: 'SESSION', messages: [{ alive: { received: [], sentAtUs: 1 } }], spoil })
    expect((await made.stage.broker.inbox.next(named('evict'), SOON)).fields).toEqual({ participant: agent.number, code })
  })

  it('goes on to the next generation with the agent', async () => {
    const made = await rig({ role: 'CUSTOMER' })
    await made.stage.reach('consenting', made.fixture)
    const agent = made.stage.players.get('agent') as JoinerPlayer
    agent.send({ channel: 'SESSION', raw: Uint8Array.of(3, 0xf8, 0x3f, 0), spoil: { generations: 1 } })
    await agent.inbox.next(named('unsupported'), SOON)
    expect(faults(made)).toEqual([])
  })

  it('is met by gRPC as well', async () => {
    const made = await rig({ role: 'CUSTOMER', grpc: true })
    await made.stage.reach('active', made.fixture)
    await made.fixture.act({ stop: {} })
    expect((await made.stage.broker.inbox.closing(SOON)).code).toBe(101)
    expect(faults(made)).toEqual([])
  })
})

describe('an agent under test', () => {
  const phases: [ReachPhase, string][] = [
    ['securing', 'SECURING'],
    ['consenting', 'CONSENTING'],
    ['active', 'ACTIVE'],
    ['paused', 'PAUSED'],
  ]
  it.each(phases)('is brought to %s', async (phase, shown) => {
    const made = await rig({ role: 'AGENT' })
    await made.stage.reach(phase, { ...made.fixture, grants: ['VIEW_SCREEN', 'CONTROL_INPUT'] })
    expect(await phaseOf(made, made.stage.customer.number)).toBe(shown)
    expect(faults(made)).toEqual([])
  })

  it('sees what the customer shows, signs its log, and leaves', async () => {
    const made = await rig({ role: 'AGENT' }, { permissions: ['VIEW_SCREEN', 'CONTROL_INPUT'] })
    await made.stage.reach('active', { ...made.fixture, asks: true, grants: ['VIEW_SCREEN', 'CONTROL_INPUT'] })
    const { customer } = made.stage
    await made.fixture.act({ showScreen: { screen: 1 } })
    await customer.inbox.next(named('frameAck'), SOON)
    const { picture } = await made.role.snapshot()
    expect(picture).toMatchObject({ screen: 1, width: 64, height: 48, sha256: customer.facts.pictureSha256 })
    await made.fixture.act({ requestControl: {} })
    await customer.inbox.next(named('requestControl'), SOON)
    await customer.barrier()
    expect((await made.role.snapshot()).control).toBe((await made.role.snapshot()).participant)
    await made.fixture.act({ leave: { endSession: true } })
    const signs = await customer.inbox.next(arrival => arrival.name === 'auditSign' && arrival.fields.leaving === true, SOON)
    expect(customer.desk.audit.verifies(signs.fields, customer.established?.counterpart.publicKey ?? new Uint8Array(32))).toBe(true)
    expect((await made.stage.broker.inbox.next(named('bye'), SOON)).fields.endSession).toBe(true)
    expect((await customer.inbox.closing(SOON)).code).toBeGreaterThan(99)
    expect(faults(made)).toEqual([])
  })

  it('meets the customer again after its line broke, and after the customer’s did', async () => {
    const made = await rig({ role: 'AGENT' })
    await made.stage.reach('active', made.fixture)
    const { broker, customer } = made.stage
    expect(await broker.connected({ withinMs: 5_000 })).toBe(1)
    broker.cut()
    expect(await broker.connected({ withinMs: 10_000 })).toBe(2)
    await customer.secured()
    expect(customer.established?.secret.passwordClass).toBe('RESUME')
    await customer.barrier()
    expect(await phaseOf(made, customer.number)).toBe('ACTIVE')
    made.stage.drop('customer')
    await broker.barrier()
    expect(await phaseOf(made, customer.number)).toBe('SUSPENDED')
    await made.stage.restore('customer')
    await customer.secured()
    await customer.barrier()
    expect(await phaseOf(made, customer.number)).toBe('ACTIVE')
    expect(faults(made)).toEqual([])
  })

  it('comes as second agent by an invitation', async () => {
    const made = await rig({ role: 'AGENT', way: 'invite' })
    await made.stage.reach('active', made.fixture)
    expect(await phaseOf(made, made.stage.customer.number)).toBe('ACTIVE')
    expect(faults(made)).toEqual([])
  })

  it('does not let a stranger in who guesses', async () => {
    const made = await rig({ role: 'AGENT' })
    const stranger = (await made.stage.enter('stranger', 'CUSTOMER')) as CustomerPlayer
    stranger.secret = { passwordClass: 'PIN', password: new TextEncoder().encode('000000'), secretId: new Uint8Array(0) }
    await expect(stranger.secured()).rejects.toThrow(/failed with 60/)
    await expect(stranger.barrier()).resolves.toBeUndefined()
    expect(made.stage.broker.inbox.all.some(named('admit'))).toBe(false)
  })
})

describe('a viewer under test', () => {
  const phases: [ReachPhase, string][] = [
    ['securing', 'SECURING'],
    ['admission', 'ADMISSION'],
    ['active', 'ACTIVE'],
    ['paused', 'PAUSED'],
  ]
  it.each(phases)('is brought to %s', async (phase, shown) => {
    const made = await rig({ role: 'VIEWER' })
    await made.stage.reach(phase, made.fixture)
    expect(await phaseOf(made, made.stage.customer.number)).toBe(shown)
    expect(faults(made)).toEqual([])
  })

  it('sees what the customer shows', async () => {
    const made = await rig({ role: 'VIEWER' })
    await made.stage.reach('active', made.fixture)
    const { customer } = made.stage
    await made.fixture.act({ showScreen: { screen: 1 } })
    await customer.inbox.next(named('frameAck'), SOON)
    expect((await made.role.snapshot()).picture).toMatchObject({ sha256: customer.facts.pictureSha256 })
    expect(faults(made)).toEqual([])
  })
})
