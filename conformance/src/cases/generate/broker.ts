/** The rules and limits of channel RELAY, and who may use which channel towards whom, as cases for a broker. */
import type { ChannelName } from '../../play/player.js'
import { membersOf, rules } from '../../wire/schema.js'
import type { Given, LoadedCase, Plain, Step } from '../load.js'
import { declare, kebab, step } from './matrix.js'
import { sample } from './samples.js'
import { placesIn, type Trial, trials } from './trials.js'

const ROLES = ['AGENT', 'CUSTOMER', 'VIEWER'] as const
type Role = (typeof ROLES)[number]

const CHANNELS: readonly ChannelName[] = ['HANDSHAKE', 'SESSION', 'SCREEN', 'MEDIA', 'INPUT', 'CLIPBOARD', 'FILE', 'ELEVATION', 'CHAT', 'ANNOTATION']

const PLAYER: Readonly<Record<Role, string>> = { AGENT: 'agent', CUSTOMER: 'customer', VIEWER: 'viewer' }
const LIVE: Given = { at: 'live', with: ['viewer'] }

/** Every case for a broker that follows from the schema. */
export const brokerCases = (): readonly LoadedCase[] => [...relayCases(), ...channelCases(), ...limitCases()]

/** Each relay message from each role: forbidden to it, or not due as long as it is a candidate, or once it is admitted. */
function relayCases(): readonly LoadedCase[] {
  return [...membersOf('RELAY')].flatMap(([member, type]) =>
    ROLES.flatMap(role => {
      const line = rules().find(rule => rule.channel === 'RELAY' && rule.member === member && rule.from === role && rule.to.includes('BROKER'))
      const message = sample(type)
      if (line === undefined) return [relayCase(role, member, message, 'forbidden', 'FORBIDDEN_MESSAGE', 'RA-RLY-122', LIVE, [])]
      return [
        ...(line.phases.includes('ADMITTED') ? [] : [relayCase(role, member, message, 'admitted', 'WRONG_PHASE', 'RA-RLY-121', LIVE, [])]),
        ...(line.phases.includes('CANDIDATE') || role === 'AGENT'
          ? []
          : [
              relayCase(role, member, message, 'candidate', 'WRONG_PHASE', 'RA-RLY-121', role === 'VIEWER' ? { at: 'live' } : { at: 'agent' }, candidate(role)),
            ]),
      ]
    }),
  )
}

/** A participant that its authority does not admit. */
function candidate(role: 'CUSTOMER' | 'VIEWER'): readonly Step[] {
  const name = PLAYER[role]
  const inviteId = '5a'.repeat(16)
  const invite = { inviteId: { $hex: inviteId }, role, expiresInMs: 60_000 }
  return [
    ...(role === 'VIEWER' ? [step('send', { as: 'customer', relay: { setInvites: { invites: [invite] } } }), step('barrier', 'customer')] : []),
    step('connect', name),
    step('hello', { as: name, ...(role === 'VIEWER' ? { inviteId: { $hex: inviteId } } : { locator: '$locator' }) }),
    step('expect', { at: name, relay: { welcome: { admitted: false } } }),
  ]
}

function relayCase(role: Role, member: string, message: Plain, name: string, code: string, id: string, given: Given, before: readonly Step[]): LoadedCase {
  const player = PLAYER[role]
  const check = declare('closed', `The broker closes the line with ${code}`, [id])
  const control = declare('control', 'Before, the broker answers', ['RA-RLY-133'], true)
  return build(`relay-${kebab(member)}-${player}-${name}`, `${member} from ${player}: ${name}`, given, 'matrix', [
    ...before,
    step('send', { as: player, relay: { ping: { id: 7 } } }),
    step('expect', { at: player, relay: { pong: { id: 7 } } }, control),
    step('send', { as: player, relay: { [member]: message } }),
    step('closes', { at: player, code }, check),
  ])
}

