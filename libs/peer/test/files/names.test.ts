import { readFileSync } from 'node:fs'
import { codePoint } from '@remote-assist/codec/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldName, nameFault, pathFault, proposeName } from '../../src/files/names.js'

/** What each flag of the vectors is to the code. */
const FAULTS = { Dots: 'dots', Character: 'character', Trailing: 'trailing', Device: 'device' } as const

interface Vector {
  readonly flags: readonly [keyof typeof FAULTS | 'Ordinary' | 'Same']
  readonly name: string
  readonly names: readonly [string, string]
}

interface VectorFile {
  readonly numberOfTests: number
  readonly testGroups: readonly [{ readonly tests: readonly Vector[] }, { readonly tests: readonly Vector[] }]
}

const { numberOfTests, testGroups }: VectorFile = JSON.parse(readFileSync(new URL('../../../../docs/spec/vectors/names.json', import.meta.url), 'utf8'))
const [components, folders] = testGroups.map(group => group.tests) as [readonly Vector[], readonly Vector[]]
const flagged = (flag: string): readonly string[] => components.filter(({ flags }) => flags[0] === flag).map(({ name }) => name)

/** What is rejected, by fault. */
const BAD = {
  ...Object.fromEntries(Object.entries(FAULTS).map(([flag, fault]) => [fault, flagged(flag).filter(name => name !== '')])),
  empty: [''],
  // What UTF-8 cannot say, and what no message holds.
  surrogate: ['\ud800', 'a\udfffb', '\udc00\ud800'],
  long: ['a'.repeat(256), 'é'.repeat(128), '漢'.repeat(86)],
}
const GOOD = flagged('Ordinary')

test('there are vectors of everything', () => {
  expect(components.length + folders.length).toBe(numberOfTests)
  for (const flag of ['Ordinary', ...Object.keys(FAULTS)]) expect(flagged(flag).length).toBeGreaterThan(2)
})

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
  fc.string({ unit: codePoint, maxLength: 300 }),
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
  for (const { flags, names } of folders) expect(foldName(names[0]) === foldName(names[1]), names.join()).toBe(flags[0] === 'Same')
  fc.assert(fc.property(anyName, name => foldName(foldName(name)) === foldName(name)))
})
