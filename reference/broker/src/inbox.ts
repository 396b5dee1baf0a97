import type { Connection } from '@remote-assist/transport'

/** Handles the frames of a connection one after the other, also where one takes a while: those behind it wait, and the line is paused. */
export class Inbox {
  readonly #held: Uint8Array[] = []
  #busy = false

  /** @param handle Returns a promise where the next frame has to wait for it. It must not reject. */
  constructor(
    readonly connection: Connection,
    readonly handle: (frame: Uint8Array) => Promise<void> | undefined,
  ) {}

  push(frame: Uint8Array): void {
    if (this.#busy) {
      this.#held.push(frame)
      return
    }
    const work = this.handle(frame)
    if (work !== undefined) void this.#wait(work)
  }

  async #wait(work: Promise<void>): Promise<void> {
    this.#busy = true
    this.connection.pause()
    for (let current: Promise<void> | undefined = work; current !== undefined; ) {
      await current
      current = undefined
      while (current === undefined && this.#held.length > 0) current = this.handle(this.#held.shift() as Uint8Array)
    }
    this.#busy = false
    this.connection.resume()
  }
}
