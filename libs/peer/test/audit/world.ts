/** A customer's log and the copies of agents, over lines that lose what was on them. */
import { type AuditSign, type Channel, Role } from '@remote-assist/codec'
import type { Instant, Kind } from '@remote-assist/core'
import { type SessionKey, sessionKey } from '@remote-assist/secure'
import { AuditCopies } from '../../src/audit/copy.js'
import { AuditLog, type LogKind } from '../../src/audit/log.js'
import { hex } from '../../src/audit/text.js'
import type { Clock } from '../../src/clock.js'
import type { AssistError } from '../../src/errors.js'
import { Log } from './log.js'

export const CUSTOMER = 2
const SESSION = new Uint8Array(16).fill(7)
const keyOf = (number: number): SessionKey => sessionKey(new Uint8Array(32).fill(number))

/** A clock that goes on when it is told, without anything to wait for. */
export class StepClock implements Clock {
  #now = 1_000
  readonly #timers = new Set<{ readonly at: number; readonly task: () => void }>()

  now = (): Instant => this.#now as Instant
  date = (): number => 1_800_000_000_000 + this.#now

  setTimer(at: Instant, task: () => void): () => void {
    const timer = { at, task }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  pass(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.task()
    }
    this.#now = end
  }
}

/** An agent, and what is on its way between it and the customer. */
export class Follower {
  readonly log = new Log()
  readonly broken: AssistError[] = []
  readonly key: SessionKey
  readonly copies: AuditCopies
  readonly incoming: LogKind[] = []
  readonly outgoing: AuditSign[] = []
  up = false

  constructor(
    readonly number: number,
    readonly clock: Clock,
  ) {
    this.key = keyOf(number)
    this.copies = new AuditCopies({
      sink: this.log.sink,
      clock,
      key: this.key,
      self: () => number,
      sessionId: () => SESSION,
      keyOf: () => keyOf(CUSTOMER).publicKey,
      say: (_, kind) => {
        if (this.up) this.outgoing.push(kind.value)
        return this.up
      },
      broken: error => this.broken.push(error),
    })
  }

  /** Its line is there, or is not. */
  line(up: boolean): void {
    this.up = up
    this.copies.hear({ kind: 'peer.phase', phase: up ? 'active' : 'suspended', code: undefined }, CUSTOMER)
    if (!up) this.incoming.length = this.outgoing.length = 0
  }

  /** The customer says this. */
  take(kind: Kind<Channel.SESSION>): void {
    this.copies.hear({ kind: 'audit', message: kind as LogKind }, CUSTOMER)
  }
}

export class World {
  readonly clock = new StepClock()
  readonly customers = new Log()
  readonly broken: AssistError[] = []
  readonly log: AuditLog
  readonly followers = new Map<number, Follower>()

  constructor() {
    const key = keyOf(CUSTOMER)
    this.log = new AuditLog({
      header: { session: SESSION, participant: CUSTOMER, key: key.publicKey },
      key,
      clock: this.clock,
      write: line => this.customers.sink(line, 1),
      say: (agent, kind) => void this.of(agent).incoming.push(kind),
      broken: (_, error) => this.broken.push(error),
    })
  }

  of(number: number): Follower {
    const follower = this.followers.get(number) ?? new Follower(number, this.clock)
    this.followers.set(number, follower)
    return follower
  }

  /** The agent joins, or comes back. */
  arrive(number: number): Follower {
    const known = this.followers.has(number)
    const agent = this.of(number)
    if (agent.up) return agent
    const key = hex(agent.key.publicKey)
    agent.line(true)
    if (known) this.log.record('session.resumed', { participant: number, key })
    else this.log.record('participant.joined', { participant: number, key, role: Role.AGENT, name: 'Größe', organisation: 'unverified' })
    this.log.follow(number, agent.key.publicKey)
    return agent
  }

  /** The agent's line drops, with what is on it. */
  drop(number: number): void {
    this.followers.get(number)?.line(false)
    this.log.leave(number)
  }

  /** So many messages arrive, in each direction, in order. */
  deliver(number: number, count = Number.POSITIVE_INFINITY): void {
    const agent = this.followers.get(number)
    for (let n = 0; n < count && agent !== undefined && agent.incoming.length + agent.outgoing.length > 0; n++) {
      const [heard, said] = [agent.incoming.shift(), agent.outgoing.shift()]
      if (said !== undefined) this.log.signed(number, said)
      if (heard !== undefined) agent.take(heard)
    }
  }
}
