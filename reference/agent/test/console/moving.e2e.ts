/** While files move: the page answers, says how far each of them is, and sends again what did not get through. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, expect, test } from 'vitest'
import { digestOfScreen } from '../pixels.js'
import { digestOfCanvas, PATIENT, takeControl, useDesk } from './desk.js'

const MIB = 1_048_576

const desk = useDesk()
const own = mkdtempSync(join(tmpdir(), 'console-moving-'))
afterAll(() => rmSync(own, { recursive: true, force: true }))

function fileOf(name: string, bytes: number): string {
  const path = join(own, name)
  writeFileSync(path, Buffer.alloc(bytes, name))
  return path
}

/** A session in which the customer keeps files in a folder, and takes what is offered. */
async function assist(name: string) {
  const downloads = join(own, name)
  mkdirSync(downloads)
  const assisted = await desk.assist({ downloads })
  return { ...assisted, downloads, row: assisted.page.locator('[part=transfer]') }
}

const send = (page: Page, paths: readonly string[]) => page.locator('input[type=file]').first().setInputFiles(paths)

test('a key, a click and a line of the chat get through while a large file moves that was sent before them, and so does the picture', async () => {
  const { page, customer, host, row } = await assist('large')
  await takeControl(page)
  let movedBytes = 0
  const coming = customer.once('file').then(({ offer }) => offer.accept())
  await send(page, [fileOf('large.bin', 64 * MIB)])
  const transfer = await coming
  const ended = expect(transfer.done).rejects.toMatchObject({ code: 'E_FILE_CANCELLED' })
  void (async () => {
    for await (const { bytes } of transfer) movedBytes = bytes
  })().catch(() => undefined)
  await row.getByText('MB/s').waitFor()
  const before = movedBytes
  await page.locator('canvas').click({ position: { x: 300, y: 300 } })
  await page.keyboard.type('typed')
  await expect.poll(() => host.desktop.text, PATIENT).toBe('typed')
  expect(host.desktop.pointer.x).toBeGreaterThan(300)
  await expect.poll(() => digestOfCanvas(page), PATIENT).toBe(await digestOfScreen(host, 1))
  const heard = customer.once('chat')
  await page.getByPlaceholder('Message to everybody').fill('on its way')
  await page.keyboard.press('Enter')
  expect((await heard).text).toBe('on its way')
  // It moved all the time, and is not there yet: nobody waited for it, and it for nobody.
  await expect.poll(() => movedBytes, PATIENT).toBeGreaterThan(before)
  await row.getByRole('button', { name: 'Cancel' }).click()
  await ended
  await customer.close()
})

test('says of files on a slow line how far each of them is, how fast it goes and how long it takes', async () => {
  const { page, customer, downloads, row } = await assist('slow')
  const paths = ['first.bin', 'second.bin', 'third.bin'].map(name => fileOf(name, 2 * MIB))
  const line = await desk.context.newCDPSession(page)
  const slow = (bytesASecond: number) =>
    line.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: bytesASecond })
  await line.send('Network.enable')
  await slow(1.5 * MIB)
  const coming = customer.once('file').then(({ offer }) => offer.accept())
  await send(page, paths)
  const transfer = await coming
  await page.getByText('Each file').click()
  const shares = () => row.locator('[part=entry] .figures').allTextContents()
  // The first is through, the second is on its way, the third has not begun.
  await expect.poll(shares, { ...PATIENT, interval: 20 }).toEqual(['2 MB', expect.stringMatching(/^\d+ %$/), '2 MB'])
  await row.getByText(/^[\d.]+ MB \/ 6 MB · [\d.]+ [km]B\/s · \d+:\d\d left$/i).waitFor()
  expect(await row.getByRole('progressbar').evaluate(bar => (bar as HTMLProgressElement).position)).toBeGreaterThan(1 / 3)
  await slow(-1)
  await transfer.done
  await row.getByText('Arrived').waitFor()
  expect(await shares()).toEqual(['2 MB', '2 MB', '2 MB'])
  for (const path of paths) expect(readFileSync(path.replace(own, downloads)).equals(readFileSync(path))).toBe(true)
  await customer.close()
})

test('sends again what was lost with the customer’s line before they had decided, and says that it was', async () => {
  let comeBack = () => {}
  let gate = Promise.resolve()
  const downloads = join(own, 'lost')
  mkdirSync(downloads)
  const { page, customer } = await desk.assist({ downloads, before: () => gate })
  const row = page.locator('[part=transfer]')
  const path = fileOf('driver.cab', 300_000)
  const offered = customer.once('file')
  await send(page, [path])
  const lost = (await offered).offer
  gate = new Promise(resolve => {
    comeBack = resolve
  })
  customer.dropLine()
  await row.getByRole('alert').getByText('The line dropped before the transfer was over.').waitFor()
  comeBack()
  await page.getByText('The customer’s connection dropped').waitFor({ state: 'detached' })
  await expect(lost.accept().done).rejects.toMatchObject({ code: 'E_FILE_LOST' })
  const again = customer.once('file').then(({ offer }) => offer.accept().done)
  await row.getByRole('button', { name: 'Send again' }).click()
  await row.getByText('Arrived').waitFor()
  expect((await again).arrived).toEqual(['driver.cab'])
  expect(await row.count()).toBe(1)
  expect(readFileSync(join(downloads, 'driver.cab')).equals(readFileSync(path))).toBe(true)
  await customer.close()
})
