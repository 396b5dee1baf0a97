import { once } from 'node:events'
import * as http2 from 'node:http2'
import type { ClientDuplexStream, ServerDuplexStream, StatusObject } from '@grpc/grpc-js'
import { Client, credentials, Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js'
import type { CloseInfo, Connection, Listener } from '@remote-assist/transport'
import { FRAME_OVERHEAD_BYTES } from '@remote-assist/transport'
import { ATTACH_PATH, attachService, attachServiceDefinition, connect, listen, SERVER_OPTIONS, statusOf, WINDOW_BYTES } from '@remote-assist/transport-grpc'
import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import type { Content } from '../src/message.js'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const tidy of cleanups.splice(0).reverse()) await tidy()
})

interface Served {
  readonly listener: Listener
  readonly frames: Uint8Array[]
  readonly ended: Promise<CloseInfo>
  readonly accepted: Promise<Connection>
}

/** A listener that notes what its first connection brings. */
async function serve(): Promise<Served> {
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
  })
  cleanups.push(() => listener.close())
  return { listener, frames, ended, accepted }
}

type RawCall = ClientDuplexStream<Buffer, Buffer>
const asIs = (bytes: Buffer): Buffer => bytes

/** An attach call without any of our code. */
function raw(address: string): RawCall {
  const client = new Client(new URL(address).host, credentials.createInsecure())
  const call = client.makeBidiStreamRequest(ATTACH_PATH, asIs, asIs)
  call.on('error', () => undefined)
  cleanups.push(
    () => client.close(),
    () => call.cancel(),
  )
  return call
}

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')
const statusAfter = (call: RawCall): Promise<StatusObject> => new Promise(resolve => call.once('status', resolve))

test('RA-BND-040 RA-BND-043 the method answers with its headers before any message', async () => {
  const { listener } = await serve()
  await once(raw(listener.address), 'metadata')
  expect(ATTACH_PATH).toBe('/remoteassist.v1.AttachService/Attach')
})

test('RA-BND-044 a close message and a half-close end the connection, and the trailers repeat the code', async () => {
  const { listener, ended, frames } = await serve()
  const call = raw(listener.address)
  call.write(hex('0a 01 07'))
  call.write(hex('12 07 08 64 12 03 62 79 65'))
  call.end()
  call.resume()
  const { code, metadata } = await statusAfter(call)
  expect([code, metadata.get('ra-close-code'), metadata.get('ra-close-reason')]).toEqual([status.OK, ['100'], ['bye']])
  expect(await ended).toEqual({ code: 100, reason: 'bye', clean: true })
  expect(frames).toHaveLength(1)
})

test('RA-BND-045 RA-BND-050 the server closes by a message, takes what is in flight, and ends the call when the answer came', async () => {
  const { listener, ended, accepted, frames } = await serve()
  const call = raw(listener.address)
  const connection = await accepted
  connection.send(new Uint8Array([9]))
  connection.close(301, 'removed')
  const messages: string[] = []
  call.on('data', (message: Buffer) => {
    messages.push(message.toString('hex'))
    if (messages.length < 2) return
    for (let n = 0; n < 20; n++) call.write(hex('0a 01 07'))
    call.write(hex('12 05 08 ad 02 12 00'))
    call.end()
  })
  const { code, metadata } = await statusAfter(call)
  expect(messages).toEqual(['0a0109', `120c08ad021207${Buffer.from('removed').toString('hex')}`])
  expect([code, metadata.get('ra-close-code')]).toEqual([status.FAILED_PRECONDITION, ['301']])
  expect(await ended).toEqual({ code: 301, reason: 'removed', clean: true })
  expect(frames).toHaveLength(20)
})

test('RA-BND-046 each hundred of close codes has its status, and a reason survives the trailers', async () => {
  const expected = [status.OK, status.PERMISSION_DENIED, status.FAILED_PRECONDITION, status.INVALID_ARGUMENT, status.UNAVAILABLE, status.UNAUTHENTICATED]
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 699 }), code => {
      expect(statusOf(code)).toBe(expected[Math.floor(code / 100) - 1])
    }),
  )
  const { listener, accepted } = await serve()
  const call = raw(listener.address)
  const connection = await accepted
  connection.close(603, 'zu viele Versuche, 再见 100 %')
  await once(call, 'data')
  call.write(hex('12 05 08 db 04 12 00'))
  call.end()
  const { code, metadata } = await statusAfter(call)
  expect(code).toBe(status.UNAUTHENTICATED)
  expect(decodeURIComponent(String(metadata.get('ra-close-reason')[0]))).toBe('zu viele Versuche, 再见 100 %')
})

test('RA-BND-047 a message that holds nothing closes with MALFORMED', async () => {
  const { listener, ended, frames } = await serve()
  const call = raw(listener.address)
  call.write(Buffer.alloc(0))
  call.write(hex('0a 01 07'))
  const [message] = (await once(call, 'data')) as [Buffer]
  expect(message.subarray(0, 5).toString('hex')).toMatch(/^12..089003$/)
  expect(await ended).toMatchObject({ code: 400, clean: false, error: { code: 'E_BINDING' } })
  expect(frames).toEqual([])
})

test('RA-BND-008 a close with a code out of range closes with MALFORMED', async () => {
  const { listener, ended } = await serve()
  const call = raw(listener.address)
  call.write(hex('12 04 08 63 12 00'))
  expect(await ended).toMatchObject({ code: 400, error: { code: 'E_BINDING' } })
})

