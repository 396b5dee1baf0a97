/// <reference lib="dom" />
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import { X_PACKAGES } from '../lib/x-desktop.mjs'
import { describeWith, isAlive, Script } from './programs.js'

const LIMIT_MS = 240_000
/** The background of the display that `npm start` opens. */
const BACKGROUND = [0x35, 0x50, 0x6b]

describeWith([...X_PACKAGES, 'chromium'], 'npm start', () => {
  test(
    'opens a desktop that its console shows after one click, and leaves nothing behind',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'start-test-'))
      const temporary = await mkdtemp(join(folder, 'tmp-'))
      const file = join(folder, 'start.json')
      const script = new Script(['start', '--', '--host', 'x11', '--port', '0', '--json', file], { TMPDIR: temporary })
      let browser: Browser | undefined
      try {
        await script.printed(/Ctrl\+C ends it/)
        const { consoleUrl, clientUrl, viewUrl, pin } = JSON.parse(await readFile(file, 'utf8'))
        for (const shown of [consoleUrl, clientUrl, viewUrl, pin]) expect(script.lines.join('\n')).toContain(shown)

        browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
        const page = await browser.newPage()
        await page.goto(consoleUrl)
        await page.waitForFunction(showsColour, BACKGROUND, { timeout: 60_000 })
        expect(page.url()).not.toContain('#')

        const guest = await browser.newPage()
        await guest.goto(viewUrl)
        await guest.waitForFunction(showsColour, BACKGROUND, { timeout: 60_000 })

        const started = script.descendants()
        expect(started.length).toBeGreaterThan(3)
        script.interrupt()
        expect(await script.ended).toBe(0)
        // A shell ends with its terminal, by itself.
        await vi.waitFor(() => expect(started.filter(isAlive)).toEqual([]), 5_000)
        expect(await readdir(temporary)).toEqual([])
      } finally {
        script.interrupt()
        await browser?.close()
        await script.ended
        await rm(folder, { recursive: true, force: true })
      }
    },
    LIMIT_MS,
  )
})

/** In the page: a canvas shows this colour in its top left corner, wherever it is in the tree. */
function showsColour(colour: number[]): boolean {
  const canvases = (root: ParentNode): HTMLCanvasElement[] =>
    [...root.querySelectorAll('*')].flatMap(element => [
      ...(element instanceof HTMLCanvasElement ? [element] : []),
      ...(element.shadowRoot === null ? [] : canvases(element.shadowRoot)),
    ])
  return canvases(document).some(canvas => {
    if (canvas.width < 100 || canvas.height < 100) return false
    const copy = new OffscreenCanvas(1, 1)
    const context = copy.getContext('2d')
    context?.drawImage(canvas, 20, 20, 1, 1, 0, 0, 1, 1)
    const pixel = context?.getImageData(0, 0, 1, 1).data ?? []
    return colour.every((value, i) => Math.abs(value - (pixel[i] ?? 0)) < 12)
  })
}
