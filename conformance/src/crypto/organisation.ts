import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import { base64url, utf8 } from './bytes.js'

/** Credentials of an organisation: compact JWS, signed with Ed25519. */

/** An organisation that vouches for agents. */
export interface Organisation {
  readonly name: string
  /** Its public key as JWK. */
  readonly jwk: Readonly<Record<string, string>>
  /** The credential of an agent; `claims` and `header` may differ from what is right. */
  vouch(claims: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, unknown>>): string
  /** What it would sign for anybody, by which key, as JSON: for an adapter that adds of whom it speaks (`session`, `cnf`), and signs in its place. */
  delegate(claims: Readonly<Record<string, unknown>>): string
}

/** Whoever signs tokens by which agents show whose they are (RFC 7519, EdDSA). */
export interface TokenIssuer {
  /** Its public key as JWK, with its `kid`. */
  readonly jwk: Readonly<Record<string, string>>
  /** A token with these claims; `header` may differ from what is right, and `alg: none` leaves the signature off. */
  token(claims: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, unknown>>): string
}

/** An issuer with a new key. */
export function tokenIssuer(kid: string): TokenIssuer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return {
    jwk: { ...(publicKey.export({ format: 'jwk' }) as Record<string, string>), kid },
    token: (claims, header = {}) => {
      const signed = compact({ alg: 'EdDSA', kid, ...header }, claims, privateKey)
      return header.alg === 'none' ? `${signed.slice(0, signed.lastIndexOf('.'))}.` : signed
    },
  }
}

const HEADER = { alg: 'EdDSA', typ: 'ra-organisation+jwt' } as const

/** An organisation with a new key. */
export function organisation(name: string): Organisation {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return {
    name,
    jwk: publicKey.export({ format: 'jwk' }) as Record<string, string>,
    vouch: (claims, header = {}) => compact({ ...HEADER, ...header }, { org: name, ...claims }, privateKey),
    delegate: claims => JSON.stringify({ key: privateKey.export({ format: 'jwk' }), header: HEADER, claims: { org: name, ...claims } }),
  }
}

function compact(header: object, claims: object, key: KeyObject): string {
  const signed = `${base64url(utf8(JSON.stringify(header)))}.${base64url(utf8(JSON.stringify(claims)))}`
  return `${signed}.${base64url(new Uint8Array(sign(null, utf8(signed), createPrivateKey(key.export({ format: 'pem', type: 'pkcs8' })))))}`
}

/** Header and claims of a credential. Throws if it is no compact JWS, or the JWK's key did not sign it. */
export function readCredential(
  token: string,
  jwk: Readonly<Record<string, string>>,
): { readonly header: Record<string, unknown>; readonly claims: Record<string, unknown> } {
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) throw new Error('It is no compact JWS.')
  const [header = '', claims = '', signature = ''] = token.split('.')
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  if (!verify(null, utf8(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'))) throw new Error('The credential is not signed by this key.')
  const parse = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
  return { header: parse(header), claims: parse(claims) }
}
