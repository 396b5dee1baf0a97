/** The faults that can be planted: each fits the code, and one that is planted is there. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Role } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { CHECKS } from '../src/mutants/checks/index.js'
import { Dependents } from '../src/mutants/dependents.js'
import { MUTANTS } from '../src/mutants/index.js'
import { AREAS } from '../src/mutants/mutant.js'
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

  test('has each id once, at least 120 of them, and at least eight in each area', () => {
    expect(new Set(MUTANTS.map(({ id }) => id)).size).toBe(MUTANTS.length)
    expect(MUTANTS.length).toBeGreaterThanOrEqual(120)
    for (const area of AREAS) expect(MUTANTS.filter(it => it.area === area).length, area).toBeGreaterThanOrEqual(8)
  })

  test('names for each the check that has to find it, and none for what is no mutant', () => {
    expect(MUTANTS.filter(({ check }) => check === undefined).map(({ id }) => id)).toEqual([])
    expect(Object.keys(CHECKS).filter(id => !MUTANTS.some(mutant => mutant.id === id))).toEqual([])
  })
})

/** Whether the broker that is played under this key takes a URL with a query. */
async function takesQueries(it: Suite, key = 'b'): Promise<boolean> {
  const { websocketUrl } = await it.start(key, { role: Role.BROKER as number })
  const socket = new WebSocket(`${websocketUrl}?token=secret`, ['remoteassist.v1'])
  const taken = await new Promise<boolean>(resolve => {
    socket.once('open', () => resolve(true))
    socket.once('error', () => resolve(false))
  })
  socket.terminate()
  return taken
}

test.each([
  ['a mutant that is planted is there', 'queries-taken', true],
  ['without one nothing is wrong', '', false],
])('%s', async (_title, RA_MUTANT, taken) => {
  const it = new Suite({ env: { RA_MUTANT } })
  expect(await takesQueries(it)).toBe(taken)
  expect(await it.shutdown()).toBe(0)
})

test('in one process each role has the fault that its key begins with, and no other', async () => {
  const it = new Suite({ argv: ['--mutants'] })
  expect(await takesQueries(it, 'queries-taken!one')).toBe(true)
  expect(await takesQueries(it, 'two')).toBe(false)
  expect(await takesQueries(it, 'source-unchecked!three')).toBe(false)
  expect(await takesQueries(it, 'queries-taken!four')).toBe(true)
  await expect(it.start('no-such-mutant!five', { role: Role.BROKER as number })).rejects.toThrow('There is no mutant “no-such-mutant”')
  expect(await it.shutdown()).toBe(0)
})

test('who depends on a file is found over however many others, in circles too', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(12), fc.nat(12)), { maxLength: 40 }), fc.nat(12), (edges, file) => {
      const graph = new Dependents()
      for (const [importer, imported] of edges) graph.add(`${importer}`, `${imported}`)
      const found = graph.on(`${file}`)
      expect(found.has(`${file}`)).toBe(true)
      for (const [importer, imported] of edges) if (found.has(`${imported}`)) expect(found.has(`${importer}`)).toBe(true)
      for (const one of found) expect(one === `${file}` || edges.some(([importer, imported]) => `${importer}` === one && found.has(`${imported}`))).toBe(true)
    }),
  )
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
