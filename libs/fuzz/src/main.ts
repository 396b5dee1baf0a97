#!/usr/bin/env node
/** `fuzz [--seconds N | --executions N] [--target NAME]… [--seed X] [--hang N] [--json FILE]`: prints each finding with what replays it; exits with 1 if there is one. */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Budget, Campaign } from './campaign.js'
import { writeCorpus } from './corpus.js'
import type { Finding } from './finding.js'
import { Laboratory } from './laboratory.js'
import { toHex } from './target.js'
import { TARGETS, targetNamed } from './targets/index.js'

const USAGE = `fuzz [--seconds N | --executions N] [--target NAME]… [--seed X] [--hang N] [--json FILE]

  --seconds N      for how long, all targets together (default 60); 0: one input each, that of the seed
  --executions N   instead: so many inputs for each target
  --target NAME    one target, or several (default: all)
  --seed X         the first seed; each input is that of one seed, and each seed is used once (default: another one in each run)
  --hang N         a target that gives no sign of life for N seconds does not come back (default 15)
  --json FILE      writes {seed, seconds, executions, per_second, targets, findings, ok}

${TARGETS.map(({ name, title }) => `  ${name.padEnd(20)} ${title}`).join('\n')}`

interface Wishes {
  readonly targets: readonly string[]
  readonly seed: number
  readonly budget: Budget
  readonly silenceMs: number | undefined
  readonly json: string | undefined
}

function whole(name: string, text: string): number {
  const number = Number(text)
  if (text.trim() !== '' && Number.isSafeInteger(number) && number >= 0) return number
  throw new Error(`--${name} takes a whole number, not "${text}".`)
}

function wishes(): Wishes {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ options: { seconds: text, executions: text, target: { ...text, multiple: true }, seed: text, hang: text, json: text } })
  if (values.seconds !== undefined && values.executions !== undefined) throw new Error('--seconds and --executions exclude one another.')
  const targets = (values.target ?? TARGETS.map(({ name }) => name)).map(name => targetNamed(name).name)
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 40) : whole('seed', values.seed)
  const executions = values.executions === undefined ? undefined : whole('executions', values.executions)
  const budget = executions === undefined ? { ms: (whole('seconds', values.seconds ?? '60') * 1_000) / targets.length } : { executions }
  return { targets, seed, budget, silenceMs: values.hang === undefined ? undefined : whole('hang', values.hang) * 1_000, json: values.json }
}

function read(): Wishes {
  try {
    return wishes()
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`)
    process.exit(2)
  }
}

const perSecond = (executions: number, ms: number) => Math.round(executions / Math.max(0.001, ms / 1_000))

function show({ target, executions, ms, words, findings }: Campaign): void {
  const usual = Object.entries(words)
    .slice(0, 5)
    .map(([word, count]) => `${word} ${Math.round((100 * count) / executions)} %`)
  const rate = `${String(executions).padStart(9)} executions ${String(perSecond(executions, ms)).padStart(7)}/s`
  console.log(`${findings.length === 0 ? '✓' : '✗'} ${target.padEnd(20)} ${rate}  ${Object.keys(words).length} outcomes: ${usual.join(', ')}`)
}

function tell(finding: Finding, file: string): void {
  const { target, kind, message, seed, input } = finding
  const hex = toHex(input)
  console.log(`    ${kind}: ${message}`)
  console.log(`    input, ${input.length} bytes: ${hex.slice(0, 400)}${hex.length > 400 ? '…' : ''}`)
  console.log(`    kept in libs/fuzz/${file}; replay: npm run fuzz -- --seconds 0 --target ${target} --seed ${seed}`)
}

const { targets, seed, budget, silenceMs, json } = read()
console.log(`seed ${seed}`)
const campaigns: Campaign[] = []
const found: (Omit<Finding, 'input'> & { readonly bytes: number; readonly file: string })[] = []
const laboratory = new Laboratory(silenceMs)
for (const name of targets) {
  const campaign = await laboratory.run(name, seed, budget)
  campaigns.push(campaign)
  show(campaign)
  for (const finding of campaign.findings) {
    const file = writeCorpus(finding)
    tell(finding, file)
    const { input, ...rest } = finding
    found.push({ ...rest, bytes: input.length, file })
  }
}
await laboratory.close()
const executions = campaigns.reduce((sum, it) => sum + it.executions, 0)
const ms = campaigns.reduce((sum, it) => sum + it.ms, 0)
console.log(`${executions} executions in ${(ms / 1_000).toFixed(1)} s (${perSecond(executions, ms)}/s), ${targets.length} targets, ${found.length} findings`)
if (json !== undefined) {
  const summary = campaigns.map(({ target, executions, ms, words }) => ({ name: target, executions, per_second: perSecond(executions, ms), words }))
  const outcome = { seed, seconds: ms / 1_000, executions, per_second: perSecond(executions, ms), targets: summary, findings: found, ok: found.length === 0 }
  writeFileSync(resolve(process.env.INIT_CWD ?? '.', json), `${JSON.stringify(outcome, undefined, 2)}\n`)
}
process.exitCode = found.length === 0 ? 0 : 1
