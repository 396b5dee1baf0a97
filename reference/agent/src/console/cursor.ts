/** The customer's pointer: its shapes, which of them is in use, and where it is. */
import type { Shown } from '@remote-assist/peer'
import type { Placement } from './geometry.js'

/** A word about the pointer. */
export type CursorWord = Extract<Shown, { readonly $case: 'cursorShape' | 'cursorUse' | 'cursorPosition' }>

interface Shape {
  /** Of the picture; undefined: the pointer is hidden. */
  readonly url: string | undefined
  readonly hotspotX: number
  readonly hotspotY: number
}

/** Shapes that are kept by id; the oldest goes first (RA-SCR-073). */
const MAX_SHAPES = 64

export class Cursor {
  readonly image: HTMLImageElement
  /** This end moves the pointer: then the browser's own takes its shape, which no line delays. */
  own = false
  readonly #shapes = new Map<number, Shape>()
  #used = 0
  #at: { readonly screenId: number; readonly x: number; readonly y: number } | undefined

  constructor(document: Document) {
    this.image = document.createElement('img')
    this.image.className = 'cursor'
    this.image.alt = ''
    this.image.hidden = true
  }

  /** What the browser's own pointer looks like over the picture. */
  get css(): string {
    const shape = this.#shapes.get(this.#used)
    if (!this.own || shape === undefined) return 'default'
    return shape.url === undefined ? 'none' : `url(${shape.url}) ${shape.hotspotX} ${shape.hotspotY}, default`
  }

  hear(word: CursorWord): void {
    if (word.$case === 'cursorPosition') this.#at = word.value
    else if (word.$case === 'cursorUse') this.#used = word.value.cursorId
    else this.#keep(word.value)
  }

  /** Puts the pointer where it is on the picture of `screenId`, if it is there and not this end's own. */
  place(screenId: number | undefined, { x, y, scale }: Placement): void {
    const shape = this.#shapes.get(this.#used)
    const shown = !this.own && shape?.url !== undefined && this.#at !== undefined && this.#at.screenId === screenId
    this.image.hidden = !shown
    if (!shown || this.#at === undefined) return
    if (this.image.src !== shape.url) this.image.src = shape.url
    const left = x + (this.#at.x - shape.hotspotX) * scale
    const top = y + (this.#at.y - shape.hotspotY) * scale
    this.image.style.transform = `translate(${left}px, ${top}px) scale(${scale})`
  }

  close(): void {
    for (const cursorId of [...this.#shapes.keys()]) this.#forget(cursorId)
  }

  #keep({ cursorId, hotspotX, hotspotY, png }: Extract<CursorWord, { $case: 'cursorShape' }>['value']): void {
    this.#forget(cursorId)
    const [oldest] = this.#shapes.keys()
    if (this.#shapes.size >= MAX_SHAPES && oldest !== undefined) this.#forget(oldest)
    const url = png.length === 0 ? undefined : URL.createObjectURL(new Blob([png as Uint8Array<ArrayBuffer>], { type: 'image/png' }))
    this.#shapes.set(cursorId, { url, hotspotX, hotspotY })
  }

  #forget(cursorId: number): void {
    const shape = this.#shapes.get(cursorId)
    this.#shapes.delete(cursorId)
    if (shape?.url === undefined) return
    // A picture that moves to another window is loaded again: what is gone by then would be an error.
    if (this.image.src === shape.url) this.image.removeAttribute('src')
    URL.revokeObjectURL(shape.url)
  }
}
