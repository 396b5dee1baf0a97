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
    async join(pin: string, joining: Parameters<typeof joinByPin>[2] = {}) {
      const joined = await joinByPin(desk.broker, pin, joining)
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

/** A digest of the pixels on the canvas. */
export async function digestOfCanvas(page: Page, element = 'remote-assist-console'): Promise<string> {
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
