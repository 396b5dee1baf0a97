import { PictureCodec } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HostError } from '../../src/host.js'
import { bitRateOf, REJOIN_MS } from '../../src/pictures/streams.js'
import { Audience, act, distance, paintWith, step, VIEWERS } from '../support/audience.js'
import { settle } from '../support/clock.js'
import { LOSSLESS } from '../support/painter.js'
import { DeltaVideo } from '../support/video.js'

const { VP9, H264, AV1, COPY, PNG, RAW } = PictureCodec
const ALL = [...LOSSLESS, VP9, H264]
const WHOLE = { x: 0, y: 0, width: 320, height: 200 }

/** The codecs of the frames so far, for a viewer. */
const codecsTo = ({ frames }: Audience, viewer: number): readonly PictureCodec[] =>
  frames.flatMap(({ targets, parts }) => (targets.includes(viewer) ? [parts[0]?.rects[0]?.codec ?? PictureCodec.UNSPECIFIED] : []))
const basesTo = ({ frames }: Audience, viewer: number): readonly number[] =>
  frames.flatMap(({ targets, baseFrameId }) => (targets.includes(viewer) ? [baseFrameId] : []))
const pixelsOf = (audience: Audience, viewer: number): number => distance(audience.pictureOf(viewer) ?? new Uint8Array(), audience.truth).most

/** The whole screen is another. */
async function repaint(audience: Audience, colour: number): Promise<void> {
  audience.host.paint(7, WHOLE, (x, y) => paintWith('photo', 0)(x, y) ^ ((colour + 1) * 0x010305))
  await settle()
}

/** Something small happens, or the whole screen is another. */
const turn = fc.oneof(
  { weight: 3, arbitrary: step },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('repaint' as const), colour: fc.nat({ max: 200 }) }) },
)

