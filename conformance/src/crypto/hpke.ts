import { createCipheriv, createDecipheriv, createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { hkdfExpand, hkdfExtract, join, lv, unhex, utf8 } from './bytes.js'

/** HPKE (RFC 9180) in base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, one message: how credentials are sealed. */

const PKCS8 = unhex('302e020100300506032b656e04220420')
const SPKI = unhex('302a300506032b656e032100')
const NONE = new Uint8Array(0)
const KEM = join(utf8('KEM'), unhex('0020'))
const SUITE = join(utf8('HPKE'), unhex('002000010002'))

const extract = (suite: Uint8Array, salt: Uint8Array, label: string, material: Uint8Array) =>
  hkdfExtract(salt, join(utf8('HPKE-v1'), suite, utf8(label), material))
const expand = (suite: Uint8Array, prk: Uint8Array, label: string, info: Uint8Array, length: number) =>
  hkdfExpand(prk, join(Uint8Array.of(length >> 8, length & 255), utf8('HPKE-v1'), suite, utf8(label), info), length)

const raw = (key: KeyObject): Uint8Array => new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(SPKI.length))
const fromRaw = (bytes: Uint8Array): KeyObject => createPublicKey({ key: Buffer.from(join(SPKI, bytes)), format: 'der', type: 'spki' })

/** A key that credentials can be sealed to. */
export interface HpkeKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  readonly secret: KeyObject
}

/** A new key, or the one of 32 bytes. */
export function hpkeKey(bytes?: Uint8Array): HpkeKey {
  const secret =
    bytes === undefined ? generateKeyPairSync('x25519').privateKey : createPrivateKey({ key: Buffer.from(join(PKCS8, bytes)), format: 'der', type: 'pkcs8' })
  return { publicKey: raw(secret), secret }
}

/** The key that RFC 9180 derives of material: `DeriveKeyPair`. */
export function derivedHpkeKey(material: Uint8Array): HpkeKey {
  return hpkeKey(expand(KEM, extract(KEM, NONE, 'dkp_prk', material), 'sk', NONE, 32))
}

function schedule(dh: Uint8Array, encapsulated: Uint8Array, receiver: Uint8Array, info: Uint8Array): { readonly key: Uint8Array; readonly nonce: Uint8Array } {
  const shared = expand(KEM, extract(KEM, NONE, 'eae_prk', dh), 'shared_secret', join(encapsulated, receiver), 32)
  const context = join(Uint8Array.of(0), extract(SUITE, NONE, 'psk_id_hash', NONE), extract(SUITE, NONE, 'info_hash', info))
  const secret = extract(SUITE, shared, 'secret', NONE)
  return { key: expand(SUITE, secret, 'key', context, 32), nonce: expand(SUITE, secret, 'base_nonce', context, 12) }
}

/** Encapsulation, then ciphertext and tag. `ephemeral`: a vector's own. */
export function hpkeSeal(receiver: Uint8Array, info: Uint8Array, plaintext: Uint8Array, ephemeral: HpkeKey = hpkeKey()): Uint8Array {
  const dh = new Uint8Array(diffieHellman({ privateKey: ephemeral.secret, publicKey: fromRaw(receiver) }))
  const { key, nonce } = schedule(dh, ephemeral.publicKey, receiver, info)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  return join(ephemeral.publicKey, cipher.update(plaintext), cipher.final(), cipher.getAuthTag())
}

/** What was sealed. Throws if it does not open. */
export function hpkeOpen(receiver: HpkeKey, info: Uint8Array, sealed: Uint8Array): Uint8Array {
  const encapsulated = sealed.slice(0, 32)
  const dh = new Uint8Array(diffieHellman({ privateKey: receiver.secret, publicKey: fromRaw(encapsulated) }))
  const { key, nonce } = schedule(dh, encapsulated, receiver.publicKey, info)
  const decipher = createDecipheriv('aes-256-gcm', key, nonce)
  decipher.setAuthTag(sealed.subarray(sealed.length - 16))
  return join(decipher.update(sealed.subarray(32, sealed.length - 16)), decipher.final())
}

/** `info` of the credentials of a request (RA-SEC-243). */
export const credentialsInfo = (session: Uint8Array, requestId: number): Uint8Array => lv('RA1-credentials', session, requestId)

/** What the customer signs of a key for credentials (RA-SEC-242). */
export const credentialKeyForm = (session: Uint8Array, requestId: number, key: Uint8Array): Uint8Array => lv('RA1-credential-key', session, requestId, key)

/** What is sealed (RA-SEC-245). */
export const credentialsForm = (account: string, password: string): Uint8Array => lv(account, password)
