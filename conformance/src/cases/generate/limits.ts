/** Limits of fields as cases: at the limit a receiver goes on, beyond it the peer is ended. */
import type { RoleName } from '../../model.js'
import type { ChannelName } from '../../play/player.js'
import { membersOf, rules } from '../../wire/schema.js'
import type { Given, LoadedCase, Plain, Step } from '../load.js'
import { declare, kebab, profileOf, step } from './matrix.js'
import { type Place, placesIn, type Trial, trials } from './trials.js'

type EndRole = Exclude<RoleName, 'broker'>

const SENDER: Readonly<Record<EndRole, { readonly role: string; readonly player: string; readonly given: Given }>> = {
  customer: { role: 'AGENT', player: 'agent', given: {} },
  agent: { role: 'CUSTOMER', player: 'customer', given: {} },
  viewer: { role: 'CUSTOMER', player: 'customer', given: {} },
}

const CHANNELS: readonly ChannelName[] = ['SESSION', 'SCREEN', 'MEDIA', 'INPUT', 'CLIPBOARD', 'FILE', 'ELEVATION', 'CHAT', 'ANNOTATION']

/** Ends the session, or is about the record's own security: nothing can be asked behind it. */
const NOT_ASKED = new Set(['stop', 'mediaKey', 'auditEntry', 'auditSign', 'capability', 'alive', 'decision', 'grantChanged'])

/** Cases for an end: one for each field with a limit in each message that it may receive. */
export function limitCases(role: EndRole): readonly LoadedCase[] {
  const { role: from, player, given } = SENDER[role]
  return CHANNELS.flatMap(channel =>
    [...membersOf(channel)].flatMap(([member, type]) => {
      if (NOT_ASKED.has(member)) return []
      if (!rules().some(rule => rule.channel === channel && rule.member === member && rule.from === from && rule.to.includes(role.toUpperCase()))) return []
      return placesIn(type).flatMap(place => trials(type, place).map(trial => build(role, player, given, channel, member, place, trial)))
    }),
  )
}

function build(role: EndRole, player: string, given: Given, channel: ChannelName, member: string, { limit }: Place, trial: Trial): LoadedCase {
  const id = `${role}/limits/${channel.toLowerCase()}-${kebab(member)}-${trial.place}`
  const cites = trial.code === 'TOO_LARGE' ? ['RA-RLY-025'] : ['RA-RLY-026']
  const send = (plain: Plain): Step => step('send', { as: player, [channel.toLowerCase()]: { [member]: plain } })
  const steps = [
    step('mark', ''),
    send(trial.at),
    step('alive', player, declare('at', `With ${trial.where} at the limit, the ${role} goes on`, cites, true)),
    send(trial.beyond),
    step(
      'ends',
      { peer: player, code: trial.code },
      declare('beyond', `With ${trial.where} beyond it (${trial.words}), the ${role} ends the peer with ${trial.code}`, cites),
    ),
  ]
  const title = `${limit.message}.${limit.field}: ${trial.words}, in ${member} on ${channel}`
  return {
    declaration: {
      id,
      title,
      role,
      profile: profileOf(role, channel),
      kind: 'limit',
      needs: [],
      checks: steps.flatMap(({ check }) => check ?? []),
      source: JSON.stringify(steps),
    },
    given,
    steps,
  }
}
