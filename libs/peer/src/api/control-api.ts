/** The broker's control API over HTTP: the same messages as proto3 JSON. */
import { CreateSessionRequest, CreateSessionResponse, fromJson, GetSessionResponse, type JsonMessageType, RenewCodeResponse } from '@remote-assist/codec'
import { AssistError, type AssistErrorCode } from '../errors.js'

/** The part of `fetch` that is used. */
export type Fetch = (
  url: string,
  init: { readonly method: string; readonly headers: Record<string, string>; readonly body?: string; readonly signal?: AbortSignal },
) => Promise<{
  readonly ok: boolean
  readonly status: number
  json(): Promise<unknown>
}>

/** Where the control API is, and who calls. */
export interface ControlApi {
  /** The broker's base URL, http or https (ws and wss are taken as such). */
  readonly brokerUrl: string
  /** Sent as a bearer token. */
  readonly token?: string
  readonly fetch?: Fetch
}

const STATUS: { readonly [status: number]: AssistErrorCode } = { 401: 'E_UNAUTHENTICATED', 403: 'E_POLICY', 404: 'E_NOT_FOUND', 429: 'E_THROTTLED' }

/** Makes a session. Rejects with `E_UNAUTHENTICATED`, `E_POLICY`, `E_THROTTLED`, `E_CONNECT` or `E_CONTROL_API`. */
export const createSession = (api: ControlApi, request: CreateSessionRequest, signal?: AbortSignal): Promise<CreateSessionResponse> =>
  call(api, 'POST', '/v1/sessions', CreateSessionResponse, CreateSessionRequest.toJSON(request), signal)

/** A session as it stands. */
export const getSession = (api: ControlApi, sessionId: string, signal?: AbortSignal): Promise<GetSessionResponse> =>
  call(api, 'GET', `/v1/sessions/${sessionId}`, GetSessionResponse, undefined, signal)

/** Gives a session a new locator; the old one is void. */
export const renewCode = (api: ControlApi, sessionId: string): Promise<RenewCodeResponse> =>
  call(api, 'POST', `/v1/sessions/${sessionId}/code`, RenewCodeResponse, {})

async function call<T>(
  { brokerUrl, token, fetch: send = fetch }: ControlApi,
  method: string,
  path: string,
  type: JsonMessageType<T>,
  body: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const url = new URL(path, brokerUrl.replace(/^ws/, 'http')).href
  const headers: Record<string, string> = { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }
  const answer = await send(url, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((cause: unknown) => {
    throw new AssistError('E_CONNECT', `The broker at ${new URL(url).origin} cannot be reached.`, {
      hint: 'Check the address, and that the broker runs.',
      cause,
    })
  })
  if (!answer.ok) throw await refused(answer, token)
  return fromJson(type, await answer.json())
}

async function refused({ status, json }: { readonly status: number; json(): Promise<unknown> }, token: string | undefined): Promise<AssistError> {
  const detail = await json().then(
    body => (typeof body === 'object' && body !== null && 'message' in body && typeof body.message === 'string' ? ` ${body.message}` : ''),
    () => '',
  )
  const hint = status === 401 ? (token === undefined ? 'Give a token.' : 'The token is not valid, or no longer.') : undefined
  return new AssistError(STATUS[status] ?? 'E_CONTROL_API', `The broker refused (HTTP ${status}).${detail}`, hint === undefined ? {} : { hint })
}
