import { status } from '@grpc/grpc-js'
import { CloseCode, type DecodeError } from '@remote-assist/codec'

/** What a caller of the control API did, or ran into. */
export type ControlErrorCode =
  | 'E_INVALID'
  | 'E_UNAUTHENTICATED'
  | 'E_NOT_FOUND'
  | 'E_METHOD'
  | 'E_TOO_LARGE'
  | 'E_MEDIA_TYPE'
  | 'E_ORIGIN'
  | 'E_POLICY'
  | 'E_NOT_NOW'
  | 'E_THROTTLED'
  | 'E_OVERLOADED'
  | 'E_SHUTTING_DOWN'
  | 'E_INTERNAL'

/** The HTTP and gRPC status of each code. */
const STATUS: Readonly<Record<ControlErrorCode, { readonly http: number; readonly grpc: status }>> = {
  E_INVALID: { http: 400, grpc: status.INVALID_ARGUMENT },
  E_UNAUTHENTICATED: { http: 401, grpc: status.UNAUTHENTICATED },
  E_NOT_FOUND: { http: 404, grpc: status.NOT_FOUND },
  E_METHOD: { http: 405, grpc: status.UNIMPLEMENTED },
  E_TOO_LARGE: { http: 413, grpc: status.RESOURCE_EXHAUSTED },
  E_MEDIA_TYPE: { http: 415, grpc: status.INVALID_ARGUMENT },
  E_ORIGIN: { http: 403, grpc: status.PERMISSION_DENIED },
  E_POLICY: { http: 403, grpc: status.PERMISSION_DENIED },
  E_NOT_NOW: { http: 409, grpc: status.FAILED_PRECONDITION },
  E_THROTTLED: { http: 429, grpc: status.RESOURCE_EXHAUSTED },
  E_OVERLOADED: { http: 503, grpc: status.UNAVAILABLE },
  E_SHUTTING_DOWN: { http: 503, grpc: status.UNAVAILABLE },
  E_INTERNAL: { http: 500, grpc: status.INTERNAL },
}

/** A request that the control API declines: a code to act on, a sentence for a person, and a hint where it helps. */
export class ControlError extends Error {
  override readonly name = 'ControlError'
  constructor(
    readonly code: ControlErrorCode,
    message: string,
    readonly hint?: string,
    /** Ms after which another try makes sense. */
    readonly retryAfterMs?: number,
  ) {
    super(message)
  }

  get httpStatus(): number {
    return STATUS[this.code].http
  }

  get grpcStatus(): status {
    return STATUS[this.code].grpc
  }
}

/** What to tell a caller whose request does not decode, or breaks a limit. */
export const undecodable = ({ closeCode, message }: DecodeError): ControlError =>
  new ControlError(closeCode === CloseCode.TOO_LARGE ? 'E_TOO_LARGE' : 'E_INVALID', `${message}.`)
