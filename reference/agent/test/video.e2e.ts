import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, type Frame, PictureCodec, type Session, type VideoCodec } from '@remote-assist/peer'
import { connect } from '@remote-assist/transport-websocket'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { joinByPin, startBrowser, startStage } from '../scripts/stage.mjs'
import { SCREEN, startSharingBrowser } from '../scripts/x-screen.mjs'
import { complaintsOf, isAbout, part, pixelAt } from './customer-page.js'
import { fillWithMotion, glassToGlass, watchConsole } from './video-figures.js'

const PATIENT = { timeout: 20_000 }
/** Where no window is. */
const GROUND = { x: SCREEN.width - 120, y: 300 }
const RED = { name: '#b03060', rgb: [0xb0, 0x30, 0x60] } as const
const GREEN = { name: '#3a7d44', rgb: [0x3a, 0x7d, 0x44] } as const
const NAMES: { readonly [C in VideoCodec]: PictureCodec } = { h264: PictureCodec.H264, vp9: PictureCodec.VP9, av1: PictureCodec.AV1 }

let stage: Awaited<ReturnType<typeof startSharingBrowser>>
let broker: Awaited<ReturnType<typeof startStage>>
/** Windows of their own, so that none is hidden behind another: of the customer, and of those who look. */
let customers: BrowserContext
let desks: BrowserContext
let complaints: readonly (readonly string[])[]

beforeAll(async () => {
  broker = await startStage()
  stage = await startSharingBrowser()
})
afterAll(async () => {
  await stage?.close()
  await broker?.close()
})
beforeEach(async () => {
  const open = () => stage.browser.newContext({ viewport: { width: 980, height: 760 }, locale: 'en' })
  customers = await open()
  desks = await open()
  for (const context of [customers, desks]) context.setDefaultTimeout(PATIENT.timeout)
  complaints = [customers, desks].map(complaintsOf)
  await stage.paint(GREEN.name)
})
afterEach(async () => {
  for (const context of [customers, desks]) await context.close()
  expect(complaints.flat()).toEqual([])
})

