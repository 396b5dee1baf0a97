/** What a customer's pictures are, looked at on the wire. */
import { Channel, decodeFrame, decodeMessages, type FramePart, PictureCodec, Role } from '@remote-assist/codec'
import type { Kind } from '@remote-assist/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Viewer } from '../../src/api/viewer.js'
import { screensOf } from '../../src/desktop/wire.js'
import { HostError, type ScreenInfo } from '../../src/host.js'
import { settle } from '../support/clock.js'
import type { FakeHost } from '../support/host.js'
import { type Assisting, assisting } from '../support/house.js'
import { openAead, plaintextOf } from '../support/open-aead.js'
import { LOSSLESS, Painter } from '../support/painter.js'
import { DeltaDecoder, DeltaVideo } from '../support/video.js'

type Word = Kind<Channel.SCREEN> | Kind<Channel.MEDIA>

/** A session whose records can be read. */
const watched = (relayOptions: Parameters<typeof assisting>[1] = {}): Promise<Assisting> => assisting({ aead: openAead }, relayOptions, { aead: openAead })

/** What the customer sent to a participant on SCREEN and MEDIA, in order. */
function wordsTo({ relay, customer }: Pick<Assisting, 'relay' | 'customer'>, target: number): readonly Word[] {
  const source = customer.participants.find(({ role }) => role === Role.CUSTOMER)?.participant
  return relay.seen.flatMap(({ channel, source: from, targets, bytes }): Word[] => {
    if (from !== source || !targets.includes(target) || (channel !== Channel.SCREEN && channel !== Channel.MEDIA)) return []
    return decodeMessages(channel, plaintextOf(decodeFrame(bytes).payload)).flatMap(({ kind }) => (kind === undefined ? [] : [kind]))
  })
}

const partsOf = (words: readonly Word[]): readonly FramePart[] => words.flatMap(word => (word.$case === 'framePart' ? [word.value] : []))
type Value<C extends Word['$case']> = Extract<Word, { readonly $case: C }>['value']
const valuesOf = <C extends Word['$case']>(words: readonly Word[], kind: C): readonly Value<C>[] =>
  words.flatMap(word => (word.$case === kind ? [word.value as Value<C>] : []))

/** Takes every frame as soon as it comes. */
function watch(screens: Assisting['session']['screens'], painter = new Painter()): Painter {
  void (async () => {
    for await (const frame of screens.frames()) painter.paint(frame)
  })()
  return painter
}

const screen = (id: number, more: Partial<ScreenInfo> = {}): ScreenInfo => ({
  id,
  name: `Screen ${id}`,
  x: 0,
  y: 0,
  width: 320,
  height: 200,
  scalePercent: 100,
  rotation: 0,
  primary: id === 7,
  ...more,
})
const speck = (host: FakeHost, colour: number): void => host.paint(7, { x: 1, y: 1, width: 3, height: 3 }, () => colour)

describe('screens', () => {
  test('are announced in native pixels, whatever their scale, and their pictures are as large (RA-SCR-005)', async () => {
    const place = fc.integer({ min: -20_000, max: 20_000 })
    const edge = fc.integer({ min: 1, max: 16_384 })
    fc.assert(
      fc.property(place, place, edge, edge, fc.integer({ min: 25, max: 1_000 }), (x, y, width, height, scalePercent) => {
        expect(screensOf([screen(7, { x, y, width, height, scalePercent })])).toMatchObject([{ x, y, width, height, scalePercent }])
      }),
    )
    const it = await watched()
    it.host.replug([screen(7, { width: 300, height: 180, scalePercent: 200 }), screen(9, { x: 300, y: -40, width: 100, height: 90, scalePercent: 150 })])
    await settle()
    for (const screenId of [7, 9]) {
      await it.session.screens.show(screenId)
      await it.session.screens.frames().next()
    }
    const words = wordsTo(it, it.session.self)
    expect(valuesOf(words, 'screenList').at(-1)?.screens).toMatchObject([
      { x: 0, y: 0, width: 300, height: 180, scalePercent: 200 },
      { x: 300, y: -40, width: 100, height: 90, scalePercent: 150 },
    ])
    expect(partsOf(words).filter(({ part }) => part === 0)).toMatchObject([
      { screenId: 7, width: 300, height: 180 },
      { screenId: 9, width: 100, height: 90 },
    ])
  })

  test('that change are followed by a key frame, and so is an end of the pause (RA-SCR-020)', async () => {
    const it = await watched()
    await it.session.screens.show(7)
    watch(it.session.screens)
    for (let i = 0; i < 3; i++) {
      speck(it.host, i + 1)
      await settle()
      it.host.replug([screen(7), screen(9, { x: 320, width: 100 + i })])
      await settle()
      speck(it.host, 99)
      await settle()
      it.customer.pause()
      await settle()
      it.customer.unpause()
      await settle()
    }
    const words = wordsTo(it, it.session.self)
    let fresh = true
    let keyframes = 0
    for (const word of words) {
      if (word.$case === 'screenList') fresh = true
      if (word.$case !== 'framePart' || word.value.part !== 0) continue
      if (fresh) expect(word.value.baseFrameId).toBe(0)
      if (word.value.baseFrameId === 0) keyframes++
      fresh = false
    }
    // One at first, and one for each change and each pause; every one on its own layout.
    expect(keyframes).toBe(7)
    expect(valuesOf(words, 'screenList').map(({ layoutEpoch }) => layoutEpoch)).toEqual([1, 2, 3, 4])
  })
})

