/** Who is there and what they do, in a sentence: what a customer must always be able to see. */
import type { CustomerState, Helper, Present } from './model.js'
import type { Strings } from './strings.js'

/** What somebody is called. */
export const called = ({ name, role }: Pick<Helper, 'name' | 'role'>, t: Strings): string => name || (role === 'viewer' ? t.aViewer : t.anAgent)

/** What goes on, in a sentence; and how it looks. `mostNames`: whoever is beyond it is counted, not named. */
export function presence(
  { lineUp, paused, people, shared }: CustomerState,
  t: Strings,
  mostNames = Number.POSITIVE_INFINITY,
): { readonly sentence: string; readonly look: string } {
  const named = (named: readonly Present[]) => namesOf(named, t, mostNames)
  if (!lineUp) return { sentence: t.reconnecting, look: 'awaited' }
  if (people.length === 0) return { sentence: t.nobodyHere, look: 'quiet' }
  if (paused) return { sentence: t.paused, look: 'quiet' }
  const controlling = people.filter(({ inControl }) => inControl)
  if (controlling.length > 0) return { sentence: t.controlling(named(controlling), controlling.length > 1), look: 'seen' }
  const viewing = shared === undefined ? [] : people.filter(({ away, holds }) => !away && holds.includes('see'))
  if (viewing.length > 0) return { sentence: t.viewing(named(viewing), viewing.length > 1), look: 'seen' }
  return { sentence: t.present(named(people), people.length > 1), look: 'quiet' }
}

function namesOf(people: readonly Present[], t: Strings, most: number): string {
  const names = people.slice(0, most).map(person => called(person, t))
  const last = people.length > most ? t.others(people.length - most) : (names.pop() ?? '')
  return names.length === 0 ? last : `${names.join(', ')} ${t.and} ${last}`
}
