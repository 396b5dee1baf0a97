/** Whether the sender of a transfer is to be held: its receiver's user wants so, or too many bytes wait for the store. */

/** Bytes that may wait for the store; beyond, the sender is held until half of them are written. */
const MAX_WAITING_BYTES = 8_388_608

export class Brake {
  #held = false
  #choked = false
  #waitingBytes = 0

  /** `changed`: the brake went on or off. */
  constructor(readonly changed: () => void) {}

  /** The user holds it. */
  get held(): boolean {
    return this.#held
  }

  /** The sender is to be held. */
  get on(): boolean {
    return this.#held || this.#choked
  }

  /** The user holds it, or lets it go. */
  hold(held: boolean): void {
    this.#set(held, this.#choked)
  }

  /** So many more bytes wait for the store (or, negative, wait no longer): beyond a limit the sender is held, so that memory stays bounded. */
  wait(bytes: number): void {
    this.#waitingBytes += bytes
    this.#set(this.#held, this.#waitingBytes > (this.#choked ? MAX_WAITING_BYTES / 2 : MAX_WAITING_BYTES))
  }

  #set(held: boolean, choked: boolean): void {
    const before = this.on
    this.#held = held
    this.#choked = choked
    if (this.on !== before) this.changed()
  }
}
