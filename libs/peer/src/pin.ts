/** PINs and links as libs/secure makes and reads them, with errors as this package gives them. */
import * as secure from '@remote-assist/secure'
import { AssistError } from './errors.js'
import { type Random, systemRandom } from './random.js'

export {
  type AgentLink,
  agentUrl,
  type CustomerLink,
  customerUrl,
  fromBase64Url,
  type InviteLink,
  inviteUrl,
  type Pin,
  toBase64Url,
} from '@remote-assist/secure'

/** Runs it; what is wrong with a code is said as an `AssistError` with the same code, sentence and hint. */
function told<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof secure.SecureError && (error.code === 'E_PIN_FORMAT' || error.code === 'E_LINK_FORMAT'))
      throw new AssistError(error.code, error.message, error.hint === undefined ? {} : { hint: error.hint })
    throw error
  }
}

/** Puts a PIN together. Throws `E_PIN_FORMAT` unless the locator has 4–9 digits and the secret 6. */
export const makePin = (locator: string, secret: string): secure.Pin => told(() => secure.makePin(locator, secret))

/** A secret part that nobody can guess: 6 digits, each as likely as any other (RA-SEC-007). */
export const newPinSecret = (random: Random = systemRandom): string => secure.newPinSecret(random.bytes(16))

/** Reads a PIN as a person types it. Throws `E_PIN_FORMAT` with what is wrong and what to do. */
export const parsePin = (text: string): secure.Pin => told(() => secure.parsePin(text))

/** Reads a client session URL, or its fragment alone. Throws `E_LINK_FORMAT`. */
export const parseCustomerUrl = (url: string): secure.CustomerLink => told(() => secure.parseCustomerUrl(url))

/** Reads an invitation URL, or its fragment alone. Throws `E_LINK_FORMAT`. */
export const parseInviteUrl = (url: string): secure.InviteLink => told(() => secure.parseInviteUrl(url))

/** Reads the URL of a console that was made for one session, or its fragment alone. Throws `E_LINK_FORMAT`. */
export const parseAgentUrl = (url: string): secure.AgentLink => told(() => secure.parseAgentUrl(url))
