import { AuditLog, auditEntry } from '../crypto/audit.js'
import type { EndPlayer, Seat } from './end-player.js'
import type { Fields } from './player.js'

/** The audit log as the customer keeps it, and as it goes to an agent. */

/** Entries that stay unsigned at most (RA-SEC-256). */
const SIGN_AFTER = 256

export class CustomerAudit {
  #log: AuditLog | undefined
  readonly #entries: Uint8Array[] = []
  #sent = 0
  #flowing = false
  /** Entries that the agent has signed, and those that this end has. */
  #taken = 0
  #signed = 0
  #ended = false

  constructor(
    private readonly player: EndPlayer & { readonly joinerRole: 'AGENT' | 'VIEWER' },
    private readonly seat: Seat,
  ) {}

  get length(): number {
    return this.#entries.length
  }

  /** Appends an entry, and sends it to an agent that may have it. */
  append(kind: string, details: Readonly<Record<string, string>>): void {
    this.#log ??= new AuditLog(this.seat.sessionId, this.player.number, this.player.key.publicKey)
    const entry = auditEntry({ at: Date.now(), kind, details })
    this.#log.take(this.#log.length, entry)
    this.#entries.push(entry)
    if (!this.#flowing) return
    this.flush()
    if (this.#entries.length - this.#signed >= SIGN_AFTER) this.sign()
  }

  /** The agent is away: what it has not signed is sent again (RA-SEC-262). */
  lost(): void {
    this.#flowing = false
    this.#sent = this.#taken
  }

  /** Sends what the agent does not have yet; from now on, each entry as it comes. */
  flush(): void {
    this.#flowing = true
    if (!this.player.manners.audit || this.player.joinerRole !== 'AGENT' || !this.player.securedNow) return
    for (; this.#sent < this.#entries.length; this.#sent++) {
      this.player.send({ channel: 'SESSION', messages: [{ auditEntry: { index: this.#sent, entry: this.#entries[this.#sent] } }] })
    }
  }

  /** Sends an entry again. */
  repeat(index: number): void {
    this.player.send({ channel: 'SESSION', messages: [{ auditEntry: { index, entry: this.#entries[index] } }] })
  }

  /** Signs everything so far. */
  sign(): void {
    if (this.#log === undefined || this.#log.length === 0 || !this.player.manners.audit || this.player.joinerRole !== 'AGENT') return
    this.#signed = this.#entries.length
    this.player.send({ channel: 'SESSION', messages: [{ auditSign: { ...this.#log.sign(this.player.key) } }] })
  }

  /** Ends the log with the session's code, and signs it. */
  end(code: number): void {
    this.#ended = true
    this.append('session.ended', { code: String(code) })
    this.sign()
  }

  /** Takes a signature of the agent; one with which it leaves is answered. */
  signed(fields: Fields): void {
    this.#taken = Math.max(this.#taken, Math.min(Number(fields.index) + 1, this.#entries.length))
    if (fields.leaving !== true || !this.player.manners.audit || this.#ended) return
    this.append('participant.left', { code: '100', participant: String(this.player.counterpart) })
    this.end(102)
  }

  /** Whether a signature that arrived is over this log and by this key. */
  verifies({ index, head, signature }: Fields, key: Uint8Array): boolean {
    const sign = { index: Number(index), head: head as Uint8Array, signature: signature as Uint8Array }
    return this.#log?.verify(sign, key) ?? false
  }
}
