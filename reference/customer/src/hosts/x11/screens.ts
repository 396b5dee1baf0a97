import { type Capture, type CursorShape, type Encoder, HostError, type Rect, type ScreenHost, type ScreenInfo } from '@remote-assist/peer'
import { nodeEncoder } from '../../encoder.js'
import { Listeners } from '../listeners.js'
import { type CaptureSource, X11Capture } from './capture.js'
import type { XConnection } from './connection.js'
import { readCursor } from './cursor.js'
import { readLayout } from './layout.js'
import { type PixelReader, pixelReader } from './pixels.js'
import type { DamageExtension, FixesExtension, PointerState, RandrExtension, ShmExtension } from './wire.js'

const DELTA_RECTANGLES = 1
const STRUCTURE_NOTIFY = 0x00020000
const RANDR_ALL = 15
const DISPLAY_CURSOR = 1

type Cursor = Parameters<Parameters<ScreenHost['onCursor']>[0]>[0]

/** The extensions that screens need; what is undefined is done without. */
export interface ScreenExtensions {
  readonly damage: DamageExtension
  readonly fixes: FixesExtension
  readonly randr: RandrExtension | undefined
  readonly shm: ShmExtension | undefined
}

/** The monitors of an X display. */
export class X11Screens implements ScreenHost, CaptureSource {
  readonly encoder: Encoder = nodeEncoder
  readonly #captures = new Set<X11Capture>()
  readonly #layout = new Listeners<[readonly ScreenInfo[]]>()
  readonly #cursor = new Listeners<[Cursor]>()
  readonly #damageId: number
  #refreshing: Promise<void> = Promise.resolve()
  #shape: CursorShape | undefined
  #pointer: { readonly x: number; readonly y: number } = { x: 0, y: 0 }

  private constructor(
    private readonly connection: XConnection,
    private readonly extensions: ScreenExtensions,
    private screens: readonly ScreenInfo[],
    /** How pixels are read on this display. */
    readonly kind: PixelReader['kind'],
  ) {
    const { x, root } = connection
    this.#damageId = x.AllocID()
    extensions.damage.Create(this.#damageId, root, DELTA_RECTANGLES)
    extensions.randr?.SelectInput(root, RANDR_ALL)
    x.ChangeWindowAttributes(root, { eventMask: STRUCTURE_NOTIFY })
    extensions.fixes.SelectCursorInput(root, DISPLAY_CURSOR)
    connection.onEvent(event => this.#onEvent(event.type, event.name, event.area as { x: number; y: number; w: number; h: number } | undefined))
  }

  static async open(connection: XConnection, extensions: ScreenExtensions): Promise<X11Screens> {
    const probe = await pixelReader(connection, extensions.shm, 1)
    probe.close()
    const screens = new X11Screens(connection, extensions, await readLayout(connection, extensions.randr), probe.kind)
    screens.#shape = await readCursor(connection, extensions.fixes)
    const { rootX, rootY } = await connection.request<PointerState>(done => connection.x.QueryPointer(connection.root, done))
    screens.#pointer = { x: rootX, y: rootY }
    return screens
  }

  list(): readonly ScreenInfo[] {
    return this.screens
  }

  screen(id: number): ScreenInfo {
    if (this.connection.lost) throw this.connection.lost
    const screen = this.screens.find(one => one.id === id)
    if (!screen) throw new HostError('E_SCREEN_GONE', `Screen ${id} is not there any more.`, { hint: 'Take one from the present list.' })
    return screen
  }

  onChange(listener: (screens: readonly ScreenInfo[]) => void): () => void {
    return this.#layout.add(listener)
  }

  async capture(screenId: number, damaged: () => void): Promise<Capture> {
    this.screen(screenId)
    const capture = new X11Capture(this, screenId, damaged, stopped => this.#captures.delete(stopped))
    this.#captures.add(capture)
    return capture
  }

  onCursor(listener: (cursor: Cursor) => void): () => void {
    const stop = this.#cursor.add(listener)
    listener({ ...(this.#shape && { shape: this.#shape }), ...this.#position() })
    return stop
  }

  forgetDamage(): void {
    this.extensions.damage.Subtract(this.#damageId, 0, 0)
  }

  reader(capacity: number): Promise<PixelReader> {
    return pixelReader(this.connection, this.extensions.shm, capacity)
  }

  /** One reading at a time, so that an old one never overtakes a new one. */
  refreshLayout(): Promise<void> {
    const next = this.#refreshing.then(() => this.#readLayout())
    this.#refreshing = next.catch(() => {})
    return next
  }

  async #readLayout(): Promise<void> {
    const screens = await readLayout(this.connection, this.extensions.randr)
    if (JSON.stringify(screens) === JSON.stringify(this.screens)) return
    this.screens = screens
    for (const capture of [...this.#captures]) capture.layoutChanged()
    this.#layout.emit(screens)
  }

  /** Takes note of where the pointer is, in root coordinates. */
  pointerAt(x: number, y: number): void {
    if (x === this.#pointer.x && y === this.#pointer.y) return
    this.#pointer = { x, y }
    this.#cursor.emit(this.#position())
  }

  close(): void {
    for (const capture of [...this.#captures]) capture.stop()
    this.#layout.clear()
    this.#cursor.clear()
    if (!this.connection.lost) this.extensions.damage.Destroy(this.#damageId)
  }

  #onEvent(type: number, name: string | undefined, area: { x: number; y: number; w: number; h: number } | undefined): void {
    const { randr, fixes } = this.extensions
    if (name === 'DamageNotify' && area) this.#damaged({ x: area.x, y: area.y, width: area.w, height: area.h })
    else if (name === 'ConfigureNotify' || type === randr?.firstEvent || (randr && type === randr.firstEvent + 1)) this.refreshLayout().catch(() => {})
    else if (type === fixes.firstEvent + 1) this.#reshape().catch(() => {})
  }

  #damaged(rect: Rect): void {
    for (const capture of [...this.#captures]) capture.add(rect)
  }

  async #reshape(): Promise<void> {
    this.#shape = await readCursor(this.connection, this.extensions.fixes)
    this.#cursor.emit({ shape: this.#shape })
  }

  #position(): Pick<Cursor, 'position'> {
    const { x, y } = this.#pointer
    const screen = this.screens.find(one => x >= one.x && y >= one.y && x < one.x + one.width && y < one.y + one.height)
    return screen ? { position: { screenId: screen.id, x: x - screen.x, y: y - screen.y } } : {}
  }
}
