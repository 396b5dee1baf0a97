/** How steps went: a line each for a person, JSON for a machine. */
import { writeFile } from 'node:fs/promises'

/** How one step went. */
export interface StepResult {
  readonly name: string
  readonly ok: boolean
  readonly ms: number
  /** What it found, or why it failed. */
  readonly detail: string
  /** The error's code, if it failed. */
  readonly code?: string
}

/** How a script went. */
export interface RunResult {
  readonly ok: boolean
  readonly sessionId: string
  readonly steps: readonly StepResult[]
}

const NAME_WIDTH = 16

/** One line for a person. */
export function lineOf({ name, ok, ms, detail }: StepResult): string {
  const time = ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`
  return `${ok ? '✓' : '✗'} ${name.padEnd(NAME_WIDTH)} ${time.padStart(8)}  ${detail}`.trimEnd()
}

/** What a terminal shows of a line: nothing from outside moves the cursor, or begins a line as a step does. */
export const harmless = (line: string): string =>
  line
    .split('\n')
    .map(part => part.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' '))
    .join('\n  ')

/** Writes the result for a machine. */
export const writeResult = (file: string, result: RunResult): Promise<void> => writeFile(file, `${JSON.stringify(result, undefined, 2)}\n`)
