import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CaseError, misfit } from '../../src/cases/pattern.js'
import { filled } from '../../src/cases/values.js'
import { organisation, readCredential } from '../../src/crypto/organisation.js'

const none = new Map<string, unknown>()

describe('patterns', () => {
  test('a pattern made of a value fits that value, whatever else is beside it', () => {
    const leaf = fc.oneof(fc.integer(), fc.boolean(), fc.stringMatching(/^[a-z ]{0,12}$/))
    const tree = fc.letrec(tie => ({
      node: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tie('node'), { maxKeys: 4 }),
        fc.array(tie('node'), { maxLength: 4 }),
      ),
    })).node
    fc.assert(fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tree), value => misfit(value, { ...value, Extra: 1 }, none) === undefined))
  })

  test('a number that is another one does not fit, and is named', () => {
    fc.assert(fc.property(fc.integer(), fc.integer(), (a, b) => a === b || /^x\.y is/.test(misfit({ x: { y: a } }, { x: { y: b } }, none) ?? '')))
  })

  test.each([
    ['an enum without its prefix', 'DENIED', 'REFUSAL_REASON_DENIED', true],
    ['another enum', 'DENIED', 'REFUSAL_REASON_POLICY', false],
    ['a part of a word', 'SHARE', 'HANDSHAKE', false],
    ['UNSPECIFIED and nothing', 'UNSPECIFIED', undefined, true],
    ['bytes and their digits', '0a0b', Uint8Array.of(10, 11), true],
    ['digits and a number', 7, '7', true],
    ['zero and nothing', 0, undefined, true],
    ['one and nothing', 1, undefined, false],
    ['an empty list and nothing', [], undefined, true],
    ['a list of another length', [1], [1, 2], false],
    ['$some and nothing', '$some', '', false],
    ['$some and something', '$some', 'x', true],
  ])('%s', (_name, pattern, value, fits) => expect(misfit(pattern, value, none) === undefined).toBe(fits))

  test.each([
    ['$min', { $min: 3 }, 3, true],
    ['$min below', { $min: 3 }, 2, false],
    ['$max', { $max: '5000000000' }, '5000000000', true],
    ['$above', { $above: '$agent' }, 8, true],
    ['$above, equal', { $above: '$agent' }, 7, false],
    ['$not', { $not: 0 }, undefined, false],
    ['$size of bytes', { $size: 2 }, Uint8Array.of(1, 2), true],
    ['$size of text is in bytes', { $size: 2 }, 'é', true],
    ['$has', { $has: { a: 1 } }, [{ a: 0 }, { a: 1, b: 2 }], true],
    ['$lacks', { $lacks: { a: 1 } }, [{ a: 1 }], false],
    ['$set', { $set: ['B', 'A'] }, ['X_A', 'X_B'], true],
    ['$of', { $of: ['A', 'B'] }, 'X_B', true],
    ['$all', { $all: [{ $has: 1 }, { $has: 2 }] }, [2, 1], true],
    ['$all but one', { $all: [{ $has: 1 }, { $has: 2 }] }, [1], false],
    ['$last', { $last: 2 }, [1, 2], true],
    ['$last, which is not', { $last: 1 }, [1, 2], false],
    ['$last of none', { $last: '$any' }, [], false],
    ['both of two', { $min: 1, $max: 2 }, 3, false],
  ])('%s', (_name, pattern, value, fits) => expect(misfit(pattern, value, new Map([['agent', 7]])) === undefined).toBe(fits))

  test('a JWS is of who signed it, and has a header and claims', () => {
    const acme = organisation('Acme')
    const names = new Map<string, unknown>([
      ['Acme', acme],
      ['Other', organisation('Other')],
      ['session', Uint8Array.of(10, 11)],
    ])
    const token = acme.vouch({ session: '0a0b', cnf: { jwk: { kty: 'OKP', use: 'sig' } } })
    const wrong = (jws: object) => misfit({ $jws: jws }, token, names)
    expect(wrong({ by: 'Acme', header: { alg: 'EdDSA' }, claims: { org: 'Acme', session: '$session', cnf: { jwk: { kty: 'OKP' } } } })).toBeUndefined()
    expect(wrong({ by: 'Acme', header: { typ: 'JWT' } })).toContain('it.header.typ')
    expect(wrong({ by: 'Acme', claims: { cnf: { jwk: { kty: 'EC' } } } })).toContain('it.claims.cnf.jwk.kty')
    expect(wrong({ by: 'Acme', claims: { sub: '$some' } })).toContain('it.claims.sub')
    expect(wrong({ by: 'Other' })).toContain('no JWS by Other')
    expect(misfit({ $jws: { by: 'Acme' } }, 'We are Acme', names)).toContain('no compact JWS')
    expect(() => wrong({ by: 'Nobody' })).toThrow('nothing is called $Nobody')
  })

  test('an operator or name that does not exist is the author’s fault', () => {
    expect(() => misfit({ $least: 1 }, 2, none)).toThrow(CaseError)
    expect(() => misfit('$nobody', 2, none)).toThrow('nothing is called $nobody')
  })
})

