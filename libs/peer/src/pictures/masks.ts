/** Masked regions: what nobody may see, whatever the host shows there. Pure. */
import type { Mask, ScreenInfo } from '../host.js'
import { addAll, EMPTY, intersect, type Region } from './region.js'

/** Masked regions in all, at most; more are joined, so that everything that was named stays masked. */
export const MAX_MASKS = 64

/** The masked region of each screen that has one, in its native pixels. */
export type Masked = ReadonlyMap<number, Region>

/** Brings masks into the form in which they are painted and told: within their screens, none over another, at most 64. */
export function maskedOf(masks: readonly Mask[], screens: readonly Pick<ScreenInfo, 'id' | 'width' | 'height'>[]): Masked {
  const limit = Math.floor(MAX_MASKS / Math.max(1, screens.length))
  const entries = screens.flatMap(({ id, width, height }) => {
    const own = masks.filter(({ screenId }) => screenId === id).flatMap(mask => intersect(outward(mask), { x: 0, y: 0, width, height }) ?? [])
    const region = addAll(EMPTY, own, limit)
    return region.length === 0 ? [] : [[id, region] as const]
  })
  return new Map(entries)
}

/** Whole pixels: one that is masked in part is masked. */
function outward({ x, y, width, height }: Mask) {
  const left = Math.floor(x)
  const top = Math.floor(y)
  return { x: left, y: top, width: Math.ceil(x + width) - left, height: Math.ceil(y + height) - top }
}
