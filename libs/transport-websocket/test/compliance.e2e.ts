import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { transportCompliance } from '@remote-assist/transport/compliance'
import { connect, listen } from '@remote-assist/transport-websocket'
import type { Browser, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startFarEnd } from './browser/far-end.js'

/** The suite's page as one script, resolved as a bundler for browsers does. */
async function bundle(): Promise<string> {
  const entry = fileURLToPath(new URL('browser/page.ts', import.meta.url))
  const result = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, lib: { entry, formats: ['iife'], name: 'compliance' } },
  })
  const [output] = [result].flat()
  if (output === undefined || !('output' in output)) throw new Error('Nothing was bundled.')
  return output.output[0].code
}

/** A port at which nothing listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

describe('RA-BND-001 RA-BND-003 RA-BND-004 RA-BND-005 RA-BND-006 RA-BND-007 RA-BND-008 RA-BND-009 RA-BND-011 RA-BND-012 RA-BND-013 RA-BND-014 RA-BND-015', () => {
  let browser: Browser
  let page: Page
  let farEnd: Awaited<ReturnType<typeof startFarEnd>>
  let nowhere: string

  beforeAll(async () => {
    const code = await bundle()
    farEnd = await startFarEnd()
    nowhere = `ws://127.0.0.1:${await freePort()}`
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
    page = await browser.newPage()
    await page.addScriptTag({ content: code })
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
    farEnd?.close()
  })

  for (const { name, title } of transportCompliance('WebSocket in Chromium', { listen, connect, nowhere: '', openingSide: 'browser' })) {
    test(title, async () => {
      expect(await page.evaluate(args => runCase(...args), [farEnd.address, nowhere, name] as const)).toBeUndefined()
    })
  }
})
