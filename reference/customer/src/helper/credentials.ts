/** Credentials as the agent seals them (docs/spec/record.md), opened with what Node has: HPKE, RFC 9180, base mode, X25519, HKDF-SHA256, AES-256-GCM. */
import { createDecipheriv, createHmac, createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto'

const KEY_BYTES = 32
const TAG_BYTES = 16
const NONCE_BYTES = 12
const MAX_ACCOUNT_BYTES = 256
const MAX_PASSWORD_BYTES = 1_024
const KEM = Buffer.from('KEM\x00\x20', 'latin1')
const SUITE = Buffer.from('HPKE\x00\x20\x00\x01\x00\x02', 'latin1')
const NOTHING = Buffer.alloc(0)

/** The request that credentials are for: they open for no other. */
export interface CredentialRequest {
  /** 16 bytes. */
  readonly session: Uint8Array
  readonly requestId: number
}

/** An account and its password, UTF-8, to be wiped by whoever has it. */
export interface Account {
  readonly account: string
  readonly password: Buffer
}

/** A key that opens one set of credentials, or fails to, and is gone (RA-SEC-244). */
export class OneUseKey {
  /** X25519, 32 bytes. */
  readonly publicKey: Buffer
  #privateKey: KeyObject | undefined

  constructor(
    private readonly request: CredentialRequest,
    pair = generateKeyPairSync('x25519'),
  ) {
    this.publicKey = rawOf(pair.publicKey)
    this.#privateKey = pair.privateKey
  }

  /** The account and its password; undefined if these bytes do not open, were sealed for another request, or are none, and the second time. */
  open(sealed: Uint8Array): Account | undefined {
    const privateKey = this.#privateKey
    this.#privateKey = undefined
    if (privateKey === undefined || sealed.length <= KEY_BYTES + TAG_BYTES) return undefined
    let form: Buffer | undefined
    try {
      form = this.#decrypt(privateKey, Buffer.from(sealed))
      return readForm(form)
    } catch {
      return undefined
    } finally {
      form?.fill(0)
    }
  }

  #decrypt(privateKey: KeyObject, sealed: Buffer): Buffer {
    const enc = sealed.subarray(0, KEY_BYTES)
    const dh = diffieHellman({ privateKey, publicKey: publicKeyOf(enc) })
    const shared = expand(KEM, extract(KEM, NOTHING, 'eae_prk', dh), 'shared_secret', Buffer.concat([enc, this.publicKey]), KEY_BYTES)
    const { session, requestId } = this.request
    const info = Buffer.concat(['RA1-credentials', session, `${requestId}`].map(lv))
    const context = Buffer.concat([Buffer.of(0), extract(SUITE, NOTHING, 'psk_id_hash', NOTHING), extract(SUITE, NOTHING, 'info_hash', info)])
    const secret = extract(SUITE, shared, 'secret', NOTHING)
    const opening = createDecipheriv('aes-256-gcm', expand(SUITE, secret, 'key', context, KEY_BYTES), expand(SUITE, secret, 'base_nonce', context, NONCE_BYTES))
    opening.setAuthTag(sealed.subarray(-TAG_BYTES))
    return Buffer.concat([opening.update(sealed.subarray(KEY_BYTES, -TAG_BYTES)), opening.final()])
  }
}

/** The account and its password out of what was opened: lv(account, password) (RA-SEC-245). Throws for anything else. */
export function readForm(form: Buffer): Account {
  const accountEnd = 4 + form.readUInt32BE(0)
  const passwordAt = accountEnd + 4
  const passwordBytes = form.readUInt32BE(accountEnd)
  const fits = accountEnd > 4 && accountEnd <= 4 + MAX_ACCOUNT_BYTES && passwordBytes <= MAX_PASSWORD_BYTES && form.length === passwordAt + passwordBytes
  if (!fits) throw new RangeError('These are no account and password.')
  const account = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(form.subarray(4, accountEnd))
  return { account, password: Buffer.from(form.subarray(passwordAt)) }
}

function lv(field: string | Uint8Array): Buffer {
  const bytes = Buffer.from(field)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** LabeledExtract. */
const extract = (suite: Buffer, salt: Buffer, label: string, ikm: Buffer): Buffer =>
  createHmac('sha256', salt).update('HPKE-v1').update(suite).update(label).update(ikm).digest()

/** LabeledExpand, up to 32 bytes. */
const expand = (suite: Buffer, prk: Buffer, label: string, info: Buffer, bytes: number): Buffer =>
  createHmac('sha256', prk)
    .update(Buffer.of(0, bytes))
    .update('HPKE-v1')
    .update(suite)
    .update(label)
    .update(info)
    .update(Buffer.of(1))
    .digest()
    .subarray(0, bytes)

const rawOf = (key: KeyObject): Buffer => Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url')

const publicKeyOf = (raw: Buffer): KeyObject => createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: raw.toString('base64url') }, format: 'jwk' })
