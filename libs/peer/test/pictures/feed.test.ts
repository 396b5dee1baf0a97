import { PictureCodec, type Subscribe } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Feed, type FeedFrame, type FeedOwner } from '../../src/pictures/feed.js'
import { allowedCodecs } from '../../src/pictures/frame.js'
import { EMPTY, type Region } from '../../src/pictures/region.js'
import { ManualClock, settle } from '../support/clock.js'
import { FakeHost } from '../support/host.js'
import { LOSSLESS, Painter } from '../support/painter.js'

const NAMES = { [PictureCodec.RAW]: 'raw', [PictureCodec.PNG]: 'png', [PictureCodec.JPEG]: 'jpeg', [PictureCodec.COPY]: 'copy' } as const

/** Viewers as the core keeps them: a window of frames, acknowledged when the test says so. */
class Audience {
  readonly clock = new ManualClock()
  readonly host = new FakeHost()
  readonly frames: FeedFrame[] = []
  readonly viewers = new Map<number, { last: number; room: boolean; readonly painter: Painter; readonly queue: FeedFrame[] }>()
  readonly blind: (string | undefined)[] = []
  epoch = 1
  bytesPerMs = 0
  masks: Region = EMPTY
  maxBytes = 263_168
  failures: unknown[] = []
  readonly feed: Feed
  #frameId = 0

  constructor(allowed = LOSSLESS) {
    const owner: FeedOwner = {
      clock: this.clock,
      screens: this.host.screens,
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
        for (const { rects, width, height } of frame.parts)
          for (const rect of rects) expect(rect.x + rect.width <= width && rect.y + rect.height <= height).toBe(true)
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

  join(viewer: number, wish: Partial<Subscribe> = {}): void {
    this.viewers.set(viewer, { last: 0, room: true, painter: new Painter(), queue: [] })
    this.feed.watch(viewer, { screenId: 7, maxWidth: 0, maxHeight: 0, maxFps: 0, codecs: [], ...wish })
  }

  /** A viewer paints what it got and has room again. */
  take(viewer: number): void {
    const it = this.viewers.get(viewer)
    if (it === undefined) return
    for (const frame of it.queue.splice(0)) {
      const rects = frame.parts.flatMap(part => part.rects.map(rect => ({ ...rect, codec: NAMES[rect.codec as keyof typeof NAMES] })))
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

  get truth(): Uint8Array | undefined {
    return this.host.images.get(7)?.data
  }
}

const VIEWERS = [1, 2, 3]
const damage = fc.record({
  do: fc.constant('paint' as const),
  rect: fc.record({ x: fc.nat({ max: 300 }), y: fc.nat({ max: 180 }), width: fc.integer({ min: 1, max: 20 }), height: fc.integer({ min: 1, max: 20 }) }),
  colour: fc.nat({ max: 0xffffff }),
  noise: fc.boolean(),
})
const step = fc.oneof(
  { weight: 4, arbitrary: damage },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('take' as const), viewer: fc.constantFrom(...VIEWERS) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), viewer: fc.constantFrom(...VIEWERS) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rejoin' as const), viewer: fc.constantFrom(...VIEWERS) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const) }) },
)

describe('the pictures of a screen', () => {
  test('are the host’s, to the last bit, for every viewer however slow (RA-SCR-033, RA-SCR-034, RA-SCR-035, RA-SCR-032, RA-SCR-036)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async steps => {
        const audience = new Audience()
        for (const viewer of VIEWERS) audience.join(viewer)
        for (const it of steps) {
          if (it.do === 'paint') audience.host.paint(7, it.rect, (x, y) => (it.noise ? (it.colour + x * 7919 + y * 104_729) & 0xffffff : it.colour))
          else if (it.do === 'take') audience.take(it.viewer)
          else if (it.do === 'restart') audience.restart(it.viewer)
          else if (it.do === 'rejoin') {
            audience.feed.unwatch(it.viewer)
            audience.join(it.viewer)
          } else await settle()
        }
        for (let i = 0; i < 4; i++) {
          await settle()
          for (const viewer of VIEWERS) audience.take(viewer)
        }
        await settle()
        for (const viewer of VIEWERS) expect(Buffer.compare(audience.pictureOf(viewer) ?? Buffer.alloc(0), audience.truth ?? Buffer.alloc(1))).toBe(0)
        expect(audience.failures).toEqual([])
      }),
      { numRuns: 60 },
    )
  }, 60_000)

  test('are shared by viewers with the same size and last frame, and encoded once', async () => {
    const audience = new Audience()
    for (const viewer of VIEWERS) audience.join(viewer)
    await settle()
    for (const viewer of VIEWERS) audience.take(viewer)
    await settle()
    audience.frames.length = 0
    audience.host.encoded.length = 0
    audience.host.paint(7, { x: 10, y: 10, width: 40, height: 20 }, () => 0x123456)
    await settle()
    expect(audience.frames.map(({ targets }) => targets)).toEqual([VIEWERS])
    expect(audience.host.encoded).toEqual(['png'])
  })

