import { AssistError, HostError, Permission, Phase, Role } from '@remote-assist/peer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseHost } from '../src/choose-host.js'
import { keyOf } from '../src/code.js'
import { grantedBy, parseConsent, TOPICS, topicsOf } from '../src/consent.js'
import { exitCodeOf } from '../src/exit.js'
import { plain, presence } from '../src/presence.js'

const WORDS = TOPICS.map(({ word }) => word)
const someWords = fc.uniqueArray(fc.constantFrom(...WORDS), { minLength: 1 })
const ALL = TOPICS.flatMap(({ permissions }) => permissions)
const somePermissions = fc.uniqueArray(fc.constantFrom(...ALL))

const wordsOf = (text: string): ReadonlySet<string> => {
  const mode = parseConsent(text)
  if (mode.kind === 'ask') throw new Error('it asks')
  return mode.words
}

describe('consent beforehand', () => {
  test('every permission there is belongs to exactly one topic', () => {
    const known = Object.values(Permission).filter((value): value is Permission => typeof value === 'number' && value > 0)
    expect([...ALL].sort((a, b) => a - b)).toEqual(known)
  })

  test('grants what was asked for and named, and nothing else', () => {
    fc.assert(
      fc.property(someWords, somePermissions, (words, asked) => {
        const named = TOPICS.filter(({ word }) => words.includes(word)).flatMap(({ permissions }) => permissions)
        expect(new Set(grantedBy(wordsOf(words.join(', ')), asked))).toEqual(new Set(asked.filter(permission => named.includes(permission))))
      }),
    )
  })

  test('all grants everything that was asked for, none nothing', () => {
    fc.assert(
      fc.property(somePermissions, asked => {
        expect(new Set(grantedBy(wordsOf('all'), asked))).toEqual(new Set(asked))
        expect(grantedBy(wordsOf('none'), asked)).toEqual([])
      }),
    )
  })

  test('a person is asked about everything that was asked for, and about nothing else', () => {
    fc.assert(
      fc.property(somePermissions, asked => {
        expect(new Set(topicsOf(asked).flatMap(({ permissions }) => permissions))).toEqual(new Set(asked))
      }),
    )
  })

  test('a word that does not exist is refused, with the words that do', () => {
    fc.assert(
      fc.property(
        fc.string().filter(text => !/[,]/.test(text) && !['ask', 'all', 'none', ...WORDS].includes(text.trim())),
        text => {
          expect(() => parseConsent(text)).toThrow(/ask, all, none, or some of view, control/)
        },
      ),
    )
  })
})

describe('the choice of a host', () => {
  test.each([
    ['virtual', { kind: 'virtual' }],
    ['x11', { kind: 'x11', display: undefined }],
    ['x11:0', { kind: 'x11', display: ':0' }],
    ['x11:7.1', { kind: 'x11', display: ':7.1' }],
    ['x11:desk:0', { kind: 'x11', display: 'desk:0' }],
  ])('%s', (text, choice) => expect(parseHost(text)).toEqual(choice))

  test.each(['', 'x', 'x11:', 'wayland', 'virtual:1'])('%j is none', text => expect(() => parseHost(text)).toThrow(RangeError))
})

describe('a code', () => {
  const BROKER = 'https://assist.example'
  const LINK = `${BROKER}/join#1.4821973015.${'A'.repeat(43)}`

  test('is a PIN, however it is typed', () => {
    expect(keyOf(' 4821 - 973 015', BROKER)).toEqual({ broker: BROKER, credentials: { pin: '4821973015' } })
  })

  test('is a link, which says where the broker is', () => {
    expect(keyOf(LINK, undefined)).toEqual({ broker: BROKER, credentials: { url: LINK } })
    expect(keyOf(LINK, 'http://127.0.0.1:1').broker).toBe('http://127.0.0.1:1')
  })

  test.each([
    ['4821973015', undefined, 'E_INVALID'],
    ['12', BROKER, 'E_PIN_FORMAT'],
    [`${BROKER}/join#1.4821973015`, undefined, 'E_LINK_FORMAT'],
  ])('%s with broker %s is refused with %s', (code, broker, expected) => {
    expect(() => keyOf(code, broker)).toThrow(expect.objectContaining({ code: expected }))
  })
})

describe('what a customer sees', () => {
  const person = {
    participant: 1,
    role: Role.AGENT,
    phase: 0,
    lead: true,
    inControl: false,
    recording: false,
    displayName: 'Ada',
    organisation: '',
    grants: [],
    elevated: false,
  }

  test('is who is there and what they do', () => {
    const viewer = { ...person, participant: 3, role: Role.VIEWER, displayName: '', recording: true }
    expect(presence([person, viewer], false)).toBe('Ada is viewing, A viewer is viewing and recording.')
    expect(presence([{ ...person, inControl: true }], false)).toBe('Ada is in control.')
    expect(presence([{ ...person, inControl: true, elevated: true }], false)).toBe('Ada is in control, with administrator powers.')
    expect(presence([person], true)).toBe('Ada waits: you paused.')
    expect(presence([{ ...person, phase: Phase.SUSPENDED }], false)).toBe('Ada lost its connection.')
    expect(presence([{ ...person, role: Role.CUSTOMER }], false)).toBe('')
  })

  test('never has a character that could move the cursor or turn text around', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(plain(text)).not.toMatch(/[\p{Cc}\p{Cf}]/u)
      }),
    )
  })
})

test('errors become exit codes', () => {
  expect(exitCodeOf(new AssistError('E_STOPPED', ''))).toBe(0)
  expect(exitCodeOf(new AssistError('E_CONNECT', ''))).toBe(3)
  expect(exitCodeOf(new AssistError('E_PIN_WRONG', ''))).toBe(4)
  expect(exitCodeOf(new AssistError('E_CONSENT_DENIED', ''))).toBe(5)
  expect(exitCodeOf(new HostError('E_NO_DISPLAY', ''))).toBe(6)
  expect(exitCodeOf(new Error())).toBe(1)
})
