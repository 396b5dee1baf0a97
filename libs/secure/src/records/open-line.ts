import type { Soon } from '../aead.js'
import { SecureError } from '../errors.js'

/** Lets one record open after another: what is opened comes out in the order in which it was begun, and nothing comes out after a failure. */
export class OpenLine {
  #failure: SecureError | undefined
  #last: Promise<Uint8Array> | undefined

  /** @param ended called once, when nothing will be opened any more */
  constructor(readonly ended: () => void) {}

  /** Whether something failed, or the line was ended. */
  get broken(): boolean {
    return this.#failure !== undefined
  }

  /** Throws the failure, if there was one. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  /** What `begin` gives, as soon as everything before it has come out. Throws, or rejects with, the first failure. */
  open(begin: () => Soon<Uint8Array>): Soon<Uint8Array> {
    this.check()
    let opened: Soon<Uint8Array>
    try {
      opened = begin()
    } catch (error) {
      if (this.#last === undefined) throw this.end(error)
      opened = Promise.reject(error)
    }
    if (opened instanceof Uint8Array && this.#last === undefined) return opened
    const turn = this.#turn(opened, this.#last)
    this.#last = turn
    const settled = () => {
      if (this.#last === turn) this.#last = undefined
    }
    turn.then(settled, settled)
    return turn
  }

  /** Nothing opens any more. Returns the failure that holds: the first one. */
  end(error: unknown): SecureError {
    if (this.#failure !== undefined) return this.#failure
    this.#failure = error instanceof SecureError ? error : new SecureError('E_TAMPERED', 'A record could not be opened.')
    this.ended()
    return this.#failure
  }

  async #turn(opened: Soon<Uint8Array>, before: Promise<Uint8Array> | undefined): Promise<Uint8Array> {
    // It may fail while it waits for its turn; it is heard then.
    if (opened instanceof Promise) opened.catch(() => undefined)
    await before
    try {
      const plaintext = await opened
      this.check()
      return plaintext
    } catch (error) {
      throw this.end(error)
    }
  }
}
