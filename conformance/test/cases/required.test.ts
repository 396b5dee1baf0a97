import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { missingIn, type Required, requiredBy } from '../../src/cases/required.js'
import { shippedSuite } from '../../src/cli/command.js'

/** What a version of the specification requires is frozen with it. */

const { registry, cases } = shippedSuite()
const declarations = cases.map(({ declaration }) => declaration)
const frozen: Required = JSON.parse(readFileSync(new URL(`../../required/${registry.spec}.json`, import.meta.url), 'utf8'))

it('there are at least 400 cases, 200 of them scenarios, with 1,500 checks', () => {
  expect(declarations.length).toBeGreaterThanOrEqual(400)
  expect(declarations.filter(({ kind }) => kind === 'scenario').length).toBeGreaterThanOrEqual(200)
  expect(declarations.flatMap(({ checks }) => checks).length).toBeGreaterThanOrEqual(1_500)
})

it('no case or check that is required has gone', () => {
  const why = 'They are required. If they are to go: npm run freeze -w @remote-assist/conformance -- --remove'
  expect(missingIn(requiredBy(declarations), frozen), why).toEqual([])
})

it('every case and check is required', () => {
  expect(missingIn(frozen, requiredBy(declarations)), 'npm run freeze -w @remote-assist/conformance adds them').toEqual([])
})

it('notices a check, or a case, that is only on one side', () => {
  const [first, ...others] = declarations
  const [check = { id: '' }, ...checks] = first?.checks ?? []
  if (first === undefined) throw new Error('There is no case.')
  expect(missingIn(requiredBy([{ ...first, checks }, ...others]), frozen)).toEqual([`${first.id}#${check.id}`])
  expect(missingIn(requiredBy(others), frozen)).toEqual(first.checks.map(({ id }) => `${first.id}#${id}`).sort())
  expect(missingIn(frozen, requiredBy([{ ...first, id: 'customer/new/one' }]))).toHaveLength(first.checks.length)
})
