/** Credentials as they travel: sealed to the key of the customer's privileged helper. */
import {
  type Account,
  type CredentialRequest,
  credentialForm,
  type SignedCredentialKey,
  sealCredentials,
  sessionKey,
  signCredentialKey,
} from '@remote-assist/secure'
import { systemRandom } from './random.js'

/** What `Credentials` carries. The password is wiped. Rejects with `SecureError` as `credentialForm` and `sealCredentials` do. */
export async function sealAccount(request: CredentialRequest, key: SignedCredentialKey, customerKey: Uint8Array, account: Account): Promise<Uint8Array> {
  const { password } = account
  let form: Uint8Array | undefined
  try {
    form = credentialForm(account)
    return await sealCredentials(request, key, customerKey, form)
  } finally {
    form?.fill(0)
    password.fill(0)
  }
}

/** What an agent would send to this key of a helper, for tests of helpers: no customer is there to sign it. */
export function sealForHelper(request: CredentialRequest, publicKey: Uint8Array, account: string, password: string): Promise<Uint8Array> {
  const customer = sessionKey(systemRandom.bytes(32))
  const key = signCredentialKey(request, publicKey, customer)
  return sealAccount(request, key, customer.publicKey, { account, password: new TextEncoder().encode(password) })
}
