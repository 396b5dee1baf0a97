/** Everything that an agent or viewer may not be told is told, properly sealed by the customer that it joined: it takes none of it. */
import { Channel, Otherwise, Permission, Phase, Role } from '@remote-assist/codec'
import { type CustomerNotice, type JoinerNotice, ROLE_CEILING } from '@remote-assist/core'
import { afterAll, expect, test } from 'vitest'
import { Agent } from '../../src/api/agent.js'
import { Viewer } from '../../src/api/viewer.js'
import { inviteUrl } from '../../src/pin.js'
import { ManualClock, settle } from '../support/clock.js'
import { LINES, type Line, rulesOf } from './lines.js'
import { CUSTOMER, RogueCustomer, VIEWER } from './rogue-customer.js'

/** Where somebody stands to whom a customer says what it may not. */
interface Situation {
  readonly name: string
  readonly role: Role.AGENT | Role.VIEWER
  readonly phase: Phase
  readonly granted: readonly Permission[]
  /** Who says it, with the customer's own keys; default the customer. */
  readonly from?: Role.CUSTOMER | Role.VIEWER
}

const [AGENTS, VIEWERS] = [ROLE_CEILING[Role.AGENT], ROLE_CEILING[Role.VIEWER]]
const SITUATIONS: readonly Situation[] = [
  { name: 'an agent who waits for consent', role: Role.AGENT, phase: Phase.CONSENTING, granted: [] },
  { name: 'an agent who was granted nothing but chat', role: Role.AGENT, phase: Phase.ACTIVE, granted: [Permission.CHAT] },
  { name: 'an agent who was granted everything', role: Role.AGENT, phase: Phase.ACTIVE, granted: AGENTS },
  { name: 'an agent whom the customer has paused', role: Role.AGENT, phase: Phase.PAUSED, granted: AGENTS },
  { name: 'an agent whose customer is away', role: Role.AGENT, phase: Phase.SUSPENDED, granted: AGENTS },
  { name: 'an agent, from a viewer', role: Role.AGENT, phase: Phase.ACTIVE, granted: AGENTS, from: Role.VIEWER },
  { name: 'a viewer who waits to be let in', role: Role.VIEWER, phase: Phase.ADMISSION, granted: [] },
  { name: 'a viewer', role: Role.VIEWER, phase: Phase.ACTIVE, granted: VIEWERS },
  { name: 'a viewer whom the customer has paused', role: Role.VIEWER, phase: Phase.PAUSED, granted: VIEWERS },
  { name: 'a viewer whose customer is away', role: Role.VIEWER, phase: Phase.SUSPENDED, granted: VIEWERS },
]

const isAllowed = (line: Line, { role, phase, granted, from = Role.CUSTOMER }: Situation): boolean =>
  from === Role.CUSTOMER &&
  rulesOf(line).some(
    rule =>
      rule.from === from && rule.to.includes(role) && rule.phases.includes(phase) && (rule.grant === Permission.UNSPECIFIED || granted.includes(rule.grant)),
  )

type Fate = 'given up' | 'refused' | 'dropped'

function fateOf(line: Line, { role, phase, from = Role.CUSTOMER }: Situation, hasKey: boolean): Fate {
  if (phase === Phase.SUSPENDED || from !== Role.CUSTOMER) return 'dropped'
  const rule = rulesOf(line).find(it => it.from === from && it.to.includes(role))
  if (rule === undefined || !hasKey || rule.otherwise === Otherwise.FATAL) return 'given up'
  return rule.otherwise === Otherwise.REFUSE ? 'refused' : 'dropped'
}

/** Somebody who came by the customer's invitation, and what its program hears. */
interface Guest {
  readonly customer: RogueCustomer
  readonly words: (CustomerNotice | JoinerNotice)[]
  readonly clock: ManualClock
}

