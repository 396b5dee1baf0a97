import type { Rect } from '@remote-assist/peer'
import type { Canvas } from './canvas.js'

/**
 * One thing on a screen. It draws inside its rectangle alone and depends on nothing but its key, so a picture can be brought up to date by
 * drawing again where a key or a rectangle changed: that is the damage.
 */
export interface Widget {
  readonly name: string
  readonly rect: Rect
  readonly key: string
  readonly paint: (canvas: Canvas) => void
}
