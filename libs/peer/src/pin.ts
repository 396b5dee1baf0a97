/**
 * Codes that people read, type and open: a PIN is a locator (4–9 digits, from the broker) and a secret (6 digits, made at the agent's end);
 * links carry the secret in the fragment, which no browser sends anywhere.
 */
import { AssistError } from './errors.js'
import { type Random, randomBelow, systemRandom } from './random.js'

/** Digits of a PIN's secret part. */
export const PIN_SECRET_DIGITS = 6
/** Fewest and most digits of a locator (RA-RLY-211). */
export const LOCATOR_DIGITS = { min: 4, max: 9 } as const

/** A session PIN, whole and in its parts. */
export interface Pin {
  /** 10–15 digits: locator, then secret. */
  readonly digits: string
  /** As it is shown and read aloud: `4821-973-015`. */
  readonly grouped: string
  /** What the broker knows. */
  readonly locator: string
  /** What it does not: 6 digits. */
  readonly secret: string
}

/** What a client session URL carries. */
export interface CustomerLink {
  readonly pin: Pin
  /** 32 bytes. */
  readonly linkSecret: Uint8Array
}

/** What an invitation URL carries. */
export interface InviteLink {
  /** 16 bytes. */
  readonly inviteId: Uint8Array
  /** 32 bytes. */
  readonly secret: Uint8Array
}

/** What the URL of a console carries that was made for one session: everything its agent needs, so that nothing but the page has to be opened. */
export interface AgentLink {
  /** 32 hex digits. */
  readonly sessionId: string
  readonly agentToken: string
  readonly pin: Pin
  /** 32 bytes. */
  readonly linkSecret: Uint8Array
  /** An invitation for a viewer that is to be registered as soon as the customer has consented. */
  readonly view?: InviteLink
}

/** What a person may type between the digits: spaces, dashes of every kind, dots. */
const SEPARATORS = /[\s\u00ad.\u2010-\u2015\u2212_-]+/gu
const VERSION = '1'

const formatError = (message: string, hint: string) => new AssistError('E_PIN_FORMAT', message, { hint })

/** Puts a PIN together. Throws `E_PIN_FORMAT` unless the locator has 4–9 digits and the secret 6. */
export function makePin(locator: string, secret: string): Pin {
  if (!/^\d{4,9}$/.test(locator) || !/^\d{6}$/.test(secret))
    throw formatError('A PIN is a locator of 4 to 9 digits and a secret of 6.', 'Ask the agent for a new PIN.')
  return { digits: locator + secret, grouped: groupDigits(locator, secret), locator, secret }
}

/** A secret part that nobody can guess: 6 digits, each as likely as any other (RA-SEC-007). */
export const newPinSecret = (random: Random = systemRandom): string =>
  randomBelow(10 ** PIN_SECRET_DIGITS, random)
    .toString()
    .padStart(PIN_SECRET_DIGITS, '0')

/** `4821`,`973015` → `4821-973-015`: the secret in threes, the locator in threes from its end, its first group up to four long. */
function groupDigits(locator: string, secret: string): string {
  const groups = [secret.slice(0, 3), secret.slice(3)]
  let rest = locator
  while (rest.length > 4) {
    groups.unshift(rest.slice(-3))
    rest = rest.slice(0, -3)
  }
  return [rest, ...groups].join('-')
}

/**
 * Reads a PIN as a person types it: spaces, dashes and dots do not matter, and digits of other scripts count.
 * Throws `E_PIN_FORMAT` with what is wrong and what to do.
 */
export function parsePin(text: string): Pin {
  const digits = text
    .normalize('NFKC')
    .replace(SEPARATORS, '')
    .replace(/\p{Nd}/gu, asciiDigit)
  const stranger = digits.match(/\D/u)?.[0]
  if (digits === '') throw formatError('The PIN is empty.', 'Type the digits that the agent reads to you, e.g. 4821-973-015.')
  if (stranger !== undefined) throw formatError(`“${stranger}” is no digit.`, 'A PIN has digits alone, e.g. 4821-973-015.')
  const { min, max } = LOCATOR_DIGITS
  if (digits.length < min + PIN_SECRET_DIGITS)
    throw formatError(`The PIN has ${digits.length} digits; some are missing.`, 'Ask the agent to read all groups again.')
  if (digits.length > max + PIN_SECRET_DIGITS) throw formatError(`The PIN has ${digits.length} digits; that is too many.`, 'Type each group once.')
  return makePin(digits.slice(0, -PIN_SECRET_DIGITS), digits.slice(-PIN_SECRET_DIGITS))
}

