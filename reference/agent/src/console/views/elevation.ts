/** The menu by which an agent elevates, and the form for an account and its password. */
import { html, type TemplateResult } from 'lit'
import { ref } from 'lit/directives/ref.js'
import { icons } from '../icons.js'
import type { Actions, ConsoleState } from '../model.js'
import type { Strings } from '../strings.js'
import { button, place } from './parts.js'

/** Why nobody can elevate now, beside what keeps everything from being done; undefined = it can be asked for. */
function whyNot({ can, canElevate, control }: ConsoleState, t: Strings): string | undefined {
  if (!canElevate) return t.whyCannotElevate
  if (!can.includes('elevate')) return t.whyNoElevation
  return control === 'ours' ? undefined : t.whyTakeControl
}

/** A button that opens the ways to elevate that the customer's computer has; while a request is open or powers are there, it gives them up. */
export function elevateMenu(state: ConsoleState, actions: Actions, t: Strings, blocked: string | undefined): TemplateResult {
  const { elevated, elevating } = state
  if (elevated || elevating !== undefined) {
    const words = elevated ? t.elevated : t.elevating
    const title = elevated ? t.elevationDrop : t.elevationCancel
    return button({ words, icon: icons.shield, look: 'on', part: 'elevate', title, pressed: elevated, press: () => actions.dropElevation() })
  }
  const close = (event: Event) => (event.currentTarget as HTMLElement).hidePopover()
  const way = (words: string, press: () => void) => button({ words, look: 'stay', press })
  return html`${button({ words: t.elevate, icon: icons.shield, part: 'elevate', title: t.elevate, why: blocked ?? whyNot(state, t), opens: 'elevation' })}
    <div class="menu" id="elevation" popover part="menu" aria-label=${t.elevate} @beforetoggle=${place} @click=${close}>
      ${way(t.elevateByPrompt, () => actions.elevate('prompt', t.elevationReason))}
      ${state.takesCredentials ? way(t.elevateByCredentials, () => actions.elevate('credentials', t.elevationReason)) : ''}
    </div>`
}

/** What is typed from here on is for the form, and no longer for the customer's desktop. */
function takeKeyboard(field: Element | undefined): void {
  // It is in the page only once everything is drawn.
  queueMicrotask(() => (field as HTMLInputElement | undefined)?.focus())
}

/** Account and password, for the customer's computer alone. The browser is asked to keep neither. */
export function credentialsForm(actions: Actions, t: Strings): TemplateResult {
  const give = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.target as HTMLFormElement
    const [account, password] = ['account', 'password'].map(name => form.elements.namedItem(name) as HTMLInputElement)
    if (account === undefined || password === undefined) return
    const credentials = { account: account.value, password: new TextEncoder().encode(password.value) }
    form.reset()
    actions.giveCredentials(credentials)
  }
  return html`<form class="sheet form" part="credentials" autocomplete="off" aria-label=${t.credentialsTitle} @submit=${give}>
    <span class="mark">${icons.shield}</span>
    <strong>${t.credentialsTitle}</strong>
    <p class="muted small">${t.credentialsHow}</p>
    <label>${t.account}<input class="field" name="account" required maxlength="64" autocomplete="off" autocapitalize="off" spellcheck="false" ${ref(takeKeyboard)} /></label>
    <label>${t.password}<input class="field" name="password" type="password" maxlength="256" autocomplete="off" /></label>
    <div class="answers">
      ${button({ words: t.cancel, press: () => actions.giveCredentials(undefined) })}
      <button type="submit" class="button primary" part="button">${t.elevate}</button>
    </div>
  </form>`
}
