/** Steps that send. */
import type { ChannelName } from '../../play/player.js'
import type { Plain } from '../load.js'
import { CaseError, type Names } from '../pattern.js'
import { filled } from '../values.js'
import { channelOf, type Play } from './step.js'

export const send: Play = (p, value) => {
  const { as = 'broker', to, raw, channel, spoil, frame } = value as Plain & { as?: string; to?: readonly string[]; channel?: ChannelName }
  const { names } = p
  const player = as === 'broker' ? p.broker() : p.player(as)
  if (frame !== undefined) {
    player.sendBytes(filled(frame, names) as Uint8Array)
    return undefined
  }
  const said = channelOf(value as Plain)
  const name = said?.[0] ?? channel
  if (name === undefined) throw new CaseError('a step sends nothing')
  const spoiled = filled(spoil, names) as Plain | undefined
  const header = targetsOf(to, names, spoiled)
  const content = raw !== undefined ? { raw: filled(raw, names) as Uint8Array } : { messages: listOf(filled(said?.[1], names)) }
  player.send({
    channel: name,
    ...content,
    ...(spoiled === undefined && header === undefined ? {} : { spoil: { ...spoiled, ...(header === undefined ? {} : { header }) } }),
  })
  return undefined
}

function targetsOf(to: readonly string[] | undefined, names: Names, spoil: Plain | undefined): Plain | undefined {
  const header = spoil?.header as Plain | undefined
  if (to === undefined) return header
  const targets = to.map(name => Number(filled(`$${name}`, names))).sort((a, b) => a - b)
  return { targets, ...header }
}

const listOf = (value: unknown): readonly Plain[] => (Array.isArray(value) ? (value as readonly Plain[]) : [value as Plain])
