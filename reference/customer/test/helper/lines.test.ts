import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
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
  expect([...new Lines().take(Buffer.from(`${'x'.repeat(MAX_LINE_BYTES)}\n`))]).toHaveLength(1)
  expect(() => [...new Lines().take(Buffer.from(`${'x'.repeat(MAX_LINE_BYTES + 1)}\n`))]).toThrow(RangeError)
  expect(() => [...new Lines().take(Buffer.alloc(MAX_LINE_BYTES + 1))]).toThrow(RangeError)
})

test('RA-ELV-068 a secret behind a line is taken as it is, wherever its bytes are cut, and no copy of it stays', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 8, maxLength: 40, min: 1 }), fc.array(fc.nat({ max: 20 })), (secret, cuts) => {
      const copies: Buffer[] = []
      const concat = Buffer.concat
      const watched = vi.spyOn(Buffer, 'concat').mockImplementation((...given) => {
        const copy = concat(...given)
        copies.push(copy)
        return copy
      })
      const bytes = concat([Buffer.from('first\nsecond\n'), secret, Buffer.from('third\n')])
      const lines = new Lines()
      const got: (string | Buffer)[] = []
      let at = 0
      for (const cut of [...cuts, bytes.length]) {
        for (const line of lines.take(bytes.subarray(at, at + cut))) {
          got.push(line)
          if (line === 'second') lines.secret(secret.length, taken => got.push(taken))
        }
        at += cut
      }
      watched.mockRestore()
      expect(got).toEqual(['first', 'second', Buffer.from(secret), 'third'])
      expect(copies.filter(copy => secret.some((_, i) => i >= 4 && copy.includes(Buffer.from(secret.subarray(i - 4, i)))))).toEqual([])
    }),
  )
})
