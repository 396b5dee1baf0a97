/** What is left of who is gone: its number, so that no number ever means two participants, and nothing that a step would look at. */
import type { CustomerRun } from './events.js'
import { met } from './peers.js'
import type { CustomerState } from './state.js'

/** The last so many are kept whole: what of theirs is still under way finds them. */
const MAX_GONE = 16

/** A number of somebody who is or was here. */
export const isKnown = ({ peers, gone }: CustomerState, number: number): boolean => peers.has(number) || gone.includes(number)

/** Somebody who still leads, or whom the broker still lists. */
const isNamed = ({ session, lead }: CustomerState, number: number): boolean =>
  number === lead || session.phase !== 'live' || session.roster.entries.some(({ participant }) => participant === number)

/**
 * Takes out who is gone but for the last few, so that what a step costs does not grow with everybody who ever came. Who went in this step itself stays: the
 * words about it follow.
 */
export function forgetGone(run: CustomerRun, before: CustomerState): void {
  const gone = [...before.peers.values()].filter(({ machine, number }) => machine.phase === 'gone' && !isNamed(run.state, number))
  const numbers = gone.slice(0, -MAX_GONE).map(({ number }) => number)
  if (numbers.length === 0) return
  run.patch({
    peers: new Map([...run.state.peers].filter(([number]) => !numbers.includes(number))),
    gone: [...run.state.gone, ...numbers],
    goneBytes: numbers.reduce((sum, number) => sum + met(run, number).channels.file.movedBytes, run.state.goneBytes),
  })
}
