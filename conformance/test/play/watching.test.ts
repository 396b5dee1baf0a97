import { expect, test } from 'vitest'
import { Desktop } from '../../src/cases/desktop.js'
import { VAGUE } from '../../src/play/canvas.js'
import type { Fields } from '../../src/play/player.js'
import { Watching } from '../../src/play/watching.js'

/** RAW pixels of one colour. */
const raw = (x: number, y: number, width: number, height: number, colour: number): Fields => {
  const pixel = [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255, 255]
  return {
    x,
    y,
    width,
    height,
    codec: 'PICTURE_CODEC_RAW',
    data: Uint8Array.from({ length: width * height * 4 }, (_, at) => pixel[at % 4] ?? 0),
    copyFromX: 0,
    copyFromY: 0,
  }
}
const copy = (x: number, y: number, width: number, height: number, copyFromX: number, copyFromY: number): Fields => ({
  ...{ x, y, width, height, copyFromX, copyFromY },
  codec: 'PICTURE_CODEC_COPY',
  data: new Uint8Array(),
})

/** A picture of video. */
const film = (codec: string, more: Fields = {}): Fields => ({
  ...{ x: 0, y: 0, width: 4, height: 3, data: Uint8Array.of(1, 2, 3), copyFromX: 0, copyFromY: 0 },
  codec: `PICTURE_CODEC_${codec}`,
  ...more,
})

const SIZE = { width: 4, height: 3 }
const part = (frameId: number, baseFrameId: number, rects: readonly Fields[], more: Fields = {}): Fields => ({
  ...{ screenId: 1, layoutEpoch: 1, frameId, baseFrameId, part: 0, last: true, capturedAtUs: String(frameId * 1_000), rects, ...SIZE },
  ...more,
})

function watching(...parts: readonly Fields[]): Watching {
  const it = new Watching()
  for (const one of parts) it.frame(one, 100)
  return it
}

const KEY = part(1, 0, [raw(0, 0, 4, 3, 0x112233)])

test('frames are composed: changes over what was there, copies of what was there before', () => {
  const it = watching(KEY, part(2, 1, [raw(0, 0, 1, 1, 0xff0000)]), part(3, 2, [copy(3, 2, 1, 1, 0, 0), raw(0, 0, 1, 1, 0x00ff00)]))
  expect(it.facts).toEqual({ frames: 3, mostWaiting: 200, broken: {} })
  const picture = it.picture(1)
  expect([picture?.at(0, 0), picture?.at(3, 2), picture?.at(1, 1)]).toEqual([0x00ff00, 0xff0000, 0x112233])
})

test.each<[string, readonly Fields[]]>([
  ['RA-SCR-031', [KEY, part(2, 1, [], { part: 1 })]],
  ['RA-SCR-031', [part(1, 0, [raw(0, 0, 4, 3, 1)], { last: false }), part(1, 0, [], { part: 2 })]],
  ['RA-SCR-032', [KEY, part(1, 1, [])]],
  ['RA-SCR-033', [KEY, part(3, 2, [])]],
  ['RA-SCR-034', [part(1, 0, [raw(0, 0, 4, 2, 1)])]],
  ['RA-SCR-034', [KEY, part(2, 0, [raw(0, 0, 1, 1, 1)])]],
  ['RA-SCR-036', [KEY, part(2, 1, [raw(3, 0, 2, 1, 1)])]],
  ['RA-SCR-037', [KEY, part(2, 1, [raw(0, 0, 1, 1, 1), copy(1, 1, 1, 1, 0, 0)])]],
  ['RA-SCR-038', [KEY, part(2, 1, [copy(1, 1, 2, 1, 3, 0)])]],
  ['RA-SCR-038', [part(1, 0, [copy(0, 0, 4, 3, 0, 0)])]],
  ['RA-SCR-046', [KEY, part(2, 1, [], { capturedAtUs: '999' })]],
  ['RA-SCR-081', [part(1, 0, [film('VP9', { width: 3 })])]],
  ['RA-SCR-081', [part(1, 0, [film('VP9'), film('VP9')])]],
  ['RA-SCR-081', [part(1, 0, [film('VP9')], { last: false }), part(1, 0, [film('AV1')], { part: 1 })]],
  ['RA-SCR-081', [part(1, 0, [film('H264')]), part(2, 1, [film('H264')], { last: false }), part(2, 1, [raw(0, 0, 1, 1, 1)], { part: 1 })]],
  ['RA-SCR-085', [KEY, part(2, 1, [film('VP9')])]],
  ['RA-SCR-085', [part(1, 0, [film('VP9')]), part(2, 1, [film('AV1')])]],
  ['RA-SCR-085', [part(1, 0, [film('VP9')]), part(2, 0, [raw(0, 0, 4, 3, 1)]), part(3, 2, [film('VP9')])]],
  ['RA-SCR-054', [KEY, part(2, 1, [{ ...raw(0, 0, 1, 1, 1), data: new Uint8Array(3) }])]],
])('%s is broken, and nothing else', (requirement, parts) => {
  expect(Object.keys(watching(...parts).broken)).toEqual([requirement])
})

