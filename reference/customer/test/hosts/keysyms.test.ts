import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codePointOf, keysymOf } from '../../src/hosts/x11/keysyms.js'

const codePoint = fc.integer({ min: 0x20, max: 0x10ffff }).filter(code => (code < 0x7f || code > 0x9f) && (code < 0xd800 || code > 0xdfff))

describe('keysyms', () => {
  it('stand for the character that they were made for', () => {
    fc.assert(
      fc.property(fc.oneof(codePoint, fc.constantFrom(0x09, 0x0a)), code => {
        expect(codePointOf(keysymOf(code))).toBe(code)
      }),
    )
  })

  it.each([
    ['Cyrillic_shorti', 0x06ca, 'й'],
    ['Cyrillic_HARDSIGN', 0x06ff, 'Ъ'],
    ['Greek_finalsmallsigma', 0x07f3, 'ς'],
    ['EuroSign', 0x20ac, '€'],
    ['kana_A', 0x04b1, 'ア'],
    ['hebrew_taw', 0x0cfa, 'ת'],
    ['Thai_kokai', 0x0da1, 'ก'],
    ['Arabic_sukun', 0x05f2, '\u0652'],
    ['OE', 0x13bc, 'Œ'],
    ['lstroke', 0x01b3, 'ł'],
    ['emdash', 0x0aa9, '—'],
    ['leftarrow', 0x08fb, '←'],
  ])('that are older than Unicode are known: %s', (_, keysym, char) => {
    expect(codePointOf(keysym)).toBe(char.codePointAt(0))
  })

  it.each([
    ['F1', 0xffbe],
    ['dead_acute', 0xfe51],
    ['KP_1', 0xffb1],
    ['none', 0],
    ['a gap between older ones', 0x01a4],
    ['beyond Unicode', 0x01110000],
  ])('that make no character stand for none: %s', (_, keysym) => {
    expect(codePointOf(keysym)).toBeUndefined()
  })
})
