import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { organisationOf, type Trust } from '../../src/security/organisation.js'

const SESSION = new Uint8Array(16).fill(0xab)
const HEX = 'ab'.repeat(16)
const NOW = 1_800_000_000_000

const keys = async () => {
  const pair = await generateKeyPair('EdDSA')
  return { ...pair, trust: { keys: { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'a', alg: 'EdDSA' }] } } as Trust }
}

interface Claims {
  readonly [claim: string]: unknown
}

const claims: Claims = { org: 'Example Ltd', sub: 'ada@example', session: HEX, exp: NOW / 1_000 + 60 }
const signed = (payload: Claims, key: Awaited<ReturnType<typeof keys>>['privateKey'], header: Claims = {}) =>
  new SignJWT({ ...payload }).setProtectedHeader({ alg: 'EdDSA', kid: 'a', typ: 'ra-organisation+jwt', ...header }).sign(key)

describe('an organisation’s credential', () => {
  test('RA-SEC-050 RA-SEC-051 names the organisation that signed it for this session', async () => {
    const { privateKey, trust } = await keys()
    expect(await organisationOf(await signed(claims, privateKey), SESSION, trust, NOW)).toEqual({ name: 'Example Ltd', subject: 'ada@example' })
  })

  test('RA-SEC-052 counts for nothing without trust, from a stranger, for another session, expired, altered, or of another kind', async () => {
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
      await signed({ org: 'Example Ltd', session: HEX }, privateKey),
      await signed(claims, privateKey, { typ: 'JWT' }),
    ]
    for (const credential of refused) expect(await organisationOf(credential, SESSION, trust, NOW)).toBeUndefined()
    expect(await organisationOf(good, SESSION, undefined, NOW)).toBeUndefined()
  })
})
