/** Whether the sender of a transfer is to be held: its receiver's user wants so, too many bytes wait for the store, or the receiver looks for where to go on. */

import type { FileChannel } from './channel.js'

/** Longer than this a receiver does not look for where to go on without a word. */
const LOOK_MS = 5_000
/** Bytes that may wait for the store; beyond, the sender is held until half of them are written. */
const MAX_WAITING_BYTES = 8_388_608

export class Brake {
  #held = false
  #choked = false
  #looking = false
  #waitingBytes = 0

  /** `changed`: the brake went on or off. */
  constructor(readonly changed: () => void) {}

  /** The user holds it. */
  get held(): boolean {
    return this.#held
  }

  /** The sender is to be held. */
  get on(): boolean {
    return this.#held || this.#choked || this.#looking
  }

  /** The user holds it, or lets it go. */
  hold(held: boolean): void {
    this.#set(() => {
      this.#held = held
    })
  }

  /** Does what the sender waits for. If that takes long it is held meanwhile: it would take the receiver for dead. */
  async during<T>(task: Promise<T>, { later }: Pick<FileChannel, 'later'>): Promise<T> {
    const inTime = later(LOOK_MS, () => this.#look(true))
    try {
      return await task
    } finally {
      inTime()
      this.#look(false)
    }
  }

  /** So many more bytes wait for the store (or, negative, wait no longer): beyond a limit the sender is held, so that memory stays bounded. */
  wait(bytes: number): void {
    this.#waitingBytes += bytes
    this.#set(() => {
      this.#choked = this.#waitingBytes > (this.#choked ? MAX_WAITING_BYTES / 2 : MAX_WAITING_BYTES)
    })
  }

  #look(looking: boolean): void {
    this.#set(() => {
      this.#looking = looking
    })
  }

  #set(change: () => void): void {
    const before = this.on
    change()
    if (this.on !== before) this.changed()
  }
}
