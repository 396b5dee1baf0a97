import type { CloseInfo, ConnectionHandler } from './transport.js'

/**
 * Delivers one connection's frames, and then its end, to the handler: in order, none while paused, the end exactly once.
 * What arrives before `start` is held like what arrives while paused.
 */
export class Delivery {
  #handler: ConnectionHandler | undefined
  #held: Uint8Array[] = []
  #end: CloseInfo | undefined
  #paused = false
  #flushing = false
  #over = false

  /** `true` while frames go straight to the handler. */
  get #direct(): boolean {
    return this.#handler !== undefined && !this.#paused && !this.#flushing && this.#held.length === 0
  }

  /** `true` once the end was told to the handler. */
  get over(): boolean {
    return this.#over
  }

  /** Begins to deliver to `handler`; what was held follows in a microtask. */
  start(handler: ConnectionHandler): void {
    this.#handler = handler
    this.#flushSoon()
  }

  /** A frame arrived. After the end, or after `discard`, it is ignored. */
  frame(bytes: Uint8Array): void {
    if (this.#end !== undefined) return
    if (this.#direct) this.#handler?.frame(bytes)
    else this.#held.push(bytes)
  }

  /** There is room again: passes `drain` on, unless the end came. */
  drain(): void {
    if (this.#end === undefined) this.#handler?.drain?.()
  }

  /** Holds frames from now on. */
  pause(): void {
    this.#paused = true
  }

  /** Delivers what was held, in a microtask, and then what arrives. */
  resume(): void {
    this.#paused = false
    this.#flushSoon()
  }

  /** The connection ended: tells the handler once, behind the frames held. Later calls do nothing. */
  finish(info: CloseInfo): void {
    if (this.#end !== undefined) return
    this.#end = info
    if (this.#handler !== undefined && this.#held.length === 0 && !this.#flushing) this.#tell(info)
  }

  /** Ends at once from this side: drops what is held and tells the handler in a microtask. */
  abort(info: CloseInfo): void {
    if (this.#over) return
    this.#held = []
    this.#end = info
    this.#paused = false
    this.#flushSoon()
  }

  #flushSoon(): void {
    if (this.#flushing || this.#handler === undefined || (this.#held.length === 0 && this.#end === undefined)) return
    this.#flushing = true
    queueMicrotask(() => this.#flush())
  }

  #flush(): void {
    let delivered = 0
    while (!this.#paused && delivered < this.#held.length) this.#handler?.frame(this.#held[delivered++] as Uint8Array)
    this.#held.splice(0, delivered)
    this.#flushing = false
    if (this.#held.length === 0 && this.#end !== undefined) this.#tell(this.#end)
  }

  #tell(info: CloseInfo): void {
    if (this.#over) return
    this.#over = true
    this.#handler?.closed(info)
  }
}
