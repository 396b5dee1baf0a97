/** What waits for one participant: in order, counted by the memory that it holds, and never without bounds (RA-RLY-162 to RA-RLY-167). */
import type { Connection } from '@remote-assist/transport'
import { FRAME_OVERHEAD_BYTES, HIGH_WATER_BYTES } from '@remote-assist/transport'
import type { Cancel, Clock } from './clock.js'

/** More than this waits for a participant: whoever adds to it is told (RA-RLY-164). */
export const LAGGING_BYTES = 1_048_576
/** At or below this, or with nothing queued above the connection, a participant that lagged has caught up. */
export const CAUGHT_UP_BYTES = LAGGING_BYTES / 2
/** So much waits for a participant: it is cut off (RA-RLY-165). */
export const CUT_OFF_BYTES = 4_194_304
/** A participant that lags for so long is cut off (RA-RLY-166). */
export const CUT_OFF_MS = 10_000

/** What an outbox says of its participant. */
export interface OutboxEvents {
  /** More than `LAGGING_BYTES` wait, frames of `source` among them. Once for each source, until `caughtUp`. */
  lagging(source: number, waitingBytes: number): void
  /** A source that was told of the lag may know that it is over. */
  caughtUp(source: number): void
  /** Too much, or too long. The outbox is empty and takes nothing more. */
  overrun(): void
}

/** A frame that lies in more memory than this many times its own bytes is copied before it waits. */
const MAX_SPREAD = 4

interface Queued {
  readonly frame: Uint8Array
  readonly source: number
  readonly droppable: boolean
}

/** What a queued frame counts for: its bytes, and what the queue keeps beside them. */
const costOf = (frame: Uint8Array): number => frame.byteLength + FRAME_OVERHEAD_BYTES

/** The frame without the rest of the memory that it was received in: a transport may deliver a view of all that it read at a time. Large frames stay as they are. */
const byItself = (frame: Uint8Array): Uint8Array => (frame.byteLength * MAX_SPREAD < frame.buffer.byteLength ? new Uint8Array(frame) : frame)

/**
 * Hands frames to a connection as long as its buffer is small, and keeps the others in order, so that media can still be dropped. Whoever owns it calls
 * `drain` when the connection drains.
 */
export class Outbox {
  #queue: Queued[] = []
  #head = 0
  #queuedBytes = 0
  #closed = false
  #deadline: Cancel | undefined
  readonly #told = new Set<number>()

  constructor(
    readonly connection: Connection,
    readonly clock: Clock,
    readonly events: OutboxEvents,
  ) {}

  /** Bytes that have not been handed to the operating system, with `FRAME_OVERHEAD_BYTES` for each frame. */
  get waitingBytes(): number {
    return this.#queuedBytes + this.connection.bufferedBytes
  }

  /** Sends or queues a frame. `source` 0 is the broker. */
  push(frame: Uint8Array, source: number, droppable: boolean): void {
    if (this.#closed) return
    const { bufferedBytes } = this.connection
    if (this.#queuedBytes === 0 && bufferedBytes <= HIGH_WATER_BYTES) {
      this.connection.send(bufferedBytes === 0 ? frame : byItself(frame))
    } else {
      this.#queue.push({ frame: byItself(frame), source, droppable })
      this.#queuedBytes += costOf(frame)
    }
    const waitingBytes = this.waitingBytes
    if (waitingBytes > LAGGING_BYTES) this.#lag(source, waitingBytes)
    else if (this.#deadline !== undefined) this.#relax()
  }

  /** Hands on what the connection has room for. */
  drain(): void {
    while (this.#head < this.#queue.length && this.connection.bufferedBytes <= HIGH_WATER_BYTES) {
      const { frame } = this.#queue[this.#head++] as Queued
      this.#queuedBytes -= costOf(frame)
      this.connection.send(frame)
    }
    this.#compact()
    this.#relax()
  }

  /** Discards queued droppable frames of that source (RA-RLY-167). */
  drop(source: number): void {
    this.#queue = this.#queue.slice(this.#head).filter(queued => !(queued.droppable && queued.source === source))
    this.#head = 0
    this.#queuedBytes = this.#queue.reduce((sum, { frame }) => sum + costOf(frame), 0)
    this.#relax()
  }

  /** Hands everything but what may be dropped to the connection, whatever its buffer; nothing follows. */
  finish(): void {
    for (const { frame, droppable } of this.#queue.slice(this.#head)) if (!droppable) this.connection.send(frame)
    this.close()
  }

  /** Throws away what waits; nothing follows. */
  close(): void {
    this.#closed = true
    this.#queue = []
    this.#head = 0
    this.#queuedBytes = 0
    this.#told.clear()
    this.#deadline?.()
    this.#deadline = undefined
  }

  #lag(source: number, waitingBytes: number): undefined {
    if (waitingBytes >= CUT_OFF_BYTES) return this.#overrun()
    this.#deadline ??= this.clock.schedule(this.clock.now() + CUT_OFF_MS, () => (this.waitingBytes > LAGGING_BYTES ? this.#overrun() : this.#relax()))
    if (source === 0 || this.#told.has(source)) return
    this.#told.add(source)
    this.events.lagging(source, waitingBytes)
  }

  #relax(): void {
    const waitingBytes = this.waitingBytes
    if (waitingBytes > LAGGING_BYTES) return
    this.#deadline?.()
    this.#deadline = undefined
    if (waitingBytes > CAUGHT_UP_BYTES && this.#queuedBytes > 0) return
    for (const source of this.#told) this.events.caughtUp(source)
    this.#told.clear()
  }

  #overrun(): undefined {
    this.close()
    this.events.overrun()
  }

  /** Forgets what was handed on: at once when that is everything, else when it is most. */
  #compact(): void {
    if (this.#head * 2 < this.#queue.length) return
    this.#queue = this.#queue.slice(this.#head)
    this.#head = 0
  }
}
