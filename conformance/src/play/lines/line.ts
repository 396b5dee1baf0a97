/** One connection as a player has it, whatever its binding. */
export interface Line {
  /** Sends a frame as one message. Does nothing once the line is over. */
  send(frame: Uint8Array): void
  /** Closes with a protocol close code. */
  close(code: number, reason: string): void
  /** Breaks the line without a close. */
  cut(): void
  /** Sends a message that holds no frame: a text, or neither frame nor close. */
  stray(): void
  /** Sends a frame in so many fragments of the binding; where it has none, as it is, with `beside` behind it in its message. */
  fragments(frame: Uint8Array, count: number, beside?: Uint8Array): void
  /** Closes with a code of the binding that the protocol does not use: of WebSocket, 1000 to 4999. Where there is none, breaks the line. */
  closeRaw(code: number): void
  /** Takes what comes, or leaves it on the line. */
  reads(on: boolean): void
  /** Ends its own direction without a close; where the binding has no such thing, breaks the line. */
  halfClose(): void
  /** Resolves when what the other side has said by now has come: it answered a ping of the binding that was sent now; or the line is over. Absent where a binding has none. */
  flushed?(): Promise<void>
  /** False: a close that comes is not answered before `close` is called; where the platform answers by itself, it is. */
  answers: boolean
}

/** What a line tells its player. */
export interface LineEvents {
  frame(bytes: Uint8Array): void
  /** A message that holds no frame: a text, or neither frame nor close. */
  stray(what: string, bytes: Uint8Array): void
  /** It is over; the last thing that it tells. Code 0: it broke. */
  closed(code: number, reason: string, raw: Raw): void
}

/**
 * An end as the binding tells it: of WebSocket `code` and `reason`. Of gRPC `answered`: the close was answered before the end; at a participant also `reason`, `status` and
 * `trailers` by name, at a broker `answer`: with which code, and `halfClosed`: the call was half-closed before.
 */
export type Raw = Readonly<Record<string, unknown>>

/** How a testee opened a connection. */
export interface Opening {
  readonly binding: 'websocket' | 'grpc'
  /** Path and query. */
  readonly path: string
  /** Subprotocols that it offered. */
  readonly protocols: readonly string[]
}

/** Who takes connections of a testee. */
export interface Reception {
  /** False: they are refused. */
  readonly open: boolean
  /** False: no subprotocol is chosen. */
  readonly choosesSubprotocol: boolean
  /** Takes a connection that is open: who listens to it. */
  accept(line: Line, opening: Opening): LineEvents
}
