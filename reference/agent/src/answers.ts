/** Questions to a worker, by number, and who waits for what becomes of them. */

interface Waiting<V> {
  resolve(value: V): void
  reject(error: Error): void
}

/** Answers that are awaited. */
export class Answers<V> {
  readonly #waiting = new Map<number, Waiting<V>>()
  #last = 0

  /** Asks by `send`, which gets the question's number. Rejects if the answer is that it failed. */
  ask(send: (id: number) => void): Promise<V> {
    const id = ++this.#last
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      send(id)
    })
  }

  /** The answer to a question came. */
  came(id: number, value: V): void {
    this.#take(id)?.resolve(value)
  }

  /** A question has no answer. */
  failed(id: number, message: string): void {
    this.#take(id)?.reject(new Error(message))
  }

  /** No question gets an answer any more. */
  end(message: string): void {
    for (const id of [...this.#waiting.keys()]) this.failed(id, message)
  }

  #take(id: number): Waiting<V> | undefined {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    return waiting
  }
}
