/** The faults that can be planted: each fits the code, and one that is planted is there. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { MUTANTS } from '../src/mutants/index.js'
import { fits } from '../src/mutants/plant.js'
import { Suite } from './support/suite.js'

const REGISTRY = JSON.parse(readFileSync(new URL('../../../docs/spec/registry.json', import.meta.url), 'utf8')) as {
  readonly requirements: Readonly<Record<string, object>>
}

describe('the list', () => {
  test.each(MUTANTS)('$id stands in the code exactly once, changes it, and breaks a requirement that there is', mutant => {
    expect(fits(mutant)).toBe(true)
    expect(mutant.find).not.toBe(mutant.replace)
    expect(REGISTRY.requirements).toHaveProperty(mutant.requirement)
  })

  test('has each id once, and at least eight in each area', () => {
    expect(new Set(MUTANTS.map(({ id }) => id)).size).toBe(MUTANTS.length)
    for (const area of new Set(MUTANTS.map(it => it.area))) expect(MUTANTS.filter(it => it.area === area).length).toBeGreaterThanOrEqual(8)
  })
})

test('a mutant that is planted is there, and one that does not exist ends the process with a sentence', async () => {
  const it = new Suite({ env: { RA_MUTANT: 'no-such-mutant' } })
  const code = await new Promise(resolve => it.child.once('exit', resolve))
  expect(code).toBe(1)
  expect(it.errors.join('')).toContain('There is no mutant “no-such-mutant”')
})
