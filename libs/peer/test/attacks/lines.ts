/** A message of each kind that there is, and what the matrix says of it. */
import { Channel, MESSAGE_TYPES, type RecordChannel, RULES, type Rule } from '@remote-assist/codec'
import { messageArbitrary } from '@remote-assist/codec/testing'
import fc from 'fast-check'
import type { Kind } from './rogue.js'

const CHANNELS: readonly RecordChannel[] = [
  Channel.SESSION,
  Channel.SCREEN,
  Channel.MEDIA,
  Channel.INPUT,
  Channel.CLIPBOARD,
  Channel.FILE,
  Channel.ELEVATION,
  Channel.CHAT,
  Channel.ANNOTATION,
]

/** A message of a channel. */
export interface Line {
  readonly channel: RecordChannel
  readonly kind: Kind
}

/** A message of each kind that there is, as its channel has it. */
export const LINES: readonly Line[] = CHANNELS.flatMap(channel => {
  const drawn = fc.sample(messageArbitrary<{ readonly kind?: Kind }>(MESSAGE_TYPES[channel]), { numRuns: 1_500, seed: 11 })
  return Object.keys(RULES[Channel[channel] as keyof typeof RULES]).map(name => {
    const kind = drawn.find(it => it.kind?.$case === name)?.kind
    if (kind === undefined) throw new Error(`No ${name} was drawn.`)
    return { channel, kind }
  })
})

/** Its rules, read without the code that applies them. */
export const rulesOf = ({ channel, kind }: Line): readonly Rule[] =>
  (RULES[Channel[channel] as keyof typeof RULES] as Readonly<Record<string, readonly Rule[]>>)[kind.$case] ?? []
