import { Channel, CloseCode, decodeRelay, Phase, Role } from '@remote-assist/codec'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { memoryBus, memoryRegistry } from '../src/index.js'
import { Rig } from './rig.js'

let here: Rig
let there: Rig
beforeEach(async () => {
  const shared = { registry: memoryRegistry(), bus: memoryBus() }
  here = await Rig.start({ ...shared, node: 'here' })
  there = await Rig.start({ ...shared, node: 'there' })
})
afterEach(async () => {
  await here.stop()
  await there.stop()
})

test('two brokers that share a registry and a bus serve one session', async () => {
  const { made, agent } = await here.led()
  const customer = await there.open()
  const { resumeToken } = await customer.enter({ role: Role.CUSTOMER, locator: made.session.locator })
  await agent.roster(({ entries }) => entries.length === 2)
  agent.relay({ $case: 'admit', value: { participant: customer.number } })
  await customer.roster(({ entries }) => entries.every(entry => entry.phase === Phase.ADMITTED))

  customer.send(Channel.MEDIA, [agent.number], Uint8Array.of(1, 2, 3))
  expect([...(await agent.on(Channel.MEDIA)).payload]).toEqual([1, 2, 3])
  agent.send(Channel.INPUT, [customer.number], Uint8Array.of(4))
  expect([...(await customer.on(Channel.INPUT)).payload]).toEqual([4])

  const again = await here.open()
  expect((await again.enter({ role: Role.CUSTOMER, resumeToken })).incarnation).toBe(2)
  expect(await customer.end()).toBe(CloseCode.REPLACED)
  again.send(Channel.MEDIA, [agent.number], Uint8Array.of(5))
  expect([...(await agent.on(Channel.MEDIA)).payload]).toEqual([5])
})

test('a session made through one broker ends through the other', async () => {
  const { made, agent } = await here.led()
  expect((await there.call('DELETE', `/v1/sessions/${made.session.sessionId}`)).status).toBe(200)
  expect(await agent.end()).toBe(CloseCode.SESSION_ENDED)
})

test('steps of many at one time all count: nobody gets a number twice, and exactly one customer enters', async () => {
  const { made, agent } = await here.led()
  const ends = await Promise.all(Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? here : there).open()))
  const answers = await Promise.all(
    ends.map(async end => {
      end.hello({ role: Role.CUSTOMER, locator: made.session.locator })
      const { kind } = decodeRelay((await end.on(Channel.RELAY)).payload)
      if (kind?.$case === 'welcome') return kind.value.participant
      return kind?.$case === 'refusal' ? -kind.value.code : 0
    }),
  )
  const numbers = answers.filter(answer => answer > 0)
  expect(new Set(numbers).size).toBe(3)
  expect(answers.filter(answer => answer === -CloseCode.THROTTLED).length).toBe(5)
  for (const participant of numbers) agent.relay({ $case: 'admit', value: { participant } })
  await agent.roster(({ entries }) => entries.length === 2 && entries.every(entry => entry.phase === Phase.ADMITTED))
})
