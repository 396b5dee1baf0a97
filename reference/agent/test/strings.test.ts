import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { COMBOS } from '../src/console/model.js'
import { spell } from '../src/console/spelling.js'
import { amount, comboLabel, LANGUAGES, minutes, rate, stringsFor } from '../src/console/strings.js'

describe('words', () => {
  test.each([...LANGUAGES])('%s says everything', (_language, strings) => {
    const english = stringsFor('en')
    expect(Object.keys(strings).sort()).toEqual(Object.keys(english).sort())
    for (const [name, words] of Object.entries(strings)) {
      const all = typeof words === 'object' ? Object.entries(words) : [[name, words] as const]
      for (const [which, one] of all) {
        if (typeof one === 'string') expect(one.trim(), which).not.toBe('')
        else expect(typeof one, which).toBe('function')
      }
      if (typeof words === 'object') expect(Object.keys(words)).toEqual(Object.keys(Reflect.get(english, name)))
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

  test('sizes and rates are said in the language', () => {
    const [english, german] = [stringsFor('en'), stringsFor('de')]
    expect([0, 1_023, 1_536, 1_073_741_824, 150 * 1_048_576].map(bytes => amount(bytes, english))).toEqual(['0 B', '1,023 B', '1.5 kB', '1 GB', '150 MB'])
    expect(rate(1_572_864, german)).toBe('1,5 MB/s')
  })

  test('an address is spelled in the language, and says itself again', () => {
    expect(spell('as-1', 'en').map(({ word }) => word)).toEqual(['Alfa', 'Sierra', 'dash', '1'])
    expect(spell('X.', 'de-AT').map(({ word }) => word)).toEqual(['Xanthippe', 'Punkt'])
    fc.assert(
      fc.property(fc.webUrl(), fc.constantFrom('en', 'de', 'fr'), (url, language) => {
        const spelled = spell(url, language)
        expect(spelled.map(({ character }) => character).join('')).toBe(url)
        expect(spelled.every(({ word }) => word !== '')).toBe(true)
      }),
    )
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
