import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { COMBOS } from '../src/console/model.js'
import { comboLabel, LANGUAGES, minutes, stringsFor } from '../src/console/strings.js'

describe('words', () => {
  test.each([...LANGUAGES])('%s says everything', (_language, strings) => {
    const english = stringsFor('en')
    expect(Object.keys(strings).sort()).toEqual(Object.keys(english).sort())
    for (const [name, words] of Object.entries(strings)) {
      if (typeof words === 'string') expect(words.trim(), name).not.toBe('')
      else expect(typeof words, name).toBe('function')
    }
  })

  test('a language is found by its tag, and English is the fallback', () => {
    expect(stringsFor('de-AT')).toBe(LANGUAGES.get('de'))
    expect(stringsFor('DE')).toBe(LANGUAGES.get('de'))
    expect(stringsFor('fr')).toBe(LANGUAGES.get('en'))
    expect(stringsFor('')).toBe(LANGUAGES.get('en'))
    expect(stringsFor('constructor')).toBe(LANGUAGES.get('en'))
  })

  test('combinations are written as on keys', () => {
    expect(comboLabel('ctrl+alt+delete')).toBe('Ctrl + Alt + Del')
    expect(new Set(COMBOS.map(comboLabel)).size).toBe(COMBOS.length)
  })

  test('time that is left counts down to 0:00 and never below', () => {
    expect(minutes(581_000)).toBe('9:41')
    expect(minutes(1)).toBe('0:01')
    expect(minutes(-5)).toBe('0:00')
    fc.assert(
      fc.property(fc.integer({ min: -1_000, max: 10_000_000 }), ms => {
        expect(minutes(ms)).toMatch(/^\d+:[0-5]\d$/)
      }),
    )
  })
})
