/** Before anybody is there: the PIN, and the way to the agent. */
import { html, nothing, type TemplateResult } from 'lit'
import type { Problem } from '../../../model.js'
import { sentenceOf } from '../../../strings.js'
import { button } from '../../look/button.js'
import { type Frame, scam } from './parts.js'

/** One field for the PIN. Blanks, dashes and a whole pasted link are fine. */
export function codeView(problem: Problem | undefined, frame: Frame): TemplateResult {
  const { t, actions, now } = frame
  const waits = problem?.againAtMs !== undefined && problem.againAtMs > now
  const told = problem && sentenceOf(problem, t, now)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (waits) return
    actions.join(String(new FormData(event.currentTarget as HTMLFormElement).get('pin') ?? '').trim())
  }
  return html`<form class="question" part="code" novalidate @submit=${submit}>
    <h1 tabindex="-1">${t.codeTitle}</h1>
    <p class="muted" id="code-how">${t.codeHow}</p>
    <input
      class="field pin"
      part="pin"
      name="pin"
      inputmode="numeric"
      autocomplete="one-time-code"
      autocapitalize="off"
      spellcheck="false"
      aria-label=${t.codeLabel}
      aria-describedby="code-how code-problem"
      aria-invalid=${told === undefined ? nothing : 'true'}
      value=${problem?.typed ?? ''}
    />
    <p id="code-problem" class="problem" part="problem" role="alert">
      ${told === undefined ? '' : html`<span class="strong">${told.message}</span> ${told.hint ?? ''}`}
    </p>
    <div class="answers">
      <button type="submit" class="button primary large" part="button next" aria-disabled=${waits ? 'true' : nothing}>${t.next}</button>
    </div>
    ${scam(frame)}
  </form>`
}

/** On the way, and nobody has asked yet. */
export const waitView = (title: string, how: string, { t, actions }: Frame): TemplateResult =>
  html`<section class="question" part="waiting">
    <h1 tabindex="-1"><span class="dot awaited"></span>${title}</h1>
    <p class="muted">${how}</p>
    <div class="answers">${button({ words: t.cancel, look: 'outline large', part: 'cancel', press: () => actions.cancel() })}</div>
  </section>`
