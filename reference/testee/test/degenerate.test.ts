/** Testees that are good for nothing are that in the way that their names say. */
import { once } from 'node:events'
import { Role } from '@remote-assist/codec'
import { expect, test } from 'vitest'
import { createdBy, Suite } from './support/suite.js'

const nobody = 'ws://127.0.0.1:9/v1/attach'
const customer = { role: Role.CUSTOMER as number, websocketUrl: nobody, way: { case: 'pin', value: '1234567890' } } as const

/** A testee of that kind that was introduced to the suite. */
async function introduced(name: string): Promise<Suite> {
  const it = new Suite({ argv: ['--degenerate', name] })
  const hello = await it.ask('', { case: 'hello', value: { contract: 1, suite: 'test' } })
  expect(hello).toMatchObject({ case: 'helloAck', value: { contract: 1, roles: [1, 2, 3, 4] } })
  return it
}

test('null says that it can do everything, begins everything, and answers nothing else', async () => {
  const it = await introduced('null')
  await it.start('c', customer)
  let answered = false
  void it.attempt('c', { case: 'stop' }).then(() => {
    answered = true
  })
  // Commands are answered in order: this one comes behind.
  await it.start('d', customer)
  expect(answered).toBe(false)
  expect(await it.shutdown()).toBe(0)
})

test('always-ok has done everything, and nothing came of it', async () => {
  const it = await introduced('always-ok')
  await it.start('c', customer)
  expect(await it.attempt('c', { case: 'stop' })).toMatchObject({ ok: true })
  expect(await it.look('c')).toMatchObject({ peers: [], injected: [] })
  expect(it.events).toEqual([])
  expect(await it.shutdown()).toBe(0)
})

test('always-unsupported can do nothing', async () => {
  const it = await introduced('always-unsupported')
  expect(await it.ask('c', { case: 'startRole', value: customer })).toMatchObject({ case: 'result', value: { ok: false, error: 'unsupported' } })
  expect(await it.shutdown()).toBe(0)
})

test('always-reject attaches and leaves, and as a broker turns everybody away', async () => {
  const [it, good] = [await introduced('always-reject'), new Suite()]
  const { websocketUrl } = await it.start('b', { role: Role.BROKER as number })
  await good.start('c', { ...customer, websocketUrl })
  expect(await good.event('c', 'ended')).toBe(201)
  await good.start('b', { role: Role.BROKER as number })
  const created = createdBy(await good.do('b', { case: 'createSession', value: {} }))
  await it.start('c', { ...customer, websocketUrl: created.websocketUrl })
  expect(await it.attempt('c', { case: 'stop' })).toMatchObject({ ok: false, error: 'refused' })
  expect(await Promise.all([it.shutdown(), good.shutdown()])).toEqual([0, 0])
})

test('crash-at-N dies at the Nth command', async () => {
  const it = await introduced('crash-at-2')
  const exited = once(it.child, 'exit')
  void it.ask('c', { case: 'startRole', value: customer })
  expect(await exited).toEqual([null, 'SIGKILL'])
})

test('hang answers nothing at all', async () => {
  const it = new Suite({ argv: ['--degenerate', 'hang'] })
  let answered = false
  void it.ask('', { case: 'hello', value: { contract: 1 } }).then(() => {
    answered = true
  })
  const exited = once(it.child, 'exit')
  it.child.stdin?.end()
  expect((await exited)[0]).toBe(0)
  expect(answered).toBe(false)
})
