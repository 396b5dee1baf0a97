/** The people and programs of a simulated session: what they ask for, and how they answer. Everything random comes from the seed. */
import {
  Button,
  Direction,
  ElevationMethod,
  ElevationReason,
  ElevationScope,
  KeyCombo,
  OutputStream,
  Permission,
  RefusalReason,
  Role,
  type Screen,
} from '@remote-assist/codec'
import { type CustomerState, type JoinerState, ROLE_CEILING } from '@remote-assist/core'
import { hex } from './broker.js'
import { type End, type Event, type Notice, possible } from './end.js'
import { type Content, Files } from './files.js'
import type { Random } from './random.js'
import type { Schedule } from './schedule.js'

const ALL = ROLE_CEILING[Role.AGENT].filter(permission => permission !== Permission.RECORD)

/** Requests that were made and have no answer; what is left at the end of a quiet session is a fault. */
export class Requests {
  readonly #open = new Map<string, string>()
  opened(end: End, what: string, id: number): void {
    this.#open.set(`${end.credentials.name} ${what} ${id}`, what)
  }
  closed(end: End, what: string, id: number): void {
    this.#open.delete(`${end.credentials.name} ${what} ${id}`)
  }
  /** A process that died asks nothing any more. */
  forget(end: End): void {
    for (const key of this.#open.keys()) if (key.startsWith(`${end.credentials.name} `)) this.#open.delete(key)
  }
  get left(): readonly string[] {
    return [...this.#open.keys()]
  }
}

/** What the people of one session share. */
export interface Stage {
  readonly schedule: Schedule
  readonly random: Random
  readonly requests: Requests
  readonly contents: Map<number, Content>
  /** Somebody was invited: an end for them may come. */
  invited(role: Role.AGENT | Role.VIEWER, inviteId: Uint8Array, secret: string): void
}

/** Gives an end a local event; a call that is not possible now is the caller's mistake and changes nothing. */
function attempt(end: End, event: Event): boolean {
  if (end.ended) return false
  let done = false
  possible(() => {
    end.dispatch(event)
    done = true
  })
  return done
}

export interface Person {
  readonly end: End
  noticed(peer: number, notice: Notice): void
  /** Does something at random. */
  act(): void
}

export class JoinerPerson implements Person {
  #ids = 0
  readonly #files: Files
  constructor(
    readonly end: End,
    private readonly stage: Stage,
  ) {
    this.#files = new Files(end, event => this.#call('file', event), stage.contents, stage.schedule, stage.random)
  }

  get #state(): JoinerState {
    return this.end.state as JoinerState
  }

  #call(channel: string, event: { readonly type: string }): Event {
    return { type: 'local.channel', channel, event } as unknown as Event
  }

  #on(channel: string, event: { readonly type: string; readonly [field: string]: unknown }): boolean {
    return attempt(this.end, this.#call(channel, event))
  }

