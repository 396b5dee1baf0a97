/** One snapshot, encoded for whoever wants it: each tile once, whoever shares it; then split into parts that fit a record. */
import { type FramePart, type InputMark, PictureCodec, type Rect as WireRect } from '@remote-assist/codec'
import { type Encoder, HostError, type Image, type Rect, type RectCodec, type VideoCodec } from '../host.js'
import type { Move } from './moves.js'
import { addAll, areaOf, clip, EMPTY, type Region } from './region.js'
import { type Size, scaleRect, shrink } from './scale.js'
import { codecFor, slices, tilesOf } from './tiles.js'
import { allowedVideo, isVideo, VIDEO_WIRE } from './video.js'

/** JPEG quality, 1–100. */
const QUALITY = 80
/** No part is larger, in bytes, so that other messages find their way between; the size of a part while no rate was measured. */
const MAX_PART_BYTES = 65_536
/** No part has to be smaller, in bytes, however slow the line. */
const MIN_PART_BYTES = 8_192
/** A part takes the line for this long at most, in milliseconds. */
const PART_MS = 50
/** Most rectangles in a part. */
const MAX_RECTS_IN_PART = 1_024
/** What a rectangle adds to its data in a part, at most. */
const RECT_OVERHEAD_BYTES = 64
/** What a part adds to its rectangles, at most. */
const PART_OVERHEAD_BYTES = 128
/** Slices are made a little smaller than they would have to be on average. */
const SLICE_SLACK = 1.25

const NO_BYTES = new Uint8Array()
const WIRE: { readonly [C in RectCodec]: PictureCodec } = { raw: PictureCodec.RAW, png: PictureCodec.PNG, jpeg: PictureCodec.JPEG }

/** What may be used, and what cannot be done without. */
export interface Codecs {
  /** Those of the host that the policy allows, lossless first. */
  readonly rects: readonly RectCodec[]
  /** The policy allows COPY. */
  readonly copy: boolean
  /** Those for video that the policy allows. */
  readonly video: readonly VideoCodec[]
}

/** The codecs that the policy allows; no list means all (RA-SCR-053). */
export function allowedCodecs(policy: readonly PictureCodec[]): Codecs {
  const all: readonly RectCodec[] = ['png', 'raw', 'jpeg']
  const video = allowedVideo(policy)
  if (policy.length === 0) return { rects: all, copy: true, video }
  return { rects: all.filter(codec => policy.includes(WIRE[codec])), copy: policy.includes(PictureCodec.COPY), video }
}

/** The most bytes in a part: 50 ms of the measured rate (0 = none yet), 8–64 KiB. */
export const partBytesOf = (bytesPerMs: number): number =>
  bytesPerMs === 0 ? MAX_PART_BYTES : Math.round(Math.min(MAX_PART_BYTES, Math.max(MIN_PART_BYTES, bytesPerMs * PART_MS)))

/** The most data in a rectangle, so that it fits into a part. */
const rectBytesOf = (partBytes: number): number => partBytes - RECT_OVERHEAD_BYTES - PART_OVERHEAD_BYTES

/** The rectangles of moves, to come before all others of a frame (RA-SCR-037). */
export const copyRects = (moves: readonly Move[]): readonly WireRect[] =>
  moves.map(({ from, to }) => ({ ...to, codec: PictureCodec.COPY, data: NO_BYTES, copyFromX: from.x, copyFromY: from.y }))

/** An encoded picture of a stream: the same rectangle again and again, each with the next piece of its bytes and in a part of its own (RA-SCR-081). */
export function videoRects(codec: VideoCodec, { width, height }: Size, data: Uint8Array, partBytes: number): readonly WireRect[] {
  const pieceBytes = rectBytesOf(partBytes)
  const pieces = Array.from({ length: Math.max(1, Math.ceil(data.length / pieceBytes)) }, (_, i) => data.subarray(i * pieceBytes, (i + 1) * pieceBytes))
  return pieces.map(piece => ({ x: 0, y: 0, width, height, codec: VIDEO_WIRE[codec], data: piece, copyFromX: 0, copyFromY: 0 }))
}

