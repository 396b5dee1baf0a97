import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Customer, FileOffer, Transfer } from '@remote-assist/peer'
import type { Download } from 'playwright-core'
import { expect, test } from 'vitest'
import { choose, PATIENT, press, useDesk } from './desk.js'

const LIMIT = 4_194_304
const desk = useDesk({ policy: { maxFileBytes: LIMIT } })

const folder = (): string => mkdtempSync(join(tmpdir(), 'console-files-'))

/** A file with bytes that say where they are. */
function fileIn(directory: string, name: string, bytes: number): string {
  const path = join(directory, name)
  writeFileSync(path, Buffer.from(Uint8Array.from({ length: bytes }, (_, i) => (i * 7 + (i >> 8)) % 251)))
  return path
}

/** A session in which the customer keeps files in a folder; the next offer, taken. */
async function assist() {
  const downloads = folder()
  const { page, customer } = await desk.assist({ downloads })
  const rows = page.locator('[part=transfer]')
  const offered = async (): Promise<FileOffer> => (await customer.once('file')).offer
  const taken = async (): Promise<Transfer> => (await offered()).accept()
  return { page, customer, downloads, rows, offered, taken }
}

const give = (customer: Customer, paths: readonly string[]): Transfer => customer.files(1).send(paths)

test('sends files by the button, with the limit and who set it said before and on refusal', async () => {
  const { page, customer, downloads, rows, taken } = await assist()
  const own = folder()
  const small = fileIn(own, 'readme.txt', 300_000)
  const large = fileIn(own, 'setup.iso', LIMIT + 1_048_576)
  await press(page, 'Files')
  await page.getByText('Up to 4 MB a file, set by your administrator').first().waitFor()
  const coming = taken()
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('menuitem', { name: 'Send files …' }).click()
  await (await chooser).setFiles([small, large])
  await coming
  await rows.getByText('setup.iso is 5 MB; the limit set by your administrator is 4 MB a file.').first().waitFor()
  await expect.poll(() => rows.getByRole('alert').count(), PATIENT).toBe(1)
  expect(readFileSync(join(downloads, 'readme.txt')).equals(readFileSync(small))).toBe(true)
  expect(await rows.locator('[part=entry]').allTextContents()).toEqual([
    expect.stringContaining('readme.txt'),
    expect.stringContaining('set by your administrator'),
  ])
  await rows.getByRole('button', { name: 'Dismiss' }).click()
  expect(await rows.count()).toBe(0)
  await customer.close()
})

test('sends a folder; who sends and who receives can pause it, and only both let it go on', async () => {
  const { page, customer, downloads, rows, offered } = await assist()
  const driver = join(folder(), 'driver')
  mkdirSync(join(driver, 'x64'), { recursive: true })
  fileIn(driver, 'readme.txt', 1_000)
  const bytes = readFileSync(fileIn(join(driver, 'x64'), 'driver.sys', 3_000_000))
  const coming = offered()
  const chooser = page.waitForEvent('filechooser')
  await choose(page, 'Files', 'Send a folder …')
  await (await chooser).setFiles(driver)
  const offer = await coming
  expect(offer.entries.map(({ path }) => path).sort()).toEqual(['driver', 'driver/readme.txt', 'driver/x64', 'driver/x64/driver.sys'])
  await rows.getByText('The customer is asked').waitFor()
  const transfer = offer.accept()
  transfer.hold()
  await rows.getByText('Paused by the customer').waitFor()
  await rows.getByRole('button', { name: 'Pause' }).click()
  await rows.getByText('Paused ·').waitFor()
  transfer.continue()
  await expect.poll(() => transfer.held, PATIENT).toEqual({ us: false, peer: true })
  await rows.getByRole('button', { name: 'Go on' }).click()
  await rows.getByText('Arrived').waitFor()
  await transfer.done
  expect(readFileSync(join(downloads, 'driver/x64/driver.sys')).equals(bytes)).toBe(true)
  await customer.close()
})

