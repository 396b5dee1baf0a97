/**
 * The one seam where payloads are protected. The driver knows this interface alone: it hands over plaintext, gets payloads, and learns who has
 * proven a secret. What is behind it may change without any channel or host noticing.
 */
import type { Channel, CloseCode, HandshakeMessage, PasswordClass, Policy, Role } from '@remote-assist/codec'

/** Bytes now, or soon. The driver keeps the order, whichever it is. */
export type Soon<T> = T | Promise<T>

/** A shared secret, by class. The name says which one, for classes that have several (`secret_id` of HandshakeStart; empty else). */
export interface Secret {
  readonly passwordClass: PasswordClass
  /** 16 bytes for INVITE and RESUME, else empty. */
  readonly name: Uint8Array
  readonly bytes: Uint8Array
}

/** What is known about a counterpart when an exchange begins. */
export interface Counterpart {
  readonly participant: number
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
  /** The next message of the counterpart. Resolves when it was dealt with: nothing that follows it may be opened before. */
  receive(message: HandshakeMessage): Soon<void>
}

/** The header of a record's frame, which its protection covers. */
export interface RecordHeader {
  readonly channel: Channel
  readonly source: number
  readonly targets: readonly number[]
  readonly sequence: number
}

/** The security of one end for the whole session. */
export interface Security {
  /** Begins anew with a counterpart; what stood before is void (RA-SEC-006). */
  secure(counterpart: Counterpart, events: ExchangeEvents): PeerSecurity
  /** A record's payload, for one counterpart, or on MEDIA for several. Called in order of `sequence`. */
  seal(header: RecordHeader, plaintext: Uint8Array): Soon<Uint8Array>
  /** A record's plaintext. Rejects, or throws, if it was tampered with. Called in the order of arrival. */
  open(header: RecordHeader, payload: Uint8Array): Soon<Uint8Array>
  /** Forgets a counterpart and everything kept for its return. */
  forget(participant: number): void
}
