import { type FramePart, Permission, PictureCodec, type Screen, Subscription_State, type Rect as WireRect } from '@remote-assist/codec'
import type { Instant } from '@remote-assist/core'
import { AssistError, cancelled, refusalError } from '../errors.js'
import { Inflow } from '../inflow.js'
import { isSound, isWhole } from '../pictures/sound.js'
import { isVideo } from '../pictures/video.js'
import type { ToCustomer } from './joiner.js'
import { FrameMeter, type Quality } from './quality.js'

/** How the pixels of a rectangle are encoded. `copy` takes them from another place of the picture before the frame. */
export type FrameCodec = 'raw' | 'png' | 'jpeg' | 'copy' | 'webp' | 'zlib' | 'vp8' | 'vp9' | 'h264' | 'av1'

/** Pixels of a rectangle of the picture. */
export interface FrameRect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly codec: FrameCodec
  /** Encoded pixels; empty with `copy`. */
  readonly data: Uint8Array
  /** `copy`: where the pixels come from. */
  readonly copyFromX: number
  readonly copyFromY: number
}

/** A whole frame: paint its rectangles in order, all or none. */
export interface Frame {
  readonly screenId: number
  readonly frameId: number
  /** It needs no frame before it. */
  readonly keyframe: boolean
  /** Of the whole picture, pixels. */
  readonly width: number
  readonly height: number
  readonly rects: readonly FrameRect[]
  /** When the pixels were read, µs on the customer's clock. */
  readonly capturedAtUs: bigint
  /** The newest input that the pixels may show. */
  readonly lastInput: { readonly leaseEpoch: number; readonly seq: number } | undefined
}

/** What is wanted of a screen. Absent = no limit. */
export interface ShowOptions {
  /** Largest picture, pixels. */
  readonly maxWidth?: number
  readonly maxHeight?: number
  /** Most frames a second, 1–240. */
  readonly maxFps?: number
  /** Codecs understood beyond RAW, PNG and JPEG. */
  readonly codecs?: readonly PictureCodec[]
  readonly signal?: AbortSignal
}

const CODECS: { readonly [C in PictureCodec]?: FrameCodec } = {
  [PictureCodec.RAW]: 'raw',
  [PictureCodec.PNG]: 'png',
  [PictureCodec.JPEG]: 'jpeg',
  [PictureCodec.COPY]: 'copy',
  [PictureCodec.WEBP]: 'webp',
  [PictureCodec.ZLIB]: 'zlib',
  [PictureCodec.VP8]: 'vp8',
  [PictureCodec.VP9]: 'vp9',
  [PictureCodec.H264]: 'h264',
  [PictureCodec.AV1]: 'av1',
}

/** Frames that wait for their reader, and bytes of the one in progress; beyond, a key frame is asked for instead. */
const MAX_WAITING_FRAMES = 128
const MAX_FRAME_BYTES = 64 * 1_048_576

/** The screens as an agent or viewer sees them: which there are, which is shown, and its frames. */
export class Screens {
  #list: readonly Screen[] = []
  #current: number | undefined
  #parts: FramePart[] = []
  #bytes = 0
  readonly #meter = new FrameMeter()
  readonly #frames = new Inflow<Frame>()
  readonly #to: ToCustomer

