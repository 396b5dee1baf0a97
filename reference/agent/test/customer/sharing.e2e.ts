import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AssistError } from '@remote-assist/peer'
import { expect, test } from 'vitest'
import { SCREEN } from '../../scripts/x-screen.mjs'
import { barriers, part } from '../customer-page.js'
import { type Kept, PATIENT, press, typePin, useVisit } from './visit.js'

const visit = useVisit()

test('gives and takes what it says, switch by switch, and ends the picture with its switch', async () => {
  const { page, session } = await visit.share()
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
  const { page, session } = await visit.share(['Exchange files'])
  const content = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * 31 + (i >> 8)) % 251))
  const path = join(visit.folder, 'driver.bin')
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
  expect(await readFile(join(visit.folder, 'report.txt'), 'utf8')).toBe('All is well.')

  const asking = session.files.ask('Your log, please')
  await page.getByText('Your log, please').waitFor()
  const again = page.waitForEvent('filechooser')
  await press(page, 'Pick files …')
  await (await again).setFiles({ ...report, name: 'log.txt' })
  expect((await (await asking).accept().done).arrived).toEqual(['log.txt'])
  await part(page, 'log-lines').getByText('driver.bin was transferred, with Ada').waitFor()
})

test('passes copied text on by a click, each way, and never by itself', async () => {
  const { page, session } = await visit.share(['Exchange copied text'])
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
  const { page, session } = await visit.share()
  const invitation = await session.invite({ role: 'viewer' })
  const expert = await visit.context.newPage()
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
  const { page } = await visit.share()
  await press(page, 'Keep on top')
  const small = (act: 'read' | 'stop') =>
    page.evaluate(what => {
      const { window } = (globalThis as unknown as { readonly documentPictureInPicture: { readonly window: Window | null } }).documentPictureInPicture
      const root = window?.document.querySelector('main')?.shadowRoot
      if (what === 'stop') root?.querySelector<HTMLElement>('[part~=stop]')?.click()
      return root?.querySelector('[part=presence]')?.textContent?.trim() ?? ''
    }, act)
  await expect.poll(() => small('read'), PATIENT).toBe('Ada can see your screen')
  await small('stop')
  await page.getByRole('heading', { name: 'It is over' }).waitFor()
  await expect.poll(() => small('read'), PATIENT).toBe('')
})

test('shares in browsers that give no stream of frames as well', async () => {
  await visit.context.addInitScript(() => Reflect.deleteProperty(globalThis, 'MediaStreamTrackProcessor'))
  const { session } = await visit.share()
  await session.screens.show(session.screens.next())
  for await (const { width, height } of session.screens.frames()) {
    expect([width, height]).toEqual([SCREEN.width, SCREEN.height])
    break
  }
})

test('does without the screen where a browser cannot share one, and says why', async () => {
  await visit.context.addInitScript(() => {
    if (navigator.mediaDevices !== undefined) Object.defineProperty(navigator.mediaDevices, 'getDisplayMedia', { value: undefined })
  })
  const { page, agent, session } = await visit.share()
  await page.getByText('Ada is here and sees nothing').waitFor()
  expect(session.screens.list).toEqual([])
  await page.getByText('This browser cannot share a screen.').first().waitFor()
  expect(await page.getByRole('switch', { name: 'See a screen' }).getAttribute('aria-disabled')).toBe('true')
  agent.leave()
  await page.getByRole('heading', { name: 'It is over' }).waitFor()
  await page.getByText('The agent ended the session.', { exact: false }).waitFor()
})

test('shows what the agent draws, and whose it is', async () => {
  const { page, session } = await visit.share()
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
  const { page, session } = await visit.share()
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
  const { page, session } = await visit.share()
  const ended = new Promise<AssistError>(resolve => session.on('ended', resolve))
  // Whoever has touched the page is asked first.
  page.on('dialog', dialog => void dialog.accept())
  await page.reload()
  await page.getByText('This page was loaded again, so the share ended.').waitFor()
  await page.getByRole('heading', { name: 'Type the PIN' }).waitFor()
  expect((await ended).code).toBe('E_STOPPED')
})

test('comes back after the line dropped, and says so meanwhile', async () => {
  const agent = await visit.newAgent()
  const joined = agent.customer()
  const page = await visit.context.newPage()
  let drop = (): unknown => undefined
  let open = true
  await page.routeWebSocket(/.*/, async line => {
    if (!open) return line.close()
    line.connectToServer()
    drop = () => line.close()
  })
  await page.goto(`${visit.broker.url}/join`)
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
