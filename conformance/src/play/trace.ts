import { performance } from 'node:perf_hooks'
import { whenOverdue } from '../patience.js'
import { type Arrival, type Closing, type Fields, type Inbox, Overdue, type WireEvent } from './player.js'

/** What happened on the wire of one case, in order, and who waits for what of it. */

/** Numbers everything that happens, in the order in which it does. */
export class Trace {
  readonly events: WireEvent[] = []

  arrival(arrival: Omit<Arrival, 'index' | 'atMs'>): Arrival {
    const placed = { ...arrival, ...this.#here() }
    this.events.push({ kind: 'arrival', arrival: placed })
    return placed
  }

  closing(closing: Omit<Closing, 'index' | 'atMs'>): Closing {
    const placed = { ...closing, ...this.#here() }
    this.events.push({ kind: 'closing', closing: placed })
    return placed
  }

  sent(from: string, what: string, fields: Fields, frame: Uint8Array): void {
    this.events.push({ kind: 'sent', ...this.#here(), from, what, fields, frame })
  }

  opened(to: string): void {
    this.events.push({ kind: 'opened', ...this.#here(), to })
  }

  #here(): { readonly index: number; readonly atMs: number } {
    return { index: this.events.length, atMs: performance.now() }
  }
}

interface Waiter {
  readonly look: () => boolean
  readonly giveUp: (why: string) => void
}

/** What arrives at one player. */
export class Mailbox implements Inbox {
  readonly all: Arrival[] = []
  readonly #closings: Closing[] = []
  readonly #waiting = new Set<Waiter>()
  #over: string | undefined

  put(arrival: Arrival): void {
    this.all.push(arrival)
    this.#look()
  }

  putClosing(closing: Closing): void {
    this.#closings.push(closing)
    this.#look()
  }

  /** Nothing arrives any more: whoever waits is told at once. */
  end(why: string): void {
    this.#over ??= why
    for (const waiter of [...this.#waiting]) waiter.giveUp(this.#over)
  }

  /** Things arrive again. */
  reopen(): void {
    this.#over = undefined
  }

  async next(fits: (arrival: Arrival) => boolean, { from, withinMs }: { readonly from: number; readonly withinMs: number }): Promise<Arrival> {
    return await this.#wait(() => this.all.find(arrival => arrival.index >= from && fits(arrival)), from, withinMs, 'nothing that fits')
  }

  async closing({ from, withinMs }: { readonly from: number; readonly withinMs: number }): Promise<Closing> {
    return await this.#wait(() => this.#closings.find(closing => closing.index >= from), from, withinMs, 'no close')
  }

  #look(): void {
    for (const waiter of [...this.#waiting]) if (waiter.look()) this.#waiting.delete(waiter)
  }

  async #wait<T>(find: () => T | undefined, from: number, withinMs: number, what: string): Promise<T> {
    const found = find()
    if (found !== undefined) return found
    const overdue = (why: string) =>
      new Overdue(
        `${what} came ${why}`,
        this.all.filter(({ index }) => index >= from),
      )
    if (this.#over !== undefined) throw overdue(`and nothing can: ${this.#over}`)
    return await new Promise<T>((resolve, reject) => {
      const over = (why: string) => {
        callOff()
        this.#waiting.delete(waiter)
        reject(overdue(why))
      }
      const callOff = whenOverdue(withinMs, () => over(`within ${withinMs} ms`))
      const waiter: Waiter = {
        look: () => {
          const late = find()
          if (late === undefined) return false
          callOff()
          resolve(late)
          return true
        },
        giveUp: why => over(`before the end: ${why}`),
      }
      this.#waiting.add(waiter)
    })
  }
}
