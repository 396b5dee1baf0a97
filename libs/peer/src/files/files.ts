import { RefusalReason } from '@remote-assist/codec'
import { type FileNotice, MAX_TRANSFERS } from '@remote-assist/core'
import { Emitter } from '../emitter.js'
import { refusalError } from '../errors.js'
import { Answers } from '../inflow.js'
import type { FileChannel, TransferNotice } from './channel.js'
import { FileTransferError, outcomeError } from './errors.js'
import { type FileAsk, FileOffer } from './offer.js'
import { Receiver } from './receiver.js'
import { Sender } from './sender.js'
import type { FilePlatform, FileSource } from './store.js'
import { Transfer } from './transfer.js'

/** The most bytes of an ask's prompt, in UTF-8. */
const MAX_PROMPT_BYTES = 512

/** What happens to files without being asked for. */
export interface FilesEvents {
  /** The other end offers files; an offer that answers an ask goes to whoever asked. Without a listener it is refused. */
  readonly offer: FileOffer
  /** The agent asks this customer for files. Without a listener it is declined. */
  readonly ask: FileAsk
}

/** What files are made of. */
export interface FilesParts {
  readonly channel: FileChannel
  readonly platform: FilePlatform
  /** Who the counterpart is, the same when it returns: unfinished transfers are kept for it alone. */
  peer(): string
}

/** Files between this end and one counterpart: what is sent, asked for, offered and taken. */
export class Files extends Emitter<FilesEvents> {
  readonly #parts: FilesParts
  readonly #senders = new Map<number, Sender>()
  readonly #receivers = new Map<number, Receiver>()
  /** Transfers that wait for one of the `MAX_TRANSFERS` to end. */
  readonly #waiting: (() => void)[] = []
  readonly #asks = new Answers<FileOffer>()
  readonly #open = new Set<Transfer>()
  #nextId: number
  #nextRequest = 1
  #closed: Error | undefined

  constructor(parts: FilesParts) {
    super()
    this.#parts = parts
    // Agents choose odd ids, the customer even ones (RA-FIL-004).
    this.#nextId = parts.channel.side === 'agent' ? 1 : 2
  }

  /**
   * Sends files and folders, by their paths or from a source of one's own. Iterate the transfer for progress, or await `done`. It goes on after a
   * dropped line; sent again in a later session, it goes on where it stopped if the receiver still has the beginning.
   * Fails with `FileTransferError`; what the receiver refused is in its `failures`, the rest has arrived.
   */
  send(what: readonly string[] | FileSource): Transfer {
    return this.#send(what, 0)
  }

  /** The administrator's limit on one file, in bytes; the default, 1 GiB, before the broker has told. */
  get maxFileBytes(): bigint {
    return this.#parts.channel.maxFileBytes
  }

