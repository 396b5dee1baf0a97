import { parseArgs } from 'node:util'
import { ensureBuilt } from './lib/ensure-built.mjs'
import { ensureInstalled } from './lib/ensure-install.mjs'
import { Household } from './lib/household.mjs'
import { stopChildrenOnSignals } from './lib/run.mjs'
import { red, say } from './lib/say.mjs'
import { chooseDesktop } from './lib/shared-desktop.mjs'

/**
 * `npm start`: a broker, a shared desktop, and the console, from a fresh clone on. Runs until Ctrl+C and leaves nothing behind.
 *
 *   --host x11|virtual  what is shared (default: a new X display where Debian's packages for it are to be had, else the virtual desktop)
 *   --port N            the broker's port (default: 8080, or the next one that is free)
 *   --no-customer       shares nothing: join with a customer of your own
 *   --json FILE         writes the addresses for a machine, each time they change
 */

const OPTIONS = {
  host: { type: 'string' },
  port: { type: 'string' },
  customer: { type: 'boolean', default: true },
  json: { type: 'string' },
}

const household = new Household()
let serving = false

async function main() {
  const { host, port, customer, json } = parseArgs({ options: OPTIONS, allowNegative: true }).values
  if (port !== undefined && !(/^\d+$/.test(port) && Number(port) <= 65_535)) throw new Error('--port is a whole number from 0 to 65535.')
  await ensureInstalled()
  const desktop = customer ? await chooseDesktop(host) : undefined
  await ensureBuilt('@remote-assist/broker', '@remote-assist/agent', '@remote-assist/customer')
  const { serve } = await import('./start/serve.mjs')
  serving = true
  await serve(household, { desktop, port: port === undefined ? undefined : Number(port), json })
}

// What is meant to run until it is stopped has not failed when it is.
stopChildrenOnSignals(async () => {
  await household.close()
  return serving ? 0 : undefined
})
try {
  await main()
} catch (error) {
  say(red(error.message))
  if (error.hint !== undefined) say(error.hint)
  await household.close()
  process.exitCode = 1
}
