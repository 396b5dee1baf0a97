/** Words of the wire as the console has them. */

import { type Participant, Permission, Role, type Screens, type Session } from '@remote-assist/peer'
import type { Ability, Comparison, Person, ScreenLabel } from './model.js'

const ROLES: { readonly [R in Role]?: Person['role'] } = { [Role.AGENT]: 'agent', [Role.CUSTOMER]: 'customer', [Role.VIEWER]: 'viewer' }

const ABILITIES: { readonly [P in Permission]?: Ability } = {
  [Permission.VIEW_SCREEN]: 'view',
  [Permission.CONTROL_INPUT]: 'control',
  [Permission.CLIPBOARD_TO_CUSTOMER]: 'clipboard-to',
  [Permission.CLIPBOARD_FROM_CUSTOMER]: 'clipboard-from',
  [Permission.FILES_TO_CUSTOMER]: 'files-to',
  [Permission.FILES_FROM_CUSTOMER]: 'files-from',
  [Permission.CHAT]: 'chat',
  [Permission.ANNOTATE]: 'annotate',
  [Permission.ELEVATE]: 'elevate',
}

/** The people of a session, agents first. */
export function peopleOf(participants: readonly Participant[], self: number): readonly Person[] {
  const order = { agent: 0, viewer: 1, customer: 2 }
  return participants
    .flatMap(({ participant, role, displayName, organisation, grants, ...rest }): Person[] => {
      const known = ROLES[role]
      if (known === undefined) return []
      const { inControl, elevated, recording } = rest
      const vouched = known === 'agent' ? organisation : undefined
      return [
        {
          id: participant,
          name: displayName,
          role: known,
          organisation: vouched,
          self: participant === self,
          inControl,
          elevated,
          recording,
          can: abilitiesOf(grants),
        },
      ]
    })
    .sort((a, b) => order[a.role] - order[b.role])
}

/** The words to compare now, with what the customer said of them. What was said about other words, before a return, is forgotten with them. */
export function comparisonOf({ words, wordsConfirmed: byCustomer }: Compared, before: Comparison | undefined): Comparison | undefined {
  if (words.length === 0) return undefined
  return { words, byUs: before?.byUs === true && before.words.join() === words.join(), byCustomer }
}

type Compared = Pick<Session, 'words' | 'wordsConfirmed'>

/** What the customer granted, as far as controls of the console need it. */
export const abilitiesOf = (grants: readonly Permission[]): readonly Ability[] => grants.flatMap(permission => ABILITIES[permission] ?? [])

/** Screens with their numbers. */
export const labelsOf = (screens: Screens['list']): readonly ScreenLabel[] =>
  screens.map(({ screenId, name, width, height, scalePercent, x, y }, i) => ({ id: screenId, number: i + 1, name, width, height, scalePercent, x, y }))
