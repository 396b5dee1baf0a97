/** Where file transfer plugs in: one port for each counterpart, between the core's channel and whoever moves the bytes. */
import { CancelReason, RefusalReason } from '@remote-assist/codec'
import type { CustomerChannelCall, CustomerNotice, Instant, JoinerChannelCall, JoinerNotice } from '@remote-assist/core'

/** What the core says about files, at either end. */
export type FileNotice = Extract<CustomerNotice | JoinerNotice, { readonly kind: `file.${string}` }>
/** What may be said to the core about files, at either end. */
export type FileCall = Extract<CustomerChannelCall | JoinerChannelCall, { readonly channel: 'file' }>['event']

/** What the port is connected to. */
export interface FileWire {
  /** Throws when that is not possible now. */
  call(event: FileCall): void
  now(): Instant
  /** Bytes that wait for the line; a sender reads no further ahead while there are many. */
  waitingBytes(): number
  /** Calls back when there is room again. Returns a function that stops it. */
  onDrain(listener: () => void): () => void
  /** The most bytes that one message may have. */
  maxMessageBytes(): number
}

export class FilePort {
  #listener: ((notice: FileNotice) => void) | undefined

  constructor(readonly wire: FileWire) {}

  /** From now on `listener` hears everything about files of this counterpart, in order, and answers it. Returns a function that stops it. */
  attach(listener: (notice: FileNotice) => void): () => void {
    this.#listener = listener
    return () => {
      if (this.#listener === listener) this.#listener = undefined
    }
  }

  /** A word of the core. Where nobody moves files, what is asked is declined, so that nobody waits. */
  hear(notice: FileNotice): void {
    if (this.#listener !== undefined) return this.#listener(notice)
    if (notice.kind === 'file.asked') this.wire.call({ type: 'local.decline', requestId: notice.requestId, reason: RefusalReason.UNSUPPORTED })
    if (notice.kind === 'file.offered') this.wire.call({ type: 'local.cancel', transferId: notice.transferId, reason: CancelReason.USER })
  }
}
