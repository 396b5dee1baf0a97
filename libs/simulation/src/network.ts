/** Lines between an end and the broker: ordered, delayed, and breakable at any moment. */
import type { CloseCode } from '@remote-assist/codec'
import type { Message } from '@remote-assist/core'
import type { Random } from './random.js'
import type { Schedule } from './schedule.js'
import type { Header, Payload } from './security/sealing.js'

/** What crosses a line: a message to or from the broker, or a payload that it forwards by its header and cannot read. */
export type Frame =
  | { readonly layer: 'relay'; readonly kind: Extract<Message, { channel: 1 }>['kind'] }
  | (Header & { readonly layer: 'sealed'; readonly payload: Payload })

/** A frame that is forwarded. */
export type SealedFrame = Extract<Frame, { readonly layer: 'sealed' }>

/** One side of a line. */
export interface Port {
  frame(frame: Frame): void
  closed(code: CloseCode | undefined): void
}

/** A line that is up. `a` is the end, `b` the broker. */
export class Line {
  #up = true
  readonly #arrival = { a: 0, b: 0 }
  constructor(
    private readonly schedule: Schedule,
    private readonly random: Random,
    private readonly latencyMs: number,
    private readonly a: Port,
    private readonly b: Port,
  ) {}

  get up(): boolean {
    return this.#up
  }

  /** Sends to the other side; what is under way when the line breaks is lost. */
  send(to: 'a' | 'b', frame: Frame): void {
    if (!this.#up) return
    const jitter = this.random.chance(0.1) ? this.random.below(200) : this.random.below(10)
    const at = Math.max(this.#arrival[to], this.schedule.now + this.latencyMs + jitter)
    this.#arrival[to] = at
    this.schedule.at(at, () => {
      if (this.#up) this[to].frame(frame)
    })
  }

  /** One side ends: what it sent arrives, then the close; what the other sent meanwhile is lost. */
  close(to: 'a' | 'b', code: CloseCode | undefined): void {
    if (!this.#up) return
    const at = Math.max(this.#arrival[to], this.schedule.now + this.latencyMs)
    this.schedule.at(at, () => this.#end(code))
  }

  /** The line breaks now; each side learns of it later, the broker perhaps much later. */
  cut(): void {
    this.#end(undefined)
  }

  #end(code: CloseCode | undefined): void {
    if (!this.#up) return
    this.#up = false
    this.schedule.after(this.random.below(50), () => this.a.closed(code))
    this.schedule.after(this.random.chance(0.2) ? this.random.below(5_000) : this.random.below(50), () => this.b.closed(code))
  }
}
