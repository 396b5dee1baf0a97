import { createSecureContext } from 'node:tls'
import type { ChannelCredentials, ServiceError } from '@grpc/grpc-js'
import { Client, credentials } from '@grpc/grpc-js'
import type { Connection, Transport } from '@remote-assist/transport'
import { TransportError } from '@remote-assist/transport'
import { ClientConnection } from './client-connection.js'
import { decode, encode, MAX_MESSAGE_BYTES } from './message.js'
import { ATTACH_PATH, WINDOW_BYTES } from './service.js'

/** How to connect. */
export interface ConnectOptions {
  /** How long opening may take, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number
  /** Certificates of authorities to trust instead of the well-known ones, in PEM. */
  readonly ca?: string | readonly string[]
}

const CONNECT_TIMEOUT_MS = 10_000
const SECURE: Readonly<Record<string, boolean>> = { 'grpc:': false, 'http:': false, 'grpcs:': true, 'https:': true }

/** TLS 1.3 alone, with a certificate for the broker's name from an authority that is trusted (RA-BND-016, RA-BND-017). */
const trusting = (ca: string | readonly string[] | undefined): ChannelCredentials =>
  credentials.createFromSecureContext(createSecureContext({ minVersion: 'TLSv1.3', ...(ca === undefined ? {} : { ca: [ca].flat() }) }))

/**
 * A transport to the broker at a URL `grpcs://host:port` (or https; grpc and http without TLS), over gRPC. Each connection has an HTTP/2 session of its own.
 * @throws TypeError if `address` is no such URL.
 */
export function connect(address: string, { timeoutMs = CONNECT_TIMEOUT_MS, ca }: ConnectOptions = {}): Transport {
  const url = new URL(address)
  const secure = SECURE[url.protocol]
  if (secure === undefined || url.hostname === '') throw new TypeError(`A broker's gRPC address looks like grpcs://host:port, not ${address}`)
  const target = `dns:///${url.hostname}:${url.port || (secure ? 443 : 80)}`
  return {
    open: (accept, { signal } = {}) =>
      new Promise<Connection>((resolve, reject) => {
        const aborted = () => new TransportError('E_ABORTED', 'The attempt to connect was aborted.', { cause: signal?.reason })
        if (signal?.aborted) return reject(aborted())
        const client = new Client(target, secure ? trusting(ca) : credentials.createInsecure(), {
          'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
          'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
          'grpc.use_local_subchannel_pool': 1,
          'grpc.enable_retries': 0,
          'grpc-node.flow_control_window': WINDOW_BYTES,
        })
        const call = client.makeBidiStreamRequest(ATTACH_PATH, encode, decode)
        const giveUp = () => call.cancel()
        const timer = setTimeout(giveUp, timeoutMs)
        const settled = () => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', giveUp)
        }
        const failed = (cause: ServiceError) => {
          settled()
          client.close()
          reject(signal?.aborted ? aborted() : new TransportError('E_CONNECT', `Cannot connect to ${address}: ${cause.message}`, { cause }))
        }
        signal?.addEventListener('abort', giveUp, { once: true })
        call.once('error', failed)
        call.once('metadata', () => {
          if (signal?.aborted) return
          settled()
          call.off('error', failed)
          call.on('error', () => undefined)
          const connection = new ClientConnection(call, () => client.close())
          connection.start(accept(connection))
          resolve(connection)
        })
      }),
  }
}
