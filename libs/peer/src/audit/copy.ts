/** An agent's copy of the customer's audit log: every entry is verified as it comes, and nothing is signed that was not seen in order. */
import { type AuditEntry, type AuditSign, type Channel, CloseCode } from '@remote-assist/codec'
import type { JoinerNotice, Kind } from '@remote-assist/core'
import { type AuditMessage, type AuditRecord, readAuditEntry, SecureError, type SessionKey } from '@remote-assist/secure'
import type { Clock } from '../clock.js'
import type { AssistError } from '../errors.js'
import { Ledger } from './ledger.js'
import { type AuditSink, auditError, lineWriter } from './sink.js'
import { hex } from './text.js'
import { entryOf, lastWords, STAYS, signKind, signOf } from './wire.js'

type SignKind = Extract<Kind<Channel.SESSION>, { readonly $case: 'auditSign' }>

/** What the copies of an agent are made of. */
export interface CopiesParts {
  readonly sink: AuditSink | undefined
  readonly clock: Clock
  readonly key: SessionKey
  self(): number
  sessionId(): Uint8Array
  /** The key that a customer proved; undefined while it is not secured. */
  keyOf(customer: number): Uint8Array | undefined
  /** Says it to the customer, also when the session is over here; false if that is not possible now. */
  say(customer: number, kind: SignKind): boolean
  /** A customer's log cannot be followed any more. */
  broken(error: AssistError): void
}

/** The logs that an agent follows, one after another: one for each customer. */
export class AuditCopies {
  readonly #parts: CopiesParts
  #copy: Copy | undefined
  #logs = 0
  #reachable = false

  constructor(parts: CopiesParts) {
    this.#parts = parts
  }

  /** A word of the core. */
  hear(notice: JoinerNotice, peer: number): void {
    if (notice.kind === 'audit') return this.take(peer, notice.message)
    if (notice.kind !== 'peer.phase' || notice.phase === 'gone') return
    this.#reachable = notice.phase === 'active' || notice.phase === 'paused'
    if (this.#reachable && this.#copy?.customer === peer) this.#copy.returned()
  }

  /** What a customer says of its log. */
  take(customer: number, message: Kind<Channel.SESSION>): void {
    if (message.$case === 'auditEntry') this.#of(customer)?.entry(message.value)
    else if (message.$case === 'auditSign' && this.#copy?.customer === customer) this.#copy.signature(message.value)
  }

  /**
   * This end leaves, and ends the session for everybody or not: resolves when the customer wrote that down, and both have signed it. Undefined if there is
   * nothing to sign, or nobody to hear it.
   */
  lastWords(endsSession: boolean): Promise<void> | undefined {
    return this.#reachable ? this.#copy?.leave(endsSession) : undefined
  }

  #of(customer: number): Copy | undefined {
    if (this.#copy?.customer === customer) return this.#copy
    const key = this.#parts.keyOf(customer)
    if (key === undefined) return undefined
    this.#copy?.end()
    this.#copy = new Copy(this.#parts, customer, key, ++this.#logs)
    return this.#copy
  }
}

class Copy {
  readonly #parts: CopiesParts
  readonly #ledger: Ledger
  /** A signature could not be said when it was due. */
  #owed = false
  #broken = false
  /** The log says which key this end has: until then its signatures say nothing. */
  #named = false
  /** The last entry says that this end, or everybody, is gone. */
  #closed = false
  #leaving: ReturnType<typeof lastWords> | undefined
  #endsSession = false

  constructor(
    parts: CopiesParts,
    readonly customer: number,
    readonly key: Uint8Array,
    log: number,
  ) {
    this.#parts = parts
    const { clock, sink } = parts
    const header = { session: parts.sessionId(), participant: customer, key }
    const write = lineWriter(sink, log, parts.broken)
    this.#ledger = new Ledger({ header, self: parts.self(), key: parts.key, clock, write, due: () => this.#sign() })
  }

  entry(value: AuditEntry): void {
    this.#guard(() => {
      const message = entryOf(value)
      if (this.#ledger.has(message)) return
      this.#agree(message)
      this.#ledger.take(message)
      if (this.#closed && this.#leaving === undefined) this.#sign()
      else this.#ledger.pace()
    })
  }

  signature(value: AuditSign): void {
    this.#guard(() => {
      const { participant, key } = this.#ledger.header
      this.#ledger.check(participant, signOf(value), key)
      if (this.#leaving === undefined || !this.#closed || this.#ledger.signedBy(participant) < this.#ledger.entries) return
      this.#sign()
      this.#leaving.done()
    })
  }

  /** The customer hears this end again. */
  returned(): void {
    if (this.#owed) this.#sign()
  }

  leave(endsSession: boolean): Promise<void> | undefined {
    this.#ledger.stop()
    if (this.#broken || this.#closed || !this.#named) return undefined
    this.#leaving = lastWords(this.#parts.clock)
    this.#endsSession = endsSession
    this.#sign()
    return this.#leaving.over
  }

  end(): void {
    this.#ledger.stop()
  }

  /** The log must not say that this end has another key than its own: then its signatures would be worth nothing. */
  #agree(message: AuditMessage): void {
    const record = readAuditEntry(message.entry)
    const aboutUs = record.details.participant === String(this.#parts.self())
    const { key } = record.details
    if (aboutUs && key !== undefined && key !== hex(this.#parts.key.publicKey))
      throw new SecureError('E_SIGNATURE', 'The audit log names another key for this agent.')
    this.#named ||= aboutUs && key !== undefined
    this.#closed = endsFor(record, aboutUs)
  }

  #sign(): void {
    if (this.#broken || !this.#named) return
    const leaves = this.#leaving !== undefined && !this.#closed
    const going = leaves ? { leaving: true, endsSession: this.#endsSession } : STAYS
    this.#owed = !this.#parts.say(this.customer, signKind(this.#ledger.sign(), going))
  }

  /** Whoever breaks the chain, or the word given on it, has no signature of this end any more. */
  #guard(step: () => void): void {
    if (this.#broken) return
    try {
      step()
    } catch (error) {
      if (!(error instanceof SecureError)) throw error
      this.#broken = true
      this.#ledger.stop()
      this.#leaving?.done()
      this.#parts.broken(auditError(`The customer’s audit log is broken: ${error.message}`, error))
    }
  }
}

const endsFor = ({ kind, details }: AuditRecord, aboutUs: boolean): boolean =>
  kind === 'session.ended' || (kind === 'participant.left' && aboutUs && details.code === String(CloseCode.LEFT))
