/**
 * The pictures of one screen, for everybody who watches it. One look at a time: what changed is added to what each viewer has not seen; those who have
 * room get it, the others later, all at once. Viewers with the same size, codecs and last frame share one encoding and one record.
 */
import type { FramePart, InputMark, Subscribe } from '@remote-assist/codec'
import type { Instant } from '@remote-assist/core'
import type { Clock } from '../clock.js'
import { type Capture, type Encoder, HostError, type Rect, type ScreenHost } from '../host.js'
import { Canvas } from './canvas.js'
import { type Codecs, copyRects, type FrameFacts, partBytesOf, partsOf, SnapshotEncoder } from './frame.js'
import type { Move } from './moves.js'
import { type Region, without } from './region.js'
import { type Size, within } from './scale.js'
import { type Standing, View } from './view.js'

/** A screen that could not be read is tried again after so long, in milliseconds. */
const RETRY_MS = 1_000

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
  /** How a viewer stands; undefined = it has no room, or may not see. */
  standing(viewer: number): Standing | undefined
  layoutEpoch(): number
  /** The newest input injected. */
  mark(): InputMark | undefined
  codecs(): Codecs
  /** What nobody may see of a screen; the same object until it changes. */
  masked(screenId: number): Region
  maxBytes(): number
  nextFrameId(): number
  /** Sends it. Returns the targets that were still to have it. */
  send(frame: FeedFrame): readonly number[]
  /** The screen cannot be read for the moment, and why; `undefined` = it can again. */
  blind(screenId: number, reason: string | undefined): void
  failed(error: unknown): void
}

/** Viewers that get the same frame. */
interface Group {
  readonly base: number
  readonly size: Size
  readonly region: Region
  readonly moves: readonly Move[]
  readonly exact: boolean
  readonly viewers: Map<number, View>
  bytesPerMs: number
}

interface Ready {
  readonly viewer: number
  readonly view: View
  readonly standing: Standing
}

export class Feed {
  readonly #views = new Map<number, View>()
  #capture: Promise<Capture> | undefined
  #canvas: Canvas | undefined
  #masks: Region | undefined
  #dirty = true
  #busy = false
  #stopped = false
  #retryAt: Instant | undefined
  #cancelTimer: (() => void) | undefined

  constructor(
    readonly screenId: number,
    readonly owner: FeedOwner,
  ) {}

  /** It ended, also because the screen is gone. */
  get stopped(): boolean {
    return this.#stopped
  }

  /** Nobody watches. */
  get idle(): boolean {
    return this.#views.size === 0
  }

