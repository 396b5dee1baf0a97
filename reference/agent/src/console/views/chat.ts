/** Chat. */
import { html, type TemplateResult } from 'lit'
import { icons } from '../icons.js'
import type { Actions, ConsoleState } from '../model.js'
import type { Strings } from '../strings.js'
import { whyNot } from './parts.js'

/** What was said, and a line to say more. */
export function chatSection(state: ConsoleState, actions: Actions, t: Strings): TemplateResult {
  const { chat, can, unread } = state
  const why = whyNot(state, t) ?? (can.includes('chat') ? undefined : t.whyNoChat)
  const say = (event: SubmitEvent) => {
    event.preventDefault()
    const field = (event.target as HTMLFormElement).elements.namedItem('line') as HTMLInputElement
    if (why !== undefined || field.value.trim() === '') return
    actions.say(field.value)
    field.value = ''
  }
  const off = why === undefined ? 'false' : 'true'
  return html`<section class="section talk" part="chat" aria-label=${t.chat}>
    <h2>${t.chat}${unread === 0 ? '' : html`<span class="count figures" title=${t.unread(unread)}>${unread}</span>`}</h2>
    <div class="lines" role="log" aria-label=${t.chat} tabindex="0">
      ${chat.length === 0 ? html`<p class="muted">${t.chatEmpty}</p>` : chat.map(({ name, text }) => html`<p><b>${name}</b>${text}</p>`)}
    </div>
    <form class="say" @submit=${say}>
      <input class="field" name="line" autocomplete="off" maxlength="1000" placeholder=${t.chatPlaceholder} aria-label=${t.chatPlaceholder} title=${why ?? ''} aria-disabled=${off} aria-description=${why ?? ''} />
      <button class="button square" part="button" aria-label=${t.send} title=${why ?? t.send} aria-disabled=${off} aria-description=${why ?? ''}>${icons.send}</button>
    </form>
  </section>`
}
