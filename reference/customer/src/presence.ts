/** Who is there and what they do, in a sentence: what a customer must always be able to see. */
import { type Participant, Phase, Role } from '@remote-assist/peer'

/** The sentence about everybody but the customer; empty if nobody is there. */
export function presence(participants: readonly Participant[], paused: boolean): string {
  const others = participants.filter(({ role }) => role !== Role.CUSTOMER)
  if (others.length === 0) return ''
  return `${others.map(who => `${nameOf(who)} ${doing(who, paused)}`).join(', ')}.`
}

/** The name that somebody gave, or what they are. */
export const nameOf = ({ displayName, role }: Pick<Participant, 'displayName' | 'role'>): string =>
  displayName === '' ? (role === Role.VIEWER ? 'A viewer' : 'The agent') : plain(displayName)

/** Text from outside without what could move the cursor or repaint the terminal. */
export const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ')

function doing({ phase, inControl, elevated, recording }: Participant, paused: boolean): string {
  if (phase === Phase.SUSPENDED) return 'lost its connection'
  if (paused) return 'waits: you paused'
  const what = inControl ? (elevated ? 'is in control, with administrator powers' : 'is in control') : 'is viewing'
  return recording ? `${what} and recording` : what
}
