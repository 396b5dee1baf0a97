/** A desktop for tests: plain arrays of pixels, and lists of what was done to it. */
import type {
  Capture,
  ClipboardContent,
  ClipboardHost,
  CursorShape,
  Elevated,
  ElevationAuthority,
  ElevationHost,
  Host,
  Image,
  Mask,
  Rect,
  RectCodec,
  ScreenInfo,
  Snapshot,
} from '../../src/host.js'
import { HostError } from '../../src/host.js'
import { encodeRect } from '../../src/node/image-codec.js'
import { FakeHelper } from './helper.js'

export type Done =
  | { readonly key: number; readonly down: boolean }
  | { readonly text: string }
  | { readonly move: readonly [number, number, number] }
  | { readonly button: number; readonly down: boolean }
  | { readonly wheel: readonly [number, number] }

const screen = (id: number, x: number, primary: boolean): ScreenInfo => ({
  id,
  name: `Screen ${id}`,
  x,
  y: 0,
  width: 320,
  height: 200,
  scalePercent: 100,
  rotation: 0,
  primary,
})

export class FakeHost implements Host {
  readonly platform = { os: 'virtual', version: '1' } as const
  readonly done: Done[] = []
  readonly images = new Map<number, Image>()
  readonly encoded: RectCodec[] = []
  readonly written: ClipboardContent[][] = []
  readonly commands: string[][] = []
  /** How a switch of users comes out. */
  switching: 'done' | 'forbidden' | 'broken' | 'absent' = 'done'
  /** How Ctrl+Alt+Del comes out. */
  secureKeys: 'ok' | 'policy-blocked' = 'ok'
  /** What the system's prompt says. */
  prompt: 'agree' | 'decline' = 'agree'
  /** Set to hold injections up. */
  gate: Promise<void> | undefined
  closed = 0
  captures = 0
  /** The time at which pixels are read, µs; it moves on with every look. */
  readAtUs = 0
  /** Set to hold looks up. */
  looking: Promise<void> | undefined
  /** Set to make every look fail. */
  blind: Error | undefined
  text: string | undefined
  #screens: readonly ScreenInfo[] = [screen(7, 0, true), screen(9, 320, false)]
  readonly #captures = new Set<{ readonly screenId: number; damage: Rect[]; readonly damaged: () => void; waiting: boolean }>()
  readonly #onScreens = new Set<(screens: readonly ScreenInfo[]) => void>()
  readonly #onClipboard = new Set<(formats: readonly { mime: string; bytes: number }[]) => void>()
  readonly #onLocal = new Set<() => void>()
  readonly #onCursor = new Set<(cursor: { shape?: CursorShape; position?: { screenId: number; x: number; y: number } }) => void>()
  readonly #onMasks = new Set<(masks: readonly Mask[]) => void>()
  readonly #onSecure = new Set<(active: boolean, reason: string) => void>()
  readonly #onLocked = new Set<(locked: boolean) => void>()
  #masks: readonly Mask[] = []

