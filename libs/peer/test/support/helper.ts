/** A privileged helper for tests: it alone has keys and passwords, and what goes in and out of it is bytes, as if it were another process. */
import { CredentialOpener, readCredentials } from '@remote-assist/secure'
import { type CredentialRequest, type CredentialSlot, type Elevated, HostError } from '../../src/host.js'

export class FakeHelper {
  /** The passwords of the accounts that there are. */
  readonly passwords = new Map([
    ['administrator', 'correct horse'],
    ['guest', ''],
  ])
  /** What the helper tried: account and password, in the order of arrival. */
  readonly tried: (readonly [account: string, password: string])[] = []
  /** What was passed to the helper. */
  readonly passed: Uint8Array[] = []
  /** Keys that wait for their credentials. */
  readonly waiting = new Set<CredentialOpener>()
  /** What becomes of sealed bytes on their way through the customer's program. */
  carry: (sealed: Uint8Array) => Uint8Array = sealed => sealed
  /** Set to hold keys up. */
  gate: Promise<void> | undefined
  /** Set to hear when a key is destroyed unused. */
  forgot: () => void = () => undefined

  /** The host's part: `awaitCredentials`, for powers that `give` makes. */
  readonly awaiting =
    (give: () => Elevated) =>
    async (request: CredentialRequest): Promise<CredentialSlot> => {
      await this.gate
      const opener = await CredentialOpener.create(request, crypto.getRandomValues(new Uint8Array(32)))
      this.waiting.add(opener)
      return {
        publicKey: opener.publicKey,
        start: async ({ sealed, progress }) => {
          this.passed.push(sealed.slice())
          await this.#check(opener, this.carry(sealed))
          progress('handover')
          return give()
        },
        forget: () => {
          this.waiting.delete(opener)
          opener.destroy()
          this.forgot()
        },
      }
    }

  async #check(opener: CredentialOpener, sealed: Uint8Array): Promise<void> {
    this.waiting.delete(opener)
    const { account, password } = await opener.open(sealed).then(readCredentials, cause => {
      throw new HostError('E_CREDENTIALS', 'These are no credentials for this request.', { cause })
    })
    const text = new TextDecoder().decode(password)
    this.tried.push([account, text])
    if (this.passwords.get(account) !== text) throw new HostError('E_CREDENTIALS', 'The account or the password is wrong.')
    if (account === 'guest') throw new HostError('E_NOT_PERMITTED', 'That account may not do this.')
  }
}
