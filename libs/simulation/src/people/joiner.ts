/** An agent or a viewer of a simulated session: what it asks for, and how it uses what it gets. */
import { Button, Direction, ElevationMethod, ElevationScope, KeyCombo, Permission, Role } from '@remote-assist/codec'
import type { JoinerState } from '@remote-assist/core'
import { type End, type Event, type Notice, possible } from '../end.js'
import { Files } from '../files.js'
import { hex } from '../hex.js'
import { answerClipboard } from './clipboard.js'
import { ALL, attempt, type Person, type Stage } from './stage.js'

/** At an agent's or viewer's end. */
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
        this.#on('input', { type: 'local.key', usage: random.between(4, 60), down: true, modifiers: 0, locks: random.pick([0, 8, 9]) })
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
