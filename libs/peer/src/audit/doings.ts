/** What participants did with the desktop: entries of the audit log. Never what was typed, copied or authenticated with. */
import { Direction, KeyCombo, RefusalReason } from '@remote-assist/codec'
import type { CustomerChannelCall, CustomerEvent, CustomerNotice } from '@remote-assist/core'
import { auditCommand } from '@remote-assist/secure'
import { plain } from './text.js'
import type { Note } from './world.js'

/** The combinations that have a name in the log: those that need elevation. Any other may be part of what somebody types. */
const NAMED: { readonly [C in KeyCombo]?: string } = { [KeyCombo.CTRL_ALT_DELETE]: 'ctrl+alt+delete' }

const MAX_REASON_BYTES = 512
const MAX_NAME_BYTES = 128
const MAX_END_BYTES = 64
/** As `CommandExit` has it. */
const ENDED_WITH_ELEVATION = 'elevation ended'

type Call<N extends CustomerChannelCall['channel']> = Extract<CustomerChannelCall, { readonly channel: N }>['event']

export class Doings {
  readonly #note: Note
  readonly #screens = new Map<number, number>()
  readonly #combos = new Map<string, KeyCombo>()
  readonly #commands = new Map<string, number>()

  constructor(note: Note) {
    this.#note = note
  }

  /** A word of the core. */
  hear(notice: CustomerNotice, peer: number): void {
    switch (notice.kind) {
      case 'screen.start':
        return this.#shown(peer, notice.subscribe.screenId)
      case 'screen.stop':
        if (this.#screens.delete(peer)) this.#note('screen.hidden', { participant: peer })
        return
      case 'input.inject':
        for (const injection of notice.injections) if (injection.do === 'combo') this.#combos.set(`${peer}:${injection.requestId}`, injection.combo)
        return
      case 'clipboard.switched':
        return this.#note('clipboard.synced', { participant: peer, direction: notice.direction, state: notice.on ? 'on' : 'off' })
      case 'clipboard.piece':
        return notice.last ? this.#passed(peer, Direction.TO_CUSTOMER, notice) : undefined
      case 'elevation.asked': {
        const { requestId, reason, scope, method, durationMs } = notice
        const details = { participant: peer, request: requestId, reason: plain(reason, MAX_REASON_BYTES), scope, method, duration: durationMs }
        return this.#note('elevation.asked', details)
      }
      case 'elevation.changed':
        return this.#note('elevation.changed', { participant: peer, request: notice.requestId, phase: notice.phase, reason: notice.reason })
      case 'elevation.run':
        this.#commands.set(`${peer}:${notice.commandId}`, notice.commandId)
        return this.#note('command.run', { participant: peer, command: notice.commandId, user: plain(notice.as, MAX_NAME_BYTES), ...auditCommand(notice.argv) })
      case 'rejoin.asked':
        return this.#note('rejoin.asked', { participant: peer, request: notice.requestId, reason: plain(notice.reason, MAX_REASON_BYTES) })
      case 'rejoin.ready':
        return this.#note('rejoin.changed', { participant: peer, request: notice.requestId, state: 'ready' })
      case 'rejoin.over':
        return this.#note('rejoin.changed', { participant: peer, request: notice.requestId, state: notice.why })
      default:
        return
    }
  }

  /** The customer's program has done this. */
  did(event: CustomerEvent): void {
    if (event.type === 'local.pause') return this.#note('session.paused', {})
    if (event.type === 'local.unpause') return this.#note('session.unpaused', {})
    if (event.type !== 'local.channel') return
    const { peer, channel, event: act } = event
    if (channel === 'input') this.#combo(peer, act as Call<'input'>)
    else if (channel === 'clipboard') this.#clipboard(peer, act as Call<'clipboard'>)
    else if (channel === 'elevation') this.#elevation(peer, act as Call<'elevation'>)
  }

  /** A participant is gone, or its line is. */
  forget(peer: number): void {
    const isOf = (key: string) => key.startsWith(`${peer}:`)
    for (const key of [...this.#combos.keys()]) if (isOf(key)) this.#combos.delete(key)
    // Elevation is over, and commands with it: nobody hears any more how.
    for (const key of [...this.#commands.keys()]) if (isOf(key)) this.#ended(peer, key, ENDED_WITH_ELEVATION)
  }

  #shown(peer: number, screen: number): void {
    if (this.#screens.get(peer) === screen) return
    this.#screens.set(peer, screen)
    this.#note('screen.shown', { participant: peer, screen })
  }

  #combo(peer: number, act: Call<'input'>): void {
    if (act.type !== 'local.comboDone') return
    const combo = this.#combos.get(`${peer}:${act.requestId}`)
    if (combo === undefined) return
    this.#combos.delete(`${peer}:${act.requestId}`)
    this.#note('keys.sent', { participant: peer, combo: NAMED[combo] ?? '', result: act.refusal })
  }

  #clipboard(peer: number, act: Call<'clipboard'>): void {
    if (act.type === 'local.data' && act.last) this.#passed(peer, Direction.FROM_CUSTOMER, act)
  }

  #passed(peer: number, direction: Direction, { mime, offset, data }: { readonly mime: string; readonly offset: number; readonly data: Uint8Array }): void {
    this.#note('clipboard.passed', { participant: peer, direction, mime: plain(mime, MAX_NAME_BYTES), bytes: offset + data.length })
  }

  /** A command that is open is so no more: it came to its end with an exit code, or was ended. */
  #ended(peer: number, key: string, by: string, exitCode: number | '' = ''): void {
    const command = this.#commands.get(key)
    if (command === undefined) return
    this.#commands.delete(key)
    this.#note('command.ended', { participant: peer, command, by: plain(by, MAX_END_BYTES), code: by === '' ? exitCode : '' })
  }

  #elevation(peer: number, act: Call<'elevation'>): void {
    if (act.type === 'local.switched' && act.refusal === RefusalReason.UNSPECIFIED) this.#note('user.switched', { participant: peer, request: act.requestId })
    if (act.type === 'local.exited') this.#ended(peer, `${peer}:${act.commandId}`, act.endedBy, act.exitCode)
  }
}
