import { expect, test } from 'vitest'
import { joinByPin, startStage } from '../../scripts/stage.mjs'
import { digestOfScreen } from '../pixels.js'
import { digestOfCanvas, PATIENT, press, takeControl, useDesk } from './desk.js'

const desk = useDesk()

test('shows a PIN and a link; the customer joins by the PIN, decides, and the picture is the desktop, pixel for pixel', async () => {
  const { page, pin } = await desk.openConsole()
  expect(pin).toMatch(/^\d{1,4}(-\d{3})+$/)
  await press(page, 'Copy PIN')
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(pin)
  const screen = page.getByRole('region', { name: 'Screen' })
  expect(await screen.textContent()).toMatch(/none/)

  const { customer, host } = await joinByPin(desk.broker, pin, { text: 'Pixel for pixel' })
  const asked = new Promise<{ grantAll(): boolean }>(resolve => customer.on('consent', resolve))
  await page.getByText('The customer is deciding').waitFor()
  ;(await asked).grantAll()
  await page.locator('canvas[data-frame]').waitFor()
  await expect.poll(() => digestOfCanvas(page), PATIENT).toBe(await digestOfScreen(host, 1))
  expect(await page.locator('[part=user]').allTextContents()).toEqual([expect.stringMatching(/Agent.*\(you\)/s), expect.stringMatching(/Eva Lind.*customer/s)])
  await customer.close()
})

test('reads the code aloud: large digits, and the address letter by letter', async () => {
  const { page, pin } = await desk.openConsole()
  await press(page, 'Read aloud')
  const sheet = page.getByRole('dialog', { name: 'Read aloud' })
  expect(await sheet.locator('.digits span').allTextContents()).toEqual(pin.split('-'))
  const address = `${new URL(desk.broker.url).host}/join`
  await sheet.getByRole('img', { name: address, exact: true }).waitFor()
  const spelled = await sheet.locator('.spelled span').allTextContents()
  expect(spelled.map(([character]) => character).join('')).toBe(address)
  expect(spelled.slice(-5)).toEqual(['/slash', 'jJuliett', 'oOscar', 'iIndia', 'nNovember'])
  const size = (part: string) => sheet.locator(part).evaluate(it => Number.parseFloat(getComputedStyle(it).fontSize))
  expect(await size('.digits')).toBeGreaterThan(2 * (await size('.how >> nth=0')))
  await page.keyboard.press('Escape')
  await sheet.waitFor({ state: 'detached' })
})

test('says how long the session may still last, once that is not long any more (RA-RLY-246)', async () => {
  const short = await startStage(undefined, { policy: { maxSessionDurationMs: 12_000 } })
  const page = await desk.context.newPage()
  await page.goto(short.url)
  const groups = page.locator('[part=pin] span')
  await groups.first().waitFor()
  const { customer } = await joinByPin(short, (await groups.allTextContents()).join(''))
  customer.on('consent', request => request.grantAll())
  await page.locator('canvas[data-frame]').waitFor()
  const timer = page.getByRole('timer')
  expect(await timer.count()).toBe(0)
  await timer.waitFor({ timeout: 30_000 })
  expect(await timer.textContent()).toMatch(/^The session ends in 0:0[0-2]$/)
  await page.getByRole('heading', { name: 'The session has ended' }).waitFor()
  expect(await timer.count()).toBe(0)
  await customer.close()
  await short.close()
})

test('leaves; and says so when the customer stops, pauses or says no', async () => {
  const first = await desk.assist()
  const gone = new Promise(resolve => first.customer.on('ended', resolve))
  await press(first.page, 'Leave')
  await first.page.getByRole('heading', { name: 'The session has ended' }).waitFor()
  await gone

  const second = await desk.assist()
  second.customer.pause()
  await second.page.getByText('The customer paused the session').first().waitFor()
  const next = second.page.getByRole('button', { name: /Next screen/ })
  expect(await next.getAttribute('aria-description')).toBe('The customer paused the session')
  second.customer.unpause()
  await second.page.getByText('The customer paused the session').first().waitFor({ state: 'detached' })
  second.customer.stop()
  await second.page.getByText('The customer stopped the session.').waitFor()
  await press(second.page, 'New session')

  const groups = second.page.locator('[part=pin] span')
  await groups.first().waitFor()
  const { customer } = await joinByPin(desk.broker, (await groups.allTextContents()).join(''))
  customer.on('consent', request => request.deny())
  await second.page.getByRole('heading', { name: 'The session has ended' }).waitFor()
  await customer.close()
})

test('comes back after a dropped line, and the session goes on', async () => {
  // Back within milliseconds, the customer would be gone too briefly to be seen gone: it comes back when the console has said so.
  let comeBack = () => {}
  let gate = Promise.resolve()
  const { page, customer, host } = await desk.assist({ before: () => gate })
  gate = new Promise(resolve => {
    comeBack = resolve
  })
  customer.dropLine()
  await page.getByText('The customer’s connection dropped').waitFor()
  comeBack()
  await page.getByText('The customer’s connection dropped').waitFor({ state: 'detached' })
  await takeControl(page)
  await page.keyboard.type('still here')
  await expect.poll(() => host.desktop.text, PATIENT).toBe('still here')
  await customer.close()
})

test('asks before the page is closed or left while a session is there, and only then', async () => {
  const { page, customer } = await desk.assist()
  await takeControl(page)
  // A key that was meant for a window on the customer's desktop.
  const asked = page.waitForEvent('dialog')
  await page.close({ runBeforeUnload: true })
  const question = await asked
  expect(question.type()).toBe('beforeunload')
  await question.dismiss()
  await page.getByRole('button', { name: 'In control' }).waitFor()
  customer.stop()
  await page.getByRole('heading', { name: 'The session has ended' }).waitFor()
  const closed = page.waitForEvent('close')
  await page.close({ runBeforeUnload: true })
  await closed
  await customer.close()
})

test('copies where the page may not write to the clipboard as well, and says so where nothing helps', async () => {
  const { page, pin } = await desk.openConsole()
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException('Not in this frame.', 'NotAllowedError'))
  })
  await press(page, 'Copy PIN')
  await page.getByRole('button', { name: 'Copied' }).first().waitFor()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(pin)
  await page.evaluate(() => {
    document.execCommand = () => false
  })
  await press(page, 'Copy link')
  const notice = page.getByRole('alert')
  await notice.getByText(/^This browser does not let the page copy\. By hand: http.*#/).waitFor()
  expect(await notice.evaluate(it => it.scrollWidth <= it.clientWidth)).toBe(true)
})
