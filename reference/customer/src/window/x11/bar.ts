/** The bar on top of everything: who sees or controls the desktop, Pause and Stop. */
import { isDeepStrictEqual } from 'node:util'
import type { Rect, ScreenInfo } from '@remote-assist/peer'
import type { XConnection } from '../../hosts/x11/connection.js'
import type { XEvent } from '../../hosts/x11/wire.js'
import { extentOf } from './extent.js'
import { boxesOf, fitting, type Ink, LINE_HEIGHT, widthOf } from './ink.js'
import { Panel } from './panel.js'

/** What it says, and what its buttons are called. */
export interface BarWords {
  /** The same, the longest first: the first one that there is room for is said. */
  readonly sentences: readonly string[]
  /** Somebody sees the desktop now. */
  readonly seen: boolean
  readonly pause: string
  readonly stop: string
}

const BUTTON_PRESS = 4
const MOTION = 6
const VISIBILITY = 15
const MASKS = 0x0004 | 0x0100 | 0x010000
const FULLY_SEEN = 0
const HEIGHT = 40
const PADDING = 14
/** Stop is the largest thing there. */
const STOP_PADDING = 34
const GAP = 8
const DOT = 6
/** It comes on top again so often at the most, ms: another window may want the same. */
const RAISE_MS = 250

const GROUND = 0x161b22
const TEXT = 0xe9ecf1
const QUIET = 0x9aa4b4
const DANGER = 0xc42b36
const RAISED = 0x2a313b

export class Bar {
  readonly #connection: XConnection
  readonly #panel: Panel
  readonly #does: { pause(): void; stop(): void }
  #words: BarWords | undefined
  #screens: readonly ScreenInfo[] = []
  #place: { readonly x: number; readonly y: number } | undefined
  #buttons: { readonly pause: Rect; readonly stop: Rect } | undefined
  #grip = { x: 0, y: 0 }
  #raisedAt = 0
  #raising: ReturnType<typeof setTimeout> | undefined

  constructor(connection: XConnection, does: { pause(): void; stop(): void }) {
    this.#connection = connection
    this.#does = does
    this.#panel = new Panel(connection, MASKS)
    connection.onEvent(event => event.wid === this.#panel.id && this.#hear(event))
  }

  /** Shows this from now on, on these screens; undefined = nothing. It begins at the top edge of the primary one. */
  show(words: BarWords | undefined, screens: readonly ScreenInfo[]): void {
    // What is drawn is seen by agents as a change of the screen.
    if (isDeepStrictEqual([words, screens], [this.#words, this.#screens])) return
    this.#words = words
    this.#screens = screens
    if (words === undefined) return this.#panel.hide()
    this.#paint(words)
  }

  /** Says to others what it is. */
  describe(name: string): Promise<void> {
    return this.#panel.describe(name)
  }

  close(): void {
    clearTimeout(this.#raising)
  }

  #paint({ sentences, seen, pause, stop }: BarWords): void {
    const home = this.#screens.find(({ primary }) => primary) ?? extentOf(this.#screens, this.#connection)
    const inside = (text: string, padding = PADDING) => widthOf(text) + 2 * padding
    const stopWidth = inside(stop, STOP_PADDING)
    const around = PADDING + 2 * DOT + GAP + PADDING + inside(pause) + GAP + stopWidth + GAP
    // Whatever there is to say, Pause and Stop are on the screen.
    const sentence = fitting(sentences, home.width - around)
    const width = around + widthOf(sentence)
    this.#place ??= { x: home.x + Math.max(0, Math.round((home.width - width) / 2)), y: home.y }
    const { x, y } = this.#within({ ...this.#place, width, height: HEIGHT })
    const button = (left: number, across: number): Rect => ({ x: left, y: y + 4, width: across, height: HEIGHT - 8 })
    const stopAt = button(x + width - GAP - stopWidth, stopWidth)
    const pauseAt = button(stopAt.x - GAP - inside(pause), inside(pause))
    this.#buttons = { pause: pauseAt, stop: stopAt }
    const text = (words: string, left: number, colour: number): Ink => ({ kind: 'boxes', colour, boxes: boxesOf(words, left, y + (HEIGHT - LINE_HEIGHT) / 2) })
    const box = (rect: Rect, colour: number): Ink => ({ kind: 'boxes', colour, boxes: [rect.x, rect.y, rect.width, rect.height] })
    this.#panel.paint({ x, y, width, height: HEIGHT }, GROUND, [
      { kind: 'dot', x: x + PADDING + DOT, y: y + HEIGHT / 2, radius: DOT, colour: seen ? DANGER : QUIET },
      text(sentence, x + PADDING + 2 * DOT + GAP, TEXT),
      box(pauseAt, RAISED),
      text(pause, pauseAt.x + PADDING, TEXT),
      box(stopAt, DANGER),
      text(stop, stopAt.x + STOP_PADDING, 0xffffff),
    ])
  }

  #hear(event: XEvent): void {
    const [rootX, rootY] = [Number(event.rootx), Number(event.rooty)]
    if (event.type === VISIBILITY) this.#seen(Number(event.state))
    else if (event.type === BUTTON_PRESS) this.#press(rootX, rootY)
    else if (event.type === MOTION && this.#words !== undefined) {
      this.#place = { x: rootX - this.#grip.x, y: rootY - this.#grip.y }
      this.#paint(this.#words)
    }
  }

  #press(x: number, y: number): void {
    const { pause, stop } = this.#buttons ?? {}
    this.#grip = { x: x - (this.#place?.x ?? 0), y: y - (this.#place?.y ?? 0) }
    if (stop !== undefined && holds(stop, x, y)) this.#does.stop()
    else if (pause !== undefined && holds(pause, x, y)) this.#does.pause()
  }

  /** Whatever comes in front of it, it comes back. */
  #seen(how: number): void {
    if (how === FULLY_SEEN || this.#raising !== undefined) return
    this.#raising = setTimeout(
      () => {
        this.#raising = undefined
        this.#raisedAt = performance.now()
        if (this.#connection.lost === undefined) this.#panel.raise()
      },
      Math.max(0, this.#raisedAt + RAISE_MS - performance.now()),
    )
  }

  /** It stays on the display, whoever moves it. */
  #within({ x, y, width, height }: Rect): { readonly x: number; readonly y: number } {
    const room = extentOf(this.#screens, this.#connection)
    const clamp = (at: number, size: number, across: number) => Math.max(0, Math.min(at, across - size))
    this.#place = { x: clamp(x, width, room.width), y: clamp(y, height, room.height) }
    return this.#place
  }
}

const holds = (rect: Rect, x: number, y: number): boolean => x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height