/** Somebody joins, and finds itself where the situation says. */
async function enter({ role, phase, granted }: Situation): Promise<Guest> {
  const [customer, clock] = [await new RogueCustomer(role).start(), new ManualClock()]
  const words: Guest['words'] = []
  const url = inviteUrl('https://assist.example/view', customer.link)
  const options = {
    transport: customer.broker.network.connect(),
    url,
    displayName: 'Guest',
    clock,
    observe: (word: CustomerNotice | JoinerNotice) => void words.push(word),
  }
  // Whether it comes in, and how it ends, is what this is about.
  void (role === Role.AGENT ? Agent.join(options) : Viewer.join(options)).catch(() => undefined)
  await settle()
  customer.prove()
  await settle()
  if (granted.length > 0) customer.decide(granted)
  await settle()
  if (granted.includes(Permission.VIEW_SCREEN)) customer.announce()
  if (phase === Phase.PAUSED) customer.say(Channel.SESSION, { $case: 'pause', value: {} })
  if (phase === Phase.SUSPENDED) customer.drop()
  await settle()
  return { customer, words, clock }
}

const PHASES: Readonly<Record<string, Phase>> = {
  consenting: Phase.CONSENTING,
  admission: Phase.ADMISSION,
  active: Phase.ACTIVE,
  paused: Phase.PAUSED,
  suspended: Phase.SUSPENDED,
}
const phaseOf = ({ words }: Guest): string | undefined => words.flatMap(word => (word.kind === 'peer.phase' ? [word.phase] : [])).at(-1)

/** What it is told when it gives its customer up. */
const isFarewell = (word: CustomerNotice | JoinerNotice): boolean => (word.kind === 'peer.phase' && word.phase === 'gone') || word.kind === 'session.ended'

const counts = { lines: 0, accepted: 0, fates: new Map<Fate, number>() }
afterAll(() => {
  const became = [...counts.fates].map(([fate, times]) => `${times} ${fate}`).join(', ')
  console.info(`» Said by a customer to those whom it may not tell: ${counts.lines} lines, ${became}, ${counts.accepted} accepted`)
})

test.each(SITUATIONS)(
  '$name takes nothing from the customer beyond what the matrix allows (RA-SES-003, RA-SES-004, RA-SES-005)',
  async situation => {
    let guest = await enter(situation)
    for (const line of LINES.filter(each => !isAllowed(each, situation))) {
      const what = `${Channel[line.channel]} ${line.kind.$case}`
      if (phaseOf(guest) === 'gone') guest = await enter(situation)
      const { customer, words } = guest
      expect(PHASES[phaseOf(guest) ?? ''], what).toBe(situation.phase)
      const [told, heard] = [words.length, customer.heard.length]

      customer.say(line.channel, line.kind, situation.from === Role.VIEWER ? VIEWER : CUSTOMER)
      await settle()

      const accepted = words.slice(told).filter(word => !isFarewell(word))
      expect.soft(accepted, what).toEqual([])
      const fate = phaseOf(guest) === 'gone' ? 'given up' : customer.heard.length > heard ? 'refused' : 'dropped'
      expect.soft(fate, what).toBe(fateOf(line, situation, customer.hasKey(line.channel)))
      counts.lines++
      if (accepted.length > 0) counts.accepted++
      counts.fates.set(fate, (counts.fates.get(fate) ?? 0) + 1)
    }
  },
  120_000,
)

test.each([Role.AGENT, Role.VIEWER] as const)('what the matrix allows is heard, in role %i', async role => {
  const situation = SITUATIONS.find(it => it.role === role && it.phase === Phase.ACTIVE && it.granted.length > 1)
  const { customer, words } = await enter(situation as Situation)
  customer.say(Channel.CHAT, { $case: 'chat', value: { id: 1, from: CUSTOMER, text: 'Hello', atMs: 0n } })
  await settle()
  expect(words.at(-1)).toMatchObject({ kind: 'chat.received', chat: { text: 'Hello' } })
})

test('all of it: nothing is accepted', () => {
  expect(counts.accepted).toBe(0)
  expect(counts.lines).toBeGreaterThan(0)
})
