import type { Rect, ScreenInfo } from '@remote-assist/peer'
import type { XConnection } from '../../hosts/x11/connection.js'

/** What the display's screens take together, from its corner: they change, and the connection tells how large they were when it was opened. */
export function extentOf(screens: readonly ScreenInfo[], { display }: XConnection): Rect {
  const [{ pixel_width, pixel_height } = { pixel_width: 0, pixel_height: 0 }] = display.screen
  if (screens.length === 0) return { x: 0, y: 0, width: pixel_width, height: pixel_height }
  return { x: 0, y: 0, width: Math.max(...screens.map(({ x, width }) => x + width)), height: Math.max(...screens.map(({ y, height }) => y + height)) }
}
