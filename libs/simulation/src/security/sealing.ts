/**
 * The seam where payloads are protected, with two things behind it: terms that are compared and never computed, and the real security of libs/peer. It is the
 * `Security` of libs/peer, but that it takes messages where that one takes bytes: encoding them would cost a symbolic session more than all the rest.
 */
import type { Channel, MediaKey } from '@remote-assist/codec'
import type { OpenedRecord } from '@remote-assist/core'
import type { Counterpart, Soon } from '@remote-assist/peer'

/** What crosses a line under protection. Nobody looks inside who does not hold the key. */
export type Payload = object

/** The header of a frame, which the protection of a record covers. */
export interface Header {
  readonly channel: Channel
  readonly source: number
  readonly targets: readonly number[]
  readonly sequence: number
}

/** A payload, or a handshake message, that is not what its header and its sender's keys say. */
export class Unopened extends Error {
  override readonly name = 'Unopened'
}

/** What a handshake message is, to anybody. */
export interface Handshaking {
  readonly step: 'start' | 'commit' | 'share' | 'confirm' | 'failure'
  /** Of a start: what is to be proven. */
  readonly passwordClass: number | undefined
}

export interface ExchangeEvents {
  send(message: Payload): void
  secured(): void
  failed(code: number): void
}

/** A key agreement with one counterpart. */
export interface Exchange {
  readonly secured: boolean
  start(): Soon<void>
  /** Throws `Unopened` for what is no handshake message. */
  receive(message: Payload): Soon<void>
  end(): void
}

/** What two ends know of one another. */
export interface Pairing {
  /** The same at both ends, and for no other pair. */
  readonly words: string
  /** The counterpart's key. */
  readonly publicKey: string
}

/** The security of one end for a whole session. */
export interface Sealing {
  /** Names this end to its counterparts. */
  readonly publicKey: string
  secure(counterpart: Counterpart, events: ExchangeEvents): Exchange
  seal(header: Header, record: OpenedRecord): Payload
  /** Throws `Unopened`. */
  open(header: Header, payload: Payload): OpenedRecord
  mediaKey(epoch: number): MediaKey
  readonly mediaSpent: boolean
  /** Throws `Unopened` if it does not follow the last one. */
  takeMediaKey(participant: number, key: MediaKey): void
  /** Undefined while it is not secured. */
  pairing(participant: number): Pairing | undefined
  forget(participant: number): void
  endMedia(before?: number): void
  end(): void
}

/** What whoever sits on the lines can do to payloads without a key. */
export interface Forger {
  /** Undefined = no handshake message. */
  peek(payload: Payload): Handshaking | undefined
  /** One thing in it is changed. */
  altered(payload: Payload): Payload
  /** Its end is missing. */
  shortened(payload: Payload): Payload
  /** Made up, to look like what follows this one. */
  forged(header: Header, payload: Payload): Payload
}
