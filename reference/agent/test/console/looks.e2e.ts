import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { barriers } from '../customer-page.js'
import { PATIENT, press, takeControl, useDesk } from './desk.js'

const desk = useDesk()

/** What axe has against the page, in one line each; in dark the contrast alone, as nothing else differs. */
async function faults(page: Page): Promise<readonly string[]> {
  const light = await barriers(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  const dark = await barriers(page, { runOnly: ['color-contrast'] })
  await page.emulateMedia({ colorScheme: 'light' })
  return [...light, ...dark]
}

test('axe finds nothing wrong with the main states, light and dark', async () => {
  const { page, pin } = await desk.openConsole()
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  expect(await faults(page)).toEqual([])
  await press(page, 'Read aloud')
  expect(await faults(page)).toEqual([])
  await press(page, 'Done')
  expect(await page.evaluate(() => document.querySelector('remote-assist-console')?.shadowRoot?.activeElement?.getAttribute('aria-label'))).toBe('Read aloud')
  const { customer } = await desk.join(pin, { os: 'windows' })
  await page.locator('canvas[data-frame]').waitFor()
  await takeControl(page)
  for (const menu of ['Send keys', 'Elevate', '1 (1280×800)']) {
    await press(page, menu)
    expect(await faults(page)).toEqual([])
    await page.keyboard.press('Escape')
  }
  await page.getByRole('group', { name: 'External view' }).getByRole('button', { name: 'Create link' }).click()
  await press(page, 'Copy link')
  const view = await desk.context.newPage()
  await view.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await view.goto(await page.evaluate(() => navigator.clipboard.readText()))
  await view.locator('canvas[data-frame]').waitFor()
  expect(await faults(view)).toEqual([])
  await view.close()
  await page.setViewportSize({ width: 360, height: 640 })
  await press(page, 'Details')
  expect(await faults(page)).toEqual([])
  await press(page, 'Details')
  // The bar's buttons are icons alone; what they open has words.
  await press(page, 'Send keys')
  await page.getByRole('menuitem').getByText('Ctrl + Esc').waitFor()
  await page.keyboard.press('Escape')
  await press(page, 'Elevate')
  await page.getByRole('dialog', { name: 'Elevate' }).getByText('The customer confirms').waitFor()
  await page.keyboard.press('Escape')
  customer.stop()
  await page.getByRole('heading', { name: 'The session has ended' }).waitFor()
  expect(await faults(page)).toEqual([])
  await customer.close()
})

test('menus are for the keyboard: arrows, letters, Escape back to the button', async () => {
  const { page, customer } = await desk.assist()
  await takeControl(page)
  const opener = page.getByRole('button', { name: 'Send keys' })
  const at = () => page.evaluate(() => document.querySelector('remote-assist-console')?.shadowRoot?.activeElement?.textContent?.trim())
  await opener.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name: 'Ctrl + Alt + Del' }).waitFor()
  await expect.poll(at, PATIENT).toBe('Ctrl + Alt + Del')
  await page.keyboard.press('ArrowDown')
  expect(await at()).toBe('Ctrl + Esc')
  await page.keyboard.press('End')
  expect(await at()).toBe('Type the clipboard')
  await page.keyboard.press('ArrowDown')
  expect(await at()).toBe('Ctrl + Alt + Del')
  await page.keyboard.press('p')
  expect(await at()).toBe('Print Screen')
  await page.keyboard.press('Escape')
  await expect.poll(at, PATIENT).toBe('Send keys')
  await customer.close()
})

test('a menu that is higher than the page can be scrolled to its end', async () => {
  const { page, customer } = await desk.assist()
  await takeControl(page)
  // 1366 × 768 at 200 %, less what the browser takes.
  await page.setViewportSize({ width: 683, height: 320 })
  await press(page, 'Send keys')
  const last = page.getByRole('menuitem', { name: 'Type the clipboard' })
  const menu = await page.locator('#keys').boundingBox()
  expect((menu?.y ?? 0) + (menu?.height ?? 0)).toBeLessThanOrEqual(320)
  await page.locator('#keys').hover()
  await page.mouse.wheel(0, 1_000)
  await expect.poll(async () => ((await last.boundingBox())?.y ?? 0) + 32, PATIENT).toBeLessThanOrEqual(320)
  await last.click()
  await last.waitFor({ state: 'hidden' })
  await customer.close()
})