describe('a frame', () => {
  test('says when its pixels were read, which never goes back (RA-SCR-046)', async () => {
    const it = await watched()
    await it.session.screens.show(7)
    watch(it.session.screens)
    const read: number[] = []
    for (let i = 0; i < 5; i++) {
      await settle()
      read.push(it.host.readAtUs)
      speck(it.host, i + 1)
    }
    await settle()
    read.push(it.host.readAtUs)
    expect(partsOf(wordsTo(it, it.session.self)).map(({ capturedAtUs }) => Number(capturedAtUs))).toEqual(read)
    expect(read).toEqual([1, 2, 3, 4, 5, 6].map(look => look * 1_000))
  })

  test('names the newest input that was injected before its pixels were read, once there was any (RA-SCR-047)', async () => {
    const it = await watched()
    const { session, host } = it
    await session.screens.show(7)
    watch(session.screens)
    await settle()
    const marks = () => partsOf(wordsTo(it, session.self)).map(({ lastInput }) => lastInput?.seq)
    expect(marks()).toEqual([undefined])
    await session.control.request()
    // What the desktop has not taken yet is not in its pixels.
    let take = (): void => undefined
    host.gate = new Promise(resolve => {
      take = resolve
    })
    session.input.type('a')
    await settle()
    speck(host, 1)
    await settle()
    expect(marks()).toEqual([undefined, undefined])
    take()
    await settle()
    speck(host, 2)
    await settle()
    session.input.type('b')
    session.input.type('c')
    await settle()
    // What is injected while pixels are read may come too late for them.
    let look = (): void => undefined
    host.looking = new Promise(resolve => {
      look = resolve
    })
    speck(host, 3)
    await settle()
    session.input.type('d')
    await settle()
    look()
    await settle()
    speck(host, 4)
    await settle()
    const [first = 0] = marks().filter(mark => mark !== undefined)
    expect(marks()).toEqual([undefined, undefined, first, first + 2, first + 3])
  })

  test('is acknowledged when it was seen, by the newest of all that were painted until then (RA-SCR-061)', async () => {
    const it = await watched()
    const { session, host, relay } = it
    const acks = () =>
      relay.seen
        .filter(({ channel, source }) => channel === Channel.SCREEN && source === session.self)
        .flatMap(({ bytes }) =>
          valuesOf(
            decodeMessages(Channel.SCREEN, plaintextOf(decodeFrame(bytes).payload)).flatMap(({ kind }) => kind ?? []),
            'frameAck',
          ),
        )
        .map(({ frameId }) => frameId)
    const painted: number[] = []
    const open: (() => void)[] = []
    await session.screens.show(7)
    void (async () => {
      for await (const { frameId } of session.screens.frames({ seen: () => new Promise<void>(resolve => open.push(resolve)) })) painted.push(frameId)
    })()
    for (const more of [4, 1, 7]) {
      const before = acks()
      for (let i = 0; i < more; i++) {
        await settle()
        speck(host, painted.length)
      }
      await settle()
      expect([acks(), open.length]).toEqual([before, 1])
      open.pop()?.()
      await settle()
      expect(acks()).toEqual([...before, painted.at(-1)])
    }
    expect(painted).toHaveLength(13)
  })

  test('has no codec that the viewer did not name, except RAW, PNG and JPEG (RA-SCR-052)', async () => {
    for (const codecs of [[], [PictureCodec.COPY], [PictureCodec.WEBP, PictureCodec.H264]]) {
      const it = await watched()
      const area = { x: 0, y: 0, width: 320, height: 200 }
      it.host.paint(7, area, (x, y) => (Math.imul(x * 320 + y + 1, 0x9e3779b1) >>> 29 === 0 ? 0 : 0xffffff))
      await it.session.screens.show(7, { codecs })
      const painter = watch(it.session.screens)
      await settle()
      for (let i = 0; i < 5; i++) {
        it.host.scroll(7, area, 0, -13)
        await settle()
      }
      const used = new Set(partsOf(wordsTo(it, it.session.self)).flatMap(({ rects }) => rects.map(({ codec }) => codec)))
      for (const codec of used) expect([PictureCodec.RAW, PictureCodec.PNG, PictureCodec.JPEG, ...codecs]).toContain(codec)
      expect(used.has(PictureCodec.COPY)).toBe(codecs.includes(PictureCodec.COPY))
      expect(Buffer.compare(painter.data, it.host.images.get(7)?.data ?? Buffer.alloc(0))).toBe(0)
    }
  })
})

