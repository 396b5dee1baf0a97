/** The HTTP side of the broker: control API, health, metrics, pages. WebSocket upgrades are the transport's. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { bearerOf } from './authenticator.js'
import { addressOf } from './client-address.js'
import type { Context } from './context.js'
import type { Control } from './control.js'
import { ControlError } from './control-error.js'
import { jsonApi } from './control-http.js'
import { refuseCredentials, shareWithOrigin } from './cross-origin.js'
import { type Pages, SAFE_HEADERS } from './pages.js'

/** What the HTTP side needs beside the context. */
export interface HttpOptions {
  readonly control: Control
  readonly pages: Pages | undefined
  readonly allowsOrigin: (origin: string) => boolean
  /** Whether newcomers are taken. */
  readonly ready: () => boolean
  /** Where to attach, for the pages' content security policy. */
  readonly websocketUrl: () => string
}

/** Makes a URL of a request's path; never looked at. */
const BASE = 'http://broker'

/** Answers HTTP requests. */
export function httpHandler(
  context: Context,
  { control, pages, allowsOrigin, ready, websocketUrl }: HttpOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const { authenticator, log, metrics, settings } = context
  const api = jsonApi(control)

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/'
    if (!path.startsWith('/') || !URL.canParse(path, BASE)) throw new ControlError('E_INVALID', 'The path is not one.')
    const url = new URL(path, BASE)
    refuseCredentials(url)
    const bearer = bearerOf(request.headers.authorization)
    if (url.pathname.startsWith('/v1/')) {
      if (shareWithOrigin(request, response, allowsOrigin)) return
      const { status, body } = await api(request, url, { bearer, remoteAddress: addressOf(request, settings.behindProxy) })
      return json(response, status, body)
    }
    const head = request.method === 'HEAD'
    if (request.method !== 'GET' && !head) throw new ControlError('E_METHOD', `${url.pathname} takes GET.`)
    if (url.pathname === '/healthz') return json(response, 200, { ok: true })
    if (url.pathname === '/readyz') return json(response, ready() ? 200 : 503, { ready: ready() })
    if (url.pathname === '/metrics') {
      const caller = await authenticator.authenticate(bearer)
      if (caller === undefined || caller.tenant !== undefined) throw new ControlError('E_UNAUTHENTICATED', 'The metrics take the API key.')
      response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(await metrics.registry.metrics())
      return
    }
    if (await pages?.(decode(url.pathname), head, response, websocketUrl())) return
    throw new ControlError('E_NOT_FOUND', `There is nothing at ${url.pathname}.`)
  }

  return (request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!(error instanceof ControlError)) log.error({ err: error }, 'a request could not be answered')
      fail(response, error instanceof ControlError ? error : new ControlError('E_INTERNAL', 'The server failed.'))
    })
  }
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw new ControlError('E_INVALID', 'The path is not one.')
  }
}

const HEADERS = { ...SAFE_HEADERS, 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, HEADERS).end(`${JSON.stringify(body)}\n`)
}

function fail(response: ServerResponse, { httpStatus, code, message, hint, retryAfterMs }: ControlError): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  if (retryAfterMs !== undefined) response.setHeader('retry-after', Math.ceil(retryAfterMs / 1_000))
  if (httpStatus === 401) response.setHeader('www-authenticate', 'Bearer')
  // The body of a request that was refused is not read: the connection cannot be used again.
  if (!response.req.complete) response.setHeader('connection', 'close')
  json(response, httpStatus, { code, message, ...(hint === undefined ? {} : { hint }) })
}
