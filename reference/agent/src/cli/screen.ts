/** The picture as a program has it: frames painted into memory, kept up to date while the session lasts. */
import type { Screens } from '@remote-assist/peer'
import { encodeRect, Painting } from '@remote-assist/peer/node'

/** A picture: BGRA rows without padding. */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

export class ScreenWatch {
  readonly #painting = new Painting()
  #shown: number | undefined
  #waiting: (() => void)[] = []
  readonly #screens: Screens

  constructor(screens: Screens) {
    this.#screens = screens
  }

  /** Paints frames until the session ends or `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      for await (const frame of this.#screens.frames({ signal })) {
        try {
          this.#painting.paint(frame)
          this.#shown = frame.screenId
        } catch {
          this.#screens.repair()
        }
        for (const wake of this.#waiting.splice(0)) wake()
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  /** Resolves once the picture of the screen that is shown is there. */
  async ready(signal: AbortSignal): Promise<Pixels> {
    while (this.#shown === undefined || this.#shown !== this.#screens.current?.screenId) await this.#change(signal)
    return this.#painting
  }

  /** Resolves once nothing has changed for so long, in milliseconds. */
  async still(ms: number, signal: AbortSignal): Promise<void> {
    await this.ready(signal)
    for (let changed = true; changed; ) {
      const quiet = AbortSignal.timeout(ms)
      changed = await this.#change(AbortSignal.any([quiet, signal])).then(
        () => true,
        error => {
          if (signal.aborted) throw error
          return false
        },
      )
    }
  }

  /** The picture as PNG. */
  async png(signal: AbortSignal): Promise<Uint8Array> {
    const { width, height, data } = await this.ready(signal)
    return encodeRect({ width, height, stride: width * 4, data }, { x: 0, y: 0, width, height }, 'png', 100)
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const aborted = () => reject(signal.reason)
      if (signal.aborted) return aborted()
      signal.addEventListener('abort', aborted, { once: true })
      this.#waiting.push(() => {
        signal.removeEventListener('abort', aborted)
        resolve()
      })
    })
  }
}
