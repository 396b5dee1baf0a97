import { copyFile, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AssistError } from '@remote-assist/peer'
import { verifyAudit } from '@remote-assist/secure'
import type { Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { startStage } from '../../scripts/stage.mjs'
import { SCREEN } from '../../scripts/x-screen.mjs'
import { barriers, complaintsOf, isAbout, part, pixelAt } from '../customer-page.js'
import { organisation } from '../organisation.js'
import { PATIENT, press, typePin, useVisit } from './visit.js'

/** Where no window is. */
const GROUND = { x: SCREEN.width - 120, y: 300 }
const visit = useVisit()

/** Presses what a person without a pointer gets to by Tab. */
async function pressByKeys(page: Page, name: string): Promise<void> {
  const button = page.getByRole('button', { name, exact: true })
  const within = await page.locator('remote-assist-customer').evaluate(element => element.shadowRoot?.querySelectorAll('*').length ?? 0)
  const reached = () => button.evaluate(element => (element.getRootNode() as ShadowRoot).activeElement === element)
  for (let steps = 0; steps < within && !(await reached()); steps++) await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
}

const codeOf = (error: unknown): string => (error instanceof AssistError ? error.code : String(error))

test('lets a person in by a PIN with blanks, asks, shares the whole screen with the agent’s console, pauses and stops', async () => {
  await visit.stage.paint('#3a7d44')
  // In a window of its own: one that is behind another is hardly painted.
  const desks = await visit.stage.browser.newContext({ viewport: { width: 980, height: 760 }, locale: 'en' })
  onTestFinished(() => desks.close())
  desks.setDefaultTimeout(PATIENT.timeout)
  const complaintsOfDesk = complaintsOf(desks)
  const desk = await desks.newPage()
  await desk.goto(`${visit.broker.url}/?name=Ada`)
  const groups = desk.locator('[part=pin] span')
  await groups.first().waitFor()
  const pin = (await groups.allTextContents()).join('  ')

  const page = await visit.openJoin()
  expect(await barriers(page)).toEqual([])
  await typePin(page, ` ${pin} `)
  await page.getByRole('heading', { name: 'Ada would like to help you' }).waitFor()
  await page.getByText('Not verified').waitFor()
  await page.getByText('Nobody who calls you unasked').waitFor()
  expect(await page.getByRole('switch', { name: 'See a screen' }).isChecked()).toBe(true)
  expect(await page.getByRole('switch', { name: 'Exchange files' }).isChecked()).toBe(false)
  await page.getByText('Compare three words').click()
  expect((await part(page, 'words').textContent())?.split(' ')).toHaveLength(3)
  expect(await part(page, 'words').textContent()).toBe((await desk.locator('[part=words] span').allTextContents()).join(' '))
  await page.getByText('How to get the companion').click()
  await page.getByText(`npx @remote-assist/customer --broker ${visit.broker.url}`).waitFor()
  expect(await barriers(page)).toEqual([])
  await press(page, 'Start')

  await page.getByText('Ada can see your screen').waitFor()
  await desk.locator('canvas[data-frame]').waitFor()
  expect(await desk.locator('canvas[data-frame]').evaluate((canvas: HTMLCanvasElement) => [canvas.width, canvas.height])).toEqual([SCREEN.width, SCREEN.height])
  await expect.poll(async () => isAbout(await pixelAt(desk, GROUND.x, GROUND.y), [0x3a, 0x7d, 0x44]), PATIENT).toBe(true)
  await visit.stage.paint('#b03060')
  await expect.poll(async () => isAbout(await pixelAt(desk, GROUND.x, GROUND.y), [0xb0, 0x30, 0x60]), PATIENT).toBe(true)
  expect(await barriers(page)).toEqual([])

  await page.getByPlaceholder('Message to everybody').fill('It began this morning.')
  await page.keyboard.press('Enter')
  await desk.getByText('It began this morning.').waitFor()
  await desk.getByPlaceholder('Message to everybody').fill('Let me look.')
  await desk.keyboard.press('Enter')
  await part(page, 'chat-lines').getByText('Let me look.').waitFor()

  await press(page, 'Pause')
  await page.getByText('Paused: nobody sees or does anything').waitFor()
  await desk.getByText('The customer paused the session').waitFor()
  await visit.stage.paint('#3a7d44')
  await press(page, 'Continue')
  await expect.poll(async () => isAbout(await pixelAt(desk, GROUND.x, GROUND.y), [0x3a, 0x7d, 0x44]), PATIENT).toBe(true)

  await press(page, 'Stop')
  await page.getByRole('heading', { name: 'It is over' }).waitFor()
  await page.getByText('You stopped the session.', { exact: false }).first().waitFor()
  await desk.getByRole('heading', { name: 'The session has ended' }).waitFor()
  for (const line of ['Ada joined', 'You allowed Ada: see the screen, chat and draw', 'Ada looks at the screen', 'You paused', 'You stopped the session'])
    await part(page, 'log-lines').getByText(line, { exact: true }).waitFor()
  const saved = page.waitForEvent('download')
  await press(page, 'Save the log')
  expect(verifyAudit(await readFile(await (await saved).path()))).toMatchObject({ verdict: 'intact', ended: true })
  expect(await barriers(page)).toEqual([])
  expect(complaintsOfDesk).toEqual([])
})

test('takes a link at once, and clears the address', async () => {
  const agent = await visit.newAgent()
  const page = await visit.context.newPage()
  await page.goto(agent.customerUrl)
  await page.getByRole('heading', { name: 'Ada would like to help you' }).waitFor()
  expect(page.url()).toBe(`${visit.broker.url}/join`)
  // The link may be pasted into the field as well.
  const other = await visit.newAgent({ displayName: 'Ben' })
  const pasted = await visit.openJoin()
  await typePin(pasted, other.customerUrl)
  await pasted.getByRole('heading', { name: 'Ben would like to help you' }).waitFor()
})

test('says who vouches for the agent, to a person who trusts them (RA-SEC-053)', async () => {
  const { trust, credential } = organisation('Example Support')
  const agent = await visit.newAgent({ credential })
  const page = await visit.openJoin()
  await page.locator('remote-assist-customer').evaluate((element, trusted) => Object.assign(element, { trust: trusted }), trust)
  await typePin(page, agent.pin.grouped)
  await page.getByText('Verified: Example Support vouches for them').waitFor()
})

test('says what is wrong with a PIN, and how many tries are left', async () => {
  const agent = await visit.newAgent()
  const page = await visit.openJoin()
  await typePin(page, '12 34')
  await page.getByText('That is no PIN yet.').waitFor()
  await typePin(page, `${agent.pin.digits.startsWith('9') ? 8 : 9}${agent.pin.digits.slice(1, -6)}000000`)
  await page.getByText('There is no session with this PIN.').waitFor()
  await typePin(page, agent.pin.digits.slice(0, -6) + (agent.pin.secret === '000000' ? '111111' : '000000'))
  await page.getByText('That PIN is not right. 2 tries are left.').waitFor()
  expect(await page.getByLabel('PIN').getAttribute('aria-invalid')).toBe('true')
  expect(await barriers(page)).toEqual([])
  await typePin(page, agent.pin.grouped)
  await page.getByRole('heading', { name: 'Ada would like to help you' }).waitFor()
})

test('says that there is no connection', async () => {
  const page = await visit.openJoin()
  await visit.context.setOffline(true)
  await typePin(page, '4821 973 015 7')
  await page.getByText('There is no connection to the service.').waitFor()
  visit.complaints = visit.complaints.filter(text => !text.includes('net::ERR_INTERNET_DISCONNECTED'))
})

test('says how long to wait when there were too many tries', async () => {
  const strict = await startStage(undefined, { joinsPerMinute: 1 })
  onTestFinished(() => strict.close())
  const page = await visit.context.newPage()
  await page.goto(`${strict.url}/join`)
  await typePin(page, '1234 567 8901')
  await page.getByText('There is no session with this PIN.').waitFor()
  await typePin(page, '1234 567 8902')
  await page.getByText(/Too many tries from here\. Wait \d+ s, then try again\./).waitFor()
  expect(await page.getByRole('button', { name: 'Continue' }).getAttribute('aria-disabled')).toBe('true')
  expect(await page.getByLabel('PIN').inputValue()).toBe('1234 567 8902')
})

test('shares nothing with whoever is turned down', async () => {
  const agent = await visit.newAgent()
  const joined = agent.customer().catch(codeOf)
  const failed = new Promise<string>(resolve => agent.on('customer-failed', error => resolve(error.code)))
  const page = await visit.openJoin()
  await typePin(page, agent.pin.grouped)
  await press(page, 'Not now')
  await page.getByRole('heading', { name: 'You said no' }).waitFor()
  expect(await Promise.race([joined, failed])).toMatch(/E_CONSENT_DENIED|E_LEFT/)
  expect(await barriers(page)).toEqual([])
  await press(page, 'Another PIN')
  await page.getByRole('heading', { name: 'Type the PIN' }).waitFor()
})

test('is one script and one tag in a page of somebody else: in German, on a phone, where nothing is cut off', async () => {
  const site = await mkdtemp(join(visit.folder, 'site-'))
  const built = new URL('../../dist/', import.meta.url)
  for (const name of ['remote-assist-customer.js', 'remote-assist-customer-worker.js']) await copyFile(new URL(name, built), join(site, name))
  await writeFile(
    join(site, 'index.html'),
    `<!doctype html><html lang="de"><title>Hilfe</title><link rel="icon" href="data:,"><meta name="viewport" content="width=device-width">
    <script type="module" src="/remote-assist-customer.js"></script><body><remote-assist-customer></remote-assist-customer>`,
  )
  const elsewhere = await startStage(site)
  onTestFinished(() => elsewhere.close())
  const agent = await visit.newAgent({ brokerUrl: elsewhere.url })
  const joined = agent.customer()
  const page = await visit.context.newPage()
  await page.setViewportSize({ width: 360, height: 740 })
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.goto(elsewhere.url)
  await page.getByRole('heading', { name: 'Geben Sie die PIN ein' }).waitFor()
  await typePin(page, agent.pin.grouped)
  await page.getByRole('heading', { name: 'Ada möchte Ihnen helfen' }).waitFor()
  expect(await barriers(page)).toEqual([])
  await pressByKeys(page, 'Starten')
  const session = await joined
  const ended = new Promise<AssistError>(resolve => session.on('ended', resolve))
  await page.getByText('Ada sieht Ihren Bildschirm').waitFor()
  expect(await barriers(page)).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  const area = async (name: string) => {
    const { width = 0, height = 0 } = (await part(page, name).boundingBox()) ?? {}
    return width * height
  }
  expect(await area('stop')).toBeGreaterThan(await area('pause'))
  await page.locator('remote-assist-customer').evaluate(element => element.remove())
  expect((await ended).code).toBe('E_STOPPED')
})
