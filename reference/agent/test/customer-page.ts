import axe, { type AxeResults, type RunOptions } from 'axe-core'
import type { BrowserContext, Locator, Page } from 'playwright-core'

/** The complaints of a page, of which there should be none. Chromium says of every share that the camera, which nobody wants, is not allowed. */
export function complaintsOf(context: BrowserContext): readonly string[] {
  const complaints: string[] = []
  context.on('page', page => {
    page.on('console', message => message.type() === 'error' && !message.text().includes('camera is not allowed') && complaints.push(message.text()))
    page.on('pageerror', error => complaints.push(error.message))
  })
  return complaints
}

type Axe = { readonly axe: { run(options: RunOptions): Promise<AxeResults> } }

/** All rules, and the one of WCAG 2.2 AA that axe leaves out unless it is asked for. */
const EVERYTHING: RunOptions = { rules: { 'target-size': { enabled: true } } }

/** What keeps people out of this page, as it is now: WCAG 2.2 AA and good practice; each with where. */
export async function barriers(page: Page, what = EVERYTHING): Promise<readonly string[]> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(options => (globalThis as unknown as Axe).axe.run(options), what)
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`))
}

/** What keeps people out of this page, light and dark; in dark the contrast alone, as nothing else differs. */
export async function faults(page: Page): Promise<readonly string[]> {
  const light = await barriers(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  const dark = await barriers(page, { runOnly: ['color-contrast'] })
  await page.emulateMedia({ colorScheme: 'light' })
  return [...light, ...dark]
}

/** A pixel of the picture of an agent, or of who looks on, red, green and blue; undefined = there is no picture. */
export const pixelAt = (page: Page, x: number, y: number): Promise<readonly number[] | undefined> =>
  page.evaluate(
    async ([left, top]) => {
      const element = document.querySelector('remote-assist-console') ?? document.querySelector('remote-assist-viewer')
      const picture = await element?.snapshot()
      const at = (top * (picture?.width ?? 0) + left) * 4
      return picture && [...picture.data.slice(at, at + 3)]
    },
    [x, y] as const,
  )

/** Whether a colour is the other, but for what video makes of it. */
export const isAbout = (colour: readonly number[] | undefined, other: readonly number[]): boolean =>
  colour?.every((value, i) => Math.abs(value - (other[i] ?? 0)) <= 8) ?? false

/** A part of the page. */
export const part = (page: Page, name: string): Locator => page.locator(`[part~=${name}]`)
