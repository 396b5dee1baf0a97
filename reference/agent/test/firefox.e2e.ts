import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent } from '@remote-assist/peer'
import { diskFiles } from '@remote-assist/peer/node'
import { connect } from '@remote-assist/transport-websocket'
import puppeteer, { type Browser, type ElementHandle, type Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { joinByPin, startStage } from '../scripts/stage.mjs'
import { digestOf, digestOfScreen } from './pixels.js'

const FIREFOX = '/usr/bin/firefox-esr'
const PATIENT = { timeout: 15_000 }

/** Text that a keyboard has, and text that it has not. */
const TYPED = 'Grüße, 12 €'

let broker: Awaited<ReturnType<typeof startStage>>
let browser: Browser
let folder: string
let page: Page
let complaints: string[]

/** The first element of the page, or within an element of it, that this CSS selector finds and that is seen. */
const find = async (selector: string) => {
  const found = await page.waitForSelector(`>>> ${selector}`, { visible: true, ...PATIENT })
  if (found === null) throw new Error(`There is no ${selector}.`)
  return found
}
const press = async (name: string) => (await find(`button[aria-label="${name}"]`)).click()
const says = (words: string) => page.waitForSelector(`::-p-text(${words})`, { visible: true, ...PATIENT })
const withControl = async (key: string) => {
  await page.keyboard.down('Control')
  await page.keyboard.press(key as 'KeyV')
  await page.keyboard.up('Control')
}

/** A digest of the picture, which is painted by the page or by a worker of it. */
const digestOfPicture = async (): Promise<string> => {
  const canvas = await find('canvas[data-frame]')
  const base64 = await canvas.evaluate(element => {
    const { width, height } = element as HTMLCanvasElement
    const context = new OffscreenCanvas(width, height).getContext('2d') as OffscreenCanvasRenderingContext2D
    context.drawImage(element as HTMLCanvasElement, 0, 0)
    const { data } = context.getImageData(0, 0, width, height)
    for (let i = 0; i < data.length; i += 4) [data[i], data[i + 2]] = [data[i + 2] ?? 0, data[i] ?? 0]
    let text = ''
    for (let i = 0; i < data.length; i += 32_768) text += String.fromCharCode(...data.subarray(i, i + 32_768))
    return btoa(text)
  })
  return digestOf(Buffer.from(base64, 'base64'))
}

function firefoxTests(): void {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'firefox-'))
    broker = await startStage()
    browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: FIREFOX,
      extraPrefsFirefox: { 'browser.download.folderList': 2, 'browser.download.dir': folder, 'browser.download.useDownloadDir': true },
    })
  })
  afterAll(async () => {
    await browser?.close()
    await broker?.close()
    rmSync(folder, { recursive: true })
  })
  beforeEach(async () => {
    complaints = []
    page = await browser.newPage()
    await page.setViewport({ width: 1440, height: 900 })
    page.on('console', message => message.type() === 'error' && complaints.push(message.text()))
    page.on('pageerror', error => complaints.push(String(error)))
  })
  afterEach(async () => {
    await page.close()
    expect(complaints).toEqual([])
  })

  test('an agent sees the customer’s screen, types, pastes and exchanges files', async () => {
    await page.goto(broker.url)
    await find('[part=pin] span')
    const pin = await page.$$eval('>>> [part=pin] span', groups => groups.map(group => group.textContent).join('-'))
    const { customer, host } = await joinByPin(broker, pin, { downloads: folder })
    customer.on('consent', request => request.grantAll())
    await expect.poll(digestOfPicture, PATIENT).toBe(await digestOfScreen(host, 1))

    await press('Take control')
    await find('button[aria-label="In control"]')
    await page.keyboard.type(TYPED)
    await expect.poll(() => host.desktop.text, PATIENT).toBe(TYPED)

    // What another site copied: a page that read it would have Firefox ask its user, each time.
    const other = await browser.newPage()
    await other.goto('data:text/html,<input value="copied elsewhere" autofocus onfocus="this.select()">')
    await other.keyboard.down('Control')
    await other.keyboard.press('KeyC')
    await other.keyboard.up('Control')
    await other.close()
    await page.bringToFront()
    await (await find('input[aria-label="Sync clipboard"]')).click()
    await find('input[aria-label="Sync clipboard"]:checked')
    const picture = await find('canvas')
    const { width, height } = (await picture.boundingBox()) as { readonly width: number; readonly height: number }
    await picture.click({ offset: { x: width * 0.3, y: height * 0.4 } })
    // Once: the first time that somebody pastes, it is there.
    await withControl('KeyV')
    await expect.poll(() => host.desktop.text, PATIENT).toContain('copied elsewhere')
    await expect.poll(() => host.desktop.pressedKeys(), PATIENT).toEqual([])

    host.desktop.setClipboard('copied by the customer')
    const line = await find('input[name=line]')
    const pastedHere = async () => {
      await line.click()
      await withControl('KeyA')
      await withControl('KeyV')
      return line.evaluate(field => (field as HTMLInputElement).value)
    }
    await expect.poll(pastedHere, PATIENT).toBe('copied by the customer')

    const bytes = Buffer.from(Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 31 + (i >> 8)) % 251))
    writeFileSync(join(folder, 'driver.bin'), bytes)
    const offered = customer.once('file')
    const field = await page.$('>>> input[type=file]')
    await (field as ElementHandle<HTMLInputElement>).uploadFile(join(folder, 'driver.bin'))
    await (await offered).offer.accept().done
    expect(readFileSync(join(folder, 'driver (2).bin')).equals(bytes)).toBe(true)
    await says('Arrived')

    writeFileSync(join(folder, 'printer.log'), bytes)
    const given = customer.files(1).send([join(folder, 'printer.log')])
    await press('Download')
    await given.done
    await expect.poll(() => existsSync(join(folder, 'printer(1).log')) && readFileSync(join(folder, 'printer(1).log')).equals(bytes), PATIENT).toBe(true)
    customer.stop()
    await says('The session has ended')
  })

  test('a customer decides, chats, takes a file and stops', async () => {
    const agent = await Agent.create({ transport: connect, brokerUrl: broker.url, displayName: 'Ada', files: diskFiles({ folder }) })
    const joined = agent.customer()
    await page.goto(`${broker.url}/join?lang=en`)
    await (await find('input.pin')).type(` ${agent.pin.grouped.replaceAll('-', '  ')} `)
    await page.keyboard.press('Enter')
    await says('would like to help you')
    // A browser without a window has no screen to share.
    await (await find('[part=consent] input[id$=see]')).click()
    await (await find('[part=consent] input[id$=files]')).click()
    await press('Start')
    const session = await joined
    await says('Ada is here and sees nothing')
    session.chat.say('Here is the driver.')
    await says('Here is the driver.')
    const path = join(folder, 'setup.txt')
    writeFileSync(path, 'Turn it off and on again.')
    const sent = session.files.send([path])
    await press('Take it')
    expect((await sent.done).arrived).toEqual(['setup.txt'])
    await (await find('a[download="setup.txt"]')).click()
    await expect
      .poll(() => existsSync(join(folder, 'setup(1).txt')) && readFileSync(join(folder, 'setup(1).txt'), 'utf8'), PATIENT)
      .toBe('Turn it off and on again.')
    await press('Stop')
    await says('It is over')
  })
}

if (existsSync(FIREFOX)) describe('in Firefox', firefoxTests)
else
  test('in Firefox: NOT RUN, as firefox-esr is not installed', () => {
    const message = 'NOT RUN: in Firefox, as firefox-esr is not installed'
    if (process.env.CI === 'true') throw new Error(message)
    console.warn(message)
  })