test('video comes in pieces, is followed by exact pixels, and goes on from where it was', () => {
  const it = watching(
    part(1, 0, [film('VP9')], { last: false }),
    part(1, 0, [film('VP9')], { part: 1 }),
    part(2, 1, [raw(0, 0, 1, 1, 0x00ff00)]),
    part(3, 2, [film('VP9')]),
    part(4, 3, [raw(0, 0, 1, 1, 0x0000ff)]),
    part(5, 0, [film('AV1')]),
    part(6, 5, [film('AV1')]),
    part(7, 6, [raw(3, 2, 1, 1, 0xff0000)]),
  )
  expect(it.broken).toEqual({})
  expect([it.picture(1)?.at(0, 0), it.picture(1)?.at(3, 2)]).toEqual([VAGUE, 0xff0000])
})

test('a frame that was given up has no end, and the next one begins anew', () => {
  const it = watching(KEY, part(2, 1, [], { last: false }), part(3, 0, [raw(0, 0, 4, 3, 7)]))
  expect(it.broken).toEqual({})
  expect(it.picture(1)?.at(2, 2)).toBe(7)
})

test('bytes wait until their frame is acknowledged', () => {
  const it = watching(KEY, part(2, 1, []), part(3, 2, []))
  it.acknowledged(1, 2)
  it.frame(part(4, 3, []), 100)
  expect(it.facts.mostWaiting).toBe(200)
})

test('a pointer is used after it was sent, and anew on each connection', () => {
  const it = watching()
  it.hear('cursorShape', { cursorId: 3 })
  it.hear('cursorUse', { cursorId: 3 })
  expect(it.broken).toEqual({})
  it.reset()
  it.hear('cursorUse', { cursorId: 3 })
  expect(Object.keys(it.broken)).toEqual(['RA-SCR-071'])
})

test('a picture is held against what was painted, and what is masked must not be seen', () => {
  const desktop = new Desktop()
  desktop.did({ say: { text: 'Hello' } })
  const picture = watching(KEY).picture(1)
  if (picture === undefined) throw new Error('there is no picture')
  expect(desktop.misfit(1, picture)).toBeUndefined()
  desktop.did({ paint: { screen: 1, width: 9, height: 9, colour: 0x112233 } })
  desktop.did({ paint: { screen: 2, width: 9, height: 9, colour: 1 } })
  expect(desktop.misfit(1, picture)).toBeUndefined()
  desktop.did({ setMasks: { regions: [{ screen: 1, x: 2, y: 1, width: 9, height: 1 }] } })
  expect(desktop.misfit(1, picture)).toBe('the pixel 2, 1 is #112233, as painted, and is masked')
  desktop.did({ setMasks: {} })
  desktop.did({ paint: { screen: 1, x: 3, y: 2, width: 1, height: 1, colour: 5 } })
  expect(desktop.misfit(1, picture)).toBe('the pixel 3, 2 is #112233, not #000005')
})
