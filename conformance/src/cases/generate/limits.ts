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

/** What a broker says while a session lives; the others come before it, or end it. */
const OF_A_BROKER = new Set(['roster', 'notice'])

/** Cases for an end: one for each field with a limit in each message that it may receive. */
export const limitCases = (role: EndRole): readonly LoadedCase[] => [...peerCases(role), ...brokerCases(role)]

/** What a broker may say, at its limits and beyond. */
function brokerCases(role: EndRole): readonly LoadedCase[] {
  return [...membersOf('RELAY')].flatMap(([member, type]) =>
    OF_A_BROKER.has(member) ? placesIn(type).flatMap(place => trials(type, place).map(trial => buildRelay(role, member, place, trial))) : [],
  )
}

function buildRelay(role: EndRole, member: string, { limit }: Place, trial: Trial): LoadedCase {
  const cites = citesOf(trial)
  const send = (plain: Plain): Step => step('send', { relay: { [member]: plain } })
  const beyond = `With ${trial.where} beyond it (${trial.words}), the ${role} ends its line with ${trial.code}`
  const steps = [
    send(trial.at),
    step('send', { relay: { ping: { id: 7 } } }),
    step(
      'expect',
      { at: 'broker', relay: { pong: { id: 7 } }, where: { id: 7 } },
      declare('at', `With ${trial.where} at the limit, the ${role} goes on`, cites, true),
    ),
    send(trial.beyond),
    step('closes', { at: 'testee', code: trial.code }, declare('beyond', beyond, cites)),
  ]
  const title = `${limit.message}.${limit.field}: ${trial.words}, in ${member} on RELAY`
  return loaded(role, `relay-${kebab(member)}-${trial.place}`, title, 'RELAY', {}, steps)
}

function peerCases(role: EndRole): readonly LoadedCase[] {
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
  const cites = citesOf(trial)
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
  return loaded(role, `${channel.toLowerCase()}-${kebab(member)}-${trial.place}`, title, channel, given, steps)
}

const citesOf = ({ code }: Trial): readonly string[] => (code === 'TOO_LARGE' ? ['RA-RLY-025'] : ['RA-RLY-026'])

function loaded(role: EndRole, name: string, title: string, channel: ChannelName, given: Given, steps: readonly Step[]): LoadedCase {
  return {
    declaration: {
      id: `${role}/limits/${name}`,
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
