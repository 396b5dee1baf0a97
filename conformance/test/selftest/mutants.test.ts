import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import type { CheckVerdict } from '../../src/model.js'
import type { Lab } from '../../src/selftest/lab.js'
import { playMutants } from '../../src/selftest/mutants.js'
import { type Outcome, suiteOf } from '../cli/stage.js'

const FAKE = fileURLToPath(new URL('../adapter/fake-testee.mjs', import.meta.url))

/** Plays one mutant; its cases come out as told. */
async function play(outcomes: Readonly<Record<string, Outcome>>, mutant: { readonly requirement?: string; readonly check?: string; readonly role?: 'agent' }) {
  const suite = suiteOf(outcomes)
  const cited = suite.cases[0]?.declaration.checks[0]?.cites[0] ?? ''
  const lab: Lab = { suite, program: process.execPath, args: [FAKE, 'protobuf'], say: () => {} }
  return playMutants(lab, [{ id: 'mutant', role: 'customer', requirement: cited, why: '', ...mutant }], false)
}

const checks = (...verdicts: readonly CheckVerdict[]) => ({ 'customer/a/one': { checks: verdicts } })

it('is killed by a check that cites its requirement, was reached, and did not pass', async () => {
  expect(await play(checks('PASSED', 'FAILED'), {})).toEqual({ seeded: 1, killed: 1, survivors: [] })
  expect((await play(checks('HANG'), {})).killed).toBe(1)
  expect((await play(checks('PASSED', 'PASSED'), {})).survivors).toEqual(['mutant: customer/a/one#1, customer/a/one#2: PASSED'])
  expect((await play(checks('NOT_REACHED'), {})).survivors).toEqual(['mutant: customer/a/one#1: NOT_REACHED'])
})

it('is killed by no other check than the one that it names', async () => {
  expect((await play(checks('PASSED', 'FAILED'), { check: 'customer/a/one#2' })).killed).toBe(1)
  expect((await play(checks('PASSED', 'FAILED'), { check: 'customer/a/one#1' })).survivors).toEqual(['mutant: customer/a/one#1: PASSED'])
  expect((await play(checks('FAILED'), { check: 'customer/a/two#1' })).survivors).toEqual([
    expect.stringMatching(/^mutant: no check of customer cites RA-.* and is customer\/a\/two#1$/),
  ])
})

it('survives where nothing is said about it: no check cites it, or the case is skipped or broken', async () => {
  expect((await play(checks('FAILED'), { requirement: 'RA-FIL-001' })).survivors).toEqual(['mutant: no check of customer cites RA-FIL-001'])
  expect((await play(checks('FAILED'), { role: 'agent' })).killed).toBe(0)
  for (const verdict of ['SKIPPED', 'BROKEN'] as const) {
    expect((await play({ 'customer/a/one': { verdict, checks: ['NOT_REACHED'] } }, {})).survivors).toEqual([`mutant: customer/a/one#1: ${verdict}`])
  }
})
