import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureInstalled } from './lib/ensure-install.mjs'
import { ROOT, stopChildrenOnSignals } from './lib/run.mjs'
import { bold, duration, red, say } from './lib/say.mjs'
import { runSteps, summarize } from './lib/steps.mjs'
import { ensureSystemPackages, systemPackagesOf } from './system-packages.mjs'

/**
 * `npm test`: checks everything, from a fresh clone on. Ends with one line, `N passed, N failed`, and with exit code 0 only if nothing failed.
 *
 *   --json FILE   writes the outcome for a machine
 *   --only A,B    runs these steps alone
 *   --deep        runs what takes longer as well (`npm run test:deep`)
 */

const check = (name, title, ...commands) => ({ name, title, commands })
/** What leaves others room on the machine, once everything is built. */
const beside = step => ({ ...step, after: 'build', beside: true })
// A loaded machine with two cores is slow: a test that takes this long hangs, one that takes less may still be right.
const TEST_TIMEOUT = '--test-timeout=60000'
// By itself vitest leaves one core idle; what drives other programs waits for them a quarter of the time. Of tests alone a worker more costs what it gains.
const EVERY_CORE = '--max-workers=100%'
const MORE_THAN_CORES = `--max-workers=${availableParallelism() + 1}`

// Files that share a process load each module once; their tests leave nothing behind that another one would see.
const TOGETHER = '--no-isolate'

const vitest = (name, title, ...args) => ({ name, title, commands: [['vitest', 'run', TEST_TIMEOUT, ...args]], vitest: true })

const CORE = '@remote-assist/core'
/** The folders of tests beside the core's. */
const ELSEWHERE = [
  ...['libs', 'reference'].flatMap(top => readdirSync(join(ROOT, top)).map(name => `${top}/${name}/`)).filter(folder => folder !== 'libs/core/'),
  'conformance/',
  'scripts/',
]
/** The folders of packages that know a browser's types. */
const { exclude: BROWSERS } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8'))
const ROLES = ['customer', 'agent', 'viewer', 'broker']
const suite = (...args) => ['node', 'conformance/dist/cli/main.js', ...args]
const conforms = (role, profile, ...more) => suite('run', '--role', role, '--profile', profile, '--reference', '-j', '8', ...more)
/** Every case as often, first in order and then in others: a result that is not the same each time fails. */
const repeated = (role, times, ...more) => conforms(role, 'all', '--repeat', String(times), '--shuffle', ...more)
const STRESS_REPORTS = '.cache/stress'
/** Another order every day, which the log tells. */
const TODAY = String(Math.floor(Date.now() / 86_400_000))

/** What is checked, in order. @type {import('./lib/steps.mjs').Step[]} */
const STEPS = [
  check('generated', 'Generated code is what the schema says', ['node', 'scripts/checks/generated.mjs']),
  check('schema', 'The schema follows its style', ['buf', 'lint', 'proto'], ['buf', 'format', '--diff', '--exit-code', 'proto']),
  check('lint', 'The code follows its style', ['biome', 'ci', '--colors=off', '--error-on-warnings', '.']),
  check('build', 'Every package builds', ['turbo', 'run', 'build']),
  beside(
    check(
      'packages',
      'Packages work where they are installed, and tell what each of their exports is',
      ['node', 'scripts/checks/docstrings.mjs'],
      ['node', 'scripts/checks/packages.mjs'],
    ),
  ),
  // One program for all but those that know a browser's types: what they share is read once.
  beside(
    check(
      'types',
      'Tests and scripts are typed',
      ['tsc', '-p', '.'],
      ['turbo', 'run', 'typecheck', ...BROWSERS.flatMap(folder => ['--filter', `./${folder}`])],
      ['tsc', '-p', 'scripts'],
    ),
  ),
  beside(check('arrows', 'Imports follow the drawing of the house', ['node', 'scripts/arrows.mjs'], ['node', 'scripts/checks/core-takes-data.mjs'])),
  beside(check('unused', 'Nothing is left over: files, exports, dependencies', ['knip', '--no-config-hints'])),
  beside(check('spec', 'Each requirement is checked, each citation leads to one', ['node', 'scripts/spec/check.mjs'])),
  { ...check('vectors', 'The vectors are what the code does', ['node', 'scripts/checks/vectors.mjs']), after: 'build' },
  { ...vitest('core', 'Tests of the core take every branch of it', EVERY_CORE, '--project', CORE, '--coverage'), after: 'build' },
  { ...vitest('unit', 'Unit, property and simulation tests of everything else', EVERY_CORE, '--project', '!e2e', TOGETHER, ...ELSEWHERE), after: 'build' },
  { ...vitest('e2e', 'Browser and end-to-end tests', MORE_THAN_CORES, TOGETHER, '--project', 'e2e'), after: 'build', needs: ['chromium', 'xvfb'] },
  ...ROLES.map(role =>
    beside(
      check(
        `conformance-${role}`,
        `The reference ${role} conforms in every profile, and in Core in another order as well`,
        conforms(role, 'all'),
        conforms(role, 'core', '--seed', TODAY),
      ),
    ),
  ),
  {
    ...check(
      'selftest',
      'The suite finds planted faults by the checks that name them and a hostile wire by any, and passes nobody who does nothing',
      suite('selftest', '--mutations', '200'),
    ),
    after: 'build',
  },
]

/** How long a deep step may take that does not say so itself: a loaded machine with two cores is slow. */
const DEEP_MINUTES = 120

