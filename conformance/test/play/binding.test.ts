import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Testee } from '../../src/adapter/index.js'
import { askUpgrade, BrokerStage } from '../../src/play/index.js'
import type { Arrival } from '../../src/play/player.js'
import { encodeFrame, encodeMessage } from '../../src/wire/schema.js'
import { attachReference, type Rig, rigFor } from './rig.js'

let testee: Testee
const ends: { close(): Promise<void> }[] = []

beforeAll(async () => {
  testee = await attachReference()
})
afterAll(async () => {
  await testee.close()
})
afterEach(async () => {
  await Promise.all(ends.splice(0).map(end => end.close()))
})

const SOON = { from: 0, withinMs: 10_000 }
const named = (name: string) => (arrival: Arrival) => arrival.name === name

async function consenting(): Promise<Rig> {
  const made = await rigFor(testee, { role: 'CUSTOMER' })
  ends.push(made)
  await made.stage.reach('consenting', made.fixture)
  return made
}

/** A broker’s frame with a ping. */
const ping = (id: number, sequence: bigint, target: number, padding = 0) => {
  const payload = encodeMessage('RELAY', { ping: { id } })
  return encodeFrame({ channel: 1, source: 0, targets: [target], sequence, payload: new Uint8Array([...payload, ...unknownField(padding)]) })
}

/** Field 1,000 of so many bytes, which nobody knows. */
function unknownField(bytes: number): Uint8Array {
  if (bytes === 0) return new Uint8Array(0)
  const length = [(bytes & 127) | 128, ((bytes >> 7) & 127) | 128, bytes >> 14]
  return new Uint8Array([0xc2, 0x3e, ...length, ...new Uint8Array(bytes)])
}

describe('the line of an end under test', () => {
  it('tells how it was opened', async () => {
    const { stage } = await consenting()
    expect(stage.broker.opening).toMatchObject({ binding: 'websocket', protocols: ['remoteassist.v1'] })
    expect(stage.attach.websocketUrl.endsWith(stage.broker.opening?.path ?? '-')).toBe(true)
  })

  it('takes a frame in fragments, as one', async () => {
    const { stage } = await consenting()
    stage.broker.fragments(ping(77, 5_000n, stage.broker.testee, 20_000), 50)
    expect((await stage.broker.inbox.next(arrival => arrival.name === 'pong' && arrival.fields.id === '77', SOON)).fault).toBeUndefined()
  })

  it('is closed on a text, and on more fragments than are allowed', async () => {
    const first = await consenting()
    first.stage.broker.stray()
    expect((await first.stage.broker.inbox.closing(SOON)).code).toBe(400)
    const second = await consenting()
    second.stage.broker.fragments(ping(78, 5_000n, second.stage.broker.testee, 20_000), 2_000)
    expect([0, 400]).toContain((await second.stage.broker.inbox.closing(SOON)).code)
  })

  it('is closed on a frame that is too large', async () => {
    const { stage } = await consenting()
    stage.broker.sendBytes(ping(79, 5_000n, stage.broker.testee, 270_000))
    expect((await stage.broker.inbox.closing(SOON)).code).toBe(401)
  })

  it('is broken by a code of the binding that the protocol does not use: the testee returns', async () => {
    const { stage } = await consenting()
    expect(await stage.broker.connected({ withinMs: 1_000 })).toBe(1)
    stage.broker.closeRaw(4_999)
    expect(await stage.broker.connected({ withinMs: 10_000 })).toBe(2)
    expect(
      (await stage.broker.inbox.next(arrival => arrival.name === 'hello' && (arrival.fields.resumeToken as Uint8Array).length === 32, SOON)).fault,
    ).toBeUndefined()
  })

  it('is not taken while the broker takes none', async () => {
    const { stage } = await consenting()
    expect(await stage.broker.connected({ withinMs: 1_000 })).toBe(1)
    stage.broker.open = false
    stage.broker.cut()
    await stage.broker.inbox.closing(SOON)
    await expect(stage.broker.barrier()).rejects.toThrow(/not connected/)
    stage.broker.open = true
    expect(await stage.broker.connected({ withinMs: 20_000 })).toBe(2)
  })
})

describe('the door of a broker under test', () => {
  it('is knocked at in every way', async () => {
    const role = await testee.startRole('door', { role: 'BROKER' })
    const { websocketUrl } = role.ready as { websocketUrl: string }
    const statusOf = async (upgrade: Parameters<typeof askUpgrade>[1]) => (await askUpgrade(websocketUrl, upgrade)).status
    expect(await statusOf({})).toBe(101)
    expect(await statusOf({ headers: { 'Sec-WebSocket-Protocol': undefined } })).toBe(400)
    expect(await statusOf({ headers: { Origin: 'https://elsewhere.example' } })).toBe(403)
    expect(await statusOf({ path: '/elsewhere' })).toBe(404)
    expect(await statusOf({ path: '/v1/attach?token=x' })).toBe(400)
    const answer = await askUpgrade(websocketUrl, { headers: { 'Sec-WebSocket-Extensions': 'permessage-deflate' } })
    expect(answer.headers['sec-websocket-extensions']).toBeUndefined()
    await role.stop()
  })

  it('opens and stays shut to who says something else first', async () => {
    const role = await testee.startRole('first', { role: 'BROKER' })
    const stage = new BrokerStage(role.ready as { websocketUrl: string; grpcUrl: string })
    ends.push(stage)
    const { player } = await stage.connect('agent')
    player.send({ channel: 'RELAY', messages: [{ ping: { id: 1 } }] })
    expect((await player.inbox.closing(SOON)).code).toBe(403)
    expect(player.inbox.all.filter(named('pong'))).toEqual([])
    await role.stop()
  })
})
