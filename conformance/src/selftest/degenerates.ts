/** Programs that keep to the adapter's contract and do nothing of the protocol: they pass no check. */
import { AdapterHang, attachChild, type Testee } from '../adapter/index.js'
import type { LoadedCase } from '../cases/load.js'
import { holds } from '../model.js'
import type { Lab } from './lab.js'

/** Checks that each passed. */
export type DegenerateFigures = Readonly<Record<string, number>>

/** The testees that are good for nothing, by the names that the reference's testee has for them. */
export const DEGENERATES = ['null', 'always-ok', 'always-unsupported', 'always-reject', 'crash-at-2', 'hang'] as const

/** Nothing happens but waiting. */
const CONCURRENCY = 64
const COMMAND_MS = 500
const HELLO_MS = 10_000
/** What does nothing does nothing later either. */
const PATIENCE_MS = 500

/** Plays each degenerate against these cases. Rejects where that says nothing: without a result for each case, or where another than `hang` does not get through Hello. */
export async function playDegenerates(lab: Lab, names: readonly string[], cases: readonly LoadedCase[]): Promise<DegenerateFigures> {
  const figures: Record<string, number> = {}
  for (const name of names) {
    figures[name] = await passes(lab, name, cases)
    lab.say(`${name}: ${figures[name]} checks passed`)
  }
  return figures
}

async function passes(lab: Lab, name: string, cases: readonly LoadedCase[]): Promise<number> {
  const testee = await attached(lab, name)
  if (testee === undefined) return 0
  try {
    const results = await lab.suite.runCases({ testee, cases, concurrency: CONCURRENCY, repeat: 1, seed: undefined, patienceMs: PATIENCE_MS })
    if (results.length === 0 || results.length < cases.length) throw new Error(`${name} was played against ${results.length} of ${cases.length} cases.`)
    const passed = results.flatMap(result => result.checks.filter(holds).map(({ check }) => `${result.case.id}#${check.id}`))
    for (const check of passed) lab.say(`${name} passes ${check}`)
    return passed.length
  } finally {
    await testee.close()
  }
}

/** Undefined if it hangs at Hello, as `hang` does: nothing was passed. */
async function attached(lab: Lab, name: string): Promise<Testee | undefined> {
  try {
    return await attachChild(lab.program, [...lab.args, '--degenerate', name], { commandMs: COMMAND_MS, helloMs: HELLO_MS })
  } catch (error) {
    if (name === 'hang' && error instanceof AdapterHang) return undefined
    throw error
  }
}
