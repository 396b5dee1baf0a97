import { fileURLToPath } from 'node:url'
import { silentLog, startBroker } from '@remote-assist/broker'
import { virtualHost } from '@remote-assist/customer/hosts'
import { Customer } from '@remote-assist/peer'
import { connect } from '@remote-assist/transport-websocket'
import { chromium } from 'playwright-core'

/** What a browser needs here: no sandbox (root), and no call home. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--force-color-profile=srgb',
]

/** The pages as they were built. */
const PAGES = fileURLToPath(new URL('../dist/pages', import.meta.url))

/** Starts a broker that serves the pages. */
export const startStage = () => startBroker({ pages: PAGES, log: silentLog() })

/** Starts the browser. */
export const startBrowser = () => chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS })

/** Lets a customer with a virtual desktop join by PIN. Returns it with its host. */
export async function joinByPin(broker, pin, { displayName = 'Eva Lind', ...options } = {}) {
  const host = virtualHost(options)
  const customer = await Customer.join({ transport: connect(broker.url), pin, host, displayName })
  return { customer, host }
}
