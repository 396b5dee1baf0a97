/** The stage's surface: the picture, the customer's pointer on it, and the agent's hands. */
import { Cursor, type CursorWord } from './cursor.js'
import { nativePixel, type Place, type Placement, placePicture, type Sizing } from './geometry.js'
import { type KeySink, listenToKeys } from './keyboard.js'
import { Picture } from './picture.js'
import { listenToPointer, type PointerButton } from './pointer.js'

/** Where input goes while this end is in control. */
export interface Hands extends KeySink {
  /** Input is taken. */
  active(): boolean
  /** The picture was pressed while it is not. */
  pressed(): void
  move(at: Place): void
  buttonDown(button: PointerButton): void
  buttonUp(button: PointerButton): void
  wheel(deltaX: number, deltaY: number): void
}

export class Surface {
  readonly element: HTMLElement
  readonly picture: Picture
  readonly #cursor: Cursor
  readonly #field: HTMLTextAreaElement
  readonly #watcher = new ResizeObserver(() => this.#layout())
  #placement: Placement = { x: 0, y: 0, scale: 1 }
  #sizing: Sizing = 'fit'
  #letGo: () => void = () => undefined

  constructor(document: Document, changed: () => void) {
    this.element = document.createElement('div')
    this.element.className = 'surface'
    this.element.part.add('picture')
    this.picture = new Picture(document, () => {
      this.#layout()
      changed()
    })
    this.#cursor = new Cursor(document)
    this.#field = document.createElement('textarea')
    this.#field.className = 'catcher'
    this.#field.autocapitalize = 'off'
    this.#field.autocomplete = 'off'
    this.#field.spellcheck = false
    this.#field.tabIndex = -1
    this.element.append(this.picture.canvas, this.#cursor.image, this.#field)
    this.#watcher.observe(this.element)
    // A drag that leaves the window to another screen changes the ratio, not the size.
    addEventListener('resize', this.#layout)
  }

  set sizing(sizing: Sizing) {
    this.#sizing = sizing
    this.element.classList.toggle('actual', sizing === 'actual')
    this.#layout()
  }

  /** Said to screen readers. */
  set label(text: string) {
    this.#field.setAttribute('aria-label', text)
    this.picture.canvas.setAttribute('aria-label', text)
    this.picture.canvas.setAttribute('role', 'img')
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

  /** Keys go to the picture from now on. */
  focus(): void {
    this.#field.focus({ preventScroll: true })
  }

  /** The customer's pointer. `own`: this end moves it, so that the browser's own pointer takes its shape. */
  cursor(word: CursorWord): void {
    this.#cursor.hear(word)
    this.#layout()
  }

  /** Whether the pointer on the picture is this agent's. */
  set inControl(own: boolean) {
    const gained = own && !this.#cursor.own
    this.#cursor.own = own
    this.#layout()
    // Once: whoever types a message afterwards goes on typing it.
    if (gained) this.focus()
  }

  /** Stops everything. */
  close(): void {
    this.hands = undefined
    this.#watcher.disconnect()
    removeEventListener('resize', this.#layout)
    this.#cursor.close()
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
    this.#placement = placePicture(stage, size, this.#sizing, devicePixelRatio)
    const { x, y, scale } = this.#placement
    canvas.style.left = `${x}px`
    canvas.style.top = `${y}px`
    canvas.style.width = `${size.width * scale}px`
    canvas.style.height = `${size.height * scale}px`
    this.#cursor.place(shown.screenId, this.#placement)
    canvas.style.cursor = this.#cursor.css
  }
}
