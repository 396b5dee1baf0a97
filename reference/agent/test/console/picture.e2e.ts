import { Permission, Role } from '@remote-assist/peer'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { digestOfScreen } from '../pixels.js'
import { choose, digestOfCanvas, PATIENT, press, shareInNativePixels, showsPicture, takeControl, useDesk } from './desk.js'

const desk = useDesk()

const widthOf = async (page: Page): Promise<number> => Math.round((await page.locator('canvas').boundingBox())?.width ?? 0)

/** A place in the window of the desktop that takes text, on the picture as large as it is. */
async function inNotes(page: Page): Promise<{ readonly x: number; readonly y: number }> {
  const { width, height } = (await page.locator('canvas').boundingBox()) ?? { width: 0, height: 0 }
  return { x: width * 0.3, y: height * 0.4 }
}

test('shows the picture to fit, in its own pixels, and zoomed by the menu or by Ctrl and the wheel', async () => {
  const { page, customer } = await desk.assist()
  const fitted = await widthOf(page)
  expect(fitted).toBeLessThan(1280)
  await choose(page, 'Fit', 'Actual size')
  expect(await widthOf(page)).toBe(1280)
  await choose(page, 'Actual size', '200 %')
  expect(await widthOf(page)).toBe(2560)
  await page.locator('.surface').hover()
  await page.keyboard.down('Control')
  await page.mouse.wheel(0, 400)
  await page.keyboard.up('Control')
  await expect.poll(() => widthOf(page), PATIENT).toBe(1280)
  await choose(page, 'Actual size', 'Fit')
  expect(await widthOf(page)).toBe(fitted)
  await customer.close()
})

test.each([1.5, 2])(
  'with %s device pixels for each CSS pixel, a click hits the pixel that is seen, and the actual size has a device pixel for each native one',
  async deviceScaleFactor => {
    const context = await desk.context.browser()?.newContext({ viewport: { width: 1441, height: 901 }, deviceScaleFactor })
    if (context === undefined) throw new Error('The browser is gone.')
    const page = await context.newPage()
    await page.goto(desk.broker.url)
    const { customer, host } = await desk.join(await desk.pinOf(page), { text: 'Sharp' })
    await page.locator('canvas[data-frame]').waitFor()
    await takeControl(page)
    const clickAt = async (at: { readonly x: number; readonly y: number }) => {
      const { x = 0, y = 0, width = 0 } = (await page.locator('canvas').boundingBox()) ?? {}
      const scale = width / 1280
      await page.mouse.click(x + (at.x + 0.5) * scale, y + (at.y + 0.5) * scale)
    }
    const print = host.desktop.place('print')
    await clickAt({ x: print.x + 5, y: print.y + 5 })
    await expect.poll(() => host.desktop.testPages, PATIENT).toBe(1)
    expect(Math.abs(host.desktop.pointer.x - print.x - 5)).toBeLessThanOrEqual(1)

    await choose(page, 'Fit', 'Actual size')
    await clickAt({ x: print.x + 7, y: print.y + 9 })
    await expect.poll(() => host.desktop.pointer, PATIENT).toMatchObject({ x: print.x + 7, y: print.y + 9 })
    await page.mouse.move(0, 0)
    await expect.poll(() => shareInNativePixels(page, deviceScaleFactor), PATIENT).toBeGreaterThan(0.999)
    await customer.close()
    await context.close()
  },
)

test('gives the picture a window of its own, in which keyboard and pointer work, and takes it back', async () => {
  const { page, customer, host } = await desk.assist()
  await takeControl(page)
  const popping = page.waitForEvent('popup')
  await choose(page, 'Fit', 'In its own window')
  const popped = await popping
  await page.getByRole('heading', { name: 'The picture is in its own window' }).waitFor()
  await popped.locator('canvas[data-frame]').waitFor()
  await popped.locator('canvas').click({ position: await inNotes(popped) })
  await popped.keyboard.type('from afar')
  await expect.poll(() => host.desktop.text, PATIENT).toBe('from afar')
  await showsPicture(popped, page)
  await page.getByRole('main').getByRole('button', { name: 'Back into this window' }).click()
  await page.locator('canvas[data-frame]').waitFor()
  expect(popped.isClosed()).toBe(true)
  await showsPicture(page, page)
  await page.locator('canvas').click({ position: await inNotes(page) })
  await page.keyboard.type('!')
  await expect.poll(() => host.desktop.text, PATIENT).toBe('from afar!')
  await customer.close()
})

