/** The organisation that vouches for an agent under test: the suite says what it signs, and by which key. */
import { createPrivateKey, type JsonWebKey, sign } from 'node:crypto'
import type { CredentialSubject } from '@remote-assist/peer'

/** What `StartRole.credential` says, as JSON. */
interface Delegation {
  /** The organisation's private key. */
  readonly key: JsonWebKey
  readonly header: object
  /** All claims but those of whom it speaks. */
  readonly claims: object
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Signs credentials in the organisation's place, each for the session and the key that it is asked for. */
export function organisation(delegation: string): (subject: CredentialSubject) => string {
  const { key, header, claims } = JSON.parse(delegation) as Delegation
  const signer = createPrivateKey({ key, format: 'jwk' })
  return ({ sessionId, key: jwk }) => {
    const signed = `${part(header)}.${part({ ...claims, session: sessionId, cnf: { jwk } })}`
    return `${signed}.${sign(null, Buffer.from(signed), signer).toString('base64url')}`
  }
}
