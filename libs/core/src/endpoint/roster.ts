/** What the broker's roster means for the peers that an end keeps. The roster is a hint: it can suspend and end, never admit. */
import { Phase, type RosterEntry } from '@remote-assist/codec'
import type { SessionState } from '../session/session.js'

/** What was seen of a participant when the roster was looked at last. */
export interface Seen {
  /** How often it had attached. */
  readonly incarnation: number
  /** How often this end had attached. */
  readonly ours: number
  /** Both lines were up. */
  readonly up: boolean
}

export type Change = 'none' | 'lost' | 'returned' | 'left'

/** A session that is live. */
export type Live = Extract<SessionState, { readonly phase: 'live' }>

/** How often this end has attached; undefined while it is not. */
export const attachedAs = ({ link, attachment }: Live): number | undefined => (link.state === 'up' ? attachment.incarnation : undefined)

const isUp = (entry: RosterEntry): boolean => entry.phase === Phase.ADMITTED || entry.phase === Phase.CANDIDATE

/** This end waits to be let in: its roster shows its authority alone, and only while that one is attached. */
const waits = (session: Live): boolean =>
  session.roster.entries.some(entry => entry.participant === session.attachment.participant && entry.phase === Phase.CANDIDATE)

/** Compares what is with what was. Who is missing has left; to an end that itself waits to be let in, its line dropped. */
export function compare(seen: Seen, participant: number, session: Live): { readonly seen: Seen; readonly change: Change } {
  const ours = attachedAs(session)
  const entry = session.roster.entries.find(it => it.participant === participant)
  if (ours === undefined || (entry === undefined && waits(session))) return { seen: { ...seen, up: false }, change: seen.up ? 'lost' : 'none' }
  if (entry === undefined || entry.phase === Phase.GONE) return { seen, change: 'left' }
  if (!isUp(entry)) return { seen: { incarnation: entry.incarnation, ours, up: false }, change: seen.up ? 'lost' : 'none' }
  const again = !seen.up || seen.incarnation !== entry.incarnation || seen.ours !== ours
  return { seen: { incarnation: entry.incarnation, ours, up: true }, change: again ? 'returned' : 'none' }
}

export const appeared = (entry: RosterEntry, ours: number): Seen | undefined => (isUp(entry) ? { incarnation: entry.incarnation, ours, up: true } : undefined)

/** Whether two states of the session mean the same to the peers: clocks may differ. */
export function sameSession(a: SessionState, b: SessionState): boolean {
  if (a === b) return true
  if (a.phase !== 'live' || b.phase !== 'live') return a.phase === b.phase
  return a.roster === b.roster && a.attachment === b.attachment && a.link.state === b.link.state
}