test('takes what is dropped on the picture; can be cancelled', async () => {
  const { page, customer, downloads, rows, offered, taken } = await assist()
  const drop = (name: string) =>
    page.evaluate(called => {
      const stage = document.querySelector('remote-assist-console')?.shadowRoot?.querySelector('.surface')
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File(['dropped'], called))
      for (const type of ['dragover', 'drop']) stage?.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true, composed: true }))
    }, name)
  const coming = taken()
  await drop('note.txt')
  await (await coming).done
  await rows.getByText('Arrived').waitFor()
  expect(readFileSync(join(downloads, 'note.txt'), 'utf8')).toBe('dropped')

  const second = offered()
  await drop('never.txt')
  await second
  await rows.getByRole('button', { name: 'Cancel' }).click()
  await rows.getByText('Cancelled').waitFor()
  await customer.close()
})

test('receives: as a download, into a folder that is picked, or not at all', async () => {
  const { page, customer } = await assist()
  await page.evaluate(() => {
    // A folder as the picker gives one, without the picker, which only a person can answer.
    const showDirectoryPicker = async () => (await navigator.storage.getDirectory()).getDirectoryHandle('picked', { create: true })
    Object.assign(globalThis, { showDirectoryPicker })
  })
  const own = folder()
  const log = fileIn(own, 'printer.log', 2_500_000)
  const offer = page.locator('[part=offer]')
  const downloading = page.waitForEvent('download')
  const first = give(customer, [log])
  await offer.getByText('The customer offers a file · 2.4 MB').waitFor()
  await offer.getByRole('button', { name: 'Download' }).click()
  const download = await downloading
  await first.done
  expect(download.suggestedFilename()).toBe('printer.log')
  expect(readFileSync(await download.path()).equals(readFileSync(log))).toBe(true)

  mkdirSync(join(own, 'logs'))
  fileIn(join(own, 'logs'), 'a.log', 70_000)
  const second = give(customer, [join(own, 'logs')])
  await offer.getByRole('button', { name: 'Save to a folder …' }).click()
  expect((await second.done).arrived).toEqual(['logs', 'logs/a.log'])
  const size = await page.evaluate(async () => {
    const picked = await (await navigator.storage.getDirectory()).getDirectoryHandle('picked')
    return (await (await (await picked.getDirectoryHandle('logs')).getFileHandle('a.log')).getFile()).size
  })
  expect(size).toBe(70_000)

  const third = give(customer, [log])
  await offer.getByRole('button', { name: 'Refuse' }).click()
  await expect(third.done).rejects.toMatchObject({ code: 'E_FILE_REFUSED' })
  await customer.close()
})

test('asks the customer for files', async () => {
  const { page, customer } = await assist()
  const log = fileIn(folder(), 'error.log', 1_000)
  const asked = customer.once('file-ask')
  await choose(page, 'Files', 'Ask the customer for files')
  await page.getByText('The customer is choosing files …').waitFor()
  const { ask } = await asked
  expect(ask.prompt).toBe('Please choose the files to send.')
  const given = ask.give([log])
  const downloading = page.waitForEvent('download')
  await page.locator('[part=offer]').getByRole('button', { name: 'Download' }).click()
  await downloading
  expect((await given.done).arrived).toEqual(['error.log'])
  await customer.close()
})

test('goes on where it was when the line comes back while files come', async () => {
  const line = { open: true, receivedBytes: 0, dropsAt: Number.POSITIVE_INFINITY }
  await desk.context.routeWebSocket(/.*/, route => {
    if (!line.open) return void route.close()
    const server = route.connectToServer()
    let up = true
    server.onMessage(message => {
      if (!up) return
      line.receivedBytes += message.length
      if (line.receivedBytes < line.dropsAt) return route.send(message)
      Object.assign(line, { open: false, dropsAt: Number.POSITIVE_INFINITY })
      up = false
      void route.close()
    })
  })
  const { page, customer } = await assist()
  const log = fileIn(folder(), 'memory.dmp', 4_000_000)
  // A line that comes back and the rest of the file take as long as they take.
  const downloading = new Promise<Download>(resolve => page.once('download', resolve))
  const transfer = give(customer, [log])
  // More than a leaf of 1 MiB has come by then.
  line.dropsAt = line.receivedBytes + 2_000_000
  await page.locator('[part=offer]').getByRole('button', { name: 'Download' }).click()
  await page.getByText('Your connection dropped').waitFor()
  Object.assign(line, { open: true, receivedBytes: 0 })
  await page.getByText('Your connection dropped').waitFor({ state: 'detached' })
  expect(readFileSync(await (await downloading).path()).equals(readFileSync(log))).toBe(true)
  await transfer.done
  expect(line.receivedBytes).toBeGreaterThan(1_900_000)
  expect(line.receivedBytes).toBeLessThan(3_500_000)
  await customer.close()
})

