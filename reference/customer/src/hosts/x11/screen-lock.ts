import type { Rect, ScreenInfo } from '@remote-assist/peer'
import { Listeners } from '../listeners.js'
import type { XConnection } from './connection.js'
import type { Geometry, WindowAttributes } from './wire.js'

/** How often it is looked, ms. */
const LOOK_MS = 500
const ALREADY_GRABBED = 1
const HAS_PIXELS = 1
const VIEWABLE = 2
const INPUT_ONLY = 2
const SHAPE_QUERY_EXTENTS = 5

/**
 * Whether the screen of an X display is locked. X11 has no word for it, so it is told by what every locker does: it takes the whole keyboard, and covers every
 * monitor with a window of its own that no window manager has a hand in.
 */
export class ScreenLock {
  readonly #listeners = new Listeners<[locked: boolean]>()
  readonly #timer: ReturnType<typeof setInterval>
  #locked = false
  #looking = false

  private constructor(
    private readonly connection: XConnection,
    private readonly monitors: () => readonly ScreenInfo[],
    /** A window that is never shown. */
    private readonly window: number,
    private readonly shape: number | undefined,
  ) {
    this.#timer = setInterval(() => void this.#look().catch(() => {}), LOOK_MS).unref()
  }

  /** Resolves when it was looked once. */
  static async open(connection: XConnection, monitors: () => readonly ScreenInfo[]): Promise<ScreenLock> {
    const { x, root } = connection
    const window = x.AllocID()
    x.CreateWindow(window, root, 0, 0, 1, 1, 0, 0, INPUT_ONLY, 0, {})
    const lock = new ScreenLock(connection, monitors, window, (await connection.query('SHAPE'))?.majorOpcode)
    await lock.#look()
    return lock
  }

  /** Calls back when the screen is locked (at once if it is), and when it is unlocked. */
  onLocked(listener: (locked: boolean) => void): () => void {
    if (this.#locked) listener(true)
    return this.#listeners.add(listener)
  }

  /** No word follows. */
  close(): void {
    clearInterval(this.#timer)
    this.#listeners.clear()
    if (!this.connection.lost) this.connection.x.DestroyWindow(this.window)
  }

  async #look(): Promise<void> {
    if (this.#looking) return
    this.#looking = true
    try {
      const locked = (await this.#isKeyboardTaken()) && (await this.#isCovered())
      if (locked === this.#locked) return
      this.#locked = locked
      this.#listeners.emit(locked)
    } finally {
      this.#looking = false
    }
  }

  /** Asks for the keyboard with a window that cannot have it, because it is not shown: the answer says who has it, and nothing changes. */
  async #isKeyboardTaken(): Promise<boolean> {
    const status = await this.connection.request<number>(done => this.connection.x.GrabKeyboard(this.window, 0, 0, 1, 1, done))
    return status === ALREADY_GRABBED
  }

  async #isCovered(): Promise<boolean> {
    const { x, root } = this.connection
    const { children } = await this.connection.request<{ readonly children: readonly number[] }>(done => x.QueryTree(root, done))
    const areas = (await Promise.all(children.map(window => this.#areaOf(window).catch(() => undefined)))).filter(area => area !== undefined)
    return this.monitors().every(monitor => areas.some(area => contains(area, monitor)))
  }

  /** What a window hides from whoever manages windows; undefined = nothing. */
  async #areaOf(window: number): Promise<Rect | undefined> {
    const { connection } = this
    const [is, { xPos: left, yPos: top, width, height }] = await Promise.all([
      connection.request<WindowAttributes>(done => connection.x.GetWindowAttributes(window, done)),
      connection.request<Geometry>(done => connection.x.GetGeometry(window, done)),
    ])
    if (is.overrideRedirect !== 1 || is.klass !== HAS_PIXELS || is.mapState !== VIEWABLE || (await this.#isShaped(window))) return undefined
    return { x: left, y: top, width, height }
  }

  /** Whether it can be seen through, as drawings over the screen can. */
  async #isShaped(window: number): Promise<boolean> {
    if (this.shape === undefined) return false
    const request = Buffer.alloc(8)
    request[0] = this.shape
    request[1] = SHAPE_QUERY_EXTENTS
    request.writeUInt16LE(2, 2)
    request.writeUInt32LE(window, 4)
    return this.connection.raw(request, reply => reply[0] === 1)
  }
}

const contains = (area: Rect, { x, y, width, height }: Rect): boolean =>
  area.x <= x && area.y <= y && area.x + area.width >= x + width && area.y + area.height >= y + height
