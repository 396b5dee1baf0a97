import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { Role } from '@remote-assist/codec'
import { DEFAULT_POLICY, newRoom, type RoomRecord } from '@remote-assist/core'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { memoryRegistry } from '../src/index.js'
import { Rig } from './rig.js'

/** What is drawn next; afterwards the last one again and again. */
let drawn: string[] = []
const draw = () => Number(drawn.length > 1 ? drawn.shift() : drawn[0])

let here: Rig
let there: Rig
beforeEach(async () => {
  vi.spyOn(crypto, 'randomInt').mockImplementation(draw)
  syncBuiltinESMExports()
  const registry = memoryRegistry()
  here = await Rig.start({ registry, node: 'here' })
  there = await Rig.start({ registry, node: 'there' })
})
afterEach(async () => {
  vi.restoreAllMocks()
  syncBuiltinESMExports()
  await here.stop()
  await there.stop()
})

test('a locator that is in use is not given to another session, new or renewed, by any broker (RA-RLY-212)', async () => {
  drawn = ['1111']
  const first = await here.session()
  drawn = ['1111', '1111', '2222']
  const second = await there.session()
  expect([first.session.locator, second.session.locator]).toEqual(['1111', '2222'])
  drawn = ['2222', '1111', '3333']
  const renewed = await here.call<typeof first>('POST', `/v1/sessions/${first.session.sessionId}/code`, {}, { authorization: `Bearer ${first.agentToken}` })
  expect([renewed.status, renewed.body.session.locator]).toEqual([200, '3333'])
  // Who comes by a locator comes into the one session that has it.
  for (const { session } of [second, renewed.body]) {
    const customer = await there.open()
    const { sessionId } = await customer.enter({ role: Role.CUSTOMER, locator: session.locator })
    expect(Buffer.from(sessionId).toString('hex').slice(0, 8)).toBe(session.sessionId.slice(0, 8))
  }
})

test('without a free locator no session opens (RA-RLY-212)', async () => {
  drawn = ['1111']
  await here.session()
  expect((await there.call('POST', '/v1/sessions', { displayName: 'Bob' })).status).toBe(503)
})

test('a locator that was given up is free again', async () => {
  drawn = ['1111']
  const { session, agentToken } = await here.session()
  await here.call('DELETE', `/v1/sessions/${session.sessionId}`, undefined, { authorization: `Bearer ${agentToken}` })
  expect((await there.session()).session.locator).toBe('1111')
})

test('a registry never holds two open codes with one locator, whoever writes what at the same time (RA-RLY-212)', async () => {
  const locator = fc.constantFrom('1', '2', '3')
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e')
  const move = fc.oneof(
    fc.record({ do: fc.constant('create' as const), id, locator }),
    fc.record({ do: fc.constant('renew' as const), id, locator: fc.option(locator) }),
    fc.record({ do: fc.constant('delete' as const), id }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(move, { minLength: 1, maxLength: 4 }), { maxLength: 20 }), async rounds => {
      const registry = memoryRegistry()
      const details = { tenant: '', displayName: '', contactId: '', contactKind: 0, metadata: {} }
      const recordOf = (sessionId: string, code: string): RoomRecord =>
        newRoom({ sessionId, agentTokenHash: '', locator: code, details, policy: DEFAULT_POLICY, graceMs: 0 }, 0 as Parameters<typeof newRoom>[1])
      for (const round of rounds) {
        await Promise.all(
          round.map(async it => {
            if (it.do === 'create') return registry.create(recordOf(it.id, it.locator))
            if (it.do === 'delete') return registry.delete(it.id)
            const before = await registry.get(it.id)
            if (before === undefined) return
            const code = it.locator === null ? undefined : recordOf(it.id, it.locator).code
            return registry.compareAndSet({ ...before, revision: before.revision + 1, code }, before.revision)
          }),
        )
        const open = (await registry.list(100, undefined, '')).records.flatMap(({ code }) => code?.locator ?? [])
        expect(new Set(open).size).toBe(open.length)
        for (const record of (await registry.list(100, undefined, '')).records)
          if (record.code !== undefined) expect(await registry.findByLocator(record.code.locator)).toBe(record.sessionId)
      }
    }),
  )
})