  constructor() {
    for (const { id, width, height } of this.#screens)
      this.images.set(id, { width, height, stride: width * 4, data: opaque(new Uint8Array(width * height * 4)) })
  }

  readonly screens = {
    list: () => this.#screens,
    onChange: (listener: (screens: readonly ScreenInfo[]) => void) => {
      this.#onScreens.add(listener)
      return () => void this.#onScreens.delete(listener)
    },
    capture: async (screenId: number, damaged: () => void): Promise<Capture> => {
      const image = this.images.get(screenId)
      if (image === undefined) throw new HostError('E_SCREEN_GONE', 'That screen is gone.')
      const capture = { screenId, damage: [{ x: 0, y: 0, width: image.width, height: image.height }], damaged, waiting: false }
      this.#captures.add(capture)
      this.captures++
      return {
        grab: async (): Promise<Snapshot> => {
          await this.looking
          if (this.blind !== undefined) throw this.blind
          const damage = capture.damage
          capture.damage = []
          this.readAtUs += 1_000
          return { image: { ...image, data: image.data.slice() }, damage, capturedAtUs: this.readAtUs }
        },
        stop: () => {
          if (this.#captures.delete(capture)) this.captures--
        },
      }
    },
    onCursor: (listener: (cursor: { shape?: CursorShape; position?: { screenId: number; x: number; y: number } }) => void) => {
      this.#onCursor.add(listener)
      const data = new Uint8Array(16 * 16 * 4).fill(200)
      listener({ shape: { hotspotX: 1, hotspotY: 2, image: { width: 16, height: 16, stride: 64, data } }, position: { screenId: 7, x: 5, y: 6 } })
      return () => void this.#onCursor.delete(listener)
    },
    onMasks: (listener: (masks: readonly Mask[]) => void) => {
      this.#onMasks.add(listener)
      listener(this.#masks)
      return () => void this.#onMasks.delete(listener)
    },
    encoder: {
      encode: (image: Image, rect: Rect, codec: RectCodec, quality: number) => {
        this.encoded.push(codec)
        return encodeRect(image, rect, codec, quality)
      },
    },
  }

  readonly input = {
    key: (usage: number, down: boolean) => this.#do({ key: usage, down }),
    text: (text: string) => this.#do({ text }),
    move: (screenId: number, x: number, y: number) => this.#do({ move: [screenId, x, y] }),
    button: (button: number, down: boolean) => this.#do({ button, down }),
    wheel: (x: number, y: number) => this.#do({ wheel: [x, y] }),
    onLocalInput: (listener: () => void) => {
      this.#onLocal.add(listener)
      return () => void this.#onLocal.delete(listener)
    },
  }

  readonly clipboard: ClipboardHost = {
    onChange: listener => {
      this.#onClipboard.add(listener)
      return () => void this.#onClipboard.delete(listener)
    },
    read: async () => (this.text === undefined ? undefined : new TextEncoder().encode(this.text)),
    write: async contents => void this.written.push([...contents]),
  }

  readonly helper = new FakeHelper()

  readonly elevation: ElevationHost = {
    start: async ({ authority, signal, progress }) => {
      this.authorities.push(authority)
      progress('os-prompt')
      await this.answering
      if (this.prompt === 'decline' || signal.aborted) throw new HostError('E_DENIED', 'The prompt was declined.')
      progress('handover')
      return this.#powers()
    },
    awaitCredentials: this.helper.awaiting(() => this.#powers()),
    onSecureDesktop: (listener: (active: boolean, reason: string) => void) => {
      this.#onSecure.add(listener)
      return () => void this.#onSecure.delete(listener)
    },
  }

  /** Set to have the system's prompt stay up so long. */
  answering: Promise<void> | undefined
  /** What the helper was shown when it was started, and then. */
  readonly authorities: ElevationAuthority[] = []
  readonly renewals: Uint8Array[] = []

  #powers(): Elevated {
    return {
      sendSecureKeys: async () => this.secureKeys,
      ...(this.switching === 'absent' ? {} : { switchUser: async () => this.#switchUser() }),
      run: async (argv, { output, signal }) => {
        this.commands.push([...argv])
        if (argv[0] === 'wait') {
          await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }))
          return { exitCode: undefined, signal: 'SIGTERM' }
        }
        if (argv[0] === 'no-such-program') throw new HostError('E_HOST', 'There is no such program.')
        if (argv[0] === 'print') return { exitCode: await this.print(Number(argv[1]), output) }
        await output('stdout', new TextEncoder().encode(`ran ${argv.join(' ')}`))
        return { exitCode: 3 }
      },
      renew: capability => void this.renewals.push(capability),
      drop: async () => undefined,
      ended: new Promise(() => undefined),
    }
  }

  #switchUser(): void {
    if (this.switching === 'forbidden') throw new HostError('E_NOT_PERMITTED', 'The policy forbids it.')
    if (this.switching === 'broken') throw new HostError('E_HOST', 'The log-in screen does not come.')
  }

  /** How many bytes the command `print` has printed so far. */
  printed = 0

  /** A command that prints so many bytes, as fast as it may. */
  private async print(bytes: number, output: (stream: 'stdout', data: Uint8Array) => Promise<void>): Promise<number> {
    while (this.printed < bytes) {
      const data = new Uint8Array(Math.min(100_000, bytes - this.printed)).fill(this.printed / 100_000)
      this.printed += data.length
      await output('stdout', data)
    }
    return 0
  }

  async close(): Promise<void> {
    this.closed++
  }

  /** Paints a rectangle of a screen, pixel by pixel. */
  paint(screenId: number, rect: Rect, colour: (x: number, y: number) => number): void {
    const image = this.images.get(screenId) as Image
    for (let y = rect.y; y < rect.y + rect.height; y++) {
      for (let x = rect.x; x < rect.x + rect.width; x++) new DataView(image.data.buffer).setUint32(y * image.stride + x * 4, ((colour(x, y) << 8) | 0xff) >>> 0)
    }
    this.#damaged(screenId, rect)
  }

  /** Moves the pixels of a rectangle within it, as scrolling does; what is uncovered keeps its pixels. */
  scroll(screenId: number, rect: Rect, dx: number, dy: number): void {
    const { data, stride } = this.images.get(screenId) as Image
    const before = data.slice()
    for (let y = rect.y; y < rect.y + rect.height; y++) {
      for (let x = rect.x; x < rect.x + rect.width; x++) {
        const inside = x - dx >= rect.x && x - dx < rect.x + rect.width && y - dy >= rect.y && y - dy < rect.y + rect.height
        if (inside) data.set(before.subarray((y - dy) * stride + (x - dx) * 4, (y - dy) * stride + (x - dx) * 4 + 4), y * stride + x * 4)
      }
    }
    this.#damaged(screenId, rect)
  }

  /** What nobody may see, from now on. */
  mask(masks: readonly Mask[]): void {
    this.#masks = masks
    for (const listener of this.#onMasks) listener(masks)
  }

  onLocked(listener: (locked: boolean) => void): () => void {
    this.#onLocked.add(listener)
    return () => void this.#onLocked.delete(listener)
  }

  /** The local user locks the screen, or unlocks it. */
  lock(on: boolean): void {
    for (const listener of this.#onLocked) listener(on)
  }

  /** The system shows, or leaves, what cannot be captured. */
  secure(active: boolean, reason: string): void {
    for (const listener of this.#onSecure) listener(active, reason)
  }

  /** The pointer looks like this from now on: a square of one colour. */
  point(colour: number, edge = 8): void {
    const data = new Uint8Array(edge * edge * 4).fill(colour)
    for (const listener of this.#onCursor) listener({ shape: { hotspotX: 0, hotspotY: 0, image: { width: edge, height: edge, stride: edge * 4, data } } })
  }

  /** Monitors are what they are from now on; their pixels are black. */
  replug(screens: readonly ScreenInfo[]): void {
    this.#screens = screens
    this.images.clear()
    for (const { id, width, height } of screens) this.images.set(id, { width, height, stride: width * 4, data: opaque(new Uint8Array(width * height * 4)) })
    for (const listener of this.#onScreens) listener(screens)
  }

  /** The local user copies something. */
  copy(text: string): void {
    this.text = text
    for (const listener of this.#onClipboard) listener([{ mime: 'text/plain', bytes: new TextEncoder().encode(text).length }])
  }

  /** The local user moves the mouse. */
  touch(): void {
    for (const listener of this.#onLocal) listener()
  }

  /** A monitor is unplugged. */
  unplug(screenId: number): void {
    this.images.delete(screenId)
    this.#screens = this.#screens.filter(({ id }) => id !== screenId)
    for (const listener of this.#onScreens) listener(this.#screens)
  }

  #damaged(screenId: number, rect: Rect): void {
    for (const capture of this.#captures) {
      if (capture.screenId !== screenId) continue
      capture.damage.push(rect)
      capture.damaged()
    }
  }

  async #do(event: Done): Promise<void> {
    await this.gate
    this.done.push(event)
  }
}

function opaque(data: Uint8Array): Uint8Array {
  for (let i = 3; i < data.length; i += 4) data[i] = 255
  return data
}
