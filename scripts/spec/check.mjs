import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { ROOT } from '../lib/run.mjs'
import { countsOf, faultsOf } from './lib/gate.mjs'
import { stalePages } from './lib/generate.mjs'
import { readSpec } from './lib/spec.mjs'

/**
 * `npm run spec:check`: fails unless each MUST is cited by a test or waived with a reason, each citation leads to a requirement, each text is the one that was
 * reviewed, and the generated sections are what schema and state tables say.
 *
 *   --json FILE   writes counts and faults for a machine
 */

const { values } = parseArgs({ options: { json: { type: 'string' } } })
const spec = readSpec(ROOT)
const stale = await stalePages(ROOT)
const faults = [
  ...spec.faults,
  ...faultsOf(spec),
  ...stale.map(page => ({ where: page, message: 'A generated section is out of date. Run npm run spec:generate.' })),
]
const counts = countsOf(spec)

for (const { where, message } of faults) console.log(`${where}  ${message}`)
console.log(
  `${counts.requirements} requirements; ${counts.musts} MUST: ${counts.cited} cited by tests, ${counts.waived} waived, ${counts.untestable} untestable.`,
)
console.log(faults.length === 0 ? 'The specification is sound.' : `${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}.`)
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ ...counts, faults, ok: faults.length === 0 }, undefined, 2)}\n`)
process.exitCode = faults.length === 0 ? 0 : 1
