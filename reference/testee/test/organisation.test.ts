/** What an organisation signs for an agent under test. */
import { exportJWK, generateKeyPair, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { organisation } from '../src/roles/organisation.js'

test('a credential is what the suite said, for the session and the key that it is asked for', async () => {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const header = { alg: 'EdDSA', typ: 'ra-organisation+jwt' }
  const claims = { org: 'Example & Co', sub: 'ada', exp: 4_102_444_800 }
  const vouch = organisation(JSON.stringify({ key: await exportJWK(privateKey), header, claims }))
  for (const x of ['one', 'two']) {
    const key = { kty: 'OKP', crv: 'Ed25519', x } as const
    const { payload, protectedHeader } = await jwtVerify(vouch({ sessionId: '00'.repeat(16), key }), publicKey)
    expect(protectedHeader).toEqual(header)
    expect(payload).toEqual({ ...claims, session: '00'.repeat(16), cnf: { jwk: key } })
  }
})
