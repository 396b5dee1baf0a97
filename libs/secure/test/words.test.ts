import { describe, expect, test } from 'vitest'
import { wordsOf } from '../src/words.js'
import { hex } from './support/bytes.js'

const all = Array.from({ length: 256 }, (_, byte) => wordsOf(Uint8Array.of(byte, byte)))

describe('the PGP word list', () => {
  test('has 256 words for each place, no word twice', () => {
    const words = all.flat().map(word => word.toLowerCase())
    expect(words).toHaveLength(512)
    expect(new Set(words).size).toBe(512)
    for (const word of words) expect(word).toMatch(/^[a-z]{4,11}$/)
  })

  test('is the published one: the fingerprint that its description gives as its example', () => {
    expect(wordsOf(hex('e58294f2e9a227486e8b061b31cc528fd7fa3f19')).join(' ')).toBe(
      'topmost Istanbul Pluto vagabond treadmill Pacific brackish dictator goldfish Medusa afflict bravado chatter revolver Dupont midsummer stopwatch whimsical cowbell bottomless',
    )
  })
})
