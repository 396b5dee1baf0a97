/** The line to the broker: opened, and opened again after it dropped, until the grace period is over. */
import { CLOSE_CODES, CloseCode } from '@remote-assist/codec'
import type { Instant } from '@remote-assist/core'
import type { CloseInfo, Connection, Transport } from '@remote-assist/transport'
import type { Clock } from '../clock.js'
import type { Random } from '../random.js'

/** The second attempt comes after this long, each later one after twice as long, in milliseconds. */
export const FIRST_RETRY_MS = 500
/** No attempt waits longer, in milliseconds. */
export const LAST_RETRY_MS = 8_000

/** What a line tells. */
export interface LineOwner {
  opened(): void
  frame(bytes: Uint8Array): void
  drained(): void
  /** It dropped, or could not be opened. `code`: the broker said why, and to come back is in vain. */
  lost(code: CloseCode | undefined, cause: unknown): void
}

/** How long to wait before attempt `attempt` (0 = the first): at once, then 0.5 s, 1 s, 2 s …, each 50–100 % of that. */
export const retryDelayMs = (attempt: number, fraction: number): number =>
  attempt === 0 ? 0 : Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt - 1)) * (0.5 + fraction / 2)

/** A code with which coming back is in vain; undefined if there is none, or if a return may work. */
const finalCode = ({ code }: CloseInfo): CloseCode | undefined => {
  const info = code === undefined ? undefined : CLOSE_CODES[code as CloseCode]
  return info === undefined || info.retryable ? undefined : (code as CloseCode)
}

export class Line {
  #connection: Connection | undefined
  #attempts = 0
  #cancelTimer: (() => void) | undefined
  #opening: AbortController | undefined
  #notBefore = 0 as Instant

  constructor(
    readonly transport: Transport,
    readonly clock: Clock,
    readonly random: Random,
    readonly owner: LineOwner,
  ) {}

  /** The open connection, if there is one. */
  get connection(): Connection | undefined {
    return this.#connection
  }

  /** Opens the line, sooner or later as attempts have failed before. */
  open(): void {
    if (this.#connection !== undefined || this.#opening !== undefined || this.#cancelTimer !== undefined) return
    const at = Math.max(this.#notBefore, this.clock.now() + retryDelayMs(this.#attempts++, this.random.fraction())) as Instant
    if (at <= this.clock.now()) return this.#attempt()
    this.#cancelTimer = this.clock.setTimer(at, () => {
      this.#cancelTimer = undefined
      this.#attempt()
    })
  }

  /** The next attempt comes no sooner than `at` (RA-RLY-114). */
  holdUntil(at: Instant): void {
    this.#notBefore = at
  }

  /** The line is good: the next drop is followed by an attempt at once. */
  settled(): void {
    this.#attempts = 0
  }

  /** Ends the line in order, with what was sent before delivered. */
  close(code: CloseCode, reason = ''): void {
    this.#detach()?.close(code === CloseCode.UNSPECIFIED ? CloseCode.LEFT : code, reason)
  }

  /** Ends the line at once. */
  abort(): void {
    this.#detach()?.abort()
  }

  #detach(): Connection | undefined {
    const connection = this.#connection
    this.#connection = undefined
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    this.#opening?.abort()
    this.#opening = undefined
    return connection
  }

  #attempt(): void {
    const opening = new AbortController()
    this.#opening = opening
    const current = (connection: Connection) => this.#connection === connection
    this.transport
      .open(
        connection => {
          if (opening.signal.aborted) {
            connection.abort()
            return { frame: () => undefined, closed: () => undefined }
          }
          this.#opening = undefined
          this.#connection = connection
          // The Hello goes out as soon as this returns: nothing may be called on the line from within `accept`'s caller before it is ready.
          queueMicrotask(() => current(connection) && this.owner.opened())
          return {
            frame: bytes => current(connection) && this.owner.frame(bytes),
            drain: () => current(connection) && this.owner.drained(),
            closed: info => {
              if (!current(connection)) return
              this.#connection = undefined
              this.owner.lost(finalCode(info), info.error)
            },
          }
        },
        { signal: opening.signal },
      )
      .catch((cause: unknown) => {
        if (this.#opening !== opening) return
        this.#opening = undefined
        this.owner.lost(undefined, cause)
      })
  }
}
