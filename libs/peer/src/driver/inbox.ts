import {
  Channel,
  CloseCode,
  DecodeError,
  decodeFrame,
  decodeHandshake,
  decodeMessages,
  decodeRelay,
  type FrameView,
  type HandshakeMessage,
  type RecordChannel,
  type RelayMessage,
} from '@remote-assist/codec'
import type { OpenedRecord } from '@remote-assist/core'
import { SecureError } from '@remote-assist/secure'
import type { PeerSecurity, Security } from '../security/security.js'

/** What the inbox tells. */
export interface InboxOwner {
  /** This participant's number; 0 while it has none. */
  self(): number
  relay(kind: RelayMessage['kind']): void
  record(peer: number, sequence: bigint, record: OpenedRecord): void
  /** Bytes that break a rule. `peer` 0 = the broker, or whoever it is that sent a frame without a sound header. */
  malformed(peer: number, code: CloseCode): void
  /** The customer begins a handshake that this end did not await: it saw a line come back that was not seen to drop here. */
  restarted(peer: number): void
  /** Much waits: nothing more should arrive until it is dealt with. */
  hold(held: boolean): void
}

/** A sender: its exchange, and what of it waits behind something that takes time. */
interface Sender {
  readonly security: PeerSecurity
  readonly waiting: FrameView[]
  /** What waits, as `costOf` has it. */
  cost: number
  handshakes: number
  busy: boolean
}

/** While so many bytes wait for a handshake step or an opening, the line is held, in bytes; it goes on when half of them are dealt with. */
export const MAX_WAITING_BYTES = 1_048_576
/** What a frame takes beside its payload, in bytes. */
const FRAME_COST = 256
/** The two ends of a handshake take turns: whoever sends so many messages ahead is at no handshake. */
const MAX_WAITING_HANDSHAKES = 8

/** What arrives: frames checked, records opened, both in the order of arrival for each sender. */
export class Inbox {
  readonly #senders = new Map<number, Sender>()
  readonly #last = new Map<number, number>()
  #waitingBytes = 0
  #held = false

  constructor(
    readonly owner: InboxOwner,
    readonly security: Security,
  ) {}

  /** From now on this counterpart's frames belong to this exchange; what of an older one waits is void. */
  admit(participant: number, security: PeerSecurity): void {
    this.forget(participant)
    this.#senders.set(participant, { security, waiting: [], cost: 0, handshakes: 0, busy: false })
  }

  /** Frames of this counterpart mean nothing any more. */
  forget(participant: number): void {
    this.#waitingBytes -= this.#senders.get(participant)?.cost ?? 0
    this.#senders.delete(participant)
    this.#balance()
  }

  /** A sender attached again: its numbers begin anew. */
  restart(participant: number): void {
    this.#last.delete(participant)
  }

  /** A new line: everybody's numbers begin anew. */
  reset(): void {
    this.#last.clear()
    this.#senders.clear()
    this.#waitingBytes = 0
    this.#held = false
  }

  /** One frame, as it came. */
  frame(bytes: Uint8Array): void {
    try {
      this.#accept(decodeFrame(bytes))
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      this.owner.malformed(0, error.closeCode)
    }
  }

  #accept(frame: FrameView): void {
    const { source, sequence } = frame
    let sender = this.#senders.get(source)
    if (source !== 0 && !this.#isForUs(frame)) return sender === undefined ? undefined : this.#broken(source, CloseCode.BAD_HEADER)
    if (source !== 0 && sender?.security.secured !== false && isStart(frame)) {
      this.owner.restarted(source)
      sender = this.#senders.get(source)
    }
    if (source !== 0 && sender === undefined) return
    if (sequence <= (this.#last.get(source) ?? 0)) return this.owner.malformed(source, CloseCode.BAD_HEADER)
    this.#last.set(source, sequence)
    if (frame.channel === Channel.RELAY) {
      if (source === 0) this.owner.relay(decodeRelay(frame.payload).kind)
      return
    }
    if (sender === undefined) return
    if (!sender.busy) return this.#process(source, sender, frame)
    if (frame.channel === Channel.HANDSHAKE && ++sender.handshakes > MAX_WAITING_HANDSHAKES) return this.#broken(source, CloseCode.HANDSHAKE)
    sender.waiting.push(kept(frame))
    this.#weigh(sender, costOf(frame))
  }

  /** The next frame that waits; none of a sender that was forgotten. */
  #next(source: number, sender: Sender): FrameView | undefined {
    const frame = this.#senders.get(source) === sender ? sender.waiting.shift() : undefined
    if (frame === undefined) return undefined
    if (frame.channel === Channel.HANDSHAKE) sender.handshakes--
    this.#weigh(sender, -costOf(frame))
    return frame
  }

  #weigh(sender: Sender, cost: number): void {
    sender.cost += cost
    this.#waitingBytes += cost
    this.#balance()
  }

