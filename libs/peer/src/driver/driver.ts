/**
 * The one driver: it owns an end's state, its line, one timer, the numbering of records and the security seam, and turns the effects of the pure
 * core into bytes and words. It is the same for every role.
 */
import { Channel, CloseCode, EncodeError, type MediaKey, type Roster } from '@remote-assist/codec'
import type { Effect, Instant, Kind, OpenedRecord, Send } from '@remote-assist/core'
import { SecureError } from '@remote-assist/secure'
import { HIGH_WATER_BYTES } from '@remote-assist/transport'
import type { Acquaintance, PeerSecurity } from '../security/security.js'
import { Inbox } from './inbox.js'
import { Line } from './line.js'
import { Outbox } from './outbox.js'
import { Parting } from './parting.js'
import type { DriverEvent, DriverParts, EndState, Known } from './parts.js'

/** `transport.heard` goes to the core at most this often, in milliseconds. */
const HEARD_INTERVAL_MS = 1_000

/** A timer that is so late, in milliseconds, is not waited for: those of a page that nobody sees fire once a second, or once a minute. */
const LATE_MS = 250

const NO_BYTES: Uint8Array = new Uint8Array()

export class Driver<S extends EndState, E extends { readonly type: string }, N extends Known> {
  readonly #parts: DriverParts<S, E, N>
  readonly #line: Line
  readonly #inbox: Inbox
  readonly #outbox: Outbox
  readonly #notices: { readonly notice: N; readonly peer: number }[] = []
  readonly #drains: (() => void)[] = []
  readonly #exchanges = new Map<number, PeerSecurity>()
  readonly #parting: Parting
  readonly #incarnations = new Map<number, number>()
  #state: S
  #delivering = false
  #pumping = false
  #timer: { readonly at: Instant; readonly cancel: () => void } | undefined
  #heardAt = Number.NEGATIVE_INFINITY
  #participant = 0
  #resumeToken = NO_BYTES
  #sessionId = NO_BYTES
  #lostBecause: unknown

