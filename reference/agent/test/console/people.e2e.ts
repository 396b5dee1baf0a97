import { expect, test } from 'vitest'
import { digestOfScreen } from '../pixels.js'
import { digestOfCanvas, PATIENT, press, takeControl, useDesk } from './desk.js'

const desk = useDesk()

test('shows an expert the picture by a link that is cleared before it connects (RA-SEC-010), and gives nothing to act with', async () => {
  const { page, customer, host } = await desk.assist({ text: 'Look, but' })
  await page.getByRole('group', { name: 'External view' }).getByRole('button', { name: 'Create link' }).click()
  await page.getByRole('button', { name: 'Copy link' }).click()
  const url = await page.evaluate(() => navigator.clipboard.readText())
  const view = await desk.context.newPage()
  const connectedAt: string[] = []
  view.on('websocket', () => connectedAt.push(view.url()))
  await view.goto(url)
  await view.locator('canvas[data-frame]').waitFor()
  expect(connectedAt).toEqual([`${desk.broker.url}/view`])
  expect(await view.evaluate(() => history.length)).toBeLessThanOrEqual(2)
  await expect.poll(() => digestOfCanvas(view, 'remote-assist-viewer'), PATIENT).toBe(await digestOfScreen(host, 1))
  expect(await view.getByRole('button').allTextContents()).toEqual([expect.stringContaining('Next screen')])
  await page.locator('[part=user]').getByText('viewing').waitFor()

  const before = host.desktop.pointer
  await view.locator('canvas').click({ position: { x: 200, y: 200 } })
  await view.keyboard.type('do not touch')
  // The agent's own typing arrives later than anything that the viewer could have sent.
  await takeControl(page)
  await page.keyboard.type('!')
  await expect.poll(() => host.desktop.text, PATIENT).toBe('Look, but!')
  expect(host.desktop.pointer).toEqual(before)

  await press(view, /Next screen/)
  await expect.poll(() => digestOfCanvas(view, 'remote-assist-viewer'), PATIENT).toBe(await digestOfScreen(host, 2))
  expect(await digestOfCanvas(page)).toBe(await digestOfScreen(host, 1))
  await customer.close()
})

test('takes an external view back: the link is gone, and so is who came by it', async () => {
  const { page, customer } = await desk.assist()
  await page.getByRole('group', { name: 'External view' }).getByRole('button', { name: 'Create link' }).click()
  await page.getByRole('button', { name: 'Copy link' }).click()
  const view = await desk.context.newPage()
  await view.goto(await page.evaluate(() => navigator.clipboard.readText()))
  await view.locator('canvas[data-frame]').waitFor()
  await press(page, 'Take the link back; who came by it goes')
  await view.getByRole('heading', { name: 'The view has ended' }).waitFor()
  await page.locator('[part=user]').getByText('viewing').waitFor({ state: 'detached' })
  expect(await page.locator('[part=guest]').count()).toBe(0)
  await customer.close()
})

test('a second agent joins by its link, asks for control and gets it when it is given back; the one who leads takes it, and turns it out', async () => {
  const { page, customer, host } = await desk.assist()
  await takeControl(page)
  await page.getByRole('group', { name: 'Another agent' }).getByRole('button', { name: 'Create link' }).click()
  await page.getByRole('button', { name: 'Copy link' }).click()
  const url = new URL(await page.evaluate(() => navigator.clipboard.readText()))
  const second = await desk.context.newPage()
  await second.goto(`${url.origin}${url.pathname}?name=Ben${url.hash}`)
  await second.locator('canvas[data-frame]').waitFor()
  await page.locator('[part=user]').getByText('Ben').waitFor()
  expect(await second.getByRole('group', { name: 'External view' }).getByRole('button').getAttribute('aria-description')).toContain('who leads')

  await press(second, 'Ask for control')
  await page.getByRole('log').getByText('I would like to take control, please.').waitFor()
  await press(page, 'In control')
  await second.getByRole('button', { name: 'In control' }).waitFor()
  await second.keyboard.type('Ben was here')
  await expect.poll(() => host.desktop.text, PATIENT).toBe('Ben was here')
  await takeControl(page)
  await second.getByRole('button', { name: 'Ask for control' }).waitFor()
  await press(page, 'Remove Ben from the session')
  await second.getByRole('heading', { name: 'The session has ended' }).waitFor()
  await customer.close()
})
