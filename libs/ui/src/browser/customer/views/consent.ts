/** Somebody asks: who it is, what they may do, and the answer. */
import { html, type TemplateResult } from 'lit'
import type { CustomerState, Question } from '../../../model.js'
import { called } from '../../../presence.js'
import { minutes } from '../../../time.js'
import type { Topic } from '../../../topics.js'
import { button } from '../../look/button.js'
import { icons } from '../icons.js'
import { companion, comparison, type Frame, scam, standing, toggle } from './parts.js'

/** The first question, as a page or above one. */
export function consentView(question: Question, { stage, compared }: CustomerState, frame: Frame): TemplateResult {
  const { t, actions, chosen, now } = frame
  const { from, words, reason, topics, wantsControl, byMs } = question
  const first = stage.name !== 'live'
  const what = from.role === 'viewer' ? t.asksToWatch : first ? t.asksToHelp : t.asksMore
  const title = html`<span translate="no">${called(from, t)}</span> ${what}`
  return html`<section class="question" part="consent" aria-label="${called(from, t)} ${what}">
    ${first ? html`<h1 tabindex="-1">${title}</h1>` : html`<h2 class="title" tabindex="-1">${title}</h2>`}
    ${standing(from, t)}
    ${reason === '' ? '' : html`<p>${t.reason} <q>${reason}</q></p>`}
    ${comparison(words, compared.includes(from.id), t, () => actions.sameWords(from.id))}
    ${first ? html`<h2>${t.mayTitle}</h2>` : html`<h3>${t.mayTitle}</h3>`}
    <ul class="switches">
      ${topics.map(topic => topicSwitch(topic, question.id, frame))}
      ${
        wantsControl
          ? html`<li class="switch cannot" part="no-control">
              <span class="strong">${t.control}</span>${icons.pointer}<span class="small muted how">${t.controlNever}</span>
              <div class="how">${companion(frame)}</div>
            </li>`
          : ''
      }
    </ul>
    ${scam(frame)}
    <div class="answers">
      ${button({
        words: t.start,
        look: 'primary large',
        part: 'start',
        why: chosen.size === 0 ? t.whyNothingChosen : undefined,
        press: () => actions.start(chosen),
      })}
      ${button({ words: t.notNow, look: 'outline large', part: 'refuse', press: () => actions.refuse() })}
    </div>
    <p class="small muted figures">${t.answerBy(minutes(byMs - now))}</p>
  </section>`
}

function topicSwitch(topic: Topic, question: number, { t, chosen, choose, hindered }: Frame): TemplateResult {
  return toggle({
    id: `ask-${question}-${topic}`,
    title: t[topic],
    how: t[`${topic}How`],
    on: chosen.has(topic),
    why: hindered(topic),
    change: on => choose(topic, on),
  })
}
