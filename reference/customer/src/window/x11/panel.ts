/** A window above all others that no window manager moves, with a picture that the server keeps. */
import type { Rect } from '@remote-assist/peer'
import type { XConnection } from '../../hosts/x11/connection.js'
import type { Ink } from './ink.js'

const ABOVE = 0
const ROUND = { cap: 2, join: 1 }
const ORIGIN = 0
/** A full circle, in 64ths of a degree. */
const FULL_CIRCLE = 360 * 64
/** Most numbers in one request. */
const MAX_NUMBERS = 16_000
const XA_ATOM = 4
const REPLACE = 0

export class Panel {
  readonly id: number
  readonly #connection: XConnection
  #shown = false

  constructor(connection: XConnection, eventMask: number) {
    this.#connection = connection
    const { x, root } = connection
    this.id = x.AllocID()
    x.CreateWindow(this.id, root, 0, 0, 1, 1, 0, 0, 1, 0, { overrideRedirect: true, eventMask })
  }

  /** Says what it is to whoever looks after windows: compositors, and programs that list them. */
  async describe(name: string): Promise<void> {
    const connection = this.#connection
    const set = async (property: string, values: readonly string[]) => {
      const atoms = await Promise.all(values.map(value => connection.atom(value)))
      connection.x.ChangeProperty(REPLACE, this.id, await connection.atom(property), XA_ATOM, 32, atoms)
    }
    await set('_NET_WM_WINDOW_TYPE', ['_NET_WM_WINDOW_TYPE_DOCK'])
    await set('_NET_WM_STATE', ['_NET_WM_STATE_ABOVE', '_NET_WM_STATE_STICKY', '_NET_WM_STATE_SKIP_TASKBAR'])
    connection.x.ChangeProperty(REPLACE, this.id, await connection.atom('_NET_WM_NAME'), await connection.atom('UTF8_STRING'), 8, Buffer.from(name))
  }

  /** Shows this picture at this place. Inks are in the display's pixels. */
  paint(area: Rect, ground: number, inks: readonly Ink[]): void {
    const { x } = this.#connection
    const picture = this.draw(area, inks, this.#connection.depth, ground)
    x.ConfigureWindow(this.id, { x: area.x, y: area.y, width: area.width, height: area.height, stackMode: ABOVE })
    x.ChangeWindowAttributes(this.id, { backgroundPixmap: picture })
    x.ClearArea(this.id, 0, 0, 0, 0, 0)
    x.FreePixmap(picture)
    if (!this.#shown) x.MapWindow(this.id)
    this.#shown = true
  }

  /** A pixmap with these inks; of depth 1, with where they are. Whoever gets it frees it. */
  draw(area: Rect, inks: readonly Ink[], depth: number, ground: number): number {
    const { x, root } = this.#connection
    const [pixmap, gc] = [x.AllocID(), x.AllocID()]
    x.CreatePixmap(pixmap, root, depth, area.width, area.height)
    x.CreateGC(gc, pixmap, { foreground: ground, capStyle: ROUND.cap, joinStyle: ROUND.join })
    x.PolyFillRectangle(pixmap, gc, [0, 0, area.width, area.height])
    for (const ink of inks) {
      x.ChangeGC(gc, { foreground: depth === 1 ? 1 : ink.colour, ...(ink.kind === 'line' ? { lineWidth: ink.width } : {}) })
      if (ink.kind === 'line')
        x.PolyLine(
          ORIGIN,
          pixmap,
          gc,
          ink.points.slice(0, MAX_NUMBERS).map((at, i) => at - (i % 2 === 0 ? area.x : area.y)),
        )
      else if (ink.kind === 'dot') {
        const across = 2 * ink.radius
        x.PolyFillArc(pixmap, gc, [ink.x - ink.radius - area.x, ink.y - ink.radius - area.y, across, across, 0, FULL_CIRCLE])
      } else
        x.PolyFillRectangle(
          pixmap,
          gc,
          ink.boxes.slice(0, MAX_NUMBERS).map((at, i) => (i % 4 === 0 ? at - area.x : i % 4 === 1 ? at - area.y : at)),
        )
    }
    x.FreeGC(gc)
    return pixmap
  }

  /** Puts it above all others again. */
  raise(): void {
    this.#connection.x.ConfigureWindow(this.id, { stackMode: ABOVE })
  }

  hide(): void {
    if (this.#shown) this.#connection.x.UnmapWindow(this.id)
    this.#shown = false
  }
}
