import { readdirSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPictureBrowser, stillPicture, takePictures } from '../scripts/pictures.mjs'
import { newContext, startStage } from '../scripts/stage.mjs'
import { differenceOf, keepForALook, MOST_DIFFERING } from './compared.js'
import { faults } from './customer-page.js'

const NAMES = readdirSync(new URL('pictures/', import.meta.url)).map(file => file.replace('.png', ''))

let browser: Browser
let pictures: ReadonlyMap<string, Buffer>
/** What axe has against each state of the console. */
const found = new Map<string, readonly string[]>()

beforeAll(async () => {
  browser = await startPictureBrowser()
  pictures = await takePictures(browser, async (who, state, page) => {
    if (who === 'console') found.set(state, await faults(page))
  })
}, 240_000)
afterAll(() => browser?.close())

describe('looks as it did', () => {
  test('in every state that is pictured', () => expect([...pictures.keys()].sort()).toEqual([...NAMES].sort()))

  test.each(NAMES)('%s', name => {
    const taken = pictures.get(name) as Buffer
    const difference = differenceOf(name, taken)
    if (difference.share > MOST_DIFFERING) expect.fail(keepForALook(name, taken, difference))
  })
})

test('axe finds nothing wrong with any state of the console, light and dark', () => {
  const wrong = [...found].filter(([, faults]) => faults.length > 0)
  console.info(`» axe: ${found.size} states of the console, light and dark, ${wrong.length} of them with a violation`)
  expect(found.size).toBe(22)
  expect(Object.fromEntries(wrong)).toEqual({})
})

test('would look different with a token changed', async () => {
  const broker = await startStage()
  const context = await newContext(browser, { viewport: { width: 1280, height: 800 }, colorScheme: 'light' })
  const page = await context.newPage()
  await page.goto(`${broker.url}?name=Ada`)
  await page.locator('[part=pin] span').first().waitFor()
  const shareWith = async (token: string, value: string): Promise<number> => {
    const console = page.locator('remote-assist-console')
    await console.evaluate(
      ({ style }: HTMLElement, [name, changed]) => {
        style.cssText = ''
        style.setProperty(name, changed)
      },
      [token, value] as const,
    )
    return differenceOf('console-waiting', await stillPicture(page)).share
  }
  expect(await shareWith('--ra-text', '14px')).toBeLessThanOrEqual(MOST_DIFFERING)
  expect(await shareWith('--ra-text', '15px')).toBeGreaterThan(MOST_DIFFERING)
  expect(await shareWith('--ra-accent', '#2f66ff')).toBeGreaterThan(MOST_DIFFERING)
  expect(await shareWith('--ra-ink', '#222222')).toBeGreaterThan(0.005)
  expect(await shareWith('--ra-surface', '#f4f4f4')).toBeGreaterThan(0.005)
  await context.close()
  await broker.close()
})
