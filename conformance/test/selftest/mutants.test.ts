import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { CheckVerdict, Failing } from '../../src/model.js'
import type { Lab } from '../../src/selftest/lab.js'
import { type Against, playMutants } from '../../src/selftest/mutants.js'
import { type Outcome, suiteOf } from '../cli/stage.js'

const FAKE = fileURLToPath(new URL('../adapter/fake-testee.mjs', import.meta.url))

/** Plays one mutant; its cases come out as told. */
async function play(
  outcomes: Readonly<Record<string, Outcome>>,
  mutant: { readonly requirement?: string; readonly check?: string; readonly role?: 'agent' },
  against: Against = { cases: 'hunters' },
) {
  const suite = suiteOf(outcomes)
  const cited = suite.cases[0]?.declaration.checks[0]?.cites[0] ?? ''
  const lab: Lab = { suite, program: process.execPath, args: [FAKE, 'protobuf'], say: () => {} }
  return playMutants(lab, [{ id: 'mutant', role: 'customer', requirement: cited, why: '', ...mutant }], against)
}

const checks = (...verdicts: readonly CheckVerdict[]) => ({ 'customer/a/one': { checks: verdicts } })

it('is killed by a check that cites its requirement, was reached, and did not pass', async () => {
  expect(await play(checks('PASSED', 'FAILED'), {})).toEqual({ seeded: 1, killed: 1, survivors: [] })
  expect((await play(checks('PASSED', 'PASSED'), {})).survivors).toEqual(['mutant: customer/a/one#1, customer/a/one#2: PASSED'])
  expect((await play(checks('SLOW'), {})).survivors).toEqual(['mutant: customer/a/one#1: PASSED'])
  expect((await play(checks('NOT_REACHED'), {})).survivors).toEqual(['mutant: customer/a/one#1: NOT_REACHED'])
})

it('is killed by a failure that says something, and not by dying or hanging', async () => {
  const fails = (failing: Failing) => ({ 'customer/a/one': { checks: ['FAILED' as const], failing } })
  for (const failing of ['absent', 'different', 'ended', 'forbidden'] as const) expect((await play(fails(failing), {})).killed, failing).toBe(1)
  expect((await play(fails('died'), {})).survivors).toEqual(['mutant: customer/a/one#1: died'])
  expect((await play(checks('HANG'), {})).survivors).toEqual(['mutant: customer/a/one#1: hang'])
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

describe('against all cases', () => {
  const all = { cases: 'all', seed: 3, percent: 100 } as const
  const others = { 'customer/b/two': {}, 'customer/c/three': { checks: ['FAILED' as const] } }

  it('is killed by the check that it names alone, whatever else fails', async () => {
    expect((await play({ ...checks('FAILED'), ...others }, { check: 'customer/a/one#1' }, all)).killed).toBe(1)
    expect((await play({ ...checks('PASSED'), ...others }, { check: 'customer/a/one#1' }, all)).survivors).toEqual(['mutant: customer/a/one#1: PASSED'])
  })

  it('meets its own cases always, and of the others as many as asked', async () => {
    const none = await play(
      { ...checks('FAILED'), 'customer/b/two': { verdict: 'BROKEN', message: 'oops' } },
      { check: 'customer/a/one#1' },
      { ...all, percent: 0 },
    )
    expect(none.survivors).toEqual([])
  })

  it('survives where it breaks the suite: then nothing is said', async () => {
    const broken = { 'customer/b/two': { verdict: 'BROKEN' as const, message: 'no such name\n  at line 1' } }
    expect((await play({ ...checks('FAILED'), ...broken }, { check: 'customer/a/one#1' }, all)).survivors).toEqual([
      'mutant: it broke the suite at customer/b/two: no such name',
    ])
  })

  it('plays in the order of the seed, until the verdict stands', async () => {
    const suite = suiteOf({ ...checks('FAILED'), ...others })
    const told: unknown[] = []
    const runCases: typeof suite.runCases = async options => {
      const results = await suite.runCases(options)
      told.push(options.seed, options.cases.length, ...results.map(result => options.until?.(result)))
      return results
    }
    const lab: Lab = { suite: { ...suite, runCases }, program: process.execPath, args: [FAKE, 'protobuf'], say: () => {} }
    const cited = suite.cases[0]?.declaration.checks[0]?.cites[0] ?? ''
    await playMutants(lab, [{ id: 'mutant', role: 'customer', requirement: cited, why: '', check: 'customer/a/one#1' }], all)
    expect(told).toEqual([3, 3, true, false, false])
  })
})
