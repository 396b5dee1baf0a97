/** Everything that a customer sees, from the PIN to the end. */
import { html, type TemplateResult } from 'lit'
import type { CustomerState } from '../../../model.js'
import { codeView, waitView } from './code.js'
import { consentView } from './consent.js'
import { endedView } from './ended.js'
import { liveView } from './live.js'
import { type Frame, noticeView } from './parts.js'

/** The page of the stage that it is at. */
export const customerView = (state: CustomerState, frame: Frame): TemplateResult =>
  state.stage.name === 'live' ? liveView(state, frame) : html`<main class="page">${noticeView(state, frame)}${stepView(state, frame)}</main>`

/** One question a page. */
function stepView(state: CustomerState, frame: Frame): TemplateResult {
  const { t } = frame
  const { stage, questions } = state
  const [question] = questions
  switch (stage.name) {
    case 'code':
      return codeView(stage.problem, frame)
    case 'joining':
      return waitView(t.joiningTitle, t.joiningHow, frame)
    case 'ended':
      return endedView(stage, state, frame)
    default:
      return question === undefined ? waitView(t.waitingTitle, t.waitingHow, frame) : consentView(question, state, frame)
  }
}
