import { once } from 'node:events'
import { expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { AdapterError, attachDialIn, TesteeCrash } from '../../src/adapter/index.js'

const ACK = { contract: 1, implementation: { name: 'app', version: '1' }, roles: ['ROLE_VIEWER'], profiles: ['core'] }

/** An app that dials in and answers everything but Do, upon which its connection breaks. */
async function dial(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url)
  socket.on('message', data => {
    const { seq, key = '', ...kind } = JSON.parse(String(data))
    if ('do' in kind) return socket.terminate()
    const answer = 'hello' in kind ? { helloAck: ACK } : 'startRole' in kind ? { roleReady: {} } : { result: { ok: true } }
    socket.send(JSON.stringify({ reSeq: seq, key, ...answer }))
  })
  await once(socket, 'open')
  return socket
}

it('takes a testee that dials in, and takes it again after its connection broke', async () => {
  let dialled: Promise<WebSocket> | undefined
  let address = ''
  const testee = await attachDialIn(0, {
    wire: 'jsonl',
    listening: url => {
      address = url
      dialled = dial(url)
    },
  })
  const first = await dialled
  expect(testee.hello.name).toBe('app')
  const role = await testee.startRole('one', { role: 'VIEWER' })
  const gone = once(first as WebSocket, 'close')
  await expect(role.do({ pause: {} })).rejects.toBeInstanceOf(TesteeCrash)
  await gone
  const again = testee.startRole('two', { role: 'VIEWER' })
  await dial(address)
  expect((await again).key).toBe('two')
  await testee.close()
})

it('tells that nobody dialled in', async () => {
  await expect(attachDialIn(0, { dialMs: 100 })).rejects.toMatchObject({ code: 'NOT_STARTED', message: expect.stringContaining('0.1 s') })
})

it('tells that the port is taken', async () => {
  let port = 0
  const first = attachDialIn(0, { dialMs: 2_000, listening: url => (port = Number(new URL(url).port)) })
  first.catch(() => {})
  await expect.poll(() => port).toBeGreaterThan(0)
  await expect(attachDialIn(port)).rejects.toBeInstanceOf(AdapterError)
  await expect(first).rejects.toMatchObject({ code: 'NOT_STARTED' })
})
