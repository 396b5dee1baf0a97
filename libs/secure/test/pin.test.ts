import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SecureError } from '../src/errors.js'
import { makePin, newPinSecret, parsePin } from '../src/pin.js'
import { anyBytes, seeded } from './support/bytes.js'
import { digits, pins } from './support/pins.js'

const separators = fc.constantFrom('', ' ', '-', '–', '—', '\u00a0', '\t', '.', ' - ')
const zeros = fc.constantFrom(0x30, 0x660, 0x966, 0xff10, 0x1d7ce)

describe('a PIN', () => {
  test('is read whatever stands between its digits, and in digits of any script', () => {
    fc.assert(
      fc.property(pins, fc.array(separators, { minLength: 16, maxLength: 16 }), zeros, (pin, between, zero) => {
        const typed = [...pin.digits].map((digit, i) => between[i] + String.fromCodePoint(zero + Number(digit))).join('') + between[15]
        expect(parsePin(typed)).toEqual(pin)
      }),
    )
  })

  test('is shown in groups of two to four digits that read back', () => {
    fc.assert(
      fc.property(pins, pin => {
        expect(pin.grouped).toMatch(/^\d{2,4}(-\d{3})+$/)
        expect(parsePin(pin.grouped)).toEqual(pin)
      }),
    )
    expect(makePin('4821', '973015').grouped).toBe('4821-973-015')
  })

  test('of another length, or with anything but digits, is refused with what to do', () => {
    const noPins = fc.oneof(
      digits(0, 9),
      digits(16, 40),
      fc.string().filter(text => /[^\s\p{Nd}\-.\u2010-\u2015\u2212\u00ad_]/u.test(text.normalize('NFKC'))),
    )
    fc.assert(
      fc.property(noPins, text => {
        try {
          parsePin(text)
          expect.unreachable()
        } catch (error) {
          expect(error).toBeInstanceOf(SecureError)
          expect((error as SecureError).code).toBe('E_PIN_FORMAT')
          expect((error as SecureError).hint).toBeTruthy()
        }
      }),
    )
  })

  test('is not looked for in what is far too long for one: a million digits of another script cost no more than a hundred', () => {
    for (const character of ['1', '٤', '𝟜', 'x', 'ﷺ'])
      expect(() => parsePin(character.repeat(1_000_000))).toThrow(expect.objectContaining({ code: 'E_PIN_FORMAT', message: 'That is too long for a PIN.' }))
    expect(parsePin(`${' '.repeat(400)}4821973015${'-'.repeat(400)}`).digits).toBe('4821973015')
  })

  test('is made of a locator of 4–9 digits and a secret of 6, of nothing else', () => {
    for (const [locator, secret] of [
      ['123', '123456'],
      ['1234567890', '123456'],
      ['1234', '12345'],
      ['1234', '1234567'],
      ['12a4', '123456'],
    ] as const)
      expect(() => makePin(locator, secret)).toThrow(expect.objectContaining({ code: 'E_PIN_FORMAT' }))
  })
})

describe('the secret of a PIN', () => {
  test('is six digits from 16 random bytes, the same ones from the same', () => {
    fc.assert(
      fc.property(anyBytes(16), random => {
        expect(newPinSecret(random)).toMatch(/^\d{6}$/)
        expect(newPinSecret(random)).toBe(newPinSecret(random.slice()))
      }),
    )
    expect(newPinSecret(new Uint8Array(16))).toBe('000000')
    expect(newPinSecret(new Uint8Array(16).fill(255))).toBe((2n ** 128n - 1n).toString().slice(-6))
    expect(() => newPinSecret(new Uint8Array(15))).toThrow(expect.objectContaining({ code: 'E_FORMAT' }))
  })

  test('has every digit as often as any other', () => {
    const counts = new Map<string, number>()
    for (let i = 0; i < 2_000; i++) for (const digit of newPinSecret(seeded(i, 16))) counts.set(digit, (counts.get(digit) ?? 0) + 1)
    for (const count of counts.values()) expect(Math.abs(count - 1_200)).toBeLessThan(250)
  })
})
