/** What a viewer has seen only roughly: pixels that were sent as JPEG. Once they have been still for a while they are due to be sent exactly. Pure. */
import type { Instant } from '@remote-assist/core'
import type { Rect } from '../host.js'
import type { Move } from './moves.js'
import { addAll, EMPTY, intersect, type Region, without } from './region.js'
import { tilesOf } from './tiles.js'

/** Pixels have been still when they did not change for this long, in milliseconds; at most twice as long. */
export const STILL_MS = 300

/** Rough pixels by age. Whatever changes is sent again, and leaves. */
export interface Blur {
  /** Sent since the last turn, and before it. */
  readonly fresh: Region
  readonly ageing: Region
  /** Due to be sent exactly. */
  readonly still: Region
  /** When everything grows older by a step. */
  readonly turnsAt: Instant
}

/** Everything was sent exactly. */
export const SHARP: Blur = { fresh: EMPTY, ageing: EMPTY, still: EMPTY, turnsAt: 0 as Instant }

/** When the next step is; undefined if nothing grows older. */
export const turnOf = ({ fresh, ageing, turnsAt }: Blur): Instant | undefined => (fresh.length + ageing.length === 0 ? undefined : turnsAt)

/** The blur as it is now. */
export function aged(blur: Blur, now: Instant): Blur {
  const turn = turnOf(blur)
  if (turn === undefined || now < turn) return blur
  return { fresh: EMPTY, ageing: blur.fresh, still: addAll(blur.still, blur.ageing), turnsAt: later(now) }
}

/** The blur after a frame: what moved takes its roughness along, what was sent (`sent`) is as rough as it was sent (`rough`). */
export function afterFrame(blur: Blur, moves: readonly Move[], sent: readonly Rect[], rough: readonly Rect[], now: Instant): Blur {
  const left = (region: Region) => addAll(EMPTY, [...without(region, [...moves.map(({ to }) => to), ...sent]), ...moves.flatMap(move => carried(region, move))])
  const fresh = addAll(left(blur.fresh), rough)
  const ageing = left(blur.ageing)
  return { fresh, ageing, still: left(blur.still), turnsAt: turnOf(blur) ?? later(now) }
}

/** A piece of what is due, of at most so many pixels (but at least a row of a tile). */
export function pieceOf({ still }: Blur, pixels: number): Region {
  const pieces: Rect[] = []
  let left = pixels
  for (const tile of tilesOf(still)) {
    const height = Math.min(tile.height, Math.max(pieces.length === 0 ? 1 : 0, Math.floor(left / tile.width)))
    if (height === 0) break
    pieces.push({ ...tile, height })
    left -= tile.width * height
    if (height < tile.height) break
  }
  return pieces
}

function carried(region: Region, { from, to }: Move): Region {
  const source = { ...to, ...from }
  return region.flatMap(rect => {
    const part = intersect(rect, source)
    return part === undefined ? [] : [{ ...part, x: part.x - from.x + to.x, y: part.y - from.y + to.y }]
  })
}

const later = (now: Instant): Instant => (now + STILL_MS) as Instant
