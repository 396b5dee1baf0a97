type Listener<T> = (event: T) => void

/** Typed events: `on` returns a function that stops it. A listener that throws disturbs nobody else; its error surfaces as an uncaught one. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>()

  /** Calls `listener` for every such event from now on. Returns a function that stops it. */
  on<K extends keyof Events>(name: K, listener: Listener<Events[K]>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners.add(listener))
    return () => void listeners.delete(listener)
  }

  /** Resolves to the next such event that `which` accepts. Rejects with the signal's reason if it is aborted first. */
  once<K extends keyof Events>(
    name: K,
    { which = () => true, signal }: { readonly which?: (event: Events[K]) => boolean; readonly signal?: AbortSignal } = {},
  ): Promise<Events[K]> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const stop = this.on(name, event => {
        if (!which(event)) return
        end()
        resolve(event)
      })
      const aborted = () => {
        end()
        reject(signal?.reason)
      }
      const end = () => {
        stop()
        signal?.removeEventListener('abort', aborted)
      }
      signal?.addEventListener('abort', aborted, { once: true })
    })
  }

  /** Whether anybody listens. */
  protected heard(name: keyof Events): boolean {
    return (this.#listeners.get(name)?.size ?? 0) > 0
  }

  /** Tells every listener, in the order in which they came. */
  protected emit<K extends keyof Events>(name: K, event: Events[K]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])] as Listener<Events[K]>[]) {
      try {
        listener(event)
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}

/** An emitter whose owner emits from outside: the hub between a driver and the parts that listen to it. */
export class Hub<Events extends object> extends Emitter<Events> {
  override emit<K extends keyof Events>(name: K, event: Events[K]): void {
    super.emit(name, event)
  }
}
