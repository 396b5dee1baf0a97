/** `list`, `explain`, `vectors` and `diff`: what there is to know without an implementation. */
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { explain, nearest, profileAt } from '../../registry/index.js'
import { readReport, reasonOf, type StoredReport } from '../../report/index.js'
import { mutantsOfReference } from '../../selftest/mutants.js'
import { EXIT, type ExitCode, usage } from '../exit.js'
import { CASE_OPTIONS, caseChoice, fitsGlob, read } from '../options.js'
import type { Suite } from '../suite.js'
import type { Terminal } from '../terminal.js'

const VECTORS = fileURLToPath(new URL('../../../dist/data/spec/vectors/', import.meta.url))

/** A letter as JSON writes it by its number: no terminal has to change it. */
const escaped = (letter: string): string => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`

/** Prints cases; with --json everything about them. */
export function list(suite: Suite, args: readonly string[], terminal: Terminal): ExitCode {
  const { values } = read(args, { ...CASE_OPTIONS, json: { type: 'boolean' } })
  const { role, profiles, only, skip } = caseChoice(values)
  const cases = suite.cases
    .map(({ declaration }) => declaration)
    .filter(one => role === undefined || one.role === role)
    .filter(one => profiles === undefined || profiles.some(profile => profileAt(one.role, profile) === one.profile))
    .filter(({ id }) => (only.length === 0 || only.some(glob => fitsGlob(id, glob))) && !skip.some(glob => fitsGlob(id, glob)))
  if (values.json === true) terminal.out(JSON.stringify(cases, undefined, 1).replaceAll(/[^\x20-\x7e\n]/g, escaped))
  else
    for (const { id, title, profile, checks } of cases)
      terminal.out(`${id}  ${title} (${profile}, ${checks.length} ${checks.length === 1 ? 'check' : 'checks'})`)
  terminal.err(
    `${cases.length} cases, ${cases.reduce((sum, { checks }) => sum + checks.length, 0)} checks, ${new Set(cases.flatMap(({ checks }) => checks.flatMap(({ cites }) => cites))).size} requirements cited`,
  )
  return EXIT.conformant
}

/** Prints what is known about requirements. */
export function explainIds(suite: Suite, args: readonly string[], terminal: Terminal): ExitCode {
  const { words } = read(args, {})
  if (words.length === 0) throw usage('explain takes ids of requirements, as in: explain RA-FIL-014')
  const cases = suite.cases.map(({ declaration }) => declaration)
  const mutants = mutantsOfReference()
  for (const [index, word] of words.entries()) {
    const text = explain(word.toUpperCase(), suite.registry, cases, mutants)
    if (text === undefined) {
      const near = nearest(word, suite.registry)
      throw usage(
        `The specification has no ${word}.`,
        near.length > 0 ? `It has ${near.join(', ')}.` : 'Ids are RA-<AREA>-<NNN>; the areas are SES, SEC, SCR, INP, CLP, FIL, ELV, CHT, ANN, RLY and BND.',
      )
    }
    terminal.out(index === 0 ? text : `\n${text}`)
  }
  return EXIT.conformant
}

/** Prints the vectors that come with the suite, or copies them into a folder. */
export function vectors(_suite: Suite, args: readonly string[], terminal: Terminal): ExitCode {
  const { values } = read(args, { out: { type: 'string' } })
  if (!existsSync(VECTORS)) throw usage('The vectors are missing: build the package first.')
  const files = readdirSync(VECTORS)
    .filter(name => name.endsWith('.json'))
    .sort()
  for (const file of files) terminal.out(`${file}  ${summaryOf(JSON.parse(readFileSync(join(VECTORS, file), 'utf8')))}`)
  if (values.out !== undefined) {
    const folder = resolve(terminal.folder, values.out)
    cpSync(VECTORS, folder, { recursive: true })
    terminal.out(`Copied to ${folder}`)
  }
  return EXIT.conformant
}

interface TestGroup {
  readonly tests: readonly { readonly result: string }[]
}

/** What is in a file of vectors: how many, and how many of them are to be refused; or the names of its worked examples. */
function summaryOf({ testGroups, vectors, ...examples }: { readonly testGroups?: readonly TestGroup[]; readonly vectors?: readonly unknown[] }): string {
  const tests = testGroups?.flatMap(group => group.tests)
  if (tests !== undefined) return `${tests.length} vectors, ${tests.filter(({ result }) => result === 'invalid').length} of them invalid`
  return vectors === undefined ? `worked examples: ${Object.keys(examples).join(', ')}` : `${vectors.length} worked examples`
}

/** Prints what is different between two reports. Exit code 1 if anything got worse. */
export function diff(_suite: Suite, args: readonly string[], terminal: Terminal): ExitCode {
  const { words } = read(args, {})
  const [before, after, ...more] = words.map(file => stored(resolve(terminal.folder, file)))
  if (before === undefined || after === undefined || more.length > 0) throw usage('diff takes two reports: diff before/report.json after/report.json')
  const was = verdicts(before)
  const is = verdicts(after)
  const changed = [...is].filter(([check, { verdict }]) => was.has(check) && was.get(check)?.verdict !== verdict)
  const worse = changed.filter(([check, { verdict }]) => was.get(check)?.verdict === 'PASSED' && verdict !== 'SLOW')
  const better = changed.filter(([, { verdict }]) => verdict === 'PASSED')
  const other = changed.filter(entry => !worse.includes(entry) && !better.includes(entry))
  const gone = [...was.keys()].filter(check => !is.has(check))
  const added = [...is.keys()].filter(check => !was.has(check))
  const failingNew = added.filter(check => is.get(check)?.verdict !== 'PASSED')
  terminal.out(
    `${before.implementation.name} ${before.implementation.version}: ${before.verdict} → ${after.implementation.name} ${after.implementation.version}: ${after.verdict}`,
  )
  const part = (title: string, lines: readonly string[]) => {
    if (lines.length > 0) terminal.out(`\n${title} (${lines.length})\n${lines.map(text => `  ${text}`).join('\n')}`)
  }
  part(
    'Failing now',
    worse.map(([check, { reason }]) => `${check}  ${reason}`),
  )
  part(
    'Passing now',
    better.map(([check]) => check),
  )
  part(
    'Failing otherwise',
    other.map(([check, { verdict }]) => `${check}  ${was.get(check)?.verdict} → ${verdict}`),
  )
  part(
    'New',
    added.map(check => `${check}  ${is.get(check)?.verdict}`),
  )
  part('Gone', gone)
  if (changed.length + gone.length + added.length === 0) terminal.out('No check is different.')
  return worse.length + failingNew.length > 0 ? EXIT.failed : EXIT.conformant
}

function stored(file: string): StoredReport {
  try {
    return readReport(readFileSync(file, 'utf8'), file)
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error))
  }
}

/** Each check's worst verdict over repeats; checks of skipped cases are SKIPPED. */
function verdicts(report: StoredReport): ReadonlyMap<string, { readonly verdict: string; readonly reason: string }> {
  const all = new Map<string, { readonly verdict: string; readonly reason: string }>()
  for (const result of report.results) {
    for (const { check, verdict } of result.checks) {
      const name = `${result.case.id}#${check.id}`
      const now = result.verdict === 'SKIPPED' || result.verdict === 'BROKEN' ? result.verdict : verdict
      if (!all.has(name) || (now !== 'PASSED' && now !== 'SLOW')) all.set(name, { verdict: now, reason: reasonOf(result) })
    }
  }
  return all
}
