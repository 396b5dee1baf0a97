import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { HostileWire, type Mutation } from '../../src/selftest/proxy.js'

/** Sends back every frame, and closes with 4123 when it is told “bye”. */
const echo = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: offered => [...offered][0] ?? false })
let target = ''
let wire: HostileWire

beforeAll(async () => {
  if (echo.address() === null) await once(echo, 'listening')
  echo.on('connection', socket => {
    socket.on('message', (data: Buffer) => (data.toString() === 'bye' ? socket.close(4_123, 'so long') : socket.send(data)))
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
  const { url, counts } = wire.detour(target, mutation)
  const socket = new WebSocket(url, 'some.protocol')
  const back: Uint8Array[] = []
  socket.on('message', (data: Buffer) => back.push(new Uint8Array(data)))
  await once(socket, 'open')
  for (const frame of frames) socket.send(frame)
  socket.send('bye')
  const [code, reason] = await once(socket, 'close')
  return { back, counts, code, reason: String(reason), protocol: socket.protocol }
}

const frame = fc.uint8Array({ minLength: 1, maxLength: 40 }).filter(bytes => Buffer.from(bytes).toString() !== 'bye')

it('passes frames, order, closes and subprotocol on', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { maxLength: 12 }), async frames => {
      const { back, ...rest } = await spoken(frames)
      expect(back).toEqual(frames)
      expect(rest).toEqual({ counts: { up: frames.length + 1, down: frames.length }, code: 4_123, reason: 'so long', protocol: 'some.protocol' })
    }),
    { numRuns: 20 },
  )
})

it('does one wrong thing to one frame, and to no other', async () => {
  const place = fc.record({
    direction: fc.constantFrom('up', 'down'),
    deed: fc.constantFrom('drop', 'duplicate', 'reorder', 'flip'),
    frame: fc.nat({ max: 5 }),
    bit: fc.nat({ max: 4_000 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { minLength: 6, maxLength: 8 }), place, async (frames, mutation) => {
      const { back } = await spoken(frames, mutation as Mutation)
      const at = mutation.frame
      const [before, wrong, after] = [frames.slice(0, at), frames[at] as Uint8Array, frames.slice(at + 1)]
      if (mutation.deed === 'drop') expect(back).toEqual([...before, ...after])
      if (mutation.deed === 'duplicate') expect(back).toEqual([...before, wrong, wrong, ...after])
      if (mutation.deed === 'reorder' && after.length > 0) expect(back).toEqual([...before, ...after.slice(0, 1), wrong, ...after.slice(1)])
      if (mutation.deed === 'flip') {
        expect([...back.slice(0, at), ...back.slice(at + 1)]).toEqual([...before, ...after])
        const different = wrong.reduce((count, byte, index) => count + (byte ^ (back[at]?.[index] ?? 0)).toString(2).replaceAll('0', '').length, 0)
        expect(different).toBe(1)
      }
    }),
    { numRuns: 60 },
  )
})

it('breaks the line where nobody is', async () => {
  const { url } = wire.detour('ws://127.0.0.1:9/')
  const socket = new WebSocket(url)
  socket.on('error', () => {})
  await once(socket, 'close')
})
