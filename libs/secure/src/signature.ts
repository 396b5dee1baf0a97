/** Ed25519 (RFC 8032): what a participant signs with the key of its session. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { SecureError } from './errors.js'
import type { SessionKey } from './session-key.js'

/** Length of a public key, in bytes. */
export const SIGNING_KEY_BYTES = 32
/** Length of a signature, in bytes. */
export const SIGNATURE_BYTES = 64

/** The signature of a message, 64 bytes. */
export const sign = ({ seed }: SessionKey, message: Uint8Array): Uint8Array => ed25519.sign(message, seed)

/** Whether the message was signed by that key: strictly as RFC 8032 says, canonical encodings and no small order. */
export const isSignature = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean =>
  publicKey.length === SIGNING_KEY_BYTES && signature.length === SIGNATURE_BYTES && ed25519.verify(signature, message, publicKey, { zip215: false })

/** Throws `SecureError` E_SIGNATURE unless the message was signed by that key. */
export function checkSignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): void {
  if (!isSignature(publicKey, message, signature)) throw new SecureError('E_SIGNATURE', 'The signature is not that of the key over these bytes.')
}
