/** A transfer as a program sees it: progress to iterate, an end to await, and hold, continue, cancel. */
import { Inflow } from '../inflow.js'
import type { FileFailure, FileTransferError } from './errors.js'
import type { TransferProgress } from './progress.js'

/** How a transfer ended. */
export interface TransferResult {
  /** Files and folders that are verified and in place, as paths joined by `/` (at a receiver: below its folder, where they are now). */
  readonly arrived: readonly string[]
  /** What the receiver chose not to take. */
  readonly skipped: readonly string[]
  /** At a receiver: what was refused before a byte of it flowed, with why. At a sender these are failures. */
  readonly refused: readonly FileFailure[]
}

/** What a driver does for its transfer. */
export interface TransferControl {
  hold(): void
  continue(): void
  cancel(): void
}

/** Who may stop a transfer's bytes for a while. */
export interface HeldBy {
  readonly us: boolean
  readonly peer: boolean
}

/**
 * A transfer under way, either way. Iterating yields its progress, at most 4 times a second and the newest only, then ends; it throws the
 * `FileTransferError` that `done` rejects with. A transfer that nobody watches goes on all the same.
 */
export class Transfer implements AsyncIterable<TransferProgress> {
  /** Resolves when all that was taken is verified and in place. Rejects with `FileTransferError` if the transfer, or an entry of it, failed. */
  readonly done: Promise<TransferResult>
  readonly #watchers = new Set<Inflow<TransferProgress>>()
  readonly #control: TransferControl
  #resolve!: (result: TransferResult) => void
  #reject!: (error: Error) => void
  #last: TransferProgress | undefined
  #over: { readonly error: Error | undefined } | undefined
  #held: HeldBy = { us: false, peer: false }

  constructor(
    readonly way: 'sending' | 'receiving',
    control: TransferControl,
  ) {
    this.#control = control
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.done.catch(() => {})
  }

  /** Who holds it. */
  get held(): HeldBy {
    return this.#held
  }

  /** It is over, one way or the other. */
  get ended(): boolean {
    return this.#over !== undefined
  }

  /** Stops the bytes until `continue`. */
  hold(): void {
    if (!this.ended) this.#control.hold()
  }

  /** Lets the bytes go on. */
  continue(): void {
    if (!this.ended) this.#control.continue()
  }

  /** Ends it: what is verified stays, the rest is removed. `done` rejects with `E_FILE_CANCELLED`. */
  cancel(): void {
    if (!this.ended) this.#control.cancel()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TransferProgress, void, undefined> {
    const watcher = new Inflow<TransferProgress>()
    if (this.#last !== undefined) watcher.push(this.#last)
    if (this.#over !== undefined) watcher.end(this.#over.error)
    this.#watchers.add(watcher)
    try {
      for (let next = await watcher.next(); next !== undefined; next = await watcher.next()) yield next
    } finally {
      this.#watchers.delete(watcher)
    }
  }

  /** For the driver: where it stands. */
  tell(progress: TransferProgress): void {
    this.#last = progress
    for (const watcher of this.#watchers) {
      watcher.clear()
      watcher.push(progress)
    }
  }

  /** For the driver: who holds it. */
  setHeld(held: HeldBy): void {
    this.#held = held
  }

  /** For the driver: it is over, and well. */
  succeed(result: TransferResult, last: TransferProgress): void {
    if (this.ended) return
    this.tell(last)
    this.#over = { error: undefined }
    this.#resolve(result)
    for (const watcher of this.#watchers) watcher.end()
  }

  /** For the driver: it failed. The first call counts. */
  fail(error: FileTransferError | Error): void {
    if (this.ended) return
    this.#over = { error }
    this.#reject(error)
    for (const watcher of this.#watchers) watcher.end(error)
  }
}
