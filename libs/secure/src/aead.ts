/** AES-256-GCM (NIST SP 800-38D) behind one small interface: what a record, or anything else, is sealed with. */
import { SecureError } from './errors.js'

/** Bytes now, or soon: node:crypto answers at once, WebCrypto does not. */
export type Soon<T> = T | Promise<T>

/** Length of a key, in bytes. */
export const KEY_BYTES = 32
/** Length of a nonce, in bytes. No nonce is used twice under a key. */
export const NONCE_BYTES = 12
/** Length of the tag at the end of what is sealed, in bytes. */
export const TAG_BYTES = 16

/** A key that seals and opens. */
export interface AeadKey {
  /**
   * `lead` ‖ ciphertext ‖ tag. The lead is not encrypted and not covered, unless `aad` covers it: it is there so that a header costs no copy of its own.
   * @throws SecureError E_FORMAT if the nonce has not 12 bytes.
   */
  seal(nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array, lead?: Uint8Array): Soon<Uint8Array>
  /**
   * The plaintext of ciphertext ‖ tag.
   * @throws SecureError (or rejects with it) E_TAMPERED if it was sealed otherwise, E_FORMAT if the nonce has not 12 bytes.
   */
  open(nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Soon<Uint8Array>
}

/** Makes a key of 32 bytes; they may be wiped as soon as it returns. Throws `SecureError` E_FORMAT for another length. */
export type Aead = (key: Uint8Array) => AeadKey

/** Throws `SecureError` E_FORMAT unless the key has 32 bytes. */
export function checkKey(key: Uint8Array): void {
  if (key.length !== KEY_BYTES) throw new SecureError('E_FORMAT', `A key has ${KEY_BYTES} bytes, not ${key.length}.`)
}

/** Throws `SecureError` E_FORMAT unless the nonce has 12 bytes. */
export function checkNonce(nonce: Uint8Array): void {
  if (nonce.length !== NONCE_BYTES) throw new SecureError('E_FORMAT', `A nonce has ${NONCE_BYTES} bytes, not ${nonce.length}.`)
}

/** What somebody says who opened what was not sealed for it. */
export const tampered = (): SecureError => new SecureError('E_TAMPERED', 'What was sealed was altered, or sealed with another key.')

/** AES-256-GCM by WebCrypto, in browsers and in Node: asynchronous, and off the thread that calls it. */
export const webAead: Aead = key => {
  checkKey(key)
  // A copy: whoever calls may wipe its own before an implementation has read it.
  const copy = Uint8Array.from(key)
  const imported = crypto.subtle.importKey('raw', copy, 'AES-GCM', false, ['encrypt', 'decrypt']).finally(() => copy.fill(0))
  return {
    async seal(nonce, aad, plaintext, lead) {
      checkNonce(nonce)
      const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: aad }, await imported, plaintext)
      if (lead === undefined) return new Uint8Array(sealed)
      const whole = new Uint8Array(lead.length + sealed.byteLength)
      whole.set(lead)
      whole.set(new Uint8Array(sealed), lead.length)
      return whole
    },
    async open(nonce, aad, sealed) {
      checkNonce(nonce)
      const key = await imported
      try {
        return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: nonce, additionalData: aad }, key, sealed))
      } catch {
        throw tampered()
      }
    },
  }
}
