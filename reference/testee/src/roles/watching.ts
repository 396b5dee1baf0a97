/** What agents and viewers have in common: a picture that is painted as its frames come, and what is told beside it. */
import { createHash } from 'node:crypto'
import type { Screens, Session, Viewer } from '@remote-assist/peer'
import { ImageDecodeError, Painting } from '@remote-assist/peer/node'
import type { Standing } from '../contract.js'
import { begin } from './begun.js'
import type { Actions, Stage } from './role.js'

type Tell = Stage['tell']

/** A picture as the contract tells it. */
export interface Shown {
  readonly screen: number
  readonly width: number
  readonly height: number
  readonly sha256: string
  readonly frames: number
}

/** What a person who looks on has in front of them. */
export class Watching {
  readonly chat: string[] = []
  picture: Shown | undefined
  secureDesktop = false
  readonly #painting = new Painting()
  #frames = 0

  constructor(
    readonly seen: Session | Viewer,
    readonly tell: Tell,
  ) {
    const events: Pick<Session, 'on'> = seen as Session
    events.on('chat', ({ text }) => this.chat.push(text))
    events.on('secure-desktop', ({ active }) => {
      this.secureDesktop = active
    })
    void this.#paint()
  }

  get screens(): Screens {
    return this.seen.screens
  }

  /** What it adds to a look at its end. */
  look(): Standing {
    return {
      ...(this.picture === undefined || this.screens.current === undefined ? {} : { picture: this.picture }),
      chat: this.chat,
      screens: this.screens.list.map(({ screenId: id, x, y, width, height, primary }) => ({ id, x, y, width, height, primary })),
      screen: this.screens.current?.screenId ?? 0,
      secureDesktop: this.secureDesktop,
    }
  }

  async #paint(): Promise<void> {
    for await (const frame of this.screens.frames()) {
      try {
        this.#painting.paint(frame)
      } catch (error) {
        if (!(error instanceof ImageDecodeError)) throw error
        this.screens.repair()
        continue
      }
      const { width, height, data } = this.#painting
      this.#frames++
      this.picture = { screen: frame.screenId, width, height, sha256: digestOf(data), frames: this.#frames }
      this.tell({ case: 'shown', value: this.picture })
    }
  }
}

/** SHA-256 of R, G and B of each pixel of BGRA rows. */
export function digestOf(pixels: Uint8Array): string {
  const rgb = new Uint8Array((pixels.length / 4) * 3)
  for (let from = 0, to = 0; from < pixels.length; from += 4, to += 3) {
    rgb[to] = pixels[from + 2] ?? 0
    rgb[to + 1] = pixels[from + 1] ?? 0
    rgb[to + 2] = pixels[from] ?? 0
  }
  return createHash('sha256').update(rgb).digest('hex')
}

/** What agents and viewers do. `watching` throws while nobody let this end in. */
export const looking = (tell: Tell, watching: () => Watching): Actions => {
  const show = (screen: number, options = {}) => begin(tell, 'screen', watching().screens.show(screen, options), () => 'screen shown')
  return {
    showScreen: ({ screen, maxWidth, maxHeight, maxFps }) =>
      show(screen, {
        ...(maxWidth === 0 ? {} : { maxWidth }),
        ...(maxHeight === 0 ? {} : { maxHeight }),
        ...(maxFps === 0 ? {} : { maxFps }),
      }),
    nextScreen: () => show(watching().screens.next()),
    hideScreen: () => watching().screens.hide(),
    say: ({ text }) => watching().seen.chat.say(text),
  }
}
