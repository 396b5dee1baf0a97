/** Asking for elevated powers: how, how far and for how long; and the form for an account and its password. */
import { button, icons } from '@remote-assist/ui/browser'
import { html, type TemplateResult } from 'lit'
import { ref } from 'lit/directives/ref.js'
import { minutesUpTo, USUAL_MINUTES } from '../elevation.js'
import type { Actions, ConsoleState, ElevationWay } from '../model.js'
import type { Strings } from '../strings.js'
import { place, takeKeyboard, whyNot } from './parts.js'

/** Why nobody can elevate now; undefined = it can be asked for. */
const whyNotElevate = (state: ConsoleState, t: Strings): string | undefined =>
  whyNot(state, t) ??
  (state.elevationMinutes === 0 ? t.whyElevationPolicy : undefined) ??
  (state.can.includes('elevate') ? (state.control === 'ours' ? undefined : t.whyTakeControl) : t.whyNoElevation)

/** Where the customer's computer can elevate: a button that opens what can be asked for; while a request is open or powers are there, it gives them up. */
export function elevateButton(state: ConsoleState, actions: Actions, t: Strings): TemplateResult {
  const { elevated, elevating, canElevate } = state
  if (elevated || elevating !== undefined) {
    const words = elevated ? t.elevated : t.elevating
    const title = elevated ? t.elevationDropHint : t.elevationCancel
    return button({ words, icon: icons.shield, look: 'on', part: 'elevate', title, pressed: elevated, press: () => actions.dropElevation() })
  }
  if (!canElevate) return html``
  const ask = (way: ElevationWay) => (event: Event) => {
    const form = (event.currentTarget as HTMLElement).closest('form') as HTMLFormElement
    const given = (name: string) => (form.elements.namedItem(name) as HTMLInputElement).value
    form.closest<HTMLElement>('[popover]')?.hidePopover()
    const reason = given('reason').trim() || t.elevationReason
    actions.elevate({ way, reason, minutes: Number(given('minutes')), scope: given('scope') === 'standard' ? 'standard' : 'admin' })
  }
  const way = (words: string, look: string, press: (event: Event) => void) =>
    html`<button type="button" class="button ${look}" part="button" @click=${press}><span class="words">${words}</span></button>`
  return html`${button({ words: t.elevate, icon: icons.shield, part: 'elevate', title: t.elevate, why: whyNotElevate(state, t), opens: 'elevation', popup: 'dialog' })}
    <div class="menu" id="elevation" popover part="menu" role="dialog" aria-label=${t.elevate} @beforetoggle=${place}>
    <form class="form wish" @submit=${(event: Event) => event.preventDefault()}>
      <label>${t.elevationWhy}<input class="field" name="reason" maxlength="120" placeholder=${t.elevationReason} autocomplete="off" /></label>
      <label>${t.elevationScope}<select class="field" name="scope"><option value="admin">${t.scopeAdmin}</option><option value="standard">${t.scopeStandard}</option></select></label>
      <label>${t.elevationFor}<select class="field figures" name="minutes">${minutesUpTo(state.elevationMinutes).map(n => html`<option value=${n} ?selected=${n <= USUAL_MINUTES}>${t.minutesLong(n)}</option>`)}</select></label>
      <div class="answers">
        ${state.takesCredentials ? way(t.elevateByCredentials, '', ask('credentials')) : ''} ${way(t.elevateByPrompt, 'primary', ask('prompt'))}
      </div>
    </form></div>`
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