/** The ASCII digit of a decimal digit of any script: they come in runs of ten, from zero up. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0
  let start = code
  while (start > 0 && /\p{Nd}/u.test(String.fromCodePoint(start - 1))) start--
  return String((code - start) % 10)
}

/** The URL that a customer opens: `https://HOST/join#1.<pin>.<link secret>` (RA-SEC-009). Throws `TypeError` if `joinUrl` is no URL. */
export const customerUrl = (joinUrl: string, { pin, linkSecret }: CustomerLink): string => withFragment(joinUrl, [pin.digits, toBase64Url(linkSecret)])

/** The URL that a guest opens: `https://HOST/view#1.<invite id>.<secret>` (RA-SEC-009). Throws `TypeError` if `viewUrl` is no URL. */
export const inviteUrl = (viewUrl: string, { inviteId, secret }: InviteLink): string => withFragment(viewUrl, [toBase64Url(inviteId), toBase64Url(secret)])

/**
 * The URL that an agent opens: `https://HOST/#1.<session id>.<agent token>.<pin>.<link secret>`, and with an invitation for a viewer `.<invite id>.<secret>`.
 * Throws `TypeError` if `consoleUrl` is no URL.
 */
export const agentUrl = (consoleUrl: string, { sessionId, agentToken, pin, linkSecret, view }: AgentLink): string => {
  const guest = view === undefined ? [] : [toBase64Url(view.inviteId), toBase64Url(view.secret)]
  return withFragment(consoleUrl, [sessionId, agentToken, pin.digits, toBase64Url(linkSecret), ...guest])
}

function withFragment(base: string, parts: readonly string[]): string {
  const url = new URL(base)
  url.hash = [VERSION, ...parts].join('.')
  return url.href
}

/** Reads a client session URL, or its fragment alone. Throws `E_LINK_FORMAT`. */
export function parseCustomerUrl(url: string): CustomerLink {
  const [digits = '', secret = ''] = fragmentOf(url, 2)
  if (!/^\d{10,15}$/.test(digits)) throw linkError()
  return { pin: parsePin(digits), linkSecret: decoded(secret, 32) }
}

/** Reads an invitation URL, or its fragment alone. Throws `E_LINK_FORMAT`. */
export function parseInviteUrl(url: string): InviteLink {
  const [inviteId = '', secret = ''] = fragmentOf(url, 2)
  return { inviteId: decoded(inviteId, 16), secret: decoded(secret, 32) }
}

/** Reads the URL of a console that was made for one session, or its fragment alone. Throws `E_LINK_FORMAT`. */
export function parseAgentUrl(url: string): AgentLink {
  const [sessionId = '', agentToken = '', digits = '', secret = '', ...guest] = fragmentOf(url, 4, 6)
  if (!/^[\da-f]{32}$/.test(sessionId) || agentToken === '' || !/^\d{10,15}$/.test(digits)) throw linkError()
  const [inviteId, guestSecret] = guest
  const view = inviteId === undefined || guestSecret === undefined ? {} : { view: { inviteId: decoded(inviteId, 16), secret: decoded(guestSecret, 32) } }
  return { sessionId, agentToken, pin: parsePin(digits), linkSecret: decoded(secret, 32), ...view }
}

const linkError = () =>
  new AssistError('E_LINK_FORMAT', 'This link is not complete.', { hint: 'Copy the whole link, with everything behind the #, or ask for a new one.' })

function fragmentOf(url: string, ...counts: readonly number[]): readonly string[] {
  const fragment = url.slice(url.indexOf('#') + 1).trim()
  const [version, ...parts] = fragment.split('.')
  if (version !== VERSION || !counts.includes(parts.length)) throw linkError()
  return parts
}

function decoded(text: string, bytes: number): Uint8Array {
  const value = fromBase64Url(text)
  if (value?.length !== bytes) throw linkError()
  return value
}

/** Bytes in base64url without padding (RFC 4648 §5). */
export function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')
}

/** Bytes from base64url; undefined if the text is none, or not in its one canonical form. */
export function fromBase64Url(text: string): Uint8Array | undefined {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return undefined
  const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  const bytes = Uint8Array.from(binary, char => char.charCodeAt(0))
  return toBase64Url(bytes) === text ? bytes : undefined
}
