import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ElevationQuestion } from '@remote-assist/peer'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { joinByPin, startBrowser, startStage } from '../scripts/stage.mjs'
import { digestOf, digestOfScreen } from './pixels.js'

const PATIENT = { timeout: 15_000 }

let browser: Browser
let broker: Awaited<ReturnType<typeof startStage>>
let context: BrowserContext
let complaints: string[]

beforeAll(async () => {
  broker = await startStage()
  browser = await startBrowser()
})
afterAll(async () => {
  await browser?.close()
  await broker?.close()
})
beforeEach(async () => {
  complaints = []
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, permissions: ['clipboard-read', 'clipboard-write'] })
  context.on('page', page => {
    page.setDefaultTimeout(PATIENT.timeout)
    // What a policy of the page forbids is said here as well: an inline script or style would be.
    page.on('console', message => message.type() === 'error' && complaints.push(message.text()))
    page.on('pageerror', error => complaints.push(error.message))
  })
})
afterEach(async () => {
  await context.close()
  expect(complaints).toEqual([])
})

/** Opens the console and reads the PIN off it. */
async function openConsole(): Promise<{ readonly page: Page; readonly pin: string }> {
  const page = await context.newPage()
  await page.goto(broker.url)
  const groups = page.locator('[part=pin] span')
  await groups.first().waitFor()
  return { page, pin: (await groups.allTextContents()).join('-') }
}

/** A session with a customer who grants everything. */
async function assist(options: Parameters<typeof joinByPin>[2] = {}) {
  const { page, pin } = await openConsole()
  const { customer, host } = await joinByPin(broker, pin, options)
  customer.on('consent', request => request.grantAll())
  await page.locator('canvas[data-frame]').waitFor()
  return { page, customer, host }
}

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().click()

async function takeControl(page: Page): Promise<void> {
  await press(page, 'Take control')
  await page.getByRole('button', { name: 'In control' }).waitFor()
}

/** Has the console drawn anew. */
async function redraw(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const element = document.querySelector('remote-assist-console') as HTMLElement & { requestUpdate(): void; readonly updateComplete: Promise<boolean> }
    element.requestUpdate()
    await element.updateComplete
  })
}

/** A digest of the pixels on the canvas. */
async function digestOfCanvas(page: Page, element = 'remote-assist-console'): Promise<string> {
  const base64 = await page.evaluate(tag => {
    const canvas = document.querySelector(tag)?.shadowRoot?.querySelector('canvas') as HTMLCanvasElement
    const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(0, 0, canvas.width, canvas.height)
    let text = ''
    for (let i = 0; i < data.length; i += 32_768) text += String.fromCharCode(...data.subarray(i, i + 32_768))
    return btoa(text)
  }, element)
  const pixels = Buffer.from(base64, 'base64')
  for (let i = 0; i < pixels.length; i += 4) [pixels[i], pixels[i + 2]] = [pixels[i + 2] ?? 0, pixels[i] ?? 0]
  return digestOf(pixels)
}

