/** The rule matrix as cases: every message in every wrong phase, without each thing that it needs, and from everybody who may never send it. */
import type { CheckDeclaration, RoleName } from '../../model.js'
import type { ChannelName } from '../../play/player.js'
import { membersOf, type RuleLine, rules } from '../../wire/schema.js'
import type { Given, LoadedCase, Plain, Step } from '../load.js'
import { sample } from './samples.js'

type EndRole = Exclude<RoleName, 'broker'>

/** Who speaks to whom at an end under test, and under which name the suite plays the sender. */
const SENDERS: Readonly<
  Record<EndRole, readonly { readonly role: 'AGENT' | 'CUSTOMER' | 'VIEWER'; readonly player: string; readonly first: string; readonly given: Given }[]>
> = {
  customer: [
    { role: 'AGENT', player: 'agent', first: 'consenting', given: {} },
    { role: 'VIEWER', player: 'viewer', first: 'admission', given: { with: ['viewer'] } },
  ],
  agent: [{ role: 'CUSTOMER', player: 'customer', first: 'consenting', given: {} }],
  viewer: [{ role: 'CUSTOMER', player: 'customer', first: 'admission', given: {} }],
}

const CHANNELS: readonly ChannelName[] = ['SESSION', 'SCREEN', 'MEDIA', 'INPUT', 'CLIPBOARD', 'FILE', 'ELEVATION', 'CHAT', 'ANNOTATION']

/** What elevation calls a reason, where it has a word of its own. */
const ELEVATION_REASONS: Readonly<Record<string, string>> = { NO_LEASE: 'CONTROL_CHANGED', NOT_ACTIVE: 'DISCONNECTED' }

/** How each request is refused: the message, and where in it the reason stands. */
const REFUSALS: Readonly<Record<string, (reason: string) => Plain>> = {
  'SESSION.consentRequest': reason => ({ session: { decision: { requestId: 77, granted: [], reason } } }),
  'SESSION.requestControl': reason => ({ session: { refused: { requestId: 77, reason } } }),
  'SESSION.remove': reason => ({ session: { refused: { requestId: 77, reason } } }),
  'SESSION.inviteRegister': reason => ({ session: { refused: { requestId: 77, reason } } }),
  'SESSION.rejoinRequest': reason => ({ session: { refused: { requestId: 77, reason } } }),
  'SCREEN.subscribe': reason => ({ screen: { subscription: { screenId: 1, state: 'REFUSED', reason } } }),
  'INPUT.sendKeys': reason => ({ input: { sendKeysResult: { requestId: 77, refusal: reason } } }),
  'CLIPBOARD.request': reason => ({ clipboard: { refused: { offerId: 1, mime: 'text/plain', reason } } }),
  'FILE.offer': reason => ({ file: { refused: { reason } } }),
  'FILE.ask': reason => ({ file: { refused: { requestId: 77, reason } } }),
  'ELEVATION.elevateRequest': reason => ({
    elevation: { elevationState: { requestId: 77, phase: 'FAILED', reason: ELEVATION_REASONS[reason] ?? reason } },
  }),
  'ELEVATION.runCommand': reason => ({ elevation: { commandExit: { commandId: 77, refusal: reason } } }),
  'ELEVATION.switchUser': reason => ({ elevation: { switchUserResult: { requestId: 77, refusal: reason } } }),
}

/** Every permission but the one: RECORD is there as well. */
const ALL = [
  'VIEW_SCREEN',
  'CONTROL_INPUT',
  'CLIPBOARD_TO_CUSTOMER',
  'CLIPBOARD_FROM_CUSTOMER',
  'FILES_TO_CUSTOMER',
  'FILES_FROM_CUSTOMER',
  'ELEVATE',
  'RUN_COMMAND',
  'SECURE_KEYS',
  'CHAT',
  'ANNOTATE',
  'RECORD',
] as const

