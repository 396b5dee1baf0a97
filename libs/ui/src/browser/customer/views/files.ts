/** Files: what is offered and asked for, what moves, and what came. */
import { html, type TemplateResult } from 'lit'
import { amount } from '../../../amount.js'
import type { CustomerState, FileQuestion, Transferred } from '../../../model.js'
import { sentenceOf } from '../../../strings.js'
import { minutes } from '../../../time.js'
import { button } from '../../look/button.js'
import { icons } from '../icons.js'
import type { Frame } from './parts.js'
import { offering, whyNot } from './talk.js'

/** So many names of an offer are shown. */
const SHOWN = 3

/** Files. */
export function filesView(state: CustomerState, frame: Frame): TemplateResult {
  const { t, pickFiles } = frame
  const { fileQuestions, transfers } = state
  return html`<section class="section" part="files" aria-label=${t.filesTitle}>
    <h2>${t.filesTitle}</h2>
    ${fileQuestions.map(question => questionView(question, frame))}
    ${transfers.length === 0 && fileQuestions.length === 0 ? html`<p class="muted">${t.filesEmpty}</p>` : ''}
    ${transfers.length === 0 ? '' : html`<ul class="transfers">${transfers.map(transfer => transferView(transfer, frame))}</ul>`}
    ${receivedView(state, frame)} ${frame.place()}
    <div class="row">${button({ words: t.sendFiles, icon: icons.upload, look: 'outline', part: 'send-files', why: whyNot(state, 'files', frame), press: () => pickFiles() })}</div>
  </section>`
}

/** Files that came, each with a link to save it; also when the session is over. */
export const receivedView = ({ received }: CustomerState, { t }: Frame): TemplateResult =>
  received.length === 0
    ? html``
    : html`<ul class="transfers" part="received">
        ${received.map(({ path, bytes, url }) => {
          const name = path.split('/').at(-1) ?? path
          return html`<li class="row">
            <span class="grow cut" title=${path}>${path} <span class="muted small figures">${bytes === undefined ? '' : amount(bytes, t)}</span></span>
            ${url === undefined ? '' : html`<a class="button outline tight" part="button save" href=${url} download=${name} aria-label=${t.saveFile(name)}>${icons.download}${t.save}</a>`}
          </li>`
        })}
      </ul>`

function questionView(question: FileQuestion, frame: Frame): TemplateResult {
  const { t, actions, pickFiles, now } = frame
  const { id, kind, name, entries, bytes, prompt, byMs } = question
  const decline = button({ words: t.decline, look: 'outline', part: 'decline', press: () => actions.decline(id) })
  const within = html`<p class="small muted figures">${t.answerBy(minutes(byMs - now))}</p>`
  if (kind === 'ask')
    return html`<div class="ask" part="file-ask" role="alertdialog" tabindex="-1" aria-label=${t.filesTitle}>
      <p>${t.asksForFiles(offering(name, frame))} ${prompt === '' ? '' : html`<q>${prompt}</q>`}</p>
      <div class="row">${button({ words: t.pickFiles, look: 'primary', part: 'give', press: () => pickFiles(id) })}${decline}</div>
      ${within}
    </div>`
  const shown = entries.slice(0, SHOWN).map(({ path }) => path)
  const more = entries.length > SHOWN ? ` ${t.andMore(entries.length - SHOWN)}` : ''
  return html`<div class="ask" part="file-offer" role="alertdialog" tabindex="-1" aria-label=${t.filesTitle}>
    <p>${t.offers(offering(name, frame), shown.join(', ') + more, amount(bytes, t))}</p>
    <div class="row">${button({ words: t.accept, look: 'primary', part: 'accept', press: () => actions.accept(id) })}${decline}</div>
    ${within}
  </div>`
}

function transferView({ way, name, fraction, bytesPerSecond, state, why }: Transferred, { t, now }: Frame): TemplateResult {
  const done = way === 'sending' ? t.sent : t.receivedState
  const told =
    state === 'moving'
      ? t.perSecond(amount(Math.round(bytesPerSecond), t))
      : state === 'done'
        ? done
        : why === undefined
          ? t.failed
          : sentenceOf(why, t, now).message
  return html`<li class="transfer" part="transfer" data-state=${state}>
    <div class="row"><span class="grow cut">${name}</span><span class="small muted figures">${told}</span></div>
    ${state === 'moving' ? html`<progress max="1" .value=${fraction} aria-label=${name}></progress>` : ''}
  </li>`
}
