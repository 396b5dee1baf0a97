import type { ChannelOptions, MethodDefinition } from '@grpc/grpc-js'
import { Metadata, status } from '@grpc/grpc-js'
import { isCloseCode } from '@remote-assist/transport'
import type { Close, Content } from './message.js'
import { decode, encode, MAX_MESSAGE_BYTES } from './message.js'

/** Path of the one method of the binding (RA-BND-040). */
export const ATTACH_PATH = '/remoteassist.v1.AttachService/Attach'

/** `remoteassist.v1.AttachService`, with (de)serialisers that pass bytes: add it to a grpc-js `Server` with the handlers of `attachService`. */
export const attachServiceDefinition = {
  attach: {
    path: ATTACH_PATH,
    requestStream: true,
    responseStream: true,
    requestSerialize: encode,
    requestDeserialize: decode,
    responseSerialize: encode,
    responseDeserialize: decode,
  } satisfies MethodDefinition<Content, Content>,
} as const

/** HTTP/2 flow-control window of a stream and of a connection, in bytes, on both sides. With HTTP/2's default of 65,535 uploads crawl (RA-BND-048). */
export const WINDOW_BYTES = 8 * 1024 * 1024

/** Options for a grpc-js `Server` that offers the service. */
export const SERVER_OPTIONS: Readonly<ChannelOptions> = {
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
}

const CODE_KEY = 'ra-close-code'
const REASON_KEY = 'ra-close-reason'

/** gRPC status for each hundred of protocol close codes (RA-BND-046). */
const STATUS_OF_HUNDRED: Readonly<Record<number, status>> = {
  1: status.OK,
  2: status.PERMISSION_DENIED,
  3: status.FAILED_PRECONDITION,
  4: status.INVALID_ARGUMENT,
  5: status.UNAVAILABLE,
  6: status.UNAUTHENTICATED,
}

/** The gRPC status that stands for a protocol close code. */
export const statusOf = (code: number): status => STATUS_OF_HUNDRED[Math.floor(code / 100)] ?? status.UNKNOWN

/** Trailing metadata that carries a close (RA-BND-046). */
export function closeTrailers({ code, reason }: Close): Metadata {
  const trailers = new Metadata()
  trailers.set(CODE_KEY, String(code))
  if (reason !== '') trailers.set(REASON_KEY, encodeURIComponent(reason))
  return trailers
}

/** The close in trailing metadata, if there is a valid one. */
export function readTrailers(trailers: Metadata): Close | undefined {
  const code = Number(trailers.get(CODE_KEY)[0] ?? Number.NaN)
  return isCloseCode(code) ? { code, reason: readReason(String(trailers.get(REASON_KEY)[0] ?? '')) } : undefined
}

function readReason(encoded: string): string {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return encoded
  }
}
