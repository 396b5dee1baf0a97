#!/usr/bin/env node
/** `explore [--drops N] [--max N] [--json FILE]`: walks a small configuration completely, breadth first, and checks every invariant in every state. */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { COUNTED } from './counted.js'
import { walk } from './walk.js'

const { values } = parseArgs({ options: { drops: { type: 'string', default: '1' }, max: { type: 'string', default: '2000000' }, json: { type: 'string' } } })
/** Where nobody watches, a line of progress now and then. */
const PROGRESS_MS = 20_000

const started = performance.now()
let told = started
const result = walk(Number(values.drops), Number(values.max), (states, queued) => {
  const text = `${states} states, ${queued} to look at`
  if (process.stderr.isTTY) process.stderr.write(`\r${text}`)
  else if (performance.now() - told > PROGRESS_MS) {
    told = performance.now()
    console.error(text)
  }
})
if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
const seconds = (performance.now() - started) / 1_000
console.log(
  `${result.states} states, ${result.transitions} transitions in ${seconds.toFixed(1)} s${result.complete ? ', complete' : ', NOT COMPLETE: the limit was reached'}; ${result.violations.length} violations, ${result.stuck.length} stuck`,
)
for (const it of [...result.violations, ...result.stuck].slice(0, 3)) console.log(`\nfinding: ${it.message}\n${it.path.map(step => `  ${step}`).join('\n')}`)
const { states, transitions, complete } = result
const known = COUNTED[Number(values.drops)]
const asCounted = known === undefined || !complete || (known.states === states && known.transitions === transitions)
if (!asCounted)
  console.log(`counted before: ${known?.states} states, ${known?.transitions} transitions. If the core was meant to change, correct src/explore/counted.ts.`)
if (values.json !== undefined)
  writeFileSync(
    resolve(process.env.INIT_CWD ?? '.', values.json),
    `${JSON.stringify({ states, transitions, complete, violations: result.violations.length, stuck: result.stuck.length, seconds }, null, 2)}\n`,
  )
process.exitCode = complete && result.violations.length === 0 && result.stuck.length === 0 && asCounted ? 0 : 1
