/** The room of a store, as the transfers share it that it takes at a time: what one was promised and has not written yet, no other one is (RA-FIL-016). */
import type { FileStore } from './store.js'

/** What a store has promised. */
interface Promises {
  bytes: bigint
  /** Who decides last: one transfer after the other. */
  turn: Promise<unknown>
}

const promised = new WeakMap<FileStore, Promises>()

/** The part of a store's room that one transfer was promised. */
export class Share {
  readonly #all: Promises
  readonly #missing = new Map<number, bigint>()

  constructor(readonly store: FileStore) {
    this.#all = promised.get(store) ?? { bytes: 0n, turn: Promise.resolve() }
    promised.set(store, this.#all)
  }

  /** Decides with the bytes that the store has room for and nobody was promised; nobody else decides meanwhile. */
  decide<T>(task: (roomBytes: bigint) => Promise<T>): Promise<T> {
    const decided = this.#all.turn.then(async () => {
      // Read first: what is written meanwhile counts twice rather than not at all.
      const { bytes } = this.#all
      const free = await this.store.room()
      return task(free > bytes ? free - bytes : 0n)
    })
    this.#all.turn = decided.catch(() => {})
    return decided
  }

  /** So many bytes of an entry are still to be written. */
  missing(entry: number, bytes: bigint): void {
    this.#all.bytes += bytes - (this.#missing.get(entry) ?? 0n)
    this.#missing.set(entry, bytes)
  }

  /** The transfer is over: what it did not use is free again. */
  release(): void {
    for (const entry of this.#missing.keys()) this.missing(entry, 0n)
    this.#missing.clear()
  }
}
