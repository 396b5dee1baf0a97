/** Links that people open. The secret is in the fragment, which no browser sends anywhere (RA-SEC-009). */
import { fromBase64Url, toBase64Url } from './base64url.js'
import { SecureError } from './errors.js'
import { type Pin, parsePin } from './pin.js'

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

const VERSION = '1'

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
  return { pin: pinIn(digits), linkSecret: decoded(secret, 32) }
}

/** Reads an invitation URL, or its fragment alone. Throws `E_LINK_FORMAT`. */
export function parseInviteUrl(url: string): InviteLink {
  const [inviteId = '', secret = ''] = fragmentOf(url, 2)
  return { inviteId: decoded(inviteId, 16), secret: decoded(secret, 32) }
}

/** Reads the URL of a console that was made for one session, or its fragment alone. Throws `E_LINK_FORMAT`. */
export function parseAgentUrl(url: string): AgentLink {
  const [sessionId = '', agentToken = '', digits = '', secret = '', ...guest] = fragmentOf(url, 4, 6)
  if (!/^[\da-f]{32}$/.test(sessionId) || agentToken === '') throw linkError()
  const [inviteId, guestSecret] = guest
  const view = inviteId === undefined || guestSecret === undefined ? {} : { view: { inviteId: decoded(inviteId, 16), secret: decoded(guestSecret, 32) } }
  return { sessionId, agentToken, pin: pinIn(digits), linkSecret: decoded(secret, 32), ...view }
}

const linkError = () =>
  new SecureError('E_LINK_FORMAT', 'This link is not complete.', 'Copy the whole link, with everything behind the #, or ask for a new one.')

function fragmentOf(url: string, ...counts: readonly number[]): readonly string[] {
  const fragment = url.slice(url.indexOf('#') + 1).trim()
  const [version, ...parts] = fragment.split('.')
  if (version !== VERSION || !counts.includes(parts.length)) throw linkError()
  return parts
}

function pinIn(digits: string): Pin {
  if (!/^\d{10,15}$/.test(digits)) throw linkError()
  return parsePin(digits)
}

function decoded(text: string, bytes: number): Uint8Array {
  const value = text.length === Math.ceil((bytes * 4) / 3) ? fromBase64Url(text) : undefined
  if (value === undefined) throw linkError()
  return value
}