  #request(what: string, event: (requestId: number) => Event): void {
    if (this.end.frozen) return
    const id = ++this.#ids
    this.stage.requests.opened(this.end, what, id)
    if (!attempt(this.end, event(id))) this.stage.requests.closed(this.end, what, id)
  }

  noticed(_peer: number, notice: Notice): void {
    const { requests, schedule, random } = this.stage
    switch (notice.kind) {
      case 'peer.phase':
        if (notice.phase === 'consenting') schedule.after(random.below(500), () => this.#ask())
        return
      case 'peer.decided':
        return requests.closed(this.end, 'ask', notice.requestId)
      case 'request.done':
        return requests.closed(this.end, 'request', notice.requestId)
      case 'input.sentKeys':
        return requests.closed(this.end, 'keys', notice.requestId)
      case 'elevation.exited':
        return requests.closed(this.end, 'command', notice.commandId)
      case 'elevation.switched':
        return requests.closed(this.end, 'switch', notice.requestId)
      case 'elevation.changed':
        // Phases 6 to 10 are where a request ends.
        if (notice.phase >= 6) requests.closed(this.end, 'elevate', notice.requestId)
        return
      case 'elevation.key':
        return schedule.after(random.below(1_000), () => this.#on('elevation', { type: 'local.credentials', hpke: new Uint8Array(64) }))
      case 'screen.part':
        if (notice.part.last) {
          const { frameId } = notice.part
          schedule.after(random.between(1, 15), () =>
            this.#on('screen', random.chance(0.01) ? { type: 'local.undecodable' } : { type: 'local.presented', frameId, decodeUs: 3_000 }),
          )
        }
        return
      case 'clipboard.wanted':
        return schedule.after(random.below(50), () => answerClipboard(random, notice, event => this.#on('clipboard', event)))
      case 'file.asked':
      case 'file.ask-ended':
        return
      default:
        if ('transferId' in notice) this.#files.noticed(notice)
    }
  }

  #ask(): void {
    if (this.#state.customer?.machine.phase === 'gone') return
    const permissions = [Permission.VIEW_SCREEN, ...this.stage.random.some(ALL, 0.8)].filter((it, index, all) => all.indexOf(it) === index)
    this.#request('ask', requestId => ({ type: 'local.ask', requestId, permissions, reason: 'to help' }))
  }

  act(): void {
    const { random } = this.stage
    const { customer } = this.#state
    if (customer === undefined) return
    const phase = customer.machine.phase
    if (phase !== 'active' && phase !== 'paused') return
    const action = random.below(this.end.role === Role.VIEWER ? 3 : 22)
    const screens = customer.channels.screen.layout.screens
    const screen = screens.length > 0 ? random.pick(screens) : undefined
    const place = { screenId: screen?.screenId ?? 1, x: random.below(2_000) - 100, y: random.below(2_000) - 100 }
    switch (action) {
      case 0:
      case 1:
        if (screen !== undefined)
          this.#on('screen', { type: 'local.show', subscribe: { screenId: screen.screenId, maxWidth: 0, maxHeight: 0, maxFps: 0, codecs: [] } })
        return
      case 2:
        if (random.chance(0.3)) this.#on('screen', { type: 'local.hide' })
        else this.#on('chat', { type: 'local.say', id: ++this.#ids, text: 'hello' })
        return
      case 3:
      case 4:
        if (customer.lease?.holder !== this.end.self) return this.#request('request', requestId => ({ type: 'local.requestControl', requestId }))
        return customer.channels.elevation.phase === 'elevated' ? this.#useElevation() : this.#elevate()
      case 5:
      case 6:
      case 7:
        this.#on('input', { type: 'local.key', usage: random.between(4, 60), down: true, modifiers: 0, locks: random.below(2) })
        if (random.chance(0.7)) this.stage.schedule.after(random.below(400), () => this.#releaseSome())
        return
      case 8:
        this.#on('input', { type: 'local.button', ...place, button: Button.LEFT, down: true })
        this.stage.schedule.after(random.below(2_500), () => this.#on('input', { type: 'local.button', ...place, button: Button.LEFT, down: false }))
        return
      case 9:
        for (let i = random.below(20); i >= 0; i--) this.#on('input', { type: 'local.move', ...place, x: place.x + i })
        return
      case 10:
        this.#on('input', random.chance(0.5) ? { type: 'local.text', text: 'é' } : { type: 'local.wheel', ...place, deltaX: 0, deltaY: 120 })
        return
      case 11:
        this.#on('input', { type: 'local.releaseAll' })
        return
      case 12: {
        const combo = random.pick([KeyCombo.CTRL_ALT_DELETE, KeyCombo.ALT_TAB, KeyCombo.META])
        const id = ++this.#ids
        this.stage.requests.opened(this.end, 'keys', id)
        if (!this.#on('input', { type: 'local.sendKeys', requestId: id, combo })) this.stage.requests.closed(this.end, 'keys', id)
        return
      }
      case 13:
        this.#on('clipboard', { type: 'local.sync', direction: random.pick([Direction.TO_CUSTOMER, Direction.FROM_CUSTOMER]), on: random.chance(0.8) })
        return
      case 14:
        this.#on(
          'clipboard',
          random.chance(0.6)
            ? { type: 'local.changed', formats: [{ mime: 'text/plain', bytes: 5n }], fromPeer: false }
            : { type: 'local.request', mime: 'text/plain' },
        )
        return
      case 15:
        return this.#elevate()
      case 16:
        return this.#useElevation()
      case 17:
        if (random.chance(0.3)) this.#on('elevation', { type: 'local.drop' })
        else attempt(this.end, { type: 'local.say', kind: { $case: 'releaseControl', value: {} } })
        return
      case 18:
        return this.#invite()
      case 19:
        return possible(() => this.#files.busy < 3 && this.#files.offer(2 * ++this.#ids + 1))
      case 20:
        return possible(() => (random.chance(0.3) ? this.#files.cancelSome() : this.#files.holdSome()))
      default:
        this.#on('annotation', {
          type: 'local.draw',
          stroke: { from: 0, screenId: place.screenId, strokeId: ++this.#ids, points: [1, 2, 3, 4], colour: 0xff0000, width: 2, ttlMs: 5_000 },
        })
    }
  }

  #elevate(): void {
    const id = ++this.#ids
    const method = this.stage.random.pick([ElevationMethod.PROMPT, ElevationMethod.CREDENTIALS])
    this.stage.requests.opened(this.end, 'elevate', id)
    if (!this.#on('elevation', { type: 'local.request', requestId: id, reason: 'driver', scope: ElevationScope.ADMIN, durationMs: 60_000, method }))
      this.stage.requests.closed(this.end, 'elevate', id)
  }

  #useElevation(): void {
    const id = ++this.#ids
    const command = this.stage.random.chance(0.7)
    const what = command ? 'command' : 'switch'
    this.stage.requests.opened(this.end, what, id)
    if (!this.#on('elevation', command ? { type: 'local.run', commandId: id, argv: ['whoami'], as: '' } : { type: 'local.switchUser', requestId: id }))
      this.stage.requests.closed(this.end, what, id)
  }

  #releaseSome(): void {
    const input = this.#state.customer?.channels.input
    if (input?.phase !== 'open') return
    for (const usage of this.stage.random.some(input.keys, 0.8)) this.#on('input', { type: 'local.key', usage, down: false, modifiers: 0, locks: 0 })
  }

  #invite(): void {
    const { random } = this.stage
    const role = random.chance(0.6) ? Role.VIEWER : Role.AGENT
    const inviteId = random.bytes(16)
    const secret = random.bytes(32)
    this.#request('request', requestId => ({ type: 'local.invite', requestId, invite: { inviteId, role, secret, expiresInMs: 120_000, ceiling: [] } }))
    this.stage.schedule.after(random.between(200, 5_000), () => this.stage.invited(role, inviteId, random.chance(0.9) ? hex(secret) : 'wrong'))
  }
}

const screen = (screenId: number, width: number): Screen => ({
  screenId,
  name: `s${screenId}`,
  x: 0,
  y: 0,
  width,
  height: 800,
  scalePercent: 100,
  rotation: 0,
  primary: screenId === 1,
})

type Say = (event: { readonly type: string; readonly [field: string]: unknown }) => void

function answerClipboard(random: Random, notice: { readonly offerId: number; readonly mime: string }, say: Say): void {
  const { offerId, mime } = notice
  if (random.chance(0.1)) return say({ type: 'local.unavailable', offerId, mime })
  if (random.chance(0.05)) return
  say({ type: 'local.data', offerId, mime, offset: 0, data: new Uint8Array(3), last: false })
  say({ type: 'local.data', offerId, mime, offset: 3, data: new Uint8Array(2), last: true })
}

export class CustomerPerson implements Person {
  #frames = 0
  #ids = 0
  readonly #files = new Map<number, Files>()
  readonly #showing = new Map<number, { screenId: number; last: number }>()
  constructor(
    readonly end: End,
    private readonly stage: Stage,
    private readonly mood: { readonly denies: number; readonly ignores: number },
  ) {}

  get #state(): CustomerState {
    return this.end.state as CustomerState
  }

  #on(peer: number, channel: string, event: { readonly type: string; readonly [field: string]: unknown }): boolean {
    return attempt(this.end, { type: 'local.channel', peer, channel, event } as unknown as Event)
  }

  #filesOf(peer: number): Files {
    const files =
      this.#files.get(peer) ??
      new Files(
        this.end,
        event => ({ type: 'local.channel', peer, channel: 'file', event }) as unknown as Event,
        this.stage.contents,
        this.stage.schedule,
        this.stage.random,
      )
    this.#files.set(peer, files)
    return files
  }

  /** The desktop comes up. */
  begin(): void {
    attempt(this.end, { type: 'local.screens', screens: [screen(1, 1_280), screen(2, 1_024)] })
  }

  noticed(peer: number, notice: Notice): void {
    const { random, schedule } = this.stage
    const later = (ms: number, run: () => void) => schedule.after(random.below(ms), run)
    switch (notice.kind) {
      case 'peer.asks': {
        if (!('by' in notice) || random.chance(this.mood.ignores)) return
        const granted = random.chance(this.mood.denies)
          ? []
          : random.some(notice.permissions, 0.9).map(permission => ({ permission, expiresInMs: random.chance(0.05) ? 5_000 : 0 }))
        return later(4_000, () => attempt(this.end, { type: 'local.peer', peer, event: { type: 'local.decide', requestId: notice.requestId, granted } }))
      }
      case 'screen.start':
        this.#showing.set(peer, { screenId: notice.subscribe.screenId, last: 0 })
        return
      case 'screen.stop':
        this.#showing.delete(peer)
        return
      case 'screen.room': {
        const showing = this.#showing.get(peer)
        if (showing === undefined) return
        if (notice.keyframe) showing.last = 0
        if (notice.room) later(60, () => this.#frame(peer))
        return
      }
      case 'input.inject':
        for (const injection of notice.injections)
          if (injection.do === 'combo' && !random.chance(0.05))
            later(100, () => this.#on(peer, 'input', { type: 'local.comboDone', requestId: injection.requestId, refusal: RefusalReason.UNSPECIFIED }))
        return
      case 'clipboard.wanted':
        return later(50, () => answerClipboard(random, notice, event => this.#on(peer, 'clipboard', event)))
      case 'chat.received':
        return schedule.after(0, () => attempt(this.end, { type: 'local.chat', chat: { ...notice.chat, atMs: BigInt(Math.round(schedule.now)) } }))
      case 'elevation.asked':
        return random.chance(0.1)
          ? undefined
          : later(3_000, () => this.#on(peer, 'elevation', { type: 'local.decide', requestId: notice.requestId, allow: random.chance(0.85) }))
      case 'elevation.key-wanted':
        return later(50, () =>
          this.#on(peer, 'elevation', { type: 'local.key', requestId: notice.requestId, key: new Uint8Array(32), signature: new Uint8Array(64) }),
        )
      case 'elevation.credentials':
      case 'elevation.prompt':
        return later(2_000, () =>
          this.#on(
            peer,
            'elevation',
            random.chance(0.85)
              ? { type: 'local.agreed', requestId: notice.requestId }
              : { type: 'local.failed', requestId: notice.requestId, reason: ElevationReason.OS_DECLINED },
          ),
        )
      case 'elevation.start':
        return later(2_000, () => this.#on(peer, 'elevation', { type: 'local.elevated', requestId: notice.requestId }))
      case 'elevation.run':
        return later(500, () => {
          this.#on(peer, 'elevation', { type: 'local.output', commandId: notice.commandId, stream: OutputStream.STDOUT, data: new Uint8Array(4) })
          this.#on(peer, 'elevation', { type: 'local.exited', commandId: notice.commandId, exitCode: 0, endedBy: '' })
        })
      case 'elevation.switch-user':
        return later(500, () => this.#on(peer, 'elevation', { type: 'local.switched', requestId: notice.requestId, refusal: RefusalReason.UNSPECIFIED }))
      case 'file.asked':
      case 'file.ask-ended':
        return
      default:
        if ('transferId' in notice) this.#filesOf(peer).noticed(notice)
    }
  }

  #frame(peer: number): void {
    const showing = this.#showing.get(peer)
    if (showing === undefined || this.end.ended) return
    const { screenId, last } = showing
    const source = this.#state.peers.get(peer)?.channels.screen
    if (source?.phase !== 'subscribed' || !source.room || !source.permit.flowing) return
    const frameId = ++this.#frames
    const parts = Array.from({ length: this.stage.random.between(1, 3) }, (_, part, all = 0) => part + all)
    const layoutEpoch = this.#state.layout.epoch
    const base = source.lastFrameId === 0 ? 0 : last
    showing.last = frameId
    attempt(this.end, {
      type: 'local.frame',
      targets: [peer],
      screenId,
      frameId,
      baseFrameId: base,
      bytes: this.stage.random.between(1_000, 60_000),
      parts: parts.map(part => ({
        screenId,
        layoutEpoch,
        frameId,
        baseFrameId: base,
        part,
        last: part === parts.length - 1,
        capturedAtUs: 0n,
        lastInput: undefined,
        rects: [],
        width: 1_280,
        height: 800,
      })),
    })
    const after = this.#state.peers.get(peer)?.channels.screen
    if (after?.phase === 'subscribed' && after.room && this.stage.random.chance(0.3))
      this.stage.schedule.after(this.stage.random.below(100), () => this.#frame(peer))
  }

  act(): void {
    const { random } = this.stage
    const peers = [...this.#state.peers.values()].filter(peer => peer.machine.phase !== 'gone')
    if (peers.length === 0) return
    const peer = random.pick(peers)
    const { number } = peer
    switch (random.below(16)) {
      case 0:
        return void attempt(this.end, { type: 'local.pause' })
      case 1:
      case 2:
        return void attempt(this.end, { type: 'local.unpause' })
      case 3:
        return void attempt(this.end, { type: 'local.input' })
      case 4:
        return void attempt(this.end, { type: 'local.peer', peer: number, event: { type: 'local.revoke', permission: random.pick(ALL) } })
      case 5:
        return void attempt(this.end, {
          type: 'local.peer',
          peer: number,
          event: { type: 'local.grant', permission: random.pick(ALL), expiresInMs: random.chance(0.3) ? 3_000 : 0 },
        })
      case 6:
        return void (random.chance(0.1) && attempt(this.end, { type: 'local.peer', peer: number, event: { type: 'local.remove', code: 301 } }))
      case 7:
        return void attempt(this.end, { type: 'local.screens', screens: random.chance(0.5) ? [screen(1, 1_280)] : [screen(1, 1_440), screen(2, 1_024)] })
      case 8:
        return void (random.chance(0.1) && attempt(this.end, { type: 'local.stop' }))
      case 9:
        return void this.#on(
          number,
          'clipboard',
          random.chance(0.6)
            ? { type: 'local.changed', formats: [{ mime: 'text/plain', bytes: 5n }], fromPeer: false }
            : { type: 'local.request', mime: 'text/plain' },
        )
      case 10:
        return void (random.chance(0.3) && this.#on(number, 'elevation', { type: 'local.drop' }))
      case 11:
        return possible(() => peer.role === Role.AGENT && this.#filesOf(number).busy < 3 && this.#filesOf(number).offer(2 * ++this.#ids))
      case 12:
        return possible(() => random.chance(0.3) && this.#filesOf(number).cancelSome())
      case 13:
        return void attempt(this.end, { type: 'local.chat', chat: { id: ++this.#ids, from: this.end.self, text: 'here', atMs: 1n } })
      case 14:
        return void attempt(this.end, { type: 'local.locked', locked: random.chance(0.1) })
      default:
        return void attempt(this.end, { type: 'local.shown', kind: { $case: 'cursorPosition', value: { screenId: 1, x: 1, y: 1 } } })
    }
  }
}
