import { Agent, createSession, type Session } from '@remote-assist/peer'
import { decodeRect } from '@remote-assist/peer/node'
import { connect } from '@remote-assist/transport-websocket'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { joinByPin, startBrowser, startStage } from '../../scripts/stage.mjs'
import { digestOf } from '../pixels.js'

/** How long something may take on a loaded machine. */
export const PATIENT = { timeout: 15_000 }

/** How the broker of a file is made. */
type StageOptions = Parameters<typeof startStage>[1]

/** One browser and one broker for the tests of a file; a context of its own for each of them, in which no page complains of anything. */
export function useDesk(options?: StageOptions) {
  let browser: Browser
  const desk = {
    broker: undefined as unknown as Awaited<ReturnType<typeof startStage>>,
    context: undefined as unknown as BrowserContext,
    /** What pages said that is wrong; a test that expects something takes it out. */
    complaints: [] as string[],

    /** Opens the console and reads the PIN off it. */
    async openConsole(): Promise<{ readonly page: Page; readonly pin: string }> {
      const page = await desk.context.newPage()
      await page.goto(desk.broker.url)
      return { page, pin: await desk.pinOf(page) }
    },

    async pinOf(page: Page): Promise<string> {
      const groups = page.locator('[part=pin] span')
      await groups.first().waitFor()
      return (await groups.allTextContents()).join('-')
    },

    /** A customer who grants everything. */
    async join(pin: string, joining: Parameters<typeof joinByPin>[2] = {}, elsewhere?: { readonly url: string }) {
      const joined = await joinByPin(elsewhere ?? desk.broker, pin, joining)
      joined.customer.on('consent', request => request.grantAll())
      return joined
    },

    /** A session with such a customer. */
    async assist(joining: Parameters<typeof joinByPin>[2] = {}) {
      const { page, pin } = await desk.openConsole()
      const { customer, host } = await desk.join(pin, joining)
      await page.locator('canvas[data-frame]').waitFor()
      return { page, customer, host }
    },

    /** Another agent, who comes without a console by a link of this one. */
    async colleague(page: Page, displayName: string): Promise<Session> {
      await page.getByRole('group', { name: 'Another agent' }).getByRole('button', { name: 'Create link' }).click()
      await press(page, 'Copy link')
      const url = await page.evaluate(() => navigator.clipboard.readText())
      const own = { displayName, contactId: '', contactKind: 0, metadata: new Map(), policy: undefined }
      const { agentToken } = await createSession({ brokerUrl: desk.broker.url }, own)
      return Agent.join({ transport: connect(desk.broker.url), url, agentToken, displayName })
    },
  }

  beforeAll(async () => {
    desk.broker = await startStage(undefined, options)
    browser = await startBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await desk.broker?.close()
  })
  beforeEach(async () => {
    desk.complaints = []
    desk.context = await browser.newContext({ viewport: { width: 1440, height: 900 }, permissions: ['clipboard-read', 'clipboard-write'] })
    desk.context.on('page', page => {
      page.setDefaultTimeout(PATIENT.timeout)
      // What a policy of the page forbids is said here as well: an inline script or style would be.
      page.on('console', message => message.type() === 'error' && desk.complaints.push(message.text()))
      page.on('pageerror', error => desk.complaints.push(error.message))
    })
  })
  afterEach(async () => {
    await desk.context.close()
    expect(desk.complaints).toEqual([])
  })
  return desk
}

/** Presses the first button of this name. */
export const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().click()

/** Opens a menu by its button, and chooses of it. */
export async function choose(page: Page, menu: string | RegExp, item: string | RegExp): Promise<void> {
  await press(page, menu)
  await page
    .getByRole('menuitem', { name: item })
    .or(page.getByRole('menuitemradio', { name: item }))
    .click()
}

export async function takeControl(page: Page): Promise<void> {
  await press(page, 'Take control')
  await page.getByRole('button', { name: 'In control' }).waitFor()
}

