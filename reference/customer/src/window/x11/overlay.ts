/** What agents draw and point at, on the person's own screen: seen by everybody, felt by nobody. */
import type { ScreenInfo } from '@remote-assist/peer'
import type { XConnection } from '../../hosts/x11/connection.js'
import type { ShapeExtension } from '../../hosts/x11/wire.js'
import { extentOf } from './extent.js'
import { boundsOf, type Ink } from './ink.js'
import { Panel } from './panel.js'

const SET = 0
const BOUNDING = 0
const INPUT = 2

export class Overlay {
  readonly #connection: XConnection
  readonly #shape: ShapeExtension
  readonly #panel: Panel

  private constructor(connection: XConnection, shape: ShapeExtension) {
    this.#connection = connection
    this.#shape = shape
    this.#panel = new Panel(connection, 0)
    // Clicks go through it, to what is below.
    shape.Rectangles(SET, INPUT, this.#panel.id, 0, 0, [])
  }

  /** Undefined = the server has only windows that are rectangles, which would hide what they are above. */
  static async open(connection: XConnection): Promise<Overlay | undefined> {
    const shape = await connection.extension<ShapeExtension>('shape')
    return shape === undefined ? undefined : new Overlay(connection, shape)
  }

  /** Shows this from now on, on these screens, and nothing else. */
  show(inks: readonly Ink[], screens: readonly ScreenInfo[]): void {
    const { x } = this.#connection
    const { width, height } = extentOf(screens, this.#connection)
    const area = boundsOf(inks, width, height)
    if (area === undefined) return this.#panel.hide()
    const where = this.#panel.draw(area, inks, 1, 0)
    this.#shape.Mask(SET, BOUNDING, this.#panel.id, 0, 0, where)
    x.FreePixmap(where)
    this.#panel.paint(area, 0, inks)
  }
}
