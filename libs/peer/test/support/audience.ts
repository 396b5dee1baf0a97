/** Viewers of one screen, and what may happen to it. */
import { Channel, encodeMessages, type FramePart, PictureCodec, type Subscribe } from '@remote-assist/codec'
import fc from 'fast-check'
import { expect } from 'vitest'
import type { Image, VideoHost } from '../../src/host.js'
import { Feed, type FeedFrame, type FeedOwner } from '../../src/pictures/feed.js'
import { allowedCodecs } from '../../src/pictures/frame.js'
import { EMPTY, type Region } from '../../src/pictures/region.js'
import { isWhole } from '../../src/pictures/sound.js'
import { isVideo } from '../../src/pictures/video.js'
import { ManualClock, settle } from './clock.js'
import { FakeHost } from './host.js'
import { LOSSLESS, Painter } from './painter.js'
import { DeltaDecoder } from './video.js'

const NAMES = { [PictureCodec.RAW]: 'raw', [PictureCodec.PNG]: 'png', [PictureCodec.JPEG]: 'jpeg', [PictureCodec.COPY]: 'copy' } as const

interface Viewer {
  last: number
  room: boolean
  readonly painter: Painter
  readonly decoder: DeltaDecoder
  readonly queue: FeedFrame[]
}

/** Viewers as the core keeps them: a window of frames, acknowledged when the test says so. */
export class Audience {
  readonly clock = new ManualClock()
  readonly host = new FakeHost()
  readonly frames: FeedFrame[] = []
  readonly viewers = new Map<number, Viewer>()
  readonly wishes = new Map<number, Subscribe>()
  copies = 0
  /** Frames of video. */
  films = 0
  readonly blind: (string | undefined)[] = []
  epoch = 1
  bytesPerMs = 0
  masks: Region = EMPTY
  maxBytes = 263_168
  failures: unknown[] = []
  readonly feed: Feed
  #frameId = 0

  constructor(allowed = LOSSLESS, video?: VideoHost) {
    const owner: FeedOwner = {
      clock: this.clock,
      screens: { ...this.host.screens, encoder: this.host.screens.encoder, ...(video && { video }) },
      standing: viewer => {
        const it = this.viewers.get(viewer)
        return it?.room ? { base: it.last, bytesPerMs: this.bytesPerMs, idle: it.queue.length === 0 } : undefined
      },
      layoutEpoch: () => this.epoch,
      mark: () => undefined,
      codecs: () => allowedCodecs(allowed),
      masked: () => this.masks,
      blind: (_screen, reason) => this.blind.push(reason),
      maxBytes: () => this.maxBytes,
      nextFrameId: () => ++this.#frameId,
      send: frame => {
        this.frames.push(frame)
        this.#inspect(frame)
        for (const viewer of frame.targets) {
          const it = this.viewers.get(viewer)
          if (it === undefined) continue
          expect(frame.baseFrameId === 0 || frame.baseFrameId === it.last).toBe(true)
          expect(frame.frameId).toBeGreaterThan(it.last)
          it.last = frame.frameId
          it.room = false
          it.queue.push(frame)
        }
        return frame.targets
      },
      failed: error => this.failures.push(error),
    }
    this.feed = new Feed(7, owner)
  }

