/**
 * The pictures of one screen, for everybody who watches it. One look at a time: what changed is added to what each viewer has not seen; those who have
 * room get it, the others later, all at once. Viewers with the same size, codecs and last frame share one encoding and one record.
 */
import type { FramePart, InputMark, Subscribe } from '@remote-assist/codec'
import type { Instant } from '@remote-assist/core'
import type { Clock } from '../clock.js'
import { type Capture, type Encoder, HostError, type Image, type Rect, type ScreenHost } from '../host.js'
import { Canvas } from './canvas.js'
import { type Codecs, copyRects, type FrameFacts, partBytesOf, partsOf, SnapshotEncoder, videoRects } from './frame.js'
import type { Move } from './moves.js'
import { area, type Region, without } from './region.js'
import { type Size, shrink, within } from './scale.js'
import { Streams, type Take } from './streams.js'
import { type Standing, View } from './view.js'

/** A picture that the encoder left out to keep to its rate is followed by another after so long, in milliseconds. */
const SKIP_MS = 33
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
  readonly screens: Pick<ScreenHost, 'capture' | 'video'> & { readonly encoder: Encoder }
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
  /** The picture of a stream that it gets; undefined = rectangles. */
  readonly take: Take | undefined
  readonly viewers: Map<number, Ready>
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
  readonly #streams: Streams

  constructor(
    readonly screenId: number,
    readonly owner: FeedOwner,
  ) {
    this.#streams = new Streams(owner.screens.video, error => owner.failed(error))
  }

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
    this.#streams.close()
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
    const now = this.owner.clock.now()
    const ready = this.#ready().map(one => ({ ...one, moves: codecs.copy ? one.view.movesFor(one.standing, native) : [] }))
    const takes = this.#streams.takes([...this.#views.values()], ready, native, codecs.video, now)
    for (const { moves, ...one } of ready) {
      const { viewer, view, standing } = one
      const take = takes.get(view)
      const base = take?.key ? 0 : standing.base
      const size = within(native, view.subscribe.maxWidth, view.subscribe.maxHeight)
      const exact = base !== 0 && view.sharpens(standing, now)
      const region: Region = base === 0 ? [whole] : exact ? view.piece(standing) : view.pending
      if (region.length === 0) continue
      const key = `${size.width}x${size.height}@${base}:${view.copies}:${exact}:${take?.stream.codec}`
      const group = groups.get(key) ?? { size, base, region, moves: take === undefined ? moves : [], exact, take, viewers: new Map(), bytesPerMs: 0 }
      group.viewers.set(viewer, one)
      // The slowest line decides how large a part may be; one that was not measured yet decides nothing.
      const { bytesPerMs } = standing
      if (bytesPerMs !== 0) group.bytesPerMs = Math.min(bytesPerMs, group.bytesPerMs || bytesPerMs)
      groups.set(key, group)
    }
    return [...groups.values()]
  }

  async #send(
    facts: FrameFacts,
    encoder: SnapshotEncoder,
    { size, base, region, moves, exact, take, viewers, bytesPerMs }: Group,
    masks: Region,
  ): Promise<void> {
    const { owner, screenId } = this
    const { image } = encoder
    const partBytes = Math.min(partBytesOf(bytesPerMs), owner.maxBytes())
    const film = await take?.encode(sized(image, size), Number(facts.capturedAtUs))
    if (take !== undefined && film === undefined && !take.stream.over) {
      // The encoder keeps to its rate: what there is to see comes with the next picture.
      for (const { view } of viewers.values()) view.rest(SKIP_MS, owner.clock.now())
      return
    }
    const left =
      film === undefined
        ? without(
            region,
            moves.map(({ to }) => to),
          )
        : region
    const pixels =
      take === undefined || film === undefined ? await encoder.rects(left, { size, partBytes, exact }) : videoRects(take.stream.codec, size, film, partBytes)
    // What was true when the pixels were read may be over: another layout, other masks, a viewer that left, asked for a key frame, or lost its room.
    if (this.#stopped || owner.layoutEpoch() !== facts.layoutEpoch || owner.masked(screenId) !== masks) return
    const targets = [...viewers].flatMap(([viewer, { view, standing }]) =>
      this.#views.get(viewer) === view && owner.standing(viewer)?.base === standing.base ? [viewer] : [],
    )
    if (targets.length === 0) return
    const { parts, bytes } = partsOf(facts, base, size, [...copyRects(moves), ...pixels], partBytes)
    const step = take === undefined || film === undefined ? undefined : { stream: take.stream, count: take.stream.count }
    const frame = { region: left, moves, rough: encoder.roughOf(pixels), size, native: image, exactPixelBytes: exact ? bytes / area(left) : undefined }
    for (const viewer of owner.send({ targets, screenId, frameId: facts.frameId, baseFrameId: base, parts, bytes })) {
      const { view } = viewers.get(viewer) ?? {}
      // Rectangles leave a decoder as it is, but for a key frame's.
      view?.sent({ ...frame, step: step ?? (base === 0 ? undefined : view.step) }, owner.clock.now())
    }
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

/** The whole picture in this size. */
const sized = (image: Image, size: Size): Image =>
  size.width === image.width && size.height === image.height ? image : shrink(image, size, { x: 0, y: 0, width: size.width, height: size.height })
