/** A small window above all others, where the browser has one: so that who shares sees it, and can stop, whatever is in front of the page. */
import { type CSSResult, render, type TemplateResult } from 'lit'

/** What browsers with document picture-in-picture have, which the DOM's types do not. */
interface PictureInPicture {
  requestWindow(options: { readonly width: number; readonly height: number }): Promise<Window>
}

/** A constructor of the other window's own. */
interface OtherWindow extends Window {
  readonly CSSStyleSheet: typeof CSSStyleSheet
}

const SIZE = { width: 460, height: 150 } as const

const pictureInPicture = (): PictureInPicture | undefined =>
  (globalThis as unknown as { readonly documentPictureInPicture?: PictureInPicture }).documentPictureInPicture

/** Whether this browser has such windows. */
export const canKeepOnTop = (): boolean => pictureInPicture() !== undefined

export class TopWindow {
  readonly #styles: readonly CSSResult[]
  readonly #changed: () => void
  #window: Window | undefined
  #root: ShadowRoot | undefined

  /** `changed`: it opened, or was closed by the person. */
  constructor(styles: readonly CSSResult[], changed: () => void) {
    this.#styles = styles
    this.#changed = changed
  }

  get open(): boolean {
    return this.#window !== undefined
  }

  /** Opens it; needs the person's click. */
  async show(): Promise<void> {
    const window = (await pictureInPicture()?.requestWindow(SIZE)) as OtherWindow | undefined
    if (window === undefined) return
    const { document } = window
    document.documentElement.lang = globalThis.document.documentElement.lang
    document.title = globalThis.document.title
    const root = document.body.appendChild(document.createElement('main')).attachShadow({ mode: 'open' })
    // A sheet belongs to the document that it was made for.
    root.adoptedStyleSheets = this.#styles.map(({ cssText }) => {
      const sheet = new window.CSSStyleSheet()
      sheet.replaceSync(cssText)
      return sheet
    })
    document.body.style.margin = '0'
    window.addEventListener('pagehide', () => this.#forget())
    this.#window = window
    this.#root = root
    this.#changed()
  }

  /** What it shows from now on. */
  draw(content: TemplateResult): void {
    if (this.#root !== undefined) render(content, this.#root)
  }

  close(): void {
    this.#window?.close()
    this.#forget()
  }

  #forget(): void {
    if (this.#window === undefined) return
    this.#window = undefined
    this.#root = undefined
    this.#changed()
  }
}