test('RA-BND-042 a message beyond the limit of the binding is not taken', async () => {
  const { listener, ended, frames } = await serve()
  const call = raw(listener.address)
  call.resume()
  call.write(Buffer.alloc(1_000_000))
  expect((await statusAfter(call)).code).toBe(status.RESOURCE_EXHAUSTED)
  expect(await ended).toMatchObject({ code: undefined, clean: false, error: { code: 'E_LINE' } })
  expect(frames).toEqual([])
})

test('RA-BND-049 a half-close without a close message is a broken line', async () => {
  const { listener, ended } = await serve()
  const call = raw(listener.address)
  call.resume()
  call.end()
  expect(await ended).toMatchObject({ code: undefined, clean: false, error: { code: 'E_LINE' } })
})

/** A server of grpc-js that treats each attach call as `behave` says. */
async function serverThat(behave: (call: { end(): void; emit(event: 'error', error: object): boolean }) => void): Promise<string> {
  const server = new Server()
  server.addService(attachServiceDefinition, {
    attach: (call: ServerDuplexStream<Content, Content>) => {
      call.sendMetadata(new Metadata())
      call.on('data', () => behave(call))
    },
  })
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error === null ? resolve(bound) : reject(error)))
  })
  cleanups.push(() => server.forceShutdown())
  return `grpc://127.0.0.1:${port}`
}

test('RA-BND-049 a call that ends without the trailers is a broken line', async () => {
  for (const behave of [
    (call: { end(): void }) => call.end(),
    (call: { emit(event: 'error', error: object): boolean }) => call.emit('error', { code: status.UNAVAILABLE, details: 'gone' }),
  ]) {
    const address = await serverThat(behave)
    const info = await new Promise<CloseInfo>((closed, failed) => {
      connect(address)
        .open(connection => {
          connection.send(new Uint8Array([1]))
          return { frame: () => undefined, closed }
        })
        .catch(failed)
    })
    expect(info).toMatchObject({ code: undefined, clean: false, error: { code: 'E_LINE' } })
  }
})

test('RA-BND-048 the server offers large windows, to a stream and to its connection', async () => {
  const { listener } = await serve()
  const session = http2.connect(listener.address.replace('grpc:', 'http:'))
  cleanups.push(() => session.destroy())
  const stream = session.request({ ':method': 'POST', ':path': ATTACH_PATH, 'content-type': 'application/grpc+proto', te: 'trailers' })
  stream.on('error', () => undefined)
  await once(stream, 'response')
  expect(session.remoteSettings.initialWindowSize).toBe(WINDOW_BYTES)
  expect(session.state.remoteWindowSize).toBe(WINDOW_BYTES)
})

test('the service stands beside others on a shared server', async () => {
  const server = new Server(SERVER_OPTIONS)
  const seen: string[] = []
  const service = attachService(connection => ({ frame: bytes => connection.send(bytes), closed: ({ code }) => void seen.push(`closed ${code}`) }))
  server.addService(service.definition, { ...service.handlers })
  server.addService(
    {
      ping: {
        path: '/test.Other/Ping',
        requestStream: false,
        responseStream: false,
        requestSerialize: asIs,
        requestDeserialize: asIs,
        responseSerialize: asIs,
        responseDeserialize: asIs,
      },
    },
    { ping: (_: unknown, reply: (error: null, bytes: Buffer) => void) => reply(null, Buffer.from('pong')) },
  )
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error === null ? resolve(bound) : reject(error)))
  })
  cleanups.push(() => server.forceShutdown())
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure())
  cleanups.push(() => client.close())
  const pong = await new Promise((resolve, reject) => {
    client.makeUnaryRequest('/test.Other/Ping', asIs, asIs, Buffer.alloc(0), (error, bytes) => (error === null ? resolve(bytes?.toString()) : reject(error)))
  })
  const end = await new Promise<CloseInfo>((closed, failed) => {
    connect(`grpc://127.0.0.1:${port}`)
      .open(connection => {
        connection.send(new Uint8Array([1]))
        return { frame: () => void service.close(502), closed }
      })
      .catch(failed)
  })
  expect([pong, end.code, end.clean, seen]).toEqual(['pong', 502, true, ['closed 502']])
  await expect(connect(`grpc://127.0.0.1:${port}`).open(() => ({ frame: () => undefined, closed: () => undefined }))).rejects.toMatchObject({
    code: 'E_CONNECT',
  })
})

test('an address that is no URL of a broker is refused', () => {
  for (const address of ['127.0.0.1:50051', 'localhost', 'ws://127.0.0.1', '']) expect(() => connect(address)).toThrow(TypeError)
})

test('RA-BND-014 a port in use is E_CONNECT', async () => {
  const { listener } = await serve()
  const port = Number(new URL(listener.address).port)
  await expect(listen(() => ({ frame: () => undefined, closed: () => undefined }), { port })).rejects.toMatchObject({ code: 'E_CONNECT' })
})

test('RA-BND-010 a close that is not answered in 10 s breaks the line', async () => {
  const { listener, accepted, ended } = await serve()
  const call = raw(listener.address)
  const connection = await accepted
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  cleanups.push(() => vi.useRealTimers())
  connection.close(501)
  await once(call, 'data')
  vi.advanceTimersByTime(10_000)
  expect((await statusAfter(call)).code).toBe(status.CANCELLED)
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
