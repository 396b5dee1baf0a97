/** One target, seed after seed. */
import { execute, keyOf } from './execute.js'
import type { Finding } from './finding.js'
import { inputsOf } from './input.js'
import { minimise } from './minimise.js'
import type { Target } from './target.js'

/** For how long: so many ms, or so many executions. */
export interface Budget {
  readonly ms?: number
  readonly executions?: number
}

/** What came of it. */
export interface Campaign {
  readonly target: string
  readonly executions: number
  readonly ms: number
  /** How often each word was said. */
  readonly words: Readonly<Record<string, number>>
  readonly findings: readonly Finding[]
}

/** After so many different findings a target has been judged. */
const MAX_FINDINGS = 3

/**
 * Runs a target with the inputs of `seed`, `seed` + 1, … until the budget is used up; at least once.
 * @param alive called before each execution with the seed at work
 */
export async function campaign(target: Target, seed: number, { ms = 0, executions = 1 }: Budget, alive: (seed: number) => void): Promise<Campaign> {
  const inputOf = inputsOf(target)
  const words = new Map<string, number>()
  const findings = new Map<string, Finding>()
  const began = performance.now()
  let count = 0
  while (findings.size < MAX_FINDINGS && (count < executions || performance.now() - began < ms)) {
    const current = seed + count++
    alive(current)
    const input = inputOf(current)
    const execution = await execute(target, input)
    if ('word' in execution) {
      words.set(execution.word, (words.get(execution.word) ?? 0) + 1)
      continue
    }
    const key = keyOf(execution)
    if (findings.has(key)) continue
    const least = await minimise(input, target.unit ?? 1, async smaller => {
      alive(current)
      const again = await execute(target, smaller)
      return !('word' in again) && keyOf(again) === key
    })
    findings.set(key, { target: target.name, ...execution, seed: current, input: least })
  }
  const byCount = [...words].sort(([, a], [, b]) => b - a)
  return { target: target.name, executions: count, ms: performance.now() - began, words: Object.fromEntries(byCount), findings: [...findings.values()] }
}
