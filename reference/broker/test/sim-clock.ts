import type { Clock } from '../src/clock.js'

/** A clock that stands still until it is advanced. */
export class SimClock implements Clock {
  #now = 1_800_000_000_000
  readonly #tasks = new Set<{ readonly atMs: number; readonly task: () => void }>()

  now(): number {
    return this.#now
  }

  schedule(atMs: number, task: () => void): () => void {
    const entry = { atMs, task }
    this.#tasks.add(entry)
    return () => this.#tasks.delete(entry)
  }

  /** Lets time pass, running what falls due in order; what a task sets off in promises is done before the next one. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      const [next] = [...this.#tasks].filter(({ atMs }) => atMs <= end).sort((a, b) => a.atMs - b.atMs)
      if (next === undefined) break
      this.#tasks.delete(next)
      this.#now = Math.max(this.#now, next.atMs)
      next.task()
      await settled()
    }
    this.#now = end
    await settled()
  }
}

/** Resolves when the promises under way have run, those that they make included. */
export const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
