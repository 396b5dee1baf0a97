/** What arrives at an end: as the inbox of libs/peer, with payloads in place of bytes. */
import { Channel, CloseCode, type Roster } from '@remote-assist/codec'
import type { OpenedRecord } from '@remote-assist/core'
import type { Soon } from '@remote-assist/peer'
import type { SealedFrame } from './network.js'
import { type Exchange, type Forger, type Sealing, Unopened } from './security/sealing.js'

/** What the inbox tells. */
export interface InboxOwner {
  self(): number
  opened(frame: SealedFrame, record: OpenedRecord): void
  shaken(frame: SealedFrame): void
  malformed(peer: number, code: CloseCode): void
  restarted(peer: number): void
}

interface Sender {
  readonly exchange: Exchange
  readonly waiting: SealedFrame[]
  busy: boolean
}

export class Inbox {
  readonly #senders = new Map<number, Sender>()
  readonly #last = new Map<number, number>()
  readonly #incarnations = new Map<number, number>()

  constructor(
    private readonly owner: InboxOwner,
    private readonly sealing: Sealing,
    private readonly forger: Forger,
  ) {}

  admit(participant: number, exchange: Exchange): void {
    this.#senders.set(participant, { exchange, waiting: [], busy: false })
  }

  forget(participant: number): void {
    this.#senders.delete(participant)
  }

  /** A new line: everybody's numbers begin anew. */
  reset(): void {
    this.#last.clear()
    this.#senders.clear()
    this.#incarnations.clear()
  }

  /** Whoever attached again numbers its frames anew. */
  follow({ entries }: Roster): void {
    for (const { participant, incarnation } of entries) {
      if ((this.#incarnations.get(participant) ?? 0) < incarnation) this.#last.delete(participant)
      this.#incarnations.set(participant, incarnation)
    }
  }

  /** Resolves when a frame that takes time was dealt with. */
  frame(frame: SealedFrame): Soon<void> {
    const { source, sequence, channel, targets } = frame
    let sender = this.#senders.get(source)
    if (!targets.includes(this.owner.self()) || (targets.length > 1 && channel !== Channel.MEDIA))
      return sender === undefined ? undefined : this.#broken(source, CloseCode.BAD_HEADER)
    if (sender?.exchange.secured !== false && channel === Channel.HANDSHAKE && this.forger.peek(frame.payload)?.step === 'start') {
      this.owner.restarted(source)
      sender = this.#senders.get(source)
    }
    if (sender === undefined) return
    if (sequence <= (this.#last.get(source) ?? 0)) return this.owner.malformed(source, CloseCode.BAD_HEADER)
    this.#last.set(source, sequence)
    if (!sender.busy) return this.#process(source, sender, frame)
    sender.waiting.push(frame)
  }

  /** Deals with frames until one takes time; the others wait for it. */
  #process(source: number, sender: Sender, first: SealedFrame): Soon<void> {
    for (let frame: SealedFrame | undefined = first; frame !== undefined; frame = sender.waiting.shift()) {
      const rest = this.#step(source, sender, frame)
      if (rest === undefined) continue
      sender.busy = true
      return rest.then(() => {
        sender.busy = false
        const next = sender.waiting.shift()
        if (next !== undefined && this.#senders.get(source) === sender) return this.#process(source, sender, next)
      })
    }
  }

  #step(source: number, sender: Sender, frame: SealedFrame): Promise<void> | undefined {
    try {
      if (frame.channel === Channel.HANDSHAKE) {
        this.owner.shaken(frame)
        return sender.exchange.receive(frame.payload) ?? undefined
      }
      // Sealed under keys that this end does not have: of an older exchange, or premature.
      if (!sender.exchange.secured) return undefined
      const record = this.sealing.open(frame, frame.payload)
      this.owner.opened(frame, record)
    } catch (error) {
      if (!(error instanceof Unopened)) throw error
      this.#broken(source, frame.channel === Channel.HANDSHAKE ? CloseCode.HANDSHAKE : CloseCode.BAD_RECORD)
    }
    return undefined
  }

  #broken(source: number, code: CloseCode): void {
    this.forget(source)
    this.owner.malformed(source, code)
  }
}
