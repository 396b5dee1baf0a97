import type { Cancel, Clock } from './clock.js'

/** So many pings in a row without an answer, and the line is dead (RA-RLY-134). */
export const UNANSWERED_PINGS = 3

/** What a heartbeat asks for. */
export interface HeartbeatEvents {
  ping(id: bigint): void
  dead(): void
}

/** Pings a participant that is silent, and gives it up when it stays so (RA-RLY-131). Hearing a frame costs two assignments. */
export class Heartbeat {
  #heardAt: number
  #unanswered = 0
  #pings = 0n
  #timer: Cancel

  constructor(
    readonly clock: Clock,
    readonly intervalMs: number,
    readonly events: HeartbeatEvents,
  ) {
    this.#heardAt = clock.now()
    this.#timer = clock.schedule(this.#heardAt + intervalMs, () => this.#beat())
  }

  /** A frame arrived. */
  heard(): void {
    this.#heardAt = this.clock.now()
    this.#unanswered = 0
  }

  stop(): void {
    this.#timer()
  }

  #beat(): void {
    const now = this.clock.now()
    const silentUntil = this.#heardAt + this.intervalMs
    if (this.#unanswered === 0 && now < silentUntil) {
      this.#timer = this.clock.schedule(silentUntil, () => this.#beat())
    } else if (this.#unanswered === UNANSWERED_PINGS) {
      this.events.dead()
    } else {
      this.#unanswered++
      this.#timer = this.clock.schedule(now + this.intervalMs, () => this.#beat())
      this.events.ping(++this.#pings)
    }
  }
}
