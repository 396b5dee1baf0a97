/** What is said. */
import { html, type TemplateResult } from 'lit'
import { type CustomerState, mayAnybody } from '../../../model.js'
import { called } from '../../../presence.js'
import type { Topic } from '../../../topics.js'
import { icons } from '../icons.js'
import type { Frame } from './parts.js'

/** Why something that a topic covers cannot be done now. */
export const whyNot = (state: CustomerState, topic: Topic, { t }: Frame): string | undefined =>
  state.people.length === 0 ? t.nobodyHere : mayAnybody(state, topic) ? undefined : t.whyNotGranted

/** Chat. */
export function chatView(state: CustomerState, frame: Frame): TemplateResult {
  const { t, actions } = frame
  const why = whyNot(state, 'talk', frame)
  const say = (event: SubmitEvent) => {
    event.preventDefault()
    if (why !== undefined) return
    const field = (event.currentTarget as HTMLFormElement).elements.namedItem('text') as HTMLInputElement
    actions.say(field.value.trim())
    field.value = ''
  }
  return html`<section class="section" part="chat" aria-label=${t.chatTitle}>
    <h2>${t.chatTitle}</h2>
    <div class="lines" part="chat-lines" role="log" tabindex="0" aria-label=${t.chatTitle}>
      ${
        state.chat.length === 0
          ? html`<p class="muted">${t.chatEmpty}</p>`
          : state.chat.map(
              ({ self, name, text }) => html`<p><span class="strong">${self ? t.me : name || t.somebody}</span> <span class="text">${text}</span></p>`,
            )
      }
    </div>
    <form class="row" @submit=${say}>
      <input class="field grow" name="text" autocomplete="off" maxlength="1000" placeholder=${t.chatPlaceholder} aria-label=${t.chatPlaceholder} ?readonly=${why !== undefined} title=${why ?? ''} />
      <button type="submit" class="button outline" part="button send" aria-disabled=${why === undefined ? 'false' : 'true'} title=${why ?? ''}>${icons.send}${t.send}</button>
    </form>
  </section>`
}

/** Who offers or asks, in a sentence's beginning. */
export const offering = (name: string, { t }: Frame): string => called({ name, role: 'agent' }, t)
