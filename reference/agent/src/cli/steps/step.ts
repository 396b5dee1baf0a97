/** What a step of a script is. */
import type { Stage } from '../stage.js'

/** A kind of step: how its value is read, and what it does. */
export interface StepKind {
  readonly name: string
  /** One line for `--help`: the value, and what happens. */
  readonly help: string
  /** Reads the value (undefined if the step has none), before anything runs. Throws `ScriptError`. */
  read(value: unknown): Step
}

/** A step that is ready to run. `detail` is told when it is done. */
export type Step = (stage: Stage, signal: AbortSignal) => Promise<string | undefined>

/** A step that takes no value. */
export const plain = (name: string, help: string, run: Step): StepKind => ({ name, help, read: () => run })
