/** The audit of a customer's session: what happens becomes entries, agents are told, and all sign. */
import { type AuditSign, type Channel, CloseCode, Role } from '@remote-assist/codec'
import type { CustomerEvent, CustomerNotice, Kind } from '@remote-assist/core'
import { PASSWORD_CLASS, policyHash, type SessionKey } from '@remote-assist/secure'
import type { Clock } from '../clock.js'
import type { AssistError } from '../errors.js'
import { Doings } from './doings.js'
import { Hands } from './hands.js'
import { AuditLog, type LogKind } from './log.js'
import { People } from './people.js'
import { Proofs, type ProofsParts } from './proofs.js'
import { type AuditSink, lineWriter } from './sink.js'
import { hex } from './text.js'
import { Transfers } from './transfers.js'
import { LAST_WORDS_MS } from './wire.js'
import type { Note, World } from './world.js'

/** What the audit of a customer is made of. */
export interface CustomerAuditParts extends Pick<World, 'state' | 'self' | 'keyOf'>, Pick<ProofsParts, 'classOf' | 'triesLeft' | 'earlier'> {
  readonly sink: AuditSink | undefined
  readonly clock: Clock
  readonly key: SessionKey
  sessionId(): Uint8Array
  /** Where the broker is. */
  broker(): string
  /** Says it to an agent, also when the session is over here; nothing happens if that is not possible any more. */
  say(agent: number, kind: LogKind): void
  /** Does something at this end. */
  act(event: CustomerEvent): void
  /** A participant (0 = this end) broke the log. */
  broken(participant: number, error: AssistError): void
}

export class CustomerAudit {
  readonly #parts: CustomerAuditParts
  readonly #people: People
  readonly #proofs: Proofs
  readonly #doings: Doings
  readonly #transfers: Transfers
  readonly #hands: Hands
  #log: AuditLog | undefined

  constructor(parts: CustomerAuditParts) {
    this.#parts = parts
    const { state, self, keyOf, clock, classOf, triesLeft, earlier } = parts
    const note: Note = (kind, details) => this.#log?.record(kind, details)
    const dateOf: World['dateOf'] = instant => (instant === undefined ? 0 : Math.round(clock.date() + instant - clock.now()))
    this.#people = new People(note, { state, self, keyOf, dateOf })
    this.#proofs = new Proofs({ note, begun: () => this.#log !== undefined, date: () => clock.date(), classOf, triesLeft, earlier })
    this.#doings = new Doings(note)
    this.#transfers = new Transfers(note)
    this.#hands = new Hands({ note, date: () => clock.date() })
  }

  /** A word of the core. Heard before anybody acts on it, so that entries stand in the order of what they name. */
  hear(notice: CustomerNotice, peer: number): void {
    if (notice.kind === 'peer.phase') this.#begin(peer)
    this.#proofs.hear(notice, peer)
    this.#hands.hear(notice, peer)
    this.#people.hear(notice, peer)
    this.#doings.hear(notice, peer)
    this.#transfers.hear(notice, peer)
    if (notice.kind === 'peer.phase') this.#phase(peer, notice.phase)
    else if (notice.kind === 'audit.sign') this.#signed(peer, notice.message)
    else if (notice.kind === 'session.ended') this.end(notice.code)
  }

  /** The customer's program does something: `step` is how. */
  does(event: CustomerEvent, step: () => void): void {
    this.#transfers.does(event)
    this.#people.begins(event)
    let done = false
    try {
      step()
      done = true
    } finally {
      this.#people.ends(event, done)
    }
    this.#transfers.did(event)
    this.#doings.did(event)
  }

  /** A capability was signed: what it says is evidence as well. */
  capability(participant: number, serial: number, form: Uint8Array): void {
    this.#log?.record('capability.issued', { participant, serial, form: hex(form) })
  }

  /** The session ends now: said to the agents while they still listen. Nothing is written after it. */
  end(code: CloseCode): void {
    this.#hands.close()
    this.#transfers.close()
    this.#log?.end(code)
  }

  /** What the customer's end still waits for before its line closes: the agents' last signatures. */
  lastWords(): Promise<void> | undefined {
    return this.#log?.lastWords()
  }

  /** A message that came after the end. */
  late(agent: number, message: Kind<Channel.SESSION>): void {
    if (message.$case === 'auditSign') this.#log?.signed(agent, message.value)
  }

  /** The log begins when somebody has proved that it knows a secret: before, there is nobody to write about. */
  #begin(peer: number): void {
    const { sink, clock, key, say, broken, self, sessionId, broker, keyOf, state } = this.#parts
    if (this.#log !== undefined || keyOf(peer) === undefined) return
    const write = lineWriter(sink, 1, error => broken(0, error))
    this.#log = new AuditLog({ header: { session: sessionId(), participant: self(), key: key.publicKey }, key, clock, write, say, broken })
    this.#log.record('session.begun', { broker: broker(), policy: hex(policyHash(state().policy)) })
    this.#proofs.begin()
    // A first proof by what a return proves is one by a ticket: a return of a line has a log already.
    if (this.#parts.classOf(peer) === PASSWORD_CLASS.RESUME) this.#log.record('rejoin.used', { participant: peer })
  }

  #phase(peer: number, phase: string): void {
    const key = this.#parts.keyOf(peer)
    const engaged = phase === 'active' || phase === 'paused'
    if (engaged && key !== undefined && this.#peer(peer)?.role === Role.AGENT) return this.#log?.follow(peer, key)
    if (engaged) return
    this.#log?.leave(peer)
    this.#doings.forget(peer)
  }

  /** An agent that leaves is waited for no longer than last words take: what is written down has to become true. */
  #signed(peer: number, message: AuditSign): void {
    this.#log?.signed(peer, message)
    if (!message.leaving || this.#log?.ended !== false) return
    this.#hands.close()
    this.#people.leaves(peer, CloseCode.LEFT)
    // Whoever else is there learns of the end, and signs it, before the broker hears of it (RA-SEC-267).
    if (this.#isLast(peer) || (message.endsSession && peer === this.#parts.state().lead)) this.end(CloseCode.SESSION_ENDED)
    else this.#log.sign()
    const { clock, act, state } = this.#parts
    clock.setTimer((clock.now() + LAST_WORDS_MS) as ReturnType<Clock['now']>, () => {
      if (state().session.phase === 'ended') return
      if (this.#log?.ended === true) act({ type: 'local.leave', code: CloseCode.SESSION_ENDED })
      else act({ type: 'local.peer', peer, event: { type: 'local.remove', code: CloseCode.LEFT } })
    })
  }

  #isLast(peer: number): boolean {
    return ![...this.#parts.state().peers.values()].some(it => it.number !== peer && it.role === Role.AGENT && it.machine.phase !== 'gone')
  }

  #peer(peer: number) {
    return this.#parts.state().peers.get(peer)
  }
}