describe('video', () => {
  test('is one rectangle in each part of a frame, and the viewer gets it as one (RA-SCR-081, RA-SCR-082)', async () => {
    const it = await watched({ policy: { pictureCodecs: [...LOSSLESS, PictureCodec.VP9] } })
    Object.assign(it.host.screens, { video: new DeltaVideo() })
    await it.session.screens.show(7, { codecs: [PictureCodec.VP9] })
    const decoder = new DeltaDecoder()
    const frames = it.session.screens.frames()
    for (const colour of [0x102030, 0x405060]) {
      const { value: frame } = await frames.next()
      const [rect, ...more] = frame?.rects ?? []
      expect(more).toEqual([])
      expect(rect).toMatchObject({ codec: 'vp9', x: 0, y: 0, width: 320, height: 200 })
      const [decoded] = decoder.decoded(frame?.keyframe ? 0 : 1, rect === undefined ? [] : [{ ...rect, codec: PictureCodec.VP9 }])
      expect(Buffer.compare(decoded?.data ?? Buffer.alloc(0), it.host.images.get(7)?.data ?? Buffer.alloc(1))).toBe(0)
      it.host.paint(7, { x: 0, y: 0, width: 320, height: 200 }, () => colour)
    }
    const parts = partsOf(wordsTo(it, it.session.self))
    expect(parts.length).toBeGreaterThan(2)
    for (const { rects } of parts) expect(rects.map(({ codec }) => codec)).toEqual([PictureCodec.VP9])
  })
})

describe('masked regions', () => {
  const mask = fc.record({
    screenId: fc.constantFrom(7, 9, 11),
    x: fc.integer({ min: -50, max: 330 }),
    y: fc.integer({ min: -50, max: 210 }),
    width: fc.integer({ min: 1, max: 200 }),
    height: fc.integer({ min: 1, max: 200 }),
  })
  const change = fc.record({ by: fc.constantFrom('host', 'customer'), masks: fc.array(mask, { maxLength: 70 }) })

  test('are told to every viewer after each change, and cover what nobody may see (RA-SCR-076, RA-SCR-075)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 5 }), async changes => {
        const it = await watched({ policy: { pictureCodecs: LOSSLESS } })
        const { url } = await it.session.invite({ role: 'viewer' })
        const viewer = await Viewer.join({ transport: it.relay.transport, url, clock: it.clock, aead: openAead })
        it.host.paint(7, { x: 0, y: 0, width: 320, height: 200 }, () => 0xfedcba)
        await it.session.screens.show(7)
        const painter = watch(it.session.screens)
        await settle()
        const named = { host: [] as (typeof changes)[0]['masks'], customer: [] as (typeof changes)[0]['masks'] }
        for (const { by, masks } of changes) {
          const heard = [it.session, viewer].map(end => wordsTo(it, end === viewer ? viewer.self : it.session.self).length)
          const before = valuesOf(wordsTo(it, viewer.self), 'maskedRegions').at(-1)?.regions ?? []
          named[by as 'host' | 'customer'] = masks
          if (by === 'host') it.host.mask(masks)
          else it.customer.mask(masks)
          await settle()
          const all = [...named.host, ...named.customer]
          const isMasked = (x: number, y: number) =>
            all.some(({ screenId, ...rect }) => screenId === 7 && x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height)
          for (const [i, self] of [it.session.self, viewer.self].entries()) {
            const news = valuesOf(wordsTo(it, self).slice(heard[i]), 'maskedRegions')
            expect(news.length).toBeLessThanOrEqual(1)
            const { regions } = news[0] ?? { regions: before }
            expect(regions.length).toBeLessThanOrEqual(64)
            const told = (x: number, y: number) =>
              regions.some(({ screenId, ...rect }) => screenId === 7 && x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height)
            for (let y = 0; y < 200; y += 3) {
              for (let x = 0; x < 320; x += 3) {
                if (isMasked(x, y) && !told(x, y)) expect.fail(`${x},${y} is masked, and nobody was told`)
                if (self === it.session.self && (painter.data[(y * 320 + x) * 4] === 0x30) !== told(x, y)) expect.fail(`${x},${y} is not as it was told`)
              }
            }
          }
        }
        it.session.leave({ endSession: true })
        await settle()
      }),
      { numRuns: 10 },
    )
  }, 60_000)

  test('are told to whoever comes later as well', async () => {
    const it = await watched()
    it.customer.mask([{ screenId: 7, x: 5, y: 6, width: 7, height: 8 }])
    const masks = it.session.once('masks')
    await it.session.screens.show(7)
    expect(await masks).toEqual([{ screenId: 7, x: 5, y: 6, width: 7, height: 8 }])
  })
})

