/** Puts a gRPC server on a port, with TLS 1.3 or on loopback without. */
import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { createServer, type Server as NetServer } from 'node:net'
import { createServer as createSecureServer } from 'node:tls'
import { type Server, ServerCredentials } from '@grpc/grpc-js'

/** Certificate chain and key, in PEM. */
export interface TlsOptions {
  readonly cert: string | Buffer
  readonly key: string | Buffer
}

/** Where a server is to be found. */
export interface BindOptions {
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string
  /** Port to listen on; 0, the default, takes a free one. */
  readonly port?: number
  /** Certificate and key: TLS 1.3 alone (RA-BND-016). Default none: plain HTTP/2, for loopback only. */
  readonly tls?: TlsOptions | undefined
  /** A TLS handshake is over within this time, in milliseconds, or the line is. Default 10,000. */
  readonly handshakeMs?: number
  /** Sees every line before a byte of it is read; it may destroy it. */
  readonly onLine?: (line: Socket) => void
}

/** A port that takes lines for a server. */
export interface Bound {
  readonly host: string
  readonly port: number
  /** Takes no more lines. Those that are open go on; the server ends them. */
  close(): void
}

/**
 * Listens for a server, and hands it every line once its handshake is done. grpc-js would accept older TLS and wait for a handshake without end.
 * Rejects with Node's own error (`EADDRINUSE` …) if that cannot be listened on.
 */
export async function bind(server: Server, { host = '127.0.0.1', port = 0, tls, handshakeMs = 10_000, onLine }: BindOptions = {}): Promise<Bound> {
  // The server takes lines, whatever they are made of; TLS is ended here.
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure())
  const take = (line: Socket) => injector.injectConnection(line)
  const lines: NetServer =
    tls === undefined
      ? createServer({ noDelay: true }, take)
      : createSecureServer({ ...tls, minVersion: 'TLSv1.3', ALPNProtocols: ['h2'], handshakeTimeout: handshakeMs, noDelay: true }, take)
  // A line that breaks before it is the server's.
  lines.prependListener('connection', (line: Socket) => {
    line.on('error', () => line.destroy())
    onLine?.(line)
  })
  lines.on('tlsClientError', (_error: Error, line: Socket) => line.destroy())
  lines.listen(port, host)
  await once(lines, 'listening')
  const { address, port: bound } = lines.address() as AddressInfo
  return { host: address, port: bound, close: () => void lines.close() }
}
