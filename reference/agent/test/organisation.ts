import { generateKeyPairSync, sign } from 'node:crypto'
import type { CredentialSubject, Trust } from '@remote-assist/peer'

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** An organisation that vouches for agents, and what a customer who trusts it has of it. */
export function organisation(org: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const trust: Trust = { keys: { keys: [publicKey.export({ format: 'jwk' }) as Trust['keys']['keys'][number]] } }
  /** A credential for who has this key in this session, for an hour. */
  const credential = ({ sessionId: session, key: jwk }: CredentialSubject, claims: object = {}): string => {
    const exp = Math.floor(Date.now() / 1_000) + 3_600
    const signed = `${part({ alg: 'EdDSA', typ: 'ra-organisation+jwt' })}.${part({ org, session, cnf: { jwk }, exp, ...claims })}`
    return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`
  }
  return { trust, credential }
}
