/** Limits of what an end hears before its session lives, as cases: of a broker's answer to Hello, and of the handshake. */
import type { RoleName } from '../../model.js'
import { membersOf } from '../../wire/schema.js'
import type { Given, LoadedCase, Plain, Step } from '../load.js'
import { filled } from '../values.js'
import { declare, kebab, profileOf, step } from './matrix.js'
import { sample } from './samples.js'
import { placesIn, type Trial, trials } from './trials.js'

type EndRole = Exclude<RoleName, 'broker'>

/** With whom an end runs its handshake, and what that one says of it; a failure is the last word, whatever it says. */
const HANDSHAKE: Readonly<
  Record<EndRole, { readonly player: string; readonly says: readonly string[]; readonly given: Given; readonly before: readonly Step[] }>
> = {
  customer: { player: 'agent', says: ['commit', 'share', 'confirm'], given: { at: 'securing' }, before: [] },
  agent: {
    player: 'customer',
    says: ['start', 'share', 'confirm'],
    given: { at: 'attached' },
    before: [step('enter', { as: 'customer', role: 'customer', hold: true })],
  },
  viewer: { player: 'customer', says: ['start', 'share', 'confirm'], given: { at: 'securing' }, before: [] },
}

/** Of a share, what may be said at its limit and changes nothing else: other limits are those of values that every exchange has. */
const CHANGES_NOTHING: ReadonlySet<string> = new Set(['share.credential', 'share.capabilities'])

/** A Hello that the suite's broker leaves for the case to answer. */
const UNANSWERED: Given = { at: 'started', manners: { broker: { welcome: false } } }

/** What a broker answers a Hello with. */
const ANSWERS: ReadonlySet<string> = new Set(['welcome', 'refusal'])

/** Cases for an end: one for each field with a limit in what it hears before its session lives. */
export const openingCases = (role: EndRole): readonly LoadedCase[] => [...handshakeCases(role), ...answerCases(role)]

function handshakeCases(role: EndRole): readonly LoadedCase[] {
  const { player, says, given, before } = HANDSHAKE[role]
  const exchange = (member: string, fields: Plain): readonly Step[] => [...before, step('exchange', { as: player, twist: { [member]: fields } })]
  return trialsOf('HANDSHAKE', member => says.includes(member)).flatMap(([member, trial]) => {
    const name = `handshake-${kebab(member)}-${trial.place}`
    const title = `${member}.${trial.where}: ${trial.words}, on HANDSHAKE`
    const ends = `With ${trial.where} beyond its limit (${trial.words}), the ${role} ends the exchange with HANDSHAKE`
    const beyond = [
      ...exchange(member, trial.beyondAlone),
      step('expect', { at: player, handshake: { failure: { code: 'HANDSHAKE' } } }, declare('beyond', ends, ['RA-SEC-029'])),
    ]
    const at = [
      ...exchange(member, trial.atAlone),
      step('secure', player, declare('at', `With ${trial.where} at the limit, the exchange comes to its end`, ['RA-SEC-029'])),
    ]
    return [
      loaded(role, name, title, given, beyond),
      ...(CHANGES_NOTHING.has(`${member}.${trial.where}`)
        ? [loaded(role, `${name}-at`, `${member}.${trial.where} at its limit, on HANDSHAKE`, given, at)]
        : []),
    ]
  })
}

function answerCases(role: EndRole): readonly LoadedCase[] {
  const hello = step('expect', { at: 'broker', relay: { hello: {} } }, declare('hello', `The ${role} says Hello`, ['RA-RLY-101'], true))
  const beyond = trialsOf('RELAY', member => ANSWERS.has(member)).map(([member, trial]) => {
    const ends = `With ${trial.where} beyond its limit (${trial.words}), the ${role} ends its line with ${trial.code}`
    const steps = [
      hello,
      step('send', { relay: { [member]: trial.beyond } }),
      step('closes', { at: 'testee', code: trial.code }, declare('beyond', ends, [trial.code === 'TOO_LARGE' ? 'RA-RLY-025' : 'RA-RLY-026'])),
    ]
    return loaded(role, `relay-${kebab(member)}-${trial.place}`, `${member}.${trial.where}: ${trial.words}, on RELAY`, UNANSWERED, steps)
  })
  return [...beyond, takesWelcome(role, 'at-least', trial => !isMost(trial)), takesWelcome(role, 'at-most', isMost), takesRefusal(role)]
}

