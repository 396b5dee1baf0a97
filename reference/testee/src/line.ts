/** A transport whose line can be broken, as a network does. */
import { type Accept, type Connection, type ConnectionHandler, type Transport, TransportError } from '@remote-assist/transport'
import { connect as connectGrpc } from '@remote-assist/transport-grpc'
import { connect as connectWebSocket } from '@remote-assist/transport-websocket'
import type { StartRole } from './contract.js'
import type { Pending } from './pending.js'

/** Where the suite wants a role to attach. */
export const transportTo = ({ grpcUrl, websocketUrl }: StartRole): Transport => (grpcUrl === '' ? connectWebSocket(websocketUrl) : connectGrpc(grpcUrl))

/** The line of a role. */
export class Line implements Transport {
  readonly #open = new Set<Connection>()
  #cut = false

  constructor(
    readonly transport: Transport,
    /** The line is asked for, and comes up or does not; or it went down. */
    readonly tell: (state: 'opening' | 'up' | 'failed' | 'down') => void,
    /** Has what is asked for counted. */
    readonly pending: Pending,
  ) {}

  async open(accept: Accept, options?: { readonly signal?: AbortSignal }): Promise<Connection> {
    if (this.#cut) throw new TransportError('E_CONNECT', 'This role is over.')
    this.tell('opening')
    try {
      return await this.pending.during(this.transport.open(connection => this.#opened(connection, accept(connection)), options))
    } catch (error) {
      this.tell('failed')
      throw error
    }
  }

  #opened(connection: Connection, handler: ConnectionHandler): ConnectionHandler {
    this.#open.add(connection)
    this.tell('up')
    return {
      frame: bytes => handler.frame(bytes),
      drain: () => handler.drain?.(),
      closed: info => {
        this.#open.delete(connection)
        this.tell('down')
        handler.closed(info)
      },
    }
  }

  /** Breaks it, without a close. Whoever uses it may open it again. */
  break(): void {
    for (const connection of this.#open) connection.abort()
  }

  /** Breaks it for good. */
  cut(): void {
    this.#cut = true
    this.break()
  }
}
