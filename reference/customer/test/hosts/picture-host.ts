import { nodeEncoder } from '@remote-assist/customer'
import { type Capture, type Host, HostError, type Image, type Rect, type ScreenHost, type ScreenInfo } from '@remote-assist/peer'

/** Shares pictures that a program draws in memory, each as a screen. Nobody can type into them, so `input` is absent. */
export class PictureHost implements Host {
  readonly platform = { os: 'linux', version: 'pictures 1.0' } as const
  readonly #pictures: Map<number, Image>
  readonly #captures = new Set<{ readonly id: number; readonly damage: Rect[]; readonly damaged: () => void }>()
  readonly #layoutListeners = new Set<(screens: readonly ScreenInfo[]) => void>()

  constructor(pictures: readonly Image[]) {
    this.#pictures = new Map(pictures.map((picture, i) => [i + 1, picture]))
  }

  /** Call this after drawing. */
  drawn(id: number, rect: Rect): void {
    for (const capture of this.#captures) {
      if (capture.id !== id) continue
      capture.damage.push(rect)
      capture.damaged()
    }
  }

  remove(id: number): void {
    this.#pictures.delete(id)
    for (const listener of this.#layoutListeners) listener(this.screens.list())
  }

  readonly screens: ScreenHost = {
    encoder: nodeEncoder,
    list: () => {
      let x = 0
      return [...this.#pictures].map(([id, { width, height }], i) => {
        const screen: ScreenInfo = { id, name: `Picture ${id}`, x, y: 0, width, height, scalePercent: 100, rotation: 0, primary: i === 0 }
        x += width
        return screen
      })
    },
    onChange: listener => {
      this.#layoutListeners.add(listener)
      return () => this.#layoutListeners.delete(listener)
    },
    onCursor: listener => {
      listener({ shape: { hotspotX: 0, hotspotY: 0, image: { width: 1, height: 1, stride: 4, data: Uint8Array.of(0, 0, 0, 255) } } })
      return () => {}
    },
    capture: async (id, damaged) => this.#capture(id, damaged),
  }

  async close(): Promise<void> {
    this.#captures.clear()
    this.#layoutListeners.clear()
  }

  #picture(id: number): Image {
    const picture = this.#pictures.get(id)
    if (!picture) throw new HostError('E_SCREEN_GONE', `Picture ${id} is not there any more.`)
    return picture
  }

  #capture(id: number, damaged: () => void): Capture {
    const { width, height } = this.#picture(id)
    const capture = { id, damaged, damage: [{ x: 0, y: 0, width, height }] }
    this.#captures.add(capture)
    return {
      grab: async () => ({ image: this.#picture(id), damage: capture.damage.splice(0), capturedAtUs: Math.round(performance.now() * 1000) }),
      stop: () => this.#captures.delete(capture),
    }
  }
}
