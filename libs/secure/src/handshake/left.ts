import { wipe } from '../bytes.js'
import type { Derived } from '../schedule.js'
import type { Agreed, Drawn } from './agreement.js'
import type { CustomerState } from './customer.js'
import type { JoinerState } from './joiner.js'

type State = CustomerState | JoinerState | undefined

const drawnOf = (state: State): Drawn | undefined => (state !== undefined && 'drawn' in state ? state.drawn : undefined)
const agreedOf = (state: State): Agreed | undefined => (state !== undefined && 'agreed' in state ? state.agreed : undefined)

/**
 * Overwrites the secrets that an exchange had before a step and has no more after it: its scalar, and whatever followed from it unless the step secured it.
 * `after` undefined: the exchange is given up. Nobody may use `before` any more.
 */
export function wipeLeft(before: State, after: State): void {
  const drawn = drawnOf(before)
  if (drawn !== undefined && drawn !== drawnOf(after)) wipe(drawn.scalar)
  const agreed = agreedOf(before)
  if (agreed !== undefined && agreed !== agreedOf(after) && after?.stage !== 'secured') wipeDerived(agreed.derived)
}

function wipeDerived({ channels, resume, audit }: Derived): void {
  for (const { fromCustomer, fromJoiner } of channels) wipe(fromCustomer, fromJoiner)
  wipe(resume.secret, audit)
}
