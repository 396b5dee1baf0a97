import type { ServerCredentials as Credentials, handleBidiStreamingCall } from '@grpc/grpc-js'
import { Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js'
import type { Accept, Listener } from '@remote-assist/transport'
import { CLOSE_TIMEOUT_MS, TransportError } from '@remote-assist/transport'
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

/**
 * The attach service for a `Server` of the caller's, made with `SERVER_OPTIONS`: `server.addService(service.definition, service.handlers)`.
 * Close it before the server.
 */
export function attachService(accept: Accept): AttachService {
  const open = new Set<ServerConnection>()
  const waiting: (() => void)[] = []
  let closed = false

  const attach: handleBidiStreamingCall<Content, Content> = call => {
    if (closed) {
      call.emit('error', { code: status.UNAVAILABLE, details: 'The server is restarting.', metadata: new Metadata() })
      return
    }
    const connection = new ServerConnection(call, () => {
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

/** Where to listen. */
export interface ListenOptions {
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string
  /** Port to listen on; 0, the default, takes a free one. */
  readonly port?: number
  /** Certificate and key. Default none: plain HTTP/2, for loopback only. */
  readonly credentials?: Credentials
}

/**
 * Accepts gRPC connections on a server of its own.
 * @throws TransportError `E_CONNECT` if `host` and `port` cannot be listened on.
 */
export async function listen(accept: Accept, { host = '127.0.0.1', port = 0, credentials }: ListenOptions = {}): Promise<Listener> {
  const server = new Server(SERVER_OPTIONS)
  const service = attachService(accept)
  server.addService(service.definition, { ...service.handlers })
  const authority = host.includes(':') ? `[${host}]` : host
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${authority}:${port}`, credentials ?? ServerCredentials.createInsecure(), (cause, boundPort) => {
      if (cause === null) resolve(boundPort)
      else reject(new TransportError('E_CONNECT', `Cannot listen: ${cause.message}`, { cause }))
    })
  })
  return {
    address: `${credentials === undefined ? 'grpc' : 'grpcs'}://${authority}:${bound}`,
    close: async code => {
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
