/** The side panel: how others join, who is here, which screen, files, chat. */
import { html, type TemplateResult } from 'lit'
import { type Actions, type ConsoleState, isInSession } from '../model.js'
import { chatSection } from './chat.js'
import type { ViewControls } from './controls.js'
import type { Frame } from './parts.js'
import { screenFacts } from './screens.js'
import { shareSection } from './share.js'
import { transfersSection } from './transfers.js'
import { usersView } from './users.js'
import { wordsSection } from './words.js'

/** The panel's sections. */
export function panelView(state: ConsoleState, actions: Actions, view: ViewControls, frame: Frame): TemplateResult {
  const { t } = frame
  const inSession = isInSession(state.stage)
  return html`
    <div class="sections">
      ${inSession ? transfersSection(state, actions, t) : shareSection(state, actions, view, frame)}
      <section class="section" aria-label=${t.users}><h2>${t.users}</h2>${usersView(state.people, t, inSession && state.leads ? actions : undefined)}</section>
      ${inSession ? shareSection(state, actions, view, frame) : ''} ${state.comparison === undefined ? '' : wordsSection(state.comparison, t, actions)}
      ${inSession ? '' : html`<section class="section" aria-label=${t.screen}><h2>${t.screen}</h2><p class="figures">${screenFacts(state, t)}</p></section>`}
    </div>
    ${inSession ? chatSection(state, actions, t) : ''}
  `
}
