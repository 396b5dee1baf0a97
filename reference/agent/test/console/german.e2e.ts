/** The agent's side in German: the served pages speak what their reader reads, and say in it what goes wrong and how it ends. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { press, useDesk } from './desk.js'

const LIMIT = 65_536
const TOO_LARGE = 'Das sind 65.537 B; Ihr Administrator erlaubt höchstens 65.536 B je Datei.'
const desk = useDesk({ policy: { maxFileBytes: LIMIT } })

test.each([
  { locale: 'de-AT', lang: 'de', product: 'Fernhilfe', view: 'Fernhilfe – Externe Ansicht' },
  { locale: 'en-GB', lang: 'en', product: 'Remote assistance', view: 'Remote assistance – External view' },
])('every page has its title in the language that it says it is in: $lang', async ({ locale, lang, product, view }) => {
  const context = await desk.context.browser()?.newContext({ locale })
  const page = await context?.newPage()
  if (context === undefined || page === undefined) throw new Error('The browser is gone.')
  for (const [path, title] of Object.entries({ '/': product, '/join': product, '/view': view })) {
    await page.goto(`${desk.broker.url}${path}`)
    await page.locator('body > *').first().waitFor()
    expect([path, await page.evaluate(() => document.documentElement.lang), await page.title()]).toEqual([path, lang, title])
  }
  await context.close()
})

test('the agent’s and the expert’s page follow the browser’s language, or what their address asks for, to the last sentence', async () => {
  const context = await desk.context.browser()?.newContext({ locale: 'de-AT', permissions: ['clipboard-read', 'clipboard-write'] })
  if (context === undefined) throw new Error('The browser is gone.')
  const page = await context.newPage()
  await page.goto(desk.broker.url)
  await page.getByText('Warten auf den Kunden').waitFor()
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('de')
  expect(await page.title()).toBe('Fernhilfe')
  const { customer } = await desk.join(await desk.pinOf(page), { displayName: '', downloads: mkdtempSync(join(tmpdir(), 'console-german-')) })
  await page.locator('canvas[data-frame]').waitFor()
  await page.getByTitle('Kunde', { exact: true }).waitFor()

  const large = join(mkdtempSync(join(tmpdir(), 'console-german-')), 'setup.iso')
  writeFileSync(large, Buffer.alloc(LIMIT + 1))
  await page.locator('input[type=file]').first().setInputFiles(large)
  const row = page.locator('[part=transfer]')
  await row.getByRole('alert').getByText(`setup.iso: ${TOO_LARGE}`).waitFor()
  await row.locator('[part=entry]').getByText(TOO_LARGE, { exact: true }).waitFor()

  await page.getByRole('group', { name: 'Externe Ansicht' }).getByRole('button').click()
  await press(page, 'Link kopieren')
  const url = new URL(await page.evaluate(() => navigator.clipboard.readText()))
  const view = await context.newPage()
  await view.goto(url.href)
  await view.locator('canvas[data-frame]').waitFor()
  await view.getByRole('heading', { name: 'Externe Ansicht' }).waitFor()
  expect(await view.title()).toBe('Fernhilfe – Externe Ansicht')
  await page.getByText('Gast', { exact: true }).waitFor()
  const again = await context.newPage()
  await again.goto(`${url.origin}${url.pathname}?lang=en${url.hash}`)
  await again.getByText('This link is not right, or it is no longer in use.').waitFor()

  customer.stop()
  for (const one of [page, view]) await one.getByText('Der Kunde hat die Sitzung beendet.').waitFor()
  await press(page, 'Neue Sitzung')
  await desk.pinOf(page)
  await press(page, 'Verlassen')
  await page.getByText('Sie haben die Sitzung verlassen.').waitFor()
  await customer.close()
  await context.close()
})
