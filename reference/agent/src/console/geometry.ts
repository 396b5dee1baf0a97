/** Where the picture lies on the stage, and which native pixel a place on the stage is. */

export interface Size {
  readonly width: number
  readonly height: number
}

export interface Place {
  readonly x: number
  readonly y: number
}

/** How the picture is shown: as large as the stage allows, or so many device pixels for each native one. */
export type Sizing = 'fit' | number

/** One device pixel for each native one. */
export const ACTUAL = 1

/** Sizes to choose from, and the least and most that the wheel gets to. */
export const ZOOMS = [0.5, 0.75, ACTUAL, 1.5, 2, 4] as const
const LEAST = 0.25
const MOST = 8

/** The picture's top left corner in CSS pixels, and CSS pixels for each native pixel. */
export interface Placement extends Place {
  readonly scale: number
}

/** Space around a fitted picture, CSS pixels. */
export const MARGIN = 16

/**
 * Places a screen on a stage (CSS pixels). `fit` shows all of it, centred, and enlarges it by no more than 1 device pixel for each native one: upscaled
 * text is no better to read. A zoomed one is centred where it is smaller than the stage and starts at its corner otherwise.
 */
export function placePicture(stage: Size, screen: Size, sizing: Sizing, devicePixelRatio: number): Placement {
  const one = 1 / devicePixelRatio
  const room = (side: number) => Math.max(1, side - 2 * MARGIN)
  const scale = sizing !== 'fit' ? sizing * one : Math.min(one, room(stage.width) / screen.width, room(stage.height) / screen.height)
  const start = (side: number, pixels: number) => Math.max(0, Math.round((side - pixels * scale) / 2))
  return { x: start(stage.width, screen.width), y: start(stage.height, screen.height), scale }
}

/** The zoom after the wheel turned by so many CSS pixels over a picture that has `scale` CSS pixels for each native one. */
export function zoomedBy(deltaY: number, scale: number, devicePixelRatio: number): number {
  const before = scale * devicePixelRatio
  return Math.min(MOST, Math.max(LEAST, before * 2 ** (-deltaY / 400)))
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
