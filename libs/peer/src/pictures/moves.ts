/**
 * What only moved: text that scrolls, a window that is dragged. A few places of the new picture are looked for in the old one; the offset that most of
 * them agree on is grown, pixel for pixel, into rectangles. Nothing is guessed: a move holds for every pixel, or it is none. Pure.
 */
import type { Rect } from '../host.js'
import { alike, alikeBefore, COLOUR, type Pixels } from './pixels.js'
import { area, areaOf, around, type Region, without } from './region.js'

/** A rectangle whose pixels were elsewhere in the picture before. */
export interface Move {
  readonly from: { readonly x: number; readonly y: number }
  readonly to: Rect
}

/** Less than so many pixels are sent as quickly as they are looked for. */
const MIN_PIXELS = 4_096
/** A place that is looked for: so many pixels, side by side. */
const SPAN = 32
/** Of the old picture every so manieth row is looked at. Places stand in as many rows, one below the other: whatever the offset, one of them falls on such a row. */
const GRID = 8
/** Places stand on a lattice of so many columns and rows. */
const LATTICE = 12
/** A place with fewer changes of colour from pixel to pixel may be anywhere. */
const MIN_EDGES = 4
/** Places found in the old picture, at most: beyond, the pattern repeats too often to say anything. */
const MAX_VOTES = 4_096
/** Offsets that are tried, the one with the most votes first. */
const MAX_OFFSETS = 4
/** Rectangles of one offset, at most. */
const MAX_MOVES = 16
/** A row that fits in this share of the width at least narrows what grows; one that fits less ends it. */
const MIN_SHARE = 0.75

const FACTOR = 0x9e3779b1 | 0
const FACTOR_OUT = power(FACTOR, SPAN - 1)
/** Whether a place may have this hash, asked before the exact answer: 2¹² of the hash's highest bits. */
const SIEVE_SHIFT = 20

interface Place {
  readonly x: number
  readonly y: number
}

interface Offset {
  readonly dx: number
  readonly dy: number
  readonly places: Place[]
}

/** The moves within `changed`, which is where two pictures of the same size differ; none where that is little. No move reaches into a mask. */
export function findMoves(before: Pixels, now: Pixels, picture: Rect, changed: Region, masks: Region): readonly Move[] {
  if (area(changed) < MIN_PIXELS) return []
  const box = changed.reduce(around)
  const free = without([box], masks)
  const offsets = offsetsOf(before, box, placesIn(before, now, box, masks))
  let best: { readonly offset: Offset; readonly move: Move } | undefined
  for (const offset of offsets) {
    const move = grow(before, now, offset, offset.places[0] as Place, picture, free)
    if (best === undefined || areaOf(move.to) > areaOf(best.move.to)) best = { offset, move }
  }
  if (best === undefined || areaOf(best.move.to) < MIN_PIXELS) return []
  const moves = [best.move]
  for (const place of best.offset.places) {
    if (moves.length === MAX_MOVES) break
    if (moves.some(({ to }) => holds(to, place))) continue
    const move = grow(before, now, best.offset, place, picture, free)
    if (areaOf(move.to) >= MIN_PIXELS) moves.push(move)
  }
  return moves
}

/** Places of the new picture that are changed, unmasked and have a face of their own, by hash. */
function placesIn(before: Pixels, now: Pixels, box: Rect, masks: Region): ReadonlyMap<number, readonly Place[]> {
  const places = new Map<number, Place[]>()
  const columns = Math.min(LATTICE, Math.floor(box.width / SPAN))
  const rows = Math.min(LATTICE, Math.floor(box.height / GRID))
  for (let i = 0; i < columns * rows; i++) {
    const x = box.x + Math.floor(((i % columns) * box.width) / columns)
    const top = box.y + Math.floor((Math.floor(i / columns) * box.height) / rows)
    if (masks.some(mask => x < mask.x + mask.width && mask.x < x + SPAN && top < mask.y + mask.height && mask.y < top + GRID)) continue
    for (let y = top; y < top + GRID; y++) {
      if (!isDistinct(before, now, x, y)) continue
      const hash = hashAt(now, x, y)
      const known = places.get(hash)
      if (known === undefined) places.set(hash, [{ x, y }])
      else known.push({ x, y })
    }
  }
  return places
}

