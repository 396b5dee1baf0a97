/**
 * The transport interface: ordered frames of bytes between two ends, and nothing else.
 *
 * A transport knows neither messages nor roles. Every implementation passes the compliance suite in `./compliance`.
 */

/** Largest frame a transport carries, in bytes (RA-BND-001). A larger one is refused on send and closes on receipt. */
export const MAX_FRAME_BYTES = 266_240

/** Why a connection ended. */
export interface CloseInfo {
  /** Protocol close code, 100–699, as sent by the side that closed (by this side, if both did at once); `undefined` if the line broke without one. */
  readonly code: number | undefined
  /** One sentence for a person; empty if none was given. At most 120 bytes of UTF-8. */
  readonly reason: string
  /** `true` if both sides finished in order and nothing sent before the close was lost. A page that closes cannot know and says `false` (RA-BND-013). */
  readonly clean: boolean
  /** What went wrong locally, if anything did. */
  readonly error?: TransportError
}

/** What a connection tells its user: synchronously, in order, never from within a call on that connection. It must not throw. */
export interface ConnectionHandler {
  /** One whole frame arrived. The bytes belong to the handler; the transport never writes to them again. */
  frame(bytes: Uint8Array): void
  /** `bufferedBytes` fell to `LOW_WATER_BYTES` or less after it had been above `HIGH_WATER_BYTES`. */
  drain?(): void
  /** The connection ended. Called exactly once, after the last `frame`; nothing is called afterwards. */
  closed(info: CloseInfo): void
}

/** One ordered, reliable, message-preserving connection. */
export interface Connection {
  /** Where the other side is, for logs and limits: an IP address, or a name for in-memory ends. */
  readonly remoteAddress: string
  /** Bytes accepted by `send` and not yet handed to the operating system. A transport may count `FRAME_OVERHEAD_BYTES` for each frame besides. */
  readonly bufferedBytes: number
  /**
   * Queues one frame behind those already queued. Never blocks; a sender that cares looks at `bufferedBytes` and waits for `drain`.
   * The bytes belong to the transport from then on: the caller must not write to them again, but may send the same bytes elsewhere.
   * After `close`, `abort` or the end of the line it does nothing (the frame is lost, as on a broken line).
   * @throws TransportError `E_FRAME_TOO_LARGE` if the frame exceeds `MAX_FRAME_BYTES`.
   */
  send(frame: Uint8Array): void
  /**
   * Stops `frame` calls until `resume`; the other side then feels back-pressure. Frames already received are held, never lost, and `closed` waits behind
   * them. While paused, the end of the line may go unnoticed.
   */
  pause(): void
  /** Delivers again what arrives, beginning with what was held. */
  resume(): void
  /**
   * Ends in order: everything sent before it is delivered, then the other side sees `code` and `reason`.
   * Frames that the other side had sent before it saw the close still arrive here, also if this side had paused (in a page they are lost, and the close is
   * not clean); then `closed` is called with the same code. If the other side does not finish within `CLOSE_TIMEOUT_MS`, the line is broken and the close is not clean. A second call does nothing.
   * If both sides close at once, each is told its own code.
   * @param code 100–699.
   * @param reason Cut to 120 bytes of UTF-8.
   * @throws RangeError if `code` is out of range.
   */
  close(code: number, reason?: string): void
  /** Breaks the line at once: queued frames are dropped, no `frame` follows on this side, and both sides see an unclean close. */
  abort(): void
}

/** `bufferedBytes` above which a sender should wait for `drain`. */
export const HIGH_WATER_BYTES = 262_144

/** `bufferedBytes` at or below which `drain` comes, once, after it had been above `HIGH_WATER_BYTES`. */
export const LOW_WATER_BYTES = HIGH_WATER_BYTES / 2

/** What a frame that waits counts for beside its bytes, so that many tiny ones are bounded by the memory that they really hold. */
export const FRAME_OVERHEAD_BYTES = 256

/** How long a side that closed waits for the other to finish, in milliseconds (RA-BND-010). */
export const CLOSE_TIMEOUT_MS = 10_000

/** Opens connections to one place. Made by each package's `connect(...)`. */
export interface Transport {
  /**
   * Opens a connection and resolves to it. `accept` is called once it is open, before any frame is delivered and before the promise resolves, as on the
   * listening side. `signal` ends the attempt, not the connection.
   * @throws TransportError `E_CONNECT` if it cannot be opened, `E_ABORTED` if `signal` fired first; `accept` is not called then.
   */
  open(accept: Accept, options?: { readonly signal?: AbortSignal }): Promise<Connection>
}

/** Decides what handles a new connection, on either side. Called once for each, before any frame is delivered; it may already send. */
export type Accept = (connection: Connection) => ConnectionHandler

/** Something that accepts connections. Made by each package's `listen(...)`. */
export interface Listener {
  /** What to give to `connect`, e.g. `ws://127.0.0.1:4242/v1/attach`. */
  readonly address: string
  /** Stops accepting and ends what is open with `code` (default 503, shutting down). Resolves when everything is closed. */
  close(code?: number): Promise<void>
}

/** What went wrong with a line: it could not be opened, was aborted, got a frame that is too large, broke, or the other side broke a rule of the binding. */
export type TransportErrorCode = 'E_CONNECT' | 'E_ABORTED' | 'E_FRAME_TOO_LARGE' | 'E_LINE' | 'E_BINDING'

/** Trouble with the line. Never crosses the wire. `E_BINDING`: the other side broke a rule of the binding (text frame, oversize …). */
export class TransportError extends Error {
  override readonly name = 'TransportError'
  constructor(
    readonly code: TransportErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options)
  }
}
