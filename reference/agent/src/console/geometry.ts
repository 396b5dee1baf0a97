/** Where the picture lies on the stage, and which native pixel a place on the stage is. */

export interface Size {
  readonly width: number
  readonly height: number
}

export interface Place {
  readonly x: number
  readonly y: number
}

/** How the picture is shown: as large as the stage allows (never larger than 1:1 device pixels … unless the stage asks), or one native pixel a device pixel. */
export type Sizing = 'fit' | 'actual'

/** The picture's top left corner in CSS pixels, and CSS pixels for each native pixel. */
export interface Placement extends Place {
  readonly scale: number
}

/** Space around a fitted picture, CSS pixels. */
export const MARGIN = 16

/**
 * Places a screen on a stage (CSS pixels). `fit` shows all of it, centred, and enlarges it by no more than 1 device pixel for each native one: upscaled
 * text is no better to read. `actual` centres what is smaller than the stage and starts at its corner otherwise.
 */
export function placePicture(stage: Size, screen: Size, sizing: Sizing, devicePixelRatio: number): Placement {
  const one = 1 / devicePixelRatio
  const room = (side: number) => Math.max(1, side - 2 * MARGIN)
  const scale = sizing === 'actual' ? one : Math.min(one, room(stage.width) / screen.width, room(stage.height) / screen.height)
  const start = (side: number, pixels: number) => Math.max(0, Math.round((side - pixels * scale) / 2))
  return { x: start(stage.width, screen.width), y: start(stage.height, screen.height), scale }
}

/** The native pixel at a place of the stage (CSS pixels, scrolled with the picture), clamped to the screen. */
export function nativePixel(at: Place, { x, y, scale }: Placement, { width, height }: Size): Place {
  const clamp = (value: number, end: number) => Math.min(end - 1, Math.max(0, Math.floor(value)))
  return { x: clamp((at.x - x) / scale, width), y: clamp((at.y - y) / scale, height) }
}

/** Wheel units (120 = one notch) for one CSS pixel, line and page: what browsers report for one notch is 100 px or 3 lines. */
const UNITS: readonly number[] = [1.2, 40, 120]

/** Turns wheel events into whole units, and keeps the fraction for the next. `mode` is `WheelEvent.deltaMode`. */
export class WheelUnits {
  #x = 0
  #y = 0

  take(deltaX: number, deltaY: number, mode: number): Place {
    const unit = UNITS[mode] ?? 1
    this.#x += deltaX * unit
    this.#y += deltaY * unit
    const whole = { x: Math.trunc(this.#x), y: Math.trunc(this.#y) }
    this.#x -= whole.x
    this.#y -= whole.y
    return whole
  }
}
