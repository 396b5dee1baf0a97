/** Runs cases against a testee: so many at a time, in an order that a seed gives, as often as asked. */
import { performance } from 'node:perf_hooks'
import { AdapterError, AdapterHang, RoleRefused, type Testee, TesteeCrash } from '../adapter/index.js'
import type { CaseResult } from '../model.js'
import { beginWith } from './fixture/index.js'
import { interpret } from './interpret.js'
import type { LoadedCase } from './load.js'

export interface RunCases {
  readonly testee: Testee
  readonly cases: readonly LoadedCase[]
  /** How many at a time. */
  readonly concurrency: number
  /** How often each. */
  readonly repeat: number
  /** Gives the order; undefined: the order of the catalogue. What is repeated is played in that order first, and each further time in the order of the next seed. */
  readonly seed: number | undefined
  /** The most that anything is waited for, ms; undefined: as long as each case says. For testees of which nothing is expected. */
  readonly patienceMs?: number
  /** Whose wire events are kept; default: all. */
  readonly trace?: 'fail' | 'all'
  /** Once it says so of a result, no further case is begun. */
  readonly until?: (result: CaseResult) => boolean
  readonly onResult?: (result: CaseResult) => void
  /** Stands before the keys of the roles, for a testee that takes something from it. */
  readonly keyed?: string
}

/** The results in the order in which the cases were begun. Rejects with `AdapterError` if the adapter broke the contract: nothing can be said then. */
export async function runCases({
  testee,
  cases: all,
  concurrency,
  repeat,
  seed,
  patienceMs,
  trace = 'all',
  until,
  onResult,
  keyed = '',
}: RunCases): Promise<readonly CaseResult[]> {
  const cases = patienceMs === undefined ? all : all.map(loaded => hurried(loaded, patienceMs))
  const turns = turnsOf(cases, repeat, seed)
  const results: CaseResult[] = []
  let next = 0
  let enough = false
  let broken: AdapterError | undefined
  const work = async (): Promise<void> => {
    while (next < turns.length && !enough && broken === undefined) {
      const turn = next++
      const { loaded, order } = turns[turn] as Turn
      try {
        const played = await runCase(testee, loaded, `${keyed}${loaded.declaration.id}@${turn}`)
        const result = { ...played, ...order, ...(trace === 'fail' && played.verdict === 'PASSED' ? { trace: [] } : {}) }
        results[turn] = result
        enough ||= until?.(result) === true
        onResult?.(result)
      } catch (error) {
        if (!(error instanceof AdapterError)) throw error
        broken = error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, turns.length) }, work))
  if (broken !== undefined) throw broken
  // Those that were not begun have left no place.
  return results.filter(result => result !== undefined)
}

interface Turn {
  readonly loaded: LoadedCase
  /** The seed of its order, if there is one. */
  readonly order: Pick<CaseResult, 'seed'>
}

/** Who plays when. Repeated, the catalogue's order comes first: what depends on the order shows against it. */
function turnsOf(cases: readonly LoadedCase[], repeat: number, seed: number | undefined): readonly Turn[] {
  return Array.from({ length: repeat }, (_, round): readonly Turn[] => {
    if (seed === undefined || (round === 0 && repeat > 1)) return cases.map(loaded => ({ loaded, order: {} }))
    const own = repeat > 1 ? seed + round - 1 : seed
    return shuffled(cases, own).map(loaded => ({ loaded, order: { seed: own } }))
  }).flat()
}

/** The case with less time for everything. */
const hurried = ({ declaration, given, steps }: LoadedCase, patienceMs: number): LoadedCase => ({
  declaration,
  given: { ...given, patienceMs },
  steps: steps.map(step => ({ ...step, withinMs: Math.min(step.withinMs, patienceMs) })),
})

async function runCase(testee: Testee, loaded: LoadedCase, key: string): Promise<CaseResult> {
  const { declaration } = loaded
  const missing = declaration.needs.filter(feature => !testee.hello.features.includes(feature))
  const none = (verdict: CaseResult['verdict'], reason: string, seconds = 0): CaseResult => ({
    case: declaration,
    verdict,
    reason,
    checks: declaration.checks.map(check => ({ check, verdict: 'NOT_REACHED', message: reason, evidence: [] })),
    seconds,
    trace: [],
  })
  if (missing.length > 0) return none('SKIPPED', `the adapter has no ${missing.join(' and no ')}`)
  const startedAt = performance.now()
  try {
    return await interpret(loaded, beginWith(testee, key))
  } catch (error) {
    if (error instanceof AdapterError) throw error
    const seconds = (performance.now() - startedAt) / 1_000
    const itsFault = error instanceof TesteeCrash || error instanceof AdapterHang || error instanceof RoleRefused
    return none(itsFault ? 'FAILED' : 'BROKEN', error instanceof Error ? (itsFault ? error.message : (error.stack ?? error.message)) : String(error), seconds)
  }
}

/** A permutation that the seed gives: Fisher and Yates, with the generator mulberry32. */
function shuffled<T>(list: readonly T[], seed: number): readonly T[] {
  const items = [...list]
  let state = seed >>> 0
  const random = (below: number): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
  for (let i = items.length - 1; i > 0; i--) {
    const j = random(i + 1)
    ;[items[i], items[j]] = [items[j] as T, items[i] as T]
  }
  return items
}
