import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldName, nameFault, pathFault, proposeName } from '../../src/files/names.js'

const DEVICES = ['con', 'prn', 'aux', 'nul', 'conin$', 'conout$', ...['com', 'lpt'].flatMap(port => [...'0123456789¹²³'].map(digit => port + digit))]
const CONTROLS = Array.from({ length: 0xa0 }, (_, code) => String.fromCodePoint(code)).filter(it => /\p{Cc}/u.test(it))
const BIDI = [0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069].map(code => String.fromCodePoint(code))
const capital = (name: string) => `${name[0]?.toUpperCase()}${name.slice(1)}`

/** What is rejected, by fault. */
const BAD = {
  empty: [''],
  dots: ['.', '..'],
  character: [...'/\\:*?"<>|', ...CONTROLS, ...BIDI]
    .flatMap(it => [it, `a${it}b`, `a${it}`])
    .concat(['C:', 'C:\\x', '\\\\server\\share', '//server/share', 'a:stream', '\\\\?\\C:']),
  trailing: ['a.', 'a ', 'a..', 'a. ', '...', ' ', 'name.txt.', 'con.', 'ä '],
  device: DEVICES.flatMap(name => [name, name.toUpperCase(), capital(name), `${name}.txt`, `${name}.tar.gz`, `${name} .txt`]),
  surrogate: ['\ud800', 'a\udfffb', '\udc00\ud800'],
  long: ['a'.repeat(256), 'é'.repeat(128), '漢'.repeat(86)],
} as const
const GOOD = [
  'a',
  'a.txt',
  '.hidden',
  '..a',
  'a..b',
  ' a',
  'a b',
  'console',
  'com',
  'com10',
  'lpt',
  'nulls.txt',
  'aux1',
  'xcon',
  'é',
  'é',
  '漢字',
  '😀',
  '~',
  "#%&{}$!'@+`=",
  'a'.repeat(255),
  '漢'.repeat(85),
  '-rf',
  '$(x)',
]

describe('a name', () => {
  test.each(Object.entries(BAD))('RA-FIL-021, RA-FIL-022, RA-FIL-023, RA-FIL-024 is rejected: %s', (fault, names) => {
    for (const name of names) {
      expect(nameFault(name), JSON.stringify(name)).toBe(fault)
      expect(pathFault(['a', name, 'b']), JSON.stringify(name)).toBe(fault)
    }
  })

  test('is accepted if nothing is wrong with it', () => {
    for (const name of GOOD) expect(nameFault(name), JSON.stringify(name)).toBeUndefined()
  })

  test('a path has 1 to 32 components and at most 1,024 bytes', () => {
    expect(pathFault([])).toBe('empty')
    expect(pathFault(Array(32).fill('a'))).toBeUndefined()
    expect(pathFault(Array(33).fill('a'))).toBe('deep')
    expect(pathFault([...Array(4).fill('a'.repeat(250)), 'a'.repeat(24)])).toBeUndefined()
    expect(pathFault([...Array(4).fill('a'.repeat(250)), 'a'.repeat(25)])).toBe('long')
  })
})

const anyName = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.constantFrom(...Object.values(BAD).flat(), ...GOOD),
)

describe('a proposal', () => {
  test('RA-FIL-027 is acceptable itself and free, for any name and whatever is taken', () => {
    fc.assert(
      fc.property(anyName, fc.nat(12), (name, count) => {
        const taken = new Set<string>()
        for (let i = 0; i <= count; i++) {
          const proposed = proposeName(name, it => taken.has(foldName(it)))
          expect(nameFault(proposed), JSON.stringify(proposed)).toBeUndefined()
          expect(taken.has(foldName(proposed))).toBe(false)
          taken.add(foldName(proposed))
        }
      }),
      { numRuns: 400 },
    )
  })

  test('of a good, free name is that name; else it resembles it', () => {
    for (const name of GOOD) expect(proposeName(name)).toBe(name)
    expect(proposeName('a:b?.txt')).toBe('a_b_.txt')
    expect(proposeName('CON.txt')).toBe('_CON.txt')
    expect(proposeName('x.')).toBe('x')
    expect(proposeName('..')).toBe('file')
    expect(proposeName('a.txt', it => it === 'a.txt' || it === 'a (2).txt')).toBe('a (3).txt')
  })

  test('takes no longer for a name that is mostly dots', () => {
    expect(proposeName(`${'.'.repeat(400_000)}a`)).toBe(`${'.'.repeat(254)}a`)
  })
})

test('RA-FIL-025 names that are the same on some system fold alike; folding twice changes nothing', () => {
  for (const [a, b] of [
    ['README', 'readme'],
    ['é', 'e\u0301'],
    ['Straße', 'STRASSE'],
    ['ΣΑΣ', 'σας'],
    ['Ω', '\u2126'],
  ] as const)
    expect(foldName(a)).toBe(foldName(b))
  expect(foldName('a')).not.toBe(foldName('b'))
  fc.assert(fc.property(anyName, name => foldName(foldName(name)) === foldName(name)))
})
