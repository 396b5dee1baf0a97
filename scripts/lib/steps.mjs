import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { missingSystemPackages, SYSTEM_PACKAGES } from '../system-packages.mjs'
import { ROOT, run } from './run.mjs'
import { bold, dim, duration, green, progress, red, say, yellow } from './say.mjs'

/**
 * One thing that is checked: commands that run in turn until one fails. A step counts as one check, unless its commands are vitest's: then its tests count.
 *
 * @typedef {object} Step
 * @property {string} name short, for `--only`, the log file and the JSON
 * @property {string} title what holds when it passes
 * @property {string[][]} commands program and arguments, each
 * @property {boolean} [vitest] its single command is vitest's `run`
 * @property {string[]} [needs] Debian packages without which it cannot run
 * @property {number} [minutes] how long one of its commands may take; 20 by default
 * @property {string} [after] the step without whose success this one makes no sense
 * @property {boolean} [beside] it does not keep every core busy: it runs beside its neighbours that are like it, one more at a time than there are cores
 *
 * @typedef {{ name: string, ok: boolean, ms: number, passed: number, failed: number }} Outcome
 */

const LOGS = join(ROOT, '.cache', 'test')
const MINUTES = 20
const SHOWN_LINES = 200
const TICK_MS = 500

/**
 * Runs the steps in their order, some of them beside their neighbours, each to its end even if another failed, and says how each went. Their output goes to a
 * log file each; that of a failed one is shown.
 *
 * @param {readonly Step[]} steps
 * @param {{ strict: boolean, logs?: string, cores?: number }} options `strict`: what could not run has failed; `logs`: the folder of the log files
 * @returns {Promise<Outcome[]>} in the order of the steps
 */
export async function runSteps(steps, { strict, logs = LOGS, cores = availableParallelism() }) {
  mkdirSync(logs, { recursive: true })
  const outcomes = []
  for (const group of groupsOf([...steps.entries()])) {
    await eachBeside(group, cores + 1, async ([index, step]) => {
      const label = `${String(index + 1).padStart(2)}/${steps.length} ${step.title}`
      const obstacle = whyNot(step, outcomes)
      outcomes[index] = obstacle === undefined ? await runStep(step, label, { strict, logs }) : notRun(step, label, obstacle, strict)
    })
  }
  return outcomes
}

/** Neighbours that run beside each other, together; every other step by itself. */
function groupsOf(entries) {
  const groups = []
  for (const entry of entries) {
    const last = groups.at(-1)
    if (entry[1].beside && last?.[0][1].beside) last.push(entry)
    else groups.push([entry])
  }
  return groups
}

/** Does something to each item, so many at a time, begun in their order. */
async function eachBeside(items, atOnce, act) {
  const waiting = [...items]
  const lane = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await act(item)
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
}

/** Writes the outcomes as one JSON object, with their sums, and returns it. */
export function summarize(outcomes, file) {
  const sum = key => outcomes.reduce((total, outcome) => total + outcome[key], 0)
  const summary = { steps: outcomes, passed: sum('passed'), failed: sum('failed'), ok: outcomes.every(({ ok }) => ok) }
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(summary, undefined, 2)}\n`)
  return summary
}

function whyNot({ needs = [], after }, outcomes) {
  const missing = missingSystemPackages(needs)
  if (missing.length > 0) return { reason: `missing: ${missing.map(name => `${name} (${SYSTEM_PACKAGES[name].why})`).join(', ')}` }
  if (outcomes.some(({ name, ok }) => name === after && !ok)) return { reason: `"${after}" failed`, failed: true }
  return undefined
}

function notRun({ name }, label, { reason, failed = false }, strict) {
  say(`${yellow('–')} ${label}  ${yellow('NOT RUN')}, ${reason}`)
  const counts = strict || failed
  return { name, ok: !counts, ms: 0, passed: 0, failed: counts ? 1 : 0 }
}

async function runStep(step, label, { strict, logs }) {
  const file = join(logs, `${step.name}.log`)
  const report = join(logs, `${step.name}.json`)
  rmSync(report, { force: true })
  const start = performance.now()
  const commands = step.vitest ? step.commands.map(command => reporting(command, report)) : step.commands
  const code = await runLogged(commands, step.minutes ?? MINUTES, label, file)
  const ms = Math.round(performance.now() - start)
  const { passed, failed, skipped } = step.vitest ? countTests(readReport(report), code) : countCheck(code)
  const outcome = { name: step.name, ms, passed, failed: strict ? failed + skipped.length : failed }
  const ok = outcome.failed === 0
  const counts = step.vitest ? `  ${passed} passed, ${outcome.failed} failed` : ''
  say(`${ok ? green('✓') : red('✗')} ${label}${counts}  ${dim(duration(ms))}`)
  for (const title of skipped) say(`  ${yellow('NOT RUN')} ${title}`)
  for (const line of told(file)) say(dim(`  ${line}`))
  if (!ok) showLog(file)
  return { ...outcome, ok }
}

/** What a step tells in lines that begin with `»`: figures that its tests counted, each once. */
const told = file => new Set(readFileSync(file, 'utf8').match(/^» .*$/gm))

function reporting(command, report) {
  return [...command, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
}

function countCheck(code) {
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: [] }
}

async function runLogged(commands, minutes, label, file) {
  const log = createWriteStream(file)
  const start = performance.now()
  let line = ''
  const onOutput = chunk => {
    log.write(chunk)
    line = lastLine(chunk.toString()) ?? line
  }
  const ticker = setInterval(() => progress(`… ${label}  ${duration(performance.now() - start)}  ${line}`), TICK_MS)
  let code = 0
  for (const command of commands) {
    log.write(`$ ${command.join(' ')}\n`)
    code = await run(command, { onOutput, timeoutMs: minutes * 60_000, env: { NO_COLOR: '1', TURBO_TELEMETRY_DISABLED: '1' } })
    if (code !== 0) break
  }
  clearInterval(ticker)
  progress()
  await new Promise(resolve => log.end(resolve))
  return code
}

/**
 * What vitest's report counts. A run that fails in another way than by a test (a file that does not load, coverage below its bound, no test) is one failure.
 *
 * @param {{ numPassedTests: number, numFailedTests: number, testResults: { assertionResults: { status: string, fullName: string }[] }[] } | undefined} report
 * @param {number} code vitest's exit code
 * @returns {{ passed: number, failed: number, skipped: string[] }} `skipped`: the titles of the tests that did not run
 */
export function countTests(report, code) {
  if (report === undefined) return { passed: 0, failed: 1, skipped: [] }
  const { numPassedTests, numFailedTests, testResults } = report
  const others = testResults.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => status !== 'passed' && status !== 'failed')
  const failed = numFailedTests === 0 && code !== 0 ? 1 : numFailedTests
  return { passed: numPassedTests, failed, skipped: others.map(({ fullName }) => fullName) }
}

function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

function lastLine(text) {
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
    .at(-1)
}

function showLog(file) {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  const shown = lines.slice(-SHOWN_LINES)
  if (shown.length < lines.length) say(dim(`  │ … ${lines.length - shown.length} lines before`))
  for (const line of shown) say(`${dim('  │')} ${line}`)
  say(dim(`  └ ${bold(relative(ROOT, file))}`))
}
