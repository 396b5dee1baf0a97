import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AssistError } from '../src/errors.js'
import { customerUrl, fromBase64Url, inviteUrl, makePin, newPinSecret, parseCustomerUrl, parseInviteUrl, parsePin, toBase64Url } from '../src/pin.js'
import { randomBelow } from '../src/random.js'

const digits = (min: number, max: number) => fc.array(fc.integer({ min: 0, max: 9 }), { minLength: min, maxLength: max }).map(list => list.join(''))
const pins = fc.tuple(digits(4, 9), digits(6, 6)).map(([locator, secret]) => makePin(locator, secret))
const separators = fc.constantFrom('', ' ', '-', '–', '—', '\u00a0', '\t', '.', ' - ')
const zeros = fc.constantFrom(0x30, 0x660, 0x966, 0xff10, 0x1d7ce)
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

const codeOf = (call: () => unknown): string => {
  try {
    call()
  } catch (error) {
    if (error instanceof AssistError) return error.code
    throw error
  }
  return 'none'
}

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
    fc.assert(
      fc.property(
        fc.oneof(
          digits(0, 9),
          digits(16, 40),
          fc.string().filter(text => /[^\s\p{Nd}\-.\u2010-\u2015\u2212\u00ad_]/u.test(text.normalize('NFKC'))),
        ),
        text => {
          try {
            parsePin(text)
            expect.unreachable()
          } catch (error) {
            expect(error).toBeInstanceOf(AssistError)
            expect((error as AssistError).code).toBe('E_PIN_FORMAT')
            expect((error as AssistError).hint).toBeTruthy()
          }
        },
      ),
    )
  })

  test('has a secret in which every digit is as likely as any other', () => {
    const counts = new Map<string, number>()
    for (let i = 0; i < 2_000; i++) for (const digit of newPinSecret()) counts.set(digit, (counts.get(digit) ?? 0) + 1)
    expect(newPinSecret()).toMatch(/^\d{6}$/)
    for (const count of counts.values()) expect(Math.abs(count - 1_200)).toBeLessThan(250)
  })
})

describe('a number below a bound', () => {
  test('never comes from the unfair rest of the range', () => {
    const answers = [0xffff_ffff, 0xffff_fffa, 7]
    const random = {
      fraction: () => 0,
      bytes: (count: number) => {
        const drawn = new Uint8Array(count)
        new DataView(drawn.buffer).setUint32(0, answers.shift() ?? 0)
        return drawn
      },
    }
    expect(randomBelow(10, random)).toBe(7)
  })
})

describe('a link', () => {
  test('of a customer carries PIN and secret in the fragment alone (RA-SEC-009)', () => {
    fc.assert(
      fc.property(pins, bytes(32), (pin, linkSecret) => {
        const url = customerUrl('https://assist.example/join?lang=de', { pin, linkSecret })
        expect(url.split('#')[0]).toBe('https://assist.example/join?lang=de')
        expect(parseCustomerUrl(url)).toEqual({ pin, linkSecret })
        expect(parseCustomerUrl(new URL(url).hash)).toEqual({ pin, linkSecret })
      }),
    )
  })

  test('of a guest carries invitation and secret in the fragment alone (RA-SEC-009)', () => {
    fc.assert(
      fc.property(bytes(16), bytes(32), (inviteId, secret) => {
        const url = inviteUrl('https://assist.example/view', { inviteId, secret })
        expect(url.split('#')[0]).toBe('https://assist.example/view')
        expect(parseInviteUrl(url)).toEqual({ inviteId, secret })
      }),
    )
  })

  test('that lacks anything is refused', () => {
    fc.assert(
      fc.property(pins, bytes(32), fc.nat({ max: 60 }), (pin, linkSecret, cut) => {
        const url = customerUrl('https://assist.example/join', { pin, linkSecret })
        expect(codeOf(() => parseCustomerUrl(url.slice(0, url.length - 1 - cut)))).toBe('E_LINK_FORMAT')
      }),
    )
    fc.assert(
      fc.property(fc.string(), text => {
        expect(['E_LINK_FORMAT', 'none']).toContain(codeOf(() => parseInviteUrl(text)))
      }),
    )
  })
})

describe('base64url', () => {
  test('reads back, and knows one form of each text', () => {
    fc.assert(
      fc.property(fc.uint8Array(), data => {
        expect(fromBase64Url(toBase64Url(data))).toEqual(data)
      }),
    )
    fc.assert(
      fc.property(fc.string(), text => {
        const data = fromBase64Url(text)
        if (data !== undefined) expect(toBase64Url(data)).toBe(text)
      }),
    )
  })
})
