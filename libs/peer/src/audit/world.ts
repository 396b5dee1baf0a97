/** What entries of the audit log are made from. */
import type { CustomerState, Instant } from '@remote-assist/core'
import type { AuditDetails, AuditKind } from '@remote-assist/secure'

/** Writes an entry down. */
export type Note = <K extends AuditKind>(kind: K, details: AuditDetails<K>) => void

/** What the customer's end knows. */
export interface World {
  state(): CustomerState
  /** The customer's number. */
  self(): number
  /** The session key that a participant proved; undefined while it is not secured. */
  keyOf(peer: number): Uint8Array | undefined
  /** A moment as ms since 1970; 0 = never. */
  dateOf(instant: Instant | undefined): number
}
