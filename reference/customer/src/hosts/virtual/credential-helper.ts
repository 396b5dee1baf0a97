import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { CredentialOpener, type CredentialRequest, type ElevationScope, HostError, readCredentials } from '@remote-assist/peer'

/** An account of the virtual machine. */
export interface Account {
  readonly user: string
  readonly password: string
  /** It may have the powers of an administrator. */
  readonly administrator: boolean
}

/** A key that waits for credentials, by its number. */
interface HelperKey {
  readonly id: number
  /** X25519, 32 bytes. */
  readonly publicKey: Uint8Array
}

/**
 * The privileged helper of the virtual machine, as far as credentials go. It alone has private keys and accounts, and what goes in and out of it is numbers,
 * words and bytes: the rest of the host, which holds the session, could as well be another process.
 */
export class CredentialHelper {
  readonly #keys = new Map<number, CredentialOpener>()
  #last = 0

  constructor(private readonly accounts: readonly Account[]) {}

  /** A new key, for one set of credentials of this request. */
  async newKey(request: CredentialRequest): Promise<HelperKey> {
    const opener = await CredentialOpener.create(request, randomBytes(32))
    const id = ++this.#last
    this.#keys.set(id, opener)
    return { id, publicKey: opener.publicKey }
  }

  /**
   * The name of the account that the credentials are of, if they are right and it may have these powers. The key is gone, whatever comes of it.
   * Rejects with `HostError` `E_CREDENTIALS` or `E_NOT_PERMITTED`.
   */
  async check(id: number, sealed: Uint8Array, scope: ElevationScope): Promise<string> {
    const opener = this.#keys.get(id)
    this.#keys.delete(id)
    if (opener === undefined) throw new HostError('E_CREDENTIALS', 'The key for credentials was used up.')
    const { account, password } = await opener
      .open(sealed)
      .then(readCredentials)
      .catch(cause => {
        throw new HostError('E_CREDENTIALS', 'These are no credentials for this request.', { cause })
      })
    const known = this.accounts.find(({ user }) => user === account)
    const right = isPassword(password, known?.password ?? '')
    password.fill(0)
    if (known === undefined || !right) throw new HostError('E_CREDENTIALS', 'The account or the password is not right.', { hint: 'Check them and ask again.' })
    if (scope === 'admin' && !known.administrator) throw new HostError('E_NOT_PERMITTED', `${account} is no administrator.`, { hint: 'Use another account.' })
    return account
  }

  /** Destroys a key, if it was not used. */
  forget(id: number): void {
    this.#keys.get(id)?.destroy()
    this.#keys.delete(id)
  }

  /** Destroys every key. */
  close(): void {
    for (const id of [...this.#keys.keys()]) this.forget(id)
  }
}

/** Whether they are the same, in a time that says nothing of where they differ. */
const isPassword = (given: Uint8Array, right: string): boolean => timingSafeEqual(digest(given), digest(right))
const digest = (text: Uint8Array | string): Buffer => createHash('sha256').update(text).digest()
