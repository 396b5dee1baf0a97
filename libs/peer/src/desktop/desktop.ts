/** A host at work in a session: what the core decides reaches the desktop, and what happens there reaches the core. */
import type { InputMark } from '@remote-assist/codec'
import { type CustomerNotice, effectivePolicy } from '@remote-assist/core'
import type { CustomerEnd } from '../api/customer-end.js'
import type { Host, Mask } from '../host.js'
import type { FeedOwner } from '../pictures/feed.js'
import { allowedCodecs } from '../pictures/frame.js'
import { Pipeline } from '../pictures/pipeline.js'
import { ClipboardBridge } from './clipboard.js'
import { Cursor, type CursorOwner } from './cursor.js'
import { ElevationBridge } from './elevation.js'
import { Injector } from './injector.js'
import { Masks } from './masks.js'
import { cut, screensOf } from './wire.js'

/** Why the desktop cannot be seen: at most so many bytes. */
const MAX_REASON_BYTES = 128

export class Desktop {
  readonly #end: CustomerEnd
  readonly #host: Host
  readonly #pictures: Pipeline
  readonly #injector: Injector | undefined
  readonly #clipboard: ClipboardBridge | undefined
  readonly #elevation: ElevationBridge | undefined
  readonly #cursor: Cursor
  readonly #masks: Masks
  readonly #stops: (() => void)[]
  /** Why the desktop, or a screen, cannot be seen at the moment. */
  readonly #covers = new Map<'desktop' | number, string>()
  #frameId = 0
  #secureDesktop: { readonly active: boolean; readonly reason: string } | undefined

  constructor(end: CustomerEnd, host: Host, failed: (error: unknown) => void) {
    this.#end = end
    this.#host = host
    const { driver } = end
    end.dispatch({ type: 'local.screens', screens: screensOf(host.screens.list()) })
    this.#elevation =
      host.elevation &&
      new ElevationBridge(host.elevation, {
        call: (peer, event) => end.late(peer, 'elevation', event),
        room: () => driver.room(),
        sessionId: () => driver.sessionId,
        authority: peer => end.authority(peer),
        signKey: (requestId, key) => end.signCredentialKey(requestId, key),
        failed,
      })
    this.#injector =
      host.input &&
      new Injector(host.input, {
        allowed: (peer, leaseEpoch) => this.#mayInject(peer, leaseEpoch),
        elevated: peer => this.#elevation?.elevated(peer),
        taking: peer => this.#clipboard?.taking(peer),
        later: (ms, task) => driver.later(ms, task),
        comboDone: (peer, requestId, refusal) => end.late(peer, 'input', { type: 'local.comboDone', requestId, refusal }),
        failed,
      })
    this.#clipboard =
      host.clipboard &&
      new ClipboardBridge(host.clipboard, {
        peers: () => driver.state.peers.keys(),
        call: (peer, event) => end.late(peer, 'clipboard', event),
        request: (peer, event) => end.dispatch({ type: 'local.channel', peer, channel: 'clipboard', event }),
        room: () => driver.room(),
        now: () => driver.now(),
        later: (ms, task) => void driver.later(ms, task),
        failed,
      })
    this.#pictures = new Pipeline(this.#feedOwner(failed))
    this.#masks = new Masks(host.screens, {
      changed: regions => {
        end.dispatch({ type: 'local.shown', kind: { $case: 'maskedRegions', value: regions } })
        this.#pictures.pumpAll()
      },
    })
    this.#cursor = new Cursor(host.screens, {
      viewers: () => [...driver.state.peers.values()].filter(({ channels }) => channels.screen.phase !== 'closed').map(({ number }) => number),
      show: (peer, kind) => end.late(peer, 'screen', { type: 'local.show', kind }),
      moved: kind => this.#cursorMoved(kind),
      failed,
    })
    this.#stops = [
      end.words.on('capability', ({ peer, signed }) => this.#elevation?.renew(peer, signed)),
      host.screens.onChange(screens => {
        end.dispatch({ type: 'local.screens', screens: screensOf(screens) })
        this.#masks.refresh()
        this.#pictures.relayout()
      }),
      host.input?.onLocalInput(() => end.dispatch({ type: 'local.input' })) ?? (() => undefined),
      host.onLocked?.(locked => end.dispatch({ type: 'local.locked', locked })) ?? (() => undefined),
      host.elevation?.onSecureDesktop((active, reason) => this.#cover('desktop', active ? reason : undefined)) ?? (() => undefined),
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
      case 'peer.phase':
        return notice.phase === 'active' || notice.phase === 'paused' ? undefined : this.#parted(peer)
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
      case 'elevation.credentials':
      case 'elevation.switch-user':
        return this.#elevation?.hear(peer, notice)
      default:
        return
    }
  }

  /** Nobody sees these regions from now on; the whole list. */
  mask(masks: readonly Mask[]): void {
    this.#masks.set(masks)
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
    this.#masks.stop()
    this.#clipboard?.stop()
    await this.#elevation?.stop()
  }

  /** A participant is not there, for now or for good. */
  #parted(peer: number): void {
    this.#cursor.forget(peer)
    this.#clipboard?.forget(peer)
  }

  /** Whoever begins to watch learns what the others know: masks, pointer and secure desktop. */
  #tellAll(peer: number): void {
    const masks = this.#masks.current
    if (masks !== undefined) this.#end.late(peer, 'screen', { type: 'local.show', kind: { $case: 'maskedRegions', value: masks } })
    this.#cursor.tell(peer)
    if (this.#secureDesktop !== undefined) this.#end.late(peer, 'screen', { type: 'local.show', kind: { $case: 'secureDesktop', value: this.#secureDesktop } })
  }

  /** The desktop, or one of its screens, cannot be seen for reasons of the system (or again: no reason); everybody is told (RA-SCR-074). */
  #cover(what: 'desktop' | number, reason: string | undefined): void {
    if (reason === undefined) this.#covers.delete(what)
    else this.#covers.set(what, reason)
    const [first] = this.#covers.values()
    const { active = false, reason: told = '' } = this.#secureDesktop ?? {}
    const now = { active: first !== undefined, reason: cut(first ?? '', MAX_REASON_BYTES) }
    if (now.active === active && now.reason === told) return
    this.#secureDesktop = now
    this.#end.dispatch({ type: 'local.shown', kind: { $case: 'secureDesktop', value: this.#secureDesktop } })
  }

  #cursorMoved(kind: Parameters<CursorOwner['moved']>[0]): void {
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
        if (screen?.phase !== 'subscribed' || !screen.room || end.ended !== undefined) return undefined
        return { base: screen.lastFrameId, bytesPerMs: screen.window.rate, idle: screen.window.inFlight.length === 0 }
      },
      layoutEpoch: () => driver.state.layout.epoch,
      mark: () => this.#lastInput(),
      codecs: () => allowedCodecs(effectivePolicy(driver.state.policy).pictureCodecs),
      masked: screenId => this.#masks.of(screenId),
      blind: (screenId, reason) => this.#cover(screenId, reason),
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
