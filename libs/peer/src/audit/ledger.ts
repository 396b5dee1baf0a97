/** What both ends of an audit log have in common: the chain, its lines, and when this end is to sign. */
import type { Instant } from '@remote-assist/core'
import {
  AUDIT_PACE,
  type AuditChain,
  type AuditHeader,
  type AuditMessage,
  type AuditSignature,
  auditDue,
  beginAudit,
  checkAuditSignature,
  entryLine,
  followAudit,
  hasAuditEntry,
  headerLine,
  type SessionKey,
  signAudit,
  signatureLine,
} from '@remote-assist/secure'
import type { Clock } from '../clock.js'

/** What a ledger is made of. */
export interface LedgerParts {
  readonly header: AuditHeader
  /** This end's number and key. */
  readonly self: number
  readonly key: SessionKey
  readonly clock: Clock
  write(line: string): void
  /** It is time to sign (RA-SEC-256). */
  due(): void
}

export class Ledger {
  readonly #parts: LedgerParts
  readonly #covered = new Map<number, number>()
  #chain: AuditChain
  #cancel: (() => void) | undefined

  constructor(parts: LedgerParts) {
    this.#parts = parts
    this.#chain = beginAudit(parts.header)
    parts.write(headerLine(parts.header))
  }

  get header(): AuditHeader {
    return this.#chain.header
  }

  /** How many entries there are. */
  get entries(): number {
    return this.#chain.entries
  }

  /** How many entries a participant has signed. */
  signedBy(participant: number): number {
    return this.#covered.get(participant) ?? 0
  }

  /** Appends the next entry. Throws `SecureError` if it is not the next one, or none at all. */
  take(message: AuditMessage): void {
    const { head } = this.#chain
    this.#chain = followAudit(this.#chain, message, this.#parts.clock.now())
    this.#parts.write(entryLine(message, head, this.#chain.head))
  }

  /** Whether it came before. Throws `SecureError` if another one did. */
  has(message: AuditMessage): boolean {
    return hasAuditEntry(this.#chain, message)
  }

  /** Says that it is due, now or when it will be. */
  pace(): void {
    const { clock, due } = this.#parts
    const { unsignedSince } = this.#chain
    if (unsignedSince === undefined) return
    if (auditDue(this.#chain, clock.now())) return due()
    this.#cancel ??= clock.setTimer((unsignedSince + AUDIT_PACE.ms) as Instant, () => {
      this.#cancel = undefined
      this.pace()
    })
  }

  /** This end's signature over all entries. Throws `SecureError` if there are none. */
  sign(): AuditSignature {
    this.stop()
    const { chain, sign } = signAudit(this.#chain, this.#parts.key)
    this.#chain = chain
    this.#keep(this.#parts.self, sign)
    return sign
  }

  /** Takes the signature of another participant. Throws `SecureError` if it is not its own, or over other entries than these. */
  check(participant: number, sign: AuditSignature, publicKey: Uint8Array): void {
    checkAuditSignature(this.#chain, sign, publicKey, this.signedBy(participant))
    this.#keep(participant, sign)
  }

  /** No signature is due any more. */
  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  /** A signature that covers nothing new is not written down again. */
  #keep(participant: number, sign: AuditSignature): void {
    if (sign.index < this.signedBy(participant)) return
    this.#covered.set(participant, sign.index + 1)
    this.#parts.write(signatureLine(sign, participant))
  }
}
