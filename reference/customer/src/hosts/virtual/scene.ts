import type { Rect, ScreenInfo } from '@remote-assist/peer'
import { deskScene } from './scene-desk.js'
import { boardScene, coverScene } from './scene-other.js'
import { coverOf, type DesktopState } from './state.js'
import type { Widget } from './widget.js'

/** What is on a screen, from back to front. */
export function scene(state: DesktopState, screen: ScreenInfo): readonly Widget[] {
  if (coverOf(state) !== 'none') return coverScene(state, screen)
  return screen.primary ? deskScene(state, screen) : boardScene(state, screen)
}

/** Where two scenes of one screen look different. */
export function difference(before: readonly Widget[], after: readonly Widget[]): readonly Rect[] {
  const known = new Map(before.map(widget => [widget.name, widget]))
  const rects: Rect[] = []
  for (const widget of after) {
    const old = known.get(widget.name)
    known.delete(widget.name)
    if (old?.key === widget.key && sameRect(old.rect, widget.rect)) continue
    if (old) rects.push(old.rect)
    rects.push(widget.rect)
  }
  for (const gone of known.values()) rects.push(gone.rect)
  return rects
}

function sameRect(a: Rect, b: Rect): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height
}