/** A page that shares the entire screen with who has this PIN. */
async function share(pin: string, url = broker.url, context = customers): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${url}/join?name=Eva`)
  await page.getByLabel('PIN').fill(pin)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await part(page, 'bar').waitFor()
  return page
}

/** An agent without a page, and a page that shares with it. */
async function assisted(at = broker): Promise<{ readonly session: Session; readonly page: Page }> {
  const agent = await Agent.create({ transport: connect, brokerUrl: at.url, displayName: 'Ada' })
  onTestFinished(() => agent.leave())
  const joined = agent.customer()
  const page = await share(agent.pin.grouped, at.url)
  return { session: await joined, page }
}

/** Opens a console, and reads the PIN off it. */
async function openConsole(desk: Page, url = broker.url): Promise<string> {
  await desk.goto(`${url}/?name=Ada`)
  const groups = desk.locator('[part=pin] span')
  await groups.first().waitFor()
  return (await groups.allTextContents()).join('')
}

/** A console, and a page that shares with it. */
async function assistedByConsole(before: (desk: Page) => Promise<unknown> = async () => undefined): Promise<{ readonly desk: Page; readonly page: Page }> {
  const desk = await desks.newPage()
  await before(desk)
  return { desk, page: await share(await openConsole(desk)) }
}

const shows = (desk: Page, { rgb }: { readonly rgb: readonly number[] }) =>
  expect.poll(async () => isAbout(await pixelAt(desk, GROUND.x, GROUND.y), rgb), PATIENT).toBe(true)

/** The first frame that is so. */
async function frameThat(session: Session, fits: (frame: Frame) => boolean): Promise<Frame> {
  for await (const frame of session.screens.frames()) if (fits(frame)) return frame
  throw new Error('The frames ended.')
}

const isVideo = ({ rects }: Frame): boolean => rects.some(({ codec }) => codec in NAMES)

describe('video', () => {
  test.each(['h264', 'vp9', 'av1'] as const)(
    '%s is used for whoever names it: whole pictures, a key frame first and when one is asked for (RA-SCR-081, RA-SCR-083)',
    async codec => {
      const { session } = await assisted()
      await session.screens.show(session.screens.next(), { codecs: [NAMES[codec]] })
      const whole = [{ codec, x: 0, y: 0, width: SCREEN.width, height: SCREEN.height }]
      const first = await frameThat(session, () => true)
      expect(first).toMatchObject({ keyframe: true, width: SCREEN.width, height: SCREEN.height, rects: whole })
      const delta = frameThat(session, frame => isVideo(frame) && !frame.keyframe)
      await stage.paint(RED.name)
      expect((await delta).rects).toMatchObject(whole)
      session.screens.repair()
      const again = await frameThat(session, ({ keyframe }) => keyframe)
      expect(again.rects).toMatchObject(whole)
    },
  )

  test('is left out where the policy leaves it out, and the picture comes all the same (RA-SCR-053)', async () => {
    const strict = await startStage(undefined, { policy: { pictureCodecs: [PictureCodec.RAW, PictureCodec.PNG, PictureCodec.JPEG] } })
    onTestFinished(() => strict.close())
    const { session } = await assisted(strict)
    await session.screens.show(session.screens.next(), { codecs: Object.values(NAMES) })
    const first = await frameThat(session, () => true)
    expect(first).toMatchObject({ keyframe: true, width: SCREEN.width, height: SCREEN.height })
    const next = frameThat(session, () => true)
    await stage.paint(RED.name)
    expect([first, await next].some(isVideo)).toBe(false)
  })

  test('is decoded in the console’s worker, in the right colours (RA-SCR-084, RA-SCR-087)', async () => {
    const { desk } = await assistedByConsole(one =>
      one.addInitScript(() => {
        const here: string[] = []
        Object.assign(globalThis, { here })
        globalThis.VideoDecoder = class extends VideoDecoder {
          constructor(init: VideoDecoderInit) {
            super(init)
            here.push('decoder')
          }
        }
      }),
    )
    await desk.locator('canvas[data-video=h264][data-painted-in=worker]').waitFor()
    await shows(desk, GREEN)
    await stage.paint(RED.name)
    await shows(desk, RED)
    expect(await desk.evaluate(() => (globalThis as unknown as { here: string[] }).here)).toEqual([])
  })

  test.each(['vp9', 'av1'] as const)(
    '%s is decoded in the console’s worker as well where the policy leaves nothing else, in the right colours (RA-SCR-053)',
    async codec => {
      const one = await startStage(undefined, { policy: { pictureCodecs: [PictureCodec.RAW, PictureCodec.PNG, PictureCodec.JPEG, NAMES[codec]] } })
      onTestFinished(() => one.close())
      const desk = await desks.newPage()
      await share(await openConsole(desk, one.url), one.url)
      await desk.locator(`canvas[data-video=${codec}][data-painted-in=worker]`).waitFor()
      for (const colour of [GREEN, RED]) {
        await stage.paint(colour.name)
        await shows(desk, colour)
      }
      // It is still the same codec: nothing was given up.
      expect(await desk.locator(`canvas[data-video=${codec}]`).count()).toBe(1)
    },
  )

  test('begins anew for whoever comes late, and goes on for those who have it (RA-SCR-019, RA-SCR-083)', async () => {
    const { session, page } = await assisted()
    await session.screens.show(session.screens.next(), { codecs: [PictureCodec.H264] })
    const seen: Frame[] = []
    const watching = (async () => {
      for await (const frame of session.screens.frames()) seen.push(frame)
    })()
    const { url } = await session.invite({ role: 'viewer' })
    const expert = await desks.newPage()
    await expert.goto(url.replace('/view', '/view?name=Ben'))
    await page.getByRole('heading', { name: 'Ben would like to watch' }).waitFor()
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await expert.locator('canvas[data-frame]').waitFor()
    // Within two seconds of another key frame it has rectangles, until much changes after that.
    const films = expert.locator('canvas[data-video=h264][data-painted-in=worker]')
    await expect
      .poll(async () => {
        for (const { name } of [RED, GREEN]) await stage.paint(name)
        return films.count()
      }, PATIENT)
      .toBe(1)
    await stage.paint(RED.name)
    await shows(expert, RED)
    const before = seen.length
    await expect
      .poll(async () => {
        for (const { name } of [GREEN, RED]) await stage.paint(name)
        return seen.slice(before).some(frame => isVideo(frame) && !frame.keyframe)
      }, PATIENT)
      .toBe(true)
    session.leave()
    await watching
  })

  test('goes on from a key frame after a picture did not decode, and without a codec whose decoder always fails (RA-SCR-043)', async () => {
    const { desk } = await assistedByConsole(one =>
      one.route(/worker-.*\.js$/, async route => {
        const response = await route.fetch()
        const broken = `{
          const { decode } = VideoDecoder.prototype
          let pictures = 0
          VideoDecoder.prototype.configure = (configure => function (config) { this.named = config.codec; return configure.call(this, config) })(VideoDecoder.prototype.configure)
          VideoDecoder.prototype.decode = function (chunk) {
            if (this.named.startsWith('avc1') || ++pictures === 2) throw new TypeError('A decoder that is broken.')
            return decode.call(this, chunk)
          }
        }\n`
        await route.fulfill({ response, body: broken + (await response.text()) })
      }),
    )
    await desk.locator('canvas[data-video=vp9][data-painted-in=worker]').waitFor()
    for (const colour of [RED, GREEN, RED]) {
      await stage.paint(colour.name)
      await shows(desk, colour)
    }
  })

  // How fast it is says nothing on a machine with other work: it is printed, and looked at by whoever wants to know.
  if (process.env.DEEP === 'true')
    test.each([
      ['video', []],
      ['rectangles', [PictureCodec.RAW, PictureCodec.PNG, PictureCodec.JPEG, PictureCodec.COPY]],
    ] as const)('of 1920×1080 in a console elsewhere, by %s: frames a second, and how long a change takes to be seen', async (name, pictureCodecs) => {
      const hd = { width: 1920, height: 1080 }
      const [wide, elsewhere, at] = [await startSharingBrowser(hd), await startBrowser(), await startStage(undefined, { policy: { pictureCodecs } })]
      onTestFinished(async () => {
        await wide.close()
        await elsewhere.close()
        await at.close()
      })
      const desk = await elsewhere.newPage({ viewport: { width: 1500, height: 900 } })
      const pin = await openConsole(desk, at.url)
      const page = await share(pin, at.url, await wide.browser.newContext({ viewport: { width: 980, height: 760 } }))
      const app = await wide.browser.newPage({ viewport: { width: 1800, height: 920 } })
      const motion = await fillWithMotion(app, { width: 1800, height: 920 })
      await desk.locator('canvas[data-frame][data-painted-in=worker]').waitFor()
      const watch = await watchConsole(desk)
      await motion.drawn(240)
      const { framesASecond, longestTaskMs } = await watch.stop()
      await motion.stop()
      const waits: number[] = []
      for (let i = 0; i < 11; i++) waits.push(await glassToGlass(app, desk, i % 2 === 0 ? [200, 30, 40] : [20, 90, 200], [900, 500]))
      const [median = 0] = waits.sort((a, b) => a - b).slice(5)
      console.log(
        `1920×1080 by ${name}: ${framesASecond.toFixed(1)} frames/s; seen after ${Math.round(median)} ms (${waits.map(Math.round).join(', ')}); longest task of the console: ${longestTaskMs} ms`,
      )
      expect(await part(page, 'bar').count()).toBe(1)
    })

  if (process.env.DEEP === 'true')
    test('in a console that sends a file of 128 MiB goes on, and so do its controls', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'figures-'))
      onTestFinished(() => rm(folder, { recursive: true }))
      const path = join(folder, 'large.bin')
      await writeFile(path, Buffer.alloc(134_217_728, 7))
      const desk = await desks.newPage()
      const { customer } = await joinByPin(broker, await openConsole(desk), { downloads: join(folder, 'downloads') })
      customer.on('consent', request => request.grantAll())
      const arrived = customer.once('file').then(({ offer }) => offer.accept().done)
      await desk.locator('canvas[data-frame][data-painted-in=worker]').waitFor()
      const watch = await watchConsole(desk)
      const chooser = desk.waitForEvent('filechooser')
      await desk.getByRole('button', { name: 'Files' }).first().click()
      await desk.getByRole('menuitem', { name: 'Send files …' }).click()
      await (await chooser).setFiles(path)
      await desk.getByText('large.bin').first().waitFor()
      // Each opens and closes the panel, while the file is on its way.
      let moving = true
      void arrived.then(() => {
        moving = false
      })
      const answers: number[] = []
      while (moving) {
        const begun = performance.now()
        await desk.getByRole('button', { name: 'Details' }).click()
        answers.push(Math.round(performance.now() - begun))
      }
      expect((await arrived).arrived).toEqual(['large.bin'])
      const { seconds, longestTaskMs } = await watch.stop()
      console.log(
        `128 MiB in ${seconds.toFixed(1)} s; longest task of the console: ${longestTaskMs} ms; ${answers.length} clicks, the slowest took ${Math.max(...answers)} ms`,
      )
      await customer.close()
    })
})
