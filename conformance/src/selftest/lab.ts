/** What the suite is tested with: programs that are right, wrong in one place, or do nothing. */
import type { Suite } from '../cli/suite.js'

export interface Lab {
  readonly suite: Pick<Suite, 'runCases' | 'cases'>
  /** Plays the reference implementations. */
  readonly program: string
  readonly args: readonly string[]
  /** Told how it goes. */
  readonly say: (line: string) => void
}
