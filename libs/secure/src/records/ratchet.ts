/** The chain of keys of one direction of one pairwise channel. */
import { expand } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { type Aead, type AeadKey, KEY_BYTES, NONCE_BYTES } from '../aead.js'
import { utf8, wipe } from '../bytes.js'
import { SecureError } from '../errors.js'
import { SECRET_BYTES } from './limits.js'

const KEY_LABEL = utf8('RA1-record-key')
const SALT_LABEL = utf8('RA1-record-salt')
const NEXT_LABEL = utf8('RA1-record-next')

/**
 * The key and the salt of one generation at a time, made from its traffic secret by HKDF-Expand (RFC 5869) with SHA-256; so is the next secret. What was
 * before cannot be had back: secrets and key bytes are overwritten as soon as they were used (RA-SEC-211, RA-SEC-212).
 */
export class Ratchet {
  #secret: Uint8Array
  #generation = 0
  #key: AeadKey
  #salt: Uint8Array

  /** Takes a copy of the secret of generation 0. Throws `SecureError` E_FORMAT if it has not 32 bytes. */
  constructor(
    readonly aead: Aead,
    secret: Uint8Array,
  ) {
    if (secret.length !== SECRET_BYTES) throw new SecureError('E_FORMAT', `A traffic secret has ${SECRET_BYTES} bytes, not ${secret.length}.`)
    this.#secret = Uint8Array.from(secret)
    const { key, salt } = this.#derive()
    this.#key = key
    this.#salt = salt
  }

  /** From 0. */
  get generation(): number {
    return this.#generation
  }

  /** Seals and opens in this generation. */
  get key(): AeadKey {
    return this.#key
  }

  /** 12 bytes. */
  get salt(): Uint8Array {
    return this.#salt
  }

  /** Goes to the next generation. */
  advance(): void {
    const next = expand(sha256, this.#secret, NEXT_LABEL, SECRET_BYTES)
    wipe(this.#secret, this.#salt)
    this.#secret = next
    this.#generation++
    const { key, salt } = this.#derive()
    this.#key = key
    this.#salt = salt
  }

  /** Overwrites what is secret. Nothing can be sealed or opened after it. */
  destroy(): void {
    wipe(this.#secret, this.#salt)
    this.#key = GONE
  }

  #derive(): { readonly key: AeadKey; readonly salt: Uint8Array } {
    const bytes = expand(sha256, this.#secret, KEY_LABEL, KEY_BYTES)
    const key = this.aead(bytes)
    wipe(bytes)
    return { key, salt: expand(sha256, this.#secret, SALT_LABEL, NONCE_BYTES) }
  }
}

const gone = (): never => {
  throw new SecureError('E_SPENT', 'The keys were destroyed.')
}

/** What is left of a key that was destroyed. */
export const GONE: AeadKey = { seal: gone, open: gone }
