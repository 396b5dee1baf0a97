import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBuilt } from './lib/ensure-built.mjs'
import { ensureInstalled } from './lib/ensure-install.mjs'
import { ROOT, run, stopChildrenOnSignals } from './lib/run.mjs'
import { bold, red, say } from './lib/say.mjs'
import { ensureSystemPackages } from './system-packages.mjs'

/**
 * `npm run screenshots [-- DIRECTORY]`: takes every picture of README and documentation anew, from real sessions and reports; default `docs/images`.
 * `npm run screenshots -- --accept`: takes those anew that tests compare the pages with, and says with it that the pages look right.
 *
 *   --json FILE   writes {taken: [{of, ok}], ok} for a machine
 */
const DOCUMENTED = [
  { of: 'the agent’s console, the viewer’s and the customer’s page', by: 'reference/agent/scripts/screenshots.mjs' },
  { of: 'the desktop companion', by: 'reference/customer/scripts/screenshots-companion.mjs' },
  { of: 'the report of the conformance suite', by: 'scripts/report-picture.mjs' },
]
const COMPARED = [{ of: 'what tests compare the pages with', by: 'reference/agent/scripts/accept-pictures.mjs' }]
const NEEDS = ['chromium', 'fonts-dejavu-core', 'xvfb', 'x11-xserver-utils']
const { values, positionals } = parseArgs({ options: { accept: { type: 'boolean', default: false }, json: { type: 'string' } }, allowPositionals: true })
const here = path => resolve(process.env.INIT_CWD ?? ROOT, path)
const directory = values.accept ? undefined : here(positionals[0] ?? join(ROOT, 'docs', 'images'))
const wanted = values.accept ? COMPARED : DOCUMENTED

stopChildrenOnSignals()
await ensureInstalled()
const missing = await ensureSystemPackages(NEEDS)
if (missing.length > 0) {
  say(red(`No pictures without ${missing.join(', ')}.`))
  process.exit(1)
}
await ensureBuilt()
const taken = []
for (const { of, by } of wanted) {
  say(bold(`Taking pictures of ${of} …`))
  const code = await run(['node', by, ...(directory === undefined ? [] : [directory])])
  taken.push({ of, ok: code === 0 })
  if (code === 0) continue
  process.exitCode = code
  break
}
const ok = taken.length === wanted.length && taken.every(one => one.ok)
if (values.json !== undefined) writeFileSync(here(values.json), `${JSON.stringify({ taken, ok }, undefined, 2)}\n`)
