/** Who is in the session, and what each does. */
import { html, type TemplateResult } from 'lit'
import { icons } from '../icons.js'
import type { Person } from '../model.js'
import { activity, type Strings } from '../strings.js'

const firstLetter = (name: string): string => [...name.trim()][0] ?? '?'

/** The list of users. */
export function usersView(people: readonly Person[], t: Strings): TemplateResult {
  if (people.length === 0) return html`<p class="muted">${t.nobody}</p>`
  return html`<ul part="users">
    ${people.map(
      person => html`<li class="row person ${person.inControl ? 'control' : ''}" part="user">
        <span class="avatar" aria-hidden="true">${firstLetter(person.name)}</span>
        <span class="grow">${person.name}${person.self ? html` <span class="muted">(${t.you})</span>` : ''}</span>
        ${person.elevated ? html`<span title=${t.elevated}>${icons.shield}</span>` : ''}
        <span class="doing small muted">${activity(person, t)}</span>
      </li>`,
    )}
  </ul>`
}