/** Each channel between each two roles: open as the table says, else closed. */
function channelCases(): readonly LoadedCase[] {
  return CHANNELS.flatMap(channel =>
    ROLES.flatMap(from =>
      // There is one customer.
      ROLES.filter(to => to !== from || to !== 'CUSTOMER').map(to => {
        const open =
          channel === 'HANDSHAKE'
            ? from === 'CUSTOMER' || to === 'CUSTOMER'
            : rules().some(rule => rule.channel === channel && rule.from === from && rule.to.includes(to))
        const [source, target] = [PLAYER[from], from === to ? `${PLAYER[to]}2` : PLAYER[to]]
        const send = step('send', { as: source, to: [target], channel, raw: { $bytes: 64 } })
        const outcome = open
          ? step('expect', { at: target, channel }, declare('forwarded', 'It is forwarded', ['RA-RLY-161']))
          : step('closes', { at: source, code: 'FORBIDDEN_MESSAGE' }, declare('closed', 'The line is closed with FORBIDDEN_MESSAGE', ['RA-RLY-012']))
        const title = `${channel} from ${source} to ${target} is ${open ? 'open' : 'closed'}`
        const given = from === to ? { ...LIVE, with: ['viewer', target] } : LIVE
        return build(`channel-${channel.toLowerCase()}-${source}-${target}`, title, given, 'matrix', [send, outcome])
      }),
    ),
  )
}

/** Fields of Hello and of what admitted participants say, at their limits and beyond. */
function limitCases(): readonly LoadedCase[] {
  return [...membersOf('RELAY')].flatMap(([member, type]) => {
    const role = ROLES.find(from =>
      rules().some(rule => rule.channel === 'RELAY' && rule.member === member && rule.from === from && rule.to.includes('BROKER')),
    )
    if (role === undefined) return []
    return placesIn(type).flatMap(place => trials(type, place).map(trial => limitCase(member, role, trial)))
  })
}

function limitCase(member: string, role: Role, trial: Trial): LoadedCase {
  const player = member === 'hello' ? 'agent' : PLAYER[role]
  const cites = [trial.code === 'TOO_LARGE' ? 'RA-RLY-025' : 'RA-RLY-026']
  const at = (what: string) => declare('at', `With ${trial.where} at the limit, ${what}`, cites, true)
  const check = declare('beyond', `${trial.words}: the line is closed with ${trial.code}`, cites)
  const hello = (as: string, fields: Plain) => [step('connect', as), step('hello', { as, agentToken: '$agentToken', ...fields })]
  const steps =
    member === 'hello'
      ? [
          ...hello('agent2', trial.atAlone),
          step('expect', { at: 'agent2', relay: answerTo(trial) }, at('Hello is answered')),
          ...hello(player, trial.beyondAlone),
          step('closes', { at: player, code: trial.code }, check),
        ]
      : [
          step('send', { as: player, relay: { [member]: trial.at } }),
          step('send', { as: player, relay: { ping: { id: 7 } } }),
          step('expect', { at: player, relay: { pong: { id: 7 } }, where: { id: 7 } }, at('the broker goes on')),
          step('send', { as: player, relay: { [member]: trial.beyond } }),
          step('closes', { at: player, code: trial.code }, check),
        ]
  return build(`limit-${kebab(member)}-${trial.place}`, `${trial.words} in ${member}`, member === 'hello' ? { at: 'open' } : LIVE, 'limit', steps)
}

/** What tells who comes, and how: a made-up one that is in its limits is read, and refused for what it says. */
const REFUSED: Readonly<Record<string, string>> = {
  agentToken: 'UNAUTHENTICATED',
  inviteId: 'NOT_FOUND',
  locator: 'NOT_FOUND',
  resumeToken: 'RESUME_REFUSED',
  'version.minMinor': 'INCOMPATIBLE',
}

/** What a Hello with a field at its limit is answered. */
function answerTo({ where }: Trial): Plain {
  const code = REFUSED[where]
  return code === undefined ? { welcome: {} } : { refusal: { code } }
}

function build(name: string, title: string, given: Given, kind: 'matrix' | 'limit', steps: readonly Step[]): LoadedCase {
  return {
    declaration: {
      id: `broker/${kind === 'matrix' ? 'matrix' : 'limits'}/${name}`,
      title,
      role: 'broker',
      profile: 'relay',
      kind,
      needs: [],
      checks: steps.flatMap(({ check }) => check ?? []),
      source: `${title}\n${JSON.stringify(steps)}`,
    },
    given,
    steps,
  }
}
