import { Channel, encodeMessages, PictureCodec } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HostError } from '../../src/host.js'
import { STILL_MS } from '../../src/pictures/blur.js'
import type { FeedFrame } from '../../src/pictures/feed.js'
import { Audience, act, distance, paintWith, step, VIEWERS } from '../support/audience.js'
import { settle } from '../support/clock.js'
import { LOSSLESS } from '../support/painter.js'

const COPY = [PictureCodec.COPY]

describe('the pictures of a screen', () => {
  test('are the host’s, to the last bit, for every viewer however slow (RA-SCR-032, RA-SCR-033, RA-SCR-034, RA-SCR-035, RA-SCR-036); what moves is copied first, from within the base, for those who know how (RA-SCR-037, RA-SCR-038, RA-SCR-052); RAW is all its pixels (RA-SCR-054); nothing masked is in them (RA-SCR-075)', async () => {
    let copies = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async steps => {
        const audience = new Audience()
        audience.host.paint(7, { x: 0, y: 0, width: 320, height: 200 }, paintWith('text', 77))
        for (const viewer of VIEWERS) audience.join(viewer, { codecs: viewer === 3 ? [] : COPY })
        for (const it of steps) await act(audience, it)
        await audience.drain()
        for (const viewer of VIEWERS) expect(distance(audience.pictureOf(viewer) ?? new Uint8Array(), audience.truth).most).toBe(0)
        expect(audience.failures).toEqual([])
        copies += audience.copies
      }),
      { numRuns: 40 },
    )
    expect(copies).toBeGreaterThan(0)
  }, 60_000)

  test('of photographs are rough at first, and the host’s to the last bit once they are still; whatever moved meanwhile', async () => {
    let rough = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async steps => {
        const audience = new Audience([])
        audience.bytesPerMs = 1_000
        audience.host.paint(7, { x: 0, y: 0, width: 320, height: 200 }, paintWith('photo', 0))
        for (const viewer of VIEWERS) audience.join(viewer, { codecs: viewer === 3 ? [] : COPY, maxWidth: viewer === 2 ? 200 : 0 })
        for (const it of steps) await act(audience, it)
        await audience.drain()
        for (const viewer of [1, 3]) {
          const { most, mean } = distance(audience.pictureOf(viewer) ?? new Uint8Array(), audience.truth)
          expect(mean).toBeLessThan(10)
          if (most > 0) rough++
        }
        for (let i = 0; i < 3; i++) {
          await audience.clock.advance(2 * STILL_MS)
          await audience.drain()
        }
        for (const viewer of [1, 3]) expect(distance(audience.pictureOf(viewer) ?? new Uint8Array(), audience.truth).most).toBe(0)
        const frames = audience.frames.length
        await audience.clock.advance(10 * STILL_MS)
        expect(audience.frames.length).toBe(frames)
        expect(audience.failures).toEqual([])
      }),
      { numRuns: 20 },
    )
    expect(rough).toBeGreaterThan(0)
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
    expect(Buffer.compare(audience.pictureOf(2) ?? Buffer.alloc(0), audience.truth)).toBe(0)
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
        expect(Buffer.compare(audience.pictureOf(1) ?? Buffer.alloc(0), audience.truth)).toBe(0)
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

  test('that were encoded before a mask are never sent (RA-SCR-075)', async () => {
    const audience = new Audience()
    const mask = { x: 20, y: 20, width: 50, height: 50 }
    const { encode } = audience.host.screens.encoder
    audience.host.screens.encoder.encode = (...args) => {
      audience.host.screens.encoder.encode = encode
      audience.mask([mask])
      return encode(...args)
    }
    audience.host.paint(7, mask, () => 0xabcdef)
    audience.join(1)
    await audience.drain()
    expect(audience.frames.length).toBe(1)
    expect(distance(audience.pictureOf(1) ?? new Uint8Array(), audience.truth).most).toBe(0)
  })

  test('change nowhere when something changes beneath a mask', async () => {
    const audience = new Audience()
    audience.mask([{ x: 20, y: 20, width: 50, height: 50 }])
    audience.join(1)
    await audience.drain()
    const frames = audience.frames.length
    audience.host.paint(7, { x: 30, y: 30, width: 10, height: 10 }, () => 0xabcdef)
    await audience.drain()
    expect(audience.frames.length).toBe(frames)
    audience.mask([])
    await audience.drain()
    expect(distance(audience.pictureOf(1) ?? new Uint8Array(), audience.truth).most).toBe(0)
  })

  test('come in parts of 50 ms of the slowest line that shares them, of 8 KiB at least and 64 KiB at most', async () => {
    for (const [bytesPerMs, most] of [
      [0, 65_536],
      [1, 8_192],
      [400, 20_000],
      [100_000, 65_536],
    ] as const) {
      const audience = new Audience()
      audience.bytesPerMs = bytesPerMs
      audience.host.paint(
        7,
        { x: 0, y: 0, width: 320, height: 200 },
        (x, y) => Math.imul(Math.imul(x + 1, 0x9e3779b1) ^ Math.imul(y + 1, 0x85ebca6b), 0xc2b2ae35) >>> 8,
      )
      audience.join(1)
      await settle()
      const sizes = (audience.frames[0] as FeedFrame).parts.map(value => encodeMessages(Channel.MEDIA, [{ kind: { $case: 'framePart', value } }]).length)
      expect(Math.max(...sizes)).toBeLessThanOrEqual(most)
      expect(sizes.length).toBeGreaterThan(1)
      expect(sizes.length).toBeLessThan(4 * Math.ceil(sizes.reduce((sum, size) => sum + size, 0) / most))
      await audience.drain()
      expect(distance(audience.pictureOf(1) ?? new Uint8Array(), audience.truth).most).toBe(0)
    }
  })

  test('stand still while the screen cannot be read, which is told once, and go on when it can', async () => {
    const audience = new Audience()
    audience.join(1)
    await audience.drain()
    audience.host.blind = new HostError('E_HOST', 'The desktop is locked.')
    audience.host.paint(7, { x: 3, y: 3, width: 9, height: 9 }, () => 0x123456)
    await audience.clock.advance(5_000)
    expect(audience.failures).toEqual([audience.host.blind])
    expect(audience.blind).toEqual(['The desktop is locked.'])
    expect(audience.host.captures).toBe(0)
    audience.host.blind = undefined
    await audience.clock.advance(1_000)
    await audience.drain()
    expect(audience.blind).toEqual(['The desktop is locked.', undefined])
    expect(distance(audience.pictureOf(1) ?? new Uint8Array(), audience.truth).most).toBe(0)
  })

  test('of an encoder that gives other bytes than it says are not sent (RA-SCR-054)', async () => {
    const audience = new Audience([PictureCodec.RAW])
    audience.host.screens.encoder.encode = () => new Uint8Array(7)
    audience.join(1)
    await settle()
    expect(audience.frames).toEqual([])
    expect(audience.failures).toMatchObject([{ code: 'E_HOST' }])
  })

  test('end when the screen is gone, and the owner is told', async () => {
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
