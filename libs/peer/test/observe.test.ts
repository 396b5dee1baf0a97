/** Following a session more closely than its user does, and asking when the agent says so. */
import { CloseCode, Permission } from '@remote-assist/codec'
import { expect, test } from 'vitest'
import { Agent } from '../src/api/agent.js'
import { Customer } from '../src/api/customer.js'
import type { Observer } from '../src/api/joiner.js'
import { settle } from './support/clock.js'
import { assisting, house } from './support/house.js'

const recorder = () => {
  const heard: string[] = []
  const observe: Observer = (word, participant) => {
    if (word.kind === 'peer.phase') heard.push(`${participant} ${word.phase}`)
    if (word.kind === 'session.live') heard.push('live')
    if (word.kind === 'session.ended') heard.push(`ended ${CloseCode[word.code]}`)
  }
  return { heard, observe }
}

test('an observer hears every phase of the session and of each counterpart, and the code with which it ended', async () => {
  const watched = recorder()
  const { agent, customer } = await assisting({ observe: watched.observe })
  const ended = agent.once('ended')
  customer.stop()
  await ended
  expect(watched.heard).toEqual(['live', '2 securing', '2 consenting', '2 active', '2 gone', 'ended STOPPED'])
})

test('an agent that names no permissions asks for nothing until it is told to', async () => {
  const { agent, relay, host, clock } = await house({ permissions: [] })
  expect(() => agent.ask([Permission.VIEW_SCREEN])).toThrow(expect.objectContaining({ code: 'E_NOT_ACTIVE' }))
  const watched = recorder()
  const customer = await Customer.join({ transport: relay.transport, pin: agent.pin.grouped, host, clock, observe: watched.observe })
  expect(watched.heard).toEqual(['live', '1 securing', '1 consenting'])
  const asked: (readonly Permission[])[] = []
  customer.on('consent', request => {
    asked.push(request.permissions)
    request.grantAll()
  })
  await settle()
  expect(asked).toEqual([])
  agent.ask([Permission.VIEW_SCREEN], 'to look')
  const session = await agent.customer()
  expect(asked).toEqual([[Permission.VIEW_SCREEN]])
  expect(session.grants).toEqual([Permission.VIEW_SCREEN])
})

test('a further agent that gives up before it was let in leaves', async () => {
  const { agent, relay, host, clock } = await house()
  const waiting = agent.customer()
  const customer = await Customer.join({ transport: relay.transport, pin: agent.pin.digits, host, clock })
  const first = await customer.once('consent')
  first.grantAll()
  const session = await waiting
  const { url } = await session.invite({ role: 'agent' })
  const over = new AbortController()
  const watched = recorder()
  const joining = Agent.join({ transport: relay.transport, url, displayName: 'Bo', clock, observe: watched.observe, signal: over.signal })
  joining.catch(() => undefined)
  await settle()
  expect(watched.heard).toContain('2 consenting')
  over.abort()
  await expect(joining).rejects.toMatchObject({ code: 'E_CANCELLED' })
  await settle()
  expect(watched.heard.at(-1)).toBe('2 gone')
  expect(watched.heard).toContain('ended LEFT')
  expect(customer.participants.map(({ participant }) => participant)).toEqual([1, 2])
})
