import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chromium } from 'playwright-core'
import { FLAGS } from './stage.mjs'

/** The display, in pixels, unless another is asked for. */
export const SCREEN = { width: 1600, height: 900 }

/**
 * Starts an X display in memory, and a browser with windows on it that shares the entire display, without asking, when a page wants a screen. Ends with `close`.
 *
 * @param {{ readonly width: number, readonly height: number }} [screen] Pixels of the display
 * @returns {Promise<{ browser: import('playwright-core').Browser, paint: (colour: string) => Promise<void>, close: () => Promise<void> }>} `paint`: the ground
 *   behind all windows gets this colour
 */
export async function startSharingBrowser(screen = SCREEN) {
  const size = `${screen.width}x${screen.height}x24`
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', size, '-nolisten', 'tcp', '-noreset'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  const ended = once(server, 'exit')
  const display = await Promise.race([once(server.stdio[3], 'data').then(([number]) => `:${String(number).trim()}`), ended])
  if (typeof display !== 'string') throw new Error(`Xvfb ended with exit code ${display[0]}.`)
  const env = { ...process.env, DISPLAY: display, LC_ALL: 'C.UTF-8' }
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    headless: false,
    env,
    // Without a window manager a window is where it is put.
    args: [...FLAGS, '--auto-select-desktop-capture-source=Entire screen', '--window-position=0,0', '--window-size=1000,880'],
  })
  return {
    browser,
    async paint(colour) {
      const [code] = await once(spawn('xsetroot', ['-solid', colour], { env, stdio: 'ignore' }), 'exit')
      if (code !== 0) throw new Error(`xsetroot ended with exit code ${code}.`)
    },
    async close() {
      await browser.close()
      server.kill()
      await ended
    },
  }
}
