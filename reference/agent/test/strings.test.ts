import { ElevationReason, RefusalReason } from '@remote-assist/codec'
import { AssistError, FileTransferError, refusalError, refusalWord, tooLargeEntry } from '@remote-assist/peer'
import { minutes } from '@remote-assist/ui'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { COMBOS } from '../src/console/model.js'
import { spell } from '../src/console/spelling.js'
import { ENGLISH } from '../src/console/strings/english.js'
import { GERMAN } from '../src/console/strings/german.js'
import { amount, comboLabel, languageFor, loadStrings, rate, sentenceOf, stringsFor } from '../src/console/strings.js'
import { toldOf } from '../src/console/told.js'

describe('words', () => {
  test('German says everything', () => {
    const [english, strings] = [ENGLISH, GERMAN]
    expect(Object.keys(strings).sort()).toEqual(Object.keys(english).sort())
    for (const [name, words] of Object.entries(strings)) {
      // Of errors, German says more than English does: those have an English sentence each where they are thrown.
      if (name === 'errors') continue
      const all = typeof words === 'object' ? Object.entries(words) : [[name, words] as const]
      for (const [which, one] of all) {
        if (typeof one === 'string') expect(one.trim(), which).not.toBe('')
        else expect(typeof one, which).toBe('function')
      }
      if (typeof words === 'object') expect(Object.keys(words)).toEqual(Object.keys(Reflect.get(english, name)))
    }
  })

  test('every refusal, every end of an elevation, and whatever English says in words of its own has a sentence and its hint in German', () => {
    const numbers = (of: object) => Object.values(of).filter(value => typeof value === 'number')
    const refusals = numbers(RefusalReason).map(reason => toldOf(refusalError(reason)))
    const keys = numbers(RefusalReason).map(reason => toldOf(new AssistError('E_DENIED', '', { cause: refusalWord(reason) })))
    const elevations = Object.keys(ElevationReason).filter(name => Number.isNaN(Number(name)))
    const ends = elevations.map(name => toldOf(new AssistError('E_ELEVATION', '', { cause: name })))
    for (const told of [...refusals, ...keys, ...ends]) expect(sentenceOf(told, GERMAN).message, told.code).toMatch(/^[A-ZÄÖÜ].*\.$/)
    expect(new Set(keys.map(told => sentenceOf(told, GERMAN).message)).size).toBe(new Set(keys.map(({ reason }) => reason)).size)
    for (const [code, [, hint]] of Object.entries(ENGLISH.errors)) expect([code, GERMAN.errors[code]?.length]).toEqual([code, hint === undefined ? 1 : 2])
    for (const [message, hint = 'Ja.'] of Object.values(GERMAN.errors)) for (const text of [message, hint]) expect(text).toMatch(/^[A-ZÄÖÜ].*\.$/)
  })

  test('what is said of a file begins with its name, and what nobody foresaw is told as it came', () => {
    const failures = [{ path: 'a/setup.iso', code: 'E_FILE_SPACE', message: 'a/setup.iso has no room.' }] as const
    const told = toldOf(new FileTransferError('E_FILE_SPACE', 'a/setup.iso has no room.', { failures }))
    expect(sentenceOf(told, GERMAN).message).toBe('a/setup.iso: Dort ist kein Platz dafür.')
    expect(sentenceOf(told, ENGLISH).message).toBe('a/setup.iso has no room.')
    expect(sentenceOf(toldOf(new Error('Document is not focused.')), GERMAN).hint).toBe('Document is not focused.')
    expect(sentenceOf(toldOf(new Error('Document is not focused.')), ENGLISH).message).toBe('Document is not focused.')
  })

  test('a file that is too large is told with its size, the limit and who set it, which never look alike', () => {
    const told = (bytes: bigint, maxFileBytes: bigint) => {
      const failure = tooLargeEntry({ path: 'setup.iso', bytes }, maxFileBytes)
      if (failure === undefined) throw new Error('It is not too large.')
      return toldOf(new FileTransferError(failure.code, failure.message, { failures: [failure] }))
    }
    expect(sentenceOf(told(1_503_238_554n, 1_073_741_824n), GERMAN).message).toBe(
      'setup.iso: Das sind 1,4 GB; Ihr Administrator erlaubt höchstens 1 GB je Datei.',
    )
    expect(sentenceOf(told(1_073_741_825n, 1_073_741_824n), GERMAN).message).toContain('1.073.741.825 B; Ihr Administrator erlaubt höchstens 1.073.741.824 B')
    expect(sentenceOf(told(1_503_238_554n, 1_073_741_824n), ENGLISH).message).toBe('setup.iso is 1.4 GB; the limit set by your administrator is 1 GB a file.')
    expect(tooLargeEntry({ path: 'setup.iso', bytes: 1_073_741_824n }, 1_073_741_824n)).toBeUndefined()
    const forSession = new FileTransferError('E_FILE_TOO_LARGE', '', { failures: [{ path: 'setup.iso', code: 'E_FILE_TOO_LARGE', message: '' }] })
    expect(sentenceOf(toldOf(forSession), GERMAN).message).toBe('setup.iso: Größer, als Ihr Administrator erlaubt.')
  })

  test('a reader’s first language that is there is spoken', () => {
    expect([languageFor('', 'de-AT', 'en'), languageFor('fr', 'en-GB', 'de'), languageFor('fr'), languageFor()]).toEqual(['de', 'en', 'en', 'en'])
  })

  test('a language is found by its tag and loaded when it is wanted, and English is the fallback', async () => {
    for (const tag of ['en-GB', 'fr', '', 'constructor']) expect([loadStrings(tag), stringsFor(tag)]).toEqual([undefined, ENGLISH])
    expect(stringsFor('de')).toBe(ENGLISH)
    await loadStrings('de-AT')
    expect(loadStrings('DE')).toBeUndefined()
    for (const tag of ['de', 'de-AT', 'DE']) expect(stringsFor(tag)).toBe(GERMAN)
  })

  test('combinations are written as on keys', () => {
    expect(comboLabel('ctrl+alt+delete', ENGLISH)).toBe('Ctrl + Alt + Del')
    expect(comboLabel('ctrl+alt+delete', GERMAN)).toBe('Strg + Alt + Entf')
    expect(comboLabel('printscreen', GERMAN)).toBe('Druck')
    expect(new Set(COMBOS.map(combo => comboLabel(combo, GERMAN))).size).toBe(COMBOS.length)
  })

  test('sizes and rates are said in the language', () => {
    const [english, german] = [ENGLISH, GERMAN]
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
