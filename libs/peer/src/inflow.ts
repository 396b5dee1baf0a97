import { cancelled } from './errors.js'

/** Values that come one by one and are taken one by one: what an async iterator of this package reads. */
export class Inflow<T> {
  readonly #values: T[] = []
  #ended: { readonly error: Error | undefined } | undefined
  #wake: (() => void)[] = []

  /** How many wait. */
  get size(): number {
    return this.#values.length
  }

  /** Adds a value; nothing happens once it has ended. */
  push(value: T): void {
    if (this.#ended !== undefined) return
    this.#values.push(value)
    this.#wakeAll()
  }

  /** Throws away what waits. */
  clear(): void {
    this.#values.length = 0
  }

  /** No value follows: `next` resolves to undefined once all are taken, or rejects with the error. The first call counts. */
  end(error?: Error): void {
    this.#ended ??= { error }
    this.#wakeAll()
  }

  /** The next value; undefined at the end. Rejects with `E_CANCELLED` if the signal is aborted first. */
  async next(signal?: AbortSignal): Promise<T | undefined> {
    for (;;) {
      if (signal?.aborted) throw cancelled(signal)
      if (this.#values.length > 0) return this.#values.shift()
      if (this.#ended?.error !== undefined) throw this.#ended.error
      if (this.#ended !== undefined) return undefined
      await new Promise<void>(resolve => {
        const wake = () => {
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        this.#wake.push(wake)
        signal?.addEventListener('abort', wake, { once: true })
      })
    }
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake()
  }
}

/** Questions by number that wait for their answers. */
export class Answers<T> {
  readonly #open = new Map<number, { readonly resolve: (answer: T) => void; readonly reject: (error: Error) => void }>()

  /** Resolves to the answer to this question. */
  wait(id: number): Promise<T> {
    return new Promise((resolve, reject) => this.#open.set(id, { resolve, reject }))
  }

  /** The answer came; one that nobody waits for means nothing. */
  settle(id: number, answer: T): void {
    this.#open.get(id)?.resolve(answer)
    this.#open.delete(id)
  }

  /** This question will not be answered. */
  fail(id: number, error: Error): void {
    this.#open.get(id)?.reject(error)
    this.#open.delete(id)
  }

  /** Nothing will be answered any more. */
  failAll(error: Error): void {
    for (const { reject } of this.#open.values()) reject(error)
    this.#open.clear()
  }
}
