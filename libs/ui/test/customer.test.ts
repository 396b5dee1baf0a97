import { Permission } from '@remote-assist/peer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { amount } from '../src/amount.js'
import { companionStringsFor } from '../src/companion/strings.js'
import { entryOf, readable } from '../src/log.js'
import { initialState, type Present } from '../src/model.js'
import { presence } from '../src/presence.js'
import { Sketch } from '../src/sketch.js'
import { LANGUAGES, languageFor, sentenceOf, stringsFor } from '../src/strings.js'
import { problemOf } from '../src/told.js'
import { BROWSER_TOPICS, grantsFor, SUGGESTED, TOPICS, topicsOf } from '../src/topics.js'

describe('topics', () => {
  const permissions = Object.values(Permission).filter(value => typeof value === 'number' && value > 0) as readonly Permission[]

  test('only what was asked for and chosen is granted; in a browser neither control nor elevation', () => {
    fc.assert(
      fc.property(fc.subarray([...permissions]), fc.subarray([...TOPICS]), (asked, chosen) => {
        const granted = grantsFor(new Set(chosen), asked)
        expect(granted.every(permission => asked.includes(permission))).toBe(true)
        expect(topicsOf(granted).every(topic => chosen.includes(topic))).toBe(true)
        const fromBrowser = grantsFor(new Set(BROWSER_TOPICS), asked)
        for (const never of [Permission.CONTROL_INPUT, Permission.ELEVATE, Permission.RUN_COMMAND, Permission.SECURE_KEYS])
          expect(fromBrowser).not.toContain(never)
      }),
    )
    expect([...SUGGESTED]).toEqual(['see', 'talk'])
  })
})

describe('what agents draw', () => {
  const stroke = (from: number, strokeId: number, points: readonly number[]) =>
    ({ do: 'draw', stroke: { from, screenId: 1, strokeId, points, colour: 0xff3b30, width: 4, ttlMs: 10_000 } }) as const

  test('points of one stroke are appended; it goes when it fades, with its author, or with everything (RA-ANN-004, RA-ANN-005, RA-ANN-007)', () => {
    const sketch = new Sketch()
    sketch.hear(stroke(1, 1, [0, 0, 5, 5]))
    sketch.hear(stroke(1, 1, [9, 9]))
    sketch.hear(stroke(1, 2, [1, 1]))
    sketch.hear(stroke(3, 1, [2, 2]))
    sketch.hear({ do: 'point', laser: { from: 3, screenId: 1, x: 4, y: 4, visible: true } })
    expect(sketch.lines.map(({ points }) => points.length)).toEqual([3, 1, 1])
    sketch.hear({ do: 'fade', from: 1, strokeId: 2 })
    expect(sketch.lines).toHaveLength(2)
    sketch.hear({ do: 'rest', from: 3 })
    expect(sketch.spots).toEqual([])
    expect(sketch.keep(new Set([1]))).toBe(true)
    expect(sketch.lines.map(({ from }) => from)).toEqual([1])
    sketch.hear({ do: 'clear', clear: { from: 0 } })
    expect(sketch.empty).toBe(true)
  })
})

