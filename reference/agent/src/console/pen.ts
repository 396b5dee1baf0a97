/** Pointing and drawing: while one of these tools is at hand, the pointer on the picture does this and no longer drives the customer's. */
import { AssistError, type GrowingStroke, type Session } from '@remote-assist/peer'
import type { Place } from './geometry.js'
import type { Marks } from './marks.js'

/** What the pointer does on the picture. `hand`: it drives the customer's. */
export type Tool = 'hand' | 'laser' | 'pen'

/** Colours to draw with; names are for those who do not see them. */
export const COLOURS = [
  { name: 'red', value: 0xe5383b },
  { name: 'yellow', value: 0xf5b700 },
  { name: 'green', value: 0x2a9d4a },
  { name: 'blue', value: 0x2f6df6 },
] as const

/** One of them. */
export type Colour = (typeof COLOURS)[number]['name']

/** Native pixels. */
const WIDTH = 5

/** A line under way, with the points that wait for the next frame. */
interface Line {
  readonly stroke: GrowingStroke
  readonly screenId: number
  readonly colour: number
  readonly waiting: Place[]
}

export class Pen {
  tool: Tool = 'hand'
  colour: Colour = 'red'
  readonly #session: Pick<Session, 'annotations' | 'screens'>
  readonly #marks: Marks
  #line: Line | undefined
  #pointing: Place | undefined
  /** The window whose next frame is waited for. */
  #due: Window | undefined

  constructor(session: Pick<Session, 'annotations' | 'screens'>, marks: Marks) {
    this.#session = session
    this.#marks = marks
  }

  /** The pointer is here. `down`: its button is. */
  move(at: Place, down: boolean): void {
    if (this.tool === 'laser') this.#pointing = at
    else if (this.tool === 'pen' && down) this.#draw(at)
    this.#soon()
  }

  /** The button is up. */
  lift(): void {
    this.#flush()
    this.#line = undefined
  }

  /** The pointer left the picture. */
  leave(): void {
    this.#pointing = undefined
    const screen = this.#session.screens.current
    if (this.tool === 'laser' && screen !== undefined) this.#try(() => this.#session.annotations.point(screen.screenId, undefined))
    this.#marks.hear({ do: 'rest', from: 0 })
  }

  /** Drawing is not allowed any more: the pointer drives the customer's again. */
  putAway(): void {
    this.leave()
    this.tool = 'hand'
    this.#line = undefined
  }

  /** Wipes what this end drew. */
  clear(): void {
    this.#line = undefined
    this.#try(() => this.#session.annotations.clear())
    this.#marks.clear(0, true)
  }

  #draw(at: Place): void {
    const screen = this.#session.screens.current
    if (screen === undefined) return
    const colour = COLOURS.find(({ name }) => name === this.colour)?.value ?? COLOURS[0].value
    this.#line ??= {
      stroke: this.#session.annotations.stroke(screen.screenId, { colour, width: WIDTH }),
      screenId: screen.screenId,
      colour,
      waiting: [],
    }
    this.#line.waiting.push(at)
  }

  /** Once a frame of the window that the picture is in is as often as anybody sees it, and well below what an author may send. */
  #soon(): void {
    const view = this.#marks.element.ownerDocument.defaultView ?? window
    // What a window that is gone would have told, it does not tell any more.
    if (this.#due === view) return
    this.#due = view
    view.requestAnimationFrame(() => {
      this.#due = undefined
      this.#flush()
    })
  }

  #flush(): void {
    this.#try(() => this.#say())
  }

  #try(call: () => void): void {
    try {
      call()
    } catch (error) {
      // Not allowed any more, or more than may be on the picture: what was drawn last is not there, for anybody.
      if (!(error instanceof AssistError)) throw error
      this.#line = undefined
    }
  }

  #say(): void {
    const screen = this.#session.screens.current
    if (this.#pointing !== undefined && screen !== undefined) {
      this.#session.annotations.point(screen.screenId, this.#pointing)
      this.#marks.point(0, screen.screenId, this.#pointing)
      this.#pointing = undefined
    }
    const line = this.#line
    const points = line?.waiting.splice(0) ?? []
    if (line === undefined || points.length === 0) return
    line.stroke.extend(points)
    const flat = points.flatMap(({ x, y }) => [x, y])
    this.#marks.draw(0, line.screenId, line.stroke.strokeId, flat, { colour: line.colour, width: WIDTH })
  }
}

/** Lets the pointer on `surface` point and draw while `pen` has a tool. Returns a function that stops it. */
export function listenToPen(surface: HTMLElement, pen: Pen, locate: (clientX: number, clientY: number) => Place | undefined): () => void {
  const stop = new AbortController()
  const on = (name: 'pointerdown' | 'pointermove' | 'pointerup' | 'pointercancel' | 'pointerleave', hear: (event: PointerEvent) => void) =>
    surface.addEventListener(
      name,
      event => {
        if (pen.tool === 'hand' || !event.isPrimary) return
        event.stopImmediatePropagation()
        hear(event)
      },
      { signal: stop.signal },
    )
  const follow = ({ clientX, clientY, buttons }: PointerEvent) => {
    const at = locate(clientX, clientY)
    if (at !== undefined) pen.move(at, (buttons & 1) !== 0)
  }
  on('pointerdown', event => {
    event.preventDefault()
    surface.setPointerCapture(event.pointerId)
    follow(event)
  })
  on('pointermove', follow)
  on('pointerup', () => pen.lift())
  on('pointercancel', () => pen.lift())
  on('pointerleave', () => pen.leave())
  return () => stop.abort()
}
