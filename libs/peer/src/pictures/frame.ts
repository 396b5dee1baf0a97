/** One snapshot, encoded for whoever wants it: each tile once, whoever shares it; then split into parts that fit a record. */
import { type FramePart, type InputMark, PictureCodec, type Rect as WireRect } from '@remote-assist/codec'
import type { Encoder, Image, Rect, RectCodec } from '../host.js'
import { addAll, clip, EMPTY, type Region } from './region.js'
import { type Size, scaleRect, shrink } from './scale.js'
import { codecFor, halves, tilesOf } from './tiles.js'

/** JPEG quality, 1–100. */
const QUALITY = 80
/** A part is closed beyond so many bytes, so that other messages find their way between. */
const PART_BYTES = 65_536
/** Most rectangles in a part. */
const MAX_RECTS_IN_PART = 1_024
/** What a rectangle adds to its data in a part, at most. */
const RECT_OVERHEAD_BYTES = 64
/** What a part adds to its rectangles, at most. */
const PART_OVERHEAD_BYTES = 128
/** Most data in a rectangle. */
const MAX_RECT_BYTES = 262_144

const WIRE: { readonly [C in RectCodec]: PictureCodec } = { raw: PictureCodec.RAW, png: PictureCodec.PNG, jpeg: PictureCodec.JPEG }

/** The codecs of the host that the policy allows, lossless first; no list means all (RA-SCR-053). */
export function allowedCodecs(policy: readonly PictureCodec[]): readonly RectCodec[] {
  const all: readonly RectCodec[] = ['png', 'raw', 'jpeg']
  return policy.length === 0 ? all : all.filter(codec => policy.includes(WIRE[codec]))
}

/** What every frame of a snapshot has in common. */
export interface FrameFacts {
  readonly screenId: number
  readonly layoutEpoch: number
  readonly frameId: number
  readonly capturedAtUs: bigint
  readonly lastInput: InputMark | undefined
}

/** Encodes one snapshot. Tiles are kept until it is dropped. */
export class SnapshotEncoder {
  readonly #tiles = new Map<string, Promise<readonly WireRect[]>>()

  constructor(
    readonly image: Image,
    readonly encoder: Encoder,
    readonly allowed: readonly RectCodec[],
    /** The most that a record's plaintext may have. */
    readonly maxBytes: number,
  ) {}

  /** The rectangles of a region of the native picture, as they look in a picture of this size. */
  async rects(region: Region, size: Size): Promise<readonly WireRect[]> {
    const { image } = this
    const native = size.width === image.width && size.height === image.height
    const inside = clip(region, { x: 0, y: 0, width: image.width, height: image.height })
    const wanted = native
      ? inside
      : addAll(
          EMPTY,
          inside.map(rect => scaleRect(rect, image, size)),
        )
    const tiles = await Promise.all(tilesOf(wanted).map(tile => this.#tile(tile, size, native)))
    return tiles.flat()
  }

  #tile(tile: Rect, size: Size, native: boolean): Promise<readonly WireRect[]> {
    const key = `${size.width}x${size.height}:${tile.x},${tile.y},${tile.width},${tile.height}`
    const known = this.#tiles.get(key)
    if (known !== undefined) return known
    const source = native ? { image: this.image, at: tile } : { image: shrink(this.image, size, tile), at: { ...tile, x: 0, y: 0 } }
    const encoded = this.#encode(source.image, source.at, tile)
    this.#tiles.set(key, encoded)
    return encoded
  }

  /** Encodes pixels at `from`, which are at `to` in the picture; in halves where the result does not fit. */
  async #encode(image: Image, from: Rect, to: Rect): Promise<readonly WireRect[]> {
    const codec = codecFor(image, from, this.allowed)
    const data = await this.encoder.encode(image, from, codec, QUALITY)
    const parts = data.length <= Math.min(MAX_RECT_BYTES, this.maxBytes - RECT_OVERHEAD_BYTES - PART_OVERHEAD_BYTES) ? undefined : halves(from)
    if (parts === undefined) return [{ ...to, codec: WIRE[codec], data, copyFromX: 0, copyFromY: 0 }]
    const encoded = parts.map(part => this.#encode(image, part, { ...part, x: part.x - from.x + to.x, y: part.y - from.y + to.y }))
    return (await Promise.all(encoded)).flat()
  }
}

/** A frame in parts, numbered from 0 (RA-SCR-031, RA-SCR-045), and the bytes of them all. */
export function partsOf(
  facts: FrameFacts,
  baseFrameId: number,
  size: Size,
  rects: readonly WireRect[],
  maxBytes: number,
): { readonly parts: readonly FramePart[]; readonly bytes: number } {
  const limit = Math.min(PART_BYTES, maxBytes - PART_OVERHEAD_BYTES)
  const groups: WireRect[][] = [[]]
  let bytes = 0
  let total = 0
  for (const rect of rects) {
    const cost = rect.data.length + RECT_OVERHEAD_BYTES
    const group = groups[groups.length - 1] as WireRect[]
    total += cost
    if (group.length > 0 && (bytes + cost > limit || group.length === MAX_RECTS_IN_PART)) {
      groups.push([rect])
      bytes = cost
    } else {
      group.push(rect)
      bytes += cost
    }
  }
  const parts = groups.map((group, part) => ({ ...facts, baseFrameId, part, last: part === groups.length - 1, rects: group, ...size }))
  return { parts, bytes: total + groups.length * PART_OVERHEAD_BYTES }
}
