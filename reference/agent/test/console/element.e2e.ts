import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { joinByPin, startStage } from '../../scripts/stage.mjs'
import { digestOfScreen } from '../pixels.js'
import { digestOfCanvas, PATIENT, press, useDesk } from './desk.js'

const desk = useDesk()

describe('the element elsewhere', () => {
  let folder: string
  let other: Awaited<ReturnType<typeof startStage>>

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'embed-'))
    for (const name of ['remote-assist-console.js', 'remote-assist-console-worker.js', 'remote-assist-console-german.js'])
      await copyFile(fileURLToPath(new URL(`../../dist/${name}`, import.meta.url)), join(folder, name))
    await writeFile(
      join(folder, 'index.html'),
      `<!doctype html><html lang="en"><link rel="icon" href="data:,"><script type="module" src="/remote-assist-console.js"></script>
       <remote-assist-console display-name="Ada Lovelace" lang="de"></remote-assist-console></html>`,
    )
    other = await startStage(folder)
  })
  afterAll(async () => {
    await other?.close()
    await rm(folder, { recursive: true })
  })

  test('is one script and one tag, speaks German, and tells its page what happens', async () => {
    const page = await desk.context.newPage()
    await page.addInitScript(() => {
      const seen: string[] = []
      Object.assign(globalThis, { seen })
      for (const name of ['session-created', 'customer-joined', 'ended']) addEventListener(name, () => seen.push(name))
    })
    await page.goto(other.url)
    await page.getByText('Warten auf den Kunden').waitFor()
    await page.getByText('Ada Lovelace').waitFor()
    const groups = page.locator('[part=pin] span')
    const { customer } = await joinByPin(other, (await groups.allTextContents()).join(''))
    customer.on('consent', request => request.grantAll())
    await page.locator('canvas[data-frame]').waitFor()
    customer.stop()
    await page.getByRole('heading', { name: 'Die Sitzung ist beendet' }).waitFor()
    expect(await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)).toEqual(['session-created', 'customer-joined', 'ended'])
    expect(await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, document.cookie]))).toBe('[{},{},""]')
  })

  test('paints in a worker, which is beside its script; in the page, saying so once, where there is none', async () => {
    for (const [place, told] of [
      ['worker', 0],
      ['page', 1],
    ] as const) {
      const page = await desk.context.newPage()
      const warnings: string[] = []
      page.on('console', message => message.type() === 'warning' && warnings.push(message.text()))
      if (place === 'page') await page.route('**/remote-assist-console-worker.js', route => route.abort())
      await page.addInitScript(() => {
        const made: string[] = []
        const make = globalThis.createImageBitmap.bind(globalThis)
        Object.assign(globalThis, {
          made,
          createImageBitmap: (...what: Parameters<typeof make>) => {
            made.push('bitmap')
            return make(...what)
          },
        })
      })
      await page.goto(other.url)
      const { customer, host } = await desk.join((await desk.pinOf(page)).replaceAll('-', ''), {}, other)
      await page.locator(`canvas[data-frame][data-painted-in=${place}]`).waitFor()
      await expect.poll(() => digestOfCanvas(page), PATIENT).toBe(await digestOfScreen(host, 1))
      // What decodes in the page takes the page's time.
      expect((await page.evaluate(() => (globalThis as unknown as { made: string[] }).made.length)) > 0).toBe(place === 'page')
      expect(warnings.filter(text => text.startsWith('remote-assist:'))).toHaveLength(told)
      await customer.close()
    }
    desk.complaints = desk.complaints.filter(text => !text.includes('net::ERR_FAILED'))
  })

  test('speaks English, saying so once, where the file of its language is not', async () => {
    const page = await desk.context.newPage()
    const warned = page.waitForEvent('console', message => message.text().startsWith('remote-assist: the words for de did not load'))
    await page.route('**/remote-assist-console-german.js', route => route.abort())
    await page.goto(other.url)
    await page.getByText('Waiting for the customer').waitFor()
    await warned
    desk.complaints = desk.complaints.filter(text => !text.includes('net::ERR_FAILED'))
  })

  test('says what is wrong, and what to do, when no session can be made', async () => {
    const page = await desk.context.newPage()
    await page.route('**/v1/sessions', route => route.abort())
    await page.goto(other.url)
    await page.getByRole('button', { name: 'Noch einmal' }).waitFor()
    await page.getByText('Der Vermittlungsdienst ist nicht zu erreichen.').waitFor()
    await page.getByText('E_CONNECT').waitFor()
    await page.unroute('**/v1/sessions')
    await press(page, 'Noch einmal')
    await page.getByText('Warten auf den Kunden').waitFor()
    desk.complaints = desk.complaints.filter(text => !text.includes('net::ERR_FAILED'))
  })
})

test('has slots for buttons of its page: in the foot, and in the bar once there is one; in full screen both are in the bar', async () => {
  const { page, pin } = await desk.openConsole()
  await page.evaluate(() => {
    for (const slot of ['foot', 'toolbar']) {
      const own = Object.assign(document.createElement('button'), { slot, textContent: `of the page: ${slot}` })
      own.addEventListener('click', () => own.setAttribute('aria-pressed', 'true'))
      document.querySelector('remote-assist-console')?.append(own)
    }
  })
  const [foot, toolbar] = [page.getByRole('button', { name: 'of the page: foot' }), page.getByRole('button', { name: 'of the page: toolbar' })]
  await foot.click()
  expect([await foot.getAttribute('aria-pressed'), await toolbar.isVisible()]).toEqual(['true', false])
  const { customer } = await desk.join(pin)
  await page.locator('canvas[data-frame]').waitFor()
  await toolbar.click()
  expect(await toolbar.getAttribute('aria-pressed')).toBe('true')
  const placeOf = (own: typeof foot) => own.evaluate(it => (it as HTMLElement).assignedSlot?.closest('[part]')?.getAttribute('part'))
  expect([await placeOf(foot), await placeOf(toolbar)]).toEqual(['foot', 'toolbar'])
  await press(page, 'Full screen')
  await expect.poll(() => placeOf(foot), PATIENT).toBe('toolbar')
  expect(await placeOf(toolbar)).toBe('toolbar')
  await customer.close()
})
