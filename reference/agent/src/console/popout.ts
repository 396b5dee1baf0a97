/** The picture in a window of its own, for another monitor: the surface moves there with everything that listens to it, and comes back when the window closes. */
import type { CSSResult } from 'lit'

/** What the window is made of. */
export interface PopOutOptions {
  /** What moves, and where it came from is the caller's to remember. */
  readonly element: HTMLElement
  readonly title: string
  readonly styles: readonly CSSResult[]
  /** It moved there, or is about to come back. */
  moved(): void
  /** The window is gone. */
  closed(): void
}

export class PopOut {
  readonly #window: Window
  readonly #stop = new AbortController()

  private constructor(window: Window) {
    this.#window = window
  }

  /** Opens the window and moves the element there; undefined if the browser does not let it. To be called on a user's action. */
  static open({ element, title, styles, moved, closed }: PopOutOptions): PopOut | undefined {
    const { screen } = globalThis
    const popped = globalThis.open('', '', `popup,width=${Math.round(screen.availWidth * 0.7)},height=${Math.round(screen.availHeight * 0.7)}`)
    if (popped === null) return undefined
    const { document } = popped
    document.title = title
    const host = document.createElement('div')
    const shadow = host.attachShadow({ mode: 'open' })
    // A sheet belongs to the window that made it.
    const sheets = [
      ':root, body { block-size: 100%; margin: 0 }',
      ...styles.map(({ cssText }) => cssText),
      ':host { display: block; block-size: 100%; background: var(--_stage) }',
    ]
    const made = sheets.map(text => {
      const sheet = new (popped as Window & typeof globalThis).CSSStyleSheet()
      sheet.replaceSync(text)
      return sheet
    })
    document.adoptedStyleSheets = made.slice(0, 1)
    shadow.adoptedStyleSheets = made.slice(1)
    document.body.append(host)
    shadow.append(element)
    const pop = new PopOut(popped)
    const { signal } = pop.#stop
    const end = () => {
      if (signal.aborted) return
      pop.#stop.abort()
      element.remove()
      closed()
      moved()
    }
    popped.addEventListener('pagehide', end, { signal })
    // Whoever leaves the console's page leaves nothing behind.
    addEventListener('pagehide', () => pop.close(), { signal })
    moved()
    return pop
  }

  /** Brings it to the front. */
  focus(): void {
    this.#window.focus()
  }

  close(): void {
    this.#window.close()
  }
}
