/** An end of a session in the simulation: the real core, a line that breaks and comes back, and the security of its payloads. */
import { Channel, CloseCode, Role } from '@remote-assist/codec'
import {
  agentSession,
  type CustomerEffect,
  type CustomerEvent,
  type CustomerNotice,
  type CustomerState,
  customerSession,
  FEATURE,
  type Instant,
  type JoinerEffect,
  type JoinerEvent,
  type JoinerNotice,
  type JoinerState,
  LocalProtocolError,
  type OpenedRecord,
  viewerSession,
} from '@remote-assist/core'
import type { Soon } from '@remote-assist/peer'
import type { Broker } from './broker.js'
import { hex } from './hex.js'
import { Inbox } from './inbox.js'
import type { Frame, Line } from './network.js'
import type { Random } from './random.js'
import type { Schedule } from './schedule.js'
import type { Guard, Keyring } from './security/guard.js'
import { type Exchange, type Payload, type Sealing, Unopened } from './security/sealing.js'

export type State = CustomerState | JoinerState
export type Event = CustomerEvent | JoinerEvent
export type Effect = CustomerEffect | JoinerEffect
export type Notice = CustomerNotice | JoinerNotice

/** The three kinds of end, seen alike. */
interface Core {
  step(state: State, event: Event, now: Instant): { readonly state: State; readonly effects: readonly Effect[] }
  nextDeadline(state: State): Instant | undefined
}

export interface Credentials {
  readonly role: Role.AGENT | Role.CUSTOMER | Role.VIEWER
  readonly name: string
  /** Customer: the PIN's locator. */
  readonly locator: string
  /** An invitation's id; empty = none. */
  readonly inviteId: Uint8Array
  /** What the handshake proves: the PIN's secret, or the invitation's. */
  readonly secret: string
}

/** What the rest of the simulation is told of an end. */
export interface Watcher {
  stepped(end: End, before: State, event: Event, after: State, effects: readonly Effect[], nextDeadline: Instant | undefined): void
  noticed(end: End, peer: number, notice: Notice): void
  /** What came is not what its sender sealed, or breaks a rule of the frame; `peer` 0 = the broker. */
  malformed(end: End, peer: number, code: CloseCode): void
  /** Something takes until the event loop turns; `after` then has to be asked whether it failed. */
  soon(after: Promise<void>): void
}

const CORES = {
  [Role.AGENT]: agentSession,
  [Role.VIEWER]: viewerSession,
  [Role.CUSTOMER]: customerSession,
} as unknown as { readonly [R in Credentials['role']]: Core }

export const PLATFORM = { os: 5, version: '1', canElevate: true, canSendSecureKeys: true, canControl: true }

const INITIAL = {
  [Role.AGENT]: () => agentSession.initial(),
  [Role.VIEWER]: () => viewerSession.initial(),
  [Role.CUSTOMER]: () => customerSession.initial({ platform: PLATFORM, capabilities: Object.values(FEATURE) }),
}

/** A frame is a sign of life; the core hears of it at most this often, in ms. */
const HEARD_INTERVAL_MS = 1_000

/** What may turn out not to be possible now, which is the caller's mistake and changes nothing. */
export function possible(run: () => unknown): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof LocalProtocolError)) throw error
  }
}

export class End {
  readonly #core: Core
  readonly sealing: Sealing
  readonly #inbox: Inbox
  readonly #exchanges = new Map<number, Exchange>()
  readonly #notices: { readonly peer: number; readonly notice: Notice }[] = []
  state: State
  line: Line | undefined
  #participant = 0
  #heardAt = Number.NEGATIVE_INFINITY
  #token: Uint8Array = new Uint8Array()
  #sequence = 0
  #tickAt: Instant | undefined
  #retries = 0
  #queue: Event[] = []
  #busy = false
  /** Secrets of invitations that the lead registered here, by id (customer only). */
  readonly #invitations = new Map<string, string>()
  crashed = false
  #frozen: (() => unknown)[] | undefined
  /** When it thawed last. */
  frozeAt = Number.NEGATIVE_INFINITY

