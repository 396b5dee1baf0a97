/** Who is in the session, who vouches for them, and what each does. */
import { button, icons } from '@remote-assist/ui/browser'
import { html, type TemplateResult } from 'lit'
import type { Ability, Actions, Person } from '../model.js'
import { activity, called, type Strings } from '../strings.js'

const firstLetter = (name: string): string => [...name.trim()][0] ?? '?'

/** What somebody may do, in the order of the words for it. */
const SHOWN: readonly Ability[] = ['view', 'control', 'clipboard-to', 'clipboard-from', 'files-to', 'files-from', 'chat', 'annotate', 'elevate']

/** The list of users. `lead`: what the agent who leads can do about them. */
export function usersView(people: readonly Person[], t: Strings, lead?: Pick<Actions, 'remove'>): TemplateResult {
  if (people.length === 0) return html`<p class="muted">${t.nobody}</p>`
  return html`<ul part="users">
    ${people.map(
      person => html`<li class="row person ${person.inControl ? 'control' : ''}" part="user">
        <span class="avatar" aria-hidden="true">${firstLetter(called(person, t))}</span>
        <span class="who">
          <span class="cut" title=${called(person, t)}>${called(person, t)}${person.self ? html` <span class="muted">(${t.you})</span>` : ''}</span>
          ${vouchedView(person, t)} ${grantsView(person, t)}
        </span>
        ${person.elevated ? html`<span title=${t.elevated}>${icons.shield}</span>` : ''}
        <span class="doing small muted">${activity(person, t)}</span>
        ${lead === undefined || person.self || person.role === 'customer' ? '' : button({ icon: icons.close, look: 'square tight', title: t.removePerson(called(person, t)), press: () => lead.remove(person) })}
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

/** What the customer lets somebody do; to a screen reader in full. */
function grantsView({ can, role }: Person, t: Strings): TemplateResult {
  const names = [...new Set(SHOWN.filter(ability => can.includes(ability)).map(ability => t.abilities[ability]))]
  if (role === 'customer' || names.length === 0) return html``
  return html`<span class="cut small muted" part="grants" title=${names.join(', ')}>${names.join(', ')}</span>`
}