  /** What every frame has to be. */
  #inspect({ baseFrameId, parts, targets, bytes }: FeedFrame): void {
    const rects = parts.flatMap(part => part.rects)
    const { width, height } = parts[0] as FramePart
    for (const { codec, data, ...rect } of rects) {
      expect(rect.x + rect.width <= width && rect.y + rect.height <= height).toBe(true)
      if (codec === PictureCodec.RAW) expect(data.length).toBe(rect.width * rect.height * 4)
      if (codec === PictureCodec.JPEG || codec === PictureCodec.PNG || codec === PictureCodec.RAW) continue
      if (isVideo(codec)) {
        expect(rect).toMatchObject({ x: 0, y: 0, width, height })
        for (const target of targets) expect(this.wishes.get(target)?.codecs).toContain(codec)
        continue
      }
      expect(codec).toBe(PictureCodec.COPY)
      this.copies++
      for (const target of targets) {
        const painter = this.viewers.get(target)?.painter
        expect(this.wishes.get(target)?.codecs).toContain(codec)
        expect(baseFrameId).not.toBe(0)
        expect(rect.copyFromX + rect.width <= (painter?.width ?? 0) && rect.copyFromY + rect.height <= (painter?.height ?? 0)).toBe(true)
      }
    }
    if (rects.some(({ codec }) => isVideo(codec))) {
      this.films++
      expect(isWhole(parts)).toBe(true)
    }
    const copies = rects.filter(({ codec }) => codec === PictureCodec.COPY)
    expect(rects.slice(0, copies.length)).toEqual(copies)
    expect(bytes).toBeGreaterThanOrEqual(parts.reduce((sum, value) => sum + encodeMessages(Channel.MEDIA, [{ kind: { $case: 'framePart', value } }]).length, 0))
  }

  join(viewer: number, wish: Partial<Subscribe> = {}): void {
    const subscribe = { screenId: 7, maxWidth: 0, maxHeight: 0, maxFps: 0, codecs: [], ...wish }
    this.viewers.set(viewer, { last: 0, room: true, painter: new Painter(), decoder: new DeltaDecoder(), queue: [] })
    this.wishes.set(viewer, subscribe)
    this.feed.watch(viewer, subscribe)
  }

  /** A viewer paints what it got and has room again. */
  take(viewer: number): void {
    const it = this.viewers.get(viewer)
    if (it === undefined) return
    for (const frame of it.queue.splice(0)) {
      const all = it.decoder.decoded(
        frame.baseFrameId,
        frame.parts.flatMap(part => part.rects),
      )
      const rects = all.map(rect => ({ ...rect, codec: NAMES[rect.codec as keyof typeof NAMES] }))
      const { width, height } = frame.parts[0] as { readonly width: number; readonly height: number }
      it.painter.paint({ width, height, rects, keyframe: frame.baseFrameId === 0, frameId: frame.frameId })
    }
    it.room = true
    this.feed.pump()
  }

  /** Asks for a key frame. */
  restart(viewer: number): void {
    const it = this.viewers.get(viewer)
    if (it === undefined) return
    it.last = 0
    it.room = true
    it.queue.length = 0
    this.feed.pump()
  }

  pictureOf(viewer: number): Uint8Array | undefined {
    return this.viewers.get(viewer)?.painter.data
  }

  /** What the host shows, with the masks painted over. */
  get truth(): Uint8Array {
    const { data, stride } = this.host.images.get(7) as Image
    const shown = data.slice()
    for (const { x, y, width, height } of this.masks)
      for (let row = y; row < y + height; row++)
        for (let column = x; column < x + width; column++) shown.set([0x30, 0x30, 0x30, 255], row * stride + column * 4)
    return shown
  }

  mask(region: Region): void {
    this.masks = region
    this.feed.pump()
  }

  /** Everybody takes everything, until nothing comes any more. */
  async drain(): Promise<void> {
    for (let frames = -1; frames < this.frames.length; ) {
      frames = this.frames.length
      await settle()
      for (const viewer of this.viewers.keys()) this.take(viewer)
      await settle()
    }
  }
}

/** Who watches. */
export const VIEWERS = [1, 2, 3]
const area = fc.record({
  x: fc.nat({ max: 120 }),
  y: fc.nat({ max: 60 }),
  width: fc.integer({ min: 1, max: 200 }),
  height: fc.integer({ min: 1, max: 140 }),
})
/** Something that happens. */
export const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('paint' as const), rect: area, colour: fc.nat({ max: 0xffffff }), paint: fc.constantFrom('flat', 'text', 'photo') }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('scroll' as const), rect: area, dx: fc.constantFrom(0, 0, 5, -30), dy: fc.integer({ min: -40, max: 40 }) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('take' as const), viewer: fc.constantFrom(...VIEWERS) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), viewer: fc.constantFrom(...VIEWERS) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rejoin' as const), viewer: fc.constantFrom(...VIEWERS) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('mask' as const), rects: fc.array(area, { maxLength: 1 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(0, 0, 400) }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const PAINTS: { readonly [paint: string]: (x: number, y: number, colour: number) => number } = {
  flat: (_x, _y, colour) => colour,
  text: (x, y, colour) => (Math.imul(Math.imul(x + 1, 0x9e3779b1) ^ Math.imul(y + 1, 0x85ebca6b), colour | 1) >>> 29 === 0 ? 0 : 0xffffff),
  photo: (x, y, colour) => (((x & 127) << 17) | ((y & 127) << 9) | ((x + y) & 255)) ^ (colour & 0x800000),
}
/** Pixels like those of a flat area, of text, or of a photograph. */
export const paintWith =
  (name: string, colour: number) =>
  (x: number, y: number): number =>
    (PAINTS[name] as (typeof PAINTS)[string])(x, y, colour)

/** Has it happen. */
export async function act(audience: Audience, it: Step): Promise<void> {
  switch (it.do) {
    case 'paint':
      return audience.host.paint(7, it.rect, paintWith(it.paint, it.colour))
    case 'scroll':
      return audience.host.scroll(7, it.rect, it.dx, it.dy)
    case 'take':
      return audience.take(it.viewer)
    case 'restart':
      return audience.restart(it.viewer)
    case 'rejoin':
      audience.feed.unwatch(it.viewer)
      return audience.join(it.viewer, audience.wishes.get(it.viewer))
    case 'mask':
      return audience.mask(it.rects)
    case 'wait':
      return audience.clock.advance(it.ms)
  }
}

/** How far a picture is from another, per channel: at most, and on average. */
export function distance(one: Uint8Array, other: Uint8Array): { readonly most: number; readonly mean: number } {
  let most = one.length === other.length ? 0 : Number.POSITIVE_INFINITY
  let sum = 0
  for (let i = 0; i < one.length; i++) {
    const difference = Math.abs((one[i] as number) - (other[i] as number))
    most = Math.max(most, difference)
    sum += difference
  }
  return { most, mean: sum / one.length }
}
