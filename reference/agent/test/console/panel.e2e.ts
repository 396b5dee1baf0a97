/** What comes from the customer is seen: it is in view, or it is counted where the person looks. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Customer } from '@remote-assist/peer'
import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { PATIENT, press, useDesk } from './desk.js'

const desk = useDesk()

const news = (page: Page): Locator => page.locator('[part=news]').getByRole('button')
const chatCount = (page: Page): Locator => page.locator('[part=chat] .count')

/** Below the edge of the list by so much, CSS pixels. */
const below = (line: Locator): Promise<number> =>
  line.evaluate(one => one.getBoundingClientRect().bottom - (one.closest('.lines')?.getBoundingClientRect().bottom ?? 0))

/** Says so many lines, no faster than is allowed. */
async function sayLines(page: Page, customer: Customer, from: number, to: number): Promise<Locator> {
  const log = page.getByRole('log')
  for (let i = from; i <= to; i++) {
    customer.say(`Line ${i}, which is long enough for two of them in the panel`)
    await log.getByText(`Line ${i},`).waitFor({ state: 'attached' })
  }
  return log.getByText(`Line ${to},`)
}

test('the chat shows its newest line, unless somebody scrolled back: then it is counted until they return', async () => {
  const { page, customer } = await desk.assist()
  const ninth = await sayLines(page, customer, 1, 9)
  expect(await below(ninth)).toBeLessThanOrEqual(0)
  expect(await chatCount(page).count()).toBe(0)

  await page.getByRole('log').hover()
  await page.mouse.wheel(0, -200)
  await expect.poll(() => below(ninth), PATIENT).toBeGreaterThan(100)
  const place = await below(ninth)
  const last = await sayLines(page, customer, 10, 11)
  await chatCount(page).getByText('2', { exact: true }).waitFor()
  expect(Math.abs((await below(ninth)) - place)).toBeLessThanOrEqual(1)
  await page.mouse.wheel(0, 10_000)
  await expect.poll(() => chatCount(page).count(), PATIENT).toBe(0)
  expect(await below(last)).toBeLessThanOrEqual(0)

  // Who says something sees it.
  await page.mouse.wheel(0, -200)
  await expect.poll(() => below(last), PATIENT).toBeGreaterThan(100)
  await page.getByRole('textbox', { name: 'Message to everybody' }).fill('I see')
  await page.keyboard.press('Enter')
  const own = page.getByRole('log').getByText('I see')
  await own.waitFor()
  await expect.poll(() => below(own), PATIENT).toBeLessThanOrEqual(0)
  await customer.close()
})

test('in full screen, what was said is not read: it is counted over the picture, which leads to it', async () => {
  const { page, customer } = await desk.assist()
  await press(page, 'Full screen')
  await page.getByRole('complementary').waitFor({ state: 'hidden' })
  customer.say('Are you there?')
  await news(page).getByText('1 new message').waitFor()
  await news(page).click()
  await page.getByRole('log').getByText('Are you there?').waitFor()
  expect(await page.evaluate(() => document.fullscreenElement)).toBe(null)
  await expect.poll(() => news(page).count(), PATIENT).toBe(0)
  await customer.close()
})

test('an offer of files is told and counted while the panel is folded, until it is answered', async () => {
  const { page, customer } = await desk.assist({ downloads: mkdtempSync(join(tmpdir(), 'console-panel-')) })
  const log = join(mkdtempSync(join(tmpdir(), 'console-panel-')), 'printer.log')
  writeFileSync(log, 'offline')
  await page.setViewportSize({ width: 360, height: 640 })
  await page.getByRole('complementary').waitFor({ state: 'hidden' })
  const given = customer.files(1).send([log])
  await news(page).getByText('The customer offers a file · 7 B').waitFor()
  const details = page.getByRole('button', { name: 'Details', exact: true })
  await details.locator('.count').getByText('1', { exact: true }).waitFor()
  customer.say('This is the log.')
  await details.locator('.count').getByText('2', { exact: true }).waitFor()
  await news(page).click()
  await page.locator('[part=offer]').getByRole('button', { name: 'Refuse' }).click()
  await expect(given.done).rejects.toMatchObject({ code: 'E_FILE_REFUSED' })
  await details.click()
  expect(await news(page).count()).toBe(0)
  expect(await details.locator('.count').count()).toBe(0)
  await customer.close()
})
