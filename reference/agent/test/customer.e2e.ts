import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, AssistError, type Session } from '@remote-assist/peer'
import { diskFiles } from '@remote-assist/peer/node'
import { verifyAudit } from '@remote-assist/secure'
import { connect } from '@remote-assist/transport-websocket'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { startStage } from '../scripts/stage.mjs'
import { SCREEN, startSharingBrowser } from '../scripts/x-screen.mjs'
import { barriers, complaintsOf, isAbout, part, pixelAt } from './customer-page.js'
import { organisation } from './organisation.js'

const PATIENT = { timeout: 20_000 }
/** Where no window is. */
const GROUND = { x: SCREEN.width - 120, y: 300 }

let stage: Awaited<ReturnType<typeof startSharingBrowser>>
let broker: Awaited<ReturnType<typeof startStage>>
let context: BrowserContext
let complaints: readonly string[]
let folder: string
let agents: Agent[]

beforeAll(async () => {
  broker = await startStage(undefined, { graceMs: 5_000 })
  stage = await startSharingBrowser()
  folder = await mkdtemp(join(tmpdir(), 'remote-assist-page-'))
})
afterAll(async () => {
  await stage?.close()
  await broker?.close()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  agents = []
  context = await stage.browser.newContext({ viewport: { width: 980, height: 760 }, locale: 'en', permissions: ['clipboard-read', 'clipboard-write'] })
  context.setDefaultTimeout(PATIENT.timeout)
  complaints = complaintsOf(context)
  await context.addInitScript(() => {
    const { mediaDevices } = navigator as { readonly mediaDevices?: MediaDevices }
    // An empty page has none.
    if (mediaDevices === undefined) return
    const pick = mediaDevices.getDisplayMedia.bind(mediaDevices)
    mediaDevices.getDisplayMedia = async wish => {
      const picked = await pick(wish)
      ;(globalThis as unknown as Kept).picked = picked
      return picked
    }
  })
})
afterEach(async () => {
  for (const agent of agents) agent.leave()
  await context.close()
  expect(complaints).toEqual([])
})

/** An agent without a page. */
async function newAgent(options: Partial<Parameters<typeof Agent.create>[0]> = {}): Promise<Agent> {
  const agent = await Agent.create({ transport: connect, brokerUrl: broker.url, displayName: 'Ada', files: diskFiles({ folder }), ...options })
  agents.push(agent)
  return agent
}

/** What a page picked last. */
interface Kept {
  picked: MediaStream
}