  /** A broker may take frames to those for whom they are not: all who see have the key of the picture (RA-RLY-014). */
  #isForUs({ channel, targets }: FrameView): boolean {
    return channel === Channel.RELAY || (targets.includes(this.owner.self()) && (targets.length === 1 || channel === Channel.MEDIA))
  }

  /** Deals with frames until one takes time; the others wait for it. */
  #process(source: number, sender: Sender, first: FrameView): void {
    for (let frame: FrameView | undefined = first; frame !== undefined; frame = this.#next(source, sender)) {
      const rest = this.#guard(source, frame, () => this.#step(source, sender, frame as FrameView))
      if (rest === undefined) continue
      sender.busy = true
      void rest.then(() => {
        sender.busy = false
        const next = this.#next(source, sender)
        if (next !== undefined) this.#process(source, sender, next)
      })
      return
    }
  }

  #balance(): void {
    const held = this.#waitingBytes > (this.#held ? MAX_WAITING_BYTES / 2 : MAX_WAITING_BYTES)
    if (held === this.#held) return
    this.#held = held
    this.owner.hold(held)
  }

  #step(source: number, sender: Sender, frame: FrameView): Promise<void> | undefined {
    const { channel } = frame
    if (channel === Channel.HANDSHAKE) return sender.security.receive(handshakeOf(frame)) ?? undefined
    // Sealed under keys that this end does not have: of an older exchange, or premature.
    if (!sender.security.secured) return undefined
    const opened = this.security.open(frame, frame.payload)
    if (opened instanceof Uint8Array) {
      this.#opened(sender, frame, opened)
      return undefined
    }
    return opened.then(plaintext =>
      this.#senders.get(source) === sender ? this.#guard(source, frame, () => this.#opened(sender, frame, plaintext)) : undefined,
    )
  }

  #opened({ security }: Sender, { source, channel, sequence }: FrameView, plaintext: Uint8Array): void {
    security.opened()
    const kinds = decodeMessages(channel as RecordChannel, plaintext).map(message => message.kind)
    this.owner.record(source, BigInt(sequence), { channel, kinds } as OpenedRecord)
  }

  /** Bytes that do not decode are their sender's fault, and so is a record that does not open. */
  #guard(source: number, frame: FrameView, step: () => Promise<void> | undefined | void): Promise<void> | undefined {
    const failed = (error: unknown) => this.#broken(source, codeOf(error, frame.channel))
    try {
      return step()?.catch(failed)
    } catch (error) {
      if (!(error instanceof DecodeError || error instanceof SecureError)) throw error
      failed(error)
      return undefined
    }
  }

  #broken(source: number, code: CloseCode): void {
    this.forget(source)
    this.owner.malformed(source, code)
  }
}

const costOf = ({ payload }: FrameView): number => payload.length + FRAME_COST

/** A frame that waits. A line hands over small messages as views of all that it read at once: that would stay with each of them. */
function kept(frame: FrameView): FrameView {
  const { payload } = frame
  return payload.length * 2 < payload.buffer.byteLength ? { ...frame, payload: payload.slice() } : frame
}

/** Whether a frame begins a handshake; bytes that do not decode begin nothing. */
const isStart = (frame: FrameView): boolean => frame.channel === Channel.HANDSHAKE && handshakeOf(frame)?.kind?.$case === 'start'

/** A message of a handshake; undefined if it does not decode, which ends the exchange and nothing else: anybody may have sent it (RA-SEC-029, RA-SEC-004). */
function handshakeOf({ payload }: FrameView): HandshakeMessage | undefined {
  try {
    return decodeHandshake(payload)
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}

/** Why a peer is ended over what it sent: a channel that its role has nothing to say on is told apart from a record that does not open (RA-INP-005). */
function codeOf(error: unknown, channel: Channel): CloseCode {
  if (error instanceof DecodeError) return error.closeCode
  if (channel === Channel.HANDSHAKE) return CloseCode.HANDSHAKE
  return error instanceof SecureError && error.code === 'E_CHANNEL' ? CloseCode.FORBIDDEN_MESSAGE : CloseCode.BAD_RECORD
}
