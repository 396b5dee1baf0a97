/** What a person sees while cases are played: where it is, and a line for each that did not pass. */
import type { CaseResult, RunReport } from '../model.js'
import { duration, isProven, reasonOf, slowOnes, unkept } from '../report/index.js'
import type { Selection } from './suite.js'
import type { Terminal } from './terminal.js'

const MARK = { PASSED: '✓', FAILED: '✗', WARNED: '~', SKIPPED: '–', BROKEN: '!' } as const
/** Longer messages are for reports. */
const MESSAGE_LETTERS = 300

/** Follows a run of so many cases. */
export function progress(terminal: Terminal, total: number): (result: CaseResult) => void {
  let done = 0
  let failed = 0
  return result => {
    done += 1
    if (result.verdict === 'FAILED' || result.verdict === 'BROKEN') failed += 1
    if (result.verdict !== 'PASSED' && result.verdict !== 'SKIPPED') terminal.err(line(result))
    terminal.live(`${done}/${total}${failed > 0 ? `, ${failed} failed` : ''}  ${result.case.id}`)
  }
}

/** `✗ customer/consent/denied#3  …` */
export function line(result: CaseResult): string {
  const reason = reasonOf(result).split('\n', 1)[0] ?? ''
  return `${MARK[result.verdict]} ${result.case.id}  ${reason.length > MESSAGE_LETTERS ? `${reason.slice(0, MESSAGE_LETTERS)}…` : reason}`
}

/** The end of a run, in a few lines. */
export function summary(report: RunReport, { left, unplayed }: Pick<Selection, 'left' | 'unplayed'>): string {
  const { implementation, role, verdict } = report
  const musts = report.requirements.filter(({ level }) => level === 'MUST')
  const skipped = new Map<string, number>()
  for (const { verdict, reason } of report.results) if (verdict === 'SKIPPED') skipped.set(reason, (skipped.get(reason) ?? 0) + 1)
  return [
    `${implementation.name} ${implementation.version} as ${role}: ${verdict}`,
    `  ${report.cases} cases, ${report.checks} checks: ${report.passed} passed, ${report.failed} failed; ${report.skipped} cases skipped, ${report.broken} broken; ${duration(report.seconds)}`,
    `  ${musts.filter(isProven).length} of ${musts.length} MUSTs proven`,
    ...unkept(report).map(told => `  a SHOULD that was not kept: ${told}`),
    ...slowOnes(report).map(told => `  later than the specification allows: ${told}`),
    ...report.unsteady.map(told => `  not the same each time: ${told}`),
    ...[...skipped].map(([reason, count]) => `  ${count} skipped: ${reason}`),
    ...(left > 0 ? [`  ${left} more cases of this role and these profiles were not asked for`] : []),
    ...(unplayed.length > 0 ? [`  there are no cases of their own for ${unplayed.join(', ')}`] : []),
  ].join('\n')
}
