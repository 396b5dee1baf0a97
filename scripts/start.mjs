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
 *   --public HOST       serves other machines too, over TLS: HOST is this machine's name or address as they know it (port 8443, or the next one that is free)
 *   --tls-cert FILE     with --public: a certificate for HOST, its chain behind it, and its key (PEM); without them this machine makes one for itself
 *   --tls-key FILE
 *   --json FILE         writes the addresses for a machine, each time they change
 */

const OPTIONS = {
  host: { type: 'string' },
  port: { type: 'string' },
  customer: { type: 'boolean', default: true },
  public: { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  json: { type: 'string' },
}

const household = new Household()
let serving = false

async function main() {
  const { host, port, customer, json, public: publicHost, ...tls } = parseArgs({ options: OPTIONS, allowNegative: true }).values
  if (port !== undefined && !(/^\d+$/.test(port) && Number(port) <= 65_535)) throw new Error('--port is a whole number from 0 to 65535.')
  if (publicHost === undefined && Object.keys(tls).length > 0) throw new Error('--tls-cert and --tls-key go with --public HOST.')
  await ensureInstalled()
  const desktop = customer ? await chooseDesktop(host) : undefined
  await ensureBuilt('@remote-assist/broker', '@remote-assist/agent', '@remote-assist/customer')
  const { serve } = await import('./start/serve.mjs')
  serving = true
  await serve(household, {
    desktop,
    port: port === undefined ? undefined : Number(port),
    json,
    publicHost,
    tls: { cert: tls['tls-cert'], key: tls['tls-key'] },
  })
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
