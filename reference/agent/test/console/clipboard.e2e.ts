import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { x11Host } from '@remote-assist/customer/hosts'
import { Customer } from '@remote-assist/peer'
import { connect } from '@remote-assist/transport-websocket'
import { chromium, type Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { FLAGS } from '../../scripts/stage.mjs'
import { choose, PATIENT, press, takeControl, useDesk } from './desk.js'

const desk = useDesk()
const RED = [200, 30, 40, 255]
const ACTS = '<i onclick="alert(1)">x</i><script>alert(2)</script><img src="https://example.org/seen">'

/** Ticks *Sync clipboard*. */
async function tick(page: Page): Promise<void> {
  const box = page.getByLabel('Sync clipboard')
  await box.click()
  await expect.poll(() => box.isChecked(), PATIENT).toBe(true)
}

/** Moves the picture into a window of its own, which has the focus from now on. */
async function popOut(page: Page): Promise<Page> {
  const popping = page.waitForEvent('popup')
  await choose(page, 'Fit', 'In its own window')
  const popped = await popping
  await popped.locator('canvas[data-frame]').waitFor()
  // The driver of the browser lets every page believe that it has the focus.
  await page.evaluate(() => {
    document.hasFocus = () => false
    const denied = () => Promise.reject(new DOMException('Document is not focused.', 'NotAllowedError'))
    if (navigator.clipboard !== undefined) Object.assign(navigator.clipboard, { read: denied, readText: denied, write: denied, writeText: denied })
  })
  await popped.locator('canvas').click()
  return popped
}

/** An X display of its own, a browser on it, and a page in that. */
async function startDisplay() {
  const args = ['-displayfd', '3', '-screen', '0', '1024x700x24', '-noreset', '-nolisten', 'tcp']
  const server = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  const [number] = await once(server.stdio[3] as NodeJS.ReadableStream, 'data')
  const display = `:${String(number).trim()}`
  const env = { ...process.env, DISPLAY: display }
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', headless: false, args: [...FLAGS, '--ozone-platform=x11'], env })
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] })
  const program = await context.newPage()
  await program.goto(`${desk.broker.url}/join`)
  return {
    display,
    program,
    async close() {
      await browser.close()
      server.kill()
    },
  }
}

/** Copies a word and a small red picture, as a program in a browser does; with it something that acts. */
const copy = (page: Page, word: string, acts = ''): Promise<void> =>
  page.evaluate(
    async ([word, acts, [r, g, b]]) => {
      const canvas = new OffscreenCanvas(24, 16)
      const drawing = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D
      drawing.fillStyle = `rgb(${r} ${g} ${b})`
      drawing.fillRect(0, 0, 24, 16)
      const text = (mime: string, content: string) => new Blob([content], { type: mime })
      const picture = await canvas.convertToBlob({ type: 'image/png' })
      const html = `<p>A <b>${word}</b> <a href="https://example.org/">link</a>${acts}</p>`
      await navigator.clipboard.write([
        new ClipboardItem({ 'text/plain': text('text/plain', word), 'text/html': text('text/html', html), 'image/png': picture }),
      ])
    },
    [word, acts, RED] as const,
  )

/** What a program in a browser would paste: the text, what HTML shows and holds, and a pixel of the picture. */
const paste = (page: Page) =>
  page.evaluate(async () => {
    const found: { text?: string; bold?: string; html?: string; pixel?: number[]; size?: number[] } = {}
    for (const item of await navigator.clipboard.read().catch(() => [])) {
      for (const mime of item.types) {
        const blob = await item.getType(mime)
        if (mime === 'text/plain') found.text = await blob.text()
        if (mime === 'text/html') {
          found.html = await blob.text()
          found.bold = new DOMParser().parseFromString(found.html, 'text/html').querySelector('b')?.textContent ?? ''
        }
        if (mime !== 'image/png') continue
        const picture = await createImageBitmap(blob)
        const drawing = new OffscreenCanvas(picture.width, picture.height).getContext('2d') as OffscreenCanvasRenderingContext2D
        drawing.drawImage(picture, 0, 0)
        found.size = [picture.width, picture.height]
        found.pixel = [...drawing.getImageData(5, 5, 1, 1).data]
      }
    }
    return found
  })

const pastedOf = (word: string) => ({ text: word, bold: word, html: expect.not.stringMatching(/onclick|script|img/), pixel: RED, size: [24, 16] })