/** The window is not seen from now on, until `show`: the browser tells its page of no frame. `painted`: frames of the picture since then. */
async function hide(page: Page) {
  const hidden = await page.evaluateHandle(() => {
    const { requestAnimationFrame } = window
    const waiting: FrameRequestCallback[] = []
    window.requestAnimationFrame = callback => waiting.push(callback)
    let painted = 0
    const canvas = [...document.querySelectorAll('*')].map(({ shadowRoot }) => shadowRoot?.querySelector('canvas')).find(found => found)
    if (canvas) new MutationObserver(() => painted++).observe(canvas, { attributeFilter: ['data-frame'] })
    return {
      painted: () => painted,
      show: () => {
        window.requestAnimationFrame = requestAnimationFrame
        for (const callback of waiting.splice(0)) requestAnimationFrame(callback)
      },
    }
  })
  return { painted: () => hidden.evaluate(({ painted }) => painted()), show: () => hidden.evaluate(({ show }) => show()) }
}

/** So many frames may be under way to a viewer. */
const MOST_UNSEEN = 64

test('is up to date as soon as its window is seen again, and shows nothing of what was in between', async () => {
  const { page, customer, host } = await desk.assist()
  const { painted, show } = await hide(page)
  const typed = async () => {
    await host.input.text('a')
    return painted()
  }
  // What comes is painted, and no more comes than may be unseen.
  await expect.poll(typed, { ...PATIENT, interval: 1 }).toBe(MOST_UNSEEN)
  for (let i = 0; i < 50; i++) await host.input.text('b')
  expect(await digestOfCanvas(page)).not.toBe(await digestOfScreen(host, 1))
  await show()
  await expect.poll(() => digestOfCanvas(page), PATIENT).toBe(await digestOfScreen(host, 1))
  expect(await painted()).toBeLessThanOrEqual(MOST_UNSEEN + 2)
  await customer.close()
})

test('goes on when the window that it was in is closed unseen', async () => {
  const { page, customer, host } = await desk.assist()
  const popping = page.waitForEvent('popup')
  await choose(page, 'Fit', 'In its own window')
  const popped = await popping
  await popped.locator('canvas[data-frame]').waitFor()
  const { painted } = await hide(popped)
  await host.input.text('a')
  await expect.poll(painted, PATIENT).toBeGreaterThan(0)
  await page.getByRole('main').getByRole('button', { name: 'Back into this window' }).click()
  await page.locator('canvas[data-frame]').waitFor()
  const { painted: paintedHere, show } = await hide(page)
  await show()
  const typed = async () => {
    await host.input.text('b')
    return paintedHere()
  }
  await expect.poll(typed, { ...PATIENT, interval: 1 }).toBeGreaterThan(2 * MOST_UNSEEN)
  await customer.close()
})

test('goes to the next screen by N, but for the picture and for fields N is a letter; shows how screens stand', async () => {
  const { page, customer, host } = await desk.assist()
  await page.locator('body').press('n')
  await page.getByRole('button', { name: '2 (1024×768)' }).waitFor()
  await takeControl(page)
  await page.keyboard.type('nn')
  await expect.poll(() => host.desktop.text, PATIENT).toBe('nn')
  await page.getByPlaceholder('Message to everybody').fill('n')
  expect(await page.getByRole('button', { name: '2 (1024×768)' }).count()).toBe(1)
  await press(page, '2 (1024×768)')
  expect(await page.locator('[part=desk] text').allTextContents()).toEqual(['1', '2'])
  await page.getByRole('menuitemradio', { name: '1 (1280×800)' }).click()
  await page.getByRole('button', { name: '1 (1280×800)' }).waitFor()
  await customer.close()
})

