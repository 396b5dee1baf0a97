/** What pages of other origins may do, and what nobody may put into a URL. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ControlError } from './control-error.js'

/** How long a browser may remember the answer to its question, in seconds. */
const PREFLIGHT_S = 600

/**
 * Tells the browser that the page may use the control API if its origin is one of the list; nothing is told to others. Returns whether the request was a
 * browser's question alone, which is answered then.
 * @throws ControlError `E_ORIGIN` for a page of an origin that is not allowed.
 */
export function shareWithOrigin(request: IncomingMessage, response: ServerResponse, allowsOrigin: (origin: string) => boolean): boolean {
  const { origin } = request.headers
  response.setHeader('vary', 'origin')
  if (origin === undefined) return false
  if (!allowsOrigin(origin)) throw new ControlError('E_ORIGIN', 'Pages of this origin may not use the broker.', 'Start it with --origin.')
  response.setHeader('access-control-allow-origin', origin)
  response.setHeader('access-control-expose-headers', 'retry-after')
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return false
  response.setHeader('access-control-allow-methods', 'GET, POST, DELETE')
  response.setHeader('access-control-allow-headers', 'authorization, content-type')
  response.setHeader('access-control-max-age', PREFLIGHT_S)
  response.writeHead(204).end()
  return true
}

/** Names under which people put credentials into a query. */
const CREDENTIAL = /token|jwt|bearer|authorization|api[-_]?key|secret|password|^pin$/i

/**
 * Refuses a URL that carries a credential: logs and histories keep URLs.
 * @throws ControlError `E_INVALID`
 */
export function refuseCredentials({ searchParams }: URL): void {
  for (const name of searchParams.keys()) {
    if (name !== 'pageToken' && CREDENTIAL.test(name))
      throw new ControlError('E_INVALID', 'A credential does not belong into a URL.', 'Send it as "Authorization: Bearer …", and take this one for disclosed.')
  }
}
