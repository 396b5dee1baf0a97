import type { ScreenInfo } from '@remote-assist/peer'
import { Sketch } from '@remote-assist/ui'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { boundsOf, boxesOf, fitting, type Ink, inkOf, LINE_HEIGHT, legible, widthOf } from '../../src/window/x11/ink.js'
import { parseStopKeys, STOP_KEYS, written } from '../../src/window/x11/stop-keys.js'

const screen = (id: number, x: number): ScreenInfo => ({ id, name: '', x, y: 0, width: 640, height: 480, scalePercent: 100, rotation: 0, primary: id === 1 })
const SCREENS = [screen(1, 0), screen(2, 640)]
const place = fc.integer({ min: -50, max: 700 })
const colour = fc.integer({ min: 0, max: 0xffffff })
const inks: fc.Arbitrary<Ink> = fc.oneof(
  fc.record({
    kind: fc.constant('line' as const),
    points: fc.array(fc.tuple(place, place), { minLength: 1, maxLength: 9 }).map(all => all.flat()),
    width: fc.integer({ min: 1, max: 64 }),
    colour,
  }),
  fc.record({ kind: fc.constant('dot' as const), x: place, y: place, radius: fc.integer({ min: 1, max: 32 }), colour }),
)

describe('what is drawn on the person’s screen', () => {
  test('what there is of it on the display is within its bounds, and they are on the display', () => {
    fc.assert(
      fc.property(fc.array(inks, { maxLength: 6 }), drawn => {
        const area = boundsOf(drawn, 640, 480)
        const points = drawn.flatMap(ink => (ink.kind === 'dot' ? [[ink.x, ink.y]] : ink.kind === 'line' ? [ink.points.slice(0, 2)] : []))
        for (const [x = 0, y = 0] of points) {
          if (x < 0 || y < 0 || x >= 640 || y >= 480) continue
          expect(area && x >= area.x && x < area.x + area.width && y >= area.y && y < area.y + area.height).toBe(true)
        }
        if (area === undefined) return
        expect(area.width > 0 && area.height > 0 && area.x >= 0 && area.y >= 0 && area.x + area.width <= 640 && area.y + area.height <= 480).toBe(true)
      }),
    )
    expect(boundsOf([], 640, 480)).toBe(undefined)
  })

  test('a line and a spot are where their screen is, with the name of whose they are; what is on no screen is nowhere', () => {
    const sketch = new Sketch()
    sketch.hear({ do: 'draw', stroke: { from: 3, screenId: 2, strokeId: 1, points: [10, 20, 30, 40], colour: 0x00ff00, width: 4, ttlMs: 1_000 } })
    sketch.hear({ do: 'draw', stroke: { from: 3, screenId: 9, strokeId: 2, points: [1, 1, 2, 2], colour: 0, width: 4, ttlMs: 1_000 } })
    sketch.hear({ do: 'point', laser: { from: 3, screenId: 1, x: 5, y: 6, visible: true } })
    const drawn = inkOf(sketch, SCREENS, person => `Nr ${person}`)
    expect(drawn.filter(({ kind }) => kind !== 'boxes')).toEqual([
      { kind: 'line', points: [650, 20, 670, 40], width: 4, colour: 0x00ff00 },
      { kind: 'dot', x: 5, y: 6, radius: 9, colour: 0xff3b30 },
    ])
    expect(drawn).toContainEqual({ kind: 'boxes', colour: 0x00ff00, boxes: boxesOf('Nr 3', 684, 54) })
  })

  test('a text lies within its width and its line, wherever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), place, place, (text, left, top) => {
        const boxes = boxesOf(text, left, top)
        for (let i = 0; i < boxes.length; i += 4) {
          const [x = 0, y = 0, width = 0] = boxes.slice(i)
          expect(x >= left && x + width <= left + widthOf(text) && y >= top && y < top + LINE_HEIGHT).toBe(true)
        }
      }),
    )
    expect(boxesOf('Ä', 0, 0)).not.toEqual(boxesOf('A', 0, 0))
    expect(boxesOf(' ', 0, 0)).toEqual([])
  })

  test('names are in Latin, Greek and Cyrillic letters, without a mark that is not there; nobody is called boxes', () => {
    for (const name of ['Łukasz', 'Șerban', 'Ελένη', 'Юрий', 'Connecting …']) expect(legible(name)).toBe(name)
    expect(boxesOf('Ł', 0, 0)).not.toEqual(boxesOf('田', 0, 0))
    expect(legible('Nguyễn')).toBe('Nguyen')
    expect(legible('Zoe\u0308')).toBe('Zoë')
    for (const name of ['田中', 'Ada 🎉']) expect(legible(name)).toBe(undefined)
    const box = boxesOf('田', 0, 0)
    expect(box.length).toBeGreaterThan(0)
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), text => {
        for (const letter of legible(text) ?? '') expect(boxesOf(letter, 0, 0)).not.toEqual(box)
      }),
    )
  })
})

describe('the bar’s sentence', () => {
  test('is the first that there is room for, else as much of the last', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 60 }), { maxLength: 4 }), fc.integer({ min: -50, max: 500 }), (texts, room) => {
        const said = fitting(texts, room)
        expect(widthOf(said)).toBeLessThanOrEqual(Math.max(0, room))
        const fits = texts.find(text => widthOf(text) <= room)
        if (fits !== undefined) expect(said).toBe(fits)
        else expect(texts.at(-1) ?? '').toContain(said)
      }),
    )
    expect(fitting(['a helper', 'one'], widthOf('only'))).toBe('one')
    expect(fitting(['a helper', 'others'], widthOf('only'))).toBe('othe')
  })
})

describe('keys that stop everything', () => {
  test('are read as they are written, modifiers first', () => {
    expect(written(STOP_KEYS)).toBe('Ctrl+Alt+End')
    expect(parseStopKeys('ctrl+alt+end')).toEqual(STOP_KEYS)
    expect(written(parseStopKeys('F12+Shift+ctrl'))).toBe('Shift+Ctrl+F12')
  })

  test.each(['', 'end', 'ctrl', 'ctrl+alt', 'ctrl+ctrl+end', 'ctrl+end+home', 'ctrl+constructor', 'ctrl+a', 'ctrl end'])('“%s” are none', text => {
    expect(() => parseStopKeys(text)).toThrow(RangeError)
  })
})
