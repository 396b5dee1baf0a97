import type { Connection, Transport } from '@remote-assist/transport'

/** A transport that notes what is handed over. */
export class CountedTransport implements Transport {
  /** Frames handed over so far. */
  frames = 0
  /** When the last one was, as `performance.now` tells. */
  lastAt = 0

  constructor(private readonly inner: Transport) {}

  open(...[accept, options]: Parameters<Transport['open']>): Promise<Connection> {
    return this.inner.open(connection => accept(this.#counted(connection)), options)
  }

  #counted(connection: Connection): Connection {
    return {
      get remoteAddress() {
        return connection.remoteAddress
      },
      get bufferedBytes() {
        return connection.bufferedBytes
      },
      send: frame => {
        connection.send(frame)
        this.frames++
        this.lastAt = performance.now()
      },
      pause: () => connection.pause(),
      resume: () => connection.resume(),
      close: (code, reason) => connection.close(code, reason),
      abort: () => connection.abort(),
    }
  }
}
