/** What is sealed when an agent gives credentials: an account and its password, in one form that cannot be read in two ways. */
import { lv, utf8, wipe } from './bytes.js'
import { SecureError } from './errors.js'
import { Fields } from './fields.js'

/** The most that the name of an account may have, in bytes of UTF-8; it has one at least. */
export const MAX_ACCOUNT_BYTES = 256
/** The most that a password may have, in bytes; it may be empty. */
export const MAX_PASSWORD_BYTES = 1_024

/** An account and its password, as the helper reads them. */
export interface Account {
  /** Not empty. */
  readonly account: string
  /** UTF-8, to be wiped by whoever read it. */
  readonly password: Uint8Array
}

/**
 * lv(account, password), to be sealed and wiped (RA-SEC-245). Throws `SecureError` E_FORMAT for an account of less than 1 or more than 256 bytes, and for a
 * password of more than 1,024.
 */
export function credentialForm({ account, password }: Account): Uint8Array<ArrayBuffer> {
  const name = utf8(account)
  check(name, password)
  return lv(name, password)
}

/** The account and its password out of what was opened, which is wiped (RA-SEC-245). Throws `SecureError` E_FORMAT for bytes that are no such form. */
export function readCredentials(form: Uint8Array): Account {
  try {
    const fields = new Fields(form)
    const account = fields.text()
    // Not by its own `slice`: that of a Buffer shares the memory that is wiped.
    const password = new Uint8Array(fields.bytes())
    fields.end()
    check(utf8(account), password)
    return { account, password }
  } finally {
    wipe(form)
  }
}

function check(name: Uint8Array, password: Uint8Array): void {
  if (name.length < 1 || name.length > MAX_ACCOUNT_BYTES)
    throw new SecureError('E_FORMAT', `The name of an account has 1 to ${MAX_ACCOUNT_BYTES} bytes, not ${name.length}.`)
  if (password.length > MAX_PASSWORD_BYTES) throw new SecureError('E_FORMAT', `A password has at most ${MAX_PASSWORD_BYTES} bytes, not ${password.length}.`)
}
