import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { digestOf, HostileWire, type Mutation } from '../../src/selftest/proxy.js'
import { decodeFrame, encodeFrame, type WireFrame } from '../../src/wire/schema.js'

const BYE = 'bye'
/** Sends back every frame, and closes with 4123 when it is told “bye”. */
const echo = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: offered => [...offered][0] ?? false })
let target = ''
let wire: HostileWire

beforeAll(async () => {
  if (echo.address() === null) await once(echo, 'listening')
  echo.on('connection', socket => {
    socket.on('message', (data: Buffer) => (data.toString() === BYE ? socket.close(4_123, 'so long') : socket.send(data)))
  })
  target = `ws://127.0.0.1:${(echo.address() as AddressInfo).port}/somewhere`
  wire = await HostileWire.open()
})

afterAll(async () => {
  await wire.close()
  echo.close()
})

/** Sends these frames and “bye”, and resolves with what came back. */
async function spoken(frames: readonly Uint8Array[], mutation?: Mutation) {
  const { url, passage } = wire.detour(target, mutation)
  const socket = new WebSocket(url, 'some.protocol')
  const back: Uint8Array[] = []
  socket.on('message', (data: Buffer) => back.push(new Uint8Array(data)))
  await once(socket, 'open')
  for (const frame of frames) socket.send(frame)
  socket.send(BYE)
  const [code, reason] = await once(socket, 'close')
  return { back, passage, code, reason: String(reason), protocol: socket.protocol }
}

const CHANNELS = [3, 4, 5, 6]
const channel = fc.constantFrom(...CHANNELS)
const numbers = { source: fc.integer({ min: 1, max: 9 }), targets: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 2 }) }
const frame = fc.record({ channel, ...numbers, sequence: fc.bigInt({ min: 1n, max: 2n ** 50n }), payload: fc.uint8Array({ minLength: 1, maxLength: 40 }) })

it('passes frames, order, closes and subprotocol on, and tells what passed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { maxLength: 12 }), async frames => {
      const sent = frames.map(encodeFrame)
      const { back, passage, ...rest } = await spoken(sent)
      expect(back).toEqual(sent)
      expect(rest).toEqual({ code: 4_123, reason: 'so long', protocol: 'some.protocol' })
      expect(passage.applied).toBe(false)
      const down = passage.passed.filter(one => 'place' in one && one.place.direction === 'down')
      expect(down.map(one => 'place' in one && one.digest)).toEqual(sent.map(digestOf))
      expect(down.map(one => 'place' in one && one.header)).toEqual(frames.map(({ payload: _payload, ...header }) => header))
    }),
    { numRuns: 20 },
  )
})

const bitOf = { channel: 4, source: 16, target: 16, sequence: 63, payload: 8 } as const
const flip = fc
  .constantFrom(...(Object.keys(bitOf) as (keyof typeof bitOf)[]))
  .chain(field => fc.record({ field: fc.constant(field), bit: fc.nat({ max: bitOf[field] - 1 }) }))
const deed = fc.constantFrom('drop' as const, 'duplicate' as const, 'reorder' as const, 'flip' as const)
const wrong = fc.record({ deed, flip, direction: fc.constantFrom('up' as const, 'down' as const), at: fc.nat({ max: 5 }) })

it('does one wrong thing to one frame, and to no other', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { minLength: 6, maxLength: 8 }), wrong, async (frames, { at, deed, direction, flip }) => {
      const meant = frames[at] as WireFrame
      const nth = frames.slice(0, at).filter(one => one.channel === meant.channel).length
      const mutation = { deed, place: { line: 0, direction, channel: meant.channel, nth }, ...(deed === 'flip' ? { flip } : {}) }
      const sent = frames.map(encodeFrame)
      const { back, passage } = await spoken(sent, mutation)
      const [before, one, after] = [sent.slice(0, at), sent[at] as Uint8Array, sent.slice(at + 1)]
      if (deed === 'drop') expect(back).toEqual([...before, ...after])
      if (deed === 'duplicate') expect(back).toEqual([...before, one, one, ...after])
      // What comes behind “bye” is not sent back any more.
      const isBehindBye = direction === 'up' && after.length === 0
      if (deed === 'reorder') expect(back).toEqual(isBehindBye ? before : [...before, ...after.slice(0, 1), one, ...after.slice(1)])
      // The last word, “bye”, goes up behind the last frame; down nothing does.
      expect(passage.applied).toBe(deed !== 'reorder' || after.length > 0 || direction === 'up')
      if (deed !== 'flip') return
      expect([...back.slice(0, at), ...back.slice(at + 1)]).toEqual([...before, ...after])
      expect(differingBits(decodeFrame(back[at] as Uint8Array), decodeFrame(one))).toEqual({ [flip.field]: 1 })
    }),
    { numRuns: 80 },
  )
})

/** How many bits differ, by field. */
function differingBits(one: WireFrame, other: WireFrame) {
  const bits = (a: bigint, b: bigint) => [...(a ^ b).toString(2)].filter(digit => digit === '1').length
  const payload = one.payload.reduce((count, byte, index) => count + bits(BigInt(byte), BigInt(other.payload[index] ?? 0)), 0)
  const counts = {
    channel: bits(BigInt(one.channel), BigInt(other.channel)),
    source: bits(BigInt(one.source), BigInt(other.source)),
    target: one.targets.reduce((count, target, index) => count + bits(BigInt(target), BigInt(other.targets[index] ?? 0)), 0),
    sequence: bits(one.sequence, other.sequence),
    payload,
  }
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))
}

it('gives nobody a line to where nobody is', async () => {
  const { url } = wire.detour('ws://127.0.0.1:9/')
  const socket = new WebSocket(url)
  expect(await once(socket, 'error')).toEqual([expect.objectContaining({ code: 'ECONNRESET' })])
})
