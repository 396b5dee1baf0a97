import type { handleBidiStreamingCall } from '@grpc/grpc-js'
import { Metadata, Server, status } from '@grpc/grpc-js'
import type { Accept, Listener } from '@remote-assist/transport'
import { CLOSE_TIMEOUT_MS, TransportError } from '@remote-assist/transport'
import type { BindOptions } from './bind.js'
import { bind } from './bind.js'
import type { Content } from './message.js'
import { ServerConnection } from './server-connection.js'
import { attachServiceDefinition, SERVER_OPTIONS } from './service.js'

/** The attach service, to be added to a grpc-js server that may offer others beside it. */
export interface AttachService {
  readonly definition: typeof attachServiceDefinition
  readonly handlers: { readonly attach: handleBidiStreamingCall<Content, Content> }
  /** Refuses new connections (status UNAVAILABLE) and ends the open ones with `code` (default 503). Resolves when all are closed. */
  close(code?: number): Promise<void>
}

/** A call, as far as it says where it comes from. */
export interface Caller {
  readonly metadata: Metadata
  /** Address and port of the line. */
  getPeer(): string
}

const peerOf = (call: Caller): string => call.getPeer().replace(/:\d+$/, '')

/**
 * The attach service for a `Server` of the caller's, made with `SERVER_OPTIONS`: `server.addService(service.definition, service.handlers)`.
 * Close it before the server.
 * @param remoteAddress The other side's address for a call; for brokers behind a proxy that they trust. Default the line's.
 */
export function attachService(accept: Accept, remoteAddress: (call: Caller) => string = peerOf): AttachService {
  const open = new Set<ServerConnection>()
  const waiting: (() => void)[] = []
  let closed = false

  const attach: handleBidiStreamingCall<Content, Content> = call => {
    if (closed) {
      call.emit('error', { code: status.UNAVAILABLE, details: 'The server is restarting.', metadata: new Metadata() })
      return
    }
    const connection = new ServerConnection(call, remoteAddress(call), () => {
      open.delete(connection)
      if (open.size > 0) return
      for (const resolve of waiting.splice(0)) resolve()
    })
    open.add(connection)
    connection.start(accept(connection))
  }

  return {
    definition: attachServiceDefinition,
    handlers: { attach },
    close: async (code = 503) => {
      closed = true
      for (const connection of open) connection.close(code)
      if (open.size > 0) await new Promise<void>(resolve => waiting.push(resolve))
    },
  }
}

/**
 * Accepts gRPC connections on a server of its own.
 * @throws TransportError `E_CONNECT` if `host` and `port` cannot be listened on.
 */
export async function listen(accept: Accept, options: BindOptions = {}): Promise<Listener> {
  const server = new Server(SERVER_OPTIONS)
  const service = attachService(accept)
  server.addService(service.definition, { ...service.handlers })
  const { host, port, close } = await bind(server, options).catch((cause: Error) => {
    throw new TransportError('E_CONNECT', `Cannot listen: ${cause.message}`, { cause })
  })
  return {
    address: `${options.tls === undefined ? 'grpc' : 'grpcs'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    close: async code => {
      close()
      await service.close(code)
      await shutDown(server)
    },
  }
}

/** Lets every session end in order, and ends by force those that do not within `CLOSE_TIMEOUT_MS`. */
const shutDown = (server: Server): Promise<void> =>
  new Promise(resolve => {
    const timer = setTimeout(() => server.forceShutdown(), CLOSE_TIMEOUT_MS)
    server.tryShutdown(() => {
      clearTimeout(timer)
      resolve()
    })
  })