  constructor(to: ToCustomer) {
    this.#to = to
    to.words.on('screen.list', ({ layout }) => this.#relayout(layout.screens))
    to.words.on('screen.subscription', ({ screenId, state }) => this.#subscription(screenId, state))
    to.words.on('screen.part', ({ part, first }) => this.#part(part, first))
    to.words.on('peer.grants', ({ grants }) => grants.some(({ permission }) => permission === Permission.VIEW_SCREEN) || this.#blind())
    to.words.on('session.link', ({ state }) => state === 'up' || this.#meter.reset())
    to.words.on('over', () => this.#frames.end())
  }

  /** Every screen, in the order of Next Screen; empty before the customer consented. */
  get list(): readonly Screen[] {
    return this.#list
  }

  /** The screen that is shown; undefined = none. */
  get current(): Screen | undefined {
    return this.#list.find(screen => screen.screenId === this.#current)
  }

  /** How fast frames come, and how long they wait on their way. */
  get quality(): Omit<Quality, 'rttMs'> {
    return this.#meter.read(this.#to.driver.now())
  }

  /** The id of the screen behind the current one, the primary one first. Throws `E_NOT_FOUND` if there is no screen. */
  next(): number {
    const at = this.#list.findIndex(screen => screen.screenId === this.#current)
    const next = at < 0 ? (this.#list.find(screen => screen.primary) ?? this.#list[0]) : this.#list[(at + 1) % this.#list.length]
    if (next === undefined) throw new AssistError('E_NOT_FOUND', 'There is no screen to show.', { hint: 'Wait for the event screen-list.' })
    return next.screenId
  }

  /**
   * Shows a screen in the place of the one before; resolves when its frames begin to come, the first one whole.
   * Rejects with the customer's refusal, or `E_NOT_FOUND` if there is no such screen.
   */
  async show(screenId: number, { maxWidth = 0, maxHeight = 0, maxFps = 0, codecs = [], signal }: ShowOptions = {}): Promise<void> {
    if (!this.#list.some(screen => screen.screenId === screenId))
      throw new AssistError('E_NOT_FOUND', `There is no screen ${screenId}.`, { hint: 'See screens.list.' })
    if (signal?.aborted) throw cancelled(signal)
    const over = new AbortController()
    const stop = this.#to.words.on('over', error => over.abort(error))
    const aborted = () => over.abort(cancelled(signal as AbortSignal))
    signal?.addEventListener('abort', aborted, { once: true })
    const answer = this.#to.words.once('screen.subscription', { which: it => it.screenId === screenId, signal: over.signal })
    try {
      this.#current = screenId
      this.#void()
      this.#to.call('screen', { type: 'local.show', subscribe: { screenId, maxWidth, maxHeight, maxFps, codecs } })
      const { state, reason } = await answer
      if (state !== Subscription_State.STARTED) throw refusalError(reason)
    } catch (error) {
      over.abort(error)
      await answer.catch(() => undefined)
      throw error
    } finally {
      stop()
      signal?.removeEventListener('abort', aborted)
    }
  }

  /** No more pictures. */
  hide(): void {
    this.#current = undefined
    this.#void()
    this.#to.call('screen', { type: 'local.hide' })
  }

  /**
   * The frames of the screen that is shown, one after the other, whichever that is. A frame counts as shown when the next one is asked for: do not ask
   * before it is painted, and the customer never sends more than can be. `seen` is for whoever paints where people look only now and then: called behind a
   * painted frame, unless a call before is open, it resolves when what is painted by then is seen; the newest of that counts as shown, and all before it
   * (RA-SCR-061). Ends with the session.
   */
  async *frames({ signal, seen }: { readonly signal?: AbortSignal; readonly seen?: () => Promise<unknown> } = {}): AsyncGenerator<Frame, void, undefined> {
    let newest: { readonly frame: Frame; readonly begun: Instant } | undefined
    const tell = () => {
      if (newest !== undefined) this.#presented(newest.frame, this.#to.driver.now() - newest.begun)
      newest = undefined
    }
    for (;;) {
      const frame = await this.#frames.next(signal)
      if (frame === undefined) return
      const begun = this.#to.driver.now()
      try {
        yield frame
      } finally {
        const awaited = newest !== undefined
        newest = { frame, begun }
        if (seen === undefined) tell()
        else if (!awaited) void seen().then(tell)
      }
    }
  }

  /** A frame did not decode: asks for a picture that needs no base. Frames that wait are void. */
  repair(): void {
    this.#void()
    this.#to.call('screen', { type: 'local.undecodable' })
  }

  #presented({ screenId, frameId }: Frame, ms: number): void {
    if (screenId !== this.#current || this.#to.over !== undefined) return
    this.#to.call('screen', { type: 'local.presented', frameId, decodeUs: Math.min(2 ** 32 - 1, Math.max(0, Math.round(ms * 1_000))) })
  }

  #relayout(screens: readonly Screen[]): void {
    this.#list = screens
    this.#void()
    if (this.current === undefined) this.#current = undefined
  }

  /** What is shown, as the customer says: also what it shows again by itself after a return. */
  #subscription(screenId: number, state: Subscription_State): void {
    if (state === Subscription_State.STARTED) this.#current = screenId
    else if (screenId === this.#current) this.#current = undefined
    if (screenId !== this.#current) this.#void()
  }

  /** This end may not see any more. */
  #blind(): void {
    this.#list = []
    this.#current = undefined
    this.#void()
  }

  #part(part: FramePart, first: boolean): void {
    if (first) {
      this.#parts = []
      this.#bytes = 0
    }
    this.#parts.push(part)
    this.#bytes += part.rects.reduce((sum, rect) => sum + rect.data.length, 0)
    if (this.#bytes > MAX_FRAME_BYTES || this.#frames.size >= MAX_WAITING_FRAMES || !part.rects.every(rect => rect.codec in CODECS && isSound(rect, part)))
      return this.repair()
    if (!part.last) return
    if (!isWhole(this.#parts)) return this.repair()
    const frame = frameOf(part, this.#parts)
    this.#meter.arrived(this.#to.driver.now(), this.#bytes, part.capturedAtUs)
    this.#parts = []
    // A whole picture makes the changes before it pointless.
    if (frame.keyframe) this.#frames.clear()
    this.#frames.push(frame)
  }

  #void(): void {
    this.#parts = []
    this.#bytes = 0
    this.#frames.clear()
  }
}

const frameOf = ({ screenId, frameId, baseFrameId, width, height, capturedAtUs, lastInput }: FramePart, parts: readonly FramePart[]): Frame => ({
  screenId,
  frameId,
  keyframe: baseFrameId === 0,
  width,
  height,
  capturedAtUs,
  lastInput,
  rects: rectsOf(parts.flatMap(part => part.rects)).map(rectOf),
})

/** The rectangles of a frame; of video it is one, whose bytes came in pieces. */
function rectsOf(rects: readonly WireRect[]): readonly WireRect[] {
  const [first] = rects
  if (first === undefined || !isVideo(first.codec)) return rects
  const data = new Uint8Array(rects.reduce((sum, rect) => sum + rect.data.length, 0))
  let at = 0
  for (const piece of rects) {
    data.set(piece.data, at)
    at += piece.data.length
  }
  return [{ ...first, data }]
}

const rectOf = ({ codec, ...rect }: WireRect): FrameRect => ({ ...rect, codec: CODECS[codec] ?? 'raw' })
