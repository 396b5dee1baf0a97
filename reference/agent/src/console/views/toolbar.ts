/** The bar above the picture and the foot below it. */
import { html, type TemplateResult } from 'lit'
import { icons } from '../icons.js'
import { type Actions, COMBOS, type Combo, type ConsoleState, currentScreen, isInSession, nextScreen } from '../model.js'
import { comboLabel, minutes, type Strings } from '../strings.js'
import { elevateMenu } from './elevation.js'
import { button, type Frame, place } from './parts.js'

/** How the picture is shown, and what else the element decides alone. */
export interface ViewControls {
  readonly actualSize: boolean
  readonly fullScreen: boolean
  readonly canFullScreen: boolean
  readonly panelOpen: boolean
  toggleSize(): void
  toggleFullScreen(): void
  togglePanel(): void
}

/** Why nothing can be done at the moment; undefined if something can. */
function whyNot({ stage }: ConsoleState, t: Strings): string | undefined {
  if (stage.name === 'live') return undefined
  if (stage.name === 'paused') return t.whyPaused
  return stage.name === 'reconnecting' ? t.whyLine : t.whyNotYet
}

/** The bar: screen, control, keys, clipboard, and how the picture is shown. */
export function toolbarView(state: ConsoleState, actions: Actions, view: ViewControls, { t }: Frame): TemplateResult {
  const screen = currentScreen(state)
  return html`<header class="bar" part="toolbar" role="toolbar" aria-label=${t.session}>
    <span class="label figures">${icons.screen}${screen === undefined ? t.none : `${screen.number} (${screen.width}×${screen.height})`}</span>
    ${nextButton(state, actions, t)}
    <span class="divider"></span>
    ${controlButton(state, actions, t)} ${keysMenu(state, actions, t)} ${elevateMenu(state, actions, t, whyNot(state, t))} ${clipboardBox(state, actions, t)}
    <span class="space"></span>
    ${state.heldOff ? html`<span class="chip not-narrow">${t.heldOff}</span>` : ''}
    ${state.rttMs === undefined ? '' : html`<span class="chip figures not-narrow" part="quality">${t.milliseconds(state.rttMs)}</span>`}
    ${button({
      words: view.actualSize ? t.actualSize : t.fit,
      icon: icons.fit,
      title: view.actualSize ? t.fit : t.actualSize,
      look: 'not-narrow',
      press: () => view.toggleSize(),
    })}
    ${button({ icon: icons.panel, look: view.panelOpen ? 'square on not-narrow' : 'square not-narrow', title: t.panel, pressed: view.panelOpen, press: () => view.togglePanel() })}
  </header>`
}

function nextButton(state: ConsoleState, actions: Actions, t: Strings): TemplateResult {
  const { screens } = state
  const why = whyNot(state, t) ?? (screens.length === 0 ? t.whyNoScreen : screens.length === 1 ? t.whyOneScreen : undefined)
  const words = t.nextScreen(screens.length > 1 ? nextScreen(state)?.number : undefined)
  return button({ words, icon: icons.next, part: 'next-screen', title: words, why, press: () => actions.nextScreen() })
}

function controlButton(state: ConsoleState, actions: Actions, t: Strings): TemplateResult {
  const { control, can } = state
  if (control === 'ours') {
    const why = whyNot(state, t)
    return button({
      words: t.releaseControl,
      icon: icons.pointer,
      look: 'on stay',
      part: 'control',
      title: t.releaseHint,
      pressed: true,
      why,
      press: () => actions.releaseControl(),
    })
  }
  const why = whyNot(state, t) ?? (can.includes('control') ? (control === 'other' ? t.whyOtherControls : undefined) : t.whyNoControl)
  return button({
    words: t.takeControl,
    icon: icons.pointer,
    look: why === undefined ? 'primary stay' : 'stay',
    part: 'control',
    why,
    press: () => actions.takeControl(),
  })
}

/** Why a combination cannot be sent. */
export function whyNotCombo(combo: Combo, { elevated }: ConsoleState, t: Strings): string | undefined {
  return combo === 'ctrl+alt+delete' && !elevated ? t.whyElevate : undefined
}

function keysMenu(state: ConsoleState, actions: Actions, t: Strings): TemplateResult {
  const why = whyNot(state, t) ?? (state.control === 'ours' ? undefined : t.whyTakeControl)
  const close = (event: Event) => (event.currentTarget as HTMLElement).hidePopover()
  return html`${button({ words: t.sendKeys, icon: icons.keys, part: 'send-keys', title: t.sendKeys, why, opens: 'keys' })}
    <div class="menu" id="keys" popover part="menu" aria-label=${t.sendKeys} @beforetoggle=${place} @click=${close}>
      ${COMBOS.map(combo => button({ words: comboLabel(combo), look: 'stay', why: whyNotCombo(combo, state, t), press: () => actions.sendKeys(combo) }))}
    </div>`
}

function clipboardBox(state: ConsoleState, actions: Actions, t: Strings): TemplateResult {
  const allowed = state.can.includes('clipboard-to') || state.can.includes('clipboard-from')
  const why = whyNot(state, t) ?? (allowed ? undefined : t.whyNoClipboard)
  const change = (event: Event) => {
    const box = event.target as HTMLInputElement
    if (why === undefined) actions.syncClipboard(box.checked)
    box.checked = state.syncsClipboard
  }
  return html`<label class="button stay" part="button clipboard" title=${why ?? t.syncClipboard} aria-disabled=${why === undefined ? 'false' : 'true'}>
    <input type="checkbox" .checked=${state.syncsClipboard} aria-disabled=${why === undefined ? 'false' : 'true'} aria-description=${why ?? ''} @change=${change} />
    <span class="words not-narrow">${t.syncClipboard}</span><span class="only-narrow">${icons.copy}</span>
  </label>`
}

/** The foot: what is special now, full screen, and the way out. */
export function footView(state: ConsoleState, actions: Actions, view: ViewControls, { t, now }: Frame): TemplateResult {
  const { endsAtMs } = state
  const inSession = isInSession(state.stage)
  return html`<footer class="foot" part="foot">
    ${button({ words: t.panel, icon: icons.panel, look: view.panelOpen ? 'on only-narrow' : 'only-narrow', pressed: view.panelOpen, press: () => view.togglePanel() })}
    ${state.elevated ? html`<span class="chip accent">${icons.shield}${t.elevated}</span>` : ''}
    ${endsAtMs === undefined ? '' : html`<span class="chip figures" role="timer" part="limit" title=${t.endsSoonWhy}>${t.endsSoon(minutes(endsAtMs - now))}</span>`}
    <span class="space"></span>
    ${button({
      words: view.fullScreen ? t.leaveFullScreen : t.fullScreen,
      icon: icons.fullScreen,
      look: 'folds',
      why: view.canFullScreen ? (inSession ? undefined : t.whyNotYet) : t.whyNoFullScreen,
      press: () => view.toggleFullScreen(),
    })}
    ${button({ words: t.leave, icon: icons.leave, look: 'danger outline', part: 'leave', title: t.leaveHint, press: () => actions.leave() })}
  </footer>`
}
