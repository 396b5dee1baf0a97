/** A customer, an agent and a broker under test, in three processes, have a session with one another. */
import { Permission, Phase, Role } from '@remote-assist/codec'
import { afterEach, expect, test } from 'vitest'
import { createdBy, type Started, Suite } from './support/suite.js'

const open: Suite[] = []
const suite = (started?: Started): Suite => {
  const it = new Suite(started)
  open.push(it)
  return it
}
afterEach(async () => {
  const codes = await Promise.all(open.splice(0).map(it => it.shutdown()))
  expect(codes.every(code => code === 0)).toBe(true)
})

const EVERYTHING = Object.values(Permission).filter((it): it is Permission => typeof it === 'number' && it !== Permission.UNSPECIFIED)

/** Three testees, and a customer that was asked. */
async function meeting(permissions: readonly Permission[] = EVERYTHING, customerIs: { readonly simulatedClock?: boolean } = {}) {
  const [broker, agent, customer] = [suite(), suite(), suite()]
  await broker.start('b', { role: Role.BROKER as number })
  const created = createdBy(await broker.do('b', { case: 'createSession', value: { request: { displayName: 'Ada' } } }))
  const { pin, customerUrl } = await agent.start('a', {
    role: Role.AGENT as number,
    websocketUrl: created.websocketUrl,
    displayName: 'Ada',
    way: { case: 'created', value: created },
    permissions: [...permissions] as number[],
  })
  expect(customerUrl).toContain('#')
  await customer.start('c', {
    role: Role.CUSTOMER as number,
    websocketUrl: created.websocketUrl,
    displayName: 'Cleo',
    way: { case: 'pin', value: pin },
    screens: [
      { id: 7, width: 64, height: 48, primary: true },
      { id: 9, x: 64, width: 32, height: 32 },
    ],
    ...customerIs,
  })
  const asked = await customer.event('c', 'asked')
  return { broker, agent, customer, asked, created }
}

test('asks, is answered, shows, injects, copies, sends, elevates and stops', async () => {
  const { agent, customer, asked } = await meeting()
  expect(asked).toMatchObject({ about: 'consent', displayName: 'Ada', organisation: '' })
  await customer.do('c', { case: 'answer', value: { question: asked.id, permissions: asked.permissions } })
  await agent.event('a', 'phase', ({ participant, phase }) => participant !== 0 && (phase as number) === Phase.ACTIVE)
  await agent.stands('a', ({ screens }) => screens.length === 2)
})
