/** What a testee told by itself, in order. */
import { whenOverdue } from '../patience.js'

/** One event of a testee. */
export interface TesteeEvent {
  /** Its place in the case's trace; later ones have greater ones. */
  readonly index: number
  /** The member of Event's oneof: `asked`. */
  readonly name: string
  /** The member's fields, or its value where it is a number or text. */
  readonly fields: unknown
}

/** No event that fits came in time. `seen`: what came instead. */
export class EventOverdue extends Error {
  override readonly name = 'EventOverdue'
  constructor(
    withinMs: number,
    readonly seen: readonly TesteeEvent[],
  ) {
    super(
      `No event that fits came within ${withinMs / 1_000} s; ${seen.length === 0 ? 'none came at all' : `there came ${seen.map(event => event.name).join(', ')}`}.`,
    )
  }
}

interface Waiter {
  readonly fits: (event: TesteeEvent) => boolean
  readonly from: number
  readonly resolve: (event: TesteeEvent) => void
  readonly reject: (error: Error) => void
}

/** The events of one role. */
export class EventQueue {
  readonly #events: TesteeEvent[] = []
  readonly #waiters = new Set<Waiter>()
  #end: Error | undefined

  /** Everything so far, oldest first. */
  get all(): readonly TesteeEvent[] {
    return this.#events
  }

  /**
   * Resolves with the first event at or after place `from` that fits, now or later. Rejects with `EventOverdue` after `withinMs`, and at once with the reason when
   * nothing can come any more.
   */
  next(fits: (event: TesteeEvent) => boolean, { from, withinMs }: { readonly from: number; readonly withinMs: number }): Promise<TesteeEvent> {
    const found = this.#events.find(event => event.index >= from && fits(event))
    if (found !== undefined) return Promise.resolve(found)
    if (this.#end !== undefined) return Promise.reject(this.#end)
    return new Promise((resolve, reject) => {
      const done = () => {
        callOff()
        this.#waiters.delete(waiter)
      }
      const waiter: Waiter = {
        fits,
        from,
        resolve: event => {
          done()
          resolve(event)
        },
        reject: error => {
          done()
          reject(error)
        },
      }
      const seen = () => this.#events.filter(event => event.index >= from)
      const callOff = whenOverdue(withinMs, () => waiter.reject(new EventOverdue(withinMs, seen())))
      this.#waiters.add(waiter)
    })
  }

  /** Appends an event. */
  push(event: TesteeEvent): void {
    this.#events.push(event)
    for (const waiter of [...this.#waiters]) if (event.index >= waiter.from && waiter.fits(event)) waiter.resolve(event)
  }

  /** Nothing comes any more, for this reason. */
  end(reason: Error): void {
    this.#end ??= reason
    for (const waiter of [...this.#waiters]) waiter.reject(reason)
  }
}
