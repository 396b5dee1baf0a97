/** What the agents see, small, with what they draw on it. */
import type { Annotation } from '@remote-assist/peer'
import { Sketch } from '@remote-assist/ui'
import type { SharedStream } from './host/browser-host.js'

/** The picture is drawn anew so often, in ms: a preview that is itself on the shared screen changes it each time. */
const REFRESH_MS = 1_000
/** Across, in pixels. */
const WIDTH = 960
const SPOT_RADIUS = 10
const LABEL = '600 15px system-ui, sans-serif'

export class Preview {
  readonly element: HTMLCanvasElement
  readonly sketch = new Sketch()
  readonly #video: HTMLVideoElement
  readonly #nameOf: (person: number) => string
  #shared: SharedStream | undefined
  #open = false
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(document: Document, nameOf: (person: number) => string) {
    this.element = document.createElement('canvas')
    this.element.className = 'preview'
    this.element.setAttribute('role', 'img')
    this.#video = document.createElement('video')
    this.#video.muted = true
    this.#nameOf = nameOf
  }

  /** Said to screen readers. */
  set label(text: string) {
    this.element.setAttribute('aria-label', text)
  }

  /** What is shared now. */
  set shared(shared: SharedStream | undefined) {
    if (shared?.stream !== this.#shared?.stream) {
      this.#video.srcObject = shared?.stream ?? null
      // Playing what the page itself captures needs nobody's leave.
      if (shared !== undefined) void this.#video.play().then(this.#draw, () => undefined)
    }
    this.#shared = shared
  }

  /** Whether anybody looks at it. */
  set open(open: boolean) {
    if (open === this.#open) return
    this.#open = open
    clearInterval(this.#timer)
    this.#timer = open ? setInterval(this.#draw, REFRESH_MS) : undefined
    this.#draw()
  }

  /** Something was drawn, or went. */
  hear(annotation: Annotation): void {
    this.sketch.hear(annotation)
    this.#draw()
  }

  /** Who may draw: what others drew goes. */
  keep(people: ReadonlySet<number>): void {
    if (this.sketch.keep(people)) this.#draw()
  }

  /** Stops everything. */
  close(): void {
    this.shared = undefined
    this.open = false
    this.keep(new Set())
  }

  readonly #draw = (): void => {
    const shared = this.#shared
    const context = this.element.getContext('2d', { alpha: false })
    if (!this.#open || shared === undefined || context === null) return
    const scale = Math.min(1, WIDTH / shared.width)
    this.element.width = Math.round(shared.width * scale)
    this.element.height = Math.round(shared.height * scale)
    context.drawImage(this.#video, 0, 0, this.element.width, this.element.height)
    context.scale(scale, scale)
    context.lineCap = 'round'
    context.lineJoin = 'round'
    for (const { from, points, colour, width } of this.sketch.lines) {
      const [first, ...rest] = points
      if (first === undefined) continue
      context.strokeStyle = cssColour(colour)
      context.lineWidth = Math.max(width, 2 / scale)
      context.beginPath()
      context.moveTo(first.x, first.y)
      // A line of one point is a dot.
      for (const { x, y } of rest.length === 0 ? [first] : rest) context.lineTo(x, y)
      context.stroke()
      const end = rest.at(-1) ?? first
      this.#label(context, from, end.x, end.y, cssColour(colour), scale)
    }
    for (const { from, x, y } of this.sketch.spots) {
      context.fillStyle = '#ff3b30'
      context.beginPath()
      context.arc(x, y, SPOT_RADIUS / scale, 0, 2 * Math.PI)
      context.fill()
      this.#label(context, from, x, y, '#ff3b30', scale)
    }
  }

  /** Whose it is: what is drawn may imitate a dialog. */
  #label(context: CanvasRenderingContext2D, from: number, x: number, y: number, colour: string, scale: number): void {
    context.save()
    context.setTransform(1, 0, 0, 1, x * scale + 14, y * scale + 5)
    context.font = LABEL
    context.lineWidth = 4
    context.strokeStyle = '#fff'
    context.strokeText(this.#nameOf(from), 0, 0)
    context.fillStyle = colour
    context.fillText(this.#nameOf(from), 0, 0)
    context.restore()
  }
}

const cssColour = (colour: number): string => `#${colour.toString(16).padStart(6, '0')}`