  /** A viewer watches from now on; it gets a key frame first. */
  watch(viewer: number, subscribe: Subscribe): void {
    this.#views.set(viewer, new View(subscribe, this.owner.clock.now()))
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
    this.#release()
    if (this.#retryAt !== undefined) this.owner.blind(this.screenId, undefined)
  }

  /** Something changed: damage, masks, room, a wish. Looks at the screen if somebody can have what there is to see. */
  pump(): void {
    if (this.#busy || this.#stopped || this.#ready().length === 0) return
    this.#busy = true
    void this.#look()
      .catch(error => this.#failed(error))
      .finally(() => {
        this.#busy = false
        this.pump()
      })
  }

  /** Those who have room and time for a frame, if there is anything for them. */
  #ready(): readonly Ready[] {
    const { clock } = this.owner
    const now = clock.now()
    let soonest: Instant | undefined
    const wait = (at: Instant | undefined) => {
      if (at !== undefined && (soonest === undefined || at < soonest)) soonest = at
    }
    const rests = this.#retryAt !== undefined && now < this.#retryAt
    if (rests) wait(this.#retryAt)
    const ready = [...this.#views].flatMap(([viewer, view]) => {
      const standing = this.owner.standing(viewer)
      if (rests || standing === undefined) return []
      const wanted = standing.base === 0 || this.#changed || view.pending.length > 0 || view.sharpens(standing, now)
      if (wanted && now >= view.nextAt) return [{ viewer, view, standing }]
      wait(wanted ? view.nextAt : view.sharpensAt)
      return []
    })
    this.#cancelTimer?.()
    this.#cancelTimer = soonest === undefined ? undefined : clock.setTimer(soonest, () => this.pump())
    return ready
  }

  get #changed(): boolean {
    return this.#dirty || this.#masks !== this.owner.masked(this.screenId)
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
    const { image, damage, capturedAtUs } = await capture.grab()
    if (this.#stopped) return
    if (this.#retryAt !== undefined) owner.blind(screenId, undefined)
    this.#retryAt = undefined
    const masks = owner.masked(screenId)
    this.#masks = masks
    const canvas = this.#canvasOf(image)
    const change = canvas.update(image, damage, masks)
    for (const view of this.#views.values()) view.change(change)
    const facts: FrameFacts = { screenId, layoutEpoch, frameId: owner.nextFrameId(), capturedAtUs: BigInt(Math.round(capturedAtUs)), lastInput }
    const codecs = owner.codecs()
    const encoder = new SnapshotEncoder(canvas.image, owner.screens.encoder, codecs.rects)
    await Promise.all(this.#groups(canvas.image, codecs).map(group => this.#send(facts, encoder, group, masks)))
  }

  /** The canvas for images of this size; a new one has no base for anybody to copy from. */
  #canvasOf({ width, height }: Size): Canvas {
    const known = this.#canvas?.image
    if (this.#canvas !== undefined && known?.width === width && known.height === height) return this.#canvas
    this.#canvas = new Canvas({ width, height })
    return this.#canvas
  }

  /** The ready viewers, by size, codecs, base and purpose: those of a group get the same record. */
  #groups(native: Size, codecs: Codecs): readonly Group[] {
    const groups = new Map<string, Group>()
    const whole: Rect = { x: 0, y: 0, width: native.width, height: native.height }
    for (const { viewer, view, standing } of this.#ready()) {
      const { base, bytesPerMs } = standing
      const size = within(native, view.subscribe.maxWidth, view.subscribe.maxHeight)
      const exact = base !== 0 && view.sharpens(standing, this.owner.clock.now())
      const moves = base !== 0 && codecs.copy && view.copies && size.width === native.width && size.height === native.height ? view.moves : []
      const region: Region = base === 0 ? [whole] : exact ? view.piece(standing) : view.pending
      if (region.length === 0) continue
      const key = `${size.width}x${size.height}@${base}:${view.copies}:${exact}`
      const group = groups.get(key) ?? { size, base, region, moves, exact, viewers: new Map(), bytesPerMs }
      group.viewers.set(viewer, view)
      // The slowest line decides how large a part may be; one that was not measured yet decides nothing.
      group.bytesPerMs = bytesPerMs === 0 ? group.bytesPerMs : Math.min(bytesPerMs, group.bytesPerMs || bytesPerMs)
      groups.set(key, group)
    }
    return [...groups.values()]
  }

  async #send(facts: FrameFacts, encoder: SnapshotEncoder, { size, base, region, moves, exact, viewers, bytesPerMs }: Group, masks: Region): Promise<void> {
    const { owner, screenId } = this
    const partBytes = Math.min(partBytesOf(bytesPerMs), owner.maxBytes())
    const left = without(
      region,
      moves.map(({ to }) => to),
    )
    const pixels = await encoder.rects(left, { size, partBytes, exact })
    // What was true when the pixels were read may be over: another layout, other masks, a viewer that left, asked for a key frame, or lost its room.
    if (this.#stopped || owner.layoutEpoch() !== facts.layoutEpoch || owner.masked(screenId) !== masks) return
    const targets = [...viewers.keys()].filter(viewer => this.#views.get(viewer) === viewers.get(viewer) && owner.standing(viewer)?.base === base)
    if (targets.length === 0) return
    const { parts, bytes } = partsOf(facts, base, size, [...copyRects(moves), ...pixels], partBytes)
    for (const viewer of owner.send({ targets, screenId, frameId: facts.frameId, baseFrameId: base, parts, bytes }))
      viewers.get(viewer)?.sent({ region: left, moves, rough: encoder.roughOf(pixels), size, native: encoder.image }, owner.clock.now())
  }

  /** A screen that is gone ends the feed; one that cannot be read is tried again, and the viewers are told meanwhile. */
  #failed(error: unknown): void {
    if (this.#stopped) return
    if (error instanceof HostError && error.code === 'E_SCREEN_GONE') {
      this.stop()
      this.owner.failed(error)
      return
    }
    const first = this.#retryAt === undefined
    this.#retryAt = (this.owner.clock.now() + RETRY_MS) as Instant
    this.#release()
    this.#dirty = true
    if (!first) return
    this.owner.blind(this.screenId, error instanceof Error ? error.message : String(error))
    this.owner.failed(error)
  }

  #release(): void {
    void this.#capture?.then(
      capture => capture.stop(),
      () => undefined,
    )
    this.#capture = undefined
  }
}
