/** The customer's pointer, as others are shown it: its image once, its place whenever somebody else than they moved it. */
import type { CustomerEvent } from '@remote-assist/core'
import type { ScreenHost } from '../host.js'
import { encodeAlphaPng } from '../pictures/png.js'

/** Largest pointer image, pixels and bytes. */
const MAX_EDGE = 128
const MAX_BYTES = 65_536
/** Images by id: viewers keep as many. */
const MAX_SHAPES = 64

type Shown = Extract<CustomerEvent, { readonly type: 'local.shown' }>['kind']

/** What the cursor tells. */
export interface CursorOwner {
  /** For everybody who sees. */
  show(kind: Shown): void
  /** The pointer is where a participant put it: that one needs no word. */
  moved(kind: Extract<Shown, { readonly $case: 'cursorPosition' }>): void
  failed(error: unknown): void
}

export class Cursor {
  #shape: Extract<Shown, { readonly $case: 'cursorShape' }> | undefined
  #position: Extract<Shown, { readonly $case: 'cursorPosition' }> | undefined
  #nextId = 0
  #encoding: Promise<void> = Promise.resolve()
  readonly #stop: () => void

  constructor(
    screens: Pick<ScreenHost, 'onCursor'>,
    readonly owner: CursorOwner,
  ) {
    this.#stop = screens.onCursor(({ shape, position }) => {
      if (shape !== undefined) this.#encoding = this.#encoding.then(() => this.#reshape(shape)).catch(error => owner.failed(error))
      if (position === undefined) return
      this.#position = { $case: 'cursorPosition', value: { screenId: position.screenId, x: Math.round(position.x), y: Math.round(position.y) } }
      owner.moved(this.#position)
    })
  }

  /** What somebody who begins to watch has to know. */
  get current(): readonly Shown[] {
    return [this.#shape, this.#position].filter(it => it !== undefined)
  }

  /** No word follows. */
  stop(): void {
    this.#stop()
  }

  async #reshape({ image, hotspotX, hotspotY }: Parameters<Parameters<ScreenHost['onCursor']>[0]>[0]['shape'] & object): Promise<void> {
    const visible = image.width > 0 && image.height > 0 && image.width <= MAX_EDGE && image.height <= MAX_EDGE
    const png = visible ? await encodeAlphaPng(image) : new Uint8Array()
    if (png.length > MAX_BYTES) return
    this.#nextId = (this.#nextId % MAX_SHAPES) + 1
    this.#shape = { $case: 'cursorShape', value: { cursorId: this.#nextId, hotspotX, hotspotY, png, scalePercent: 100 } }
    this.owner.show(this.#shape)
  }
}