async function openJoin(query = '?name=Eva'): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${broker.url}/join${query}`)
  return page
}

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' }).click()

async function typePin(page: Page, pin: string): Promise<void> {
  await page.getByLabel('PIN').fill(pin)
  await page.keyboard.press('Enter')
}

/** Presses what a person without a pointer gets to by Tab. */
async function pressByKeys(page: Page, name: string): Promise<void> {
  const button = page.getByRole('button', { name, exact: true })
  const within = await page.locator('remote-assist-customer').evaluate(element => element.shadowRoot?.querySelectorAll('*').length ?? 0)
  const reached = () => button.evaluate(element => (element.getRootNode() as ShadowRoot).activeElement === element)
  for (let steps = 0; steps < within && !(await reached()); steps++) await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
}

/** A session of an agent with a page that allowed these switches beside what is on already. */
async function share(allowed: readonly string[] = []): Promise<{ readonly page: Page; readonly agent: Agent; readonly session: Session }> {
  const agent = await newAgent()
  const joined = agent.customer()
  const page = await openJoin()
  await typePin(page, agent.pin.grouped)
  for (const name of allowed) await page.getByRole('switch', { name }).check()
  await press(page, 'Start')
  const session = await joined
  await part(page, 'bar').waitFor()
  return { page, agent, session }
}

const codeOf = (error: unknown): string => (error instanceof AssistError ? error.code : String(error))

describe('the customer’s page', () => {
  test('lets a person in by a PIN with blanks, asks, shares the whole screen with the agent’s console, pauses and stops', async () => {
    await stage.paint('#3a7d44')
    const desk = await context.newPage()
    await desk.goto(`${broker.url}/?name=Ada`)
    const groups = desk.locator('[part=pin] span')
    await groups.first().waitFor()
    const pin = (await groups.allTextContents()).join('  ')

    const page = await openJoin()
    expect(await barriers(page)).toEqual([])
    await typePin(page, ` ${pin} `)
    await page.getByRole('heading', { name: 'Ada would like to help you' }).waitFor()
    await page.getByText('Not verified').waitFor()
    await page.getByText('Nobody who calls you unasked').waitFor()
    expect(await page.getByRole('switch', { name: 'See a screen' }).isChecked()).toBe(true)
    expect(await page.getByRole('switch', { name: 'Exchange files' }).isChecked()).toBe(false)
    await page.getByText('Compare three words').click()
    expect((await part(page, 'words').textContent())?.split(' ')).toHaveLength(3)
    expect(await part(page, 'words').textContent()).toBe((await desk.locator('[part=words] span').allTextContents()).join(' '))
    await page.getByText('How to get the companion').click()
    await page.getByText(`npx @remote-assist/customer --broker ${broker.url}`).waitFor()
    expect(await barriers(page)).toEqual([])
    await press(page, 'Start')

    await page.getByText('Ada can see your screen').waitFor()
    await desk.locator('canvas[data-frame]').waitFor()
    expect(await desk.locator('canvas[data-frame]').evaluate((canvas: HTMLCanvasElement) => [canvas.width, canvas.height])).toEqual([
      SCREEN.width,
      SCREEN.height,
    ])
    await expect.poll(async () => isAbout(await pixelAt(desk, GROUND.x, GROUND.y), [0x3a, 0x7d, 0x44]), PATIENT).toBe(true)
    await stage.paint('#b03060')
    await expect.poll(async () => isAbout(await pixelAt(desk, GROUND.x, GROUND.y), [0xb0, 0x30, 0x60]), PATIENT).toBe(true)
    expect(await barriers(page)).toEqual([])

    await page.getByPlaceholder('Message to everybody').fill('It began this morning.')
    await page.keyboard.press('Enter')
    await desk.getByText('It began this morning.').waitFor()
    await desk.getByPlaceholder('Message to everybody').fill('Let me look.')
    await desk.keyboard.press('Enter')
    await part(page, 'chat-lines').getByText('Let me look.').waitFor()

    await press(page, 'Pause')
    await page.getByText('Paused: nobody sees or does anything').waitFor()
    await desk.getByText('The customer paused the session').waitFor()
    await stage.paint('#3a7d44')
    await press(page, 'Continue')
    await expect.poll(async () => isAbout(await pixelAt(desk, GROUND.x, GROUND.y), [0x3a, 0x7d, 0x44]), PATIENT).toBe(true)

    await press(page, 'Stop')
    await page.getByRole('heading', { name: 'It is over' }).waitFor()
    await page.getByText('You stopped the session.', { exact: false }).first().waitFor()
    await desk.getByRole('heading', { name: 'The session has ended' }).waitFor()
    for (const line of ['Ada joined', 'You allowed Ada: see the screen, chat and draw', 'Ada looks at the screen', 'You paused', 'You stopped the session'])
      await part(page, 'log-lines').getByText(line, { exact: true }).waitFor()
    const saved = page.waitForEvent('download')
    await press(page, 'Save the log')
    expect(verifyAudit(await readFile(await (await saved).path()))).toMatchObject({ verdict: 'intact', ended: true })
    expect(await barriers(page)).toEqual([])
  })

  test('takes a link at once, and clears the address', async () => {
    const agent = await newAgent()
    const page = await context.newPage()
    await page.goto(agent.customerUrl)
    await page.getByRole('heading', { name: 'Ada would like to help you' }).waitFor()
    expect(page.url()).toBe(`${broker.url}/join`)
    // The link may be pasted into the field as well.
    const other = await newAgent({ displayName: 'Ben' })
    const pasted = await openJoin()
    await typePin(pasted, other.customerUrl)
    await pasted.getByRole('heading', { name: 'Ben would like to help you' }).waitFor()
  })

  test('says who vouches for the agent, to a person who trusts them (RA-SEC-053)', async () => {
    const { trust, credential } = organisation('Example Support')
    const agent = await newAgent({ credential })
    const page = await openJoin()
    await page.locator('remote-assist-customer').evaluate((element, trusted) => Object.assign(element, { trust: trusted }), trust)
    await typePin(page, agent.pin.grouped)
    await page.getByText('Verified: Example Support vouches for them').waitFor()
  })

  test('says what is wrong with a PIN, and how many tries are left', async () => {
    const agent = await newAgent()
    const page = await openJoin()
    await typePin(page, '12 34')
    await page.getByText('That is no PIN yet.').waitFor()
    await typePin(page, `9${agent.pin.digits.slice(1, -6)}000000`)
    await page.getByText('There is no session with this PIN.').waitFor()
    await typePin(page, agent.pin.digits.slice(0, -6) + (agent.pin.secret === '000000' ? '111111' : '000000'))
    await page.getByText('That PIN is not right. 2 tries are left.').waitFor()
    expect(await page.getByLabel('PIN').getAttribute('aria-invalid')).toBe('true')
    expect(await barriers(page)).toEqual([])
    await typePin(page, agent.pin.grouped)
    await page.getByRole('heading', { name: 'Ada would like to help you' }).waitFor()
  })

  test('says that there is no connection', async () => {
    const page = await openJoin()
    await context.setOffline(true)
    await typePin(page, '4821 973 015 7')
    await page.getByText('There is no connection to the service.').waitFor()
    complaints = complaints.filter(text => !text.includes('net::ERR_INTERNET_DISCONNECTED'))
  })

  test('says how long to wait when there were too many tries', async () => {
    const strict = await startStage(undefined, { joinsPerMinute: 1 })
    onTestFinished(() => strict.close())
    const page = await context.newPage()
    await page.goto(`${strict.url}/join`)
    await typePin(page, '1234 567 8901')
    await page.getByText('There is no session with this PIN.').waitFor()
    await typePin(page, '1234 567 8902')
    await page.getByText(/Too many tries from here\. Wait \d+ s, then try again\./).waitFor()
    expect(await page.getByRole('button', { name: 'Continue' }).getAttribute('aria-disabled')).toBe('true')
    expect(await page.getByLabel('PIN').inputValue()).toBe('1234 567 8902')
  })

  test('shares nothing with whoever is turned down', async () => {
    const agent = await newAgent()
    const joined = agent.customer().catch(codeOf)
    const failed = new Promise<string>(resolve => agent.on('customer-failed', error => resolve(error.code)))
    const page = await openJoin()
    await typePin(page, agent.pin.grouped)
    await press(page, 'Not now')
    await page.getByRole('heading', { name: 'You said no' }).waitFor()
    expect(await Promise.race([joined, failed])).toMatch(/E_CONSENT_DENIED|E_LEFT/)
    expect(await barriers(page)).toEqual([])
    await press(page, 'Another PIN')
    await page.getByRole('heading', { name: 'Type the PIN' }).waitFor()
  })

  test('gives and takes what it says, switch by switch, and ends the picture with its switch', async () => {
    const { page, session } = await share()
    expect(session.grants).toHaveLength(3)
    await page.getByRole('switch', { name: 'Exchange files' }).check()
    await expect.poll(() => session.grants.length, PATIENT).toBe(5)
    await page.getByRole('switch', { name: 'See a screen' }).uncheck()
    await page.getByText('Ada is here and sees nothing').waitFor()
    await expect.poll(() => session.grants.length, PATIENT).toBe(4)
    await part(page, 'log-lines').getByText('Ada may no longer: see the screen').waitFor()
    await press(page, 'Turn out')
    await page.getByRole('heading', { name: 'It is over' }).waitFor()
  })

  test('brings files both ways, each by the person’s click', async () => {
    const { page, session } = await share(['Exchange files'])
    const content = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * 31 + (i >> 8)) % 251))
    const path = join(folder, 'driver.bin')
    await writeFile(path, content)
    const sending = session.files.send([path])
    await page.getByText('Ada would like to send you driver.bin (2.9 MB).').waitFor()
    expect(await barriers(page)).toEqual([])
    await press(page, 'Take it')
    expect((await sending.done).arrived).toEqual(['driver.bin'])
    const saved = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Save driver.bin' }).click()
    expect((await readFile(await (await saved).path())).equals(content)).toBe(true)

    const refused = session.files.send([path])
    await press(page, 'No')
    await expect(refused.done).rejects.toThrow()

    const report = { name: 'report.txt', mimeType: 'text/plain', buffer: Buffer.from('All is well.') }
    const offered = new Promise<void>(resolve =>
      session.on('file', offer => {
        void offer.accept().done.then(() => resolve())
      }),
    )
    const chooser = page.waitForEvent('filechooser')
    await press(page, 'Send files …')
    await (await chooser).setFiles(report)
    await offered
    expect(await readFile(join(folder, 'report.txt'), 'utf8')).toBe('All is well.')

    const asking = session.files.ask('Your log, please')
    await page.getByText('Your log, please').waitFor()
    const again = page.waitForEvent('filechooser')
    await press(page, 'Pick files …')
    await (await again).setFiles({ ...report, name: 'log.txt' })
    expect((await (await asking).accept().done).arrived).toEqual(['log.txt'])
    await part(page, 'log-lines').getByText('driver.bin was transferred, with Ada').waitFor()
  })

  test('passes copied text on by a click, each way, and never by itself', async () => {
    const { page, session } = await share(['Exchange copied text'])
    session.clipboard.sync({ toCustomer: true, fromCustomer: true })
    await page.evaluate(() => navigator.clipboard.writeText('Error 0x80070005'))
    const told = new Promise(resolve => session.on('clipboard', resolve))
    await press(page, 'Send what I copied')
    await told
    expect(await session.clipboard.read()).toBe('Error 0x80070005')

    session.clipboard.offer('sfc /scannow')
    await part(page, 'copied-text').getByText('sfc /scannow').waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('Error 0x80070005')
    await press(page, 'Copy what the agent sent')
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText()), PATIENT).toBe('sfc /scannow')

    // Where a browser lets no page read, the person pastes.
    await page.evaluate(() => Object.assign(navigator.clipboard, { readText: () => Promise.reject(new Error('not allowed')) }))
    await press(page, 'Send what I copied')
    await page.getByLabel('Paste here what you want to send').press('Control+V')
    await expect.poll(() => session.clipboard.read(), PATIENT).toBe('sfc /scannow')
  })

  test('asks about each who comes later, above all else, and lets them see no more than that', async () => {
    const { page, session } = await share()
    const invitation = await session.invite({ role: 'viewer' })
    const expert = await context.newPage()
    await expert.goto(invitation.url.replace('/view', '/view?name=Ben'))
    await page.getByRole('heading', { name: 'Ben would like to watch' }).waitFor()
    expect(await barriers(page)).toEqual([])
    await press(page, 'Start')
    await page.getByText('Ada and Ben can see your screen').waitFor()
    await expert.locator('canvas[data-frame]').waitFor()
    await page.getByRole('switch', { name: 'Exchange files' }).check()
    await part(page, 'log-lines').getByText('Ada may: files').waitFor()
    expect(await part(page, 'log-lines').getByText('Ben may').count()).toBe(0)
  })

  test('keeps who sees, and Stop, in a window above all others', async () => {
    const { page } = await share()
    await press(page, 'Keep on top')
    const small = (act: 'read' | 'stop') =>
      page.evaluate(what => {
        const { window } = (globalThis as unknown as { readonly documentPictureInPicture: { readonly window: Window | null } }).documentPictureInPicture
        const root = window?.document.querySelector('main')?.shadowRoot
        if (what === 'stop') root?.querySelector<HTMLElement>('[part~=stop]')?.click()
        return root?.querySelector('[role=status]')?.textContent ?? ''
      }, act)
    await expect.poll(() => small('read'), PATIENT).toBe('Ada can see your screen')
    await small('stop')
    await page.getByRole('heading', { name: 'It is over' }).waitFor()
    await expect.poll(() => small('read'), PATIENT).toBe('')
  })

  test('shares in browsers that give no stream of frames as well', async () => {
    await context.addInitScript(() => Reflect.deleteProperty(globalThis, 'MediaStreamTrackProcessor'))
    const { session } = await share()
    await session.screens.show(session.screens.next())
    for await (const { width, height } of session.screens.frames()) {
      expect([width, height]).toEqual([SCREEN.width, SCREEN.height])
      break
    }
  })

  test('does without the screen where a browser cannot share one, and says why', async () => {
    await context.addInitScript(() => {
      if (navigator.mediaDevices !== undefined) Object.defineProperty(navigator.mediaDevices, 'getDisplayMedia', { value: undefined })
    })
    const { page, agent, session } = await share()
    await page.getByText('Ada is here and sees nothing').waitFor()
    expect(session.screens.list).toEqual([])
    await page.getByText('This browser cannot share a screen.').first().waitFor()
    expect(await page.getByRole('switch', { name: 'See a screen' }).getAttribute('aria-disabled')).toBe('true')
    agent.leave()
    await page.getByRole('heading', { name: 'It is over' }).waitFor()
    await page.getByText('The agent ended the session.', { exact: false }).waitFor()
  })

  test('shows what the agent draws, and whose it is', async () => {
    const { page, session } = await share()
    const [screen] = session.screens.list
    session.annotations.draw(screen?.screenId ?? 0, [
      { x: 1_100, y: 100 },
      { x: 1_500, y: 100 },
    ])
    const preview = page.getByRole('img', { name: 'What they see, with what they draw' })
    await preview.waitFor()
    const red = () =>
      preview.evaluate((canvas: HTMLCanvasElement) => {
        const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(0, 0, canvas.width, canvas.height)
        return data.filter((value, i) => i % 4 === 0 && value === 0xff && data[i + 1] === 0x3b && data[i + 2] === 0x30).length
      })
    await expect.poll(red, PATIENT).toBeGreaterThan(200)
    session.annotations.clear()
    await expect.poll(red, PATIENT).toBe(0)
    await press(page, 'Hide what they see')
    expect(await preview.count()).toBe(0)
  })

  test('ends the share when the person ends it in the browser’s bar, and shares again on a click', async () => {
    const { page, session } = await share()
    const ended = new Promise<void>(resolve => session.on('screen-list', list => list.length === 0 && resolve()))
    await page.evaluate(() => {
      // The browser’s own button ends the track just so.
      const [track] = (globalThis as unknown as Kept).picked.getTracks()
      track?.stop()
      track?.dispatchEvent(new Event('ended'))
    })
    await ended
    await page.getByText('Nothing is shared.').waitFor()
    await page.getByText('Ada is here and sees nothing').waitFor()
    await press(page, 'Pick a screen')
    await expect.poll(() => session.screens.list.length, PATIENT).toBe(1)
    await page.getByText('Ada can see your screen').waitFor()
  })

  test('says when it was loaded again, which ends the share', async () => {
    const { page, session } = await share()
    const ended = new Promise<AssistError>(resolve => session.on('ended', resolve))
    // Whoever has touched the page is asked first.
    page.on('dialog', dialog => void dialog.accept())
    await page.reload()
    await page.getByText('This page was loaded again, so the share ended.').waitFor()
    await page.getByRole('heading', { name: 'Type the PIN' }).waitFor()
    expect((await ended).code).toBe('E_STOPPED')
  })

  test('comes back after the line dropped, and says so meanwhile', async () => {
    const agent = await newAgent()
    const joined = agent.customer()
    const page = await context.newPage()
    let drop = (): unknown => undefined
    let open = true
    await page.routeWebSocket(/.*/, async line => {
      if (!open) return line.close()
      line.connectToServer()
      drop = () => line.close()
    })
    await page.goto(`${broker.url}/join`)
    await typePin(page, agent.pin.grouped)
    await press(page, 'Start')
    await joined
    await part(page, 'bar').waitFor()
    open = false
    await drop()
    await page.getByText('Your connection dropped').waitFor()
    expect(await barriers(page)).toEqual([])
    open = true
    await page.getByText('Ada can see your screen').waitFor()
  })

  test('is one script and one tag in a page of somebody else: in German, on a phone, where nothing is cut off', async () => {
    const site = await mkdtemp(join(folder, 'site-'))
    const built = new URL('../dist/', import.meta.url)
    for (const name of ['remote-assist-customer.js', 'remote-assist-customer-worker.js']) await copyFile(new URL(name, built), join(site, name))
    await writeFile(
      join(site, 'index.html'),
      `<!doctype html><html lang="de"><title>Hilfe</title><link rel="icon" href="data:,"><meta name="viewport" content="width=device-width">
      <script type="module" src="/remote-assist-customer.js"></script><body><remote-assist-customer></remote-assist-customer>`,
    )
    const elsewhere = await startStage(site)
    onTestFinished(() => elsewhere.close())
    const agent = await newAgent({ brokerUrl: elsewhere.url })
    const joined = agent.customer()
    const page = await context.newPage()
    await page.setViewportSize({ width: 360, height: 740 })
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.goto(elsewhere.url)
    await page.getByRole('heading', { name: 'Geben Sie die PIN ein' }).waitFor()
    await typePin(page, agent.pin.grouped)
    await page.getByRole('heading', { name: 'Ada möchte Ihnen helfen' }).waitFor()
    expect(await barriers(page)).toEqual([])
    await pressByKeys(page, 'Starten')
    const session = await joined
    const ended = new Promise<AssistError>(resolve => session.on('ended', resolve))
    await page.getByText('Ada sieht Ihren Bildschirm').waitFor()
    expect(await barriers(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
    const area = async (name: string) => {
      const { width = 0, height = 0 } = (await part(page, name).boundingBox()) ?? {}
      return width * height
    }
    expect(await area('stop')).toBeGreaterThan(await area('pause'))
    await page.locator('remote-assist-customer').evaluate(element => element.remove())
    expect((await ended).code).toBe('E_STOPPED')
  })
})