/** What `--deep` adds: the same machinery, let loose for longer. @type {import('./lib/steps.mjs').Step[]} */
const DEEP_STEPS = [
  {
    name: 'attack',
    title: 'Everything that a broker can do is done to every frame of a session; two thousand guesses at PINs',
    commands: [['env', 'DEEP=true', 'vitest', 'run', TEST_TIMEOUT, '--project', '@remote-assist/peer', 'libs/peer/test/attacks']],
    vitest: true,
    after: 'build',
  },
  {
    name: 'keyboards',
    title: 'Twelve thousand texts are typed into a window under six keyboards, and read back',
    commands: [['env', 'DEEP=true', 'vitest', 'run', TEST_TIMEOUT, '--project', 'e2e', 'reference/customer/test/hosts/corpus']],
    vitest: true,
    after: 'build',
    needs: ['xvfb', 'xterm', 'x11-xkb-utils', 'xkb-data'],
  },
  {
    name: 'large-files',
    title: 'A file of more than four gigabytes arrives whole, and goes on behind them',
    commands: [['env', 'DEEP=true', 'vitest', 'run', TEST_TIMEOUT, '--project', '@remote-assist/peer', 'libs/peer/test/files/large.test.ts']],
    vitest: true,
    after: 'build',
  },
  {
    name: 'templates',
    title: 'Adapters in Go and Rust compile, answer and refuse (golang-go and rustc of Debian)',
    commands: [['env', 'DEEP=true', 'vitest', 'run', TEST_TIMEOUT, '--project', '@remote-assist/conformance', 'conformance/test/cli/templates.test.ts']],
    vitest: true,
    after: 'build',
    needs: ['golang-go', 'rustc'],
  },
  {
    ...check(
      'stress',
      'The reference programs conform each of five times, while something else wants every core; the ledger sums up all runs',
      ...ROLES.map(role => {
        const folder = `${STRESS_REPORTS}/${role}`
        return ['node', 'scripts/recorded.mjs', folder, 'node', 'scripts/stressed.mjs', ...repeated(role, 5, '--reporter', 'json', '--out', folder)]
      }),
    ),
    after: 'build',
  },
  {
    ...check('slow-line', 'The reference programs conform over a line that takes 40 ms each way', ...ROLES.map(role => conforms(role, 'all', '--lag', '40'))),
    after: 'build',
  },
  {
    ...check(
      'mutants',
      'Each planted fault is found among all cases of its role, every day in another order, by the check that names it',
      suite('selftest', '--only', 'mutants', '--all-cases', '--seed', TODAY),
    ),
    // On the average half of the cases of its role for each of five hundred faults: two hours of two cores that are free.
    minutes: 480,
    after: 'build',
  },
  {
    ...check(
      'hostile-wire',
      'Of a thousand changes to single frames, at most one in twenty goes unnoticed',
      suite('selftest', '--only', 'proxy', '--mutations', '1000'),
    ),
    after: 'build',
  },
  {
    name: 'figures',
    title: 'A large file, a moving picture and the way from a hand to the picture are measured in the console, and told',
    commands: [['env', 'DEEP=true', 'vitest', 'run', TEST_TIMEOUT, '--project', 'e2e', 'reference/agent/test/video', 'reference/agent/test/photon']],
    vitest: true,
    after: 'build',
    needs: ['chromium', 'xvfb', 'x11-xserver-utils'],
  },
  {
    name: 'bench',
    title: 'Every measurement can be made, beside its peers',
    commands: [['env', 'DEEP=true', 'vitest', 'run', TEST_TIMEOUT, '--project', '@remote-assist/bench', 'libs/bench/test/suites.test.ts']],
    vitest: true,
    after: 'build',
  },
  { ...check('simulate', 'Twenty thousand simulated sessions keep the invariants', ['npm', 'run', 'simulate', '--', '--seeds', '20000']), after: 'build' },
  { ...check('explore', 'The small configuration is explored to its end', ['npm', 'run', 'explore']), after: 'build' },
  { ...check('fuzz', 'Everything that reads from others is fuzzed for ten minutes', ['npm', 'run', 'fuzz', '--', '--seconds', '600']), after: 'build' },
]

const OPTIONS = { json: { type: 'string' }, only: { type: 'string' }, deep: { type: 'boolean', default: false } }

async function main(values) {
  const started = performance.now()
  const all = values.deep ? [...STEPS, ...DEEP_STEPS.map(step => ({ minutes: DEEP_MINUTES, ...step }))] : STEPS
  const names = values.only?.split(',') ?? all.map(({ name }) => name)
  const unknown = names.filter(name => !all.some(step => step.name === name))
  if (unknown.length > 0) throw new Error(`There is no step ${unknown.join(', ')}. There are: ${all.map(({ name }) => name).join(', ')}.`)

  await ensureInstalled()
  await ensureSystemPackages(systemPackagesOf(values))
  const outcomes = await runSteps(
    all.filter(({ name }) => names.includes(name)),
    { strict: process.env.CI === 'true' },
  )
  const { passed, failed, ok } = summarize(outcomes, values.json)
  say(`${bold(ok ? 'All is well' : red('Not all is well'))}, after ${duration(performance.now() - started)}`)
  say(`${passed} passed, ${failed} failed`)
  process.exitCode = ok ? 0 : 1
}

stopChildrenOnSignals()
let values = {}
try {
  values = parseArgs({ options: OPTIONS }).values
  await main(values)
} catch (error) {
  say(red(error.message))
  const outcome = { name: 'set-up', ok: false, ms: 0, passed: 0, failed: 1 }
  summarize([outcome], values.json)
  say('0 passed, 1 failed')
  process.exitCode = 1
}
