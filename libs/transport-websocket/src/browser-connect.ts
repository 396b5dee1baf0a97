import type { Connection, Transport } from '@remote-assist/transport'
import { TransportError } from '@remote-assist/transport'
import { attachUrl, CONNECT_TIMEOUT_MS, SUBPROTOCOL } from './binding.js'
import { BrowserConnection } from './browser-connection.js'

/** How to connect. Browsers know no more than this; certificates are theirs to judge. */
export interface ConnectOptions {
  /** How long opening may take, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number
}

/**
 * A transport to the broker at a base URL (ws, wss, http or https), over the WebSocket of the browser.
 * @throws TypeError if `url` is no such URL.
 */
export function connect(url: string | URL, { timeoutMs = CONNECT_TIMEOUT_MS }: ConnectOptions = {}): Transport {
  const target = attachUrl(url)
  return {
    open: (accept, { signal } = {}) =>
      new Promise<Connection>((resolve, reject) => {
        const aborted = () => new TransportError('E_ABORTED', 'The attempt to connect was aborted.', { cause: signal?.reason })
        if (signal?.aborted) return reject(aborted())
        const socket = construct(target)
        socket.binaryType = 'arraybuffer'
        const giveUp = () => socket.close()
        const timer = setTimeout(giveUp, timeoutMs)
        const settled = () => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', giveUp)
        }
        signal?.addEventListener('abort', giveUp, { once: true })
        socket.onopen = () => {
          settled()
          const connection = new BrowserConnection(socket)
          connection.start(accept(connection))
          resolve(connection)
        }
        socket.onclose = () => {
          settled()
          reject(signal?.aborted ? aborted() : new TransportError('E_CONNECT', `Cannot connect to ${target}.`))
        }
      }),
  }
}

/** Browsers refuse some targets at once: insecure ones from a secure page, and those that the page's policy forbids. */
function construct(target: string): WebSocket {
  try {
    return new WebSocket(target, SUBPROTOCOL)
  } catch (cause) {
    throw new TransportError('E_CONNECT', `The browser refuses to connect to ${target}.`, { cause })
  }
}
