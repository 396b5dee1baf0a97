/** Who may see the picture, and the key that goes to them whenever that changes. */
import { Channel } from '@remote-assist/codec'
import type { CustomerRun } from './events.js'
import { sendTo } from './peers.js'
import { type CustomerState, isEngaged } from './state.js'

const NO_BYTES: Uint8Array = new Uint8Array()

/** The participants that hold the media key: whoever may see, also while the session is paused. */
const audienceOf = ({ peers }: CustomerState): readonly number[] =>
  [...peers.values()].filter(peer => isEngaged(peer) && peer.permits?.screen.view === true).map(peer => peer.number)

/** A new epoch whenever somebody comes or goes, gets or loses the permission, or drops and returns: no key ever serves two audiences. */
export function followAudience(run: CustomerRun, before: CustomerState): void {
  const was = audienceOf(before)
  const audience = audienceOf(run.state)
  if (audience.length !== was.length || audience.some((number, at) => number !== was[at])) newEpoch(run)
}

/**
 * Tells the audience of a new key. The core has none: it names the epoch, and the driver puts key and salt into the messages, the same into all of an epoch.
 * Where nobody may see any more there is no new key, and the old one is to go.
 */
export function newEpoch(run: CustomerRun): void {
  const epoch = run.state.mediaEpoch + 1
  run.patch({ mediaEpoch: epoch })
  const audience = audienceOf(run.state)
  if (audience.length === 0) return run.notify({ kind: 'media.over', epoch })
  for (const number of audience) sendTo(run, number, { channel: Channel.SESSION, kind: { $case: 'mediaKey', value: { epoch, key: NO_BYTES, salt: NO_BYTES } } })
}
