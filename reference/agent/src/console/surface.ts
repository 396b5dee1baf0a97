/** The stage's surface: the picture, the customer's pointer on it, and the agent's hands. */
import type { VideoCodec } from '@remote-assist/peer'
import { Cursor, type CursorWord } from './cursor.js'
import { nativePixel, type Place, type Placement, placePicture, type Sizing, zoomedBy } from './geometry.js'
import { type KeySink, listenToKeys } from './keyboard.js'
import { Marks, type NameOf } from './marks.js'
import { listenToPen, type Pen } from './pen.js'
import { Picture } from './picture.js'
import { listenToPointer, type PointerButton } from './pointer.js'

/** Where input goes while this end is in control. */
export interface Hands extends KeySink {
  /** The picture was pressed while it is not. */
  pressed(): void
  move(at: Place): void
  buttonDown(button: PointerButton): void
  buttonUp(button: PointerButton): void
  wheel(deltaX: number, deltaY: number): void
}

/** What a surface is made with. */
export interface SurfaceOptions {
  readonly document: Document
  /** There is a picture, or it has another size. */
  changed(): void
  /** This browser says that it decodes this codec, and does not. */
  unable(codec: VideoCodec): void
  /** The wheel asks for another size; without it the wheel zooms nothing. */
  zoomed?(sizing: Sizing): void
  /** What somebody who points is called. */
  readonly nameOf?: NameOf
}

export class Surface {
  readonly element: HTMLElement
  readonly picture: Picture
  readonly marks: Marks
  readonly #cursor: Cursor
  readonly #field: HTMLTextAreaElement
  #watcher: ResizeObserver | undefined
  #view: Window | undefined
  #placement: Placement = { x: 0, y: 0, scale: 1 }
  #sizing: Sizing = 'fit'
  #letGo: () => void = () => undefined

  constructor({ document, changed, unable, zoomed, nameOf = () => '' }: SurfaceOptions) {
    this.element = document.createElement('div')
    this.element.className = 'surface'
    this.element.part.add('picture')
    this.picture = new Picture(document, {
      changed: () => {
        this.#layout()
        changed()
      },
      unable,
    })
    this.#cursor = new Cursor(document)
    this.marks = new Marks(document, nameOf)
    this.#field = document.createElement('textarea')
    this.#field.className = 'catcher'
    this.#field.autocapitalize = 'off'
    this.#field.autocomplete = 'off'
    this.#field.spellcheck = false
    this.#field.tabIndex = -1
    this.element.append(this.picture.canvas, this.#cursor.image, this.marks.element, this.#field)
    if (zoomed !== undefined) this.element.addEventListener('wheel', event => this.#zoom(event, zoomed), { passive: false })
    this.moved()
  }

  /** It may be in another window now: its size and its pixels are that one's. */
  moved(): void {
    this.picture.moved()
    this.#unwatch()
    const view = this.element.ownerDocument.defaultView as (Window & typeof globalThis) | null
    if (view === null) return
    this.#view = view
    this.#watcher = new view.ResizeObserver(() => this.#layout())
    this.#watcher.observe(this.element)
    // A drag that leaves the window to another screen changes the ratio, not the size.
    view.addEventListener('resize', this.#layout)
    this.#layout()
  }

  set sizing(sizing: Sizing) {
    this.#sizing = sizing
    this.element.classList.toggle('zoomed', sizing !== 'fit')
    this.#layout()
  }

  /** Said to screen readers. */
  set label(text: string) {
    this.keyboardLabel = text
    this.picture.canvas.setAttribute('aria-label', text)
    this.picture.canvas.setAttribute('role', 'img')
  }

  /** Said to screen readers while the keyboard is in the picture. */
  set keyboardLabel(text: string) {
    this.#field.setAttribute('aria-label', text)
  }

  /** Takes keyboard and pointer, for as long as these hands are there. `undefined` takes nothing. */
  set hands(hands: Hands | undefined) {
    this.#letGo()
    this.#letGo = () => undefined
    if (hands === undefined) return
    const stops = [
      listenToKeys(this.#field, hands),
      listenToPointer(this.element, {
        locate: (clientX, clientY) => this.#locate(clientX, clientY),
        active: () => hands.active(),
        pressed: () => hands.pressed(),
        move: at => hands.move(at),
        down: button => {
          this.focus()
          hands.buttonDown(button)
        },
        up: button => hands.buttonUp(button),
        wheel: (x, y) => hands.wheel(x, y),
      }),
    ]
    this.#letGo = () => {
      for (const stop of stops) stop()
    }
  }

  /** Lets the pointer point and draw while this has a tool; before the hands get it. */
  set pen(pen: Pen) {
    listenToPen(this.element, pen, (clientX, clientY) => this.#locate(clientX, clientY))
  }

  /** Keys go to the picture from now on. */
  focus(): void {
    this.#field.focus({ preventScroll: true })
  }

  /** The customer's pointer. `own`: this end moves it, so that the browser's own pointer takes its shape. */
  cursor(word: CursorWord): void {
    this.#cursor.hear(word)
    this.#layout()
  }

  /** Whether the pointer on the picture is this agent's, and Tab leads into it. */
  set inControl(own: boolean) {
    this.#cursor.own = own
    this.#field.tabIndex = own ? 0 : -1
    this.#layout()
  }

  /** Stops everything. */
  close(): void {
    this.hands = undefined
    this.#unwatch()
    this.#cursor.close()
    this.picture.close()
  }

  #unwatch(): void {
    this.#watcher?.disconnect()
    this.#view?.removeEventListener('resize', this.#layout)
  }

  /** Ctrl and the wheel, or a pinch: what is below the pointer stays there. */
  #zoom(event: WheelEvent, zoomed: (sizing: Sizing) => void): void {
    const at = event.ctrlKey ? this.#locate(event.clientX, event.clientY) : undefined
    if (at === undefined) return
    event.preventDefault()
    event.stopImmediatePropagation()
    zoomed(zoomedBy(event.deltaY, this.#placement.scale, this.#ratio))
    const { left, top } = this.element.getBoundingClientRect()
    const { x, y, scale } = this.#placement
    this.element.scrollTo(x + at.x * scale - (event.clientX - left), y + at.y * scale - (event.clientY - top))
  }

  get #ratio(): number {
    return this.#view?.devicePixelRatio ?? 1
  }

  #locate(clientX: number, clientY: number): Place | undefined {
    if (this.picture.shown === undefined) return undefined
    const { left, top } = this.element.getBoundingClientRect()
    const at = { x: clientX - left + this.element.scrollLeft, y: clientY - top + this.element.scrollTop }
    return nativePixel(at, this.#placement, this.picture.size)
  }

  readonly #layout = (): void => {
    const { canvas, size, shown } = this.picture
    canvas.hidden = shown === undefined
    if (shown === undefined) return this.#cursor.place(undefined, this.#placement)
    const stage = { width: this.element.clientWidth, height: this.element.clientHeight }
    this.#placement = placePicture(stage, size, this.#sizing, this.#ratio)
    const { x, y, scale } = this.#placement
    canvas.style.left = `${x}px`
    canvas.style.top = `${y}px`
    canvas.style.width = `${size.width * scale}px`
    canvas.style.height = `${size.height * scale}px`
    this.#cursor.place(shown.screenId, this.#placement)
    this.marks.place(shown.screenId, this.#placement, size)
    canvas.style.cursor = this.#cursor.css
  }
}
