/** The customer's audit log: it gives the order of entries, tells every agent, and keeps what agents sign. */
import type { AuditSign, Channel } from '@remote-assist/codec'
import type { Kind } from '@remote-assist/core'
import { type AuditDetails, type AuditHeader, type AuditKind, auditEntry, SecureError, type SessionKey } from '@remote-assist/secure'
import type { Clock } from '../clock.js'
import type { AssistError } from '../errors.js'
import { Ledger } from './ledger.js'
import { auditError } from './sink.js'
import { entryKind, lastWords, signKind, signOf } from './wire.js'

/** Entries are kept to be sent again up to so many bytes, the newest; an agent that needs older ones has no copy. */
const MAX_KEPT_BYTES = 16 * 1024 * 1024

/** What the customer says to an agent about the log. */
export type LogKind = Extract<Kind<Channel.SESSION>, { readonly $case: 'auditEntry' | 'auditSign' }>

/** What a log is made of. */
export interface LogParts {
  readonly header: AuditHeader
  readonly key: SessionKey
  readonly clock: Clock
  write(line: string): void
  /** Says it to an agent; nothing happens if that is not possible any more. */
  say(agent: number, kind: LogKind): void
  /** An agent signed something else, or what it said is no signature of its. */
  broken(agent: number, error: AssistError): void
}

/** An agent that is told the log. */
interface Follower {
  readonly key: Uint8Array
  /** It hears now. */
  readonly here: boolean
  /** It signed something else: nothing that it signs counts any more. */
  readonly refused: boolean
}

export class AuditLog {
  readonly #parts: LogParts
  readonly #ledger: Ledger
  readonly #followers = new Map<number, Follower>()
  readonly #kept: Uint8Array[] = []
  #keptBytes = 0
  #ended = false
  #awaited: ReadonlySet<number> = new Set()
  #last: ReturnType<typeof lastWords> | undefined

  constructor(parts: LogParts) {
    this.#parts = parts
    const { header, key, clock, write } = parts
    this.#ledger = new Ledger({ header, self: header.participant, key, clock, write, due: () => this.#sign() })
  }

  /** Nothing is written any more. */
  get ended(): boolean {
    return this.#ended
  }

  /** Writes down what happened, now, by the clock's date. Once it has ended, nothing happens. */
  record<K extends AuditKind>(kind: K, details: AuditDetails<K>): void {
    if (this.#ended) return
    const message = { index: this.#ledger.entries, entry: auditEntry(Math.max(0, Math.round(this.#parts.clock.date())), kind, details) }
    this.#ledger.take(message)
    this.#keep(message.entry)
    for (const agent of this.#here()) this.#parts.say(agent, entryKind(message))
    if (kind !== 'session.ended') this.#ledger.pace()
  }

  /** An agent can be told things: it is told the log from the first entry that it has not signed, and what the customer signed (RA-SEC-261, RA-SEC-262). */
  follow(agent: number, key: Uint8Array): void {
    const first = this.#ledger.entries - this.#kept.length
    const next = this.#ledger.signedBy(agent)
    if (this.#ended || next < first) return
    this.#followers.set(agent, { key, here: true, refused: this.#followers.get(agent)?.refused ?? false })
    for (const [at, entry] of this.#kept.slice(next - first).entries()) this.#parts.say(agent, entryKind({ index: next + at, entry }))
    this.#parts.say(agent, signKind(this.#ledger.sign()))
  }

  /** An agent cannot be told things for a while, or for good. */
  leave(agent: number): void {
    const follower = this.#followers.get(agent)
    if (follower !== undefined) this.#followers.set(agent, { ...follower, here: false })
  }

  /** An agent signed. */
  signed(agent: number, value: AuditSign): void {
    const follower = this.#followers.get(agent)
    if (follower === undefined || follower.refused) return
    try {
      this.#ledger.check(agent, signOf(value), follower.key)
    } catch (error) {
      if (!(error instanceof SecureError)) throw error
      this.#followers.set(agent, { ...follower, refused: true })
      this.#parts.broken(agent, auditError(`Participant ${agent} does not agree with the audit log: ${error.message}`, error))
    }
    if (this.#isSigned()) this.#last?.done()
  }

  /** Signs now, as something is over. */
  sign(): void {
    this.#sign()
  }

  /** The session is over: the last entry, and the customer's signature. */
  end(code: number): void {
    if (this.#ended) return
    this.record('session.ended', { code })
    this.#ended = true
    this.#awaited = new Set(this.#here().filter(agent => this.#followers.get(agent)?.refused === false))
    this.#sign()
  }

  /** Resolves when the agents that were there at the end have signed it, or after a second. Undefined if nobody is awaited. */
  lastWords(): Promise<void> | undefined {
    if (this.#isSigned()) return undefined
    this.#last ??= lastWords(this.#parts.clock)
    return this.#last.over
  }

  #isSigned(): boolean {
    return [...this.#awaited].every(agent => this.#ledger.signedBy(agent) === this.#ledger.entries)
  }

  #sign(): void {
    const sign = signKind(this.#ledger.sign())
    for (const agent of this.#here()) this.#parts.say(agent, sign)
  }

  #here(): readonly number[] {
    return [...this.#followers].filter(([, { here }]) => here).map(([agent]) => agent)
  }

  #keep(entry: Uint8Array): void {
    this.#kept.push(entry)
    this.#keptBytes += entry.length
    while (this.#keptBytes > MAX_KEPT_BYTES) this.#keptBytes -= (this.#kept.shift() as Uint8Array).length
  }
}