test('the secure desktop is told when it comes and when it goes, also of a screen that cannot be read, and to whoever comes later (RA-SCR-074)', async () => {
  const it = await watched()
  const { session, host, clock } = it
  const told = () => valuesOf(wordsTo(it, session.self), 'secureDesktop')
  await session.screens.show(7)
  watch(session.screens)
  await settle()
  host.secure(true, 'It asks for a password.')
  await settle()
  host.secure(false, '')
  await settle()
  expect(told()).toEqual([
    { active: true, reason: 'It asks for a password.' },
    { active: false, reason: '' },
  ])
  host.blind = new HostError('E_HOST', `The display gives no pixels. ${'é'.repeat(200)}`)
  speck(host, 1)
  await settle()
  expect(told().at(-1)).toMatchObject({ active: true })
  expect(new TextEncoder().encode(told().at(-1)?.reason).length).toBeLessThanOrEqual(128)
  const { url } = await session.invite({ role: 'viewer' })
  const viewer = await Viewer.join({ transport: it.relay.transport, url, clock, aead: openAead })
  await viewer.screens.show(9)
  await settle()
  expect(valuesOf(wordsTo(it, viewer.self), 'secureDesktop')).toMatchObject([{ active: true }])
  host.blind = undefined
  await clock.advance(1_000)
  expect(told().at(-1)).toEqual({ active: false, reason: '' })
})

describe('the pointer', () => {
  const act = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('point' as const), colour: fc.nat({ max: 90 }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('show' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const) }) },
  )

  test('has each shape sent before its use, on every connection anew, and never one that a viewer with 64 shapes has lost (RA-SCR-071)', async () => {
    let again = 0
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 20, maxLength: 120 }), async acts => {
        const it = await watched()
        const { session, host, relay, clock } = it
        await session.screens.show(7)
        const drops: number[] = []
        // Images are encoded beside the event loop: whoever wants to know what was said of one waits for its use.
        const use = () => session.once('cursor', { which: ({ $case }) => $case === 'cursorUse' })
        const point = async (colour: number): Promise<void> => {
          const used = use()
          host.point(colour)
          await used
        }
        await point(201)
        for (const each of acts) {
          if (each.do === 'point') await point(each.colour)
          else if (each.do === 'show') await session.screens.show(7)
          else {
            await settle()
            drops.push(wordsTo(it, session.self).length)
            const back = session.once('phase', { which: phase => phase === 'active' })
            const used = use()
            relay.cut(session.self)
            await clock.advance(1_000)
            await back
            await used
          }
          await settle()
        }
        await point(200)
        await settle()
        const shapes = new Map<number, Uint8Array>()
        let shown: Uint8Array | undefined
        for (const [i, word] of wordsTo(it, session.self).entries()) {
          if (drops.includes(i)) shapes.clear()
          if (word.$case === 'cursorShape') {
            shapes.delete(word.value.cursorId)
            shapes.set(word.value.cursorId, word.value.png)
            const [oldest] = shapes.keys()
            if (shapes.size > 64) shapes.delete(oldest as number)
          } else if (word.$case === 'cursorUse') {
            shown = shapes.get(word.value.cursorId)
            expect(shown).toBeDefined()
            again++
          }
        }
        const last = valuesOf(wordsTo(it, session.self), 'cursorShape').at(-1)
        expect(shown).toEqual(last?.png)
        again -= valuesOf(wordsTo(it, session.self), 'cursorShape').length
        session.leave({ endSession: true })
        await settle()
      }),
      { numRuns: 8 },
    )
    expect(again).toBeGreaterThan(0)
  }, 60_000)
})
