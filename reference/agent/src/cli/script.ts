/** Reads a script: a YAML list of steps, each a name or a name with a value. */
import { parse } from 'yaml'
import { ScriptError, sentenceOf } from './errors.js'
import { inputSteps } from './steps/input.js'
import { powerSteps } from './steps/powers.js'
import { screenSteps } from './steps/screen.js'
import { sessionSteps } from './steps/session.js'
import type { Step, StepKind } from './steps/step.js'
import { transferSteps } from './steps/transfer.js'

/** Every kind of step, by name. */
export const STEPS: ReadonlyMap<string, StepKind> = new Map(
  [...sessionSteps, ...screenSteps, ...inputSteps, ...transferSteps, ...powerSteps].map(kind => [kind.name, kind]),
)

/** A step of a script with its name. */
export interface NamedStep {
  readonly name: string
  readonly run: Step
}

/** Steps in a script, at most. */
const MAX_STEPS = 10_000

/** Reads all of a script before any of it runs. Throws `ScriptError` that names the step. */
export function readScript(source: string): readonly NamedStep[] {
  const list = document(source)
  if (!Array.isArray(list) || list.length === 0) throw new ScriptError('A script is a list of steps.', 'Begin each step with “- ”.')
  if (list.length > MAX_STEPS) throw new ScriptError(`A script has at most ${MAX_STEPS} steps.`)
  return list.map((entry, i) => {
    const [name, value] = nameAndValue(entry, i + 1)
    const kind = STEPS.get(name)
    if (kind === undefined) throw new ScriptError(`Step ${i + 1}: there is no step “${name}”.`, `There are ${[...STEPS.keys()].join(', ')}.`)
    try {
      return { name, run: kind.read(value) }
    } catch (error) {
      if (error instanceof ScriptError) throw new ScriptError(`Step ${i + 1}: ${error.message}`, error.hint)
      throw error
    }
  })
}

function document(source: string): unknown {
  try {
    return parse(source)
  } catch (error) {
    throw new ScriptError(`This is not YAML: ${sentenceOf(error).split('\n', 1)[0]}`)
  }
}

function nameAndValue(entry: unknown, number: number): readonly [string, unknown] {
  if (typeof entry === 'string') return [entry, undefined]
  const pairs = typeof entry === 'object' && entry !== null && !Array.isArray(entry) ? Object.entries(entry) : []
  const [pair] = pairs
  if (pair === undefined || pairs.length > 1)
    throw new ScriptError(`Step ${number} is a name, or one name with a value.`, 'E.g. “- next-screen” or “- type: hello”.')
  return pair
}
