import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CloseInfo, Connection, Listener } from '@remote-assist/transport'
import { FRAME_OVERHEAD_BYTES, MAX_FRAME_BYTES } from '@remote-assist/transport'
import type { ListenOptions } from '@remote-assist/transport-websocket'
import { connect, listen, SUBPROTOCOL } from '@remote-assist/transport-websocket'
import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const tidy of cleanups.splice(0).reverse()) await tidy()
})

interface Served {
  readonly listener: Listener
  readonly frames: Uint8Array[]
  /** The end of the first connection. */
  readonly ended: Promise<CloseInfo>
  /** The first connection. */
  readonly accepted: Promise<Connection>
}

/** A listener that notes what its first connection brings. */
async function serve(options?: ListenOptions): Promise<Served> {
  const frames: Uint8Array[] = []
  let end: (info: CloseInfo) => void = () => undefined
  let accept: (connection: Connection) => void = () => undefined
  const ended = new Promise<CloseInfo>(resolve => {
    end = resolve
  })
  const accepted = new Promise<Connection>(resolve => {
    accept = resolve
  })
  const listener = await listen(connection => {
    accept(connection)
    return { frame: bytes => void frames.push(bytes), closed: end }
  }, options)
  cleanups.push(() => listener.close())
  return { listener, frames, ended, accepted }
}

/** An open `ws` socket without any of our code. */
async function raw(address: string, options: ConstructorParameters<typeof WebSocket>[2] = {}): Promise<WebSocket> {
  const socket = new WebSocket(address, SUBPROTOCOL, options)
  socket.on('error', () => undefined)
  await once(socket, 'open')
  cleanups.push(() => socket.terminate())
  return socket
}

/** The HTTP status with which an upgrade is refused. */
async function refusal(address: string, protocols: string | string[], options: ConstructorParameters<typeof WebSocket>[2] = {}): Promise<number | undefined> {
  const socket = new WebSocket(address, protocols, options)
  socket.on('error', () => undefined)
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode?: number; resume(): void }]
  response.resume()
  socket.terminate()
  return response.statusCode
}

test('RA-BND-020 the subprotocol is offered and chosen', async () => {
  const { listener, accepted } = await serve()
  const socket = await raw(listener.address)
  expect(socket.protocol).toBe('remoteassist.v1')
  await accepted
})

test('RA-BND-033 a server that does not speak the subprotocol is not connected to', async () => {
  const server = new WebSocketServer({ port: 0, handleProtocols: () => false })
  cleanups.push(() => server.close())
  await once(server, 'listening')
  const attempt = connect(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`).open(() => {
    throw new Error('accepted')
  })
  await expect(attempt).rejects.toMatchObject({ code: 'E_CONNECT' })
})

test('RA-BND-022 a request without the subprotocol is refused with 400', async () => {
  const { listener } = await serve()
  expect(await refusal(listener.address, 'something.else')).toBe(400)
  expect(await refusal(listener.address, [])).toBe(400)
})

test('RA-BND-032 a request for another path is refused with 404', async () => {
  const { listener } = await serve()
  expect(await refusal(listener.address.replace('/v1/attach', '/v2/attach'), SUBPROTOCOL)).toBe(404)
})

test('RA-BND-034 a request whose URL has a query is refused with 400: nothing secret belongs there, and nothing else is asked', async () => {
  const { listener } = await serve()
  expect(await refusal(`${listener.address}?token=abc`, SUBPROTOCOL)).toBe(400)
})

test('RA-BND-028 a page may connect only from an origin that is allowed', async () => {
  const listed = await serve({ origins: ['https://assist.example'] })
  expect(await refusal(listed.listener.address, SUBPROTOCOL, { origin: 'https://evil.example' })).toBe(403)
  expect(await refusal(listed.listener.address, SUBPROTOCOL, { origin: 'https://assist.example.evil.example' })).toBe(403)
  await raw(listed.listener.address, { origin: 'https://assist.example' })
  await raw(listed.listener.address)
  const none = await serve()
  expect(await refusal(none.listener.address, SUBPROTOCOL, { origin: 'https://assist.example' })).toBe(403)
  const asked = await serve({ origins: origin => origin.endsWith('.example') })
  await raw(asked.listener.address, { origin: 'https://any.example' })
})

test('RA-BND-025 no compression is negotiated', async () => {
  const { listener } = await serve()
  const socket = await raw(listener.address, { perMessageDeflate: true })
  expect(socket.extensions).toBe('')
})

test('RA-BND-023 RA-BND-024 one binary message is one frame; a text message closes with MALFORMED', async () => {
  const { listener, frames, ended } = await serve()
  const socket = await raw(listener.address)
  socket.send(new Uint8Array([1, 2]))
  socket.send(new Uint8Array())
  socket.send('text')
  socket.send(new Uint8Array([3]))
  const [code] = (await once(socket, 'close')) as [number]
  expect(code).toBe(4400)
  expect(await ended).toMatchObject({ code: 400, clean: false, error: { code: 'E_BINDING' } })
  expect(frames.map(bytes => [...bytes])).toEqual([[1, 2], []])
})

test('RA-BND-024 a text message from the server ends the connection at the client', async () => {
  const server = new WebSocketServer({ port: 0, handleProtocols: () => SUBPROTOCOL })
  cleanups.push(() => server.close())
  await once(server, 'listening')
  server.on('connection', socket => socket.send('text'))
  const info = await new Promise<CloseInfo>(closed => {
    void connect(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`).open(() => ({ frame: () => undefined, closed }))
  })
  expect(info).toMatchObject({ code: 400, error: { code: 'E_BINDING' } })
})

