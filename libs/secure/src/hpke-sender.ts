/**
 * HPKE (RFC 9180) in base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM: the sender's part, for one message, made of the primitives that the
 * handshake and the records have already.
 */
import { x25519 } from '@noble/curves/ed25519.js'
import { expand, extract } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { KEY_BYTES, NONCE_BYTES, webAead } from './aead.js'
import { concat, utf8, wipe } from './bytes.js'

const VERSION = utf8('HPKE-v1')
/** Suite ids (RFC 9180, sections 4.1 and 5.1): of the KEM, and of KEM, KDF and AEAD. */
const KEM = concat(utf8('KEM'), Uint8Array.of(0, 0x20))
const HPKE = concat(utf8('HPKE'), Uint8Array.of(0, 0x20, 0, 1, 0, 2))
const NONE = new Uint8Array(0)
/** Length of the secret that the KEM shares, in bytes. */
const SECRET_BYTES = 32
const MODE_BASE = Uint8Array.of(0)

/** LabeledExtract and LabeledExpand (RFC 9180, section 4). */
const labeledExtract = (suite: Uint8Array, salt: Uint8Array, label: string, ikm: Uint8Array): Uint8Array =>
  extract(sha256, concat(VERSION, suite, utf8(label), ikm), salt)
const labeledExpand = (suite: Uint8Array, prk: Uint8Array, label: string, info: Uint8Array, length: number): Uint8Array =>
  expand(sha256, prk, concat(Uint8Array.of(length >> 8, length & 0xff), VERSION, suite, utf8(label), info), length)

/**
 * Encapsulation, 32 bytes ‖ ciphertext ‖ tag, 16 bytes: the first message of a context with empty `aad`.
 * @param recipient X25519, 32 bytes
 * @param ephemeral 32 random bytes, used for nothing else; they are wiped
 * @throws Error (rejects with it) if the recipient's key is no point to agree with: of another size, or of small order.
 */
export async function sealTo(
  recipient: Uint8Array,
  info: Uint8Array,
  plaintext: Uint8Array,
  ephemeral: Uint8Array = x25519.utils.randomSecretKey(),
): Promise<Uint8Array> {
  const secrets: Uint8Array[] = [ephemeral]
  const secret = (bytes: Uint8Array): Uint8Array => {
    secrets.push(bytes)
    return bytes
  }
  try {
    const encapsulation = x25519.getPublicKey(ephemeral)
    const prk = secret(labeledExtract(KEM, NONE, 'eae_prk', secret(x25519.getSharedSecret(ephemeral, recipient))))
    const shared = secret(labeledExpand(KEM, prk, 'shared_secret', concat(encapsulation, recipient), SECRET_BYTES))
    const context = concat(MODE_BASE, labeledExtract(HPKE, NONE, 'psk_id_hash', NONE), labeledExtract(HPKE, NONE, 'info_hash', info))
    const scheduled = secret(labeledExtract(HPKE, shared, 'secret', NONE))
    const key = webAead(secret(labeledExpand(HPKE, scheduled, 'key', context, KEY_BYTES)))
    return concat(encapsulation, await key.seal(labeledExpand(HPKE, scheduled, 'base_nonce', context, NONCE_BYTES), NONE, plaintext))
  } finally {
    wipe(...secrets)
  }
}
