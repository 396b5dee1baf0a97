/** Where to go and what to show there: a PIN and a broker, or a link that has both. */
import { AssistError, parseCustomerUrl, parsePin } from '@remote-assist/peer'

/** What opens a session. */
export interface Key {
  /** The broker's URL. */
  readonly broker: string
  readonly credentials: { readonly pin: string } | { readonly url: string }
}

/**
 * Reads what was given: a PIN as a person types it, or a link.
 * Throws `AssistError`: `E_PIN_FORMAT`, `E_LINK_FORMAT`, or `E_INVALID` if nothing says where the broker is.
 */
export function keyOf(code: string, broker: string | undefined): Key {
  if (URL.canParse(code) && /^https?:/i.test(code)) {
    parseCustomerUrl(code)
    return { broker: broker ?? new URL(code).origin, credentials: { url: code } }
  }
  const { digits } = parsePin(code)
  if (broker === undefined)
    throw new AssistError('E_INVALID', 'A PIN alone does not say where the broker is.', { hint: 'Add --broker URL, or give the link instead of the PIN.' })
  return { broker, credentials: { pin: digits } }
}
