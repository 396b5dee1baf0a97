#!/usr/bin/env node
/** `faults [--seeds N] [--kind KIND] [--json FILE]`: plants every fault, or those of one kind, and tells what found it. Fails if one survives. */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { FAULTS } from './faults.js'
import { greenhouse, plant, type Verdict } from './plant.js'

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '400' }, kind: { type: 'string' }, json: { type: 'string' } } })
const house = await greenhouse()
const verdicts: Verdict[] = []
try {
  for (const fault of FAULTS.filter(it => values.kind === undefined || it.kind === values.kind)) {
    const verdict = await plant(fault, house, Number(values.seeds))
    verdicts.push(verdict)
    console.log(
      `${verdict.found ? 'found   ' : 'SURVIVED'} ${fault.kind.padEnd(8)} ${fault.name}${verdict.found ? ` — ${fault.foundBy}: ${verdict.by.slice(0, 100)}` : ''}`,
    )
  }
} finally {
  await house.close()
}
const survivors = verdicts.filter(it => !it.found)
console.log(`${verdicts.length - survivors.length} of ${verdicts.length} planted faults found`)
if (values.json !== undefined)
  writeFileSync(
    resolve(process.env.INIT_CWD ?? '.', values.json),
    `${JSON.stringify({ planted: verdicts.length, found: verdicts.length - survivors.length, survivors: survivors.map(it => it.fault.name), faults: verdicts.map(({ fault, found, by }) => ({ name: fault.name, kind: fault.kind, foundBy: fault.foundBy, found, by })) }, null, 2)}\n`,
  )
process.exitCode = survivors.length === 0 ? 0 : 1