/** What every frame of a snapshot has in common. */
export interface FrameFacts {
  readonly screenId: number
  readonly layoutEpoch: number
  readonly frameId: number
  readonly capturedAtUs: bigint
  readonly lastInput: InputMark | undefined
}

/** How a region is to be encoded. */
export interface Encoding {
  readonly size: Size
  /** The most bytes in a part. */
  readonly partBytes: number
  /** Without JPEG; the policy allows another codec. */
  readonly exact: boolean
}

/** Pixels of a picture: `image` has its rectangle `at`. */
interface Source {
  readonly image: Image
  readonly at: { readonly x: number; readonly y: number }
}

/** Encodes one snapshot. Tiles are kept until it is dropped. */
export class SnapshotEncoder {
  readonly #encoded = new Map<string, Promise<WireRect>>()
  readonly #lossless: readonly RectCodec[]

  constructor(
    readonly image: Image,
    readonly encoder: Encoder,
    readonly allowed: readonly RectCodec[],
  ) {
    this.#lossless = allowed.filter(codec => codec !== 'jpeg')
  }

  /** Those that are not exactly the pixels that were encoded, if the policy allows to send these. */
  roughOf(rects: readonly WireRect[]): readonly WireRect[] {
    return this.#lossless.length === 0 ? [] : rects.filter(({ codec }) => codec === PictureCodec.JPEG || isVideo(codec))
  }

  /** The rectangles of a region of the native picture, as they look in a picture of this size; each fits into a part. */
  async rects(region: Region, { size, partBytes, exact }: Encoding): Promise<readonly WireRect[]> {
    const { image } = this
    const native = size.width === image.width && size.height === image.height
    const inside = clip(region, { x: 0, y: 0, width: image.width, height: image.height })
    const wanted = native
      ? inside
      : addAll(
          EMPTY,
          inside.map(rect => scaleRect(rect, image, size)),
        )
    const codecs = exact ? this.#lossless : this.allowed
    const encode = (tile: Rect) => {
      const source = native ? { image, at: { x: 0, y: 0 } } : { image: shrink(image, size, tile), at: tile }
      return this.#fitting(tile, source, `${size.width}x${size.height}:${exact}`, codecs, rectBytesOf(partBytes))
    }
    return (await Promise.all(tilesOf(wanted).map(encode))).flat()
  }

  /** A rectangle, encoded; in slices where the result is larger than `maxBytes`. */
  async #fitting(rect: Rect, source: Source, kind: string, codecs: readonly RectCodec[], maxBytes: number): Promise<readonly WireRect[]> {
    const key = `${kind}:${rect.x},${rect.y},${rect.width},${rect.height}`
    const known = this.#encoded.get(key) ?? this.#encode(rect, source, codecs)
    this.#encoded.set(key, known)
    const encoded = await known
    if (encoded.data.length <= maxBytes || areaOf(rect) === 1) return [encoded]
    const parts = slices(rect, Math.max(2, Math.ceil((encoded.data.length * SLICE_SLACK) / maxBytes)))
    return (await Promise.all(parts.map(part => this.#fitting(part, source, kind, codecs, maxBytes)))).flat()
  }

  async #encode(rect: Rect, { image, at }: Source, codecs: readonly RectCodec[]): Promise<WireRect> {
    const from = { ...rect, x: rect.x - at.x, y: rect.y - at.y }
    const codec = codecFor(image, from, codecs)
    const data = await this.encoder.encode(image, from, codec, QUALITY)
    if (codec === 'raw' && data.length !== areaOf(rect) * 4)
      throw new HostError('E_HOST', `The encoder gave ${data.length} bytes of RAW for ${rect.width} × ${rect.height} pixels.`)
    return { ...rect, codec: WIRE[codec], data, copyFromX: 0, copyFromY: 0 }
  }
}

/** A frame in parts, numbered from 0 (RA-SCR-031, RA-SCR-045), and the bytes of them all. */
export function partsOf(
  facts: FrameFacts,
  baseFrameId: number,
  size: Size,
  rects: readonly WireRect[],
  partBytes: number,
): { readonly parts: readonly FramePart[]; readonly bytes: number } {
  const limit = partBytes - PART_OVERHEAD_BYTES
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