interface Bitmap {
  readonly width: number
  readonly height: number
  /** BGRA without padding. */
  readonly data: Uint8Array
}

/** The picture of an element. */
async function pictureOf(page: Page, tag: 'remote-assist-console' | 'remote-assist-viewer'): Promise<Bitmap> {
  const { width, height, base64 } = await page.evaluate(async name => {
    const { data = [], width = 0, height = 0 } = (await document.querySelector(name)?.snapshot()) ?? {}
    let text = ''
    for (let i = 0; i < data.length; i += 32_768) text += String.fromCharCode(...data.slice(i, i + 32_768))
    return { width, height, base64: btoa(text) }
  }, tag)
  const data = Buffer.from(base64, 'base64')
  for (let i = 0; i < data.length; i += 4) [data[i], data[i + 2]] = [data[i + 2] ?? 0, data[i] ?? 0]
  return { width, height, data }
}

/** A digest of the pixels of the picture. */
export const digestOfCanvas = async (page: Page, tag: 'remote-assist-console' | 'remote-assist-viewer' = 'remote-assist-console'): Promise<string> =>
  digestOf((await pictureOf(page, tag)).data)

/** Waits until what a person sees of a canvas, in whatever window, is the console's picture: wherever that is flat, all over it, in two colours at least. */
export async function showsPicture(window: Page, page: Page): Promise<void> {
  const share = async (): Promise<number> => {
    const png = await window.locator('canvas').screenshot()
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)]
    const seen: Bitmap = { width, height, data: decodeRect('png', png, width, height) }
    const picture = await pictureOf(page, 'remote-assist-console')
    const places = Array.from({ length: 400 }, (_, i) => ({ x: ((i % 20) + 0.5) / 20, y: (Math.floor(i / 20) + 0.5) / 20 }))
    const flat = places.filter(({ x, y }) => new Set([-4, 0, 4].flatMap(dx => [-4, 0, 4].map(dy => colourAt(picture, x, y, dx, dy).join()))).size === 1)
    if (new Set(flat.map(({ x, y }) => colourAt(picture, x, y).join())).size < 2) return 0
    const alike = flat.filter(({ x, y }) => colourAt(picture, x, y).every((value, i) => Math.abs(value - (colourAt(seen, x, y)[i] ?? 0)) <= 2))
    return alike.length / flat.length
  }
  await expect.poll(share, PATIENT).toBeGreaterThan(0.95)
}

/** The share of the picture that is on the page as it came, one pixel of the device for each of its own; 0 if it has another size there. */
export async function shareInNativePixels(page: Page, deviceScaleFactor: number): Promise<number> {
  const picture = await pictureOf(page, 'remote-assist-console')
  const { x = 0, y = 0, width = 0, height = 0 } = (await page.locator('canvas').boundingBox()) ?? {}
  const [left = 0, top = 0, right = 0, bottom = 0] = [x, y, x + width, y + height].map(side => Math.round(side * deviceScaleFactor))
  if (right - left !== picture.width || bottom - top !== picture.height) return 0
  const png = await page.screenshot({ scale: 'device' })
  const seenWidth = png.readUInt32BE(16)
  const seen = decodeRect('png', png, seenWidth, png.readUInt32BE(20))
  let alike = 0
  for (let row = 0; row < picture.height; row++)
    for (let column = 0; column < picture.width; column++) {
      const at = ((top + row) * seenWidth + left + column) * 4
      const of = (row * picture.width + column) * 4
      if ([0, 1, 2].every(i => seen[at + i] === picture.data[of + i])) alike++
    }
  return alike / (picture.width * picture.height)
}

/** The colour at a place, in shares of width and height, and so many pixels beside it. */
function colourAt({ width, height, data }: Bitmap, x: number, y: number, dx = 0, dy = 0): readonly number[] {
  const at = (Math.floor(y * height + dy) * width + Math.floor(x * width + dx)) * 4
  return [...data.subarray(at, at + 3)]
}
