import { chromium } from 'playwright-core'
import { FLAGS, newContext, startStage } from './stage.mjs'
import { COMPANION_NAMES, leadCompanion } from './states-companion.mjs'
import { consoleStates } from './states-console.mjs'
import { customerStates } from './states-customer.mjs'

/** Letters are drawn alike on every machine: their shapes are not bent to the grid of one screen. */
const STILL_FLAGS = ['--font-render-hinting=none', '--disable-lcd-text', '--force-device-scale-factor=1']

/** @typedef {{ viewport: import('playwright-core').ViewportSize, colorScheme: 'light' | 'dark' }} Look */

/** @type {Look} */
const WIDE = { viewport: { width: 1280, height: 800 }, colorScheme: 'light' }
/** @type {Look} */
const NARROW = { viewport: { width: 360, height: 740 }, colorScheme: 'light' }

/** Other looks than the one in which a session is led through its states. @type {Record<string, Partial<Look>>} */
const DARK = { '-dark': { colorScheme: 'dark' } }
const DARK_AND_HUGE = { ...DARK, '-4k': { viewport: { width: 3840, height: 2160 } } }

/** Sessions, and the states of each that are pictured, with the other looks in which they are pictured as well. */
const SESSIONS = [
  {
    who: 'console',
    lead: consoleStates,
    look: WIDE,
    states: {
      ...{
        waiting: {},
        asking: {},
        viewer: {},
        transfer: {},
        session: DARK_AND_HUGE,
        elevate: {},
        offer: {},
        second: {},
        credentials: {},
        elevated: {},
      },
      ...{ paused: {}, reconnecting: {}, ended: {}, expired: {}, error: {} },
    },
  },
  { who: 'console-360', lead: consoleStates, look: NARROW, states: { waiting: {}, asking: {}, session: {} } },
  { who: 'customer', lead: customerStates, look: WIDE, states: { consent: {}, sharing: DARK } },
  { who: 'customer-360', lead: customerStates, look: NARROW, states: { consent: {}, sharing: {} } },
  {
    who: 'companion-360',
    lead: leadCompanion,
    look: { ...NARROW, viewport: { width: 360, height: 1_200 } },
    states: Object.fromEntries(COMPANION_NAMES.map(name => [name, {}])),
  },
]

/** Starts a browser whose pictures are the same on every machine. */
export const startPictureBrowser = () => chromium.launch({ executablePath: '/usr/bin/chromium', args: [...FLAGS, ...STILL_FLAGS] })

/**
 * Takes a picture of every main state of the console, the viewer's page and the customer's page, from real sessions, and of the companion's window: PNG by name, such as `console-session-dark`.
 *
 * @param {import('playwright-core').Browser} browser of `startPictureBrowser`
 * @param {(who: string, state: string, page: import('playwright-core').Page) => Promise<unknown>} [look] looks at every state of a session, pictured or not, as it is
 * @returns {Promise<ReadonlyMap<string, Buffer>>}
 */
export async function takePictures(browser, look = async () => {}) {
  /** @type {Map<string, Buffer>} */
  const pictures = new Map()
  const broker = await startStage()
  try {
    for (const { who, lead, look: usual, states } of SESSIONS) {
      const context = await newContext(browser, usual)
      await context.addInitScript(giveScreen)
      await lead(broker, context, async (state, page) => {
        await look(who, state, page)
        if (!(state in states)) return
        for (const [name, other] of Object.entries({ '': {}, ...states[state] })) {
          await wear(page, { ...usual, ...other })
          pictures.set(`${who}-${state}${name}`, await stillPicture(page))
        }
        await wear(page, usual)
        return state === Object.keys(states).at(-1) ? 'enough' : undefined
      })
      await context.close()
    }
  } finally {
    await broker.close()
  }
  return pictures
}

async function wear(page, { viewport, colorScheme }) {
  await page.setViewportSize(viewport)
  await page.emulateMedia({ colorScheme })
}

/**
 * Takes a picture in which what differs from one run to the next stands still: numbers that count (time, PIN, port, rates, how far a transfer is), the words to
 * compare and the strength of the line are set to a value each, where they stand and in the letters they have; and the customer's picture, which other tests look at, is black.
 * Everything else is as it was drawn; afterwards the words are those of the page again.
 *
 * @param {import('playwright-core').Page} page
 */
export async function stillPicture(page) {
  await page.mouse.move(0, 0)
  await page.evaluate(async () => {
    const fixed = [
      [/127\.0\.0\.1:\d+/g, 'assist.example'],
      [/\d{4}-\d{3}-\d{3}/g, '4821-973-015'],
      [/\d\d:\d\d:\d\d/g, '09:41:07'],
      [/(?<![\d:])\d{1,2}:\d\d(?![\d:])/g, '9:41'],
      [/(?<!\d)\d+ ms/g, '24 ms'],
      [/(?<!\d)\d{1,2} %/g, '62 %'],
    ]
    const parts = { pin: ['4821', '973', '015'], words: ['amber', 'canal', 'tulip'] }
    /** What the page wrote, which it does not write again before it is another. */
    const written = new Map()
    const write = (text, data) => {
      if (text.data === data) return
      written.set(text, { was: written.get(text)?.was ?? text.data, still: data })
      text.data = data
    }
    globalThis.unstill = () => {
      // What the page wrote meanwhile stays.
      for (const [text, { was, still }] of written) if (text.data === still) text.data = was
    }
    const texts = element => [...element.childNodes].filter(node => node.nodeType === Node.TEXT_NODE && node.data.trim() !== '')
    const still = root => {
      for (const element of root.querySelectorAll('*')) {
        if (element.shadowRoot !== null) still(element.shadowRoot)
        for (const text of texts(element)) {
          const data = fixed.reduce((words, [what, value]) => words.replace(what, value), text.data)
          write(text, data)
        }
      }
      for (const [name, values] of Object.entries(parts))
        for (const part of root.querySelectorAll(`[part~=${name}]`)) {
          const spans = [...part.querySelectorAll('span')].flatMap(texts)
          if (spans.length === 0) for (const text of texts(part)) write(text, values.join(' '))
          for (const [i, text] of spans.entries()) write(text, values[i])
        }
      for (const progress of root.querySelectorAll('progress')) progress.value = 0.62
      for (const bars of root.querySelectorAll('.bars')) bars.className = 'bars b3'
      for (const canvas of root.querySelectorAll('canvas')) canvas.style.filter = 'brightness(0)'
    }
    still(document)
    await document.fonts.ready
  })
  const png = await page.screenshot({ animations: 'disabled', caret: 'hide' })
  await page.evaluate(() => globalThis.unstill())
  return png
}

/** A browser without a window has no screen to share: there a blank one of this size is picked. */
function giveScreen() {
  // An empty page has no devices.
  if (navigator.mediaDevices === undefined) return
  navigator.mediaDevices.getDisplayMedia = async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 1600, height: 900 })
    const context = canvas.getContext('2d')
    setInterval(() => context.fillRect(0, 0, canvas.width, canvas.height), 100)
    const stream = canvas.captureStream(10)
    const [track] = stream.getVideoTracks()
    const { getSettings } = MediaStreamTrack.prototype
    track.getSettings = () => ({ ...getSettings.call(track), displaySurface: 'monitor' })
    return stream
  }
}
