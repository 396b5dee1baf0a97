import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { joinByPin, startBrowser, startStage } from './stage.mjs'

/**
 * Takes the pictures of the console for the documentation, from a real session: a broker, the console in Chromium, a customer with the virtual desktop.
 * Needs a build. `node scripts/screenshots.mjs [directory]`, default `docs/images`.
 */
const directory = process.argv[2] ?? fileURLToPath(new URL('../../../docs/images', import.meta.url))
mkdirSync(directory, { recursive: true })

const SIZES = [
  { name: '', width: 1440, height: 900 },
  { name: '-narrow', width: 400, height: 800 },
]

const broker = await startStage()
const browser = await startBrowser()
try {
  for (const { name, width, height } of SIZES)
    for (const colorScheme of ['light', 'dark']) await session(`${name}-${colorScheme}`, { viewport: { width, height }, colorScheme })
} finally {
  await browser.close()
  await broker.close()
}

async function session(suffix, options) {
  const context = await browser.newContext({ ...options, reducedMotion: 'reduce' })
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  page.on('console', message => message.type() === 'error' && console.error(message.text()))
  page.on('pageerror', error => console.error(error))
  const shoot = what => page.screenshot({ path: `${directory}/console-${what}${suffix}.png` })
  await page.goto(broker.url)
  const digits = page.locator('.digits')
  await digits.waitFor()
  await shoot('waiting')

  const pin = (await digits.locator('span').allTextContents()).join('')
  const { customer, host } = await joinByPin(broker, pin, { text: 'The printer says “offline”, but it is on.\n', os: 'windows' })
  const asked = await new Promise(resolve => customer.on('consent', resolve))
  await page.getByText('The customer is deciding').waitFor()
  await shoot('asking')
  asked.grantAll()
  await page.locator('canvas[data-frame]').waitFor()
  await page.getByRole('button', { name: 'Take control' }).click()
  await page.getByRole('button', { name: 'In control' }).waitFor()
  await page.keyboard.type('Let me have a look.')
  customer.say('Thank you! It began this morning.')
  await page.getByText('Thank you!').waitFor({ state: 'attached' })
  await shoot('session')
  customer.stop()
  await page.getByRole('heading', { name: 'The session has ended' }).waitFor()
  await shoot('ended')
  await context.close()
}
