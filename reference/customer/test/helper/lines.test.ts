import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Lines, lineOf, MAX_LINE_BYTES } from '../../src/helper/lines.js'

test('lines come out as they were sent, wherever their bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.array(fc.nat({ max: 50 })), (texts, cuts) => {
      const bytes = Buffer.from(texts.map(text => lineOf({ text })).join(''))
      const lines = new Lines()
      const got: string[] = []
      let at = 0
      for (const cut of [...cuts, bytes.length]) {
        got.push(...lines.take(bytes.subarray(at, at + cut)))
        at += cut
      }
      expect(got.map(line => JSON.parse(line).text)).toEqual(texts)
    }),
  )
})

test('a line beyond the limit is refused, with and without its end', () => {
  expect(new Lines().take(Buffer.from(`${'x'.repeat(MAX_LINE_BYTES)}\n`))).toHaveLength(1)
  expect(() => new Lines().take(Buffer.from(`${'x'.repeat(MAX_LINE_BYTES + 1)}\n`))).toThrow(RangeError)
  expect(() => new Lines().take(Buffer.alloc(MAX_LINE_BYTES + 1))).toThrow(RangeError)
})
