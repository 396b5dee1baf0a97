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

const isUp = (entry: RosterEntry): boolean => entry.phase === Phase.ADMITTED || entry.phase === Phase.CANDIDATE

/** Compares what is with what was. `ours` = how often this end has attached, undefined while it is not. */
export function compare(seen: Seen, entry: RosterEntry | undefined, ours: number | undefined): { readonly seen: Seen; readonly change: Change } {
  if (ours === undefined) return { seen: { ...seen, up: false }, change: seen.up ? 'lost' : 'none' }
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
