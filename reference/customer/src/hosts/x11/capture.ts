import { type Capture, HostError, type Rect, type ScreenInfo, type Snapshot } from '@remote-assist/peer'
import { DamageList, intersection } from '../rects.js'
import type { PixelReader } from './pixels.js'

/** What a capture needs of its display. */
export interface CaptureSource {
  /** The screen as it is now; throws `E_SCREEN_GONE`. */
  screen(id: number): ScreenInfo
  /** Lets the server report damage anew wherever it reported some before. */
  forgetDamage(): void
  /** Reads the layout again, in case it is newer than what was told. */
  refreshLayout(): Promise<void>
  reader(capacity: number): Promise<PixelReader>
}

/** One monitor's pixels, kept up to date by reading what the server says was damaged. */
export class X11Capture implements Capture {
  #area: Rect = { x: 0, y: 0, width: 0, height: 0 }
  #bytes = new Uint8Array(0)
  #reader: PixelReader | undefined
  #damage = new DamageList()
  #told = true
  #stopped = false
  #queue: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly source: CaptureSource,
    private readonly screenId: number,
    private readonly damaged: () => void,
    private readonly onStop: (capture: X11Capture) => void,
  ) {}

  /** How pixels are read; undefined before the first `grab`. */
  get kind(): PixelReader['kind'] | undefined {
    return this.#reader?.kind
  }

  /** Takes note of damage, in root coordinates. */
  add(rect: Rect): void {
    const part = intersection(rect, this.#area)
    if (!part) return
    this.#damage.add(part)
    this.#tell()
  }

  /** Takes note that monitors changed. */
  layoutChanged(): void {
    try {
      if (!sameRect(this.source.screen(this.screenId), this.#area)) this.#tell()
    } catch {
      this.#tell()
    }
  }

  grab(): Promise<Snapshot> {
    const next = this.#queue.then(() => this.#grab())
    this.#queue = next.catch(() => {})
    return next
  }

  stop(): void {
    if (this.#stopped) return
    this.#stopped = true
    this.#queue = this.#queue.then(() => this.#reader?.close())
    this.onStop(this)
  }

  async #grab(): Promise<Snapshot> {
    for (let attempt = 1; ; attempt++) {
      if (this.#stopped) throw new HostError('E_SCREEN_GONE', 'This capture was stopped.')
      await this.#fit(this.source.screen(this.screenId))
      this.#told = false
      const rects = this.#take()
      try {
        if (rects.length > 0) {
          this.source.forgetDamage()
          await this.#reader?.read(rects, { area: this.#area, bytes: this.#bytes })
        }
        return this.#snapshot(rects)
      } catch (cause) {
        // The monitors may have changed since we last heard of them: then what was asked for is outside the screen.
        if (cause instanceof HostError) throw cause
        if (attempt === 3) throw new HostError('E_HOST', 'The X server did not give the pixels of the screen.', { cause })
        await this.source.refreshLayout()
        this.#damage.add(this.#area)
      }
    }
  }

  #snapshot(rects: readonly Rect[]): Snapshot {
    const { x, y, width, height } = this.#area
    return {
      image: { width, height, stride: width * 4, data: this.#bytes },
      damage: rects.map(rect => ({ ...rect, x: rect.x - x, y: rect.y - y })),
      capturedAtUs: Math.round(performance.now() * 1000),
    }
  }

  /** What to read: the damage, or everything if that is less than the rectangles add up to. */
  #take(): readonly Rect[] {
    const rects = this.#damage.take()
    const pixels = rects.reduce((sum, rect) => sum + rect.width * rect.height, 0)
    return pixels > this.#area.width * this.#area.height ? [this.#area] : rects
  }

  async #fit({ x, y, width, height }: ScreenInfo): Promise<void> {
    const area = { x, y, width, height }
    if (sameRect(area, this.#area)) return
    const resized = width !== this.#area.width || height !== this.#area.height
    this.#area = area
    this.#damage = new DamageList()
    this.#damage.add(area)
    if (!resized) return
    this.#bytes = new Uint8Array(width * height * 4)
    this.#reader?.close()
    this.#reader = undefined
    this.#reader = await this.source.reader(width * height)
  }

  #tell(): void {
    if (this.#told || this.#stopped) return
    this.#told = true
    this.damaged()
  }
}

function sameRect(a: Rect, b: Rect): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height
}
