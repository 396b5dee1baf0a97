/** Commands as a person types them, over a suite whose cases come out as a test says. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { LoadedCase } from '../../src/cases/load.js'
import { main } from '../../src/cli/command.js'
import type { Suite } from '../../src/cli/suite.js'
import { type CaseResult, type CheckVerdict, type Failing, holds, type ProfileName } from '../../src/model.js'
import { loadRegistry } from '../../src/registry/index.js'

export const registry = loadRegistry()
const must = registry.of('customer', ['core']).find(({ level }) => level === 'MUST')?.id ?? ''
const should = registry.of('customer', ['core']).find(({ level }) => level === 'SHOULD')?.id ?? ''

const FAKE = fileURLToPath(new URL('../adapter/fake-testee.mjs', import.meta.url))
/** A testee that plays customers and claims core. */
export const ADAPTER = ['--wire', 'jsonl', '--', process.execPath, FAKE, 'jsonl', 'good']

/** How a made-up case comes out. */
export interface Outcome {
  readonly verdict?: CaseResult['verdict']
  /** Of its checks; default: one that passed. */
  readonly checks?: readonly CheckVerdict[]
  readonly message?: string
  /** In what way its checks that did not pass are wrong. */
  readonly failing?: Failing
  readonly profile?: ProfileName
  /** Its checks cite nothing but a SHOULD. */
  readonly lenient?: boolean
}

/** A suite with these cases of a customer. */
export function suiteOf(outcomes: Readonly<Record<string, Outcome>>): Suite {
  const cases = Object.entries(outcomes).map(
    ([id, { checks = ['PASSED'], profile = 'core', lenient = false }]): LoadedCase => ({
      declaration: {
        id,
        title: `What ${id} shows`,
        role: 'customer',
        profile,
        kind: 'scenario',
        needs: [],
        checks: checks.map((_verdict, index) => ({
          id: String(index + 1),
          title: `Number ${index + 1} holds`,
          cites: [lenient ? should : must],
          control: false,
        })),
        source: '',
      },
      given: {},
      steps: [],
    }),
  )
  return {
    registry,
    cases,
    runCases: async ({ cases, repeat, onResult }) => {
      const results = Array.from({ length: repeat }, () => cases.map(loaded => resultOf(loaded, outcomes[loaded.declaration.id] ?? {}))).flat()
      for (const result of results) onResult?.(result)
      return results
    },
  }
}

function resultOf({ declaration }: LoadedCase, { verdict, checks = ['PASSED'], message = 'it is otherwise', failing = 'different' }: Outcome): CaseResult {
  const passes = checks.every(check => holds({ verdict: check }))
  return {
    case: declaration,
    verdict: verdict ?? (passes ? 'PASSED' : 'FAILED'),
    reason: verdict === undefined && passes ? '' : message,
    checks: declaration.checks.map((check, index) => ({
      check,
      verdict: checks[index] ?? 'PASSED',
      ...(checks[index] === 'FAILED' ? { failing } : checks[index] === 'HANG' ? { failing: 'hang' as const } : {}),
      message: checks[index] === 'PASSED' ? '' : message,
      evidence: [],
    })),
    seconds: 0.1,
    trace: [],
  }
}

/** Types a command; resolves with what it printed and its exit code. Paths are relative to `folder`. */
export async function type(suite: Suite, args: readonly string[], folder = temporaryFolder()) {
  const out: string[] = []
  const err: string[] = []
  const terminal = { out: (text: string) => out.push(text), err: (text: string) => err.push(text), live: () => {}, folder, stopped: () => Promise.resolve() }
  const exit = await main(args, terminal, suite)
  return { exit, out: out.join('\n'), err: err.join('\n'), folder }
}

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