  test('come to a slow viewer all at once, from its own base, and the fast ones do not wait (RA-SCR-063, RA-SCR-065)', async () => {
    const audience = new Audience()
    for (const viewer of [1, 2]) audience.join(viewer)
    await settle()
    audience.take(1)
    for (let i = 0; i < 5; i++) {
      audience.host.paint(7, { x: 20 * i, y: 5, width: 10, height: 10 }, () => 0xff0000 + i)
      await settle()
      audience.take(1)
    }
    expect(audience.frames.filter(({ targets }) => targets.includes(1)).length).toBe(6)
    expect(audience.frames.filter(({ targets }) => targets.includes(2)).length).toBe(1)
    audience.frames.length = 0
    audience.take(2)
    await settle()
    expect(audience.frames).toHaveLength(1)
    expect(audience.frames[0]).toMatchObject({ targets: [2], baseFrameId: 1 })
    audience.take(2)
    expect(Buffer.compare(audience.pictureOf(2) ?? Buffer.alloc(0), audience.truth ?? Buffer.alloc(1))).toBe(0)
  })

  test('fit the size that a viewer asked for (RA-SCR-017)', async () => {
    const audience = new Audience()
    audience.join(1, { maxWidth: 160 })
    audience.join(2)
    await settle()
    audience.take(1)
    audience.take(2)
    expect([audience.viewers.get(1)?.painter.width, audience.viewers.get(1)?.painter.height]).toEqual([160, 100])
    expect([audience.viewers.get(2)?.painter.width, audience.viewers.get(2)?.painter.height]).toEqual([320, 200])
  })

  test('come no faster than a viewer asked for (RA-SCR-018)', async () => {
    const audience = new Audience()
    audience.join(1, { maxFps: 10 })
    await settle()
    for (let i = 0; i < 20; i++) {
      audience.take(1)
      audience.host.paint(7, { x: i, y: 0, width: 1, height: 1 }, () => i + 1)
      await audience.clock.advance(25)
    }
    // Half a second: the first one, and five more.
    expect(audience.frames.length).toBeLessThanOrEqual(6)
    expect(audience.frames.length).toBeGreaterThanOrEqual(5)
  })

  test('are split so that every part fits its record, however small that is (RA-SCR-045, RA-SCR-031)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1_000, max: 40_000 }), async maxBytes => {
        const audience = new Audience()
        audience.maxBytes = maxBytes
        audience.host.paint(7, { x: 0, y: 0, width: 320, height: 200 }, (x, y) => (x * 7919 + y * 104_729) & 0xffffff)
        audience.join(1)
        await settle()
        const { parts } = audience.frames[0] as FeedFrame
        expect(parts.map(({ part }) => part)).toEqual(parts.map((_, i) => i))
        expect(parts.map(({ last }) => last)).toEqual(parts.map((_, i) => i === parts.length - 1))
        for (const { rects } of parts) expect(rects.reduce((sum, { data }) => sum + data.length + 64, 0)).toBeLessThanOrEqual(maxBytes)
        audience.take(1)
        expect(Buffer.compare(audience.pictureOf(1) ?? Buffer.alloc(0), audience.truth ?? Buffer.alloc(1))).toBe(0)
      }),
      { numRuns: 10 },
    )
  })

  test('of photographs are JPEG, of text PNG, of specks RAW; the policy has the last word (RA-SCR-053)', async () => {
    const photo = (x: number, y: number) => (x * 7919 + y * 104_729) & 0xffffff
    const first = async (allowed: PictureCodec[], width: number, colour: (x: number, y: number) => number) => {
      const audience = new Audience(allowed)
      audience.join(1)
      await settle()
      audience.host.encoded.length = 0
      audience.take(1)
      audience.host.paint(7, { x: 0, y: 0, width, height: width }, colour)
      await settle()
      return audience.host.encoded[0]
    }
    expect(await first([], 128, photo)).toBe('jpeg')
    expect(await first(LOSSLESS, 128, photo)).toBe('png')
    expect(await first([], 128, x => (x % 3 === 0 ? 0xffffff : 0))).toBe('png')
    expect(await first([], 4, photo)).toBe('raw')
    expect(await first([PictureCodec.RAW], 128, photo)).toBe('raw')
  })

  test('end when the screen cannot be read, and the owner is told', async () => {
    const audience = new Audience()
    audience.host.images.delete(7)
    audience.join(1)
    await settle()
    expect(audience.failures).toMatchObject([{ code: 'E_SCREEN_GONE' }])
    expect(audience.feed.stopped).toBe(true)
  })

  test('of a layout that is over are not sent', async () => {
    const audience = new Audience()
    const { encode } = audience.host.screens.encoder
    audience.host.screens.encoder.encode = (...args) => {
      audience.epoch++
      audience.host.screens.encoder.encode = encode
      return encode(...args)
    }
    audience.join(1)
    await settle()
    expect(audience.frames.map(({ parts }) => parts[0]?.layoutEpoch)).toEqual([2])
  })
})
