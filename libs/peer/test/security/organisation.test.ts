import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { credentialSubject, organisationOf, type Trust } from '../../src/security/organisation.js'

const HEX = 'ab'.repeat(16)
const SUBJECT = credentialSubject(HEX, new Uint8Array(32).fill(5))
const { x } = SUBJECT.key
const NOW = 1_800_000_000_000

const keys = async () => {
  const pair = await generateKeyPair('EdDSA')
  return { ...pair, trust: { keys: { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'a', alg: 'EdDSA' }] } } as Trust }
}

interface Claims {
  readonly [claim: string]: unknown
}

const claims: Claims = { org: 'Example Ltd', sub: 'ada@example', session: HEX, cnf: { jwk: SUBJECT.key }, exp: NOW / 1_000 + 60 }
const signed = (payload: Claims, key: Awaited<ReturnType<typeof keys>>['privateKey'], header: Claims = {}) =>
  new SignJWT({ ...payload }).setProtectedHeader({ alg: 'EdDSA', kid: 'a', typ: 'ra-organisation+jwt', ...header }).sign(key)

describe('an organisation’s credential', () => {
  test('RA-SEC-050 RA-SEC-051 names the organisation that signed it for this session and key', async () => {
    const { privateKey, trust } = await keys()
    const more = { ...claims, cnf: { jwk: { ...SUBJECT.key, kid: 'a', use: 'sig' }, kid: 'b' } }
    expect(await organisationOf(await signed(more, privateKey), SUBJECT, trust, NOW)).toEqual({ name: 'Example Ltd', subject: 'ada@example' })
    expect(await organisationOf(await signed(claims, privateKey), SUBJECT, trust, NOW)).toEqual({ name: 'Example Ltd', subject: 'ada@example' })
  })

  test('RA-SEC-052 counts for nothing without trust, from a stranger, for another session or key, expired, altered, or of another kind', async () => {
    const { privateKey, trust } = await keys()
    const stranger = await keys()
    const good = await signed(claims, privateKey)
    const [head = '', body = '', signature = ''] = good.split('.')
    const unsigned = `${Buffer.from('{"alg":"none","typ":"ra-organisation+jwt"}').toString('base64url')}.${body}.`
    const refused = [
      '',
      'x',
      unsigned,
      `${head}.${Buffer.from(JSON.stringify({ ...claims, org: 'Other' })).toString('base64url')}.${signature}`,
      await signed(claims, stranger.privateKey),
      await signed({ ...claims, session: 'cd'.repeat(16) }, privateKey),
      await signed({ ...claims, exp: NOW / 1_000 - 1 }, privateKey),
      await signed({ ...claims, org: '' }, privateKey),
      await signed({ ...claims, org: 'ö'.repeat(65) }, privateKey),
      await signed({ ...claims, org: 7 }, privateKey),
      await signed({ ...claims, exp: undefined }, privateKey),
      await signed({ ...claims, cnf: undefined }, privateKey),
      await signed({ ...claims, cnf: null }, privateKey),
      await signed({ ...claims, cnf: x }, privateKey),
      await signed({ ...claims, cnf: {} }, privateKey),
      await signed({ ...claims, cnf: { jwk: null } }, privateKey),
      await signed({ ...claims, cnf: { jwk: x } }, privateKey),
      await signed({ ...claims, cnf: { jkt: x } }, privateKey),
      await signed({ ...claims, cnf: { jwk: { ...SUBJECT.key, x: credentialSubject(HEX, new Uint8Array(32).fill(6)).key.x } } }, privateKey),
      await signed({ ...claims, cnf: { jwk: { ...SUBJECT.key, crv: 'X25519' } } }, privateKey),
      await signed({ ...claims, cnf: { jwk: { ...SUBJECT.key, kty: 'EC' } } }, privateKey),
      await signed(claims, privateKey, { typ: 'JWT' }),
    ]
    for (const credential of refused) expect(await organisationOf(credential, SUBJECT, trust, NOW)).toBeUndefined()
    expect(await organisationOf(good, SUBJECT, undefined, NOW)).toBeUndefined()
  })
})
