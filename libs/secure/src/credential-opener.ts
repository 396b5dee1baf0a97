/** The other end of sealed credentials: the key that opens them once. Apart from the sealing, so that those who only seal carry no library for opening. */
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'
import { TAG_BYTES } from './aead.js'
import { wipe } from './bytes.js'
import { SecureError } from './errors.js'
import { CREDENTIAL_KEY_BYTES, type CredentialRequest, infoOf, MAX_CREDENTIAL_BYTES } from './hpke.js'

/** The platform's own type. */
type PrivateKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>
const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() })

/** The helper's one-use key: it opens one message, or fails to, and is gone. */
export class CredentialOpener {
  #privateKey: PrivateKey | undefined

  private constructor(
    readonly request: CredentialRequest,
    /** X25519, 32 bytes. */
    readonly publicKey: Uint8Array,
    privateKey: PrivateKey,
  ) {
    this.#privateKey = privateKey
  }

  /**
   * A key for one request.
   * @param seed 32 random bytes; they are wiped
   * @throws SecureError (rejects with it) E_FORMAT for other sizes.
   */
  static async create(request: CredentialRequest, seed: Uint8Array): Promise<CredentialOpener> {
    infoOf(request)
    if (seed.length !== CREDENTIAL_KEY_BYTES) throw new SecureError('E_FORMAT', `A seed has ${CREDENTIAL_KEY_BYTES} bytes, not ${seed.length}.`)
    const ikm = Uint8Array.from(seed)
    wipe(seed)
    try {
      const { publicKey, privateKey } = await suite.kem.deriveKeyPair(ikm.buffer)
      return new CredentialOpener(request, new Uint8Array(await suite.kem.serializePublicKey(publicKey)), privateKey)
    } finally {
      wipe(ikm)
    }
  }

  /**
   * The credentials; the caller wipes them. Whatever comes of it, the key is gone (RA-SEC-244).
   * @throws SecureError (rejects with it) E_TAMPERED if they were altered, or sealed to another key, session or request; E_SPENT the second time.
   */
  async open(sealed: Uint8Array): Promise<Uint8Array> {
    const recipientKey = this.#privateKey
    this.#privateKey = undefined
    if (recipientKey === undefined) throw new SecureError('E_SPENT', 'The key for credentials was used up.')
    if (sealed.length <= CREDENTIAL_KEY_BYTES + TAG_BYTES || sealed.length > CREDENTIAL_KEY_BYTES + TAG_BYTES + MAX_CREDENTIAL_BYTES)
      throw new SecureError('E_TAMPERED', `Bytes that are no sealed credentials: ${sealed.length} of them.`)
    try {
      const enc = new Uint8Array(sealed.subarray(0, CREDENTIAL_KEY_BYTES))
      const recipient = await suite.createRecipientContext({ recipientKey, enc, info: infoOf(this.request) })
      return new Uint8Array(await recipient.open(new Uint8Array(sealed.subarray(CREDENTIAL_KEY_BYTES))))
    } catch {
      throw new SecureError('E_TAMPERED', 'The credentials were altered, or sealed for another request.')
    }
  }

  /** Gives the key up: the request ended. */
  destroy(): void {
    this.#privateKey = undefined
  }
}
