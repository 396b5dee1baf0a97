import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { choose, PATIENT, press, takeControl, useDesk } from './desk.js'

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
  await page.getByRole('main').getByRole('button', { name: 'Back into this window' }).click()
  await page.locator('canvas[data-frame]').waitFor()
  expect(popped.isClosed()).toBe(true)
  await page.locator('canvas').click({ position: await inNotes(page) })
  await page.keyboard.type('!')
  await expect.poll(() => host.desktop.text, PATIENT).toBe('from afar!')
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

test('says how the line does, and what was said while nobody looked', async () => {
  const { page, customer } = await desk.assist()
  await press(page, /^Connection: (quick|fair|slow), \d+ ms$/)
  expect(await page.getByRole('dialog', { name: 'Connection' }).locator('dt').allTextContents()).toEqual([
    'Round trip',
    'Waiting in queues',
    'Pictures a second',
    'Received',
  ])
  await page.keyboard.press('Escape')
  await press(page, 'Details')
  customer.say('Are you there?')
  await press(page, '1 new message')
  await page.getByRole('log').getByText('Are you there?').waitFor()
  await press(page, 'Details')
  expect(await page.getByRole('button', { name: '1 new message' }).count()).toBe(0)
  await customer.close()
})
