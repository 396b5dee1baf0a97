import type { Connection, Transport } from '@remote-assist/transport'
import { TransportError } from '@remote-assist/transport'
import { WebSocket } from 'ws'
import { attachUrl, CONNECT_TIMEOUT_MS, SUBPROTOCOL } from './binding.js'
import { NodeConnection, SOCKET_OPTIONS } from './node-connection.js'

/** How to connect. */
export interface ConnectOptions {
  /** How long opening may take, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number
  /** Certificates of authorities to trust instead of the well-known ones, in PEM. Node.js only. */
  readonly ca?: string | readonly string[]
}

/**
 * A transport to the broker at a base URL (ws, wss, http or https), over WebSocket.
 * @throws TypeError if `url` is no such URL.
 */
export function connect(url: string | URL, options: ConnectOptions = {}): Transport {
  const target = attachUrl(url)
  return {
    open: (accept, { signal } = {}) =>
      new Promise<Connection>((resolve, reject) => {
        const aborted = () => new TransportError('E_ABORTED', 'The attempt to connect was aborted.', { cause: signal?.reason })
        if (signal?.aborted) return reject(aborted())
        const socket = new WebSocket(target, [SUBPROTOCOL], {
          ...SOCKET_OPTIONS,
          minVersion: 'TLSv1.3',
          handshakeTimeout: options.timeoutMs ?? CONNECT_TIMEOUT_MS,
          ...(options.ca === undefined ? {} : { ca: [options.ca].flat() }),
        })
        const giveUp = () => socket.terminate()
        const failed = (cause: Error) => {
          signal?.removeEventListener('abort', giveUp)
          reject(signal?.aborted ? aborted() : new TransportError('E_CONNECT', `Cannot connect to ${target}: ${cause.message}`, { cause }))
        }
        signal?.addEventListener('abort', giveUp, { once: true })
        socket.on('error', failed)
        socket.once('upgrade', ({ socket: line }) => {
          socket.once('open', () => {
            signal?.removeEventListener('abort', giveUp)
            socket.off('error', failed)
            const connection = new NodeConnection(socket, line, line.remoteAddress ?? '')
            connection.start(accept(connection))
            resolve(connection)
          })
        })
      }),
  }
}
