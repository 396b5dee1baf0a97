/** Waiting on a clock that moves only when it is told to. */
export class Waits {
  readonly #waiting = new Set<{ readonly until: number; readonly resolve: () => void }>()

  constructor(private readonly seconds: () => number) {}

  /** Resolves when the clock has gone on by so many seconds, or at once when the signal aborts. */
  passed(seconds: number, signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const entry = { until: this.seconds() + seconds, resolve: () => this.#waiting.delete(entry) && resolve() }
      this.#waiting.add(entry)
      signal.addEventListener('abort', entry.resolve, { once: true })
      this.check()
    })
  }

  /** Wakes whose time has come. */
  check(): void {
    for (const entry of [...this.#waiting]) if (entry.until <= this.seconds()) entry.resolve()
  }
}
