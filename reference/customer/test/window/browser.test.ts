import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { parseConsent } from '../../src/consent.js'
import { openWindow } from '../../src/window/browser.js'
import { shareInWindow } from '../../src/window/share.js'
import { STOP_KEYS } from '../../src/window/x11/stop-keys.js'

const URL_SHOWN = 'http://127.0.0.1:1/#secret'
const PATIENT = { timeout: 10_000 }

/** All that PATH leads to. */
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'remote-assist-path-'))
  vi.stubEnv('PATH', folder)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true, force: true })
})

/** Puts a program there that writes down what it was given, and then does this. */
async function program(name: string, then = ''): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, `#!/bin/sh\necho "$@" > "$0.new"\n/bin/mv "$0.new" "$0.given"\n${then}\n`)
  await chmod(path, 0o755)
  return path
}

/** What it was given, as soon as it was started. */
async function given(name: string): Promise<string> {
  const file = join(folder, `${name}.given`)
  await expect.poll(() => existsSync(file), PATIENT).toBe(true)
  return (await readFile(file, 'utf8')).trim()
}

describe('the browser that shows the window', () => {
  test('is one that can be without bars where there is one, with a profile that goes with it', async () => {
    await program('xdg-open')
    await program('brave-browser', 'exec /bin/sleep 60')
    const window = await openWindow(URL_SHOWN, ':7')
    const args = await given('brave-browser')
    expect(args).toContain(`--app=${URL_SHOWN}`)
    const profile = /--user-data-dir=(\S+)/.exec(args)?.[1] ?? ''
    expect(existsSync(profile)).toBe(true)
    expect(window?.failed.aborted).toBe(false)
    await window?.close()
    expect(existsSync(profile)).toBe(false)
    expect(existsSync(join(folder, 'xdg-open.given'))).toBe(false)
  })

  test('is else the person’s own, which is not this program’s to close', async () => {
    await program('xdg-open')
    const window = await openWindow(URL_SHOWN, undefined)
    expect(await given('xdg-open')).toBe(URL_SHOWN)
    await window?.close()
    expect(window?.failed.aborted).toBe(false)
  })

  test('is none where there is none', async () => {
    expect(await openWindow(URL_SHOWN, undefined)).toBe(undefined)
  })
})

describe('a window that does not come up', () => {
  const told: string[] = []
  const share = (needed: boolean, browser?: string) =>
    shareInWindow(
      { broker: 'http://127.0.0.1:1', host: { kind: 'virtual' }, consent: parseConsent('ask'), downloads: folder, name: 'Eva', masks: [], args: [] },
      { display: undefined, browser, needed, stopKeys: STOP_KEYS, tell: line => told.push(line) },
    )
  beforeEach(() => {
    told.length = 0
  })

  test.each(['one that fails', 'one that there is not'])('is not waited for when its browser is %s', async which => {
    const browser = which === 'one that fails' ? await program('fails', 'exit 3') : join(folder, 'none')
    await expect(share(true, browser)).rejects.toMatchObject({ code: 'E_HOST', message: 'The window did not come up.' })
  })

  test('is an error where no browser is and none has to be', async () => {
    await expect(share(false)).rejects.toMatchObject({ code: 'E_HOST', hint: expect.stringContaining('--browser') })
  })

  test('is the person’s to open where no browser is, by an address that works once', async () => {
    const exit = share(true)
    await expect.poll(() => told.length, PATIENT).toBe(1)
    const { origin, hash } = new URL(/http:\S+$/.exec(told[0] ?? '')?.[0] ?? '')
    const ask = (path: string, token: string) =>
      new Promise<import('node:http').IncomingMessage>((resolve, reject) =>
        request(`${origin}${path}`, { method: 'POST', headers: { origin, authorization: `Bearer ${token}` } }, resolve)
          .on('error', reject)
          .end(),
      )
    const window = await ask('/state', await text(await ask('/enter', hash.slice(1))))
    await expect.poll(() => told.at(-1), PATIENT).toBe('The window is open. Close it to end this.')
    window.destroy()
    expect(await exit).toBe(0)
  })
})
