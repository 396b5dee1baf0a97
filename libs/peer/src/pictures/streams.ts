/**
 * The video of a screen: one stream for each size and codec. Whoever has the newest picture of a stream is in step, and gets the next one as what changed; whoever
 * is not gets it from a key frame on. A stream moves when much of the picture does: little is sent sooner, and exactly, as rectangles.
 */
import type { Instant } from '@remote-assist/core'
import type { Image, VideoCodec, VideoHost, VideoStream } from '../host.js'
import type { Move } from './moves.js'
import { area, without } from './region.js'
import { type Size, within } from './scale.js'
import { videoCodecsOf } from './video.js'
import type { Standing, View } from './view.js'

/** Video is worth it from this share of the picture on. */
const SHARE = 1 / 8
/** Whoever is out of step has rectangles until a key frame disturbs those who are in step no more often than this, in milliseconds. */
export const REJOIN_MS = 2_000
/** Streams of a screen, at most: further sizes and codecs have rectangles. */
const MAX_STREAMS = 2
/** Streams that are remembered, those that are over among them. */
const MAX_REMEMBERED = 32
/** Bits per second, while nothing was measured, at least, and at most for each pixel of the picture. */
const FIRST_RATE = 3_000_000
const LEAST_RATE = 300_000
const MOST_BITS_PER_PIXEL = 4
/** A little more than what was measured, to find out whether the line takes it; what it does not take waits here, not on the way. */
const PROBE = 1.2

/** The bit rate for a picture of this size on a line that delivers so many bytes per millisecond (0 = not measured yet). */
export const bitRateOf = (bytesPerMs: number, { width, height }: Size): number =>
  bytesPerMs === 0 ? FIRST_RATE : Math.round(Math.max(LEAST_RATE, Math.min(width * height * MOST_BITS_PER_PIXEL, bytesPerMs * 8_000 * PROBE)))

/** A viewer that has room for a frame. */
export interface Candidate {
  readonly view: View
  readonly standing: Standing
  /** What of its picture only moved, and is copied where there is no video. */
  readonly moves: readonly Move[]
}

/** The next picture of a stream, for those who share it. */
export interface Take {
  readonly stream: Stream
  /** It decodes alone. */
  readonly key: boolean
  /** Encodes it, once. `undefined`: the encoder left it out, or, if the stream is over, there is none. */
  encode(image: Image, capturedAtUs: number): Promise<Uint8Array | undefined>
}

/** One stream: its encoder, and how many pictures came of it. */
export class Stream {
  /** Pictures that were encoded. */
  count = 0
  /** When the next key frame may come for those who are out of step. */
  rejoinAt: Instant | undefined
  #over = false
  #encoder: Promise<VideoStream | undefined> | undefined

  constructor(
    readonly codec: VideoCodec,
    readonly size: Size,
    readonly host: VideoHost,
    readonly failed: (error: unknown) => void,
  ) {}

  /** There is no encoder, or it failed: no picture comes any more. */
  get over(): boolean {
    return this.#over
  }

  /** The viewer has the newest picture, and nothing else since but rectangles. */
  holds({ step }: View): boolean {
    return step?.stream === this && step.count === this.count
  }

  async encode(
    image: Image,
    options: { readonly key: boolean; readonly bitsPerSecond: number; readonly capturedAtUs: number },
  ): Promise<Uint8Array | undefined> {
    if (this.#over) return undefined
    try {
      this.#encoder ??= this.host.open(this.codec, this.size)
      const encoder = await this.#encoder
      const data = await encoder?.encode(image, options)
      if (encoder === undefined) this.#over = true
      else if (data !== undefined) this.count++
      return data
    } catch (error) {
      // A stream that was closed meanwhile fails nobody.
      if (!this.#over) this.failed(error)
      this.#over = true
      return undefined
    }
  }

  close(): void {
    this.#over = true
    void this.#encoder?.then(
      encoder => encoder?.close(),
      () => undefined,
    )
  }
}

/** The streams of a screen. */
export class Streams {
  readonly #streams = new Map<string, Stream>()

