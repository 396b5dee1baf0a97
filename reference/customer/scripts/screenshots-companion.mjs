import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { silentLog, startBroker } from '@remote-assist/broker'
import { Agent } from '@remote-assist/peer'
import { encodeRect } from '@remote-assist/peer/node'
import { connect } from '@remote-assist/transport-websocket'
import { chromium } from 'playwright-core'
import { x11Host } from '../dist/hosts/index.js'

/**
 * Takes the pictures of the desktop companion, from real sessions: a broker, an agent, the program with its window on an X display in memory. Needs a build.
 * `node scripts/screenshots-companion.mjs [directory]`, default `docs/images`.
 */
const directory = process.argv[2] ?? fileURLToPath(new URL('../../../docs/images', import.meta.url))
mkdirSync(directory, { recursive: true })
const PROGRAM = fileURLToPath(new URL('../dist/main.js', import.meta.url))

for (const look of ['light', 'dark']) await session(look)

async function session(look) {
  const folder = mkdtempSync(join(tmpdir(), 'companion-pictures-'))
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x840x24', '-noreset', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const [number] = await once(server.stdio[3], 'data')
  const display = `:${String(number).trim()}`
  const env = { ...process.env, DISPLAY: display, LC_ALL: 'C.UTF-8' }
  spawnSync('xsetroot', ['-solid', '#35506b'], { env })
  const profile = join(folder, 'profile')
  const browser = join(folder, 'browser')
  const flags = `--no-sandbox --test-type --disable-gpu --force-color-profile=srgb --lang=en --remote-debugging-port=0 --window-position=20,56`
  writeFileSync(
    browser,
    `#!/bin/sh\nfor a in "$@"; do case $a in --user-data-dir=*) echo "\${a#*=}" > '${profile}';; esac; done\nexec chromium ${flags} "$@"\n`,
  )
  chmodSync(browser, 0o755)
  const broker = await startBroker({ log: silentLog() })
  const agent = await Agent.create({ transport: connect, brokerUrl: broker.url, displayName: 'Ada' })
  const joined = agent.customer()
  const args = [
    PROGRAM,
    '--window',
    '--browser',
    browser,
    '--broker',
    broker.url,
    '--host',
    `x11${display}`,
    '--downloads',
    join(folder, 'received'),
    '--name',
    'Eva',
  ]
  const customer = spawn(process.execPath, args, { env, stdio: 'ignore' })
  const ended = once(customer, 'exit')
  try {
    const port = join(await said(profile), 'DevToolsActivePort')
    const eyes = await chromium.connectOverCDP(`http://127.0.0.1:${(await said(port)).split('\n')[0]}`)
    const page = eyes.contexts()[0].pages()[0]
    page.setDefaultTimeout(15_000)
    await page.emulateMedia({ colorScheme: look })
    const shoot = what => page.screenshot({ path: join(directory, `companion-${what}-${look}.png`) })
    const press = name => page.getByRole('button', { name, exact: true }).click()
    await page.getByLabel('PIN').fill(agent.pin.grouped)
    await shoot('pin')
    await press('Continue')
    await page.getByRole('heading', { name: 'Ada would like to help you' }).waitFor()
    await shoot('consent')
    await page.getByRole('switch', { name: 'Use your mouse and keyboard' }).check()
    await page.getByRole('switch', { name: 'Ask for administrator powers' }).check()
    await press('Start')
    const session = await joined
    if (session.screens.list.length === 0) await session.once('screen-list')
    const screen = session.screens.next()
    await session.screens.show(screen)
    await session.control.request()
    await page.getByText('Ada is in control', { exact: true }).waitFor()
    session.chat.say('This is the setting that I mean.')
    const circle = Array.from({ length: 60 }, (_, i) => ({ x: 900 + 150 * Math.cos(i / 9), y: 300 + 90 * Math.sin(i / 9) }))
    session.annotations.draw(screen, circle, { width: 5 })
    session.annotations.point(screen, { x: 760, y: 520 })
    await page.getByText('This is the setting that I mean.').waitFor({ state: 'attached' })
    await pause(500)
    writeFileSync(join(directory, `companion-desktop-${look}.png`), await pictureOf(display))
    const asked = agent.requestRejoin({ reason: 'The driver works after a restart.' }).catch(() => undefined)
    await page.getByRole('button', { name: 'Allow', disabled: false, exact: true }).waitFor()
    await shoot('question')
    await press('No')
    await asked
    await page.close()
    await ended
    await eyes.close()
  } finally {
    customer.kill()
    await ended
    await agent.close()
    await broker.close()
    server.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What a file says as soon as it says something. */
async function said(path) {
  while (!existsSync(path) || readFileSync(path, 'utf8') === '') await pause(50)
  return readFileSync(path, 'utf8').trim()
}

/** The whole display, as PNG. */
async function pictureOf(display) {
  const host = await x11Host(display)
  const capture = await host.screens.capture(host.screens.list()[0].id, () => undefined)
  const { image } = await capture.grab()
  const png = encodeRect(image, { x: 0, y: 0, width: image.width, height: image.height }, 'png', 100)
  capture.stop()
  await host.close()
  return png
}
