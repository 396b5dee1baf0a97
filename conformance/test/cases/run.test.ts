import { expect, it } from 'vitest'
import type { Testee } from '../../src/adapter/index.js'
import type { LoadedCase } from '../../src/cases/load.js'
import { type RunCases, runCases } from '../../src/cases/run.js'
import { suiteOf } from '../cli/stage.js'

const NAMES = Array.from({ length: 40 }, (_none, place) => `customer/a/case-${place}`)
/** Cases that nobody can play: they are skipped, one behind the other, and nothing is asked of the testee. */
const CASES = suiteOf(Object.fromEntries(NAMES.map(name => [name, {}]))).cases.map(
  (loaded): LoadedCase => ({ ...loaded, declaration: { ...loaded.declaration, needs: ['wings'] } }),
)
const testee = { hello: { features: [] } } as unknown as Testee

/** What was played, in order, by the seed of its order. */
async function played(options: Partial<RunCases>) {
  const results = await runCases({ testee, cases: CASES, concurrency: 1, repeat: 1, seed: undefined, ...options })
  return results.map(result => [result.case.id, result.seed] as const)
}

it('plays in the order of the catalogue, or in one that the seed gives', async () => {
  expect(await played({})).toEqual(NAMES.map(name => [name, undefined]))
  const shuffled = await played({ seed: 7 })
  expect(shuffled).toEqual(await played({ seed: 7 }))
  expect(shuffled.map(([name]) => name)).not.toEqual(NAMES)
  expect(shuffled.map(([name]) => name).sort()).toEqual([...NAMES].sort())
  expect(new Set(shuffled.map(([, seed]) => seed))).toEqual(new Set([7]))
})

it('repeats in the order of the catalogue first, then in those of one seed after the other', async () => {
  expect(await played({ seed: 7, repeat: 3 })).toEqual([...(await played({})), ...(await played({ seed: 7 })), ...(await played({ seed: 8 }))])
  expect(await played({ repeat: 2 })).toEqual([...(await played({})), ...(await played({}))])
})

it('begins nothing more once there is enough', async () => {
  expect(await played({ until: result => result.case.id === NAMES[4] })).toHaveLength(5)
})