/** Cases for an end: one for each message, sender and thing that is wrong. */
export function matrixCases(role: EndRole): readonly LoadedCase[] {
  return SENDERS[role].flatMap(sender =>
    CHANNELS.flatMap(channel => {
      const lines = rules().filter(rule => rule.channel === channel && rule.from === sender.role && rule.to.includes(role.toUpperCase()))
      const messages = [...membersOf(channel)].map(([member, type]): Message => {
        return { role, sender: sender.player, channel, member, plain: sensible(channel, member, sample(type), sender.role) }
      })
      if (lines.length === 0) return messages.map(message => closed(message, sender.given))
      return messages.flatMap(message => {
        const line = lines.find(({ member }) => member === message.member)
        return line === undefined ? [forbidden(message, sender.given)] : disallowed(message, line, sender)
      })
    }),
  )
}

type Sender = (typeof SENDERS)[EndRole][number]

/** Everything that can be missing for a message that its sender may send at other times. */
function disallowed(message: Message, line: RuleLine, { first, given }: Sender): readonly LoadedCase[] {
  // Without VIEW_SCREEN there is no key to seal a picture with: such a record is about keys, not about grants.
  const beforeKeys = message.channel === 'MEDIA'
  const phases = [...(beforeKeys ? [] : [first]), 'paused'].filter(phase => !line.phases.includes(phase.toUpperCase()))
  return [
    ...phases.map(phase => wrongPhase(message, line, phase, given)),
    ...(beforeKeys || line.grant === '' || line.grant === 'UNSPECIFIED' ? [] : [withoutGrant(message, line, given)]),
    ...(line.needsLease ? [withoutLease(message, line, given)] : []),
    ...(line.needsElevation ? [withoutElevation(message, line, given)] : []),
  ]
}

interface Message {
  readonly role: EndRole
  readonly sender: string
  readonly channel: ChannelName
  readonly member: string
  readonly plain: Plain
}

/** Ids and directions that belong to the sender. */
function sensible(channel: ChannelName, member: string, plain: Plain, from: string): Plain {
  if (channel === 'FILE' && member === 'offer')
    return {
      transferId: from === 'AGENT' ? 1 : 2,
      direction: from === 'AGENT' ? 'TO_CUSTOMER' : 'FROM_CUSTOMER',
      entries: 1,
      bytes: 1,
      contentId: { $bytes: 16 },
    }
  return plain
}

const send = ({ sender, channel, member, plain }: Message): Step => step('send', { as: sender, [channel.toLowerCase()]: { [member]: plain } })

/** A channel that is closed to the sender's role: its receiver may have no keys for it at all. */
function closed({ sender, role, channel, member, plain }: Message, given: Given): LoadedCase {
  const check = declare('closed', `The ${role} ends the peer that uses a channel which is closed to its role`, ['RA-SES-007'])
  const send = step('send', { as: sender, [channel.toLowerCase()]: { [member]: plain }, ...(channel === 'MEDIA' ? { spoil: { plain: true } } : {}) })
  const steps = [
    step('alive', sender, declare('control', `Before, the ${role} answers the ${sender}`, ['RA-SES-008'], true)),
    step('mark', ''),
    send,
    step('ends', { peer: sender, code: ['FORBIDDEN_MESSAGE', 'BAD_RECORD'] }, check),
  ]
  return build({ role, sender, channel, member, plain }, 'closed', `${member}: ${channel} is closed to ${article(sender)}`, given, steps)
}

function forbidden(message: Message, given: Given): LoadedCase {
  const { sender, role, channel, member } = message
  const check = declare('forbidden', `The ${role} ends the peer that sends ${member} although its role never may`, ['RA-SES-007'])
  return build(message, 'forbidden', `${member} on ${channel} from ${article(sender)} is forbidden to its role`, given, [
    step('alive', sender, declare('control', `Before, the ${role} answers the ${sender}`, ['RA-SES-008'], true)),
    step('mark', ''),
    send(message),
    step('ends', { peer: sender, code: 'FORBIDDEN_MESSAGE' }, check),
  ])
}

function wrongPhase(message: Message, line: RuleLine, phase: string, given: Given): LoadedCase {
  const reason = phase === 'paused' ? 'PAUSED' : 'NOT_ACTIVE'
  // Who is not let in yet is not there where other cases begin.
  const waits = phase === 'admission' && message.role === 'customer'
  const begins = waits ? { grants: ALL } : { ...given, at: phase, grants: ALL }
  const before = waits ? [step('enter', { as: message.sender, role: message.sender }), step('secure', message.sender)] : []
  return notAllowed(message, line, `in-${phase}`, reason, `while the peer is ${phase}`, begins, before)
}

