/** An end of a session in the simulation: the real core, a line that breaks and comes back, and a handshake that compares secrets. */
import { Channel, Role } from '@remote-assist/codec'
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
import { type Broker, hex } from './broker.js'
import type { Frame, Handshake, Line } from './network.js'
import type { Random } from './random.js'
import type { Schedule } from './schedule.js'

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
  /** A picture came under a key that this end does not hold. */
  unopened(end: End, key: string): void
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

/** The shared secrets with one counterpart: the key in use, what a return would prove, and what is expected of a handshake. */
interface Keys {
  key: string | undefined
  /** Secrets for a return, the newest first: all that came since a record opened, for the other end may know any of them. */
  kept: readonly string[]
  expecting: 'none' | 'code' | 'resume'
  /** What this end offered in the exchange under way; an answer to an earlier one means nothing. */
  offered: string | undefined
}

/** The key of the pictures of an epoch. */
const epochKey = (customer: number, epoch: number): string => `media ${customer}-${epoch}`

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
  state: State
  line: Line | undefined
  #incarnation = 0
  #token: Uint8Array = new Uint8Array()
  #sequence = 0n
  #tickAt: Instant | undefined
  #retries = 0
  #queue: Event[] = []
  #busy = false
  readonly #keys = new Map<number, Keys>()
  /** Customer: the epoch under which pictures leave. Joiner: the newest that it was told. */
  #mediaEpoch = 0
  /** Secrets of invitations that the lead registered here (customer only). */
  readonly #inviteSecrets = new Map<string, string>()
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
  ) {
    this.#core = CORES[credentials.role]
    this.state = INITIAL[credentials.role]()
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
    if (frame.layer === 'relay') this.#onRelay(frame.kind)
    else if (frame.layer === 'handshake') this.#onHandshake(frame.source, frame.message)
    else this.#onRecord(frame)
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
      this.#incarnation = kind.value.incarnation
      this.#retries = 0
      this.upSince = this.schedule.now
    }
    this.dispatch({ type: 'transport.heard' })
    this.dispatch({ type: 'remote.relay', kind })
  }

  #onRecord({ source, sequence, key, record }: Extract<Frame, { layer: 'record' }>): void {
    const keys = this.#keysOf(source)
    // A record of older keys does not open; after a return both ends have new ones.
    if (keys.key === undefined || (record.channel !== Channel.MEDIA && keys.key !== key)) return
    if (record.channel === Channel.MEDIA && key !== epochKey(source, this.#mediaEpoch)) this.watcher.unopened(this, key)
    keys.kept = keys.kept.slice(0, 1)
    this.dispatch({ type: 'transport.heard' })
    this.dispatch({ type: 'remote.record', peer: source, sequence, record })
  }

  #keysOf(peer: number): Keys {
    const keys = this.#keys.get(peer) ?? { key: undefined, kept: [], expecting: 'none', offered: undefined }
    this.#keys.set(peer, keys)
    return keys
  }

  /** What a handshake of this kind with this peer must prove. */
  #secretFor(peer: number, kind: 'code' | 'invite' | 'resume'): string | undefined {
    if (kind === 'resume') return this.#keysOf(peer).kept[0]
    if (kind === 'code') return this.credentials.secret
    const id = 'peers' in this.state ? this.state.peers.get(peer)?.invite?.id : undefined
    return id === undefined ? this.credentials.secret : this.#inviteSecrets.get(id)
  }

  #onHandshake(source: number, message: Handshake): void {
    const keys = this.#keysOf(source)
    if (message.step === 'start') {
      if (keys.expecting === 'none') this.dispatch({ type: 'peer.restarted', peer: source })
      if ((keys.expecting as Keys['expecting']) === 'none') return
      const ok = message.kind === 'resume' ? keys.kept.includes(message.secret) : this.#secretFor(source, message.kind) === message.secret
      keys.expecting = 'none'
      this.#sendHandshake(source, { step: 'answer', ok, fresh: message.fresh })
      if (ok) this.#secured(source, message.fresh)
      else this.dispatch({ type: 'peer.failed', peer: source, code: 600 })
      return
    }
    if (keys.expecting === 'none' || message.fresh !== keys.offered) return
    keys.expecting = 'none'
    if (message.ok) this.#secured(source, message.fresh)
    else this.dispatch({ type: 'peer.failed', peer: source, code: 600 })
  }

  #secured(peer: number, fresh: string): void {
    const keys = this.#keysOf(peer)
    keys.key = fresh
    keys.kept = [`resume-${fresh}`, ...keys.kept]
    this.dispatch({ type: 'peer.secured', peer })
  }

  #sendHandshake(target: number, message: Handshake): void {
    this.line?.send('b', { layer: 'handshake', source: this.self, targets: [target], message })
  }

  #step(event: Event): void {
    const before = this.state
    const { state, effects } = this.#core.step(before, event, this.schedule.now)
    this.state = state
    this.watcher.stepped(this, before, event, state, effects, this.#core.nextDeadline(state))
    for (const effect of effects) this.#perform(effect)
    this.#arm()
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'send': {
        if (effect.channel === Channel.RELAY) return this.line?.send('b', { layer: 'relay', kind: effect.kind })
        const record = { channel: effect.channel, kinds: [effect.kind] } as OpenedRecord
        if (effect.kind.$case === 'mediaKey') this.#mediaEpoch = effect.kind.value.epoch
        const [target] = effect.to
        const key = effect.channel === Channel.MEDIA ? epochKey(this.self, this.#mediaEpoch) : target === undefined ? '' : (this.#keysOf(target).key ?? '')
        return this.line?.send('b', { layer: 'record', source: this.self, targets: effect.to, sequence: ++this.#sequence, key, record })
      }
      case 'notify':
        this.#onNotice(effect.peer, effect.notice)
        return this.watcher.noticed(this, effect.peer, effect.notice)
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

  #onNotice(peer: number, notice: Notice): void {
    if (notice.kind === 'media.key') this.#mediaEpoch = notice.message.epoch
    if (notice.kind === 'invite') this.#inviteSecrets.set(notice.invite.id, hex(notice.secret))
    if (notice.kind !== 'peer.secure') return
    const keys = this.#keysOf(peer)
    keys.key = undefined
    keys.expecting = notice.resume ? 'resume' : 'code'
    if (this.role !== Role.CUSTOMER) return
    const invited = 'peers' in this.state && this.state.peers.get(peer)?.invite !== undefined
    const kind = notice.resume ? 'resume' : invited ? 'invite' : 'code'
    const secret = this.#secretFor(peer, kind) ?? ''
    keys.offered = `${this.self}-${peer}-${this.#incarnation}-${++this.#sequence}`
    this.#sendHandshake(peer, { step: 'start', kind, secret, fresh: keys.offered })
  }

  #arm(): void {
    if (this.ended) return
    const next = this.#core.nextDeadline(this.state)
    if (next === undefined || next === this.#tickAt) return
    this.#tickAt = next
    this.schedule.at(next, () => {
      if (this.#tickAt !== next || this.ended) return
      this.#tickAt = undefined
      this.#awake(() => this.dispatch({ type: 'tick' }))
    })
  }
}