/** A Welcome that has every field at its limit at once, but for what the suite's broker gives: number and session. */
function takesWelcome(role: EndRole, name: string, wanted: (trial: Trial) => boolean): LoadedCase {
  const { participant: _number, sessionId: _session, ...welcome } = atLimits('welcome', wanted)
  const taken = declare('at', `With its fields at their limits, the ${role} takes it, and answers`, ['RA-RLY-025', 'RA-RLY-026'])
  return loaded(
    role,
    `relay-welcome-${name}`,
    'welcome with its fields at their limits, on RELAY',
    { at: 'attached', welcome: filled(welcome, new Map()) as Plain },
    [step('send', { relay: { ping: { id: 7 } } }), step('expect', { at: 'broker', relay: { pong: { id: 7 } }, where: { id: 7 } }, taken)],
  )
}

/** A Refusal with the longest text. */
function takesRefusal(role: EndRole): LoadedCase {
  const told = declare('at', `With its fields at their limits, the ${role} tells the refusal's code`, ['RA-RLY-025'])
  return loaded(role, 'relay-refusal-at-most', 'refusal with its fields at their limits, on RELAY', UNANSWERED, [
    step('expect', { at: 'broker', relay: { hello: {} } }),
    step('send', { relay: { refusal: atLimits('refusal', isMost) } }),
    step('closeLine', { code: 'NOT_FOUND' }),
    step('event', role === 'customer' ? { joinFailed: 201 } : { ended: 201 }, told),
  ])
}

const isMost = ({ place }: Trial): boolean => /-max(?:-bytes|-items|-total-bytes)?$/.test(place)

/** A sample of an answer with so many of its fields at their limits. */
function atLimits(member: string, wanted: (trial: Trial) => boolean): Plain {
  const type = membersOf('RELAY').get(member)
  if (type === undefined) throw new Error(`RELAY has no ${member}`)
  const usual = sample(type)
  return trialsOf('RELAY', one => one === member).reduce<Plain>((fields, [, trial]) => (wanted(trial) ? changed(fields, usual, trial.at) : fields), usual)
}

/** What differs of `other` from what is usual is put into `fields`; of submessages likewise. */
function changed(fields: Plain, usual: Plain, other: Plain): Plain {
  const differing = Object.entries(other).flatMap(([name, value]) => {
    if (JSON.stringify(value) === JSON.stringify(usual[name])) return []
    return [[name, isMessage(value) ? changed(messageIn(fields, name), messageIn(usual, name), value) : value] as const]
  })
  return { ...fields, ...Object.fromEntries(differing) }
}

const isMessage = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !Object.keys(value).some(key => key.startsWith('$'))

const messageIn = (fields: Plain, name: string): Plain => {
  const value = fields[name]
  return isMessage(value) ? value : {}
}

/** Every limit in the messages of a channel that are asked for, by the message. A roster's are tried where it comes by itself. */
const trialsOf = (channel: 'HANDSHAKE' | 'RELAY', wanted: (member: string) => boolean): readonly (readonly [string, Trial])[] =>
  [...membersOf(channel)].flatMap(([member, type]) =>
    wanted(member)
      ? placesIn(type)
          .filter(({ path }) => path[0]?.name !== 'roster')
          .flatMap(place => trials(type, place).map(trial => [member, trial] as const))
      : [],
  )

function loaded(role: EndRole, name: string, title: string, given: Given, steps: readonly Step[]): LoadedCase {
  return {
    declaration: {
      id: `${role}/limits/${name}`,
      title,
      role,
      profile: profileOf(role, 'SESSION'),
      kind: 'limit',
      needs: [],
      checks: steps.flatMap(({ check }) => check ?? []),
      source: JSON.stringify(steps),
    },
    given,
    steps,
  }
}
