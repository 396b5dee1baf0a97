import type { ComplianceSubject } from './harness.js'

/** One case of the suite. */
export interface ComplianceCase {
  readonly name: string
  /** Ids of the requirements that it checks. */
  readonly requirements: readonly string[]
  /** `false` if the subject cannot be put to this test; by default every subject can. */
  readonly needs?: (subject: ComplianceSubject) => boolean
  /** Resolves if the subject passes; rejects with the reason if not. */
  readonly run: (subject: ComplianceSubject) => Promise<void>
}
