import { once } from 'node:events'
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import { createServer, STATUS_CODES } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Accept, Listener } from '@remote-assist/transport'
import { TransportError } from '@remote-assist/transport'
import { WebSocketServer } from 'ws'
import { ATTACH_PATH, SUBPROTOCOL } from './binding.js'
import { NodeConnection, SOCKET_OPTIONS } from './node-connection.js'

/** Where and whom to accept. */
export interface ListenOptions {
  /** An HTTP or HTTPS server to attach to; it stays the caller's to start and to close. Without it, one is made on `host` and `port`. */
  readonly server?: Server | SecureServer
  /** Certificate and key for the server that is made here: TLS 1.3 alone (RA-BND-016). Default none, for loopback only. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer }
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string
  /** Port to listen on; 0, the default, takes a free one. */
  readonly port?: number
  /** Path of the attach URL. Default `/v1/attach`. */
  readonly path?: string
  /** Web origins whose pages may connect, exactly as browsers send them, or a function that decides. Default none. Programs send no origin and may always. */
  readonly origins?: readonly string[] | ((origin: string) => boolean)
  /** The other side's address for a request; for brokers behind a proxy that they trust. Default the socket's. */
  readonly remoteAddress?: (request: IncomingMessage) => string
}

/**
 * Accepts WebSocket connections.
 * @throws TransportError `E_CONNECT` if `host` and `port` cannot be listened on.
 */
export async function listen(accept: Accept, options: ListenOptions = {}): Promise<Listener> {
  const server = options.server ?? ownServer(options)
  const listener = new WebSocketListener(accept, server, options)
  if (options.server === undefined) {
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1')
    await once(server, 'listening').catch((cause: Error) => {
      throw new TransportError('E_CONNECT', `Cannot listen: ${cause.message}`, { cause })
    })
  }
  return listener
}

function ownServer({ tls }: ListenOptions): Server | SecureServer {
  const nothing: RequestListener = (_, response) => response.writeHead(404).end()
  return tls === undefined ? createServer(nothing) : createSecureServer({ ...tls, minVersion: 'TLSv1.3' }, nothing)
}

class WebSocketListener implements Listener {
  readonly #accept: Accept
  readonly #server: Server | SecureServer
  readonly #owned: boolean
  readonly #path: string
  readonly #allows: (origin: string) => boolean
  readonly #remoteAddress: (request: IncomingMessage) => string
  readonly #sockets = new WebSocketServer({ ...SOCKET_OPTIONS, noServer: true, clientTracking: false, handleProtocols: () => SUBPROTOCOL })
  readonly #open = new Set<NodeConnection>()
  readonly #waiting: (() => void)[] = []

  constructor(accept: Accept, server: Server | SecureServer, options: ListenOptions) {
    const { origins = [] } = options
    this.#accept = accept
    this.#server = server
    this.#owned = options.server === undefined
    this.#path = options.path ?? ATTACH_PATH
    this.#allows = typeof origins === 'function' ? origins : origin => origins.includes(origin)
    this.#remoteAddress = options.remoteAddress ?? (request => request.socket.remoteAddress ?? '')
    server.on('upgrade', this.#upgrade)
  }

  get address(): string {
    const { address, family, port } = this.#server.address() as AddressInfo
    const scheme = 'setSecureContext' in this.#server ? 'wss' : 'ws'
    return `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}${this.#path}`
  }

  async close(code = 503): Promise<void> {
    this.#server.off('upgrade', this.#upgrade)
    for (const connection of this.#open) connection.close(code)
    if (this.#open.size > 0) await new Promise<void>(resolve => this.#waiting.push(resolve))
    if (this.#owned && this.#server.listening) {
      this.#server.close()
      this.#server.closeAllConnections()
      await once(this.#server, 'close')
    }
  }

  readonly #upgrade = (request: IncomingMessage, line: Duplex, head: Buffer): void => {
    const status = this.#refusal(request)
    if (status === undefined)
      this.#sockets.handleUpgrade(request, line, head, socket => this.#admit(new NodeConnection(socket, line, this.#remoteAddress(request)), socket))
    else if (status !== 404 || this.#server.listenerCount('upgrade') === 1) refuse(line, status)
  }

  /** The HTTP status that refuses a request, or `undefined` if it may go on. 404 leaves it to other users of the server. */
  #refusal({ url = '', headers }: IncomingMessage): number | undefined {
    const [path, query] = url.split('?', 2)
    if (path !== this.#path) return 404
    if (query !== undefined) return 400
    if (headers.origin !== undefined && !this.#allows(headers.origin)) return 403
    const offered = headers['sec-websocket-protocol']?.split(',').map(name => name.trim())
    return offered?.includes(SUBPROTOCOL) ? undefined : 400
  }

  #admit(connection: NodeConnection, socket: { once(event: 'close', listener: () => void): unknown }): void {
    this.#open.add(connection)
    connection.start(this.#accept(connection))
    socket.once('close', () => {
      this.#open.delete(connection)
      if (this.#open.size > 0) return
      for (const resolve of this.#waiting.splice(0)) resolve()
    })
  }
}

function refuse(line: Duplex, status: number): void {
  line.on('error', () => line.destroy())
  line.once('finish', () => line.destroy())
  line.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
