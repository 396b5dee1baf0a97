/** The customer's pointer, as others are shown it: each image once, then by its id; its place whenever somebody else than they moved it. */
import type { CustomerEvent } from '@remote-assist/core'
import type { CursorShape, ScreenHost } from '../host.js'
import { encodeAlphaPng } from '../pictures/png.js'
import { toBase64Url } from '../pin.js'

/** Largest pointer image, pixels and bytes; a larger one is hidden. */
const MAX_EDGE = 128
const MAX_BYTES = 65_536
/** Images by id: viewers keep as many (RA-SCR-073). */
const MAX_SHAPES = 64

type Shown = Extract<CustomerEvent, { readonly type: 'local.shown' }>['kind']
type Shape = Extract<Shown, { readonly $case: 'cursorShape' }>
type Position = Extract<Shown, { readonly $case: 'cursorPosition' }>

/** What the cursor asks of its owner. */
export interface CursorOwner {
  /** Those who may see. */
  viewers(): Iterable<number>
  /** Tells one of them. */
  show(viewer: number, kind: Shown): void
  /** The pointer is elsewhere: whoever put it there needs no word. */
  moved(kind: Position): void
  failed(error: unknown): void
}

export class Cursor {
  readonly #owner: CursorOwner
  /** The newest images, by what they show; the one used longest ago first. */
  readonly #shapes = new Map<string, Shape>()
  /** The images that each viewer was sent on its connection. */
  readonly #known = new Map<number, Set<Shape>>()
  #current: Shape | undefined
  #position: Position | undefined
  #encoding: Promise<void> = Promise.resolve()
  readonly #stop: () => void

  constructor(screens: Pick<ScreenHost, 'onCursor'>, owner: CursorOwner) {
    this.#owner = owner
    this.#stop = screens.onCursor(({ shape, position }) => {
      if (shape !== undefined) this.#encoding = this.#encoding.then(() => this.#reshape(shape)).catch(error => owner.failed(error))
      if (position === undefined) return
      this.#position = { $case: 'cursorPosition', value: { screenId: position.screenId, x: Math.round(position.x), y: Math.round(position.y) } }
      owner.moved(this.#position)
    })
  }

  /** Tells somebody who begins to watch what the pointer looks like and where it is. */
  tell(viewer: number): void {
    this.#use(viewer)
    if (this.#position !== undefined) this.#owner.show(viewer, this.#position)
  }

  /** A viewer's connection is over: on the next one it is sent every image anew (RA-SCR-071). */
  forget(viewer: number): void {
    this.#known.delete(viewer)
  }

  /** No word follows. */
  stop(): void {
    this.#stop()
  }

  async #reshape(shape: CursorShape): Promise<void> {
    this.#current = await this.#shapeOf(shape)
    for (const viewer of this.#owner.viewers()) this.#use(viewer)
  }

  /** Shows the current image to a viewer, which is sent it first unless it has it. */
  #use(viewer: number): void {
    const shape = this.#current
    if (shape === undefined) return
    const known = this.#known.get(viewer) ?? new Set()
    this.#known.set(viewer, known)
    if (!known.has(shape)) this.#owner.show(viewer, shape)
    known.add(shape)
    this.#owner.show(viewer, { $case: 'cursorUse', value: { cursorId: shape.value.cursorId } })
  }

  async #shapeOf({ image, hotspotX, hotspotY }: CursorShape): Promise<Shape> {
    const visible = image.width > 0 && image.height > 0 && image.width <= MAX_EDGE && image.height <= MAX_EDGE
    const encoded = visible ? await encodeAlphaPng(image) : new Uint8Array()
    const png = encoded.length > MAX_BYTES ? new Uint8Array() : encoded
    const key = `${hotspotX},${hotspotY}:${toBase64Url(png)}`
    const known = this.#shapes.get(key)
    const shape: Shape = known ?? { $case: 'cursorShape', value: { cursorId: this.#freeId(), hotspotX, hotspotY, png, scalePercent: 100 } }
    this.#shapes.delete(key)
    this.#shapes.set(key, shape)
    return shape
  }

  /** An id that no image has, or the one of the image that was used longest ago. */
  #freeId(): number {
    if (this.#shapes.size < MAX_SHAPES) return this.#shapes.size + 1
    const [key, oldest] = this.#shapes.entries().next().value as [string, Shape]
    this.#shapes.delete(key)
    for (const known of this.#known.values()) known.delete(oldest)
    return oldest.value.cursorId
  }
}
