/** Who signs the tokens by which a broker of several tenants knows on whose behalf somebody acts. */
import { randomUUID } from 'node:crypto'
import type { IssuerOptions } from '@remote-assist/broker'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

const ISSUER = 'https://issuer.example'
const AUDIENCE = 'remote-assist'
const LIFE_S = 60

/** An issuer with a key of its own. */
export interface Issuer {
  readonly options: IssuerOptions
  /** A new token, good once. */
  tokenOf(tenant: string): Promise<string>
}

/** Makes an issuer. `date`: ms since 1970-01-01 UTC. */
export async function issuer(date: () => number): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' })
  return {
    options: { issuer: ISSUER, audience: AUDIENCE, keys: { keys: [await exportJWK(publicKey)] } },
    tokenOf: tenant => {
      const now = Math.floor(date() / 1_000)
      return new SignJWT({ tenant })
        .setProtectedHeader({ alg: 'EdDSA' })
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
