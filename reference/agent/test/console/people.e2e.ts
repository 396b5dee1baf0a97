import { Permission, Role } from '@remote-assist/peer'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { digestOfScreen } from '../pixels.js'
import { choose, digestOfCanvas, PATIENT, press, takeControl, useDesk } from './desk.js'

const desk = useDesk()

test('shows an expert the picture by a link that is cleared before it connects (RA-SEC-010), and gives nothing to act with on the desktop', async () => {
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
  const buttons = view.getByRole('button')
  expect(await buttons.evaluateAll(all => all.map(one => one.getAttribute('aria-label')))).toEqual(['Next screen (2)', 'Details', 'Send'])
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

test('there is always a link to make; one that was used, or has expired, says so and is not offered for copying', async () => {
  const { page, customer } = await desk.assist()
  const views = page.getByRole('group', { name: 'External view' })
  const rows = views.locator('[part=guest]')
  const copy = rows.getByRole('button', { name: 'Copy link' })
  for (const links of [1, 2]) {
    await views.getByRole('button', { name: 'Create link' }).click()
    await expect.poll(() => rows.count(), PATIENT).toBe(links)
  }
  await copy.last().click()
  const url = new URL(await page.evaluate(() => navigator.clipboard.readText()))
  const view = await desk.context.newPage()
  await view.goto(`${url.origin}${url.pathname}?name=Cora${url.hash}`)
  await view.locator('canvas[data-frame]').waitFor()
  await rows.nth(1).getByText('used by Cora').waitFor()
  expect(await copy.count()).toBe(1)
  // Who loads the page again finds the link used, as the console says.
  await view.goto(url.href)
  await view.getByText('This link is not right, or it is no longer in use.').waitFor()
  await rows.nth(1).getByText('used by Cora').waitFor()

  await page.clock.setFixedTime(Date.now() + 61 * 60_000)
  await rows.nth(0).getByText('expired').waitFor()
  expect(await copy.count()).toBe(0)
  await rows.nth(0).getByRole('button').click()
  await expect.poll(() => rows.count(), PATIENT).toBe(1)
  expect(await views.getByRole('button', { name: 'Create link' }).getAttribute('aria-disabled')).toBe(null)
  await customer.close()
})

/** Ben comes by a link that the console makes for another agent, and sees the picture. */
async function joinSecond(page: Page): Promise<Page> {
  await page.getByRole('group', { name: 'Another agent' }).getByRole('button', { name: 'Create link' }).click()
  await page.getByRole('button', { name: 'Copy link' }).click()
  const url = new URL(await page.evaluate(() => navigator.clipboard.readText()))
  const second = await desk.context.newPage()
  await second.goto(`${url.origin}${url.pathname}?name=Ben${url.hash}`)
  await second.locator('canvas[data-frame]').waitFor()
  return second
}

test('a second agent joins by its link, asks for control and gets it when it is given back; the one who leads takes it, and turns it out', async () => {
  const { page, customer, host } = await desk.assist()
  await takeControl(page)
  const second = await joinSecond(page)
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

test('who may not chat is not let ask for control, of which nobody would hear, and takes it once it is given back', async () => {
  const { page, customer } = await desk.assist()
  await takeControl(page)
  await page.getByRole('group', { name: 'Another agent' }).getByRole('button', { name: 'Create link' }).click()
  await press(page, 'Copy link')
  const second = await desk.context.newPage()
  await second.goto(await page.evaluate(() => navigator.clipboard.readText()))
  await second.locator('canvas[data-frame]').waitFor()
  const ask = second.getByRole('button', { name: 'Ask for control' })
  expect(await ask.getAttribute('aria-disabled')).toBe(null)
  const invited = customer.participants.filter(({ role }) => role === Role.AGENT).at(-1)
  customer.revoke(Permission.CHAT, invited?.participant ?? 0)
  await ask.and(second.locator('[aria-disabled]')).waitFor()
  expect(await ask.getAttribute('aria-description')).toContain('did not allow chat')
  await ask.dispatchEvent('click')
  expect(await ask.count()).toBe(1)
  await press(page, 'In control')
  await takeControl(second)
  await customer.close()
})

test('two agents and a viewer are there at once: each sees, each is seen, and who goes takes nobody along', async () => {
  const { page, customer, host } = await desk.assist({ text: 'For all' })
  const guests = page.locator('[part=guest]')
  // Links of agents are below those of viewers.
  const open = async (group: string, links: number): Promise<Page> => {
    await page.getByRole('group', { name: group }).getByRole('button', { name: 'Create link' }).click()
    await expect.poll(() => guests.count(), PATIENT).toBe(links)
    await guests.last().getByRole('button').first().click()
    const url = new URL(await page.evaluate(() => navigator.clipboard.readText()))
    const other = await desk.context.newPage()
    await other.goto(`${url.origin}${url.pathname}?name=${group === 'Another agent' ? 'Ben' : 'Cora'}${url.hash}`)
    await other.locator('canvas[data-frame]').waitFor()
    return other
  }
  const view = await open('External view', 1)
  const second = await open('Another agent', 2)
  await takeControl(page)
  await page.keyboard.type(' three')
  await expect.poll(() => host.desktop.text, PATIENT).toBe('For all three')
  const shown = async () => [await digestOfCanvas(page), await digestOfCanvas(second), await digestOfCanvas(view, 'remote-assist-viewer')]
  await expect.poll(shown, PATIENT).toEqual(Array(3).fill(await digestOfScreen(host, 1)))
  for (const one of [page, second, view]) expect(await one.locator('[part=user]').count()).toBe(4)

  await press(second, 'Leave')
  await page.locator('[part=user]').getByText('Ben').waitFor({ state: 'detached' })
  await page.keyboard.type(', or two')
  await expect.poll(() => host.desktop.text, PATIENT).toBe('For all three, or two')
  await expect.poll(() => digestOfCanvas(view, 'remote-assist-viewer'), PATIENT).toBe(await digestOfScreen(host, 1))
  await customer.close()
})

test('says of each what the customer lets them do, and no longer what was taken back', async () => {
  const { page, customer } = await desk.assist({ os: 'windows' })
  const grants = page.locator('[part=user] [part=grants]')
  await expect.poll(() => grants.allTextContents(), PATIENT).toEqual(['sees, controls, clipboard, files, chat, draws, elevates'])
  const agent = customer.participants.find(({ role }) => role === Role.AGENT)?.participant ?? 0
  customer.revoke(Permission.CONTROL_INPUT, agent)
  customer.revoke(Permission.ANNOTATE, agent)
  await expect.poll(() => grants.getAttribute('title'), PATIENT).toBe('sees, clipboard, files, chat, elevates')
  expect(await grants.textContent()).toBe('sees, clipboard, files, chat, elevates')
  await customer.close()
})

test('what another agent draws and where they point is seen with their name, and on that screen alone', async () => {
  const { page, customer } = await desk.assist()
  const second = await joinSecond(page)
  const drag = async (from: readonly [number, number], to: readonly [number, number]) => {
    const { x = 0, y = 0 } = (await second.locator('canvas').boundingBox()) ?? {}
    await second.mouse.move(x + from[0], y + from[1])
    await second.mouse.down()
    await second.mouse.move(x + to[0], y + to[1], { steps: 4 })
    await second.mouse.up()
  }
  const lines = page.locator('.marks polyline')
  const laser = page.locator('.marks .laser')
  await choose(second, 'Draw', 'Green pen')
  await drag([100, 100], [300, 200])
  await lines.waitFor()
  // The line is where Ben drew it, in pixels of the screen.
  const scale = ((await second.locator('canvas').boundingBox())?.width ?? 0) / 1280
  const ends = async () =>
    (await lines.getAttribute('points'))
      ?.trim()
      .split(' ')
      .map(one => one.split(',').map(Number)) ?? []
  await expect.poll(async () => Math.abs(((await ends()).at(-1)?.[0] ?? 0) - 300 / scale) <= 2, PATIENT).toBe(true)
  expect(Math.abs(((await ends())[0]?.[1] ?? 0) - 100 / scale)).toBeLessThanOrEqual(2)

  await choose(second, 'Green pen', 'Laser pointer')
  const points = async () => {
    const { x = 0, y = 0 } = (await second.locator('canvas').boundingBox()) ?? {}
    await second.mouse.move(x + 200, y + 150)
  }
  await points()
  await laser.getByText('Ben').waitFor()
  expect(await second.locator('.marks .laser text').count()).toBe(0)

  // What is on one screen is on no other, whoever changes: what was there already, and what comes then.
  await press(page, 'Next screen (2)')
  await page.getByRole('button', { name: '2 (1024×768)' }).waitFor()
  await lines.waitFor({ state: 'hidden' })
  await laser.waitFor({ state: 'hidden' })
  await choose(second, 'Laser pointer', 'Red pen')
  await drag([400, 100], [500, 200])
  await expect.poll(() => lines.count(), PATIENT).toBe(2)
  expect(await lines.evaluateAll(all => all.map(one => one.checkVisibility()))).toEqual([false, false])
  await choose(second, 'Red pen', 'Laser pointer')
  await points()
  await laser.waitFor({ state: 'attached' })
  expect(await laser.isVisible()).toBe(false)
  await press(page, 'Next screen (1)')
  await lines.last().waitFor()
  await customer.close()
})
