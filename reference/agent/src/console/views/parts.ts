/** Pieces that several views are made of. */
import { html, nothing, type TemplateResult } from 'lit'
import { type ConsoleState, hindranceOf } from '../model.js'
import type { Strings } from '../strings.js'

/** What a view is drawn with, beside the state. */
export interface Frame {
  readonly t: Strings
  readonly language: string
  /** Ms since 1970, moved on once a second. */
  readonly now: number
  /** Which thing was copied a moment ago. */
  readonly copied: string | undefined
  copy(what: string, text: string): void
}

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

/** A link as people read it: without scheme and secret. */
export const shortUrl = (url: string): string => {
  const { host, pathname } = new URL(url)
  return host + pathname
}

/** The widest that a popover gets, CSS pixels. */
const WIDEST = 304

/** Puts a popover below the button that opens it. */
export function place(event: Event): void {
  const menu = event.currentTarget as HTMLElement
  const opener = menu.previousElementSibling?.getBoundingClientRect()
  if (opener === undefined) return
  menu.style.left = `${Math.round(Math.max(8, Math.min(opener.left, innerWidth - WIDEST - 8)))}px`
  menu.style.top = `${Math.round(opener.bottom + 4)}px`
}

/** Why nothing can be done at the moment, in words; undefined if something can. */
export function whyNot(state: ConsoleState, t: Strings): string | undefined {
  const hindrance = hindranceOf(state)
  if (hindrance === undefined) return undefined
  if (hindrance === 'paused') return t.whyPaused
  return hindrance === 'line' ? t.whyLine : t.whyNotYet
}

/** Has a field take the keyboard when it is there. What is typed from here on is for it, and no longer for the customer's desktop. */
export function takeKeyboard(field: Element | undefined): void {
  // It is in the page only once everything is drawn.
  queueMicrotask(() => (field as HTMLElement | undefined)?.focus())
}