describe('the console', () => {
  test('shows a PIN and a link; the customer joins by the PIN, decides, and the picture is the desktop, pixel for pixel', async () => {
    const { page, pin } = await openConsole()
    expect(pin).toMatch(/^\d{1,4}(-\d{3})+$/)
    await press(page, 'Copy PIN')
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(pin)

    const { customer, host } = await joinByPin(broker, pin, { text: 'Pixel for pixel' })
    const asked = new Promise<{ grantAll(): boolean }>(resolve => customer.on('consent', resolve))
    await page.getByText('The customer is deciding').waitFor()
    ;(await asked).grantAll()
    await page.locator('canvas[data-frame]').waitFor()
    await expect.poll(() => digestOfCanvas(page), PATIENT).toBe(await digestOfScreen(host, 1))
    expect(await page.locator('[part=user]').allTextContents()).toEqual([
      expect.stringMatching(/Agent.*\(you\)/s),
      expect.stringMatching(/Eva Lind.*customer/s),
    ])
    await customer.close()
  })

  test('types keys, characters of other keyboards and committed text into the desktop, and clicks where the pointer is (RA-INP-025)', async () => {
    const { page, customer, host } = await assist()
    await takeControl(page)
    await page.keyboard.type('Hello, ')
    await page.keyboard.insertText('日本語 ')
    await page.keyboard.type('größer!')
    await page.keyboard.press('Shift+Home')
    await page.keyboard.press('Delete')
    await page.keyboard.type('Done')
    await expect.poll(() => host.desktop.text, PATIENT).toBe('Done')
    await page.keyboard.press('Enter')
    await page.keyboard.insertText('日本語 ü')
    await expect.poll(() => host.desktop.text, PATIENT).toBe('Done\n日本語 ü')

    const canvas = await page.locator('canvas').boundingBox()
    const print = host.desktop.place('print')
    const scale = (canvas?.width ?? 0) / 1280
    await page.mouse.click((canvas?.x ?? 0) + (print.x + print.width / 2) * scale, (canvas?.y ?? 0) + (print.y + print.height / 2) * scale)
    await expect.poll(() => host.desktop.testPages, PATIENT).toBe(1)
    await customer.close()
  })

  test('sends what AltGr makes as text, and AltGr itself only with a key that makes none (RA-INP-025)', async () => {
    const { page, customer, host } = await assist()
    await takeControl(page)
    const key = (type: 'keydown' | 'keyup', code: string, name: string) =>
      page.evaluate(
        ([of, event]) => {
          const field = document.querySelector('remote-assist-console')?.shadowRoot?.activeElement
          field?.dispatchEvent(new KeyboardEvent(of, { ...event, modifierAltGraph: true, bubbles: true, cancelable: true }))
        },
        [type, { code, key: name }] as const,
      )
    await key('keydown', 'AltRight', 'AltGraph')
    await key('keydown', 'KeyQ', '@')
    await key('keyup', 'KeyQ', '@')
    await expect.poll(() => host.desktop.text, PATIENT).toBe('@')
    expect(host.desktop.pressedKeys()).toEqual([])
    await key('keydown', 'ArrowLeft', 'ArrowLeft')
    await expect.poll(() => host.desktop.pressedKeys(), PATIENT).toEqual([0x50, 0xe6])
    await key('keyup', 'ArrowLeft', 'ArrowLeft')
    await key('keyup', 'AltRight', 'AltGraph')
    await expect.poll(() => host.desktop.pressedKeys(), PATIENT).toEqual([])
    await customer.close()
  })

  test('takes a finger for the pointer, and further fingers for nobody', async () => {
    const { page, customer, host } = await assist()
    await takeControl(page)
    const canvas = await page.locator('canvas').boundingBox()
    const print = host.desktop.place('print')
    const scale = (canvas?.width ?? 0) / 1280
    const first = { id: 1, x: (canvas?.x ?? 0) + (print.x + print.width / 2) * scale, y: (canvas?.y ?? 0) + (print.y + print.height / 2) * scale }
    const second = { id: 2, x: first.x + 200, y: first.y + 150 }
    const screen = await context.newCDPSession(page)
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...touchPoints: (typeof first)[]) =>
      screen.send('Input.dispatchTouchEvent', { type, touchPoints })
    await touch('touchStart', first)
    await touch('touchEnd')
    await expect.poll(() => host.desktop.testPages, PATIENT).toBe(1)
    await touch('touchStart', first)
    await touch('touchStart', first, second)
    await touch('touchEnd', second)
    const aside = { ...first, x: first.x + 9 }
    await touch('touchMove', aside)
    const atAside = () => Math.abs(host.desktop.pointer.x - (aside.x - (canvas?.x ?? 0)) / scale) <= 1
    await expect.poll(atAside, PATIENT).toBe(true)
    expect(host.desktop.pressedButtons()).toEqual([0])
    await touch('touchEnd')
    await expect.poll(() => host.desktop.pressedButtons(), PATIENT).toEqual([])
    expect([atAside(), host.desktop.testPages]).toEqual([true, 2])
    await customer.close()
  })

  test('says how long the session may still last, once that is not long any more (RA-RLY-246)', async () => {
    const short = await startStage(undefined, { policy: { maxSessionDurationMs: 12_000 } })
    const page = await context.newPage()
    await page.goto(short.url)
    const groups = page.locator('[part=pin] span')
    await groups.first().waitFor()
    const { customer } = await joinByPin(short, (await groups.allTextContents()).join(''))
    customer.on('consent', request => request.grantAll())
    await page.locator('canvas[data-frame]').waitFor()
    const timer = page.getByRole('timer')
    expect(await timer.count()).toBe(0)
    await timer.waitFor({ timeout: 30_000 })
    expect(await timer.textContent()).toMatch(/^The session ends in 0:0[0-2]$/)
    await page.getByRole('heading', { name: 'The session has ended' }).waitFor()
    expect(await timer.count()).toBe(0)
    await customer.close()
    await short.close()
  })

  test('elevates by an account and its password, which are asked for once the customer has agreed, and are not kept (RA-ELV-066)', async () => {
    const { page, customer, host } = await assist({ os: 'windows' })
    const form = page.locator('[part=credentials]')
    const ask = async (): Promise<ElevationQuestion> => {
      const asked = customer.once('elevation')
      await press(page, 'Elevate')
      await press(page, 'I give a password …')
      return asked
    }
    await takeControl(page)
    const question = await ask()
    expect([question.method, question.reason]).toEqual(['credentials', 'The next step needs the powers of an administrator.'])
    await page.getByRole('button', { name: 'Elevating …' }).waitFor()
    await page.locator('canvas').click()
    expect(await form.count()).toBe(0)
    question.allow()
    await form.waitFor()
    expect(await form.getByLabel('Password').getAttribute('autocomplete')).toBe('off')
    expect(await form.getByLabel('Password').getAttribute('type')).toBe('password')
    // Who goes on typing types into the form, and nothing into the desktop.
    await page.keyboard.type('admin')
    await page.keyboard.press('Tab')
    await page.keyboard.type('wrong')
    expect([await form.getByLabel('Account').inputValue(), host.desktop.text]).toEqual(['admin', ''])
    await form.getByRole('button', { name: 'Elevate' }).click()
    await page.getByRole('alert').getByText('The user name or password is wrong.').waitFor()

    ;(await ask()).allow()
    await form.getByLabel('Account').fill('admin')
    expect(await form.getByLabel('Password').inputValue()).toBe('')
    await form.getByLabel('Password').fill('admin')
    await form.getByLabel('Password').press('Enter')
    await page.getByRole('button', { name: 'Elevated' }).waitFor()
    expect(host.desktop.isElevated).toBe(true)
    expect(await form.count()).toBe(0)
    await press(page, 'Elevated')
    await expect.poll(() => host.desktop.isElevated, PATIENT).toBe(false)

    ;(await ask()).allow()
    await form.waitFor()
    await form.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Elevate', exact: true }).waitFor()
    expect(await page.getByRole('alert').count()).toBe(1)
    await customer.close()
  })

  test('releases what is down when the picture loses the keyboard', async () => {
    const { page, customer, host } = await assist()
    await takeControl(page)
    await page.keyboard.down('Shift')
    await page.keyboard.down('ArrowLeft')
    await expect.poll(() => host.desktop.pressedKeys().length, PATIENT).toBe(2)
    await page.getByPlaceholder('Message to everybody').focus()
    await expect.poll(() => host.desktop.pressedKeys().length, PATIENT).toBe(0)
    await customer.close()
  })

  test('releases what is down when its window loses the focus to another one, at once (RA-INP-047)', async () => {
    const { page, customer, host } = await assist()
    await takeControl(page)
    // Playwright keeps every page in the belief that it has the focus; here it is to know the truth.
    const devtools = await context.newCDPSession(page)
    await devtools.send('Emulation.setFocusEmulationEnabled', { enabled: false })
    await page.bringToFront()
    await page.evaluate(() => {
      addEventListener('blur', () => document.documentElement.setAttribute('data-left', `${document.hasFocus()}`))
    })
    await page.keyboard.down('Shift')
    await page.keyboard.down('ArrowLeft')
    await expect.poll(() => host.desktop.pressedKeys().length, PATIENT).toBe(2)
    const other = await context.newPage()
    await other.bringToFront()
    await expect.poll(() => page.evaluate(() => document.documentElement.getAttribute('data-left')), PATIENT).toBe('false')
    await expect.poll(() => host.desktop.pressedKeys().length, PATIENT).toBe(0)
    // The agent is still there and in control: what went up did so because it said so.
    await page.bringToFront()
    await page.getByRole('button', { name: 'In control' }).waitFor()
    await customer.close()
  })

  test('goes to the next screen, and back', async () => {
    const { page, customer, host } = await assist()
    await page.getByText('1 (1280×800)', { exact: true }).waitFor()
    await press(page, 'Next screen (2)')
    await page.getByText('2 (1024×768)', { exact: true }).waitFor()
    await expect.poll(() => digestOfCanvas(page), PATIENT).toBe(await digestOfScreen(host, 2))
    await press(page, 'Next screen (1)')
    await expect.poll(() => digestOfCanvas(page), PATIENT).toBe(await digestOfScreen(host, 1))
    await customer.close()
  })

  test('offers what is copied while the box is ticked, and nothing that was copied before (RA-CLP-006)', async () => {
    const { page, customer, host } = await assist()
    const copy = (text: string) => page.evaluate(text => navigator.clipboard.writeText(text), text)
    await copy('a secret of the agent')
    host.desktop.setClipboard('a secret of the customer')
    const box = page.getByLabel('Sync clipboard')
    await box.click()
    await expect.poll(() => box.isChecked(), PATIENT).toBe(true)
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

  test('sends keys, syncs the clipboard, chats in plain text (RA-CHT-005)', async () => {
    const { page, customer, host } = await assist()
    await takeControl(page)
    await press(page, 'Send keys')
    const secure = page.getByRole('button', { name: 'Ctrl + Alt + Del' })
    expect(await secure.getAttribute('aria-disabled')).toBe('true')
    expect(await secure.getAttribute('title')).toContain('Needs elevation')
    await press(page, 'Ctrl + Esc')
    await expect.poll(() => host.desktop.startMenuOpen, PATIENT).toBe(true)

    const box = page.getByLabel('Sync clipboard')
    await box.click()
    await expect.poll(() => box.isChecked(), PATIENT).toBe(true)
    host.desktop.setClipboard('copied by the customer')
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText()), PATIENT).toBe('copied by the customer')

    const heard = new Promise<string>(resolve => customer.on('chat', ({ text }) => resolve(text)))
    const line = 'One <i>moment</i>, please: https://example.org/'
    await page.getByPlaceholder('Message to everybody').click()
    await page.keyboard.type(line.slice(0, 5))
    // As every second does: the picture must not take the keyboard back.
    await redraw(page)
    await page.keyboard.type(line.slice(5))
    await page.keyboard.press('Enter')
    expect(await heard).toBe(line)
    await page.getByRole('log').getByText(line).waitFor()
    expect(await page.getByRole('log').locator('i, a').count()).toBe(0)
    await customer.close()
  })

  test('shows an expert the picture by a link that is cleared before it connects (RA-SEC-010), and gives nothing to act with', async () => {
    const { page, customer, host } = await assist({ text: 'Look, but' })
    await press(page, 'Create link')
    await page.getByRole('button', { name: 'Copy link' }).click()
    const url = await page.evaluate(() => navigator.clipboard.readText())
    const view = await context.newPage()
    const connectedAt: string[] = []
    view.on('websocket', () => connectedAt.push(view.url()))
    await view.goto(url)
    await view.locator('canvas[data-frame]').waitFor()
    expect(connectedAt).toEqual([`${broker.url}/view`])
    expect(await view.evaluate(() => history.length)).toBeLessThanOrEqual(2)
    await expect.poll(() => digestOfCanvas(view, 'remote-assist-viewer'), PATIENT).toBe(await digestOfScreen(host, 1))
    expect(await view.getByRole('button').allTextContents()).toEqual([expect.stringContaining('Next screen')])
    await page.locator('[part=user]').getByText('viewing').waitFor()

    const before = host.desktop.pointer
    await view.locator('canvas').click({ position: { x: 200, y: 200 } })
    await view.keyboard.type('do not touch')
    // The agent's own typing arrives later than anything that the viewer could have sent.
    await takeControl(page)
    await page.keyboard.type('!')
    await expect.poll(() => host.desktop.text, PATIENT).toBe('Look, but!')
    expect(host.desktop.pointer).toEqual(before)

    await press(view, /Next screen/)
    await expect.poll(() => digestOfCanvas(view, 'remote-assist-viewer'), PATIENT).toBe(await digestOfScreen(host, 2))
    expect(await digestOfCanvas(page)).toBe(await digestOfScreen(host, 1))
    await customer.close()
  })

  test('leaves; and says so when the customer stops, pauses or says no', async () => {
    const first = await assist()
    const gone = new Promise(resolve => first.customer.on('ended', resolve))
    await press(first.page, 'Leave')
    await first.page.getByRole('heading', { name: 'The session has ended' }).waitFor()
    await gone

    const second = await assist()
    second.customer.pause()
    await second.page.getByText('The customer paused the session').first().waitFor()
    const next = second.page.getByRole('button', { name: /Next screen/ })
    expect(await next.getAttribute('aria-description')).toBe('The customer paused the session')
    second.customer.unpause()
    await second.page.getByText('The customer paused the session').first().waitFor({ state: 'detached' })
    second.customer.stop()
    await second.page.getByText('The customer stopped the session.').waitFor()
    await press(second.page, 'New session')

    const groups = second.page.locator('[part=pin] span')
    await groups.first().waitFor()
    const { customer } = await joinByPin(broker, (await groups.allTextContents()).join(''))
    customer.on('consent', request => request.deny())
    await second.page.getByRole('heading', { name: 'The session has ended' }).waitFor()
    await customer.close()
  })

  test('comes back after a dropped line, and the session goes on', async () => {
    // Back within milliseconds, the customer would be gone too briefly to be seen gone: it comes back when the console has said so.
    let comeBack = () => {}
    let gate = Promise.resolve()
    const { page, customer, host } = await assist({ before: () => gate })
    gate = new Promise(resolve => {
      comeBack = resolve
    })
    customer.dropLine()
    await page.getByText('The customer’s connection dropped').waitFor()
    comeBack()
    await page.getByText('The customer’s connection dropped').waitFor({ state: 'detached' })
    await takeControl(page)
    await page.keyboard.type('still here')
    await expect.poll(() => host.desktop.text, PATIENT).toBe('still here')
    await customer.close()
  })
})

describe('the element elsewhere', () => {
  let folder: string
  let other: Awaited<ReturnType<typeof startStage>>

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'embed-'))
    await copyFile(fileURLToPath(new URL('../dist/remote-assist-console.js', import.meta.url)), join(folder, 'remote-assist-console.js'))
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
    const page = await context.newPage()
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
    const page = await context.newPage()
    await page.route('**/v1/sessions', route => route.abort())
    await page.goto(other.url)
    await page.getByRole('button', { name: 'Noch einmal' }).waitFor()
    await page.getByText('E_CONNECT').waitFor()
    await page.unroute('**/v1/sessions')
    await press(page, 'Noch einmal')
    await page.getByText('Warten auf den Kunden').waitFor()
    complaints = complaints.filter(text => !text.includes('net::ERR_FAILED'))
  })
})
