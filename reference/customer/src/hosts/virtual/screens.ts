import { type Capture, type CursorShape, type Encoder, HostError, type ScreenHost, type ScreenInfo, type Snapshot } from '@remote-assist/peer'
import { nodeEncoder } from '../../encoder.js'
import { Listeners } from '../listeners.js'
import { DamageList, intersection } from '../rects.js'
import { Canvas } from './canvas.js'
import { cursorFor } from './cursors.js'
import { difference, scene } from './scene.js'
import type { DesktopState } from './state.js'
import type { Widget } from './widget.js'

type Cursor = Parameters<Parameters<ScreenHost['onCursor']>[0]>[0]

/** The screens of a virtual desktop. `refresh` is called after every change of the state. */
export class VirtualScreens implements ScreenHost {
  readonly encoder: Encoder = nodeEncoder
  readonly #captures = new Set<VirtualCapture>()
  readonly #layout = new Listeners<[readonly ScreenInfo[]]>()
  readonly #cursor = new Listeners<[Cursor]>()
  #shownLayout: readonly ScreenInfo[]
  #shownShape: CursorShape
  #shownPointer: DesktopState['pointer']

  constructor(
    private readonly state: DesktopState,
    private readonly now: () => number,
  ) {
    this.#shownLayout = state.screens
    this.#shownShape = cursorFor(state)
    this.#shownPointer = state.pointer
  }

  list(): readonly ScreenInfo[] {
    return this.state.screens
  }

  onChange(listener: (screens: readonly ScreenInfo[]) => void): () => void {
    return this.#layout.add(listener)
  }

  async capture(screenId: number, damaged: () => void): Promise<Capture> {
    const capture = new VirtualCapture(this.state, screenId, damaged, this.now, () => this.#captures.delete(capture))
    this.#captures.add(capture)
    return capture
  }

  onCursor(listener: (cursor: Cursor) => void): () => void {
    const stop = this.#cursor.add(listener)
    listener({ shape: this.#shownShape, position: this.#shownPointer })
    return stop
  }

  /** Tells everybody what changed since the last call. */
  refresh(): void {
    if (this.state.screens !== this.#shownLayout) {
      this.#shownLayout = this.state.screens
      this.#layout.emit(this.#shownLayout)
    }
    for (const capture of [...this.#captures]) capture.refresh()
    const shape = cursorFor(this.state)
    const moved = this.state.pointer !== this.#shownPointer
    const reshaped = shape !== this.#shownShape
    this.#shownShape = shape
    this.#shownPointer = this.state.pointer
    if (moved || reshaped) this.#cursor.emit({ ...(reshaped && { shape }), ...(moved && { position: this.#shownPointer }) })
  }

  close(): void {
    for (const capture of [...this.#captures]) capture.stop()
    this.#layout.clear()
    this.#cursor.clear()
  }
}

/** A picture of one screen that is brought up to date when it is looked at. */
class VirtualCapture implements Capture {
  #canvas = new Canvas(0, 0)
  #painted: readonly Widget[] = []
  #told = true
  #stopped = false

  constructor(
    private readonly state: DesktopState,
    private readonly screenId: number,
    private readonly damaged: () => void,
    private readonly now: () => number,
    private readonly stopped: () => void,
  ) {
    this.#screen()
  }

  refresh(): void {
    if (this.#told) return
    const screen = this.state.screens.find(one => one.id === this.screenId)
    const same = screen && screen.width === this.#canvas.width && screen.height === this.#canvas.height
    if (same && difference(this.#painted, scene(this.state, screen)).length === 0) return
    this.#told = true
    this.damaged()
  }

  async grab(): Promise<Snapshot> {
    if (this.#stopped) throw new HostError('E_SCREEN_GONE', 'This capture was stopped.')
    const screen = this.#screen()
    this.#told = false
    if (this.#canvas.width !== screen.width || this.#canvas.height !== screen.height) {
      this.#canvas = new Canvas(screen.width, screen.height)
      this.#painted = []
    }
    const whole = { x: 0, y: 0, width: screen.width, height: screen.height }
    const widgets = scene(this.state, screen)
    const damage = new DamageList()
    for (const rect of difference(this.#painted, widgets)) {
      const visible = intersection(rect, whole)
      if (visible) damage.add(visible)
    }
    const rects = damage.take()
    for (const rect of rects) {
      this.#canvas.clipped(rect, () => {
        for (const widget of widgets) if (intersection(widget.rect, rect)) this.#canvas.clipped(widget.rect, () => widget.paint(this.#canvas))
      })
    }
    this.#painted = widgets
    return { image: this.#canvas.image, damage: rects, capturedAtUs: Math.round(this.now() * 1000) }
  }

  stop(): void {
    this.#stopped = true
    this.#told = true
    this.stopped()
  }

  #screen(): ScreenInfo {
    const screen = this.state.screens.find(one => one.id === this.screenId)
    if (!screen) throw new HostError('E_SCREEN_GONE', `Screen ${this.screenId} is not there any more.`, { hint: 'Take one from the present list.' })
    return screen
  }
}
