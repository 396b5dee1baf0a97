/** What the companion's window has beside the views of every customer. */
import { html, nothing, type TemplateResult } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import type { CompanionState, PowerQuestion } from '../../companion/state.js'
import type { CompanionStrings } from '../../companion/strings.js'
import { called } from '../../presence.js'
import { minutes } from '../../time.js'
import { comparison, type Frame, standing } from '../customer/views/parts.js'
import { button } from '../look/button.js'

/** What the window is drawn with. */
export interface CompanionFrame extends Frame {
  readonly t: CompanionStrings
  answer(question: number, allow: boolean): void
  password(question: number, text: string): void
  showFolder(): void
  cancelRejoin(): void
}

/** All screens, and the keys that stop it all. */
export const screensView = ({ shared, stopKeys }: CompanionState, { t }: CompanionFrame): TemplateResult =>
  html`<section class="section" part="screen" aria-label=${t.screenTitle}>
    <h2>${t.screenTitle}</h2>
    <p>${shared === undefined ? t.screenNone : html`${t.screenShared.desktop} <span class="muted figures" part="size">(${shared.width}×${shared.height})</span>`}</p>
    ${stopKeys === undefined ? '' : html`<p class="small muted" part="stop-keys">${t.stopKeys(stopKeys)}</p>`}
  </section>`

/** Where received files lie. */
export const folderView = ({ folder, received }: CompanionState, { t, showFolder }: CompanionFrame): TemplateResult =>
  received.length === 0
    ? html``
    : html`<p class="small" part="folder">${t.filesIn(folder)}</p>
        <div class="row">${button({ words: t.showFolder, look: 'outline', part: 'show-folder', press: showFolder })}</div>`

/** The way back after a restart, for as long as there is one. */
export const rejoinView = ({ rejoinReady }: CompanionState, { t, cancelRejoin }: CompanionFrame): TemplateResult =>
  rejoinReady
    ? html`<section class="section" part="rejoin"><p>${t.rejoinReady}</p><div class="row">${button({ words: t.cancelRejoin, look: 'outline', press: cancelRejoin })}</div></section>`
    : html``

/** A question for more than what was agreed to at the beginning. Esc says no. */
export function powerView(question: PowerQuestion | undefined, frame: CompanionFrame): TemplateResult {
  if (question === undefined) return html``
  const { t, now, answer } = frame
  const { id, from, words, reason, byMs } = question
  const what = whatFor(question, t)
  const refuse = ({ key, isComposing }: KeyboardEvent) => key === 'Escape' && !isComposing && answer(id, false)
  return html`<div class="asked">
    <section class="question" part="power" aria-label=${from === undefined ? what : `${called(from, t)} ${what}`} @keydown=${refuse}>
      <h2 class="title" tabindex="-1">${from === undefined ? '' : html`<span translate="no">${called(from, t)}</span> `}${what}</h2>
      ${from === undefined ? '' : standing(from, t)} ${reason === '' ? '' : html`<p>${t.reason} <q>${reason}</q></p>`}
      <p>${howSo(question, t)}</p>
      ${comparison(words, false, t, undefined)}
      ${question.kind === 'password' ? passwordForm(question, frame) : answers(question, frame)}
      ${byMs === undefined ? '' : html`<p class="small muted figures">${t.answerBy(minutes(byMs - now))}</p>`}
    </section>
  </div>`
}

const answers = ({ id, armedAtMs }: PowerQuestion, { t, now, answer }: CompanionFrame): TemplateResult => html`<div class="answers">
  ${button({ words: t.allow, look: 'primary large', part: 'allow', why: now < armedAtMs ? t.notYet : undefined, press: () => answer(id, true) })}
  ${button({ words: t.deny, look: 'outline large', part: 'deny', press: () => answer(id, false) })}
</div>`

function passwordForm({ id, attemptsLeft }: PowerQuestion, { t, answer, password }: CompanionFrame): TemplateResult {
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const field = (event.currentTarget as HTMLFormElement).elements.namedItem('password') as HTMLInputElement
    password(id, field.value)
  }
  // Nothing that was typed outlives its question.
  const form = html`<form class="question" @submit=${submit}>
    <input
      class="field"
      type="password"
      name="password"
      required
      autocomplete="off"
      aria-label=${t.passwordLabel}
      aria-describedby="password-problem"
      aria-invalid=${attemptsLeft === undefined ? nothing : 'true'}
    />
    <p id="password-problem" class="problem" role="alert">${attemptsLeft === undefined ? '' : `${t.passwordWrong} ${t.left(attemptsLeft)}`}</p>
    <div class="answers">
      <button type="submit" class="button primary large" part="button allow">${t.allow}</button>
      ${button({ words: t.deny, look: 'outline large', part: 'deny', press: () => answer(id, false) })}
    </div>
  </form>`
  return html`${keyed(id, form)}`
}

function whatFor({ kind, minutes: length }: PowerQuestion, t: CompanionStrings): string {
  if (kind === 'elevation') return t.wantsPowers(length)
  return kind === 'rejoin' ? t.wantsRestart : t.wantsPassword
}

function howSo({ kind, credentials }: PowerQuestion, t: CompanionStrings): string {
  if (kind === 'elevation') return credentials ? t.powersCredentials : t.powersHow
  return kind === 'rejoin' ? t.restartHow : t.passwordHow
}
