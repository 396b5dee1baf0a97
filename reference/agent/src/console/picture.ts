/** The picture: frames painted in order as they come, and acknowledged when they are seen. */
import type { Frame, Screens, VideoCodec } from '@remote-assist/peer'
import type { Size } from './geometry.js'
import { isVideoRect } from './painting/film.js'
import { type Painting, startPainting } from './painting/painting.js'

/** A decoder that fails so many times, with no picture in between, is given up. */
const MAX_FAILURES = 3

/** What a picture tells. */
export interface PictureEvents {
  /** There is a picture of another screen, or of another size. */
  changed(): void
  /** This browser says that it decodes this codec, and does not. */
  unable(codec: VideoCodec): void
}

/** Shows frames on a canvas whose pixels are the screen's native ones. */
export class Picture {
  readonly canvas: HTMLCanvasElement
  readonly #painting: Promise<Painting>
  #shown: { readonly screenId: number; readonly frameId: number } | undefined
  readonly #events: PictureEvents
  #size: Size = { width: 0, height: 0 }
  /** Frames of video that did not decode since one did. */
  #failures = 0
  /** To be called when what was painted is seen. */
  #tell: (() => void) | undefined

  constructor(document: Document, events: PictureEvents) {
    this.#events = events
    this.canvas = document.createElement('canvas')
    this.canvas.className = 'picture'
    this.#painting = startPainting(this.canvas)
  }

  /** The frame that is on the canvas; undefined = none yet. */
  get shown(): { readonly screenId: number; readonly frameId: number } | undefined {
    return this.#shown
  }

  /** The size of the picture, native pixels. */
  get size(): Size {
    return this.#size
  }

  /**
   * Shows frames until they end or `signal` is aborted. They are painted as they come and count as presented when the browser shows the canvas: none waits for
   * another to be seen, and a window that was hidden for a while has nothing to catch up with. One that does not decode is repaired.
   */
  async play(screens: Screens, signal: AbortSignal): Promise<void> {
    try {
      const painting = await this.#painting
      this.canvas.dataset.paintedIn = painting.place
      for await (const frame of screens.frames({ signal, seen: () => this.#seen() })) {
        try {
          await painting.paint(frame)
          this.#show(frame)
        } catch {
          screens.repair()
          this.#failed(frame)
        }
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  /** The pixels of the picture; undefined = there is none. */
  async snapshot(): Promise<ImageData | undefined> {
    return this.#shown && (await this.#painting).snapshot()
  }

  /** The canvas may be in another window now: what the one before would have told, it does not tell any more. */
  moved(): void {
    if (this.#tell !== undefined) this.#awaitFrame()
  }

  /** Nothing more is shown. */
  close(): void {
    void this.#painting.then(
      painting => painting.close(),
      () => undefined,
    )
  }

  /** Resolves when what is painted by then is seen; not while the window is hidden. */
  #seen(): Promise<void> {
    return new Promise(resolve => {
      this.#tell = resolve
      this.#awaitFrame()
    })
  }

  #awaitFrame(): void {
    const view = this.canvas.ownerDocument.defaultView ?? globalThis
    view.requestAnimationFrame(() => {
      this.#tell?.()
      this.#tell = undefined
    })
  }

  #failed({ rects }: Frame): void {
    const video = rects.find(isVideoRect)
    if (video === undefined || ++this.#failures < MAX_FAILURES) return
    this.#failures = 0
    this.#events.unable(video.codec)
  }

  #show({ screenId, frameId, width, height, rects }: Frame): void {
    const fresh = this.#shown?.screenId !== screenId || this.#size.width !== width || this.#size.height !== height
    this.#size = { width, height }
    this.#shown = { screenId, frameId }
    this.canvas.dataset.frame = String(frameId)
    this.canvas.dataset.screen = String(screenId)
    const video = rects.find(isVideoRect)
    if (video !== undefined) {
      this.#failures = 0
      this.canvas.dataset.video = video.codec
    }
    if (fresh) this.#events.changed()
  }
}