describe('words', () => {
  test.each([...LANGUAGES])('%s says everything', (_language, strings) => {
    const english = stringsFor('en')
    expect(Object.keys(strings).sort()).toEqual(Object.keys(english).sort())
    // An error for which there are no English words here says its own, which are English.
    expect(Object.keys(strings.errors)).toEqual(expect.arrayContaining(Object.keys(english.errors)))
    for (const [name, words] of Object.entries(strings)) if (typeof words === 'string') expect(words.trim(), name).not.toBe('')
  })

  test('the first language that the page speaks is taken, English if it speaks none', () => {
    expect(stringsFor('fr', 'de-AT', 'en')).toBe(LANGUAGES.get('de'))
    expect(stringsFor('fr')).toBe(LANGUAGES.get('en'))
    expect(stringsFor()).toBe(LANGUAGES.get('en'))
    expect(languageFor('', 'fr-FR', 'DE-at')).toBe('de')
    expect(languageFor('constructor')).toBe('en')
  })

  test('an error says how many tries are left, and how long to wait', () => {
    const t = stringsFor('en')
    const problem = { ...problemOf(new Error('?'), '1234', 0), code: 'E_THROTTLED', againAtMs: 4_200 }
    expect(sentenceOf(problem, t, 0).hint).toBe('Wait 5 s, then try again.')
    expect(sentenceOf(problem, t, 5_000).hint).toBe('Wait a moment, then try again.')
    expect(sentenceOf({ ...problem, code: 'E_PIN_WRONG', attemptsLeft: 1 }, t, 0).message).toBe('That PIN is not right. 1 try is left.')
    expect(sentenceOf({ code: 'E_NEW', message: 'Something new.', hint: undefined }, t, 0)).toEqual({ message: 'Something new.', hint: undefined })
  })

  test('the bar says who sees, who controls, and that nobody does', () => {
    const t = stringsFor('en')
    const ada: Present = { id: 1, name: 'Ada', role: 'agent', organisation: undefined, inControl: false, recording: false, away: false, holds: ['see', 'talk'] }
    const shared = { width: 1, height: 1, surface: 'monitor' } as const
    const said = (change: object) => presence({ ...initialState, people: [ada], shared, ...change }, t).sentence
    expect(said({})).toBe('Ada can see your screen')
    expect(said({ people: [ada, { ...ada, id: 3, name: 'Ben' }] })).toBe('Ada and Ben can see your screen')
    expect(said({ people: [{ ...ada, inControl: true }] })).toBe('Ada is in control')
    expect(said({ shared: undefined })).toBe('Ada is here and sees nothing')
    expect(said({ people: [{ ...ada, away: true }] })).toBe('Ada is here and sees nothing')
    expect(said({ people: [{ ...ada, name: '' }] })).toBe('The agent can see your screen')
    const three = { ...initialState, people: [ada, { ...ada, name: 'Ben' }, { ...ada, name: 'Cy' }], shared }
    expect(presence(three, t, 3).sentence).toBe('Ada, Ben and Cy can see your screen')
    expect(presence(three, t, 2).sentence).toBe('Ada, Ben and one other can see your screen')
    expect(presence(three, stringsFor('de'), 1).sentence).toBe('Ada und 2 weitere sehen Ihren Bildschirm')
    expect(said({ paused: true })).toBe('Paused: nobody sees or does anything')
    expect(said({ lineUp: false })).toBe('Your connection dropped. Connecting again …')
    expect(said({ people: [] })).toBe('Nobody is here')
  })

  test('the log tells a decision and a file once, whose name came later, and leaves out what serves proof alone', () => {
    const line = (kind: string, details: object) => JSON.stringify({ index: 0, at: 1_000, kind, details, previous: '', hash: '' })
    const log = [
      JSON.stringify({ format: 'remote-assist-audit/1' }),
      line('participant.joined', { participant: '2', name: '' }),
      line('participant.identified', { participant: '2', name: 'Ada' }),
      line('consent.decided', { participant: '2', permissions: '1,10,11' }),
      line('grant.changed', { participant: '2', permission: '1', state: 'given' }),
      line('capability.issued', { participant: '2' }),
      line('grant.changed', { participant: '2', permission: '1', state: 'taken' }),
      line('grant.changed', { participant: '2', permission: '1', state: 'given' }),
      line('file.sent', { participant: '2', transfer: '2', name: 'a.txt', sha256: '00' }),
      line('file.sent', { participant: '2', transfer: '2', name: 'half.txt', sha256: '' }),
      line('file.verified', { participant: '2', transfer: '2', name: 'a.txt', sha256: '00' }),
      line('file.verified', { participant: '2', transfer: '1', name: 'a.txt', sha256: '00' }),
    ].flatMap(text => entryOf(text) ?? [])
    expect(readable(log, stringsFor('en')).map(({ text }) => text)).toEqual([
      'Ada joined',
      'You allowed Ada: see the screen, chat and draw',
      'Ada may no longer: see the screen',
      'Ada may: see the screen',
      'a.txt was transferred, with Ada',
      'A part of half.txt was transferred, with Ada',
      'a.txt was transferred, with Ada',
    ])
  })
})

test('sizes and keys are written as people do who read the language', () => {
  expect([amount(3_000_000, stringsFor('de')), amount(3_000_000, stringsFor('en')), amount(1_536 * 2 ** 20, stringsFor('de-AT'))]).toEqual([
    '2,9 MB',
    '2.9 MB',
    '1,5 GB',
  ])
  expect(companionStringsFor('de').stopKeys('Ctrl+Alt+End')).toMatch(/^Strg\+Alt\+Ende beendet/)
  expect(companionStringsFor('de').stopKeys('Ctrl+Shift+F12')).toMatch(/^Strg\+Umschalt\+F12 beendet/)
  expect(companionStringsFor('en').stopKeys('Ctrl+Alt+End')).toMatch(/^Ctrl\+Alt\+End stops/)
})