test('keeps in memory what comes where a browser lets pages write to no disk, and downloads it', async () => {
  await desk.context.addInitScript(() => {
    // An empty page has no storage at all.
    if ('StorageManager' in globalThis) Reflect.deleteProperty(StorageManager.prototype, 'getDirectory')
    Reflect.deleteProperty(globalThis, 'showDirectoryPicker')
  })
  const { page, customer, rows } = await assist()
  const own = folder()
  const logs = ['one.log', 'two.log'].map((name, i) => fileIn(own, name, 1_500_000 + i))
  const offer = page.locator('[part=offer]')
  const downloads: Download[] = []
  page.on('download', download => downloads.push(download))
  const transfer = give(customer, logs)
  await offer.getByText('The customer offers 2 files · 2.9 MB').waitFor()
  expect(await offer.getByRole('button').allTextContents()).toEqual(['Download', 'Refuse'])
  await offer.getByRole('button', { name: 'Download' }).click()
  await transfer.done
  await rows.getByText('Arrived').waitFor()
  await expect.poll(() => downloads.length, PATIENT).toBe(2)
  for (const [i, download] of downloads.entries()) {
    expect(download.suggestedFilename()).toBe(['one.log', 'two.log'][i])
    expect(readFileSync(await download.path()).equals(readFileSync(logs[i] as string))).toBe(true)
  }
  await customer.close()
})

test('takes a folder that is dropped on the picture, with all that is in it', async () => {
  const { page, customer, downloads, rows, offered } = await assist()
  const driver = join(folder(), 'driver')
  mkdirSync(join(driver, 'x64', 'empty'), { recursive: true })
  fileIn(driver, 'readme.txt', 1_000)
  const bytes = readFileSync(fileIn(join(driver, 'x64'), 'driver.sys', 400_000))
  const { x, y, width, height } = (await page.locator('.surface').boundingBox()) as { x: number; y: number; width: number; height: number }
  const devtools = await desk.context.newCDPSession(page)
  const drag = (type: 'dragEnter' | 'dragOver' | 'drop') =>
    devtools.send('Input.dispatchDragEvent', { type, x: x + width / 2, y: y + height / 2, data: { items: [], files: [driver], dragOperationsMask: 1 } })
  const coming = offered()
  await drag('dragEnter')
  await drag('dragOver')
  await page.getByText('Drop to send to the customer').waitFor()
  await drag('drop')
  const offer = await coming
  expect(offer.entries.map(({ path }) => path).sort()).toEqual(['driver', 'driver/readme.txt', 'driver/x64', 'driver/x64/driver.sys', 'driver/x64/empty'])
  await offer.accept().done
  await rows.getByText('Arrived').waitFor()
  expect(readFileSync(join(downloads, 'driver/x64/driver.sys')).equals(bytes)).toBe(true)
  expect(existsSync(join(downloads, 'driver/x64/empty'))).toBe(true)
  await customer.close()
})

test('leaves no file that is dropped to the browser, which would open it in the console’s place', async () => {
  const { page, customer, rows } = await assist()
  /** Drops a file; what the console leaves to the browser. */
  const left = (part: string) =>
    page.evaluate(name => {
      const at = document.querySelector('remote-assist-console')?.shadowRoot?.querySelector(name)
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File(['dropped'], 'note.txt'))
      const events = ['dragover', 'drop'].map(type => new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true, composed: true }))
      return events.filter(event => at === null || at === undefined || at.dispatchEvent(event)).map(({ type }) => type)
    }, part)
  for (const part of ['[part=panel]', '[part=toolbar]', '[part=foot]']) expect(await left(part)).toEqual([])
  customer.pause()
  await page.getByText('The customer paused the session').first().waitFor()
  expect(await left('.surface')).toEqual([])
  expect(await rows.count()).toBe(0)
  await customer.close()
})
