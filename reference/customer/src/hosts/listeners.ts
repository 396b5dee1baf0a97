/** A list of callbacks, one event. */
export class Listeners<Arguments extends readonly unknown[]> {
  readonly #all = new Set<(...args: Arguments) => void>()

  get size(): number {
    return this.#all.size
  }

  /** Returns a function that takes the listener off again. The same function may be added twice. */
  add(listener: (...args: Arguments) => void): () => void {
    const own = (...args: Arguments) => listener(...args)
    this.#all.add(own)
    return () => this.#all.delete(own)
  }

  emit(...args: Arguments): void {
    for (const listener of [...this.#all]) if (this.#all.has(listener)) listener(...args)
  }

  clear(): void {
    this.#all.clear()
  }
}
