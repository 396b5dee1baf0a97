/** The customer of a simulated session and its desktop: how they answer, and what happens there by itself. */
import { ElevationReason, OutputStream, RefusalReason, Role, type Screen } from '@remote-assist/codec'
import type { CustomerState } from '@remote-assist/core'
import { type End, type Event, type Notice, possible } from '../end.js'
import { Files } from '../files.js'
import { answerClipboard } from './clipboard.js'
import { ALL, attempt, type Person, type Stage } from './stage.js'

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

/** At the customer's end. */
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
