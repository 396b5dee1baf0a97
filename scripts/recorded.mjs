import { execFileSync, spawn } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'

/**
 * Runs a program that writes a report of the conformance suite into a folder, adds a line to the ledger in the folder above, and tells the sum of all lines of that
 * role: `node scripts/recorded.mjs FOLDER PROGRAM ARGUMENT…`. Ends with the program's exit code.
 */

const [folder, program, ...args] = process.argv.slice(2)
if (folder === undefined || program === undefined) {
  console.error('Which program is to be run? node scripts/recorded.mjs FOLDER PROGRAM ARGUMENT…')
  process.exit(2)
}
const report = join(folder, 'report.json')
const ledger = join(folder, '..', 'ledger.jsonl')
// Whoever writes none has nothing on record.
rmSync(report, { force: true })

// In this process group: who ends it ends the program as well.
const child = spawn(program, args, { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('error', error => {
  console.error(`${program} cannot be started: ${error.message}`)
  process.exit(127)
})
child.on('close', (code, signal) => {
  if (existsSync(report)) record()
  process.exitCode = code ?? 128 + constants.signals[signal]
})

function record() {
  const { role, seed, startedAt, cases, skipped, failed, unsteady } = JSON.parse(readFileSync(report, 'utf8'))
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim()
  mkdirSync(join(folder, '..'), { recursive: true })
  appendFileSync(ledger, `${JSON.stringify({ startedAt, commit, role, seed, executions: cases - skipped, failed, differing: unsteady.length })}\n`)
  const lines = readFileSync(ledger, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  const own = lines.filter(line => line.role === role)
  const sum = key => own.reduce((total, line) => total + line[key], 0)
  console.log(
    `» ${role}: ${sum('executions')} executions of cases on record, in ${own.length} runs; ${sum('failed')} checks failed, ${sum('differing')} cases differed`,
  )
}