  constructor(
    readonly host: VideoHost | undefined,
    readonly failed: (error: unknown) => void,
  ) {}

  /** Who of those that have room gets the next picture of a stream. `views`: everybody who watches; `allowed`: by the policy. */
  takes(views: readonly View[], candidates: readonly Candidate[], native: Size, allowed: readonly VideoCodec[], now: Instant): ReadonlyMap<View, Take> {
    const streams = this.#streamsOf(views, native, allowed)
    const used = new Set(streams.values())
    this.#keep(used)
    const takes = new Map<View, Take>()
    for (const stream of used) {
      const members = candidates.filter(({ view }) => streams.get(view) === stream)
      const inStep = ({ view, standing }: Candidate) => standing.base !== 0 && stream.holds(view)
      // A key frame after a while, or where nobody is in step, disturbs nobody.
      const lost = new Set(members.filter(one => !inStep(one)).map(({ view }) => view))
      const mayRejoin = stream.rejoinAt === undefined || now >= stream.rejoinAt || !views.some(view => stream.holds(view) && !lost.has(view))
      const leads = members.filter(one => (one.standing.base === 0 || isLarge(one, native)) && (mayRejoin || inStep(one)))
      if (leads.length === 0) continue
      const key = !leads.every(inStep)
      if (key) stream.rejoinAt = (now + REJOIN_MS) as Instant
      const going = members.filter(one => (one.standing.base === 0 || one.view.pending.length > 0) && (key || inStep(one)))
      // A slow line does not spoil the picture of the others: whoever cannot follow falls out of step.
      const bitsPerSecond = bitRateOf(Math.max(...going.map(({ standing }) => standing.bytesPerMs)), stream.size)
      const take = takeOf(stream, key, bitsPerSecond)
      for (const { view } of going) takes.set(view, take)
    }
    return takes
  }

  /** Everything ends. */
  close(): void {
    this.#keep(new Set())
    this.#streams.clear()
  }

  /** Lets go of all others. */
  #keep(used: ReadonlySet<Stream>): void {
    for (const [key, stream] of this.#streams) {
      // One that is over is remembered, so that it is not tried again.
      if (used.has(stream) || (stream.over && this.#streams.size <= MAX_REMEMBERED)) continue
      stream.close()
      this.#streams.delete(key)
    }
  }

  /** The streams of those who can have one. */
  #streamsOf(views: readonly View[], native: Size, allowed: readonly VideoCodec[]): ReadonlyMap<View, Stream> {
    const streams = new Map<View, Stream>()
    for (const view of views) {
      const stream = this.#streamOf(view, native, allowed, new Set(streams.values()))
      if (stream !== undefined) streams.set(view, stream)
    }
    return streams
  }

  /** The stream for a viewer: of the first codec that it names, the host has and the policy allows. */
  #streamOf({ subscribe }: View, native: Size, allowed: readonly VideoCodec[], used: ReadonlySet<Stream>): Stream | undefined {
    const { host } = this
    if (host === undefined) return undefined
    const size = within(native, subscribe.maxWidth, subscribe.maxHeight)
    for (const codec of videoCodecsOf(subscribe.codecs)) {
      if (!allowed.includes(codec) || !host.codecs.includes(codec)) continue
      const key = `${codec}@${size.width}x${size.height}`
      const stream = this.#streams.get(key) ?? new Stream(codec, size, host, this.failed)
      if (stream.over || (used.size >= MAX_STREAMS && !used.has(stream))) continue
      this.#streams.set(key, stream)
      return stream
    }
    return undefined
  }
}

/** Much of the picture changed, beside what only moved. */
const isLarge = ({ view, moves }: Candidate, { width, height }: Size): boolean =>
  area(
    without(
      view.pending,
      moves.map(({ to }) => to),
    ),
  ) >=
  width * height * SHARE

function takeOf(stream: Stream, key: boolean, bitsPerSecond: number): Take {
  let data: Promise<Uint8Array | undefined> | undefined
  return {
    stream,
    key,
    encode: (image, capturedAtUs) => {
      data ??= stream.encode(image, { key, bitsPerSecond, capturedAtUs })
      return data
    },
  }
}
