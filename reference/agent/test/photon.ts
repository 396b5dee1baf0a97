/** What is measured between an agent's hand and the picture in the console; nothing of it is asserted. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type X11Host, x11Host } from '@remote-assist/customer/hosts'
import type { Image } from '@remote-assist/peer'
import type { Page } from 'playwright-core'

type Colour = readonly [red: number, green: number, blue: number]

const SCREEN = { width: 1280, height: 800 }
/** What the field looks like, by turns: before the first press like the first one. */
const COLOURS: readonly [Colour, Colour] = [
  [200, 30, 40],
  [20, 90, 200],
]
/** A place in the field, in pixels of the display. */
const PLACE = { x: 60, y: 40 }
/** HID usage of A. */
const KEY_A = 0x04

/** Gives a field of 16 by 4 letters in the corner of its terminal the other colour with each key, and with each button, that goes down. */
const PROGRAM = `
let presses = 0
const row = ' '.repeat(16)
const paint = () => process.stdout.write('\\x1b[H' + ('\\x1b[4' + (1 + presses % 2) + 'm' + row + '\\x1b[0m\\r\\n').repeat(4))
process.stdin.setRawMode(true)
process.stdin.on('data', () => paint(presses++))
process.stdout.write('\\x1b[?25l\\x1b[?9h')
paint()`

/** Writes a hundred lines a second. */
const SCROLLING = `
let line = 0
setInterval(() => process.stdout.write('line ' + ++line + ' of a program that has much to say\\r\\n'), 10)`

const hex = (colour: Colour): string => `#${colour.map(value => value.toString(16).padStart(2, '0')).join('')}`

/** An X display in memory with one program, a terminal that answers each press with another colour; and the host that shares it. */
export class Field implements AsyncDisposable {
  #presses = 0

  private constructor(
    readonly host: X11Host,
    private readonly env: NodeJS.ProcessEnv,
    private readonly programs: ChildProcess[],
  ) {}

