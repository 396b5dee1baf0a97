/** The end: why, what came, and what was done. */
import { html, type TemplateResult } from 'lit'
import type { CustomerState, Stage } from '../../../model.js'
import { sentenceOf } from '../../../strings.js'
import { button } from '../../look/button.js'
import { receivedView } from './files.js'
import { logView } from './log.js'
import type { Frame } from './parts.js'

/** It is over. */
export function endedView({ why, refused }: Extract<Stage, { readonly name: 'ended' }>, state: CustomerState, frame: Frame): TemplateResult {
  const { t, actions, now } = frame
  const { message, hint } = sentenceOf(why, t, now)
  return html`<section class="question" part="ended">
    <h1 tabindex="-1">${refused ? t.refusedTitle : t.endedTitle}</h1>
    <p part="reason">${refused ? t.refusedHow : html`${message} ${hint ?? ''} ${t.endedHow}`}</p>
    ${state.received.length === 0 ? '' : html`<h2>${t.filesTitle}</h2>${receivedView(state, frame)} ${frame.place()}`}
    ${state.log.length === 0 ? '' : logView(state, frame)}
    <div class="answers">${button({ words: t.again, look: 'outline large', part: 'again', press: () => actions.restart() })}</div>
  </section>`
}
