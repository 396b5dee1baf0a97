/**
 * The one seam where payloads are protected. The driver knows this interface alone: it hands over plaintext, gets payloads, and learns who has
 * proven a secret. No channel and no host knows what is behind it.
 */
import type { Channel, CloseCode, HandshakeMessage, MediaKey, Policy, Role } from '@remote-assist/codec'

/** Bytes now, or soon. The driver keeps the order, whichever it is. */
export type Soon<T> = T | Promise<T>

/** What is known about a counterpart when an exchange begins. */
export interface Counterpart {
  readonly participant: number
  /** Its role. */
  readonly counterpartRole: Role
  /** This end's role and number. */
  readonly role: Role
  readonly self: number
  /** The session's id, 16 bytes. */
  readonly sessionId: Uint8Array
  readonly policy: Policy | undefined
}

/** How an exchange ended in vain. `attemptsLeft`: tries that remain for a PIN. */
export interface Failure {
  readonly code: CloseCode
  readonly attemptsLeft: number | undefined
  /** It was a return, after a drop or a restart: no PIN was asked for. */
  readonly returning: boolean
}

/** What an exchange says. */
export interface ExchangeEvents {
  send(message: HandshakeMessage): void
  secured(): void
  failed(failure: Failure): void
}

/** A key agreement with one counterpart, and whether it stands. */
export interface PeerSecurity {
  /** Both ends proved the secret: records may be sealed and opened. */
  readonly secured: boolean
  /** The customer begins (RA-SEC-001). The joiner does nothing but wait. */
  start(): Soon<void>
  /**
   * The next message of the counterpart, undefined if it does not decode; once this end has keys, none but a failure of a customer whose records have not opened yet
   * counts. Resolves when it was dealt with: nothing that follows it may be opened before.
   */
  receive(message: HandshakeMessage | undefined): Soon<void>
  /** A record of the counterpart opened: it has the keys, and nothing more is to come of this exchange. */
  opened(): void
  /** This end has other secrets now: an exchange about one that is void comes to nothing (RA-SEC-069). */
  secretsChanged(): void
  /** Its line dropped, it is gone, or another exchange takes its place: nothing comes of it any more. */
  end(): void
}

/** The header of a record's frame, which its protection covers. */
export interface RecordHeader {
  readonly channel: Channel
  readonly source: number
  readonly targets: readonly number[]
  readonly sequence: number
}

/** What two ends know of one another once they are secured. */
export interface Acquaintance {
  /** Three words that are the same at both ends, for people to compare (RA-SEC-044). */
  readonly words: readonly string[]
  /** Who the counterpart's organisation says it is, a compact JWS that nobody has checked yet; empty = none. */
  readonly credential: string
  /** The counterpart's session key, which the handshake bound, 32 bytes: what it signs with. */
  readonly publicKey: Uint8Array
}

/** The security of one end for the whole session. */
export interface Security {
  /** Begins anew with a counterpart; what stood before is void (RA-SEC-006). */
  secure(counterpart: Counterpart, events: ExchangeEvents): PeerSecurity
  /** A record's frame, for one counterpart, or on MEDIA for several: `head`, and the payload behind it. Called in order of `sequence`. */
  seal(header: RecordHeader, plaintext: Uint8Array, head: Uint8Array): Soon<Uint8Array>
  /** A record's plaintext. Rejects, or throws, if it was tampered with. Called in the order of arrival. */
  open(header: RecordHeader, payload: Uint8Array): Soon<Uint8Array>
  /** Customer: key and salt of an epoch, made when it is first named; every picture is sealed under them from then on. */
  mediaKey(epoch: number): MediaKey
  /** Customer: the key of the picture has served its time, and the next epoch is due. */
  readonly mediaSpent: boolean
  /** Joiner: pictures of that customer come under this key from now on. */
  takeMediaKey(participant: number, key: MediaKey): void
  /** What is known of a counterpart; undefined while it is not secured. */
  acquaintance(participant: number): Acquaintance | undefined
  /** Forgets a counterpart and everything kept for its return. */
  forget(participant: number): void
  /** Nothing is shown any more: the key of the picture is destroyed, if it is of an epoch before this one. Default: of whichever. */
  endMedia(before?: number): void
  /** The session is over: every key and secret is destroyed. */
  end(): void
}
