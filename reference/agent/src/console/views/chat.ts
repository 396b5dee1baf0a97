/** Chat. */
import { icons } from '@remote-assist/ui/browser'
import { html, type TemplateResult } from 'lit'
import type { Actions, ConsoleState } from '../model.js'
import { called, type Strings } from '../strings.js'
import { whyNot } from './parts.js'

/** What was said, and a line to say more. It shows its end, where new lines come, until somebody scrolls back. */
export function chatSection(state: ConsoleState, actions: Pick<Actions, 'say'>, t: Strings): TemplateResult {
  const { chat, can, unread } = state
  const why = whyNot(state, t) ?? (can.includes('chat') ? undefined : t.whyNoChat)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.target as HTMLFormElement
    const field = form.elements.namedItem('line') as HTMLInputElement
    if (why !== undefined || field.value.trim() === '') return
    actions.say(field.value)
    field.value = ''
    form.previousElementSibling?.scrollTo(0, 0)
  }
  const off = why === undefined ? 'false' : 'true'
  return html`<section class="section talk" part="chat" aria-label=${t.chat}>
    <h2>${t.chat}${unread === 0 ? '' : html`<span class="count figures" title=${t.unread(unread)}>${unread}</span>`}</h2>
    <div class="lines" role="log" aria-label=${t.chat} tabindex="0">
      <div>${chat.length === 0 ? html`<p class="muted">${t.chatEmpty}</p>` : chat.map(said => html`<p><b>${called(said, t)}</b>${said.text}</p>`)}</div>
    </div>
    <form class="say" @submit=${submit}>
      <input class="field" name="line" autocomplete="off" maxlength="1000" placeholder=${t.chatPlaceholder} aria-label=${t.chatPlaceholder} title=${why ?? ''} aria-disabled=${off} aria-description=${why ?? ''} />
      <button class="button square" part="button" aria-label=${t.send} title=${why ?? t.send} aria-disabled=${off} aria-description=${why ?? ''}>${icons.send}</button>
    </form>
  </section>`
}
