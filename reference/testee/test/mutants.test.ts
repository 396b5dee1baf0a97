/** The faults that can be planted: each fits the code, and one that is planted is there. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Role } from '@remote-assist/codec'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { MUTANTS } from '../src/mutants/index.js'
import { fits } from '../src/mutants/plant.js'
import { Suite } from './support/suite.js'

const REGISTRY = JSON.parse(readFileSync(new URL('../../../docs/spec/registry.json', import.meta.url), 'utf8')) as {
  readonly requirements: Readonly<Record<string, { readonly roles: readonly string[] }>>
}
/** Roles in requirements that any end has. */
const ANY_END = ['participant', 'sender', 'receiver']

describe('the list', () => {
  test.each(MUTANTS)('$id stands in the code exactly once, changes it, and breaks a requirement of its role', mutant => {
    expect(fits(mutant)).toBe(true)
    expect(mutant.find).not.toBe(mutant.replace)
    const concerned = REGISTRY.requirements[mutant.requirement]?.roles ?? []
    expect(concerned.some(role => role === mutant.role || (mutant.role !== 'broker' && ANY_END.includes(role)))).toBe(true)
  })

  test('has each id once, and at least eight in each area', () => {
    expect(new Set(MUTANTS.map(({ id }) => id)).size).toBe(MUTANTS.length)
    for (const area of new Set(MUTANTS.map(it => it.area))) expect(MUTANTS.filter(it => it.area === area).length).toBeGreaterThanOrEqual(8)
  })
})

/** Whether a broker that runs with this mutant takes a URL with a query. */
async function takesQueries(env: Readonly<Record<string, string>>): Promise<boolean> {
  const it = new Suite({ env })
  const { websocketUrl } = await it.start('b', { role: Role.BROKER as number })
  const socket = new WebSocket(`${websocketUrl}?token=secret`, ['remoteassist.v1'])
  const taken = await new Promise<boolean>(resolve => {
    socket.once('open', () => resolve(true))
    socket.once('error', () => resolve(false))
  })
  socket.terminate()
  expect(await it.shutdown()).toBe(0)
  return taken
}

test('a mutant that is planted is there, and without one nothing is wrong', async () => {
  expect(await takesQueries({ RA_MUTANT: 'queries-taken' })).toBe(true)
  expect(await takesQueries({})).toBe(false)
})

test('a mutant that does not exist ends the process with a sentence', async () => {
  const it = new Suite({ env: { RA_MUTANT: 'no-such-mutant' } })
  const [code] = await once(it.child, 'exit')
  expect(code).toBe(1)
  expect(it.errors.join('')).toContain('There is no mutant “no-such-mutant”')
})

test('the list is printed as JSON', async () => {
  const it = new Suite({ argv: ['--list-mutants'], reads: false })
  const printed: Buffer[] = []
  it.child.stdout?.on('data', (data: Buffer) => printed.push(data))
  await once(it.child, 'close')
  expect(JSON.parse(Buffer.concat(printed).toString())).toEqual(JSON.parse(JSON.stringify(MUTANTS)))
})
