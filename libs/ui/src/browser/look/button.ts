/** The button that all pages share. */
import { html, nothing, type TemplateResult } from 'lit'

/** What a button is. */
export interface ButtonOptions {
  readonly words?: string
  readonly icon?: TemplateResult
  /** Classes beside `button`. */
  readonly look?: string
  /** `::part`; `button` always is one. */
  readonly part?: string
  /** What it does, for those who cannot see the icon, and on hover. */
  readonly title?: string
  /** Why it cannot be used; it stays in reach, so that everybody can learn why. */
  readonly why?: string | undefined
  readonly pressed?: boolean
  /** The id of a popover that it opens, and what that is. */
  readonly opens?: string
  readonly popup?: 'menu' | 'dialog'
  /** A key that does the same. */
  readonly shortcut?: string
  /** A number that is worth a look; 0 = there is none. */
  readonly mark?: number
  press?(): void
}

/** A button. One that cannot be used says why, on hover and to a screen reader, and does nothing. */
export function button({ words, icon, look = '', part = '', title, why, pressed, opens, popup, shortcut, mark = 0, press }: ButtonOptions): TemplateResult {
  return html`<button
    type="button"
    class="button ${look}"
    part="button ${part}"
    title=${why ?? title ?? nothing}
    aria-label=${words ?? title ?? nothing}
    aria-disabled=${why === undefined ? nothing : 'true'}
    aria-description=${why ?? nothing}
    aria-pressed=${pressed === undefined ? nothing : String(pressed)}
    aria-haspopup=${popup ?? nothing}
    aria-keyshortcuts=${shortcut ?? nothing}
    popovertarget=${opens === undefined || why !== undefined ? nothing : opens}
    @click=${() => why === undefined && press?.()}
  >${icon ?? nothing}${words === undefined ? nothing : html`<span class="words">${words}</span>`}${mark === 0 ? nothing : html`<span class="count figures">${mark}</span>`}</button>`
}