  constructor(parts: DriverParts<S, E, N>) {
    this.#parts = parts
    this.#state = parts.initial
    const { security } = parts
    this.#line = new Line(parts.transport, parts.clock, parts.random, {
      opened: () => this.#opened(),
      frame: bytes => this.#frame(bytes),
      drained: () => this.#drained(),
      lost: (code, cause) => this.#lost(code, cause),
    })
    this.#outbox = new Outbox(
      { source: () => this.source, connection: () => this.#line.connection, broken: error => this.#broken(error), sealed: () => this.#room() },
      security,
    )
    this.#inbox = new Inbox(
      {
        self: () => this.source,
        relay: kind => this.#relay(kind),
        record: (peer, sequence, record) => this.#record(peer, sequence, record),
        malformed: (peer, code) => this.#take({ type: 'remote.malformed', peer, code }),
        restarted: peer => this.#take({ type: 'peer.restarted', peer }),
        hold: held => (held ? this.#line.connection?.pause() : this.#line.connection?.resume()),
      },
      security,
    )
    this.#parting = new Parting({ line: this.#line, outbox: this.#outbox, security, lastWords: () => parts.lastWords?.() })
  }

  /** What the core knows. */
  get state(): S {
    return this.#state
  }

  /** This participant's number; 0 while it has none. */
  get self(): number {
    const { session } = this.#state
    return session.phase === 'live' ? session.attachment.participant : 0
  }

  /** The number in frames of this end: as `self`, and after the end still the one that it had. */
  get source(): number {
    return this.ended ? this.#participant : this.self
  }

  /** The session is over. */
  get ended(): boolean {
    return this.#state.session.phase === 'ended'
  }

  /** What went wrong with the line last, for the `cause` of an error. */
  get lostBecause(): unknown {
    return this.#lostBecause
  }

  /** What is known of a counterpart beyond its keys; undefined while it is not secured. */
  acquaintance(peer: number): Acquaintance | undefined {
    return this.#parts.security.acquaintance(peer)
  }

  /** The session's id, 16 bytes; empty before Welcome. */
  get sessionId(): Uint8Array {
    return this.#sessionId
  }

  /** Now, on the clock that the core's deadlines mean. */
  now(): Instant {
    return this.#parts.clock.now()
  }

  /** Does something so many milliseconds from now, once. Returns what calls it off. */
  later(ms: number, task: () => void): () => void {
    return this.#parts.clock.setTimer((this.now() + ms) as Instant, task)
  }

  /** The most bytes that one message may have, with the lengths around it. */
  get maxPlaintextBytes(): number {
    return this.#outbox.maxPlaintextBytes
  }

  /** Bytes of pictures and files that wait for the line. */
  get waitingBytes(): number {
    return this.#outbox.waitingBytes + (this.#line.connection?.bufferedBytes ?? 0)
  }

  /** Small messages about files leave in records of up to so many bytes: what the line takes in a moment. */
  set burstBytes(bytes: number) {
    this.#outbox.burstBytes = bytes
  }

  /** Undefined = the line has room for what can wait; else it resolves when that may be so again. */
  room(): Promise<void> | undefined {
    return this.waitingBytes <= HIGH_WATER_BYTES ? undefined : new Promise(resolve => this.#drains.push(resolve))
  }

  /** Where the broker is, as the transport says; empty while there is no line. */
  get remoteAddress(): string {
    return this.#line.connection?.remoteAddress ?? ''
  }

  /** Opens the line for the first time. */
  start(): void {
    this.#line.open()
  }

  /**
   * Advances by one event and does what the core asks. Words to the owner follow when this returns, in order.
   * Throws `LocalProtocolError` for a local call that is not possible now; the state is unchanged then.
   */
  dispatch(event: E): void {
    this.#take(event)
  }

  /** Says something on SESSION after the last word of the core, while this end has not said goodbye. */
  sayLast(peer: number, kind: Kind<Channel.SESSION>): void {
    if (!this.#parting.speaking || this.#line.connection === undefined) return
    this.#outbox.push({ type: 'send', channel: Channel.SESSION, kind, to: [peer] })
    this.#outbox.pump()
  }

  /** This end has other secrets from now on. */
  secretsChanged(): void {
    for (const exchange of [...this.#exchanges.values()]) exchange.secretsChanged()
  }

  /** Breaks the line at once, as a network does. For tests and for programs that know that the network changed. */
  dropLine(): void {
    if (this.#line.connection === undefined) return
    this.#line.abort()
    this.#take({ type: 'transport.lost' })
  }

  #take(event: E | DriverEvent): void {
    const { state, effects } = this.#parts.machine.step(this.#state, event as E, this.now())
    this.#state = state
    let failure: unknown
    for (const effect of effects) {
      try {
        this.#perform(effect)
      } catch (error) {
        if (!(error instanceof EncodeError)) throw error
        failure = error
      }
    }
    if (effects.every(canWait)) this.#pumpSoon()
    else this.#outbox.pump()
    this.#schedule()
    this.#deliver()
    if (this.#parts.security.mediaSpent && (event.type === 'tick' || effects.some(sendsPicture))) this.#take({ type: 'media.spent' })
    if (event.type !== 'tick') this.#catchUp()
    if (failure !== undefined) throw failure
  }

  /** Lets what comes in this same turn join the records that leave: many small messages are one of them. */
  #pumpSoon(): void {
    if (this.#pumping) return
    this.#pumping = true
    queueMicrotask(() => {
      this.#pumping = false
      this.#outbox.pump()
      // Whoever found the lanes full looks again: the line may have taken it all.
      this.#room()
    })
  }

  #perform(effect: Effect<N>): void {
    switch (effect.type) {
      case 'send':
        return this.#send(effect)
      case 'notify':
        return void this.#notices.push({ notice: effect.notice, peer: effect.peer })
      case 'close':
        return this.#close(effect.code)
      case 'violation':
        return
    }
  }

  #send(effect: Send): void {
    if (effect.channel === Channel.SESSION && effect.kind.$case === 'mediaKey') return this.#announceKey(effect, effect.kind.value.epoch)
    // What the broker is to throw away does not leave this end either.
    if (effect.kind.$case === 'dropMedia') this.#outbox.dropMedia(effect.kind.value.targets.length === 0 ? undefined : effect.kind.value.targets)
    if (this.ended && effect.kind.$case === 'bye') this.#parting.bye(effect)
    else if (this.#line.connection !== undefined) this.#outbox.push(effect)
  }

  /** The core names the epoch; the key comes from where keys are (RA-SEC-222). Everything that is sealed from here on is sealed under it. */
  #announceKey(effect: Send, epoch: number): void {
    this.#outbox.push({ ...effect, kind: { $case: 'mediaKey', value: this.#parts.security.mediaKey(epoch) } } as Send)
  }

  #close(code: CloseCode): void {
    if (this.ended) this.#parting.over(code)
    // The line is dead, or of no use: what waits on it is lost with it.
    else this.#line.abort()
  }

  #deliver(): void {
    if (this.#delivering) return
    this.#delivering = true
    try {
      for (let next = this.#notices.shift(); next !== undefined; next = this.#notices.shift()) {
        this.#act(next.notice, next.peer)
        this.#parts.notice(next.notice, next.peer)
      }
    } finally {
      this.#delivering = false
    }
    this.#parting.heard()
  }

  /** The driver's own part in what the core says. */
  #act(notice: Known, peer: number): void {
    const known = notice as
      | {
          readonly kind: 'session.live'
          readonly welcome: { readonly resumeToken: Uint8Array; readonly sessionId: Uint8Array; readonly maxFrameBytes: number }
        }
      | { readonly kind: 'session.refused'; readonly refusal: { readonly retryAfterMs: number } }
      | { readonly kind: 'session.link'; readonly state: string }
      | { readonly kind: 'session.ended' }
      | { readonly kind: 'peer.secure'; readonly resume: boolean }
      | { readonly kind: 'peer.phase'; readonly phase: string }
      | { readonly kind: 'media.key'; readonly message: MediaKey }
      | { readonly kind: 'media.over'; readonly epoch: number }
    switch (known.kind) {
      case 'session.live':
        this.#resumeToken = known.welcome.resumeToken.slice()
        this.#sessionId = known.welcome.sessionId.slice()
        this.#participant = this.self
        this.#outbox.maxFrameBytes = known.welcome.maxFrameBytes
        this.#line.settled()
        return
      case 'session.refused':
        return this.#line.holdUntil((this.now() + known.refusal.retryAfterMs) as Instant)
      case 'session.link':
        if (known.state === 'down') {
          this.#line.abort()
          this.#line.open()
        }
        return
      case 'session.ended':
        this.#parts.security.endMedia()
        this.#resumeToken = NO_BYTES
        this.#timer?.cancel()
        this.#timer = undefined
        return
      case 'peer.secure':
        return this.#secure(peer)
      case 'media.key':
        return this.#takeKey(peer, known.message)
      case 'media.over':
        return this.#parts.security.endMedia(known.epoch)
      case 'peer.phase':
        if (known.phase === 'gone' || known.phase === 'suspended') this.#part(peer, known.phase === 'gone')
        return
    }
  }

  /** A counterpart is not there: what was meant for it is void, for it comes back under other keys. Last words still go and come under the old ones. */
  #part(peer: number, forGood: boolean): void {
    this.#exchanges.get(peer)?.end()
    this.#exchanges.delete(peer)
    if (this.ended) return
    this.#inbox.forget(peer)
    this.#outbox.forget(peer)
    if (forGood) this.#parts.security.forget(peer)
  }

  /** An epoch that does not follow the last one is a record that somebody repeated or moved. */
  #takeKey(peer: number, key: MediaKey): void {
    try {
      this.#parts.security.takeMediaKey(peer, key)
      key.key.fill(0)
      key.salt.fill(0)
    } catch (error) {
      if (!(error instanceof SecureError)) throw error
      this.#inbox.forget(peer)
      this.#take({ type: 'remote.malformed', peer, code: CloseCode.BAD_RECORD })
    }
  }

  #secure(peer: number): void {
    const { role, security } = this.#parts
    let exchange: PeerSecurity | undefined
    const current = () => exchange !== undefined && this.#exchanges.get(peer) === exchange
    this.#exchanges.get(peer)?.end()
    this.#outbox.forget(peer)
    exchange = security.secure(
      { participant: peer, counterpartRole: this.#parts.roleOf(peer), role, self: this.self, sessionId: this.#sessionId, policy: this.#state.policy },
      {
        send: message => {
          if (!current() || this.#line.connection === undefined) return
          this.#outbox.pushHandshake(peer, message)
          this.#outbox.pump()
        },
        secured: () => current() && this.#take({ type: 'peer.secured', peer }),
        failed: failure => {
          if (!current()) return
          // Of keys that came to nothing after all, the end of the peer tells.
          if (exchange?.secured !== true) this.#parts.failed(peer, failure)
          this.#take({ type: 'peer.failed', peer, code: failure.code })
        },
      },
    )
    this.#exchanges.set(peer, exchange)
    this.#inbox.admit(peer, exchange)
    void exchange.start()
  }

  #schedule(): void {
    const at = this.#parts.machine.nextDeadline(this.#state)
    if (at === this.#timer?.at) return
    this.#timer?.cancel()
    this.#timer = undefined
    if (at === undefined) return
    const cancel = this.#parts.clock.setTimer(at, () => {
      this.#timer = undefined
      this.#take({ type: 'tick' })
    })
    this.#timer = { at, cancel }
  }

  /** Whatever happens is a chance to do what is overdue. */
  #catchUp(): void {
    if (this.#timer === undefined || this.now() - this.#timer.at < LATE_MS) return
    this.#timer.cancel()
    this.#timer = undefined
    this.#take({ type: 'tick' })
  }

  #opened(): void {
    this.#outbox.reset()
    this.#inbox.reset()
    for (const exchange of this.#exchanges.values()) exchange.end()
    this.#exchanges.clear()
    this.#incarnations.clear()
    this.#take({ type: 'transport.opened', hello: this.#parts.hello(this.#resumeToken) })
  }

  #frame(bytes: Uint8Array): void {
    if (this.ended) return this.#parting.speaking ? this.#inbox.frame(bytes) : undefined
    const now = this.now()
    if (now - this.#heardAt >= HEARD_INTERVAL_MS) {
      this.#heardAt = now
      this.#take({ type: 'transport.heard' })
    }
    this.#inbox.frame(bytes)
  }

  /** Words on SESSION are heard one by one: what follows on one of them may depend on what its owner made of it. */
  #record(peer: number, sequence: bigint, record: OpenedRecord): void {
    if (this.#parts.pace?.exceeds(peer, record)) return this.#take({ type: 'remote.malformed', peer, code: CloseCode.RATE })
    if (record.channel !== Channel.SESSION) return this.#take({ type: 'remote.record', peer, sequence, record })
    for (const kind of record.kinds) {
      if (!this.ended) this.#take({ type: 'remote.record', peer, sequence, record: { ...record, kinds: [kind] } })
      else if (kind !== undefined) this.#parts.late?.(peer, kind)
    }
  }

  #relay(kind: Kind<Channel.RELAY> | undefined): void {
    if (this.ended && kind?.$case === 'ping') return this.#parting.pinged(kind.value.id)
    if (kind?.$case === 'roster') this.#follow(kind.value)
    if (kind?.$case === 'welcome' && kind.value.roster !== undefined) this.#follow(kind.value.roster)
    this.#take({ type: 'remote.relay', kind })
  }

  /** Whoever attached again numbers its frames anew (RA-RLY-187). */
  #follow({ entries }: Roster): void {
    for (const { participant, incarnation } of entries) {
      if ((this.#incarnations.get(participant) ?? 0) < incarnation) this.#inbox.restart(participant)
      this.#incarnations.set(participant, incarnation)
    }
  }

  #drained(): void {
    this.#outbox.pump()
    this.#room()
  }

  #room(): void {
    for (const resolve of this.#drains.splice(0)) resolve()
  }

  #lost(code: CloseCode | undefined, cause: unknown): void {
    this.#lostBecause = cause
    if (this.ended) return this.#parting.go()
    this.#take(code === undefined ? { type: 'transport.lost' } : { type: 'remote.relay', kind: { $case: 'bye', value: { code, endSession: false } } })
  }

  #broken(error: unknown): void {
    this.#line.abort()
    this.#lost(undefined, error)
  }
}

/** Bytes of files, and what is written down of them, wait for the end of the turn; nobody would notice. */
const canWait = (effect: Effect<unknown>): boolean =>
  effect.type === 'notify' || (effect.type === 'send' && (effect.channel === Channel.FILE || effect.kind.$case === 'auditEntry'))

const sendsPicture = (effect: Effect<unknown>): boolean => effect.type === 'send' && effect.channel === Channel.MEDIA