test('points and draws on the picture without touching anything (RA-ANN-003), and wipes it', async () => {
  const { page, customer, host } = await desk.assist()
  await takeControl(page)
  const before = host.desktop.pointer
  const canvas = await page.locator('canvas').boundingBox()
  const at = (x: number, y: number) => [(canvas?.x ?? 0) + x, (canvas?.y ?? 0) + y] as const
  const line = customer.once('annotation', { which: ({ do: what }) => what === 'draw' })
  await choose(page, 'Draw', 'Blue pen')
  await page.mouse.move(...at(100, 100))
  await page.mouse.down()
  await page.mouse.move(...at(300, 200), { steps: 8 })
  await page.mouse.up()
  const drawn = await line
  expect(drawn.do === 'draw' && drawn.stroke.colour).toBe(0x2f6df6)
  expect(await page.locator('.marks polyline').count()).toBe(1)
  const wiped = customer.once('annotation', { which: ({ do: what }) => what === 'clear' })
  await choose(page, 'Blue pen', 'Wipe my lines')
  await wiped
  expect(await page.locator('.marks polyline').count()).toBe(0)

  const pointed = customer.once('annotation', { which: ({ do: what }) => what === 'point' })
  await choose(page, 'Blue pen', 'Laser pointer')
  await page.mouse.move(...at(200, 150))
  await pointed
  expect([host.desktop.pointer, host.desktop.pressedButtons()]).toEqual([before, []])
  await customer.close()
})

test('what another agent draws, and where it points, is on its own screen alone from the first moment on', async () => {
  const { page, customer } = await desk.assist()
  const ben = await desk.colleague(page, 'Ben')
  const [first, second] = ben.screens.list.map(({ screenId }) => screenId)
  if (first === undefined || second === undefined) expect.fail('The desktop has two screens.')
  const seen = await page.evaluateHandle(() => {
    const seen: string[] = []
    const marks = document.querySelector('remote-assist-console')?.shadowRoot?.querySelector('.marks') as Element
    const note = (mark: Element) => seen.push(`${mark.localName} ${mark.hasAttribute('hidden') ? 'hidden' : 'shown'}`)
    new MutationObserver(changes => {
      for (const { addedNodes, attributeName, target } of changes)
        for (const mark of attributeName === null ? addedNodes : [target]) if (mark.parentElement === marks) note(mark as Element)
    }).observe(marks, { childList: true, subtree: true, attributeFilter: ['transform'] })
    return seen
  })
  const last = async () => (await seen.jsonValue()).at(-1)
  for (const [screen, how] of [
    [second, 'hidden'],
    [first, 'shown'],
    [second, 'hidden'],
  ] as const) {
    ben.annotations.stroke(screen, { colour: 0xff0000, width: 3 }).extend([
      { x: 10, y: 10 },
      { x: 90, y: 90 },
    ])
    await expect.poll(last, PATIENT).toBe(`polyline ${how}`)
    ben.annotations.point(screen, { x: 50, y: 50 })
    await expect.poll(last, PATIENT).toBe(`g ${how}`)
  }
  expect(new Set(await seen.jsonValue())).toEqual(new Set(['polyline hidden', 'g hidden', 'polyline shown', 'g shown']))
  ben.leave()
  await customer.close()
})

test('the pointer drives the customer’s again as soon as drawing is not granted any more; a pause throws nothing', async () => {
  const { page, customer, host } = await desk.assist()
  await takeControl(page)
  await choose(page, 'Draw', 'Laser pointer')
  await page.locator('canvas').hover()
  await page.locator('.laser').waitFor()
  customer.pause()
  await page.getByText('The customer paused the session').first().waitFor()
  await page.mouse.move(2, 2)
  await page.locator('.laser').waitFor({ state: 'detached' })
  customer.unpause()
  await page.getByText('The customer paused the session').first().waitFor({ state: 'detached' })

  await page.locator('canvas').hover()
  await page.locator('.laser').waitFor()
  const agent = customer.participants.find(({ role }) => role === Role.AGENT)
  customer.revoke(Permission.ANNOTATE, agent?.participant ?? 0)
  await page.getByRole('button', { name: 'Draw' }).and(page.locator('[aria-disabled]')).waitFor()
  expect(await page.locator('.laser').count()).toBe(0)
  await page.locator('canvas').click({ position: await inNotes(page) })
  await page.keyboard.type('driven')
  await expect.poll(() => host.desktop.text, PATIENT).toBe('driven')
  await expect.poll(() => host.desktop.pointer.x, PATIENT).toBeGreaterThan(300)
  await customer.close()
})