  /** Asks the customer for files. Resolves to what it offers, to be accepted or refused; rejects with the refusal. Only an agent asks. */
  ask(prompt: string): Promise<FileOffer> {
    if (new TextEncoder().encode(prompt).length > MAX_PROMPT_BYTES) {
      return Promise.reject(new RangeError(`A prompt has at most ${MAX_PROMPT_BYTES} bytes of UTF-8.`))
    }
    const requestId = this.#nextRequest++
    const answer = this.#asks.wait(requestId)
    try {
      if (this.#closed !== undefined) throw this.#closed
      this.#parts.channel.say({ type: 'local.ask', requestId, prompt })
    } catch (error) {
      this.#asks.fail(requestId, error as Error)
    }
    return answer
  }

  /** Hears what the core says about files. */
  notice(notice: FileNotice): void {
    switch (notice.kind) {
      case 'file.asked':
        return this.#asked(notice.requestId, notice.prompt, notice.by - this.#parts.channel.now())
      case 'file.ask-ended':
        if (notice.reason !== RefusalReason.UNSPECIFIED) this.#asks.fail(notice.requestId, refusalError(notice.reason))
        return
      case 'file.offered':
        return this.#offered(notice)
      default:
        return this.#pass(notice)
    }
  }

  /** Nothing goes on after this: the session is over. Every open transfer fails, with this error if it is given. */
  close(error?: Error): void {
    this.#closed = error ?? outcomeError({ result: 'lost' })
    this.#waiting.length = 0
    this.#asks.failAll(this.#closed)
    for (const transferId of [...this.#senders.keys(), ...this.#receivers.keys()]) {
      this.#pass({ kind: 'file.ended', transferId, outcome: { result: 'lost' } })
    }
    for (const transfer of this.#open) transfer.fail(this.#closed)
  }

  #pass(notice: TransferNotice): void {
    const { transferId } = notice
    const driver = this.#senders.get(transferId) ?? this.#receivers.get(transferId)
    if (notice.kind === 'file.ended') {
      this.#senders.delete(transferId)
      this.#receivers.delete(transferId)
    }
    driver?.notice(notice)
    if (notice.kind === 'file.ended' && this.#senders.size < MAX_TRANSFERS) this.#waiting.shift()?.()
  }

  #send(what: readonly string[] | FileSource, requestId: number): Transfer {
    let sender: Sender | undefined
    const transfer = new Transfer('sending', {
      hold: () => sender?.hold(true),
      continue: () => sender?.hold(false),
      cancel: () => (sender === undefined ? transfer.fail(new FileTransferError('E_FILE_CANCELLED', 'The transfer was cancelled.')) : sender.cancel()),
    })
    const begin = (source: FileSource): void => {
      if (transfer.ended) return
      if (this.#senders.size >= MAX_TRANSFERS) return void this.#waiting.push(() => begin(source))
      const transferId = this.#nextId
      this.#nextId += 2
      const { channel, platform } = this.#parts
      sender = new Sender({ channel, hasher: platform.hasher, transferId, source, requestId, transfer })
      this.#senders.set(transferId, sender)
      try {
        sender.start()
      } catch (error) {
        this.#senders.delete(transferId)
        transfer.fail(error as Error)
      }
    }
    this.#begin(transfer, what, begin, requestId)
    return transfer
  }

  #begin(transfer: Transfer, what: readonly string[] | FileSource, begin: (source: FileSource) => void, requestId: number): void {
    this.#open.add(transfer)
    const forget = () => this.#open.delete(transfer)
    transfer.done.then(forget, forget)
    if (this.#closed !== undefined) return transfer.fail(this.#closed)
    if ('entries' in what && !Array.isArray(what)) return begin(what as FileSource)
    this.#parts.platform.source(what as readonly string[]).then(begin, error => {
      transfer.fail(error)
      if (requestId !== 0) this.#decline(requestId, RefusalReason.NOT_FOUND)
    })
  }

  #offered(notice: Extract<FileNotice, { readonly kind: 'file.offered' }>): void {
    const { channel, platform } = this.#parts
    const { store, hasher } = platform
    const ask = (receiver: Receiver, byMs: number) => this.#ask(new FileOffer(receiver, byMs))
    this.#receivers.set(notice.transferId, new Receiver({ channel, hasher, store, peer: this.#parts.peer(), offered: notice, ask }))
  }

  /** An offer goes to whoever asked for it, else to whoever listens; nobody means no (RA-FIL-013). */
  #ask(offer: FileOffer): void {
    if (offer.requestId !== 0) return this.#asks.settle(offer.requestId, offer)
    if (this.heard('offer')) this.emit('offer', offer)
    else offer.refuse()
  }

  #asked(requestId: number, prompt: string, answerWithinMs: number): void {
    if (!this.heard('ask')) return this.#decline(requestId, RefusalReason.DENIED)
    let answered = false
    this.emit('ask', {
      prompt,
      answerWithinMs: Math.max(0, answerWithinMs),
      give: what => {
        const first = !answered
        answered = true
        if (!first) throw refusalError(RefusalReason.INVALID)
        return this.#send(what, requestId)
      },
      decline: () => {
        if (!answered) this.#decline(requestId, RefusalReason.DENIED)
        answered = true
      },
    })
  }

  #decline(requestId: number, reason: RefusalReason): void {
    this.#parts.channel.say({ type: 'local.decline', requestId, reason })
  }
}
