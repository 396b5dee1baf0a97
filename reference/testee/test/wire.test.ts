/** Frames in and out, and commands that make no sense. */
import { once } from 'node:events'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { Role } from '@remote-assist/codec'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { HostFrameSchema, TesteeFrameSchema } from '../src/gen/remoteassist/conformance/v1/adapter_pb.js'
import { lines, records } from '../src/wire/split.js'
import { Suite } from './support/suite.js'

/** A stream in pieces of any size. */
async function* inPieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    yield bytes.subarray(at, at + size)
    at += size
  }
}

async function all<T>(pieces: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const piece of pieces) found.push(piece)
  return found
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 })

test('frames come out as they went in, however the stream is cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 60 })), sizes, async (frames, cut) => {
      const stream = Buffer.concat(frames.flatMap(frame => [Buffer.from([0, 0, 0, frame.length]), Buffer.from(frame)]))
      expect((await all(records(inPieces(stream, cut)))).map(it => [...it])).toEqual(frames.map(it => [...it]))
    }),
    { numRuns: 50 },
  )
})

test('lines come out as they went in, however the stream is cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.json().map(it => JSON.stringify(JSON.parse(it)))), sizes, async (written, cut) => {
      expect(await all(lines(inPieces(Buffer.from(written.map(it => `${it}\r\n`).join('')), cut)))).toEqual(written)
    }),
    { numRuns: 50 },
  )
})

test.each([
  ['a frame of more than 16 MiB', Buffer.from([1, 0, 0, 1])],
  ['a stream that ends within a frame', Buffer.from([0, 0, 0, 5, 1])],
])('%s is an error', async (_, bytes) => {
  await expect(all(records(inPieces(bytes, [3])))).rejects.toThrow()
})

test('bytes that are no command end the process with an error', async () => {
  for (const [wire, bytes] of [
    ['protobuf', Buffer.from([0, 0, 0, 2, 0xff, 0xff])],
    ['jsonl', Buffer.from('{"seq":1,"nonsense":true}\n')],
  ] as const) {
    const it = new Suite({ wire })
    const exited = once(it.child, 'exit')
    it.child.stdin?.write(bytes)
    expect((await exited)[0]).toBe(1)
    expect(it.errors.join('')).not.toBe('')
  }
})

test('a command for a key that is not played fails, and so does a key that is', async () => {
  const it = new Suite({ wire: 'jsonl' })
  expect(await it.attempt('nobody', { case: 'stop' })).toMatchObject({ ok: false, error: 'failed' })
  expect(await it.ask('nobody', { case: 'snapshot', value: {} })).toMatchObject({ case: 'result', value: { ok: false, error: 'failed' } })
  await it.start('b', { role: Role.BROKER as number })
  expect(await it.ask('b', { case: 'startRole', value: { role: Role.BROKER as number } })).toMatchObject({ case: 'result', value: { error: 'failed' } })
  expect(await it.attempt('b', { case: 'stop' })).toMatchObject({ ok: false, error: 'unsupported' })
  expect(await it.attempt('b', { case: 'advanceClock', value: { ms: 1 } })).toMatchObject({ ok: false, error: 'unsupported' })
  expect(await it.ask('b', { case: 'stopRole', value: {} })).toMatchObject({ case: 'result', value: { ok: true } })
  expect(await it.attempt('b', { case: 'stop' })).toMatchObject({ ok: false, error: 'failed' })
  expect(await it.shutdown()).toBe(0)
})

test('a testee dials in, and goes when the suite hangs up', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const { port } = server.address() as { readonly port: number }
  const it = new Suite({ argv: ['--attach', `ws://127.0.0.1:${port}`] })
  const exited = once(it.child, 'exit')
  const [socket] = await once(server, 'connection')
  socket.send(toBinary(HostFrameSchema, create(HostFrameSchema, { seq: 7, kind: { case: 'hello', value: { contract: 1 } } })))
  const [answer] = await once(socket, 'message')
  expect(fromBinary(TesteeFrameSchema, answer)).toMatchObject({ reSeq: 7, kind: { case: 'helloAck' } })
  socket.close()
  expect((await exited)[0]).toBe(0)
  server.close()
})
