import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Agent } from '@remote-assist/peer'
import { connect } from '@remote-assist/transport-websocket'
import { startStage } from './stage.mjs'
import { startSharingBrowser } from './x-screen.mjs'

/**
 * Takes the pictures of the customer's page for the documentation, from real sessions: a broker, an agent, the page in Chromium with a screen to share.
 * Needs a build. `node scripts/screenshots-customer.mjs [directory] [--all]`, default `docs/images`; with `--all` the states in between as well.
 */
const all = process.argv.includes('--all')
const directory = process.argv.slice(2).find(arg => !arg.startsWith('--')) ?? fileURLToPath(new URL('../../../docs/images', import.meta.url))
mkdirSync(directory, { recursive: true })

const SIZES = [
  { name: '', width: 1120, height: 860 },
  { name: '-narrow', width: 400, height: 800 },
]

const broker = await startStage()
const stage = await startSharingBrowser()
try {
  for (const { name, width, height } of SIZES)
    for (const colorScheme of ['light', 'dark']) await session(`${name}-${colorScheme}`, { viewport: { width, height }, colorScheme })
} finally {
  await stage.close()
  await broker.close()
}

async function session(suffix, options) {
  const agent = await Agent.create({ transport: connect, brokerUrl: broker.url, displayName: 'Ada' })
  const joined = agent.customer()
  const context = await stage.browser.newContext({ ...options, reducedMotion: 'reduce', locale: 'en' })
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  const shoot = what => page.screenshot({ path: `${directory}/customer-${what}${suffix}.png` })
  const shootBetween = what => (all ? shoot(what) : undefined)
  const press = name => page.getByRole('button', { name, exact: true }).click()
  const typePin = async pin => {
    await page.getByLabel('PIN').fill(pin)
    await page.keyboard.press('Enter')
  }
  await stage.paint('#35506b')
  await page.goto(`${broker.url}/join?name=Eva`)
  await page.getByLabel('PIN').waitFor()
  await shootBetween('pin')
  await typePin('4821 973')
  await page.getByText('That is no PIN yet.').waitFor()
  await shootBetween('problem')
  await typePin(agent.pin.grouped)
  await page.getByRole('heading', { name: 'Ada would like to help you' }).waitFor()
  await shoot('consent')
  await page.getByText('Compare three words').click()
  await page.getByText('How to get the companion').click()
  await shootBetween('consent-open')
  await page.getByRole('switch', { name: 'Exchange files' }).check()
  await press('Start')
  const session = await joined
  await page.locator('[part=bar]').waitFor()
  session.chat.say('Let me have a look at the driver.')
  await page.getByText('Let me have a look at the driver.').waitFor()
  const [screen] = session.screens.list
  await session.screens.show(screen.screenId)
  await page.getByText('Ada looks at the screen').waitFor({ state: 'attached' })
  await shoot('sharing')
  session.annotations.draw(
    screen.screenId,
    Array.from({ length: 60 }, (_, i) => ({ x: 1_350 + 150 * Math.cos(i / 9), y: 300 + 90 * Math.sin(i / 9) })),
  )
  await page.getByRole('img', { name: 'What they see, with what they draw' }).waitFor()
  await shootBetween('drawn')
  await press('Pause')
  await page.getByText('Paused: nobody sees or does anything').waitFor()
  await shootBetween('paused')
  await press('Stop')
  await page.getByRole('heading', { name: 'It is over' }).waitFor()
  await shootBetween('ended')
  await context.close()
}