  static async start(): Promise<Field> {
    const size = `${SCREEN.width}x${SCREEN.height}x24`
    const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', size, '-noreset', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
    const [number] = await once(server.stdio[3] as NodeJS.ReadableStream, 'data')
    const display = `:${String(number).trim()}`
    const colours = COLOURS.flatMap((colour, i) => ['-xrm', `XTerm*color${i + 1}: ${hex(colour)}`])
    const env = { ...process.env, DISPLAY: display, LC_ALL: 'C.UTF-8' }
    const field = new Field(await x11Host(display), env, [server])
    field.#open('160x50+0+0', PROGRAM, colours)
    await field.#whenShown(await field.#capture())
    await field.host.input?.move(field.#screenId, PLACE.x, PLACE.y)
    return field
  }

  /** The colour that the field has after so many presses more. */
  colour(more: number): Colour {
    return COLOURS[(this.#presses + more) % 2] as Colour
  }

  /** It was pressed. */
  pressed(): void {
    this.#presses++
  }

  /** How long a key takes without anything between: from XTEST to the pixels that the host reads, ms. */
  async pressHere(): Promise<number> {
    const capture = await this.#capture()
    const begun = performance.now()
    await this.host.input?.key(KEY_A, true)
    await this.host.input?.key(KEY_A, false)
    this.pressed()
    await this.#whenShown(capture)
    return performance.now() - begun
  }

  /** From now on text scrolls beside the field. */
  scroll(): void {
    this.#open('100x20+200+300', SCROLLING)
  }

  #open(place: string, program: string, more: readonly string[] = []): void {
    const look = ['-fa', 'DejaVu Sans Mono', '-fs', '13', '-bg', '#10161d', '-fg', '#dfe7ee', '-bw', '0', '-b', '0', '+sb', '-geometry', place, ...more]
    this.programs.push(spawn('xterm', [...look, '-e', process.execPath, '-e', program], { env: this.env, stdio: 'ignore' }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host.close()
    for (const program of this.programs.toReversed()) {
      const ended = program.exitCode === null && program.signalCode === null ? once(program, 'exit') : undefined
      program.kill()
      await ended
    }
  }

  get #screenId(): number {
    return this.host.screens.list()[0]?.id ?? 0
  }

  /** A look at the screen whenever it changed, all of it taken in before. */
  async #capture(): Promise<{ look(): Promise<Image>; stop(): void }> {
    let wake = (): void => undefined
    let changed = Promise.resolve()
    const capture = await this.host.screens.capture(this.#screenId, () => wake())
    const grab = async (): Promise<Image> => {
      changed = new Promise(resolve => {
        wake = resolve
      })
      return (await capture.grab()).image
    }
    let first: Image | undefined = await grab()
    return {
      look: async () => {
        const image = first
        first = undefined
        return image ?? changed.then(grab)
      },
      stop: () => capture.stop(),
    }
  }

  async #whenShown(capture: { look(): Promise<Image>; stop(): void }): Promise<void> {
    const [red, green, blue] = this.colour(0)
    for (;;) {
      const { data, stride } = await capture.look()
      const at = PLACE.y * stride + PLACE.x * 4
      if (data[at] === blue && data[at + 1] === green && data[at + 2] === red) break
    }
    capture.stop()
  }
}

/** What somebody does with the page: by now the pointer is on the field. */
export const HANDS = {
  key: (page: Page) => page.keyboard.press('a'),
  click: async (page: Page) => {
    await page.mouse.down()
    await page.mouse.up()
  },
} as const

/** Puts the pointer on the field in the console's picture. */
export async function pointAtField(page: Page): Promise<void> {
  const box = await page.locator('canvas[data-frame]').boundingBox()
  const scale = (box?.width ?? 0) / SCREEN.width
  await page.mouse.move((box?.x ?? 0) + PLACE.x * scale, (box?.y ?? 0) + PLACE.y * scale)
}

/** Resolves when the canvas of a page shows a colour in its field: with the ms since the first key or button that went down there after `ready`. */
async function shown(page: Page, colour: Colour): Promise<{ seen(): Promise<number> }> {
  const watch = await page.evaluateHandle(
    ([wanted, { x, y }]) => {
      const canvas = document.querySelector('remote-assist-console')?.shadowRoot?.querySelector('canvas') ?? document.querySelector('canvas')
      const pixel = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
      if (!canvas || !pixel) throw new TypeError('There is no picture.')
      // The page's clock, from when its browser got the input.
      let begun = performance.now()
      const stop = new AbortController()
      for (const name of ['keydown', 'pointerdown'])
        addEventListener(
          name,
          ({ timeStamp }) => {
            begun = timeStamp
            stop.abort()
          },
          { capture: true, signal: stop.signal },
        )
      const seen = new Promise<number>(resolve => {
        const look = () => {
          pixel.drawImage(canvas, x, y, 1, 1, 0, 0, 1, 1)
          const { data } = pixel.getImageData(0, 0, 1, 1)
          if (wanted.every((value, i) => Math.abs(value - (data[i] ?? 0)) < 16)) resolve(performance.now() - begun)
          else requestAnimationFrame(look)
        }
        requestAnimationFrame(look)
      })
      return { seen: () => seen }
    },
    [colour, PLACE] as const,
  )
  return { seen: () => watch.evaluate(({ seen }) => seen()) }
}

/** Resolves when the console shows the field as it is. */
export async function showsField(page: Page, field: Field): Promise<void> {
  await (await shown(page, field.colour(0))).seen()
}

/** How long one press takes from the console's page until its canvas shows what came of it, ms. */
export async function pressThere(page: Page, field: Field, hand: keyof typeof HANDS): Promise<number> {
  const { seen } = await shown(page, field.colour(1))
  await HANDS[hand](page)
  field.pressed()
  return seen()
}

/** A page without anything behind it, whose worker paints the field upon a key: what a browser takes for itself. `press`: how long, ms. */
export async function openPageAlone(page: Page): Promise<{ press(): Promise<number> }> {
  await page.setContent(`<canvas width="${SCREEN.width}" height="${SCREEN.height}"></canvas>`)
  await page.evaluate(colours => {
    const paint = `let context
        onmessage = ({ data }) => {
          if (typeof data !== 'string') context = data.getContext('2d', { alpha: false })
          else (context.fillStyle = data), context.fillRect(0, 0, 160, 84)
        }`
    const worker = new Worker(URL.createObjectURL(new Blob([paint], { type: 'text/javascript' })))
    const canvas = document.querySelector('canvas')?.transferControlToOffscreen()
    if (canvas === undefined) throw new TypeError('There is no canvas.')
    worker.postMessage(canvas, [canvas])
    let presses = 0
    addEventListener('keydown', () => worker.postMessage(colours[++presses % 2]))
    worker.postMessage(colours[0])
  }, COLOURS.map(hex))
  await (await shown(page, COLOURS[0])).seen()
  let presses = 0
  return {
    async press() {
      const { seen } = await shown(page, COLOURS[++presses % 2] as Colour)
      await HANDS.key(page)
      return seen()
    },
  }
}

/** Median, 90th percentile and the most, as they are printed. */
export function summary(ms: readonly number[]): string {
  const sorted = ms.toSorted((a, b) => a - b)
  const at = (share: number) => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1)
  return `median ${at(0.5)} ms, p90 ${at(0.9)} ms, most ${at(1)} ms (${ms.length} rounds)`
}
