/** Binding ports and letting go of them, with errors that say what to do. */
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Server as GrpcServer, ServerCredentials } from '@grpc/grpc-js'
import { CLOSE_TIMEOUT_MS } from '@remote-assist/transport'
import { SERVER_OPTIONS } from '@remote-assist/transport-grpc'
import { BrokerError } from './broker-error.js'
import type { Clock } from './clock.js'
import { isLoopback } from './loopback.js'
import type { TlsOptions } from './options.js'

/** A request is whole within this time, its headers earlier. */
const TIMEOUTS = { requestTimeout: 30_000, headersTimeout: 10_000 }

/** An HTTP or HTTPS server that does not listen yet. */
export const httpServer = (tls: TlsOptions | undefined, handler: RequestListener): Server | SecureServer =>
  tls === undefined ? createServer(TIMEOUTS, handler) : createSecureServer({ ...tls, ...TIMEOUTS, minVersion: 'TLSv1.3' }, handler)

/** A gRPC server that does not listen yet. */
export const grpcServer = (): GrpcServer => new GrpcServer(SERVER_OPTIONS)

/**
 * Listens; resolves to the URL.
 * @throws BrokerError `E_PORT_IN_USE` or `E_LISTEN`.
 */
export async function bindHttp(server: Server | SecureServer, host: string, port: number): Promise<string> {
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

/**
 * Listens; resolves to the URL.
 * @throws BrokerError `E_PORT_IN_USE` or `E_LISTEN`.
 */
export async function bindGrpc(server: GrpcServer, host: string, port: number, tls: TlsOptions | undefined): Promise<string> {
  const authority = host.includes(':') ? `[${host}]` : host
  const credentials =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(null, [{ cert_chain: Buffer.from(tls.cert), private_key: Buffer.from(tls.key) }])
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${authority}:${port}`, credentials, (cause, result) => {
      if (cause === null) resolve(result)
      else reject(cannotListen(host, port, Object.assign(cause, { code: /EADDRINUSE/.test(cause.message) ? 'EADDRINUSE' : undefined })))
    })
  })
  return `${tls === undefined ? 'grpc' : 'grpcs'}://${authority}:${bound}`
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

/** Lets every HTTP/2 session end in order, and ends by force those that do not. */
export async function closeGrpc(server: GrpcServer, clock: Clock): Promise<void> {
  const cancel = clock.schedule(clock.now() + CLOSE_TIMEOUT_MS, () => server.forceShutdown())
  await new Promise<void>(resolve => server.tryShutdown(() => resolve()))
  cancel()
}
