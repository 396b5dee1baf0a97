import { fileURLToPath } from 'node:url'
import { silentLog, startBroker } from '@remote-assist/broker'
import { virtualHost } from '@remote-assist/customer/hosts'
import { Customer } from '@remote-assist/peer'
import { diskFiles } from '@remote-assist/peer/node'
import { connect } from '@remote-assist/transport-websocket'
import { chromium } from 'playwright-core'

/** What a browser needs here: no sandbox (root), and no call home. */
export const FLAGS = [
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

/**
 * Starts a broker that serves the pages of a directory; default the console's. Everybody comes from one address: it does not count joins.
 * @param {string} [pages]
 * @param {Pick<import('@remote-assist/broker').BrokerOptions, 'graceMs' | 'policy' | 'joinsPerMinute'>} [options] `graceMs`: how long a line may be gone; default 30,000
 */
export const startStage = (pages = PAGES, options = {}) => startBroker({ pages, log: silentLog(), joinsPerMinute: 0, ...options })

/** Starts the browser. */
export const startBrowser = () => chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS })

/**
 * A context for pictures: nothing moves, everything is in English, and pages may use the clipboard.
 * @param {import('playwright-core').Browser} browser
 * @param {import('playwright-core').BrowserContextOptions} look
 */
export async function newContext(browser, look) {
  const permissions = ['clipboard-read', 'clipboard-write']
  const context = await browser.newContext({ ...look, reducedMotion: 'reduce', locale: 'en', permissions })
  context.setDefaultTimeout(15_000)
  return context
}

/**
 * Lets a customer with a virtual desktop join by PIN, or by the link that carries it.
 * @param {{ readonly url: string }} broker
 * @param {string | { readonly url: string }} code
 * @param {{ displayName?: string, downloads?: string, os?: 'virtual' | 'windows' | 'linux', text?: string, accounts?: import('@remote-assist/customer/hosts').Account[], before?: () => Promise<void>, trust?: import('@remote-assist/peer').Trust }} [options] `before`: awaited
 *   before a line is opened, the first time and whenever it dropped; `trust`: whose word counts with this customer
 */
export async function joinByPin(broker, code, { displayName = 'Eva Lind', downloads, before = async () => {}, trust, ...options } = {}) {
  const host = virtualHost(options)
  const files = downloads === undefined ? {} : { files: diskFiles({ folder: downloads }) }
  const direct = connect(broker.url)
  const transport = {
    async open(accept, signal) {
      await before()
      return direct.open(accept, signal)
    },
  }
  const customer = await Customer.join({
    transport,
    ...(typeof code === 'string' ? { pin: code } : code),
    host,
    displayName,
    ...files,
    ...(trust === undefined ? {} : { trust }),
  })
  return { customer, host }
}