test('RA-BND-029 a message in too many fragments ends the connection', async () => {
  const { listener, frames, ended } = await serve()
  const socket = await raw(listener.address)
  const fragments = (count: number) => {
    for (let n = 1; n <= count; n++) socket.send(new Uint8Array(1), { fin: n === count })
  }
  fragments(1024)
  fragments(1025)
  expect(await ended).toMatchObject({ code: 400, clean: false, error: { code: 'E_BINDING' } })
  expect(frames.map(bytes => bytes.length)).toEqual([1024])
})

test('RA-BND-002 a message that is too large in pieces is refused as early as its length is known', async () => {
  const { listener, frames, ended } = await serve()
  const socket = await raw(listener.address)
  socket.send(new Uint8Array(MAX_FRAME_BYTES), { fin: false })
  socket.send(new Uint8Array(1), { fin: false })
  expect(await ended).toMatchObject({ code: 401, clean: false, error: { code: 'E_BINDING' } })
  expect(frames).toEqual([])
})

test('RA-BND-026 a protocol close code n is the WebSocket close code 4000 + n, both ways', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 100, max: 699 }), fc.string({ maxLength: 30 }), async (code, reason) => {
      const { listener, ended, accepted } = await serve()
      const [one, other] = [await raw(listener.address), await accepted]
      const seen = once(one, 'close') as Promise<[number, Buffer]>
      if (code % 2 === 0) {
        other.close(code, reason)
        const [socketCode, bytes] = await seen
        expect([socketCode, bytes.toString()]).toEqual([4000 + code, reason])
      } else {
        one.close(4000 + code, reason)
        expect(await ended).toEqual({ code, reason: reason, clean: true })
      }
    }),
    { numRuns: 20 },
  )
})

test('RA-BND-027 an end without a protocol close code is a broken line', async () => {
  for (const socketCode of [1000, 1001, 3000, 4000, 4099, 4700, 4999, undefined]) {
    const { listener, ended } = await serve()
    const socket = await raw(listener.address)
    socket.close(socketCode)
    expect(await ended).toMatchObject({ code: undefined, clean: false, error: { code: 'E_LINE' } })
  }
})

test('RA-BND-030 the standard codes for broken rules are understood', async () => {
  for (const [socketCode, code] of [
    [1002, 400],
    [1003, 400],
    [1007, 400],
    [1008, 400],
    [1009, 401],
  ] as const) {
    const { listener, ended } = await serve()
    const socket = await raw(listener.address)
    socket.close(socketCode)
    expect(await ended).toMatchObject({ code, clean: false, error: { code: 'E_BINDING' } })
  }
})

