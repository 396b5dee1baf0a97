/** A host in a browser: the screen, window or tab that the person picked, and a clipboard by gesture. It has no way to point or type. */
import {
  type Capture,
  type Encoder,
  type Host,
  HostError,
  type Image,
  type Rect,
  type RectCodec,
  type ScreenHost,
  type ScreenInfo,
  type Snapshot,
} from '@remote-assist/peer'
import type { Shared, Surface } from '@remote-assist/ui'
import { GestureClipboard } from './clipboard.js'
import { cutOut } from './cut-out.js'
import { passFrames } from './frames.js'
import { PictureWorker } from './picture-worker.js'
import type { PictureSize } from './tiles.js'
import { browserVideo } from './video.js'

/** What a person picked to be seen. */
type Picked = Exclude<Surface, 'desktop'>

/** What is shared now, as it is played. */
export interface SharedStream extends Shared {
  readonly stream: MediaStream
}

/** What a host tells its page. */
export interface BrowserHostEvents {
  /** What is shared is another, has another size, or (undefined) is over: also because the person ended it in the browser's own bar. */
  shared(shared: SharedStream | undefined): void
  /** An agent copied this text. */
  received(text: string): void
}

interface Share {
  readonly id: number
  readonly stream: MediaStream
  readonly worker: PictureWorker
  readonly stopFrames: () => void
  size: PictureSize | undefined
}

/** As large as there is: browsers make the picture smaller than the screen unless more is asked for. */
const IDEAL = { width: { ideal: 7_680 }, height: { ideal: 4_320 }, frameRate: { ideal: 30 } } as const
/** The most that a picture may have across, in pixels. */
const MAX_EDGE = 16_384

/** Whether this browser can share a screen, on this page. */
export const canShareScreen = (): boolean => typeof navigator.mediaDevices?.getDisplayMedia === 'function'

/**
 * Has the person pick what to share, in the browser's own dialog; needs their click. Rejects with `HostError` `E_DENIED` if they pick nothing,
 * `E_UNSUPPORTED` where the browser cannot.
 */
export async function pickScreen(): Promise<MediaStream> {
  if (!canShareScreen()) throw new HostError('E_UNSUPPORTED', 'This browser cannot share a screen.')
  const wish = {
    video: { ...IDEAL, cursor: 'always' },
    audio: false,
    selfBrowserSurface: 'exclude',
    surfaceSwitching: 'include',
    monitorTypeSurfaces: 'include',
  }
  try {
    return await navigator.mediaDevices.getDisplayMedia(wish)
  } catch (cause) {
    const denied = cause instanceof DOMException && cause.name === 'NotAllowedError'
    throw new HostError(denied ? 'E_DENIED' : 'E_HOST', denied ? 'No screen was picked.' : 'The screen cannot be captured.', { cause })
  }
}

export class BrowserHost implements Host {
  readonly platform = { os: 'browser', version: browserName(navigator.userAgent) } as const
  readonly clipboard: GestureClipboard
  readonly screens: ScreenHost
  readonly #events: BrowserHostEvents
  readonly #layoutListeners = new Set<(screens: readonly ScreenInfo[]) => void>()
  #share: Share | undefined
  #nextScreen = 1