describe('values', () => {
  test('names and makers are filled in at any depth', () => {
    const names = new Map<string, unknown>([
      ['agent', 3],
      ['invitation', { secret: Uint8Array.of(6) }],
    ])
    expect(
      filled({ a: ['$agent', { b: { $plus: ['$agent', 2] } }], c: '$invitation.secret', d: { $flip: '$invitation.secret' }, e: { $text: 3 } }, names),
    ).toEqual({
      a: [3, { b: 5 }],
      c: Uint8Array.of(6),
      d: Uint8Array.of(7),
      e: 'xxx',
    })
    expect(filled({ $list: 2, of: { n: '$i' } }, names)).toEqual([{ n: 1 }, { n: 2 }])
    expect(filled({ $join: ['$invitation.secret', { $hex: '0a' }] }, names)).toEqual(Uint8Array.of(6, 10))
    expect(filled({ $join: ['one', '='] }, names)).toBe('one=')
  })

  test('a credential is what the organisation that is named says, with bytes in digits, and differs where a case wants it to', () => {
    const acme = organisation('Acme')
    const names = new Map<string, unknown>([
      ['Acme', acme],
      ['now', 1_000],
      ['session', Uint8Array.of(10, 11)],
    ])
    const made = (value: object) => readCredential(filled(value, names) as string, acme.jwk)
    expect(made({ $credential: { session: '$session', exp: { $plus: ['$now', 60] } }, by: 'Acme' })).toEqual({
      header: { alg: 'EdDSA', typ: 'ra-organisation+jwt' },
      claims: { org: 'Acme', session: '0a0b', exp: 1_060 },
    })
    expect(made({ $credential: { org: 'Other' }, header: { typ: 'JWT' }, by: 'Acme' })).toMatchObject({ header: { typ: 'JWT' }, claims: { org: 'Other' } })
    expect(() => filled({ $credential: {}, by: 'Nobody' }, names)).toThrow('nothing is called $Nobody')
  })

  test('a credential speaks of the key of a player, and of what else a case says of it', () => {
    const acme = organisation('Acme')
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: 'abcdefgh' }
    const names = new Map<string, unknown>([
      ['Acme', acme],
      ['agent.jwk', jwk],
    ])
    const cnf = (value: unknown) => readCredential(filled({ $credential: { cnf: value }, by: 'Acme' }, names) as string, acme.jwk).claims.cnf
    expect(cnf({ jwk: '$agent.jwk' })).toEqual({ jwk })
    expect(cnf({ jwk: '$Acme.jwk' })).toEqual({ jwk: acme.jwk })
    expect(cnf({ jwk: { kty: 'OKP', crv: 'X25519', x: '$agent.jwk.x', use: 'sig' } })).toEqual({
      jwk: { kty: 'OKP', crv: 'X25519', x: 'abcdefgh', use: 'sig' },
    })
    expect(cnf('$agent.jwk.x')).toBe('abcdefgh')
    expect(cnf(null)).toBeNull()
  })
})
