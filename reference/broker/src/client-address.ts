/** Where a client is, for limits and logs: where its line comes from, or what a proxy in front says. */
import type { IncomingMessage } from 'node:http'
import type { Caller } from '@remote-assist/transport-grpc'

const HEADER = 'x-forwarded-for'

/** What the proxy itself put down: the last of the addresses, in the last of the headers. */
const forwarded = (values: string | readonly unknown[] | undefined): string | undefined => values?.toString().split(',').at(-1)?.trim()

/** The address behind an HTTP request. */
export const addressOf = (request: IncomingMessage, behindProxy: boolean): string =>
  (behindProxy && forwarded(request.headers[HEADER])) || (request.socket.remoteAddress ?? '')

/** The address behind a gRPC call. */
export const grpcAddressOf = (call: Caller, behindProxy: boolean): string =>
  (behindProxy && forwarded(call.metadata.get(HEADER))) || call.getPeer().replace(/:\d+$/, '')
