/** Where the screens are: what pointer coordinates and frames refer to. */
import type { Screen } from '@remote-assist/codec'

/** A screen list with its epoch; epoch 0 = none was announced yet. */
export interface Layout {
  readonly epoch: number
  readonly screens: readonly Screen[]
}

export const NO_LAYOUT: Layout = { epoch: 0, screens: [] }

export const screenOf = (layout: Layout, screenId: number): Screen | undefined => layout.screens.find(screen => screen.screenId === screenId)

const clamp = (value: number, size: number): number => Math.max(0, Math.min(size - 1, value))

/** A place on a screen, moved to the nearest pixel that exists. */
export const clampTo = (screen: Screen, x: number, y: number): { readonly x: number; readonly y: number } => ({
  x: clamp(x, screen.width),
  y: clamp(y, screen.height),
})
