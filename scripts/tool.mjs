import { ensureBuilt } from './lib/ensure-built.mjs'
import { ensureInstalled } from './lib/ensure-install.mjs'
import { run, stopChildrenOnSignals } from './lib/run.mjs'

/**
 * `tool.mjs PACKAGE SCRIPT [ARGS…]`: installs and builds what is missing, then runs a package's own script in the folder where the command was typed.
 */
const [name, script, ...args] = process.argv.slice(2)
stopChildrenOnSignals()
await ensureInstalled()
await ensureBuilt(name)
process.exitCode = await run(['npm', 'run', '--silent', '--workspace', name, script, '--', ...args], {
  env: { INIT_CWD: process.env.INIT_CWD ?? process.cwd(), NPM_CONFIG_UPDATE_NOTIFIER: 'false' },
})
