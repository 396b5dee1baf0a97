/** Menus: a button that opens one, and what is in it; for the keyboard as the ARIA pattern has it. */
import { type ButtonOptions, button } from '@remote-assist/ui/browser'
import { html, nothing, type TemplateResult } from 'lit'
import { place } from './parts.js'

/** What can be chosen. */
export interface MenuItem {
  readonly words: string
  /** Beside the words: a key that does the same, or the state. */
  readonly hint?: string | undefined
  /** One of several of which one holds. */
  readonly checked?: boolean
  readonly why?: string | undefined
  press(): void
}

/** A button with its menu. `id` tells it from the others of the element. */
export function menuButton(id: string, opener: ButtonOptions, items: readonly MenuItem[], above: TemplateResult = html``): TemplateResult {
  const label = opener.words ?? opener.title ?? ''
  return html`${button({ ...opener, opens: id, popup: 'menu' })}
    <div class="menu" id=${id} popover part="menu" @beforetoggle=${place} @toggle=${enter} @keydown=${move}>
      ${above}
      <div role="menu" aria-label=${label}>${items.map(itemView)}</div>
    </div>`
}

const itemView = ({ words, hint, checked, why, press }: MenuItem): TemplateResult =>
  html`<button
    type="button"
    class="button stay item"
    part="button"
    role=${checked === undefined ? 'menuitem' : 'menuitemradio'}
    tabindex="-1"
    title=${why ?? nothing}
    aria-checked=${checked === undefined ? nothing : String(checked)}
    aria-disabled=${why === undefined ? nothing : 'true'}
    aria-description=${why ?? nothing}
    @click=${(event: Event) => {
      if (why !== undefined) return
      ;(event.currentTarget as HTMLElement).closest<HTMLElement>('[popover]')?.hidePopover()
      press()
    }}
  ><span class="words">${words}</span>${hint === undefined ? nothing : html`<span class="muted small figures">${hint}</span>`}</button>`

const itemsOf = (menu: Element): readonly HTMLElement[] => [...menu.querySelectorAll<HTMLElement>('[role^=menuitem]')]

function enter(event: Event): void {
  const menu = event.currentTarget as HTMLElement
  if ((event as ToggleEvent).newState !== 'open') return leave(menu)
  const items = itemsOf(menu)
  ;(items.find(item => item.ariaChecked === 'true') ?? items[0])?.focus()
}

/** The keyboard is back at the button, unless what was chosen took it elsewhere. */
function leave(menu: HTMLElement): void {
  const { activeElement } = menu.getRootNode() as ShadowRoot
  if (activeElement === null || menu.contains(activeElement)) (menu.previousElementSibling as HTMLElement | null)?.focus()
}

function move(event: KeyboardEvent): void {
  const menu = event.currentTarget as HTMLElement
  const items = itemsOf(menu)
  const at = items.indexOf((menu.getRootNode() as ShadowRoot).activeElement as HTMLElement)
  const next = target(event, items, at)
  if (event.key === 'Tab') menu.hidePopover()
  if (next === undefined) return
  event.preventDefault()
  event.stopPropagation()
  next.focus()
}

/** Where a key leads: up and down around, to the ends, or to the next item that begins with what was typed. */
function target({ key, ctrlKey, altKey, metaKey }: KeyboardEvent, items: readonly HTMLElement[], at: number): HTMLElement | undefined {
  if (key === 'ArrowDown') return items[(at + 1) % items.length]
  if (key === 'ArrowUp') return items.at(at <= 0 ? -1 : at - 1)
  if (key === 'Home') return items[0]
  if (key === 'End') return items.at(-1)
  if (key.length !== 1 || key === ' ' || ctrlKey || altKey || metaKey) return undefined
  const begins = (item: HTMLElement) => item.textContent?.trim().toLowerCase().startsWith(key.toLowerCase())
  return [...items.slice(at + 1), ...items.slice(0, at + 1)].find(begins)
}