  constructor(
    readonly credentials: Credentials,
    private readonly broker: Broker,
    private readonly schedule: Schedule,
    private readonly random: Random,
    private readonly watcher: Watcher,
    private readonly guard: Guard,
  ) {
    this.#core = CORES[credentials.role]
    this.state = INITIAL[credentials.role]()
    const keyring: Keyring = {
      name: credentials.name,
      role: credentials.role,
      inviteId: credentials.inviteId,
      secret: credentials.secret,
      invitation: participant => this.#invitation(participant),
    }
    this.sealing = guard.sealing(keyring)
    this.#inbox = new Inbox(
      {
        self: () => this.self,
        opened: (frame, record) => {
          guard.witness.opened(this, frame, frame.payload)
          this.dispatch({ type: 'remote.record', peer: frame.source, sequence: BigInt(frame.sequence), record })
        },
        shaken: frame => {
          const message = guard.forger.peek(frame.payload)
          if (message !== undefined) guard.witness.shaken(this, frame.source, message, false)
        },
        malformed: (peer, code) => this.#malformed(peer, code),
        restarted: peer => this.dispatch({ type: 'peer.restarted', peer }),
      },
      this.sealing,
      guard.forger,
    )
    guard.witness.introduce(this)
  }

  /** Whether it holds this secret: its own, or one of an invitation that was registered here. */
  knows(secret: string): boolean {
    return this.credentials.secret === secret || [...this.#invitations.values()].includes(secret)
  }

  #invitation(participant: number): { readonly id: Uint8Array; readonly secret: string } | undefined {
    const id = 'peers' in this.state ? this.state.peers.get(participant)?.invite?.id : undefined
    const secret = id === undefined ? undefined : this.#invitations.get(id)
    return id === undefined || secret === undefined ? undefined : { id: Uint8Array.from(Buffer.from(id, 'hex')), secret }
  }

  get role(): Role {
    return this.credentials.role
  }

  get self(): number {
    return this.state.session.phase === 'live' ? this.state.session.attachment.participant : 0
  }

  get ended(): boolean {
    return this.crashed || this.state.session.phase === 'ended'
  }

  /** Opens a line; the core says Hello. */
  attach(): void {
    if (this.ended || this.line?.up === true) return
    // What an older line still brings means nothing.
    const line: Line = this.broker.connect(
      {
        frame: frame => this.#awake(() => this.line === line && this.#frame(frame)),
        closed: () => this.#awake(() => this.line === line && this.#lost()),
      },
      this.random.between(1, 40),
    )
    this.line = line
    this.#sequence = 0
    this.#inbox.reset()
    for (const exchange of this.#exchanges.values()) exchange.end()
    this.#exchanges.clear()
    const { role, name, locator, inviteId } = this.credentials
    const returning = this.#token.length > 0
    this.dispatch({
      type: 'transport.opened',
      hello: {
        version: { minMinor: 0, maxMinor: 0 },
        role,
        agentToken: role === Role.AGENT && inviteId.length === 0 ? 'agent' : '',
        locator: returning ? '' : locator,
        inviteId: returning ? new Uint8Array() : inviteId,
        resumeToken: this.#token,
        implementation: { name: 'simulation', version: '1' },
        capabilities: [],
        displayName: name,
      },
    })
  }

  /** When its line came up; undefined while it is down. */
  upSince: number | undefined

  /** The process stands still for a while, its line open: what arrives waits, and its deadlines pass. */
  freeze(ms: number): void {
    if (this.#frozen !== undefined || this.ended) return
    this.#frozen = []
    this.schedule.after(ms, () => {
      const waiting = this.#frozen ?? []
      this.#frozen = undefined
      this.frozeAt = this.schedule.now
      this.dispatch({ type: 'tick' })
      for (const run of waiting) run()
    })
  }

  /** Does it now, or when it thaws. */
  #awake(run: () => unknown): void {
    if (this.#frozen === undefined) run()
    else this.#frozen.push(run)
  }

  get frozen(): boolean {
    return this.#frozen !== undefined
  }

  /** The process dies: no Bye, no more steps. */
  crash(): void {
    this.crashed = true
    this.line?.cut()
  }

  drop(): void {
    this.line?.cut()
  }

  /** Gives the core an event; those that come of it wait their turn. */
  dispatch(event: Event): void {
    if (this.#frozen !== undefined) {
      this.#frozen.push(() => possible(() => this.dispatch(event)))
      return
    }
    this.#queue.push(event)
    if (this.#busy) return
    this.#busy = true
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) if (!this.ended) this.#step(next)
    } finally {
      this.#busy = false
    }
  }

  #frame(frame: Frame): void {
    if (this.ended) return
    const { now } = this.schedule
    if (now - this.#heardAt >= HEARD_INTERVAL_MS) {
      this.#heardAt = now
      this.dispatch({ type: 'transport.heard' })
    }
    if (frame.layer === 'relay') this.#onRelay(frame.kind)
    else this.#soon(this.#inbox.frame(frame))
  }

  #soon(it: Soon<void>): void {
    if (it instanceof Promise) this.watcher.soon(it)
  }

  #malformed(peer: number, code: CloseCode): void {
    this.watcher.malformed(this, peer, code)
    this.dispatch({ type: 'remote.malformed', peer, code })
  }

  #lost(): void {
    this.line = undefined
    this.upSince = undefined
    this.dispatch({ type: 'transport.lost' })
    this.#reconnect()
  }

  #reconnect(): void {
    if (this.ended || this.state.session.phase !== 'live' || this.line?.up === true) return
    this.schedule.after([0, 500, 1_000, 2_000, 5_000][Math.min(4, this.#retries++)] ?? 5_000, () => this.#awake(() => this.attach()))
  }

  #onRelay(kind: Extract<Frame, { layer: 'relay' }>['kind']): void {
    if (kind.$case === 'welcome') {
      this.#token = kind.value.resumeToken
      this.#retries = 0
      this.upSince = this.schedule.now
      if (kind.value.roster !== undefined) this.#inbox.follow(kind.value.roster)
    }
    if (kind.$case === 'roster') this.#inbox.follow(kind.value)
    this.dispatch({ type: 'remote.relay', kind })
  }

  #step(event: Event): void {
    const before = this.state
    const { state, effects } = this.#core.step(before, event, this.schedule.now)
    this.state = state
    if (this.self !== 0) this.#participant = this.self
    const next = this.#core.nextDeadline(state)
    this.watcher.stepped(this, before, event, state, effects, next)
    for (const effect of effects) this.#perform(effect)
    this.#deliver()
    if (effects.some(effect => effect.type === 'send' && effect.channel === Channel.MEDIA) && this.sealing.mediaSpent) this.dispatch({ type: 'media.spent' })
    this.#arm(next)
  }

  /** What the core says, once everything that it asked for was done. */
  #deliver(): void {
    for (let next = this.#notices.shift(); next !== undefined; next = this.#notices.shift()) {
      this.#onNotice(next.peer, next.notice)
      this.watcher.noticed(this, next.peer, next.notice)
    }
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'send': {
        if (effect.channel === Channel.RELAY) return this.line?.send('b', { layer: 'relay', kind: effect.kind })
        return this.#seal({ channel: effect.channel, kinds: [effect.kind] } as OpenedRecord, effect.to)
      }
      case 'notify':
        this.#notices.push(effect)
        return
      case 'close': {
        const { line } = this
        line?.close('b', effect.code)
        if (this.state.session.phase === 'live') {
          line?.cut()
          this.line = undefined
          this.upSince = undefined
          this.#reconnect()
        }
        return
      }
      case 'violation':
        return
    }
  }

  #seal(record: OpenedRecord, to: readonly number[]): void {
    if (this.line?.up !== true) return
    const announced = record.channel === Channel.SESSION && record.kinds[0]?.$case === 'mediaKey' ? record.kinds[0].value.epoch : undefined
    const whole =
      announced === undefined ? record : ({ channel: Channel.SESSION, kinds: [{ $case: 'mediaKey', value: this.sealing.mediaKey(announced) }] } as OpenedRecord)
    if (announced !== undefined) this.guard.witness.announced(this, announced)
    const header = { channel: record.channel, source: this.#participant, targets: [...to].sort((a, b) => a - b), sequence: ++this.#sequence }
    try {
      const payload = this.sealing.seal(header, whole)
      this.guard.witness.sealed(this, header, payload)
      this.line.send('b', { layer: 'sealed', ...header, payload })
    } catch (error) {
      // Without keys nothing is said: the counterpart is gone, and this was a word after it.
      if (!(error instanceof Unopened)) throw error
    }
  }

  #onNotice(peer: number, notice: Notice): void {
    switch (notice.kind) {
      case 'media.key':
        return this.#takeKey(peer, notice.message)
      case 'invite':
        return void this.#invitations.set(notice.invite.id, hex(notice.secret))
      case 'peer.secure':
        return this.#secure(peer)
      case 'peer.phase':
        if (notice.phase === 'gone' || notice.phase === 'suspended') this.#part(peer, notice.phase === 'gone')
        return
      case 'media.over':
        return this.sealing.endMedia(notice.epoch)
      case 'session.ended':
        return this.sealing.endMedia()
    }
  }

  #takeKey(peer: number, key: Parameters<Sealing['takeMediaKey']>[1]): void {
    try {
      this.sealing.takeMediaKey(peer, key)
      this.guard.witness.told(this, peer, key.epoch)
    } catch (error) {
      if (!(error instanceof Unopened)) throw error
      this.#inbox.forget(peer)
      this.#malformed(peer, CloseCode.BAD_RECORD)
    }
  }

  /** A counterpart is not there: it comes back under other keys, or not at all. */
  #part(peer: number, forGood: boolean): void {
    this.#exchanges.get(peer)?.end()
    this.#exchanges.delete(peer)
    if (this.ended) return
    this.#inbox.forget(peer)
    if (forGood) this.sealing.forget(peer)
  }

  #secure(peer: number): void {
    let exchange: Exchange | undefined
    const current = () => exchange !== undefined && this.#exchanges.get(peer) === exchange
    this.#exchanges.get(peer)?.end()
    const { role } = this.credentials
    const counterpartRole = 'peers' in this.state ? (this.state.peers.get(peer)?.role ?? Role.VIEWER) : Role.CUSTOMER
    exchange = this.sealing.secure(
      { participant: peer, counterpartRole, role, self: this.self, sessionId: new Uint8Array(16), policy: this.state.policy },
      {
        send: message => {
          if (current()) this.#shake(peer, message)
        },
        secured: () => {
          if (!current()) return
          this.guard.witness.secured(this, peer)
          this.dispatch({ type: 'peer.secured', peer })
        },
        failed: code => {
          if (current()) this.dispatch({ type: 'peer.failed', peer, code })
        },
      },
    )
    this.#exchanges.set(peer, exchange)
    this.#inbox.admit(peer, exchange)
    this.#soon(exchange.start())
  }

  #shake(peer: number, payload: Payload): void {
    const message = this.guard.forger.peek(payload)
    if (message !== undefined) this.guard.witness.shaken(this, peer, message, true)
    this.line?.send('b', { layer: 'sealed', channel: Channel.HANDSHAKE, source: this.self, targets: [peer], sequence: ++this.#sequence, payload })
  }

  #arm(next: Instant | undefined): void {
    if (this.ended) return
    if (next === undefined || next === this.#tickAt) return
    this.#tickAt = next
    this.schedule.at(next, () => {
      if (this.#tickAt !== next || this.ended) return
      this.#tickAt = undefined
      this.#awake(() => this.dispatch({ type: 'tick' }))
    })
  }
}
