/** Who is in the session, who vouches for them, and what each does. */
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
        <span class="who">
          <span class="cut" title=${person.name}>${person.name}${person.self ? html` <span class="muted">(${t.you})</span>` : ''}</span>
          ${vouchedView(person, t)}
        </span>
        ${person.elevated ? html`<span title=${t.elevated}>${icons.shield}</span>` : ''}
        <span class="doing small muted">${activity(person, t)}</span>
      </li>`,
    )}
  </ul>`
}

/** Only the customer can say who vouches for an agent: what it has not said, or what it says of others, is not shown. */
function vouchedView({ organisation }: Person, t: Strings): TemplateResult {
  if (organisation === undefined) return html``
  const text = organisation === '' ? t.unverified : t.verifiedBy(organisation)
  return html`<span class="cut small muted" part="organisation" title=${organisation === '' ? t.unverifiedHint : text}>${text}</span>`
}
