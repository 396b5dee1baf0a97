import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  erase,
  insert,
  locate,
  MAX_TEXT,
  type Motion,
  move,
  offsetAt,
  place,
  selectAll,
  selection,
  type TextField,
  wrap,
} from '../../src/hosts/virtual/text-field.js'

const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', 'ü', '漢', '🙂'), maxLength: 60 })
const columns = fc.integer({ min: 1, max: 12 })
const motion = fc.constantFrom<Motion>('left', 'right', 'up', 'down', 'home', 'end')

/** A field with caret and anchor between characters. */
const field: fc.Arbitrary<TextField> = fc.tuple(text, fc.nat(), fc.nat()).map(([value, a, b]) => {
  const offsets = Array.from([...value, ''], (_, i) => [...value].slice(0, i).join('').length)
  return { text: value, caret: offsets[a % offsets.length] ?? 0, anchor: offsets[b % offsets.length] ?? 0 }
})

describe('text field', () => {
  it('inserting puts exactly the text in place of the selection, and the caret behind it', () => {
    fc.assert(
      fc.property(field, text, (before, typed) => {
        const { from, to } = selection(before)
        const after = insert(before, typed)
        expect(after.text).toBe(before.text.slice(0, from) + typed + before.text.slice(to))
        expect([after.caret, after.anchor]).toEqual([from + typed.length, from + typed.length])
      }),
    )
  })

  it('typing and erasing as many characters gives the text back', () => {
    fc.assert(
      fc.property(text, text, fc.nat(), (start, typed, at) => {
        const origin = place({ text: start, caret: 0, anchor: 0 }, 0, false)
        const moved = Array.from({ length: at % ([...start].length + 1) }).reduce<TextField>(one => move(one, 'right', false, 80), origin)
        const after = [...typed].reduce<TextField>(one => erase(one, true), insert(moved, typed))
        expect(after).toEqual(moved)
      }),
    )
  })

  it('no motion splits a character or leaves the text', () => {
    fc.assert(
      fc.property(field, fc.array(fc.tuple(motion, fc.boolean()), { maxLength: 20 }), columns, (start, motions, width) => {
        const end = motions.reduce((one, [where, extend]) => move(one, where, extend, width), start)
        expect(end.text).toBe(start.text)
        expect(end.caret).toBeGreaterThanOrEqual(0)
        expect(end.caret).toBeLessThanOrEqual(end.text.length)
        expect([...end.text.slice(0, end.caret), ...end.text.slice(end.caret)]).toEqual([...end.text])
      }),
    )
  })

  it('wrapped lines hold the whole text in order, none longer than the columns, and places map back', () => {
    fc.assert(
      fc.property(field, columns, (one, width) => {
        const lines = wrap(one.text, width)
        expect(lines.map(({ start, end }) => one.text.slice(start, end)).join('')).toBe(one.text.replaceAll('\n', ''))
        for (const { start, end } of lines) expect([...one.text.slice(start, end)].length).toBeLessThanOrEqual(width)
        const { line, column } = locate(one.text, lines, one.caret)
        expect(offsetAt(one.text, lines, line, column)).toBe(one.caret)
      }),
    )
  })

  it('selecting all and erasing leaves nothing; a text beyond the limit is not taken', () => {
    fc.assert(
      fc.property(field, one => {
        expect(erase(selectAll(one), true)).toEqual({ text: '', caret: 0, anchor: 0 })
      }),
    )
    const full = insert({ text: '', caret: 0, anchor: 0 }, 'x'.repeat(MAX_TEXT))
    expect(full.text.length).toBe(MAX_TEXT)
    expect(insert(full, 'y')).toBe(full)
  })

  it('lone surrogates are replaced, line ends become newlines', () => {
    expect(insert({ text: '', caret: 0, anchor: 0 }, 'a\ud800b\udc00\r\nc\rd').text).toBe('a\ufffdb\ufffd\nc\nd')
  })
})
