/** While somebody may do something: what is shared, what they may, who is here. */
import { html, type TemplateResult } from 'lit'
import { type CustomerState, mayAnybody, type Present } from '../../../model.js'
import { called } from '../../../presence.js'
import { button } from '../../look/button.js'
import { barView } from './bar.js'
import { consentView } from './consent.js'
import { filesView } from './files.js'
import { logView } from './log.js'
import { companion, comparison, type Frame, noticeView, standing, toggle } from './parts.js'
import { chatView } from './talk.js'

/** Everything below the bar, and the bar. */
export function liveView(state: CustomerState, frame: Frame): TemplateResult {
  const [question] = state.questions
  return html`<div class="live">
    ${barView(state, frame)} ${noticeView(state, frame)} ${frame.asked()}
    ${question === undefined ? '' : html`<div class="asked">${consentView(question, state, frame)}</div>`}
    <main class="sections">
      <div class="column">${frame.screen()} ${allowedView(state, frame)} ${peopleView(state, frame)}</div>
      <div class="column">${chatView(state, frame)} ${filesView(state, frame)} ${frame.more()} ${logView(state, frame)}</div>
    </main>
  </div>`
}

function allowedView(state: CustomerState, frame: Frame): TemplateResult {
  const { t, actions, able, hindered } = frame
  const nobody = state.people.some(({ role }) => role === 'agent') ? undefined : t.nobodyHere
  return html`<section class="section" part="allowed" aria-label=${t.allowedTitle}>
    <h2>${t.allowedTitle}</h2>
    <ul class="switches">
      ${able
        .filter(topic => topic !== 'record' || mayAnybody(state, topic))
        .map(topic =>
          toggle({
            id: `may-${topic}`,
            title: t[topic],
            how: t[`${topic}How`],
            on: mayAnybody(state, topic),
            why: hindered(topic) ?? nobody,
            change: on => actions.allow(topic, on),
          }),
        )}
    </ul>
    ${companion(frame)}
  </section>`
}

const peopleView = ({ people, compared }: CustomerState, frame: Frame): TemplateResult => {
  const { t } = frame
  return html`<section class="section" part="people" aria-label=${t.peopleTitle}>
    <h2>${t.peopleTitle}</h2>
    ${people.length === 0 ? html`<p class="muted">${t.nobodyHow}</p>` : html`<ul class="people">${people.map(person => personView(person, compared, frame))}</ul>`}
  </section>`
}

const personView = (person: Present, compared: readonly number[], { t, actions }: Frame): TemplateResult => {
  const name = called(person, t)
  return html`<li class="person" part="person">
    <div class="row">
      <p class="grow cut"><span class="strong" translate="no">${name}</span> <span class="muted small">${doing(person, t)}</span></p>
      ${button({ words: t.turnOut, title: t.turnOutWho(name), look: 'tight danger', part: 'turn-out', press: () => actions.turnOut(person.id) })}
    </div>
    ${standing(person, t)} ${comparison(actions.wordsOf(person.id), compared.includes(person.id), t, () => actions.sameWords(person.id))}
  </li>`
}

function doing({ away, recording, role }: Present, t: Frame['t']): string {
  if (away) return t.away
  if (recording) return t.recording
  return role === 'viewer' ? t.viewer : t.agent
}