describe('video', () => {
  test('brings everybody what the host shows, to the last bit once it is still, whoever is slow, comes late or asks for a key frame: from a key frame on, each picture on the one before (RA-SCR-081, RA-SCR-083, RA-SCR-084, RA-SCR-085)', async () => {
    let films = 0
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { minLength: 1, maxLength: 40 }), fc.array(fc.boolean(), { maxLength: 20 }), async (steps, leftOut) => {
        const video = new DeltaVideo()
        video.before = () => (leftOut.pop() ? 'leave-out' : 'encode')
        const audience = new Audience(ALL, video)
        audience.host.paint(7, WHOLE, paintWith('text', 77))
        for (const viewer of VIEWERS) audience.join(viewer, { codecs: [[VP9, COPY], [VP9], [H264, VP9]][viewer - 1] ?? [], maxWidth: viewer === 3 ? 200 : 0 })
        for (const it of steps) await (it.do === 'repaint' ? repaint(audience, it.colour) : act(audience, it))
        for (let i = 0; i < 5; i++) {
          await audience.drain()
          await audience.clock.advance(700)
        }
        for (const viewer of [1, 2]) expect(pixelsOf(audience, viewer)).toBe(0)
        expect(audience.failures).toEqual([])
        films += audience.films
        audience.feed.stop()
        await settle()
        expect(video.running).toBe(0)
      }),
      { numRuns: 15 },
    )
    expect(films).toBeGreaterThan(30)
  }, 60_000)

  test('is for what is large; what is small comes as rectangles, exactly, and the next picture builds on the one before these', async () => {
    const audience = new Audience(ALL, new DeltaVideo())
    audience.join(1, { codecs: [VP9] })
    await audience.drain()
    await repaint(audience, 1)
    await audience.drain()
    audience.host.paint(7, { x: 9, y: 9, width: 20, height: 20 }, () => 0x123456)
    await audience.drain()
    await repaint(audience, 2)
    await audience.drain()
    expect(codecsTo(audience, 1)).toEqual([VP9, VP9, PNG, VP9])
    expect(basesTo(audience, 1)).toEqual([0, 1, 2, 3])
    expect(pixelsOf(audience, 1)).toBe(0)
  })

  test('goes by the codecs that the viewer names, in its order, as far as the policy allows and the host can (RA-SCR-052, RA-SCR-053, RA-SCR-086)', async () => {
    const first = async (named: readonly PictureCodec[], policy: PictureCodec[] = ALL, unable: (codec: string) => boolean = () => false) => {
      const video = new DeltaVideo()
      video.unable = unable
      const audience = new Audience(policy, video)
      audience.join(1, { codecs: named })
      await audience.drain()
      expect(audience.failures).toEqual([])
      expect(pixelsOf(audience, 1)).toBe(0)
      await repaint(audience, 5)
      await audience.drain()
      return codecsTo(audience, 1).at(-1)
    }
    expect(await first([VP9, H264])).toBe(VP9)
    expect(await first([H264, VP9])).toBe(H264)
    expect(await first([AV1, COPY, VP9])).toBe(VP9)
    expect(await first([VP9, H264], [...LOSSLESS, H264])).toBe(H264)
    expect(await first([VP9], LOSSLESS)).toBe(PNG)
    expect(await first([])).toBe(PNG)
    expect(await first([VP9, H264], ALL, codec => codec === 'vp9')).toBe(H264)
    expect(await first([VP9, H264], ALL, () => true)).toBe(PNG)
  })

  test('begins with a key frame for whoever comes late; who has the picture already is not disturbed more often than every two seconds (RA-SCR-083)', async () => {
    const video = new DeltaVideo()
    const audience = new Audience(ALL, video)
    audience.join(1, { codecs: [VP9] })
    await audience.drain()
    await audience.clock.advance(REJOIN_MS)
    audience.join(2, { codecs: [VP9] })
    await audience.drain()
    audience.join(3, { codecs: [VP9] })
    await audience.drain()
    // The third comes too soon for a key frame of the second’s stream.
    expect([codecsTo(audience, 2)[0], codecsTo(audience, 3)[0]]).toEqual([VP9, PNG])
    await repaint(audience, 3)
    await audience.drain()
    expect(codecsTo(audience, 2).at(-1)).toBe(VP9)
    expect(video.asked.map(({ key }) => key)).toEqual([true, true, false])
    await audience.clock.advance(REJOIN_MS)
    await audience.drain()
    await repaint(audience, 4)
    await audience.drain()
    expect(video.asked.at(-1)?.key).toBe(true)
    for (const viewer of VIEWERS) {
      expect(codecsTo(audience, viewer).at(-1)).toBe(VP9)
      expect(pixelsOf(audience, viewer)).toBe(0)
    }
  })

  test('is a key frame at once for one who asks, if nobody else has the picture (RA-SCR-044)', async () => {
    const video = new DeltaVideo()
    const audience = new Audience(ALL, video)
    audience.join(1, { codecs: [VP9] })
    await audience.drain()
    audience.restart(1)
    await audience.drain()
    expect(video.asked.map(({ key }) => key)).toEqual([true, true])
  })

  test('has nothing to build on after a key frame of rectangles (RA-SCR-085)', async () => {
    const audience = new Audience(ALL, new DeltaVideo())
    for (const viewer of [1, 2]) audience.join(viewer, { codecs: [VP9] })
    await audience.drain()
    // So soon it would disturb the other to get a key frame of the stream.
    audience.restart(2)
    await audience.drain()
    await repaint(audience, 7)
    await audience.drain()
    expect(codecsTo(audience, 1)).toEqual([VP9, VP9])
    expect(codecsTo(audience, 2)).toEqual([VP9, PNG, PNG])
    expect(pixelsOf(audience, 2)).toBe(0)
  })

  test('a slow viewer catches up by rectangles, and the others go on (RA-SCR-019, RA-SCR-063)', async () => {
    const video = new DeltaVideo()
    const audience = new Audience(ALL, video)
    for (const viewer of [1, 2]) audience.join(viewer, { codecs: [VP9] })
    await settle()
    audience.take(1)
    for (let i = 0; i < 5; i++) {
      await repaint(audience, i)
      audience.take(1)
      await settle()
    }
    audience.take(2)
    await settle()
    expect(codecsTo(audience, 1)).toEqual([VP9, VP9, VP9, VP9, VP9, VP9])
    expect(codecsTo(audience, 2)).toEqual([VP9, PNG])
    expect(video.asked.filter(({ key }) => key)).toHaveLength(1)
    audience.take(2)
    expect(pixelsOf(audience, 2)).toBe(0)
  })

  test('that fails is told once, and rectangles go on', async () => {
    const video = new DeltaVideo()
    const audience = new Audience(ALL, video)
    audience.join(1, { codecs: [VP9] })
    await audience.drain()
    const failure = new HostError('E_HOST', 'The encoder broke.')
    video.before = () => {
      throw failure
    }
    for (const colour of [1, 2]) {
      await repaint(audience, colour)
      await audience.drain()
    }
    expect(audience.failures).toEqual([failure])
    expect(codecsTo(audience, 1)).toEqual([VP9, PNG, PNG])
    expect(pixelsOf(audience, 1)).toBe(0)
  })

  test('has at most two encoders at work, and none for those who left', async () => {
    const video = new DeltaVideo()
    const audience = new Audience(ALL, video)
    for (const [i, viewer] of VIEWERS.entries()) audience.join(viewer, { codecs: [VP9], maxWidth: 320 - i * 64 })
    await audience.drain()
    expect(video.running).toBe(2)
    for (const viewer of [1, 2]) {
      audience.feed.unwatch(viewer)
      audience.viewers.delete(viewer)
    }
    await repaint(audience, 1)
    await audience.drain()
    await settle()
    expect(video.running).toBe(1)
  })

  test('takes no more bits than the line, a little more to find out, or the picture are worth', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 100_000, noNaN: true }), fc.integer({ min: 320, max: 3_840 }), (bytesPerMs, width) => {
        const size = { width, height: Math.round(width / 1.6) }
        const bits = bitRateOf(bytesPerMs, size)
        expect(bits).toBeGreaterThanOrEqual(300_000)
        expect(bits).toBeLessThanOrEqual(Math.max(300_000, Math.min(size.width * size.height * 4, bytesPerMs * 8_000 * 1.2)) + 1)
      }),
    )
    expect(bitRateOf(0, { width: 1920, height: 1080 })).toBe(3_000_000)
  })

  test('of a policy that leaves exact codecs out is not followed by any', async () => {
    const audience = new Audience([PictureCodec.JPEG, VP9], new DeltaVideo())
    audience.join(1, { codecs: [VP9] })
    await audience.drain()
    await audience.clock.advance(5_000)
    expect(audience.frames).toHaveLength(1)
    expect(codecsTo(audience, 1)).not.toContain(RAW)
  })
})