test('points and draws in a window of its own while the console’s is hidden, and goes on in the next one when that is closed', async () => {
  const { page, customer } = await desk.assist()
  await choose(page, 'Draw', 'Laser pointer')
  for (const round of [1, 2]) {
    const popping = page.waitForEvent('popup')
    await choose(page, 'Fit', 'In its own window')
    const popped = await popping
    const { show } = await hide(page)
    const pointed = customer.once('annotation', { which: ({ do: what }) => what === 'point' })
    await popped.locator('canvas').hover()
    await pointed
    await hide(popped)
    await popped.mouse.move(200 + round, 100)
    await popped.close()
    await show()
    await page.getByRole('heading', { name: 'The picture is in its own window' }).waitFor({ state: 'detached' })
  }
  await customer.close()
})

test('says how the line does, and what was said while nobody looked', async () => {
  const { page, customer, host } = await desk.assist()
  await press(page, /^Connection: (quick|fair|slow), \d+ ms$/)
  expect(await page.getByRole('dialog', { name: 'Connection' }).locator('dt').allTextContents()).toEqual([
    'Round trip',
    'Waiting in queues',
    'Pictures a second',
    'Received',
  ])
  const values = () => page.getByRole('dialog', { name: 'Connection' }).locator('dd').allTextContents()
  const typed = async () => {
    await host.input.text('a')
    return values()
  }
  const counts = [/^[1-9]\d* ms$/, /^\d+ ms$/, /^[1-9]\d*$/, /^[1-9][\d.]* [kM]?B\/s$/].map(pattern => expect.stringMatching(pattern))
  await expect.poll(typed, PATIENT).toEqual(counts)
  await page.keyboard.press('Escape')
  await press(page, 'Details')
  customer.say('Are you there?')
  await press(page, '1 new message')
  await page.getByRole('log').getByText('Are you there?').waitFor()
  await press(page, 'Details')
  expect(await page.getByRole('button', { name: '1 new message' }).count()).toBe(0)
  await customer.close()
})

test('says in both windows what there is to say while the picture is in its own, and asks there for an account and its password', async () => {
  const { page, customer, host } = await desk.assist({ os: 'windows' })
  await takeControl(page)
  const popping = page.waitForEvent('popup')
  await choose(page, 'Fit', 'In its own window')
  const popped = await popping
  await popped.locator('canvas[data-frame]').waitFor()
  const both = [page, popped]

  customer.on('elevation', question => question.allow())
  for (const window of both) {
    await press(page, 'Elevate')
    await press(page, 'I give a password …')
    await Promise.all(both.map(one => one.getByLabel('Password').waitFor()))
    await popped.keyboard.type('admin')
    expect([await popped.getByLabel('Account', { exact: true }).inputValue(), host.desktop.text]).toEqual(['admin', ''])
    await window.getByLabel('Account', { exact: true }).fill('admin')
    await window.getByLabel('Password').fill('admin')
    await window.getByLabel('Password').press('Enter')
    await page.getByText(/^Elevated, (15:00|14:\d\d) left$/).waitFor()
    expect(await Promise.all(both.map(one => one.getByLabel('Password').count()))).toEqual([0, 0])
    await press(page, 'Elevated')
    await page.getByRole('button', { name: 'Elevate', exact: true }).waitFor()
  }

  customer.pause()
  for (const window of both) await window.getByRole('status').getByText('The customer paused the session').waitFor()
  customer.unpause()
  for (const window of both) await window.getByRole('status').getByText('The customer paused the session').waitFor({ state: 'detached' })
  await customer.close()
})
