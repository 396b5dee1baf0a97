/** The control API over gRPC, beside the attach service on the same server. */
import {
  type handleUnaryCall,
  Metadata,
  type MethodDefinition,
  ServerInterceptingCall,
  type ServerInterceptor,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js'
import {
  CreateSessionRequest,
  CreateSessionResponse,
  DecodeError,
  decodeMessage,
  EndSessionRequest,
  EndSessionResponse,
  encodeMessage,
  GetSessionRequest,
  GetSessionResponse,
  ListSessionsRequest,
  ListSessionsResponse,
  type MessageType,
  RenewCodeRequest,
  RenewCodeResponse,
  ResolveLocatorRequest,
  ResolveLocatorResponse,
} from '@remote-assist/codec'
import { bearerOf } from './authenticator.js'
import { grpcAddressOf } from './client-address.js'
import type { Clock } from './clock.js'
import type { Call, Control } from './control.js'
import { ControlError, undecodable } from './control-error.js'
import type { Log } from './log.js'

/** The largest request, in bytes. */
export const MAX_REQUEST_BYTES = 65_536

/** Where the methods of the service are. */
export const SESSION_SERVICE = 'remoteassist.v1.SessionService'

/** Requests stay bytes until the handler runs, so that bytes which do not decode are answered like any other wrong request. */
const definition = (method: string): MethodDefinition<Uint8Array, Uint8Array> => ({
  path: `/${SESSION_SERVICE}/${method}`,
  requestStream: false,
  responseStream: false,
  requestSerialize: Buffer.from,
  requestDeserialize: bytes => bytes,
  responseSerialize: Buffer.from,
  responseDeserialize: bytes => bytes,
})

const sessionServiceDefinition = {
  createSession: definition('CreateSession'),
  getSession: definition('GetSession'),
  listSessions: definition('ListSessions'),
  endSession: definition('EndSession'),
  renewCode: definition('RenewCode'),
  resolveLocator: definition('ResolveLocator'),
}

/** The service for `server.addService(service.definition, service.handlers)`. */
export function sessionService(control: Control, log: Log, behindProxy: boolean) {
  const unary =
    <Q, A>(request: MessageType<Q>, response: MessageType<A>, run: (request: Q, call: Call) => Promise<A>): handleUnaryCall<Uint8Array, Uint8Array> =>
    (call, callback) => {
      const authorization = call.metadata.get('authorization')[0]?.toString()
      const caller = { bearer: bearerOf(authorization), remoteAddress: grpcAddressOf(call, behindProxy) }
      answer(
        async () => {
          if (call.request.byteLength > MAX_REQUEST_BYTES) throw new ControlError('E_TOO_LARGE', `A request has at most ${MAX_REQUEST_BYTES} bytes.`)
          return encodeMessage(response, await run(decodeMessage(request, call.request), caller))
        },
        callback,
        log,
      )
    }
  return {
    definition: sessionServiceDefinition,
    handlers: {
      createSession: unary(CreateSessionRequest, CreateSessionResponse, (request, call) => control.createSession(request, call)),
      getSession: unary(GetSessionRequest, GetSessionResponse, (request, call) => control.getSession(request, call)),
      listSessions: unary(ListSessionsRequest, ListSessionsResponse, (request, call) => control.listSessions(request, call)),
      endSession: unary(EndSessionRequest, EndSessionResponse, (request, call) => control.endSession(request, call)),
      renewCode: unary(RenewCodeRequest, RenewCodeResponse, (request, call) => control.renewCode(request, call)),
      resolveLocator: unary(ResolveLocatorRequest, ResolveLocatorResponse, (request, call) => control.resolveLocator(request, call)),
    },
  }
}

/** Ends every call of one request that is not answered within that time: also one whose request never becomes whole. Streams have deadlines of their own. */
export const unaryDeadline =
  (clock: Clock, withinMs: number): ServerInterceptor =>
  (method, call) => {
    // As it came, without a layer that every frame would pass; the reduction that calls this asks for no more than the interface.
    if (method.requestStream) return call as ServerInterceptingCall
    const cancel = clock.schedule(clock.now() + withinMs, () =>
      call.sendStatus({ code: status.DEADLINE_EXCEEDED, details: 'The request did not arrive in time.', metadata: new Metadata() }),
    )
    return new ServerInterceptingCall(call, {
      start: next =>
        next({
          onCancel() {
            cancel()
          },
        }),
      sendStatus(outcome, next) {
        cancel()
        next(outcome)
      },
    })
  }

function answer(run: () => Promise<Uint8Array>, callback: sendUnaryData<Uint8Array>, log: Log): void {
  run().then(
    response => callback(null, response),
    (error: unknown) => {
      const { grpcStatus: code, message: details, code: name, hint } = explain(error, log)
      const metadata = new Metadata()
      metadata.set('ra-code', name)
      if (hint !== undefined) metadata.set('ra-hint', encodeURIComponent(hint))
      callback({ code, details, metadata })
    },
  )
}

/** An error as gRPC says it: its code, and its hint percent-encoded, travel in trailing metadata. */
function explain(error: unknown, log: Log): ControlError {
  if (error instanceof ControlError) return error
  if (error instanceof DecodeError) return undecodable(error)
  log.error({ err: error }, 'a request could not be answered')
  return new ControlError('E_INTERNAL', 'The server failed.')
}
