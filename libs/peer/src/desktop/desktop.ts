/** A host at work in a session: what the core decides reaches the desktop, and what happens there reaches the core. */
import type { InputMark } from '@remote-assist/codec'
import type { CustomerNotice } from '@remote-assist/core'
import type { CustomerEnd } from '../api/customer-end.js'
import type { Host } from '../host.js'
import type { FeedOwner } from '../pictures/feed.js'
import { allowedCodecs } from '../pictures/frame.js'
import { Pipeline } from '../pictures/pipeline.js'
import { ClipboardBridge } from './clipboard.js'
import { Cursor } from './cursor.js'
import { ElevationBridge } from './elevation.js'
import { Injector } from './injector.js'
import { screensOf } from './wire.js'

export class Desktop {
  readonly #end: CustomerEnd
  readonly #host: Host
  readonly #pictures: Pipeline
  readonly #injector: Injector | undefined
  readonly #clipboard: ClipboardBridge | undefined
  readonly #elevation: ElevationBridge | undefined
  readonly #cursor: Cursor
  readonly #stops: (() => void)[]
  #frameId = 0
  #secureDesktop: { readonly active: boolean; readonly reason: string } | undefined

  constructor(end: CustomerEnd, host: Host, failed: (error: unknown) => void) {
    this.#end = end
    this.#host = host
    const { driver } = end
    end.dispatch({ type: 'local.screens', screens: screensOf(host.screens.list()) })
    this.#elevation = host.elevation && new ElevationBridge(host.elevation, (peer, event) => end.late(peer, 'elevation', event), failed)
    this.#injector =
      host.input &&
      new Injector(host.input, {
        allowed: (peer, leaseEpoch) => this.#mayInject(peer, leaseEpoch),
        elevated: peer => this.#elevation?.elevated(peer),
        comboDone: (peer, requestId, refusal) => end.late(peer, 'input', { type: 'local.comboDone', requestId, refusal }),
        failed,
      })
    this.#clipboard =
      host.clipboard &&
      new ClipboardBridge(host.clipboard, { peers: () => driver.state.peers.keys(), call: (peer, event) => end.late(peer, 'clipboard', event), failed })
    this.#pictures = new Pipeline(this.#feedOwner(failed))
    this.#cursor = new Cursor(host.screens, {
      show: kind => end.dispatch({ type: 'local.shown', kind }),
      moved: kind => this.#cursorMoved(kind),
      failed,
    })
    this.#stops = [
      host.screens.onChange(screens => {
        end.dispatch({ type: 'local.screens', screens: screensOf(screens) })
        this.#pictures.relayout()
      }),
      host.input?.onLocalInput(() => end.dispatch({ type: 'local.input' })) ?? (() => undefined),
      host.elevation?.onSecureDesktop((active, reason) => {
        this.#secureDesktop = { active, reason: reason.slice(0, 40) }
        end.dispatch({ type: 'local.shown', kind: { $case: 'secureDesktop', value: this.#secureDesktop } })
      }) ?? (() => undefined),
    ]
  }

  /** A word of the core about a participant. */
  hear(notice: CustomerNotice, peer: number): void {
    switch (notice.kind) {
      case 'screen.start':
        this.#tellAll(peer)
        return this.#pictures.start(peer, notice.subscribe)
      case 'screen.stop':
        return this.#pictures.stop(peer)
      case 'screen.room':
        return notice.room ? this.#pictures.pump(peer) : undefined
      case 'input.inject':
        return this.#injector?.push(peer, this.#epochOf(peer), notice.injections, notice.mark)
      case 'clipboard.offered':
      case 'clipboard.wanted':
      case 'clipboard.piece':
      case 'clipboard.failed':
      case 'clipboard.withdrawn':
        return this.#clipboard?.hear(peer, notice)
      case 'elevation.prompt':
      case 'elevation.start':
      case 'elevation.drop':
      case 'elevation.discard':
      case 'elevation.run':
      case 'elevation.cancel':
      case 'elevation.key-wanted':
      case 'elevation.switch-user':
        return this.#elevation?.hear(peer, notice)
      default:
        return
    }
  }

  /** Everything that waits is void: no picture and no input but releases leaves this end from now on. */
  halt(): void {
    this.#pictures.close()
    this.#injector?.stop()
  }

  /** Lets go of the host: captures, listeners, elevated powers. */
  async close(): Promise<void> {
    this.halt()
    for (const stop of this.#stops.splice(0)) stop()
    this.#cursor.stop()
    this.#clipboard?.stop()
    await this.#elevation?.stop()
  }

  /** Whoever begins to watch learns what the others know: pointer and secure desktop. */
  #tellAll(peer: number): void {
    const secure = this.#secureDesktop === undefined ? [] : [{ $case: 'secureDesktop', value: this.#secureDesktop } as const]
    for (const kind of [...this.#cursor.current, ...secure]) this.#end.late(peer, 'screen', { type: 'local.show', kind })
  }

  #cursorMoved(kind: Parameters<Cursor['owner']['moved']>[0]): void {
    const { peers, lease } = this.#end.driver.state
    const place = this.#injector?.place
    const { screenId, x, y } = kind.value
    const theirs = place?.screenId === screenId && place.x === x && place.y === y
    const holder = lease.phase === 'free' ? 0 : lease.holder
    for (const peer of peers.keys()) if (!theirs || peer !== holder) this.#end.late(peer, 'screen', { type: 'local.show', kind })
  }

  #epochOf(peer: number): number {
    return this.#end.driver.state.peers.get(peer)?.channels.input.permit.epoch ?? 0
  }

  /** The latch: what the core knows this very moment. */
  #mayInject(peer: number, leaseEpoch: number): boolean {
    if (this.#end.ended !== undefined) return false
    const input = this.#end.driver.state.peers.get(peer)?.channels.input
    return input?.phase === 'open' && input.permit.epoch === leaseEpoch
  }

  #feedOwner(failed: (error: unknown) => void): FeedOwner {
    const end = this.#end
    const { driver, clock } = end
    const screenOf = (viewer: number) => driver.state.peers.get(viewer)?.channels.screen
    return {
      clock,
      screens: this.#host.screens,
      standing: viewer => {
        const screen = screenOf(viewer)
        return screen?.phase === 'subscribed' && screen.room && end.ended === undefined ? screen.lastFrameId : undefined
      },
      layoutEpoch: () => driver.state.layout.epoch,
      mark: () => this.#lastInput(),
      allowed: () => allowedCodecs(driver.state.policy?.pictureCodecs ?? []),
      maxBytes: () => driver.maxPlaintextBytes,
      nextFrameId: () => ++this.#frameId,
      send: frame => {
        end.dispatch({ type: 'local.frame', ...frame })
        return frame.targets.filter(viewer => {
          const screen = screenOf(viewer)
          return screen?.phase === 'subscribed' && screen.lastFrameId === frame.frameId
        })
      },
      failed,
    }
  }

  #lastInput(): InputMark | undefined {
    return this.#injector?.mark
  }
}