  constructor(events: BrowserHostEvents) {
    this.#events = events
    this.clipboard = new GestureClipboard(text => events.received(text))
    const video = browserVideo(() => this.#share?.worker)
    this.screens = {
      list: () => this.#list(),
      onChange: listener => {
        this.#layoutListeners.add(listener)
        return () => void this.#layoutListeners.delete(listener)
      },
      capture: async (screenId, damaged) => this.#capture(screenId, damaged),
      // The pointer is in the picture.
      onCursor: () => () => undefined,
      encoder: { encode: (...what) => this.#encode(...what) } satisfies Encoder,
      ...(video && { video }),
    }
  }

  /** Shares this stream from now on, in the place of what was shared before. Resolves with its first picture; rejects with `E_SCREEN_GONE` if it ends before. */
  async share(stream: MediaStream): Promise<void> {
    this.unshare()
    await new Promise<void>((resolve, reject) => {
      const share: Share = { id: this.#nextScreen++, stream, size: undefined, ...this.#workOn(stream, size => this.#sized(share, size, resolve)) }
      this.#share = share
      const ended = () => {
        reject(gone())
        if (this.#share === share) this.unshare()
      }
      const [track] = stream.getVideoTracks()
      track?.addEventListener('ended', ended)
      if (track?.readyState !== 'live') ended()
    })
  }

  /** Nothing is shared from now on. */
  unshare(): void {
    const share = this.#share
    if (share === undefined) return
    this.#share = undefined
    share.stopFrames()
    share.worker.end()
    for (const track of share.stream.getTracks()) track.stop()
    this.#changed()
  }

  async close(): Promise<void> {
    this.unshare()
  }

  #workOn(stream: MediaStream, sized: (size: PictureSize) => void): Pick<Share, 'worker' | 'stopFrames'> {
    const worker = new PictureWorker(sized)
    return { worker, stopFrames: passFrames(stream, worker) }
  }

  #sized(share: Share, size: PictureSize, resolve: () => void): void {
    if (this.#share !== share) return
    share.size = size
    this.#changed()
    resolve()
  }

  #changed(): void {
    const list = this.#list()
    for (const listener of this.#layoutListeners) listener(list)
    const { stream, size } = this.#share ?? {}
    this.#events.shared(stream === undefined || size === undefined ? undefined : { stream, surface: surfaceOf(stream), width: size.width, height: size.height })
  }

  #list(): readonly ScreenInfo[] {
    const { id, size, stream } = this.#share ?? {}
    if (id === undefined || size === undefined || stream === undefined || size.width > MAX_EDGE || size.height > MAX_EDGE) return []
    const surface = surfaceOf(stream)
    // Of a window or a tab nobody knows it.
    const scalePercent = surface === 'monitor' ? Math.round(devicePixelRatio * 100) : 100
    return [{ id, name: SURFACE_NAMES[surface], x: 0, y: 0, ...pick(size), scalePercent, rotation: 0, primary: true }]
  }

  #capture(screenId: number, damaged: () => void): Capture {
    const share = this.#share
    if (share === undefined || share.id !== screenId) throw gone()
    const { worker } = share
    const capture = worker.open(damaged)
    let room: ArrayBuffer | undefined
    return {
      grab: async (): Promise<Snapshot> => {
        const grabbed = await worker.grab(capture, room).catch(cause => {
          throw gone(cause)
        })
        room = grabbed.pixels
        const { width, height, damage, atUs } = grabbed
        return { image: { width, height, stride: width * 4, data: new Uint8Array(grabbed.pixels) }, damage, capturedAtUs: atUs }
      },
      stop: () => worker.close(capture),
    }
  }

  async #encode(image: Image, rect: Rect, codec: RectCodec, quality: number): Promise<Uint8Array> {
    const pixels = cutOut(image, rect)
    if (codec === 'raw') return pixels
    const worker = this.#share?.worker
    if (worker === undefined) throw gone()
    const { width, height } = rect
    return worker.encode({ pixels: pixels.buffer, width, height, type: `image/${codec}`, quality: quality / 100 })
  }
}

const gone = (cause?: unknown): HostError => new HostError('E_SCREEN_GONE', 'Nothing is shared any more.', { cause })

const pick = ({ width, height }: PictureSize): PictureSize => ({ width, height })

const SURFACE_NAMES: Readonly<Record<Picked, string>> = { monitor: 'Screen', window: 'Window', browser: 'Tab' }

function surfaceOf(stream: MediaStream): Picked {
  const { displaySurface } = stream.getVideoTracks()[0]?.getSettings() ?? {}
  return displaySurface === 'window' || displaySurface === 'browser' ? displaySurface : 'monitor'
}

/** The browser's name and version, as far as it says. */
export const browserName = (agent: string): string => /\b(?:Firefox|Edg|OPR|Chrome|Version)\/[\d.]+/.exec(agent)?.[0] ?? 'browser'
