/** The picture in a window of its own, for another monitor: the surface moves there with everything that listens to it, and comes back when the window closes. */
import { type CSSResult, render, type TemplateResult } from 'lit'
import { refuseDrops } from './files/drops.js'

/** A window of the console's: the page's, or the one that the picture is in. */
export type View = Window & typeof globalThis

/** What the window is made of. */
export interface PopOutOptions {
  /** What moves, and where it came from is the caller's to remember. */
  readonly element: HTMLElement
  readonly title: string
  /** BCP 47. */
  readonly language: string
  readonly styles: readonly CSSResult[]
  /** It is in this window now: it moved there, or is about to come back. */
  moved(view: View): void
  /** The window is gone. */
  closed(): void
}

export class PopOut {
  readonly #window: Window
  readonly #root: ShadowRoot
  readonly #stop = new AbortController()

  private constructor(popped: View, root: ShadowRoot) {
    this.#window = popped
    this.#root = root
  }

  /** Opens the window and moves the element there; undefined if the browser does not let it. To be called on a user's action. */
  static open({ element, title, language, styles, moved, closed }: PopOutOptions): PopOut | undefined {
    const { screen } = globalThis
    const popped = globalThis.open('', '', `popup,width=${Math.round(screen.availWidth * 0.7)},height=${Math.round(screen.availHeight * 0.7)}`) as View | null
    if (popped === null) return undefined
    const { document } = popped
    document.title = title
    document.documentElement.lang = language
    const host = document.createElement('div')
    const shadow = host.attachShadow({ mode: 'open' })
    // A sheet belongs to the window that made it.
    const sheets = [
      ':root, body { block-size: 100%; margin: 0 }',
      ...styles.map(({ cssText }) => cssText),
      ':host { display: block; block-size: 100%; background: var(--_stage); color: var(--_ink); font: 400 var(--_text) / 20px var(--_font) }',
    ]
    const made = sheets.map(text => {
      const sheet = new popped.CSSStyleSheet()
      sheet.replaceSync(text)
      return sheet
    })
    document.adoptedStyleSheets = made.slice(0, 1)
    shadow.adoptedStyleSheets = made.slice(1)
    document.body.append(host)
    shadow.append(element)
    refuseDrops(popped)
    const pop = new PopOut(popped, shadow)
    const { signal } = pop.#stop
    const end = () => {
      if (signal.aborted) return
      pop.#stop.abort()
      // It belongs to the console's own window again, also before it is shown there.
      globalThis.document.adoptNode(element)
      closed()
      moved(window)
    }
    popped.addEventListener('pagehide', end, { signal })
    // Whoever leaves the console's page leaves nothing behind.
    addEventListener('pagehide', () => pop.close(), { signal })
    moved(popped)
    return pop
  }

  /** Draws what lies over the element from now on. */
  draw(over: TemplateResult): void {
    render(over, this.#root)
  }

  /** Brings it to the front. */
  focus(): void {
    this.#window.focus()
  }

  close(): void {
    this.#window.close()
  }
}
