/** What every channel machine has in common. A channel never imports another; what one means for another is decided in `coupling`. */

import type { Instant } from '../instant.js'
import type { Step, TransitionTable, Violation } from '../machine.js'

/** What a channel machine asks for: a message on its channel, or a word to its owner. */
export type ChannelEffect<K, N> = { readonly type: 'send'; readonly kind: K } | { readonly type: 'notify'; readonly notice: N }

/**
 * One side of a channel, one state for each counterpart. `permit` events say what the session, the grants and the lease allow
 * from now on; they are derived in `coupling` and are the only way in which the rest of the session reaches a channel.
 */
export interface ChannelMachine<S extends { readonly phase: string }, E extends { readonly type: string }, K, N> {
  readonly name: string
  readonly table: TransitionTable
  readonly initial: S
  step(state: S, event: E, now: Instant): Step<S, ChannelEffect<K, N> | Violation>
  nextDeadline(state: S): Instant | undefined
}
