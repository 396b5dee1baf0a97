import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import { base64url, join, unhex } from './bytes.js'

/** Ed25519 session keys. */

const PKCS8 = unhex('302e020100300506032b657004220420')
const SPKI = unhex('302a300506032b6570032100')

/** A key that an end signs with. */
export interface SessionKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  /** 64 bytes. */
  sign(bytes: Uint8Array): Uint8Array
}

/** A new key, or the one of a seed of 32 bytes. */
export function sessionKeyPair(seed?: Uint8Array): SessionKey {
  const secret: KeyObject =
    seed === undefined ? generateKeyPairSync('ed25519').privateKey : createPrivateKey({ key: Buffer.from(join(PKCS8, seed)), format: 'der', type: 'pkcs8' })
  const publicKey = new Uint8Array(createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(SPKI.length))
  return { publicKey, sign: bytes => new Uint8Array(sign(null, bytes, secret)) }
}

/** An Ed25519 public key as a JWK (RFC 8037): what a credential names. */
export const sessionJwk = (publicKey: Uint8Array): Readonly<Record<string, string>> => ({ kty: 'OKP', crv: 'Ed25519', x: base64url(publicKey) })

/** Whether a signature of these bytes is the key's. False also where the key is none. */
export function verifies(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(null, bytes, createPublicKey({ key: Buffer.from(join(SPKI, publicKey)), format: 'der', type: 'spki' }), signature)
  } catch {
    return false
  }
}
