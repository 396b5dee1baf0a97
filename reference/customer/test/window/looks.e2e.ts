/** The window's page in every state, in German, in light and dark, as narrow as it gets; the states are made up, and go the way that real ones go. */
import { companionPage, companionStates } from '@remote-assist/ui/node'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Door } from '../../src/window/door.js'
import { pageFiles } from '../../src/window/page-files.js'
import { describeWith } from '../hosts/needs.js'
import { barriersOf, PATIENT } from './stage.js'

const WIDTH = 360

describeWith(['chromium'], 'the window’s page in German', () => {
  let door: Door
  let browser: Browser
  let page: Page
  const complaints: string[] = []

  beforeAll(async () => {
    let opened = () => {}
    const open = new Promise<void>(resolve => {
      opened = resolve
    })
    const nothing = () => undefined
    door = await Door.open({ page: pageFiles(companionPage), act: nothing, upload: async () => 1, opened, gone: nothing })
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] })
    page = await browser.newPage({ viewport: { width: WIDTH, height: 640 }, locale: 'de' })
    page.on('console', message => message.type() === 'error' && complaints.push(message.text()))
    page.on('pageerror', error => complaints.push(error.message))
    await page.goto(door.url)
    await open
  })
  afterAll(async () => {
    await browser?.close()
    door?.close()
  })

  /** Fails unless everybody can use the page as it is now, and all of it is to be seen. */
  async function isForEverybody(): Promise<void> {
    expect(await barriersOf(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(WIDTH)
  }

  test.each(Object.entries(companionStates))('is for everybody: %s', async (name, state) => {
    // The folder's name says which state is there.
    door.show({ ...state, folder: name })
    await expect.poll(() => page.evaluate("document.querySelector('remote-assist-companion').state.folder"), PATIENT).toBe(name)
    await isForEverybody()
  })

  test('is for everybody: the program has ended', async () => {
    expect(await page.evaluate('document.documentElement.lang')).toBe('de')
    door.close()
    await page.getByRole('heading', { name: 'Das Programm ist zu Ende' }).waitFor()
    await isForEverybody()
    expect(complaints).toEqual([])
  })
})