test('RA-BND-021 a base URL leads to /v1/attach below it', async () => {
  const { listener } = await serve()
  const { host } = new URL(listener.address)
  for (const base of [`ws://${host}`, `http://${host}/`, new URL(`ws://${host}/v1/attach`), `http://${host}/v1/attach/`]) {
    const connection = await connect(base).open(() => ({ frame: () => undefined, closed: () => undefined }))
    connection.close(100)
  }
  const below = await serve({ path: '/assist/v1/attach' })
  const connection = await connect(`${below.listener.address.replace('/v1/attach', '')}`).open(() => ({ frame: () => undefined, closed: () => undefined }))
  connection.close(100)
})

test('RA-BND-031 a URL that holds a secret, or is none, is refused before anything is sent', () => {
  for (const url of [
    'wss://assist.example/?token=1',
    'wss://assist.example/#1',
    'wss://user@assist.example',
    'wss://user:word@assist.example',
    'ftp://assist.example',
    'assist.example',
    '',
  ]) {
    expect(() => connect(url)).toThrow(TypeError)
  }
})

test('a listener shares a server with other paths and leaves it running', async () => {
  const server = createServer((_, response) => response.end('page'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => server.close())
  const { listener } = await serve({ server })
  const { host } = new URL(listener.address)
  const connection = await connect(listener.address).open(() => ({ frame: () => undefined, closed: () => undefined }))
  expect(connection.remoteAddress).toBe('127.0.0.1')
  await listener.close()
  expect(await (await fetch(`http://${host}/`)).text()).toBe('page')
})

test('the address of the other side can come from a trusted proxy', async () => {
  const { listener, accepted } = await serve({ remoteAddress: ({ headers }) => String(headers['x-forwarded-for']) })
  await raw(listener.address, { headers: { 'x-forwarded-for': '203.0.113.7' } })
  expect((await accepted).remoteAddress).toBe('203.0.113.7')
})

test('RA-BND-014 a port in use is E_CONNECT', async () => {
  const { listener } = await serve()
  await expect(listen(() => ({ frame: () => undefined, closed: () => undefined }), { port: Number(new URL(listener.address).port) })).rejects.toMatchObject({
    code: 'E_CONNECT',
  })
})

test('RA-BND-014 a server that never answers is given up', async () => {
  const server = createServer()
  server.on('upgrade', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(
    () => server.closeAllConnections(),
    () => server.close(),
  )
  const { port } = server.address() as AddressInfo
  await expect(connect(`ws://127.0.0.1:${port}`, { timeoutMs: 50 }).open(() => ({ frame: () => undefined, closed: () => undefined }))).rejects.toMatchObject({
    code: 'E_CONNECT',
  })
})

test('RA-BND-010 a close that is not answered in 10 s breaks the line', async () => {
  const { listener, accepted, ended } = await serve()
  const socket = await raw(listener.address)
  const connection = await accepted
  socket.pause()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  cleanups.push(() => vi.useRealTimers())
  connection.close(501)
  vi.advanceTimersByTime(9_999)
  expect(socket.readyState).toBe(WebSocket.OPEN)
  vi.advanceTimersByTime(1)
  expect(await ended).toMatchObject({ code: 501, clean: false, error: { code: 'E_LINE' } })
})

test('a frame that waits counts for more than its bytes, so that tiny ones do not pile up beyond what is bounded', async () => {
  const { listener, frames } = await serve()
  const connection = await connect(listener.address).open(() => ({ frame: () => undefined, closed: () => undefined }))
  cleanups.push(() => connection.abort())
  const before = connection.bufferedBytes
  for (let i = 0; i < 100; i++) connection.send(Uint8Array.of(i))
  expect(connection.bufferedBytes - before).toBeGreaterThanOrEqual(100 * FRAME_OVERHEAD_BYTES)
  await expect.poll(() => [frames.length, connection.bufferedBytes]).toEqual([100, 0])
})
