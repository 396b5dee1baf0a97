#!/usr/bin/env node
/** `simulate --seeds N [--from SEED] [--seed SEED] [--stop] [--attacked] [--real] [--json FILE]`: runs seeded sessions (with `--stop` up to the first failure, with `--attacked` and `--real` all of that kind); a failing seed is printed and can be replayed with its trace. */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Outcome, simulate } from './session.js'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    json: { type: 'string' },
    stop: { type: 'boolean', default: false },
    attacked: { type: 'boolean' },
    real: { type: 'boolean' },
  },
})

/** Paths are relative to where the command was typed, not to this package. */
const path = (file: string): string => resolve(process.env.INIT_CWD ?? '.', file)

function whole(name: string, text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= 0) return number
  console.error(`--${name} takes a whole number, not "${text}"`)
  process.exit(2)
}

const { attacked, real } = values
const kind = { ...(attacked === undefined ? {} : { attacked }), ...(real === undefined ? {} : { real }) }

async function replay(seed: number): Promise<never> {
  const outcome = await simulate(seed, { ...kind, trace: true })
  for (const line of outcome.trace) console.log(line)
  console.log(
    outcome.failure === undefined
      ? `seed ${seed}: every invariant held in ${outcome.steps} steps`
      : `seed ${seed}: ${outcome.failure.invariant}\n  ${outcome.failure.message}\n  at ${Math.round(outcome.failure.at)} ms`,
  )
  process.exit(outcome.failure === undefined ? 0 : 1)
}

if (values.seed !== undefined) await replay(whole('seed', values.seed))

const seeds = whole('seeds', values.seeds)
const from = whole('from', values.from)
const failures: Outcome[] = []
const reached = new Set<string>()
const started = performance.now()
let steps = 0
let simulatedMs = 0
let attackedSessions = 0
let deeds = 0
let realSessions = 0
for (let i = 0; i < seeds; i++) {
  const outcome = await simulate(from + i, kind)
  steps += outcome.steps
  simulatedMs += outcome.simulatedMs
  deeds += outcome.deeds
  if (outcome.attacked) attackedSessions++
  if (outcome.real) realSessions++
  for (const it of outcome.reached) reached.add(it)
  if (outcome.failure !== undefined) {
    failures.push(outcome)
    console.log(`seed ${outcome.seed}: ${outcome.failure.invariant}\n  ${outcome.failure.message}`)
    if (values.stop) break
  }
  if (process.stderr.isTTY && i % 50 === 0) process.stderr.write(`\r${i}/${seeds} sessions, ${failures.length} failed`)
}
if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
const seconds = (performance.now() - started) / 1_000
console.log(
  `${seeds} sessions, ${steps} steps, ${Math.round(simulatedMs / 3_600_000)} simulated hours in ${seconds.toFixed(1)} s (${Math.round(seeds / seconds)} sessions/s); ` +
    `${attackedSessions} attacked, by ${deeds} deeds; ${realSessions} sealed in earnest; ${reached.size} transitions reached; ${failures.length} failed`,
)
if (failures[0] !== undefined) console.log(`replay: npm run simulate -- --seed ${failures[0].seed}`)
if (values.json !== undefined)
  writeFileSync(
    path(values.json),
    `${JSON.stringify({ seeds, sessions: seeds, steps, seconds, attacked: attackedSessions, deeds, real: realSessions, failures: failures.length, failing_seeds: failures.map(it => it.seed), reached: [...reached].sort() }, null, 2)}\n`,
  )
process.exitCode = failures.length === 0 && seeds > 0 ? 0 : 1
