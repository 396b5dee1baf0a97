/** Binding ports and letting go of them, with errors that say what to do, and limits on what a line may do before it is a participant's. */
import { once } from 'node:events'
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { Server as GrpcServer, type ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js'
import { CLOSE_TIMEOUT_MS } from '@remote-assist/transport'
import { type Bound, bind, SERVER_OPTIONS } from '@remote-assist/transport-grpc'
import { BrokerError } from './broker-error.js'
import type { Clock } from './clock.js'
import { unaryDeadline } from './control-grpc.js'
import { isLoopback } from './loopback.js'
import type { Openings } from './openings.js'
import type { LineTimeouts, TlsOptions } from './options.js'

/** What HTTP allows: headers of this size and number, and so many requests on one line. */
const HTTP_LIMITS = { maxHeaderSize: 8_192, maxHeaders: 64, maxRequests: 1_000 }
/** Calls that one gRPC line may have open at one time. */
const MAX_CALLS = 100

/** What listening is about. */
export interface ListenSettings {
  readonly host: string
  readonly port: number
  readonly tls: TlsOptions | undefined
  readonly timeouts: LineTimeouts
  /** Lines that brought no request yet. */
  readonly openings: Openings
  /** Sees every line before a byte of it is read; it may destroy it. */
  readonly onLine: (line: Socket) => void
}

/** An HTTP or HTTPS server that does not listen yet. Lines that stall, trickle or say too much are ended (RA-BND-018). */
export function httpServer({ tls, timeouts, openings, onLine }: ListenSettings, handler: RequestListener): Server | SecureServer {
  const { headersMs, requestMs, handshakeMs, idleMs } = timeouts
  const limits: ServerOptions = {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.min(headersMs, 1_000),
    keepAliveTimeout: Math.min(idleMs, 5_000),
    maxHeaderSize: HTTP_LIMITS.maxHeaderSize,
  }
  const server =
    tls === undefined ? createServer(limits, handler) : createSecureServer({ ...tls, ...limits, minVersion: 'TLSv1.3', handshakeTimeout: handshakeMs }, handler)
  server.maxHeadersCount = HTTP_LIMITS.maxHeaders
  server.maxRequestsPerSocket = HTTP_LIMITS.maxRequests
  // Nothing moves on a line, in either direction: an answer that is not read, too. A WebSocket has its own heartbeat.
  server.setTimeout(idleMs)
  server.prependListener('connection', onLine)
  server.prependListener('connection', openings.opened)
  server.prependListener('request', ({ socket }) => openings.asked(socket))
  server.on('tlsClientError', (_error: Error, line: Socket) => line.destroy())
  return server
}

/** A gRPC server that does not listen yet. */
export const grpcServer = (clock: Clock, { requestMs, headersMs }: LineTimeouts, openings: Openings): GrpcServer =>
  new GrpcServer({
    ...SERVER_OPTIONS,
    'grpc.max_concurrent_streams': MAX_CALLS,
    'grpc.max_connection_idle_ms': headersMs,
    interceptors: [firstCall(openings), unaryDeadline(clock, requestMs)],
  })

/** Tells that a line brought a call. It is passed on as it came: a layer of its own would have every frame pass it. */
const firstCall =
  (openings: Openings): ServerInterceptor =>
  (_method, call) => {
    openings.askedFrom(call.getPeer())
    return call as ServerInterceptingCall
  }

/**
 * Listens; resolves to the URL.
 * @throws BrokerError `E_PORT_IN_USE` or `E_LISTEN`.
 */
export async function bindHttp(server: Server | SecureServer, { host, port }: ListenSettings): Promise<string> {
  server.listen(port, host)
  await once(server, 'listening').catch((cause: NodeJS.ErrnoException) => {
    throw cannotListen(host, port, cause)
  })
  const { address, family, port: bound } = server.address() as AddressInfo
  return `${'setSecureContext' in server ? 'https' : 'http'}://${family === 'IPv6' ? `[${address}]` : address}:${bound}`
}

function cannotListen(host: string, port: number, cause: NodeJS.ErrnoException): BrokerError {
  if (cause.code === 'EADDRINUSE')
    return new BrokerError('E_PORT_IN_USE', `Port ${port} on ${host} is in use.`, 'Stop what uses it, or choose another port.', { cause })
  if (cause.code === 'EACCES') return new BrokerError('E_LISTEN', `Port ${port} is not for ordinary users.`, 'Choose a port above 1023.', { cause })
  if (cause.code === 'EADDRNOTAVAIL')
    return new BrokerError('E_LISTEN', `This machine does not have the address ${host}.`, 'Give one that it has with --host.', { cause })
  return new BrokerError('E_LISTEN', `Cannot listen on ${host}, port ${port}: ${cause.message}`, undefined, { cause })
}

/** A port for gRPC. */
export interface GrpcPort extends Bound {
  readonly url: string
}

/**
 * Listens.
 * @throws BrokerError `E_PORT_IN_USE` or `E_LISTEN`.
 */
export async function bindGrpc(server: GrpcServer, { host, port, tls, timeouts, openings, onLine }: ListenSettings): Promise<GrpcPort> {
  const seen = (line: Socket) => {
    openings.opened(line)
    onLine(line)
  }
  const bound = await bind(server, { host, port, tls, onLine: seen, handshakeMs: timeouts.handshakeMs }).catch((cause: NodeJS.ErrnoException) => {
    throw cannotListen(host, port, cause)
  })
  return { ...bound, url: `${tls === undefined ? 'grpc' : 'grpcs'}://${host.includes(':') ? `[${host}]` : host}:${bound.port}` }
}

/** The names under which people open a broker on loopback, in their browser. */
export function loopbackNames(url: string): readonly string[] {
  const { protocol, hostname, port } = new URL(url)
  return isLoopback(hostname) ? ['localhost', '127.0.0.1', '[::1]'].map(name => `${protocol}//${name}:${port}`) : []
}

/** Ends what is still under way: who was to leave in order has left. */
export async function closeHttp(server: Server | SecureServer): Promise<void> {
  server.close()
  server.closeAllConnections()
  await once(server, 'close')
}

/** Takes no more lines, lets every HTTP/2 session end in order, and ends by force those that do not. */
export async function closeGrpc(server: GrpcServer, port: GrpcPort | undefined, clock: Clock): Promise<void> {
  port?.close()
  const cancel = clock.schedule(clock.now() + CLOSE_TIMEOUT_MS, () => server.forceShutdown())
  await new Promise<void>(resolve => server.tryShutdown(() => resolve()))
  cancel()
}
