/** Steps that send. */
import { EndPlayer } from '../../play/end-player.js'
import type { ChannelName } from '../../play/player.js'
import type { Plain } from '../load.js'
import { CaseError, type Names } from '../pattern.js'
import type { Performance } from '../performance.js'
import { filled } from '../values.js'
import { channelOf, type Play } from './step.js'

export const send: Play = (p, value) => {
  const {
    as = 'broker',
    to,
    raw,
    channel,
    spoil,
    frame,
    keep,
    each = false,
    late = false,
  } = value as Plain & { as?: string; to?: readonly string[]; channel?: ChannelName; keep?: string; each?: boolean; late?: boolean }
  const { names } = p
  // Who has stopped may have closed its line by now: then there is nobody whom it could reach.
  if (late && !p.broker().hasLine) return undefined
  const player = as === 'broker' ? p.broker() : p.player(as)
  if (frame !== undefined) {
    player.sendBytes(filled(frame, names) as Uint8Array)
    return undefined
  }
  const said = channelOf(value as Plain)
  const name = said?.[0] ?? channel
  if (name === undefined) throw new CaseError('a step sends nothing')
  if (name === 'RELAY' && player instanceof EndPlayer && p.cast.stage.broker !== undefined) {
    for (const message of listOf(filled(said?.[1], names))) player.tellBroker(message)
    return undefined
  }
  const spoiled = filled(spoil, names) as Plain | undefined
  const header = targetsOf(to, names, spoiled)
  const messages = raw === undefined ? listOf(filled(said?.[1], names)) : []
  const contents = raw !== undefined ? [{ raw: filled(raw, names) as Uint8Array }] : each ? messages.map(message => ({ messages: [message] })) : [{ messages }]
  for (const content of contents)
    player.send({
      channel: name,
      ...content,
      ...(spoiled === undefined && header === undefined ? {} : { spoil: { ...spoiled, ...(header === undefined ? {} : { header }) } }),
    })
  if (keep !== undefined) p.keep(keep, sentLast(p, as))
  return undefined
}

/** The frame that this player sent last. */
const sentLast = (p: Performance, as: string): Uint8Array | undefined =>
  p.cast.stage.events.flatMap(event => (event.kind === 'sent' && event.from === as ? [event.frame] : [])).at(-1)

function targetsOf(to: readonly string[] | undefined, names: Names, spoil: Plain | undefined): Plain | undefined {
  const header = spoil?.header as Plain | undefined
  if (to === undefined) return header
  const targets = to.map(name => Number(filled(`$${name}`, names))).sort((a, b) => a - b)
  return { targets, ...header }
}

const listOf = (value: unknown): readonly Plain[] => (Array.isArray(value) ? (value as readonly Plain[]) : [value as Plain])
