/** Video that is easy to judge: each picture is what differs from the one before, exactly, with a digest of what has to come out. */
import { createHash } from 'node:crypto'
import { PictureCodec, type Rect as WireRect } from '@remote-assist/codec'
import type { Image, VideoCodec, VideoHost, VideoStream } from '../../src/host.js'
import { isVideo } from '../../src/pictures/video.js'

const KEY = 1
const DELTA = 2

const DIGEST_BYTES = 8
const digestOf = (pixels: Uint8Array): Buffer => createHash('sha1').update(pixels).digest().subarray(0, DIGEST_BYTES)

/** The bytes of a picture, each combined with that of the one before. */
const combined = (one: Uint8Array, other: Uint8Array): Uint8Array => one.map((byte, i) => byte ^ (other[i] ?? 0))

/** An encoder of a host, and what was asked of it. */
export class DeltaVideo implements VideoHost {
  codecs: readonly VideoCodec[] = ['vp9', 'h264']
  /** Set to be asked before each picture: it may be left out, or fail. */
  before: () => 'encode' | 'leave-out' = () => 'encode'
  /** Sizes without an encoder. */
  unable: (codec: VideoCodec) => boolean = () => false
  readonly asked: { readonly codec: VideoCodec; readonly key: boolean; readonly bitsPerSecond: number }[] = []
  /** Encoders at work. */
  running = 0

  async open(codec: VideoCodec): Promise<VideoStream | undefined> {
    if (this.unable(codec)) return undefined
    this.running++
    let last = new Uint8Array()
    let open = true
    return {
      encode: async (image: Image, { key, bitsPerSecond }) => {
        this.asked.push({ codec, key, bitsPerSecond })
        if (this.before() === 'leave-out') return undefined
        const pixels = rowsOf(image)
        const data = Buffer.concat([Uint8Array.of(key ? KEY : DELTA), digestOf(pixels), key ? pixels : combined(pixels, last)])
        last = pixels
        return data
      },
      close: () => {
        if (open) this.running--
        open = false
      },
    }
  }
}

function rowsOf({ width, height, stride, data }: Image): Uint8Array<ArrayBuffer> {
  const rows = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++) rows.set(data.subarray(y * stride, y * stride + width * 4), y * width * 4)
  return rows
}

/** A viewer's decoder: what it keeps from frame to frame. */
export class DeltaDecoder {
  #state: { readonly codec: PictureCodec; readonly pixels: Uint8Array } | undefined

  /** The rectangles of a frame, those of video as RAW. Throws if a picture builds on one that is not there (RA-SCR-084, RA-SCR-085). */
  decoded(baseFrameId: number, rects: readonly WireRect[]): readonly WireRect[] {
    if (baseFrameId === 0) this.#state = undefined
    const [first] = rects
    if (first === undefined || !isVideo(first.codec)) return rects
    const all = Buffer.concat(rects.map(({ data }) => data))
    const [kind, digest, bytes] = [all[0], all.subarray(1, 1 + DIGEST_BYTES), all.subarray(1 + DIGEST_BYTES)]
    const { codec } = first
    if ((kind === KEY) !== (baseFrameId === 0)) throw new Error(`A frame on ${baseFrameId} holds a picture of kind ${kind}.`)
    if (kind === DELTA && this.#state?.codec !== codec) throw new Error('There is nothing that this picture builds on.')
    const pixels = kind === KEY ? bytes : combined(bytes, this.#state?.pixels ?? new Uint8Array())
    if (!digestOf(pixels).equals(digest)) throw new Error('This picture builds on another than was there.')
    this.#state = { codec, pixels }
    return [{ ...first, codec: PictureCodec.RAW, data: pixels }]
  }
}
