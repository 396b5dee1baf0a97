import { Channel, CloseCode, Notice_Kind, Phase } from '@remote-assist/codec'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CUT_OFF_BYTES } from '../src/outbox.js'
import { Rig, TRANSPORTS, type TransportName } from './rig.js'

let rig: Rig
beforeEach(async () => {
  rig = await Rig.start()
})
afterEach(() => rig.stop())

const KIB = 1024
const part = (kib: number): Uint8Array => new Uint8Array(kib * KIB)

/** Three ends, one of which does not read. */
async function withSlowViewer(name?: TransportName) {
  const { agent, customer } = await rig.assisting(name)
  const viewer = await rig.invited(customer, name)
  viewer.connection.pause()
  await agent.sync()
  agent.forget()
  return { agent, customer, viewer }
}

test.each(TRANSPORTS)('a target that does not read is cut off at 4 MiB; the others get everything, over %s (RA-RLY-163, RA-RLY-165)', async name => {
  const { agent, customer, viewer } = await withSlowViewer(name)
  const isCutOff = () => agent.messages('roster').length > 0
  let sent = 0
  // How much the operating system takes before the broker has to keep anything differs from one to the next.
  while (!isCutOff()) {
    for (let i = 0; i < 5; i++) customer.send(Channel.MEDIA, [agent.number, viewer.number], part(200))
    for (let i = 0; i < 5; i++) expect((await agent.on(Channel.MEDIA)).payload.length).toBe(200 * KIB)
    sent += 5
    await agent.sync()
  }
  await customer.roster(({ entries }) => entries.some(entry => entry.participant === viewer.number && entry.phase === Phase.SUSPENDED))
  expect(sent * 200 * KIB).toBeGreaterThan(CUT_OFF_BYTES)
  viewer.connection.resume()
  expect(await viewer.end()).toBe(CloseCode.SLOW_CONSUMER)
  expect(viewer.arrived.filter(({ channel }) => channel === Channel.MEDIA).length).toBeLessThan(sent)
})

test('a source is told that a target lags, once, and when it has caught up (RA-RLY-164)', async () => {
  const { customer, viewer } = await withSlowViewer()
  for (let i = 0; i < 9; i++) customer.send(Channel.MEDIA, [viewer.number], part(200))
  await customer.sync()
  const notice = await customer.message('notice')
  expect(notice).toMatchObject({ kind: Notice_Kind.LAGGING, participant: viewer.number })
  expect(Number(notice.amount)).toBeGreaterThan(1_048_576)
  expect(customer.messages('notice')).toEqual([])
  viewer.connection.resume()
  expect(await customer.message('notice')).toMatchObject({ kind: Notice_Kind.CAUGHT_UP, participant: viewer.number })
  for (let i = 0; i < 9; i++) await viewer.on(Channel.MEDIA)
  await rig.clock.advance(10_000)
  await viewer.sync()
})

test('a target that lags for 10 s is cut off (RA-RLY-166)', async () => {
  const { agent, customer, viewer } = await withSlowViewer()
  for (let i = 0; i < 9; i++) customer.send(Channel.MEDIA, [viewer.number], part(200))
  await customer.sync()
  await rig.clock.advance(9_999)
  await agent.sync()
  expect(agent.messages('roster')).toEqual([])
  await rig.clock.advance(1)
  await agent.roster(({ entries }) => entries.some(entry => entry.phase === Phase.SUSPENDED))
  viewer.connection.resume()
  expect(await viewer.end()).toBe(CloseCode.SLOW_CONSUMER)
})

test('DropMedia empties the queue of media and leaves the rest, in order (RA-RLY-167)', async () => {
  const { agent, customer, viewer } = await withSlowViewer()
  const marks = [10, 11, 12]
  for (const mark of marks) {
    for (let i = 0; i < 6; i++) customer.send(Channel.MEDIA, [viewer.number], part(200))
    customer.send(Channel.SESSION, [viewer.number], new Uint8Array(mark))
  }
  customer.relay({ $case: 'dropMedia', value: { targets: [viewer.number] } })
  await customer.sync()
  viewer.connection.resume()
  for (const mark of marks) expect((await viewer.on(Channel.SESSION)).payload.length).toBe(mark)
  await viewer.sync()
  expect(viewer.arrived.filter(({ channel }) => channel === Channel.MEDIA).length).toBeLessThan(12)
  customer.relay({ $case: 'dropMedia', value: { targets: [] } })
  customer.send(Channel.MEDIA, [agent.number, viewer.number], part(1))
  expect((await viewer.take(({ payload }) => payload.length === KIB)).channel).toBe(Channel.MEDIA)
})

test('an eviction says goodbye behind what may not be dropped', async () => {
  const { customer, viewer } = await withSlowViewer()
  for (let i = 0; i < 10; i++) customer.send(Channel.MEDIA, [viewer.number], part(200))
  customer.send(Channel.SESSION, [viewer.number], part(1))
  customer.relay({ $case: 'evict', value: { participant: viewer.number, code: CloseCode.REMOVED } })
  await customer.sync()
  viewer.connection.resume()
  expect((await viewer.on(Channel.SESSION)).payload.length).toBe(KIB)
  expect((await viewer.message('bye')).code).toBe(CloseCode.REMOVED)
  expect(await viewer.end()).toBe(CloseCode.REMOVED)
})
