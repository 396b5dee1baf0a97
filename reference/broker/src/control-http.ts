/** The control API as proto3 JSON over HTTP. */
import type { IncomingMessage } from 'node:http'
import {
  CreateSessionRequest,
  CreateSessionResponse,
  DecodeError,
  EndSessionRequest,
  EndSessionResponse,
  fromJson,
  GetSessionRequest,
  GetSessionResponse,
  type JsonMessageType,
  ListSessionsRequest,
  ListSessionsResponse,
  RenewCodeRequest,
  RenewCodeResponse,
  ResolveLocatorRequest,
  ResolveLocatorResponse,
} from '@remote-assist/codec'
import type { Call, Control } from './control.js'
import { ControlError, undecodable } from './control-error.js'
import { MAX_REQUEST_BYTES } from './control-grpc.js'

/** What a route answers: a status and a JSON value. */
export interface JsonAnswer {
  readonly status: number
  readonly body: unknown
}

interface Route {
  readonly method: string
  readonly path: RegExp
  /** The query parameters that it takes. */
  readonly parameters: readonly string[]
  /** The request as JSON, from the path's groups, the query and the body. */
  run(groups: Readonly<Record<string, string>>, query: URLSearchParams, body: unknown, call: Call): Promise<JsonAnswer>
}

/** A route whose request is `pick` of path, query and body. */
function route<Q, A>(
  method: string,
  path: RegExp,
  request: JsonMessageType<Q>,
  response: JsonMessageType<A>,
  run: (request: Q, call: Call) => Promise<A>,
  pick: (groups: Readonly<Record<string, string>>, query: URLSearchParams, body: unknown) => unknown = groups => groups,
  { status = 200, parameters = [] }: { readonly status?: number; readonly parameters?: readonly string[] } = {},
): Route {
  return {
    method,
    path,
    parameters,
    run: async (groups, query, body, call) => ({ status, body: response.toJSON(await run(fromJson(request, pick(groups, query, body)), call)) }),
  }
}

/** Proto3 JSON takes a number or a string for a number; a query has strings alone. */
const pageOf = (_groups: unknown, query: URLSearchParams) => ({ pageSize: Number(query.get('pageSize') ?? 0), pageToken: query.get('pageToken') ?? '' })

const SESSION = /^\/v1\/sessions\/(?<sessionId>[^/]+)$/

const routes = (control: Control): readonly Route[] => [
  route(
    'POST',
    /^\/v1\/sessions$/,
    CreateSessionRequest,
    CreateSessionResponse,
    (q, c) => control.createSession(q, c),
    (_groups, _query, body) => body,
    { status: 201 },
  ),
  route('GET', /^\/v1\/sessions$/, ListSessionsRequest, ListSessionsResponse, (q, c) => control.listSessions(q, c), pageOf, {
    parameters: ['pageSize', 'pageToken'],
  }),
  route('GET', SESSION, GetSessionRequest, GetSessionResponse, (q, c) => control.getSession(q, c)),
  route('DELETE', SESSION, EndSessionRequest, EndSessionResponse, (q, c) => control.endSession(q, c)),
  route('POST', /^\/v1\/sessions\/(?<sessionId>[^/]+)\/code$/, RenewCodeRequest, RenewCodeResponse, (q, c) => control.renewCode(q, c)),
  route('GET', /^\/v1\/locators\/(?<locator>[^/]+)$/, ResolveLocatorRequest, ResolveLocatorResponse, (q, c) => control.resolveLocator(q, c)),
]

/** Answers requests below `/v1/`; throws `ControlError`. */
export function jsonApi(control: Control): (request: IncomingMessage, url: URL, call: Call) => Promise<JsonAnswer> {
  const table = routes(control)
  return async (request, url, call) => {
    const matching = table.filter(({ path }) => path.test(url.pathname))
    if (matching.length === 0) throw new ControlError('E_NOT_FOUND', `There is nothing at ${url.pathname}.`)
    const found = matching.find(({ method }) => method === request.method)
    if (found === undefined) throw new ControlError('E_METHOD', `${url.pathname} takes ${matching.map(({ method }) => method).join(' and ')}.`)
    if ([...url.searchParams.keys()].some(name => !found.parameters.includes(name)))
      throw new ControlError('E_INVALID', `The query of ${url.pathname} takes ${found.parameters.join(' and ') || 'nothing'}.`)
    const groups = found.path.exec(url.pathname)?.groups ?? {}
    try {
      return await found.run(groups, url.searchParams, await bodyOf(request), call)
    } catch (error) {
      throw error instanceof DecodeError ? undecodable(error) : error
    }
  }
}

/** The body as a JSON value; `{}` if there is none. What is too large is not kept. */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.byteLength
    if (bytes > MAX_REQUEST_BYTES) throw new ControlError('E_TOO_LARGE', `A request has at most ${MAX_REQUEST_BYTES} bytes.`)
    chunks.push(chunk)
  }
  if (bytes === 0) return {}
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new ControlError('E_MEDIA_TYPE', 'A request with a body says "Content-Type: application/json".')
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    throw new ControlError('E_INVALID', 'The body is not JSON.')
  }
}
