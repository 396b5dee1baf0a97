/** What the drivers of a transfer need of the session: the core's file channel for one counterpart, and the line's back-pressure. */
import type { FileEvent, FileNotice, Instant } from '@remote-assist/core'

/** What a driver says to the core. */
export type FileLocal = Extract<FileEvent, { readonly type: `local.${string}` }>

/** The file channel for one counterpart. */
export interface FileChannel {
  /** Agents send to the customer, and the customer to them. */
  readonly side: 'agent' | 'customer'
  /** Tells the core. Throws if that is not possible now. */
  say(event: FileLocal): void
  /** Resolves when the line takes more; at once (undefined) if it does now. */
  room(): Promise<void> | undefined
  /** What is said in one turn may leave in records of up to so many bytes. */
  burst(bytes: number): void
  /** The most bytes of data that a chunk may carry here. */
  readonly maxChunkBytes: number
  /** The administrator's limit, for messages. */
  readonly maxFileBytes: bigint
  now(): Instant
  /** Does something so many milliseconds from now, once. Returns what calls it off. */
  later(ms: number, task: () => void): () => void
}

/** A word of the core about one transfer. */
export type TransferNotice = Extract<FileNotice, { readonly transferId: number }>

/** Lets one task wait for something to change. */
export class Signal {
  #wake: (() => void) | undefined
  #changed: Promise<void> | undefined

  /** Something changed: whoever waits looks again. */
  notify(): void {
    this.#wake?.()
    this.#wake = undefined
    this.#changed = undefined
  }

  /** Resolves at the next change. */
  wait(): Promise<void> {
    this.#changed ??= new Promise(resolve => {
      this.#wake = resolve
    })
    return this.#changed
  }
}
