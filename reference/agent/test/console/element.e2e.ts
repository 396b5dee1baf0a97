import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { joinByPin, startStage } from '../../scripts/stage.mjs'
import { press, useDesk } from './desk.js'

const desk = useDesk()

describe('the element elsewhere', () => {
  let folder: string
  let other: Awaited<ReturnType<typeof startStage>>

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'embed-'))
    await copyFile(fileURLToPath(new URL('../../dist/remote-assist-console.js', import.meta.url)), join(folder, 'remote-assist-console.js'))
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

  test('says what is wrong, and what to do, when no session can be made', async () => {
    const page = await desk.context.newPage()
    await page.route('**/v1/sessions', route => route.abort())
    await page.goto(other.url)
    await page.getByRole('button', { name: 'Noch einmal' }).waitFor()
    await page.getByText('E_CONNECT').waitFor()
    await page.unroute('**/v1/sessions')
    await press(page, 'Noch einmal')
    await page.getByText('Warten auf den Kunden').waitFor()
    desk.complaints = desk.complaints.filter(text => !text.includes('net::ERR_FAILED'))
  })
})
