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