test('offers what is copied while the box is ticked, and nothing that was copied before (RA-CLP-006)', async () => {
  const { page, customer, host } = await desk.assist()
  const copy = (text: string) => page.evaluate(text => navigator.clipboard.writeText(text), text)
  await copy('a secret of the agent')
  host.desktop.setClipboard('a secret of the customer')
  await tick(page)
  // The window comes back to the front with what was there before, then with something new; the page has read the clipboard when it reads it again.
  const front = () =>
    page.evaluate(async () => {
      dispatchEvent(new Event('focus'))
      await navigator.clipboard.readText()
    })
  await front()
  await copy('copied by the agent')
  await front()
  await expect.poll(() => host.desktop.readClipboard(), PATIENT).not.toBe('a secret of the customer')
  expect(host.desktop.readClipboard()).toBe('copied by the agent')
  host.desktop.setClipboard('copied by the customer')
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText()), PATIENT).toBe('copied by the customer')
  await front()
  expect(host.desktop.readClipboard()).toBe('copied by the customer')
  await customer.close()
})

test('shares text, HTML and a picture with a browser on the customer’s X display, both ways, clean (RA-CLP-022, RA-CLP-023)', async () => {
  const { display, program, close } = await startDisplay()
  const host = await x11Host(display)
  try {
    const { page, pin } = await desk.openConsole()
    const customer = await Customer.join({ transport: connect(desk.broker.url), pin, host, displayName: 'Eva Lind' })
    customer.on('consent', request => request.grantAll())
    await page.locator('canvas[data-frame]').waitFor()
    await tick(page)
    await copy(program, 'customer', ACTS)
    await expect.poll(() => paste(page), PATIENT).toEqual(pastedOf('customer'))
    await copy(page, 'agent')
    await page.evaluate(() => dispatchEvent(new Event('focus')))
    await expect.poll(() => paste(program), PATIENT).toEqual(pastedOf('agent'))
    await copy(program, 'again', ACTS)
    await expect.poll(() => paste(page), PATIENT).toEqual(pastedOf('again'))
    await customer.close()
  } finally {
    await host.close()
    await close()
  }
})

test('does without the asynchronous clipboard: what comes is copied with the next key, what is pasted into the picture is offered', async () => {
  await desk.context.addInitScript(() => Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined }))
  const { page, customer, host } = await desk.assist()
  await tick(page)
  host.desktop.setClipboard('of the customer')
  const line = page.getByPlaceholder('Message to everybody')
  await line.click()
  const pasted = async () => {
    await line.fill('')
    await page.keyboard.press('Control+v')
    return line.inputValue()
  }
  await expect.poll(pasted, PATIENT).toBe('of the customer')
  await line.fill('of the agent')
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Control+c')
  await press(page, 'Take control')
  await page.getByRole('button', { name: 'In control' }).waitFor()
  await page.keyboard.press('Control+v')
  await expect.poll(() => host.desktop.text, PATIENT).toBe('of the agent')
  await expect.poll(() => host.desktop.pressedKeys(), PATIENT).toEqual([])
  await customer.close()
})

test('keeps the clipboards the same while the picture is in a window of its own, which has the focus then', async () => {
  const { page, customer, host } = await desk.assist()
  await tick(page)
  await takeControl(page)
  const popped = await popOut(page)
  const read = () => popped.evaluate(() => navigator.clipboard.readText())
  host.desktop.setClipboard('of the customer')
  await expect.poll(read, PATIENT).toBe('of the customer')
  await popped.evaluate(async () => {
    await navigator.clipboard.writeText('of the agent')
    dispatchEvent(new Event('focus'))
  })
  await expect.poll(() => host.desktop.readClipboard(), PATIENT).toBe('of the agent')
  await page.getByRole('main').getByRole('button', { name: 'Back into this window' }).click()
  await customer.close()
})

test('does so without the asynchronous clipboard as well: by the keys that are pressed in that window', async () => {
  await desk.context.addInitScript(() => Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined }))
  const { page, customer, host } = await desk.assist()
  await tick(page)
  await takeControl(page)
  const line = page.getByPlaceholder('Message to everybody')
  await line.fill('of the agent')
  await line.press('Control+a')
  await line.press('Control+c')
  const popped = await popOut(page)
  await popped.keyboard.press('Control+v')
  await expect.poll(() => host.desktop.text, PATIENT).toBe('of the agent')
  await expect.poll(() => host.desktop.pressedKeys(), PATIENT).toEqual([])
  host.desktop.setClipboard('of the customer')
  const pasted = async () => {
    await popped.keyboard.press('Shift')
    await line.fill('')
    await line.press('Control+v')
    return line.inputValue()
  }
  await expect.poll(pasted, PATIENT).toBe('of the customer')
  await customer.close()
})
