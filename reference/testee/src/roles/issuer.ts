/** Who signs the tokens by which a broker of several tenants knows on whose behalf somebody acts. */
import { randomUUID } from 'node:crypto'
import type { IssuerOptions } from '@remote-assist/broker'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

const ISSUER = 'https://issuer.example'
const AUDIENCE = 'remote-assist'
const LIFE_S = 60
const TENANT_CLAIM = 'tenant'
const KEY_ID = 'testee'

/** An issuer with a key of its own. */
export interface Issuer {
  readonly options: IssuerOptions & { readonly tenantClaim: string }
  /** A new token, good once. */
  tokenOf(tenant: string): Promise<string>
}

/** Makes an issuer. `date`: ms since 1970-01-01 UTC. `otherKey`: a public JWK as JSON by which its tokens may be signed as well; empty = none. */
export async function issuer(date: () => number, otherKey: string): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' })
  const own = { ...(await exportJWK(publicKey)), kid: KEY_ID }
  const others: readonly JWK[] = otherKey === '' ? [] : [JSON.parse(otherKey)]
  return {
    options: { issuer: ISSUER, audience: AUDIENCE, keys: { keys: [own, ...others] }, tenantClaim: TENANT_CLAIM },
    tokenOf: tenant => {
      const now = Math.floor(date() / 1_000)
      return new SignJWT({ [TENANT_CLAIM]: tenant })
        .setProtectedHeader({ alg: 'EdDSA', kid: KEY_ID })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject('agent')
        .setJti(randomUUID())
        .setIssuedAt(now)
        .setExpirationTime(now + LIFE_S)
        .sign(privateKey)
    },
  }
}
