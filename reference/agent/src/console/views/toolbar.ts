/** The bar above the picture and the foot below it. */

import { minutes } from '@remote-assist/ui'
import { button, icons } from '@remote-assist/ui/browser'
import { html, type TemplateResult } from 'lit'
import type { Actions, ConsoleState } from '../model.js'
import type { Strings } from '../strings.js'
import type { ViewControls } from './controls.js'
import { drawMenu } from './draw.js'
import { elevateButton } from './elevation.js'
import { controlButton, keysMenu } from './keys.js'
import { qualityView, sizeMenu, slowView } from './look.js'
import { newsOf } from './news.js'
import { type Frame, whyNot } from './parts.js'
import { nextButton, screenPicker } from './screens.js'
import { filesMenu } from './transfers.js'

/** The bar: screen, control, keys, files, clipboard, and how the picture is shown. */
export function toolbarView(state: ConsoleState, actions: Actions, view: ViewControls, frame: Frame): TemplateResult {
  const { t } = frame
  return html`<header class="bar" part="toolbar" aria-label=${t.tools}>
    <h1 class="unseen">${t.product}</h1>
    ${screenPicker(state, actions, t)} ${nextButton(state, actions, t)}
    <span class="divider"></span>
    ${controlButton(state, actions, t)} ${keysMenu(state, actions, t)} ${filesMenu(state, actions, view, t)} ${clipboardBox(state, actions, t)}
    ${elevateButton(state, actions, t)} ${drawMenu(state, view, t)}
    <slot name="toolbar"></slot>
    <span class="space"></span>
    ${qualityView(state, t)} ${sizeMenu(view, t)} ${panelButton(state, view, t, 'square not-narrow')}
    ${view.fullScreen ? html`<span class="outs"><span class="divider"></span>${specialView(state, actions, frame)} ${outView(actions, view, t)}</span>` : ''}
  </header>`
}

/** What a finger brings the bar back with in full screen, where no pointer goes to the edge. */
export const barHandle = (t: Strings, press: () => void): TemplateResult =>
  button({ icon: icons.down, look: 'outline handle', part: 'handle', title: t.tools, press })

/** Opens the panel, and counts what is new in it while it is folded. */
export function panelButton(
  state: Pick<ConsoleState, 'unread' | 'files'>,
  { panelOpen, togglePanel }: Pick<ViewControls, 'panelOpen' | 'togglePanel'>,
  t: Strings,
  look: string,
  words?: string,
): TemplateResult {
  const { count, words: news } = newsOf(state, t)
  const mark = panelOpen ? 0 : count
  const title = mark === 0 ? t.panel : `${t.panel}: ${news}`
  return button({ ...(words && { words }), icon: icons.panel, look: panelOpen ? `on ${look}` : look, title, pressed: panelOpen, mark, press: togglePanel })
}

function clipboardBox(state: ConsoleState, actions: Actions, t: Strings): TemplateResult {
  const allowed = state.can.includes('clipboard-to') || state.can.includes('clipboard-from')
  const why = whyNot(state, t) ?? (allowed ? undefined : t.whyNoClipboard)
  const change = (event: Event) => {
    const box = event.target as HTMLInputElement
    if (why === undefined) actions.syncClipboard(box.checked)
    box.checked = state.syncsClipboard
  }
  return html`<label class="button stay ${why === undefined ? '' : 'off'}" part="button clipboard" title=${why ?? t.syncClipboard}>
    <input type="checkbox" aria-label=${t.syncClipboard} .checked=${state.syncsClipboard} aria-disabled=${why === undefined ? 'false' : 'true'} aria-description=${why ?? ''} @change=${change} />
    <span class="words not-narrow">${t.syncClipboard}</span><span class="only-narrow">${icons.copy}</span>
  </label>`
}

/** The foot: what is special now, full screen, and the way out. In a session in full screen they are in the bar. */
export const footView = (state: ConsoleState, actions: Actions, view: ViewControls, frame: Frame): TemplateResult =>
  html`<footer class="foot" part="foot">
    ${panelButton(state, view, frame.t, 'only-narrow', frame.t.panel)} ${specialView(state, actions, frame)}
    <span class="outs">${outView(actions, view, frame.t)}</span>
  </footer>`

/** Powers, a slow line and the end of the session, while there is something to say of them. */
function specialView(state: ConsoleState, actions: Actions, { t, now }: Frame): TemplateResult {
  const { elevated, elevatedUntilMs, endsAtMs } = state
  const left = elevatedUntilMs === undefined ? t.elevated : t.elevatedFor(minutes(elevatedUntilMs - now))
  return html`${
    elevated
      ? html`<span class="chip accent figures" part="elevated">${icons.shield}${left}</span>
          ${button({ words: t.elevationDrop, look: 'tight stay', part: 'drop', title: t.elevationDropHint, press: () => actions.dropElevation() })}`
      : ''
  }
  ${slowView(state, t)}
  ${endsAtMs === undefined ? '' : html`<span class="chip figures" role="timer" part="limit" title=${t.endsSoonWhy}>${t.endsSoon(minutes(endsAtMs - now))}</span>`}`
}

/** Full screen, and the way out. */
const outView = (actions: Actions, view: ViewControls, t: Strings): TemplateResult =>
  html`<slot name="foot"></slot>
  ${button({
    words: view.fullScreen ? t.leaveFullScreen : t.fullScreen,
    icon: icons.fullScreen,
    look: 'folds',
    part: 'full-screen',
    title: t.fullScreenHint,
    why: view.canFullScreen ? undefined : t.whyNoFullScreen,
    press: () => view.toggleFullScreen(),
  })}
  ${button({ words: t.leave, icon: icons.leave, look: 'danger outline stay', part: 'leave', title: t.leaveHint, press: () => actions.leave() })}`
