import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { joinByPin } from './stage.mjs'

/** Below this width the console's details are on demand, CSS pixels. */
const NARROW = 720

/** Menus of the console in a session, and what the buttons that open them begin with. */
const MENUS = { screens: '1 (', keys: 'Send keys', elevate: 'Elevate', draw: 'Draw', size: 'Fit', connection: 'Connection' }

/**
 * Leads the agent's console through its states, in a real session with the virtual desktop, and has a picture taken of each: `waiting`, `aloud`, `asking`,
 * `viewer` (the viewer's page), `transfer`, `session`, one for each menu that this width shows, `ended`.
 *
 * @param {{ readonly url: string }} broker
 * @param {import('playwright-core').BrowserContext} context with the permission to read and write the clipboard
 * @param {(state: string, page: import('playwright-core').Page) => Promise<unknown>} picture
 */
export async function consoleStates(broker, context, picture) {
  const page = await context.newPage()
  const button = name => page.getByRole('button', { name }).first()
  const folds = page.viewportSize().width < NARROW
  const details = () => (folds ? button('Details').click() : undefined)
  await page.goto(`${broker.url}?name=Ada`)
  const groups = page.locator('[part=pin] span')
  await groups.first().waitFor()
  const pin = (await groups.allTextContents()).join('')
  await picture('waiting', page)
  await details()
  await button('Read aloud').click()
  await picture('aloud', page)
  await button('Done').click()
  await details()

  const { customer } = await joinByPin(broker, pin, {
    text: 'The printer says that it is offline, but it is on.\n',
    os: 'windows',
    displayName: 'Eva',
    downloads: mkdtempSync(join(tmpdir(), 'screenshots-')),
  })
  const asked = await new Promise(resolve => customer.on('consent', resolve))
  await page.getByText('The customer is deciding').waitFor()
  await page.locator('[part=words]').waitFor()
  await picture('asking', page)
  customer.on('consent', request => request.grantAll())
  customer.on('file', ({ offer }) => offer.accept())
  asked.grantAll()
  await page.locator('canvas[data-frame]').waitFor()
  await details()
  await page.getByRole('group', { name: 'External view' }).getByRole('button').click()
  await button('Copy link').click()
  const viewUrl = await page.evaluate(() => navigator.clipboard.readText())
  const viewer = await context.newPage()
  await viewer.goto(viewUrl.replace('/view', '/view?name=Ben'))
  await viewer.locator('canvas[data-frame]').waitFor()
  await picture('viewer', viewer)
  await page.bringToFront()
  await page.locator('input[type=file]').first().setInputFiles(filesToSend())
  await page.getByText('MB/s').waitFor()
  await button('Pause').click()
  await page.getByText('Each file').click()
  if (folds) await page.locator('[part=transfers]').scrollIntoViewIfNeeded()
  await picture('transfer', page)
  await button('Cancel').click()
  await button('Dismiss').click()
  await details()
  await button('Take control').click()
  await button('In control').waitFor()
  await page.keyboard.type('Let me have a look at the driver.')
  customer.say('Thank you! It began this morning.')
  await page.getByText('Thank you!').waitFor({ state: 'attached' })
  await page.locator('[part~=quality]').waitFor({ state: 'attached' })
  await picture('session', page)
  for (const [menu, words] of Object.entries(MENUS)) {
    const opener = button(new RegExp(`^${words.replace('(', '\\(')}`))
    if (!(await opener.isVisible())) continue
    await opener.click()
    await picture(menu, page)
    await page.keyboard.press('Escape')
  }
  customer.stop()
  await page.getByRole('heading', { name: 'The session has ended' }).waitFor()
  await picture('ended', page)
}

/** A small file, and one that takes a while. */
function filesToSend() {
  const folder = mkdtempSync(join(tmpdir(), 'screenshots-'))
  return [
    ['readme.txt', 180_000],
    ['driver-2.1.cab', 96_000_000],
  ].map(([name, bytes]) => {
    const path = join(folder, name)
    writeFileSync(path, Buffer.alloc(bytes, name))
    return path
  })
}
