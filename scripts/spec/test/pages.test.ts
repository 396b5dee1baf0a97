import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AREAS, PROFILES, parseItem, ROLES } from '../lib/item.mjs'
import { readPage } from '../lib/pages.mjs'

const GOOD = '- **RA-FIL-014** · sender, receiver · files · wire — The receiver MUST refuse `MAY` and more.'
const problemsOf = (text: string) => readPage('page.md', text).faults.map(({ where, message }) => `${where}: ${message}`)

test('an item is read with its level, roles, profile, testability, text and place', () => {
  const { requirements, faults } = readPage('page.md', `# Page\n\n${GOOD}\n`)
  expect(faults).toEqual([])
  expect(requirements).toEqual([
    {
      id: 'RA-FIL-014',
      level: 'MUST',
      roles: ['sender', 'receiver'],
      profile: 'files',
      testability: 'wire',
      text: 'The receiver MUST refuse `MAY` and more.',
      page: 'page.md',
      line: 3,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  ])
})

test('every well-formed item is read as it was written', () => {
  const items = fc.record({
    id: fc.tuple(fc.constantFrom(...AREAS), fc.integer({ min: 0, max: 999 })).map(([area, number]) => `RA-${area}-${String(number).padStart(3, '0')}`),
    roles: fc.uniqueArray(fc.constantFrom(...ROLES), { minLength: 1 }),
    profile: fc.constantFrom(...PROFILES),
    testability: fc.constantFrom('wire', 'adapter', 'manual', 'untestable (nobody can look inside)'),
    level: fc.constantFrom('MUST', 'SHOULD', 'MAY'),
    words: fc.stringMatching(/^[a-z0-9 ,;·—`*]*$/).filter(words => words.split('`').length % 2 === 1),
  })
  fc.assert(
    fc.property(items, ({ words, ...item }) => {
      const text = `One ${item.level} ${words}.`
      const line = `- **${item.id}** · ${item.roles.join(', ')} · ${item.profile} · ${item.testability} — ${text}`
      expect(parseItem(line)).toEqual({ item: { ...item, text } })
    }),
  )
})

describe('a malformed item is a fault', () => {
  test.each([
    ['its shape', '- **RA-FIL-014** receiver · files · wire — It MUST.', 'is not written as'],
    ['its bullet', `*${GOOD.slice(1)}`, 'is not written as'],
    ['its indentation', `  ${GOOD}`, 'is not written as'],
    ['its area', GOOD.replace('RA-FIL', 'RA-XYZ'), 'has an id that is not RA-<AREA>-<NNN>: RA-XYZ-014'],
    ['its number', GOOD.replace('014', '14'), 'has an id that is not RA-<AREA>-<NNN>: RA-FIL-14'],
    ['a role', GOOD.replace('sender, receiver', 'sender, friend'), 'names an unknown role: sender, friend'],
    ['its profile', GOOD.replace('· files ·', '· folders ·'), 'names an unknown profile: folders'],
    ['its testability', GOOD.replace('wire', 'by hand'), 'says "by hand" for how it is tested'],
    ['a missing reason', GOOD.replace('wire', 'untestable'), 'says "untestable" for how it is tested'],
    ['no keyword', GOOD.replace('MUST', 'must'), 'has no MUST, SHOULD or MAY'],
    ['two duties', GOOD.replace('refuse', 'refuse and SHOULD'), 'has more than one normative keyword'],
    ['an alien keyword', GOOD.replace('MUST', 'SHALL'), 'says SHALL'],
    ['no full stop', GOOD.slice(0, -1), 'does not end with a full stop'],
  ])('%s', (_what, line, problem) => {
    expect(problemsOf(line)).toEqual([expect.stringContaining(`page.md:1: This item ${problem}`)])
  })
})

describe('keywords outside items', () => {
  test.each(['MUST', 'SHOULD', 'MAY', 'SHALL', 'REQUIRED'])('%s in prose is a fault', keyword => {
    expect(problemsOf(`# Page\nThe broker ${keyword} answer.`)).toEqual([expect.stringContaining(`page.md:2: ${keyword} outside an item`)])
  })

  test('small letters, code and longer words are none', () => {
    expect(problemsOf('It must, it may. `MUST`\n```text\nMUST\n```\nDISMAY, MUSTARD')).toEqual([])
  })
})
