/**
 * The pictures of one screen, for everybody who watches it. One look at a time: what changed is added to what each viewer has not seen; those who have
 * room get it, the others later, all at once. Viewers with the same size and the same last frame share one encoding and one record.
 */
import type { FramePart, InputMark, Subscribe } from '@remote-assist/codec'
import type { Instant } from '@remote-assist/core'
import type { Clock } from '../clock.js'
import type { Capture, Encoder, Rect, RectCodec, ScreenHost, Snapshot } from '../host.js'
import { type FrameFacts, partsOf, SnapshotEncoder } from './frame.js'
import { addAll, EMPTY, type Region } from './region.js'
import { type Size, within } from './scale.js'

/** A frame, ready to be sent to those who share it. */
export interface FeedFrame {
  readonly targets: readonly number[]
  readonly screenId: number
  readonly frameId: number
  readonly baseFrameId: number
  readonly parts: readonly FramePart[]
  readonly bytes: number
}

/** What a feed asks of its owner, who knows the state of the session. */
export interface FeedOwner {
  readonly clock: Clock
  readonly screens: Pick<ScreenHost, 'capture'> & { readonly encoder: Encoder }
  /** The last frame sent to a viewer (0 = it needs a key frame); undefined = it has no room, or may not see. */
  standing(viewer: number): number | undefined
  layoutEpoch(): number
  /** The newest input injected. */
  mark(): InputMark | undefined
  allowed(): readonly RectCodec[]
  maxBytes(): number
  nextFrameId(): number
  /** Sends it. Returns the targets that were still to have it. */
  send(frame: FeedFrame): readonly number[]
  failed(error: unknown): void
}

interface View {
  readonly subscribe: Subscribe
  /** What changed since its last frame. */
  pending: Region
  /** Its frame rate allows the next frame. */
  nextAt: Instant
}

export class Feed {
  readonly #views = new Map<number, View>()
  #capture: Promise<Capture> | undefined
  #dirty = true
  #busy = false
  #stopped = false
  #cancelTimer: (() => void) | undefined

  constructor(
    readonly screenId: number,
    readonly owner: FeedOwner,
  ) {}

  /** It ended, also because the screen could not be read. */
  get stopped(): boolean {
    return this.#stopped
  }

  /** Nobody watches. */
  get idle(): boolean {
    return this.#views.size === 0
  }

  /** A viewer watches from now on; it gets a key frame first. */
  watch(viewer: number, subscribe: Subscribe): void {
    this.#views.set(viewer, { subscribe, pending: EMPTY, nextAt: this.owner.clock.now() })
    this.pump()
  }

  /** A viewer watches no longer. */
  unwatch(viewer: number): void {
    this.#views.delete(viewer)
  }

  /** Ends the capture; nothing more is sent. */
  stop(): void {
    this.#stopped = true
    this.#views.clear()
    this.#cancelTimer?.()
    void this.#capture?.then(
      capture => capture.stop(),
      () => undefined,
    )
  }

  /** Something changed: damage, room, a wish. Looks at the screen if somebody can have what there is to see. */
  pump(): void {
    if (this.#busy || this.#stopped || this.#ready().length === 0) return
    this.#busy = true
    void this.#look()
      .catch(error => {
        if (this.#stopped) return
        this.stop()
        this.owner.failed(error)
      })
      .finally(() => {
        this.#busy = false
        this.pump()
      })
  }

  /** Those who have room and time for a frame, if there is anything for them. */
  #ready(): readonly { readonly viewer: number; readonly view: View; readonly base: number }[] {
    const now = this.owner.clock.now()
    let soonest: Instant | undefined
    const ready = [...this.#views].flatMap(([viewer, view]) => {
      const base = this.owner.standing(viewer)
      if (base === undefined || (base !== 0 && !this.#dirty && view.pending.length === 0)) return []
      if (now >= view.nextAt) return [{ viewer, view, base }]
      if (soonest === undefined || view.nextAt < soonest) soonest = view.nextAt
      return []
    })
    this.#cancelTimer?.()
    this.#cancelTimer = soonest === undefined ? undefined : this.owner.clock.setTimer(soonest, () => this.pump())
    return ready
  }

  async #look(): Promise<void> {
    const { owner, screenId } = this
    this.#capture ??= owner.screens.capture(screenId, () => {
      this.#dirty = true
      this.pump()
    })
    const capture = await this.#capture
    if (this.#stopped) return
    const layoutEpoch = owner.layoutEpoch()
    const lastInput = owner.mark()
    this.#dirty = false
    const snapshot = await capture.grab()
    for (const view of this.#views.values()) view.pending = addAll(view.pending, snapshot.damage)
    const facts: FrameFacts = { screenId, layoutEpoch, frameId: owner.nextFrameId(), capturedAtUs: BigInt(Math.round(snapshot.capturedAtUs)), lastInput }
    const encoder = new SnapshotEncoder(snapshot.image, owner.screens.encoder, owner.allowed(), owner.maxBytes())
    await Promise.all(this.#groups(snapshot).map(group => this.#send(facts, encoder, group)))
  }

  /** The ready viewers, by size and base: those of a group get the same record. */
  #groups({ image }: Snapshot): readonly Group[] {
    const groups = new Map<string, Group>()
    const whole: Rect = { x: 0, y: 0, width: image.width, height: image.height }
    for (const { viewer, view, base } of this.#ready()) {
      const region: Region = base === 0 ? [whole] : view.pending
      if (region.length === 0) continue
      const size = within(image, view.subscribe.maxWidth, view.subscribe.maxHeight)
      const key = `${size.width}x${size.height}@${base}`
      const group = groups.get(key) ?? { size, base, region, viewers: new Map() }
      group.viewers.set(viewer, view)
      groups.set(key, group)
    }
    return [...groups.values()]
  }

  async #send(facts: FrameFacts, encoder: SnapshotEncoder, { size, base, region, viewers }: Group): Promise<void> {
    const { owner, screenId } = this
    const rects = await encoder.rects(region, size)
    // What was true when the pixels were read may be over: another layout, a viewer that left, asked for a key frame, or lost its room.
    if (this.#stopped || owner.layoutEpoch() !== facts.layoutEpoch) return
    const targets = [...viewers.keys()].filter(viewer => this.#views.get(viewer) === viewers.get(viewer) && owner.standing(viewer) === base)
    if (targets.length === 0) return
    const { parts, bytes } = partsOf(facts, base, size, rects, owner.maxBytes())
    for (const viewer of owner.send({ targets, screenId, frameId: facts.frameId, baseFrameId: base, parts, bytes })) {
      const view = viewers.get(viewer) as View
      const { maxFps } = view.subscribe
      view.pending = EMPTY
      if (maxFps > 0) view.nextAt = (owner.clock.now() + 1_000 / maxFps) as Instant
    }
  }
}

interface Group {
  readonly size: Size
  readonly base: number
  readonly region: Region
  readonly viewers: Map<number, View>
}
