/** What is under way and comes to its end by itself, however long that takes: counted, so that whoever has to wait for it does not guess. */

export class Pending {
  #count = 0
  readonly #waiting: (() => void)[] = []

  /** Something is under way. */
  get some(): boolean {
    return this.#count > 0
  }

  /** Counts this until it has come to its end, and settles as it does. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.#count++
    try {
      return await work
    } finally {
      this.#count--
      if (this.#count === 0) for (const go of this.#waiting.splice(0)) go()
    }
  }

  /** Resolves when nothing is under way. */
  async none(): Promise<void> {
    while (this.some) await new Promise<void>(resolve => this.#waiting.push(resolve))
  }
}

/** Turns of the event loop in which everything else comes to its end: promises, streams, what the platform reads and writes. */
const TURNS = 10

/** Resolves when nothing of all this is under way, and what followed from its end has happened. */
export async function settled(...all: readonly Pending[]): Promise<void> {
  do {
    for (const pending of all) await pending.none()
    for (let turn = 0; turn < TURNS; turn++) await new Promise<void>(resolve => setImmediate(resolve))
  } while (all.some(({ some }) => some))
}
