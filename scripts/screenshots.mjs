import { join, resolve } from 'node:path'
import { ensureBuilt } from './lib/ensure-built.mjs'
import { ensureInstalled } from './lib/ensure-install.mjs'
import { ROOT, run, stopChildrenOnSignals } from './lib/run.mjs'
import { bold, red, say } from './lib/say.mjs'
import { ensureSystemPackages } from './system-packages.mjs'

/** `npm run screenshots [-- DIRECTORY]`: takes every picture of README and documentation anew, from real sessions and reports; default `docs/images`. */
const PICTURES = [
  { of: 'the agent’s console and the viewer’s page', by: 'reference/agent/scripts/screenshots.mjs' },
  { of: 'the customer’s page', by: 'reference/agent/scripts/screenshots-customer.mjs' },
  { of: 'the report of the conformance suite', by: 'scripts/report-picture.mjs' },
]
const NEEDS = ['chromium', 'fonts-dejavu-core', 'xvfb', 'x11-xserver-utils']
const directory = resolve(process.env.INIT_CWD ?? ROOT, process.argv[2] ?? join(ROOT, 'docs', 'images'))

stopChildrenOnSignals()
await ensureInstalled()
const missing = await ensureSystemPackages(NEEDS)
if (missing.length > 0) {
  say(red(`No pictures without ${missing.join(', ')}.`))
  process.exit(1)
}
await ensureBuilt()
for (const { of, by } of PICTURES) {
  say(bold(`Taking pictures of ${of} …`))
  const code = await run(['node', by, directory])
  if (code === 0) continue
  process.exitCode = code
  break
}
