import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { joinByPin } from './stage.mjs'

/** Below this width the console's details are on demand, CSS pixels. */
const NARROW = 720

/** Menus of the console in a session, and what the buttons that open them begin with. */
const MENUS = { screens: '1 (', keys: 'Send keys', files: 'Files', elevate: 'Elevate', draw: 'Draw', size: 'Fit', connection: 'Connection' }

/**
 * Leads the agent's console through its states, in a real session with the virtual desktop, and has a picture taken of each: `waiting`, `aloud`, `asking`,
 * `viewer` (the viewer's page), `transfer`, `session`, one for each menu that this width shows, `offer`, `second` (another agent is there), `credentials`,
 * `elevated`, `paused`, `reconnecting`, `ended`, and on another page `expired` and `error`.
 *
 * @param {{ readonly url: string }} broker
 * @param {import('playwright-core').BrowserContext} context with the permission to read and write the clipboard
 * @param {(state: string, page: import('playwright-core').Page) => Promise<unknown>} picture `enough` of `session`: what comes after it is left out
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

  const line = gateOf()
  const { customer } = await joinByPin(broker, pin, {
    before: line.passed,
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
  if ((await picture('session', page)) === 'enough') return customer.stop()
  for (const [menu, words] of Object.entries(MENUS)) {
    const opener = button(new RegExp(`^${words.replace('(', '\\(')}`))
    if (!(await opener.isVisible())) continue
    await opener.click()
    await picture(menu, page)
    await page.keyboard.press('Escape')
  }
  await details()
  const offered = customer.files(1).send([fileToGive()])
  const offer = page.locator('[part=offer]')
  await offer.scrollIntoViewIfNeeded()
  await picture('offer', page)
  await offer.getByRole('button', { name: 'Refuse' }).click()
  await offered.done.catch(() => undefined)

  await page.getByRole('group', { name: 'Another agent' }).getByRole('button').click()
  await page.getByRole('group', { name: 'Another agent' }).getByRole('button', { name: 'Copy link' }).click()
  const agentUrl = new URL(await page.evaluate(() => navigator.clipboard.readText()))
  const second = await context.newPage()
  await second.goto(`${agentUrl.origin}${agentUrl.pathname}?name=Cora${agentUrl.hash}`)
  await second.locator('canvas[data-frame]').waitFor()
  await page.bringToFront()
  await page.locator('[part=user]').getByText('Cora').scrollIntoViewIfNeeded()
  await picture('second', page)
  await details()

  customer.on('elevation', question => question.allow())
  await button('Elevate').click()
  await button('I give a password …').click()
  await page.getByLabel('Account', { exact: true }).waitFor()
  await picture('credentials', page)
  await page.getByLabel('Account', { exact: true }).fill('admin')
  await page.getByLabel('Password').fill('admin')
  await page.getByLabel('Password').press('Enter')
  await page.getByText(/^Elevated, /).waitFor({ state: 'attached' })
  await picture('elevated', page)
  await button('Drop').click()
  customer.pause()
  await page.getByText('The customer paused the session').first().waitFor()
  await picture('paused', page)
  customer.unpause()
  await page.getByText('The customer paused the session').first().waitFor({ state: 'detached' })
  line.shut()
  customer.dropLine()
  await page.getByText('The customer’s connection dropped').first().waitFor()
  await picture('reconnecting', page)
  line.open()
  await page.getByText('The customer’s connection dropped').first().waitFor({ state: 'detached' })
  customer.stop()
  await page.getByRole('heading', { name: 'The session has ended' }).waitFor()
  await picture('ended', page)

  const late = await context.newPage()
  await late.goto(`${broker.url}?name=Ada`)
  await late.locator('[part=pin] span').first().waitFor()
  await late.clock.setFixedTime(Date.now() + LONG_MS)
  await late.getByText('This code has expired').waitFor()
  await picture('expired', late)
  await late.route('**/v1/sessions', route => route.abort())
  await late.reload()
  await late.getByRole('heading', { name: 'That did not work' }).waitFor()
  await picture('error', late)
}

/** After so long no code is good for anything, in milliseconds. */
const LONG_MS = 86_400_000

/** A line that may be gone for as long as a picture takes. */
function gateOf() {
  let passed = Promise.resolve()
  let open = () => {}
  return {
    passed: () => passed,
    open: () => open(),
    shut() {
      passed = new Promise(resolve => {
        open = resolve
      })
    },
  }
}

/** What the customer gives. */
function fileToGive() {
  const path = join(mkdtempSync(join(tmpdir(), 'screenshots-')), 'printer.log')
  writeFileSync(path, Buffer.alloc(2_500_000, 'log'))
  return path
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
