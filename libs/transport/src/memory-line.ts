import { closing, lineBroke } from './closing.js'
import type { CloseInfo, Connection, ConnectionHandler } from './transport.js'
import { CLOSE_TIMEOUT_MS, HIGH_WATER_BYTES, LOW_WATER_BYTES, MAX_FRAME_BYTES, TransportError } from './transport.js'

/** Runs `task` once, after `delayMs` milliseconds (0 = soon, never at once). */
export type Schedule = (delayMs: number, task: () => void) => void

/** How a line between two in-memory ends behaves. */
export interface LineConditions {
  readonly schedule: Schedule
  readonly scheduleClose: Schedule
  readonly delayMs: () => number
  readonly bytesPerSecond: number
  readonly windowBytes: number
  /** Called as a frame arrives; `true` breaks the line instead of delivering it. */
  readonly breaks: () => boolean
}

/** What travels: a frame, or the close behind the last one. */
type Item = Uint8Array | { readonly code: number; readonly reason: string }

const sizeOf = (item: Item): number => (item instanceof Uint8Array ? item.byteLength : 0)

/**
 * One end of an in-memory line. Frames are copied as they are sent, so that neither side sees what the other writes later.
 * A frame waits in `queue` (counted by `bufferedBytes`), travels on `line` (at most `windowBytes`), and is delivered in order whatever the scheduler does.
 */
export class MemoryEnd implements Connection {
  #peer: MemoryEnd | undefined
  #handler: ConnectionHandler | undefined
  readonly #queue: Item[] = []
  #bufferedBytes = 0
  #aboveHighWater = false
  #sending = false
  readonly #line: Item[] = []
  #lineBytes = 0
  #arrived = 0
  #paused = false
  #closed: CloseInfo | undefined
  #broken: CloseInfo | undefined
  #over = false

  constructor(
    readonly remoteAddress: string,
    readonly conditions: LineConditions,
    readonly onOver: (end: MemoryEnd) => void,
  ) {}

  /** Joins two ends to one line. */
  static join(a: MemoryEnd, b: MemoryEnd): void {
    a.#peer = b
    b.#peer = a
  }

  /** Begins to deliver to `handler`. */
  start(handler: ConnectionHandler): void {
    this.#handler = handler
    this.#deliverSoon()
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes
  }

  send(frame: Uint8Array): void {
    if (frame.byteLength > MAX_FRAME_BYTES) throw new TransportError('E_FRAME_TOO_LARGE', `A frame of ${frame.byteLength} bytes exceeds ${MAX_FRAME_BYTES}.`)
    if (this.#ended) return
    this.#bufferedBytes += frame.byteLength
    if (this.#bufferedBytes > HIGH_WATER_BYTES) this.#aboveHighWater = true
    this.#enqueue(frame.slice())
  }

  pause(): void {
    this.#paused = this.#closed === undefined
  }

  resume(): void {
    this.#paused = false
    this.#deliverSoon()
  }

  close(code: number, reason?: string): void {
    const close = closing(code, reason)
    if (this.#ended) return
    this.#closed = { ...close, clean: true }
    this.#enqueue(close)
    this.resume()
    this.conditions.scheduleClose(CLOSE_TIMEOUT_MS, () => {
      if (!this.#over) this.cut('The other side did not finish in time.')
    })
  }

  abort(): void {
    if (this.#over || this.#broken !== undefined) return
    this.#line.length = 0
    this.#arrived = 0
    this.#break({ code: undefined, reason: '', clean: false })
    this.#peer?.cut('The other side broke the line.')
  }

  /** Breaks the line for this end: what has not arrived is lost. */
  cut(message: string): void {
    if (this.#over || this.#broken !== undefined) return
    this.#line.length = this.#arrived
    this.#break({ ...lineBroke(message), code: this.#closed?.code, reason: this.#closed?.reason ?? '' })
    this.#peer?.cut(message)
  }

  get #ended(): boolean {
    return this.#closed !== undefined || this.#broken !== undefined || this.#over
  }

  #break(info: CloseInfo): void {
    this.#broken = info
    this.#queue.length = 0
    this.#bufferedBytes = 0
    this.#deliverSoon()
  }

  #enqueue(item: Item): void {
    this.#queue.push(item)
    this.#sendSoon(0)
  }

  #sendSoon(delayMs: number): void {
    if (this.#sending || this.#queue.length === 0) return
    this.#sending = true
    this.conditions.schedule(delayMs, () => {
      this.#sending = false
      this.#depart()
    })
  }

  /** Puts on the line what fits its window; one item at a time if the line has a rate. */
  #depart(): void {
    const peer = this.#peer as MemoryEnd
    while (this.#queue.length > 0 && peer.#lineBytes < this.conditions.windowBytes) {
      const item = this.#queue.shift() as Item
      const size = sizeOf(item)
      this.#bufferedBytes -= size
      peer.#travel(item, size)
      if (size > 0 && this.conditions.bytesPerSecond < Number.POSITIVE_INFINITY) {
        this.#sendSoon((size / this.conditions.bytesPerSecond) * 1000)
        break
      }
    }
    if (this.#aboveHighWater && this.#bufferedBytes <= LOW_WATER_BYTES) {
      this.#aboveHighWater = false
      if (!this.#ended) this.#handler?.drain?.()
    }
  }

  #travel(item: Item, size: number): void {
    this.#line.push(item)
    this.#lineBytes += size
    this.conditions.schedule(this.conditions.delayMs(), () => {
      if (this.#broken !== undefined || this.#over) return
      if (size > 0 && this.conditions.breaks()) return this.cut('The line broke.')
      this.#arrived++
      this.#deliver()
    })
  }

  #deliverSoon(): void {
    if (this.#arrived > 0 || this.#broken !== undefined) this.conditions.schedule(0, () => this.#deliver())
  }

  #deliver(): void {
    if (this.#handler === undefined) return
    const peer = this.#peer as MemoryEnd
    while (this.#arrived > 0 && !this.#paused && !this.#over) {
      this.#arrived--
      const item = this.#line.shift() as Item
      this.#lineBytes -= sizeOf(item)
      if (item instanceof Uint8Array) this.#handler.frame(item)
      else this.#concluded(item)
      peer.#sendSoon(0)
    }
    if (this.#broken !== undefined && this.#arrived === 0) this.#finish(this.#broken)
  }

  /** The other side's close came: answer it behind what is queued here, and end. */
  #concluded(close: { readonly code: number; readonly reason: string }): void {
    const own = this.#closed
    if (own === undefined) {
      this.#closed = { ...close, clean: true }
      this.#enqueue(close)
    }
    this.#finish(own ?? { ...close, clean: true })
  }

  #finish(info: CloseInfo): void {
    if (this.#over) return
    this.#over = true
    this.onOver(this)
    this.#handler?.closed(info)
  }
}
