/** `run`, `certify` and `replay`: cases against an implementation. */
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Testee } from '../../adapter/index.js'
import type { RunReport } from '../../model.js'
import { renderJson } from '../../report/index.js'
import { type Judgement, judge, readBaseline } from '../baseline.js'
import { Abort, EXIT, type ExitCode, usage } from '../exit.js'
import { writeReports } from '../files.js'
import { RUN_OPTIONS, type RunChoice, read, runChoice } from '../options.js'
import { line, progress, summary } from '../progress.js'
import { replayLine, shellLine } from '../shell.js'
import { execute, type Selection, type Suite, select } from '../suite.js'
import type { Terminal } from '../terminal.js'
import { attach } from '../testee.js'
import { timelineText } from '../timeline.js'

/** Plays cases and judges. */
export async function run(suite: Suite, args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values, words, behind } = read(args, RUN_OPTIONS)
  if (words.length > 0) throw nothingMeantBy(words)
  const choice = runChoice(values, behind)
  const { report, selection } = await played(suite, choice, terminal, shellLine(['remote-assist-conformance', 'run', ...args]))
  return tell(suite, report, selection, choice, terminal)
}

/** Plays everything that the testee claims, and writes a certificate if all of it passed. Takes no skips, no selection and no baseline. */
export async function certify(suite: Suite, args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values, words, behind } = read(args, RUN_OPTIONS)
  if (words.length > 0) throw nothingMeantBy(words)
  for (const option of ['case', 'skip', 'baseline', 'profile'] as const) {
    if (values[option] !== undefined) throw usage(`certify takes no --${option}: a certificate is about everything that the implementation claims.`)
  }
  const asked = runChoice(values, behind)
  // The certificate names it by its hash.
  const reporters = [...new Set([...asked.reporters, 'json' as const])]
  const choice = { ...asked, reporters, out: values.out ?? 'conformance-report' }
  const { report, selection } = await played(suite, choice, terminal, shellLine(['remote-assist-conformance', 'certify', ...args]))
  const exit = tell(suite, report, selection, choice, terminal)
  if (exit !== EXIT.conformant || report.verdict !== 'conformant') {
    terminal.out(`No certificate: ${report.skipped > 0 ? `${report.skipped} cases were skipped` : 'not every case passed'}.`)
    return exit === EXIT.conformant ? EXIT.failed : exit
  }
  const { implementation, role, profiles, spec, suite: version, cases, checks, startedAt } = report
  const digest = createHash('sha256').update(renderJson(report)).digest('hex')
  const path = resolve(terminal.folder, choice.out, 'certificate.json')
  writeFileSync(
    path,
    `${JSON.stringify({ implementation, role, profiles, spec, suite: version, cases, checks, startedAt, report_sha256: digest }, undefined, 2)}\n`,
  )
  terminal.out(`Certificate: ${path}`)
  return exit
}

/** Plays one case and prints what happened, line by line. */
export async function replay(suite: Suite, args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values, words, behind } = read(args, RUN_OPTIONS)
  const [id, ...more] = words
  if (id === undefined || more.length > 0) throw usage('replay takes the id of one case, as in: replay customer/consent/denied -- ./adapter')
  const loaded = suite.cases.find(({ declaration }) => declaration.id === id)
  if (loaded === undefined) throw usage(`There is no case ${id}.`, '“list” shows them.')
  const { role, profile } = loaded.declaration
  const choice: RunChoice = { ...runChoice(values, behind), role, profiles: [profile], only: [id], trace: 'all' }
  const { report, selection } = await played(suite, choice, terminal, shellLine(['remote-assist-conformance', 'replay', ...args]))
  for (const result of report.results.filter(result => result.case.id === id)) {
    terminal.out(`${line(result)}\n\n${result.case.source}\n\n${timelineText(result)}\n`)
    for (const { check, verdict, message } of result.checks)
      terminal.out(`${verdict.padEnd(12)}${check.id}: ${check.title} [${check.cites.join(', ')}]${message === '' ? '' : `\n            ${message}`}`)
  }
  return tell(suite, report, selection, choice, terminal)
}

const nothingMeantBy = (words: readonly string[]): Abort => usage(`“${words.join(' ')}” means nothing here.`, 'The adapter stands behind --.')

async function played(
  suite: Suite,
  choice: RunChoice,
  terminal: Terminal,
  command: string,
): Promise<{ readonly report: RunReport; readonly selection: Selection }> {
  if (choice.spec !== undefined && choice.spec !== suite.registry.spec)
    throw usage(`This suite tests version ${suite.registry.spec} of the specification, not ${choice.spec}.`)
  const testee = await attach(choice, terminal)
  try {
    const selection = select(suite, choice, testee)
    return { selection, report: await playedBy(suite, testee, selection, choice, terminal, command) }
  } finally {
    await testee.close()
  }
}

async function playedBy(suite: Suite, testee: Testee, selection: Selection, choice: RunChoice, terminal: Terminal, command: string): Promise<RunReport> {
  const { role, profiles, cases } = selection
  const { concurrency, repeat, seed, trace } = choice
  const often = repeat > 1 ? `, ${repeat} times` : ''
  const order = seed === undefined ? '' : repeat > 1 ? `, in order and shuffled from seed ${seed} on` : `, shuffled by seed ${seed}`
  terminal.err(`${testee.hello.name} ${testee.hello.version} as ${role}, ${profiles.join(', ')}: ${cases.length} cases${often}${order}`)
  const onResult = progress(terminal, cases.length * repeat)
  return execute(suite, { selection, testee, concurrency, repeat, seed, trace, command, replay: caseId => replayLine(caseId, choice), onResult })
}

/** Writes reports, prints the end, and says how the command ends. */
function tell(suite: Suite, report: RunReport, selection: Selection, choice: RunChoice, terminal: Terminal): ExitCode {
  const files = choice.out === undefined ? [] : writeReports(report, suite.registry, resolve(terminal.folder, choice.out), choice.reporters, choice.docs)
  if (choice.json !== undefined) writeFileSync(resolve(terminal.folder, choice.json), renderJson(report))
  terminal.out(summary(report, selection))
  for (const file of files) terminal.out(`  ${file}`)
  if (report.broken > 0) throw new Abort(EXIT.harness, `${report.broken} cases are broken: the suite failed, and nothing is said about them.`)
  if (report.passed + report.failed === 0) throw new Abort(EXIT.empty, 'Nothing was checked.')
  if (choice.baseline === undefined) return exitOf(report, selection)
  const entries = readBaseline(resolve(terminal.folder, choice.baseline))
  const cases = suite.cases.map(({ declaration }) => declaration.id)
  return told(judge(report, entries, new Date().toISOString().slice(0, 10), cases), report, terminal)
}

/** With --case, what was asked for decides. */
function exitOf(report: RunReport, { left }: Selection): ExitCode {
  if (report.verdict === 'conformant') return EXIT.conformant
  const clean = report.skipped === 0 && report.unsteady.length === 0 && !report.results.some(({ verdict }) => verdict === 'FAILED')
  return left > 0 && clean ? EXIT.conformant : EXIT.failed
}

function told({ red, known, stale }: Judgement, report: RunReport, terminal: Terminal): ExitCode {
  terminal.out(`  ${known} failures are known to the baseline, ${red.length} are not`)
  for (const entry of stale) terminal.err(`stale: ${entry}`)
  if (red.length > 0 || report.skipped > 0 || report.unsteady.length > 0) return EXIT.failed
  return stale.length > 0 ? EXIT.empty : EXIT.conformant
}
