/**
 * Somebody who owns the broker. It sees every frame, knows no secret, and does to what passes whatever can be done: it drops, repeats, holds back, alters,
 * shortens, makes up, moves to other places and other connections, plays old frames again, lies about who is there, and sits between two ends in a handshake.
 */
import { Channel, CloseCode, Role } from '@remote-assist/codec'
import type { Broker, Interceptor } from './broker.js'
import type { Frame, SealedFrame } from './network.js'
import type { Random } from './random.js'
import type { Schedule } from './schedule.js'
import type { Guard } from './security/guard.js'
import type { Exchange } from './security/sealing.js'

/** Frames that it keeps, to play them again. */
const KEPT = 200
/** What it thinks the secret may be. */
const GUESS = '000000'

type Deed = (frame: SealedFrame, to: number) => void

/** An exchange in which it pretends to be somebody. */
interface Pretence {
  readonly exchange: Exchange
  /** Who is deceived, and who it pretends to be. */
  readonly victim: number
  readonly as: number
}

export class Adversary implements Interceptor {
  readonly #kept: { readonly frame: SealedFrame; readonly to: number }[] = []
  readonly #rosters: Extract<Frame, { layer: 'relay' }>['kind'][] = []
  readonly #highest = new Map<string, number>()
  readonly #held = new Map<number, Frame[]>()
  readonly #pretences: Pretence[] = []
  readonly #rate: number
  readonly #handshakeRate: number
  readonly #deeds: readonly Deed[]
  readonly #pretends: boolean
  #deafUntil = 0
  #until = Number.POSITIVE_INFINITY
  /** What it did, by the number of times. */
  deeds = 0

