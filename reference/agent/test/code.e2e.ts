/** The code in the console: who makes a new one, and what is said of one that is of no more use. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { joinByPin, startBrowser, startStage } from '../scripts/stage.mjs'

const PATIENT_MS = 20_000
/** Codes live for ten minutes. */
const TOO_LATE_MS = 601_000

let browser: Browser
let broker: Awaited<ReturnType<typeof startStage>>
let context: BrowserContext

beforeAll(async () => {
  broker = await startStage()
  browser = await startBrowser()
})
afterAll(async () => {
  await browser?.close()
  await broker?.close()
})
beforeEach(async () => {
  context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] })
  context.setDefaultTimeout(PATIENT_MS)
})
afterEach(() => context.close())

/** A console that waits for its customer. `made` counts the codes that it had the broker make since. */
async function openConsole(at = broker) {
  const page = await context.newPage()
  const made: string[] = []
  page.on('request', request => request.method() === 'POST' && /\/code$/.test(request.url()) && made.push(request.url()))
  await page.goto(at.url)
  await page.locator('[part=pin] span').first().waitFor()
  return { page, made }
}

const pinOn = async (page: Page): Promise<string> => (await page.locator('[part=pin] span').allTextContents()).join('-')
const press = (page: Page, name: string) => page.getByRole('button', { name }).first().click()

async function linkOn(page: Page): Promise<string> {
  await press(page, 'Copy link')
  return page.evaluate(() => navigator.clipboard.readText())
}

/** The same locator with another secret. */
const wrong = (pin: string): string => pin.slice(0, -1) + ((Number(pin.at(-1)) + 1) % 10)

/** Somebody tries a PIN; resolves to the code of the error that he hears. */
const tryPin = (pin: string, at = broker): Promise<string | undefined> =>
  joinByPin(at, pin).then(
    ({ customer }) => customer.close().then(() => undefined),
    (error: { readonly code: string }) => error.code,
  )

describe('a new code is made on a click alone (RA-SEC-067)', () => {
  test('not when the old one has expired', async () => {
    const { page, made } = await openConsole()
    const before = await pinOn(page)
    await page.clock.setFixedTime(Date.now() + TOO_LATE_MS)
    await page.getByText('This code has expired').waitFor()
    expect(await pinOn(page)).toBe(before)
    expect(await page.getByRole('button', { name: /^Copy/ }).count()).toBe(0)
    expect(made).toHaveLength(0)

    await press(page, 'New code')
    await expect.poll(() => pinOn(page)).not.toBe(before)
    expect(made).toHaveLength(1)
  })

  test('not when somebody used its tries up: they are counted before the agent’s eyes, and the link goes on working', async () => {
    const { page, made } = await openConsole()
    const before = await pinOn(page)
    for (const words of ['Somebody tried a wrong PIN; 2 tries are left.', 'Somebody tried a wrong PIN; 1 try is left.', 'This PIN is used up']) {
      expect(await tryPin(wrong(before))).toBe('E_PIN_WRONG')
      await page.getByText(words).waitFor()
    }
    expect(await tryPin(before)).toBe('E_ATTEMPTS')
    expect(await pinOn(page)).toBe(before)
    expect(await page.getByRole('button', { name: 'Copy PIN' }).count()).toBe(0)
    expect(await linkOn(page)).toContain(`#1.${before.replaceAll('-', '')}.`)
    expect(made).toHaveLength(0)

    await press(page, 'New code')
    await expect.poll(() => pinOn(page)).not.toBe(before)
    await page.getByText('This PIN is used up').waitFor({ state: 'detached' })
    expect(made).toHaveLength(1)
    const { customer } = await joinByPin(broker, await pinOn(page))
    customer.on('consent', request => request.grantAll())
    await page.locator('canvas[data-frame]').waitFor()
    await customer.close()
  })

  test('not when the customer used it, nor when they have left', async () => {
    const { page, made } = await openConsole()
    const { customer } = await joinByPin(broker, await pinOn(page))
    const asked = new Promise<{ grantAll(): boolean }>(resolve => customer.on('consent', resolve))
    await page.getByText('The customer is deciding').waitFor()
    ;(await asked).grantAll()
    await page.locator('canvas[data-frame]').waitFor()
    expect(await page.locator('[part=pin]').count()).toBe(0)
    customer.stop()
    await page.getByRole('heading', { name: 'The session has ended' }).waitFor()
    expect(await page.locator('[part=pin]').count()).toBe(0)
    expect(made).toHaveLength(0)
  })
})

test('a customer who is gone before they decide has used the code: it is said, and a new one takes a click (RA-SEC-067)', async () => {
  const impatient = await startStage(undefined, { graceMs: 500 })
  try {
    const { page, made } = await openConsole(impatient)
    const before = await pinOn(page)
    let offline = false
    const { customer } = await joinByPin(impatient, before, { before: () => (offline ? Promise.reject(new Error('No network.')) : Promise.resolve()) })
    await page.getByText('The customer is deciding').waitFor()
    offline = true
    customer.dropLine()
    await page.getByText('The customer was gone before they decided').waitFor()
    expect(await pinOn(page)).toBe(before)
    expect(await page.getByRole('button', { name: /^Copy/ }).count()).toBe(0)
    expect(await tryPin(before, impatient)).toBe('E_CODE_UNKNOWN')
    expect(made).toHaveLength(0)

    await press(page, 'New code')
    await expect.poll(() => pinOn(page)).not.toBe(before)
    expect(made).toHaveLength(1)
    const next = await joinByPin(impatient, await pinOn(page))
    next.customer.on('consent', request => request.grantAll())
    await page.locator('canvas[data-frame]').waitFor()
    await next.customer.close()
    await customer.close()
  } finally {
    await impatient.close()
  }
})

test('after five PINs the link alone lets the customer in; it is said, and the link is there to be copied', async () => {
  const { page } = await openConsole()
  for (let code = 2; code <= 5; code++) {
    const before = await pinOn(page)
    await press(page, 'New code')
    await expect.poll(() => pinOn(page)).not.toBe(before)
  }
  await press(page, 'New code')
  await page.getByRole('heading', { name: 'From now on the link alone lets the customer in' }).waitFor()
  expect(await page.locator('[part=pin]').count()).toBe(0)
  expect(await page.getByRole('button', { name: 'Copy PIN' }).count()).toBe(0)
  expect(await page.getByRole('button', { name: 'Read aloud' }).getAttribute('aria-description')).toContain('no PIN')

  const last = await linkOn(page)
  await press(page, 'New link')
  await expect.poll(() => linkOn(page)).not.toBe(last)
  const { customer } = await joinByPin(broker, { url: await linkOn(page) })
  customer.on('consent', request => request.grantAll())
  await page.locator('canvas[data-frame]').waitFor()
  await customer.close()
})

test('at 200 % on an ordinary screen the PIN stands in one line, and everything below it is in sight', async () => {
  const { page } = await openConsole()
  await page.setViewportSize({ width: 720, height: 450 })
  const tops = await page.locator('[part=pin] span').evaluateAll(groups => groups.map(group => group.getBoundingClientRect().top))
  expect(new Set(tops).size).toBe(1)
  const [code, foot] = await Promise.all([page.locator('[part=code]').boundingBox(), page.locator('[part=foot]').boundingBox()])
  expect(code?.y).toBeGreaterThanOrEqual(0)
  expect((code?.y ?? 0) + (code?.height ?? 0)).toBeLessThanOrEqual(foot?.y ?? 0)
  expect(await page.locator('[part=code]').evaluate(it => it.scrollHeight - it.clientHeight)).toBe(0)
})
