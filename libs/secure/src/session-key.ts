/** The Ed25519 key that an end has for the length of a session. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { SecureError } from './errors.js'

/** An Ed25519 key pair (RFC 8032). The handshake binds the public key; capabilities and the audit chain are signed with it. */
export interface SessionKey {
  /** 32 bytes, to be kept in memory only. */
  readonly seed: Uint8Array
  /** 32 bytes. */
  readonly publicKey: Uint8Array
}

/** The key pair of 32 random bytes, which it copies. Throws `E_FORMAT` if there are more or fewer. */
export function sessionKey(random: Uint8Array): SessionKey {
  if (random.length !== 32) throw new SecureError('E_FORMAT', 'A session key is made from 32 random bytes.')
  const seed = random.slice()
  return { seed, publicKey: ed25519.getPublicKey(seed) }
}