function isDistinct(before: Pixels, now: Pixels, x: number, y: number): boolean {
  const at = y * now.stride + x
  const old = y * before.stride + x
  let edges = 0
  let changed = false
  for (let i = 0; i < SPAN; i++) {
    const pixel = now.data[at + i] as number
    if (((pixel ^ (before.data[old + i] as number)) & COLOUR) !== 0) changed = true
    if (i > 0 && ((pixel ^ (now.data[at + i - 1] as number)) & COLOUR) !== 0) edges++
  }
  return changed && edges >= MIN_EDGES
}

/** By how much the places may have moved, the likeliest first. */
function offsetsOf({ data, stride }: Pixels, box: Rect, places: ReadonlyMap<number, readonly Place[]>): readonly Offset[] {
  if (places.size === 0) return []
  const sieve = new Uint8Array(1 << (32 - SIEVE_SHIFT))
  for (const hash of places.keys()) sieve[hash >>> SIEVE_SHIFT] = 1
  const offsets = new Map<number, Offset>()
  let votes = 0
  for (let y = Math.ceil(box.y / GRID) * GRID; y < box.y + box.height && votes < MAX_VOTES; y += GRID) {
    const start = y * stride + box.x
    const end = start + box.width - SPAN
    let hash = hashAt({ data, stride }, box.x, y)
    for (let at = start; ; at++) {
      if (sieve[hash >>> SIEVE_SHIFT] === 1) {
        for (const place of places.get(hash) ?? []) {
          vote(offsets, place.x - (box.x + at - start), place.y - y, place)
          votes++
        }
      }
      if (at >= end) break
      hash = (Math.imul(hash - Math.imul((data[at] as number) & COLOUR, FACTOR_OUT), FACTOR) + ((data[at + SPAN] as number) & COLOUR)) | 0
    }
  }
  return [...offsets.values()].sort((a, b) => b.places.length - a.places.length).slice(0, MAX_OFFSETS)
}

function vote(offsets: Map<number, Offset>, dx: number, dy: number, place: Place): void {
  if (dx === 0 && dy === 0) return
  const key = (dy + 32_768) * 65_536 + dx + 32_768
  const known = offsets.get(key)
  if (known === undefined) offsets.set(key, { dx, dy, places: [place] })
  else known.places.push(place)
}

/** The rectangle around a place in which every pixel moved by this offset: first as wide as its row, then as high as rows follow it. Empty if none did. */
function grow(before: Pixels, now: Pixels, { dx, dy }: Offset, { x, y }: Place, picture: Rect, free: Region): Move {
  const nothing: Move = { from: { x: x - dx, y: y - dy }, to: { x, y, width: 0, height: 0 } }
  const bounds = free.find(rect => holds(rect, { x, y }))
  if (bounds === undefined) return nothing
  // What is copied lies within the picture as well.
  const least = Math.max(bounds.x, picture.x + dx)
  const most = Math.min(bounds.x + bounds.width, picture.x + picture.width + dx)
  const highest = Math.max(bounds.y, picture.y + dy)
  const lowest = Math.min(bounds.y + bounds.height, picture.y + picture.height + dy)
  // So many pixels of a row moved, from the place on and before it.
  const after = (row: number, count: number) => alike(now.data, row * now.stride + x, before.data, (row - dy) * before.stride + x - dx, count)
  const ahead = (row: number, count: number) => alikeBefore(now.data, row * now.stride + x, before.data, (row - dy) * before.stride + x - dx, count)
  let right = x + after(y, most - x)
  let left = x - ahead(y, x - least)
  if (right - left < SPAN) return nothing
  const follows = (row: number): boolean => {
    const to = x + after(row, right - x)
    const from = x - ahead(row, x - left)
    if (to - from < (right - left) * MIN_SHARE) return false
    left = from
    right = to
    return true
  }
  let top = y
  let bottom = y + 1
  while (top > highest && follows(top - 1)) top--
  while (bottom < lowest && follows(bottom)) bottom++
  return { from: { x: left - dx, y: top - dy }, to: { x: left, y: top, width: right - left, height: bottom - top } }
}

const holds = (rect: Rect, { x, y }: Place): boolean => x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height

/** The polynomial of the place's colours, modulo 2³². */
function hashAt({ data, stride }: Pixels, x: number, y: number): number {
  let hash = 0
  for (let i = y * stride + x; i < y * stride + x + SPAN; i++) hash = (Math.imul(hash, FACTOR) + ((data[i] as number) & COLOUR)) | 0
  return hash
}

function power(base: number, exponent: number): number {
  let result = 1
  for (let i = 0; i < exponent; i++) result = Math.imul(result, base)
  return result
}