const withoutGrant = (message: Message, line: RuleLine, given: Given): LoadedCase =>
  notAllowed(message, line, 'without-grant', 'NO_GRANT', `without ${line.grant}`, { ...given, grants: ALL.filter(permission => permission !== line.grant) })

const withoutLease = (message: Message, line: RuleLine, given: Given): LoadedCase =>
  notAllowed(message, line, 'without-lease', 'NO_LEASE', 'without control', { ...given, grants: ALL })

const withoutElevation = (message: Message, line: RuleLine, given: Given): LoadedCase =>
  notAllowed(message, line, 'without-elevation', 'NOT_ELEVATED', 'without elevation', { ...given, grants: ALL })

/** What a receiver does with a message that its rule does not allow now. */
function notAllowed(message: Message, line: RuleLine, name: string, reason: string, when: string, given: Given, arrives: readonly Step[] = []): LoadedCase {
  const { sender, role, channel, member } = message
  const title = `${member} on ${channel} from ${article(sender)} ${when}: ${line.otherwise.toLowerCase()}`
  if (line.otherwise === 'FATAL') {
    return build(message, name, title, given, [
      ...arrives,
      send(message),
      step('ends', { peer: sender, code: 'WRONG_PHASE' }, declare('fatal', `The ${role} ends the peer`, ['RA-SES-003', 'RA-SES-004'])),
    ])
  }
  const before = [
    ...arrives,
    step('remember', sender, declare('control', `Before, the ${role} answers the ${sender}`, ['RA-SES-008'], true)),
    step('mark', ''),
    send(message),
  ]
  const after = step('unchanged', sender, declare('unchanged', `The ${role} does not act on it`, ['RA-SES-003', 'RA-SES-004']))
  if (line.otherwise === 'DROP')
    return build(message, name, title, given, [
      ...before,
      after,
      step('silent', { at: sender, channel }, declare('silent', `The ${role} neither answers nor ends the peer`, ['RA-SES-006'])),
    ])
  // Whom the broker has not admitted no answer reaches (RA-RLY-169): a customer may keep it to itself.
  if (arrives.length > 0) return build(message, name, title, given, [...before, after])
  const refusal = REFUSALS[`${channel}.${member}`]
  if (refusal === undefined) throw new Error(`Nothing is known of how ${channel}.${member} is refused`)
  const refused = step('expect', { at: sender, ...refusal(reason) }, declare('refused', `The ${role} refuses it with ${reason}`, ['RA-SES-003', 'RA-SES-005']))
  return build(message, name, title, given, [...before, refused, after])
}

function build({ role, sender, channel, member }: Message, name: string, title: string, given: Given, steps: readonly Step[]): LoadedCase {
  const id = `${role}/matrix/${sender}-${channel.toLowerCase()}-${kebab(member)}-${name}`
  return {
    declaration: {
      id,
      title,
      role,
      profile: profileOf(role, channel),
      kind: 'matrix',
      needs: [],
      checks: steps.flatMap(({ check }) => check ?? []),
      source: `${title}\n${JSON.stringify(steps)}`,
    },
    given,
    steps,
  }
}

/** The profile that a channel belongs to: whoever does not claim it may treat its messages as unknown. What is closed to viewers belongs to none of theirs. */
export function profileOf(role: RoleName, channel: ChannelName): LoadedCase['declaration']['profile'] {
  if (role === 'viewer') return channel === 'CHAT' ? 'annotation-chat' : 'viewer'
  if (channel === 'CLIPBOARD') return 'clipboard'
  if (channel === 'FILE') return 'files'
  if (channel === 'ELEVATION') return 'elevation'
  if (channel === 'CHAT' || channel === 'ANNOTATION') return 'annotation-chat'
  return 'core'
}

export const step = (kind: string, value: unknown, check?: CheckDeclaration): Step => ({ kind, value, check, withinMs: 5_000, note: '' })

export const declare = (id: string, title: string, cites: readonly string[], control = false): CheckDeclaration => ({ id, title, cites, control })

export const kebab = (name: string): string => name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase()

const article = (name: string): string => (/^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`)
