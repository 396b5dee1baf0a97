/** The order in which a sender lets messages go, before they are sealed. Within a lane, order is kept; a later lane waits for an earlier one. */
import { Channel } from '@remote-assist/codec'
import type { Message } from '@remote-assist/core'

/** First to last: input never waits behind pictures, pictures never behind files. */
export const LANES = ['prompt', 'session', 'screen', 'media', 'bulk'] as const
/** One of them. */
export type Lane = (typeof LANES)[number]

/** Lanes that wait while the connection is full. The others are small, and go at once. */
export const PATIENT: ReadonlySet<Lane> = new Set<Lane>(['media', 'bulk'])

const LANE_OF: { readonly [C in Channel]?: Lane } = {
  [Channel.RELAY]: 'prompt',
  [Channel.HANDSHAKE]: 'prompt',
  [Channel.INPUT]: 'prompt',
  [Channel.SESSION]: 'session',
  [Channel.MEDIA]: 'media',
  [Channel.FILE]: 'bulk',
}

/**
 * The lane of a message. Alive counts what its sender has sent before it, so that it goes last: were it to overtake anything it counts,
 * its receiver would believe that something was lost. Evict and Bye end what the broker forwards: they leave behind the words that say why.
 */
export function laneOf({ channel, kind }: Message): Lane {
  if (channel === Channel.SESSION && kind.$case === 'alive') return 'bulk'
  if (channel === Channel.RELAY && (kind.$case === 'evict' || kind.$case === 'bye')) return 'session'
  return LANE_OF[channel] ?? 'screen'
}
