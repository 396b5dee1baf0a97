import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { newContext, startBrowser, startStage } from './stage.mjs'
import { consoleStates } from './states-console.mjs'
import { customerStates } from './states-customer.mjs'
import { startSharingBrowser } from './x-screen.mjs'

/**
 * Takes the pictures of the console and of the customer's page for the documentation, from real sessions: a broker, the pages in Chromium, the virtual desktop, a
 * screen to share. Needs a build. `node scripts/screenshots.mjs [directory] [--all]`, default `docs/images`; with `--all` the states in between as well.
 */
const all = process.argv.includes('--all')
const directory = process.argv.slice(2).find(arg => !arg.startsWith('--')) ?? fileURLToPath(new URL('../../../docs/images', import.meta.url))
mkdirSync(directory, { recursive: true })

const DOCUMENTED = [
  ...['console-waiting', 'console-viewer', 'console-transfer', 'console-session', 'console-elevate', 'console-elevated'],
  ...['customer-consent', 'customer-sharing'],
]
const NARROW = { name: '-narrow', width: 360, height: 740 }

/** Takes the pictures of somebody's page, in each size, light and dark. */
async function shoot(who, browser, wide, lead) {
  for (const { name, ...viewport } of [{ name: '', ...wide }, NARROW])
    for (const colorScheme of ['light', 'dark']) {
      const context = await newContext(browser, { viewport, colorScheme })
      await lead(broker, context, async (state, page) => {
        const picture = `${who}-${state}`
        if (all || DOCUMENTED.includes(picture)) await page.screenshot({ path: `${directory}/${picture}${name}-${colorScheme}.png` })
      })
      await context.close()
    }
}

const broker = await startStage()
const browser = await startBrowser()
const sharing = await startSharingBrowser()
try {
  await shoot('console', browser, { width: 1440, height: 900 }, consoleStates)
  await sharing.paint('#35506b')
  await shoot('customer', sharing.browser, { width: 1120, height: 860 }, customerStates)
} finally {
  await sharing.close()
  await browser.close()
  await broker.close()
}
