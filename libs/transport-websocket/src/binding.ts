import type { CloseInfo } from '@remote-assist/transport'
import { bindingBroken, isCloseCode, lineBroke } from '@remote-assist/transport'

/** The WebSocket subprotocol of version 1 (RA-BND-020). */
export const SUBPROTOCOL = 'remoteassist.v1'

/** Where a broker accepts connections, below its base URL (RA-BND-021). */
export const ATTACH_PATH = '/v1/attach'

/** How long opening a connection may take, in milliseconds, unless told otherwise. */
export const CONNECT_TIMEOUT_MS = 10_000

const CODE_OFFSET = 4000
const SCHEMES: Readonly<Record<string, string>> = { 'ws:': 'ws:', 'wss:': 'wss:', 'http:': 'ws:', 'https:': 'wss:' }

/**
 * The URL to attach to, for the base URL of a broker: `https://assist.example` gives `wss://assist.example/v1/attach` (RA-BND-021).
 * @throws TypeError if `base` is not a ws, wss, http or https URL, or holds a query, fragment, user or password (nothing secret belongs into a URL).
 */
export function attachUrl(base: string | URL): string {
  const url = new URL(base)
  const scheme = SCHEMES[url.protocol]
  if (scheme === undefined) throw new TypeError(`A broker's URL begins with wss, https, ws or http, not ${url.protocol}`)
  if (url.search || url.hash || url.username || url.password) throw new TypeError("A broker's URL has no query, fragment, user or password.")
  const path = url.pathname.replace(/\/+$/, '')
  return `${scheme}//${url.host}${path.endsWith(ATTACH_PATH) ? path : path + ATTACH_PATH}`
}

/** The WebSocket close code for a protocol close code (RA-BND-026). */
export const toSocketCode = (code: number): number => CODE_OFFSET + code

/** Standard WebSocket close codes by which an endpoint says that a rule was broken, and the protocol code they stand for (RA-BND-030). */
const BROKEN_RULES: Readonly<Record<number, number>> = { 1002: 400, 1003: 400, 1007: 400, 1008: 400, 1009: 401 }

/** What the other side's WebSocket close means (RA-BND-027, RA-BND-030). `inOrder`: nothing sent from here was lost. */
export function readClose(socketCode: number, reason: string, inOrder: boolean): CloseInfo {
  const code = socketCode - CODE_OFFSET
  if (isCloseCode(code)) return inOrder ? { code, reason, clean: true } : { ...lineBroke('The line broke before everything was sent.'), code, reason }
  const broken = BROKEN_RULES[socketCode]
  if (broken !== undefined) return bindingBroken(broken, reason || `The other side ended the WebSocket with ${socketCode}.`)
  return lineBroke(socketCode === 1006 ? 'The line broke.' : `The WebSocket ended with ${socketCode}, without a protocol close code.`)
}
