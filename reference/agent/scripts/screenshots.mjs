import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { joinByPin, startBrowser, startStage } from './stage.mjs'

/**
 * Takes the pictures of the console for the documentation, from a real session: a broker, the console in Chromium, a customer with the virtual desktop.
 * Needs a build. `node scripts/screenshots.mjs [directory] [--all]`, default `docs/images`; with `--all` the states in between as well.
 */
const all = process.argv.includes('--all')
const directory = process.argv.slice(2).find(arg => !arg.startsWith('--')) ?? fileURLToPath(new URL('../../../docs/images', import.meta.url))
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
  const context = await browser.newContext({ ...options, reducedMotion: 'reduce', permissions: ['clipboard-read', 'clipboard-write'] })
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  const shoot = (what, of = page) => of.screenshot({ path: `${directory}/console-${what}${suffix}.png` })
  const shootBetween = what => (all ? shoot(what) : undefined)
  const button = name => page.getByRole('button', { name }).first()
  await page.goto(`${broker.url}?name=Ada`)
  const groups = page.locator('[part=pin] span')
  await groups.first().waitFor()
  await shoot('waiting')
  if (options.viewport.width < 720) await button('Details').click()
  await button('Read aloud').click()
  await shootBetween('aloud')
  await button('Done').click()
  if (options.viewport.width < 720) await button('Details').click()

  const pin = (await groups.allTextContents()).join('')
  const { customer } = await joinByPin(broker, pin, {
    text: 'The printer says that it is offline, but it is on.\n',
    os: 'windows',
    displayName: 'Eva',
    downloads: mkdtempSync(join(tmpdir(), 'screenshots-')),
  })
  const asked = await new Promise(resolve => customer.on('consent', resolve))
  await page.getByText('The customer is deciding').waitFor()
  await page.locator('[part=words]').waitFor()
  await shootBetween('asking')
  customer.on('consent', request => request.grantAll())
  customer.on('file', ({ offer }) => offer.accept())
  asked.grantAll()
  await page.locator('canvas[data-frame]').waitFor()
  if (options.viewport.width < 720) await button('Details').click()
  await page.getByRole('group', { name: 'External view' }).getByRole('button').click()
  await button('Copy link').click()
  const viewUrl = await page.evaluate(() => navigator.clipboard.readText())
  const viewer = await context.newPage()
  await viewer.goto(viewUrl.replace('/view', '/view?name=Ben'))
  await viewer.locator('canvas[data-frame]').waitFor()
  await shoot('viewer', viewer)
  await page.bringToFront()
  const what = [
    ['readme.txt', 180_000],
    ['driver-2.1.cab', 96_000_000],
  ].map(([name, bytes]) => {
    const path = join(mkdtempSync(join(tmpdir(), 'screenshots-')), name)
    writeFileSync(path, Buffer.alloc(bytes, name))
    return path
  })
  await page.locator('input[type=file]').first().setInputFiles(what)
  await page.getByText('MB/s').waitFor()
  await button('Pause').click()
  await page.getByText('Each file').click()
  if (options.viewport.width < 720) await page.locator('[part=transfers]').scrollIntoViewIfNeeded()
  await shoot('transfer')
  await button('Cancel').click()
  await button('Dismiss').click()
  if (options.viewport.width < 720) {
    await shootBetween('details')
    await button('Details').click()
  }
  await button('Take control').click()
  await button('In control').waitFor()
  await page.keyboard.type('Let me have a look at the driver.')
  customer.say('Thank you! It began this morning.')
  await page.getByText('Thank you!').waitFor({ state: 'attached' })
  await page.locator('[part~=quality]').waitFor({ state: 'attached' })
  await shoot('session')
  for (const [menu, of] of Object.entries({ screens: '1 (', keys: 'Send keys', elevate: 'Elevate', draw: 'Draw', size: 'Fit', connection: 'Connection' })) {
    const opener = button(new RegExp(`^${of.replace('(', '\\(')}`))
    if (!(await opener.isVisible())) continue
    await opener.click()
    await shootBetween(menu)
    await page.keyboard.press('Escape')
  }
  customer.stop()
  await page.getByRole('heading', { name: 'The session has ended' }).waitFor()
  await shootBetween('ended')
  await context.close()
}