  constructor(
    private readonly broker: Broker,
    private readonly schedule: Schedule,
    private readonly random: Random,
    private readonly guard: Guard,
  ) {
    this.#rate = random.pick([0.005, 0.02, 0.06, 0.2])
    this.#handshakeRate = random.pick([0, 0.05, 0.3])
    this.#pretends = random.chance(0.5)
    this.#deeds = random.some(
      [
        this.#drop,
        this.#repeat,
        this.#hold,
        this.#alter,
        this.#shorten,
        this.#forge,
        this.#renumber,
        this.#misplace,
        this.#misdirect,
        this.#splice,
        this.#replay,
        this.#rewind,
        this.#intrude,
        this.#silence,
      ],
      0.6,
    )
  }

  /** From now on it only looks on: what it did has to come to an end by itself. */
  retire(): void {
    this.#until = this.schedule.now
  }

  intercept(frame: Frame, to: number): void {
    if (this.schedule.now >= this.#until) return this.#deliver(frame, to)
    if (this.schedule.now < this.#deafUntil) return
    if (frame.layer === 'relay') return this.#lie(frame, to)
    this.#remember(frame, to)
    if (this.#pretends && frame.channel === Channel.HANDSHAKE && this.#pretend(frame, to)) return
    if (this.#deeds.length > 0 && this.random.chance(frame.channel === Channel.HANDSHAKE ? this.#handshakeRate : this.#rate)) {
      this.deeds++
      this.random.pick(this.#deeds).call(this, frame, to)
    } else this.#deliver(frame, to)
    for (const held of this.#held.get(to)?.splice(0) ?? []) this.#deliver(held, to)
  }

  #deliver(frame: Frame, to: number): void {
    if (frame.layer === 'sealed') this.#highest.set(`${frame.source} ${to}`, Math.max(frame.sequence, this.#highest.get(`${frame.source} ${to}`) ?? 0))
    this.broker.deliver(frame, to)
  }

  #remember(frame: SealedFrame, to: number): void {
    this.#kept.push({ frame, to })
    if (this.#kept.length > KEPT) this.#kept.splice(this.random.below(KEPT), 1)
  }

  /** The same frame with a number that its receiver has not seen. */
  #renumbered(frame: SealedFrame, to: number): SealedFrame {
    return { ...frame, sequence: (this.#highest.get(`${frame.source} ${to}`) ?? 0) + 1 }
  }

  #drop(): void {}

  #repeat(frame: SealedFrame, to: number): void {
    this.#deliver(frame, to)
    this.#deliver(this.random.chance(0.5) ? this.#renumbered(frame, to) : frame, to)
  }

  /** Until another frame went by, or for a while. */
  #hold(frame: SealedFrame, to: number): void {
    if (this.random.chance(0.5)) this.schedule.after(this.random.below(3_000), () => this.#deliver(frame, to))
    else this.schedule.after(0, () => this.#held.set(to, [...(this.#held.get(to) ?? []), frame]))
  }

  #alter(frame: SealedFrame, to: number): void {
    this.#deliver({ ...frame, payload: this.guard.forger.altered(frame.payload) }, to)
  }

  #shorten(frame: SealedFrame, to: number): void {
    this.#deliver({ ...frame, payload: this.guard.forger.shortened(frame.payload) }, to)
  }

  /** What was sent arrives, and behind it what nobody sent. */
  #forge(frame: SealedFrame, to: number): void {
    this.#deliver(frame, to)
    const next = this.#renumbered(frame, to)
    this.#deliver({ ...next, payload: this.guard.forger.forged(next, frame.payload) }, to)
  }

  #renumber(frame: SealedFrame, to: number): void {
    this.#deliver({ ...frame, sequence: frame.sequence + this.random.between(-3, 3) }, to)
  }

  /** Another channel, or another sender. */
  #misplace(frame: SealedFrame, to: number): void {
    const channel = this.random.pick([Channel.SESSION, Channel.SCREEN, Channel.INPUT, Channel.ELEVATION, Channel.FILE, Channel.MEDIA, Channel.HANDSHAKE])
    if (this.random.chance(0.5)) this.#deliver({ ...frame, channel }, to)
    else this.#deliver(this.#renumbered({ ...frame, source: this.random.pick(this.broker.connected) }, to), to)
  }

  /** To somebody for whom it is not, under its own header or under one that fits. */
  #misdirect(frame: SealedFrame, to: number): void {
    const other = this.random.pick(this.broker.connected)
    this.#deliver(frame, to)
    this.#deliver(this.random.chance(0.5) ? frame : this.#renumbered({ ...frame, targets: [other] }, other), other)
  }

  /** The payload of another frame, of any connection, under this header. */
  #splice(frame: SealedFrame, to: number): void {
    this.#deliver({ ...frame, payload: this.random.pick(this.#kept).frame.payload }, to)
  }

  /** Old frames again, one or a whole conversation, as they were or with numbers that fit. */
  #replay(frame: SealedFrame, to: number): void {
    this.#deliver(frame, to)
    const from = this.random.below(this.#kept.length)
    const fits = this.random.chance(0.7)
    for (const old of this.#kept.slice(from, from + this.random.between(1, 6)))
      if (old.to === to) this.#deliver(fits ? this.#renumbered(old.frame, to) : old.frame, to)
  }

  /** A sender is said to have come back, so that its numbers begin anew; then what it sent before is sent again, to the last letter. */
  #rewind(frame: SealedFrame, to: number): void {
    this.#deliver(frame, to)
    const entries = [
      { participant: frame.source, role: Role.AGENT, phase: 0, lead: false, displayName: '', incarnation: 1_000 + this.deeds, inviteId: new Uint8Array() },
    ]
    this.#deliver({ layer: 'relay', kind: { $case: 'roster', value: { revision: 0n, entries } } }, to)
    for (const old of this.#kept.slice(-this.random.between(1, 20))) if (old.to === to && old.frame.source === frame.source) this.#deliver(old.frame, to)
  }

  /** A handshake in the sender's name, out of the blue. */
  #intrude(frame: SealedFrame, to: number): void {
    this.#deliver(frame, to)
    void this.#begin(to, frame.source, Role.CUSTOMER).start()
  }

  #silence(): void {
    this.#deafUntil = this.schedule.now + this.random.between(500, 20_000)
  }

  /** What the broker says is nobody's word but its own. */
  #lie(frame: Extract<Frame, { layer: 'relay' }>, to: number): void {
    const { kind } = frame
    if (kind.$case === 'roster') {
      this.#rosters.push(kind)
      if (this.random.chance(0.05)) return this.#deliver({ layer: 'relay', kind: this.#fakeRoster(kind) }, to)
      if (this.random.chance(0.05)) return this.#deliver({ layer: 'relay', kind: this.random.pick(this.#rosters) }, to)
    }
    if (this.random.chance(this.#rate / 2)) {
      this.deeds++
      if (this.random.chance(0.1)) this.#deliver({ layer: 'relay', kind: { $case: 'bye', value: { code: CloseCode.TIMEOUT, endSession: false } } }, to)
      return
    }
    this.#deliver(frame, to)
  }

  /** Somebody who is not there, somebody who came back, or somebody who is gone. */
  #fakeRoster(kind: Extract<Extract<Frame, { layer: 'relay' }>['kind'], { $case: 'roster' }>): Extract<Frame, { layer: 'relay' }>['kind'] {
    const { revision, entries } = kind.value
    const [first, ...rest] = entries
    this.deeds++
    if (first === undefined) return kind
    const changed = this.random.pick([
      [...entries, { ...first, participant: this.random.between(40, 60), role: this.random.pick([Role.AGENT, Role.CUSTOMER, Role.VIEWER]), incarnation: 1 }],
      [{ ...first, incarnation: first.incarnation + 1 }, ...rest],
      rest,
    ])
    return { $case: 'roster', value: { revision, entries: changed } }
  }

  /** True if it keeps the frame to itself. */
  #pretend(frame: SealedFrame, to: number): boolean {
    const mine = this.#pretences.find(it => it.victim === frame.source && it.as === to)
    const begins = this.guard.forger.peek(frame.payload)?.step === 'start'
    if (mine !== undefined && !begins) {
      void mine.exchange.receive(frame.payload)
      return true
    }
    if (!begins || this.random.chance(0.6)) return false
    this.deeds++
    const asJoiner = this.random.chance(0.7)
    const asCustomer = !asJoiner || this.random.chance(0.4)
    if (asJoiner) void this.#begin(frame.source, to, Role.AGENT).receive(frame.payload)
    if (asCustomer) void this.#begin(to, frame.source, Role.CUSTOMER).start()
    return asJoiner || asCustomer
  }

  /** An exchange with `victim`, as the participant `as`, with a guess for a secret. */
  #begin(victim: number, as: number, role: Role.AGENT | Role.CUSTOMER): Exchange {
    const sealing = this.guard.sealing({
      name: `the broker as ${as} ${this.deeds}`,
      role,
      inviteId: new Uint8Array(),
      secret: GUESS,
      invitation: () => undefined,
    })
    const exchange = sealing.secure(
      {
        participant: victim,
        counterpartRole: role === Role.CUSTOMER ? Role.AGENT : Role.CUSTOMER,
        role,
        self: as,
        sessionId: new Uint8Array(16),
        policy: undefined,
      },
      {
        send: payload => {
          const header = { channel: Channel.HANDSHAKE, source: as, targets: [victim], sequence: (this.#highest.get(`${as} ${victim}`) ?? 0) + 1 }
          this.#deliver({ layer: 'sealed', ...header, payload }, victim)
        },
        secured: () => undefined,
        failed: () => undefined,
      },
    )
    const before = this.#pretences.findIndex(it => it.victim === victim && it.as === as)
    if (before >= 0) this.#pretences.splice(before, 1)
    this.#pretences.push({ exchange, victim, as })
    return exchange
  }
}
