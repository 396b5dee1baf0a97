/** AES-256-GCM of node:crypto and nothing else: what no end-to-end protection in Node can do without. */
import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto'

const KEY = createSecretKey(Buffer.alloc(32, 1))
const TAG_BYTES = 16

const nonce = Buffer.alloc(12)

/** Ciphertext and tag, as they left the cipher. */
export function encrypt(plaintext: Uint8Array): readonly [Buffer, Buffer] {
  nonce.writeUInt32BE((nonce.readUInt32BE(8) + 1) >>> 0, 8)
  const cipher = createCipheriv('aes-256-gcm', KEY, nonce)
  const ciphertext = cipher.update(plaintext)
  cipher.final()
  return [ciphertext, cipher.getAuthTag()]
}

/** The plaintext of the next message: nonces count at both ends. */
export function decrypt(sealed: Buffer): Buffer {
  nonce.writeUInt32BE((nonce.readUInt32BE(8) + 1) >>> 0, 8)
  const end = sealed.length - TAG_BYTES
  const decipher = createDecipheriv('aes-256-gcm', KEY, nonce, { authTagLength: TAG_BYTES }).setAuthTag(sealed.subarray(end))
  const plaintext = decipher.update(sealed.subarray(0, end))
  decipher.final()
  return plaintext
}
