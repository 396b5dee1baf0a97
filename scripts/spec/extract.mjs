import { ROOT } from '../lib/run.mjs'
import { acceptSpec, readSpec } from './lib/spec.mjs'

/**
 * `node scripts/spec/extract.mjs`: prints every requirement of the prose as JSON.
 *
 *   --update   accepts the prose as reviewed instead: writes docs/spec/registry.json, and drops waivers that are not needed any more (`npm run spec:update`)
 */

const spec = readSpec(ROOT)
for (const { where, message } of spec.faults) console.error(`${where}  ${message}`)
if (spec.faults.length > 0) process.exitCode = 1
else if (process.argv.includes('--update')) {
  acceptSpec(ROOT, spec)
  console.log(`${spec.requirements.length} requirements are in docs/spec/registry.json.`)
} else console.log(JSON.stringify(spec.requirements, undefined, 2))
