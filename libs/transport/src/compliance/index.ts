/**
 * The compliance suite: what every transport promises, as cases that any test runner can run.
 *
 * `for (const { title, run } of transportCompliance('websocket', subject)) test(title, run)`
 */

import { carryingCases } from './carrying-cases.js'
import { endingCases } from './ending-cases.js'
import { flowCases } from './flow-cases.js'
import type { ComplianceSubject } from './harness.js'
import { openingCases } from './opening-cases.js'

export type { ComplianceSubject } from './harness.js'

/** One test of one transport. */
export interface ComplianceTest {
  /** Transport, requirement ids and what holds: a title for a test. */
  readonly title: string
  readonly name: string
  /** Ids of the requirements in `docs/spec/binding.md` that it checks. */
  readonly requirements: readonly string[]
  /** Resolves if the transport passes; rejects with the reason if not. It fails by itself when something hangs (20 s). */
  readonly run: () => Promise<void>
}

/** The tests that apply to a transport. */
export function transportCompliance(transport: string, subject: ComplianceSubject): readonly ComplianceTest[] {
  return [...openingCases, ...carryingCases, ...flowCases, ...endingCases]
    .filter(({ needs }) => needs?.(subject) ?? true)
    .map(({ name, requirements, run }) => ({ title: `${transport}: ${requirements.join(', ')} ${name}`, name, requirements, run: () => run(subject) }))
}
