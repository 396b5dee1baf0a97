#!/usr/bin/env node
/** `bench [NAME…] [--quick] [--json FILE]`: measures beside peers, prints a row as soon as it is there, and exits with 1 if a goal was missed. */
import { writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Row } from './row.js'
import type { Suite } from './suite.js'
import { SUITES, suitesNamed } from './suites.js'
import { HEADING, lineOf } from './table.js'

/** Paths are relative to where the command was typed, not to this package. */
const path = (file: string): string => resolve(process.env.INIT_CWD ?? '.', file)

const machine = () => `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}, Node ${process.versions.node}`
const load = () => Number((loadavg()[0] ?? 0).toFixed(2))

function usage(error: unknown): never {
  console.error(error instanceof Error ? error.message : error)
  console.error(`bench [NAME…] [--quick] [--json FILE]\n${SUITES.map(({ name, title }) => `  ${name}  ${title}`).join('\n')}`)
  process.exit(2)
}

function wishes(): { suites: readonly Suite[]; quick: boolean; json: string | undefined } {
  try {
    const options = { quick: { type: 'boolean', default: false }, json: { type: 'string' } } as const
    const { positionals, values } = parseArgs({ allowPositionals: true, options })
    return { suites: suitesNamed(positionals), quick: values.quick, json: values.json }
  } catch (error) {
    return usage(error)
  }
}

const { suites, quick, json } = wishes()
const loadBefore = load()
console.log(`${machine()}; load before: ${loadBefore}\n`)
const rows: Row[] = []
for (const { name, title, run } of suites) {
  console.log(`${name}  ${title}\n${HEADING}`)
  for await (const row of run({ quick })) {
    rows.push(row)
    console.log(lineOf(row))
  }
  console.log('')
}
const met = rows.filter(row => row.met).length
const noisy = rows.some(row => row.noisy) ? `; ~ noisy: the middle half of the rounds differs by more than a tenth` : ''
console.log(`${met} of ${rows.length} goals met${quick ? ' in a quick run, which decides nothing' : ''}${noisy}`)
if (json !== undefined)
  writeFileSync(path(json), `${JSON.stringify({ machine: machine(), load_before: loadBefore, quick, rows, ok: met === rows.length }, undefined, 2)}\n`)
process.exitCode = met === rows.length || quick ? 0 : 1
