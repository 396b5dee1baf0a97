/** Everything that a participant may not say is said, properly sealed by one who was let in: nothing comes of it. */
import { Channel, ElevationMethod, ElevationScope, Otherwise, Permission, Phase, Role } from '@remote-assist/codec'
import { ROLE_CEILING } from '@remote-assist/core'
import { afterAll, expect, test } from 'vitest'
import { Customer } from '../../src/api/customer.js'
import type { Invitation } from '../../src/api/session.js'
import { REQUESTS_PER_SECOND } from '../../src/driver/pace.js'
import { settle } from '../support/clock.js'
import { type Assisting, house } from '../support/house.js'
import { LINES, type Line, rulesOf } from './lines.js'
import { type Kind, Rogue } from './rogue.js'

/** Where somebody stands who is let in, but not for everything. */
interface Situation {
  readonly name: string
  readonly role: Role.AGENT | Role.VIEWER
  readonly phase: Phase
  /** What the customer grants; undefined = it does not answer. */
  readonly granted: readonly Permission[] | undefined
  /** What it granted for a while that is over. */
  readonly expired?: readonly Permission[]
  readonly inControl?: boolean
  readonly elevated?: boolean
}

const ALL = ROLE_CEILING[Role.AGENT]
const without = (...missing: readonly Permission[]): readonly Permission[] => ALL.filter(permission => !missing.includes(permission))
const SITUATIONS: readonly Situation[] = [
  { name: 'a viewer who waits to be let in', role: Role.VIEWER, phase: Phase.ADMISSION, granted: undefined },
  { name: 'a viewer', role: Role.VIEWER, phase: Phase.ACTIVE, granted: ROLE_CEILING[Role.VIEWER] },
  { name: 'a viewer while the session is paused', role: Role.VIEWER, phase: Phase.PAUSED, granted: ROLE_CEILING[Role.VIEWER] },
  { name: 'an agent about whom the customer has not decided', role: Role.AGENT, phase: Phase.CONSENTING, granted: undefined },
  { name: 'an agent who may only look', role: Role.AGENT, phase: Phase.ACTIVE, granted: [Permission.VIEW_SCREEN] },
  { name: 'an agent who may only chat', role: Role.AGENT, phase: Phase.ACTIVE, granted: [Permission.CHAT] },
  { name: 'an agent who is not in control', role: Role.AGENT, phase: Phase.ACTIVE, granted: ALL },
  { name: 'an agent in control who is not elevated', role: Role.AGENT, phase: Phase.ACTIVE, granted: ALL, inControl: true },
  {
    name: 'an elevated agent who may run nothing',
    role: Role.AGENT,
    phase: Phase.ACTIVE,
    granted: without(Permission.RUN_COMMAND, Permission.SECURE_KEYS),
    inControl: true,
    elevated: true,
  },
  { name: 'an agent whose grants have expired', role: Role.AGENT, phase: Phase.ACTIVE, granted: [Permission.CHAT], expired: without(Permission.CHAT) },
  { name: 'an agent while the session is paused', role: Role.AGENT, phase: Phase.PAUSED, granted: ALL },
  { name: 'an agent whose line dropped, with the help of the broker', role: Role.AGENT, phase: Phase.SUSPENDED, granted: ALL },
  { name: 'a viewer whose line dropped, with the help of the broker', role: Role.VIEWER, phase: Phase.SUSPENDED, granted: ROLE_CEILING[Role.VIEWER] },
]

/** What the matrix says, read without the code that applies it. */
function isAllowed(line: Line, { role, phase, granted = [], inControl = false, elevated = false }: Situation): boolean {
  return rulesOf(line).some(
    rule =>
      rule.from === role &&
      rule.to.includes(Role.CUSTOMER) &&
      rule.phases.includes(phase) &&
      (rule.grant === Permission.UNSPECIFIED || granted.includes(rule.grant)) &&
      (!rule.needsLease || inControl) &&
      (!rule.needsElevation || elevated),
  )
}

type Fate = 'turned out' | 'refused' | 'dropped'

/** What the matrix says becomes of somebody who says it all the same; whoever has no key for a channel cannot seal for it, and whoever is away has none. */
function fateOf(line: Line, { role, phase }: Situation, hasKey: boolean): Fate {
  if (phase === Phase.SUSPENDED) return 'dropped'
  const rule = rulesOf(line).find(({ from, to }) => from === role && to.includes(Role.CUSTOMER))
  if (rule === undefined || !hasKey || rule.otherwise === Otherwise.FATAL) return 'turned out'
  return rule.otherwise === Otherwise.REFUSE ? 'refused' : 'dropped'
}

/** As plausible as it can be: of the lease and the screens that there are. */
const plausible = (kind: Kind, rogue: Rogue): Kind =>
  ({
    ...kind,
    value: {
      ...kind.value,
      ...('leaseEpoch' in kind.value ? { leaseEpoch: rogue.leaseEpoch } : {}),
      ...('screenId' in kind.value ? { screenId: 7 } : {}),
      ...('layoutEpoch' in kind.value ? { layoutEpoch: 1 } : {}),
    },
  }) as Kind

/** Everything that the customer's person, desktop and session show of what others did. */
function effects({ customer, host, relay }: Assisting) {
  const said: string[] = []
  for (const event of ['chat', 'annotation', 'recording', 'elevation', 'file', 'file-ask', 'paused', 'ended'] as const)
    customer.on(event, () => said.push(event))
  return (without: number) => ({
    said: said.length,
    done: host.done.length,
    written: host.written.length,
    commands: host.commands.length,
    captures: host.captures,
    invites: JSON.stringify(relay.record.invites),
    others: customer.participants.filter(({ participant }) => participant !== without).map(({ displayName: _, ...it }) => it),
    own: customer.participants.find(({ participant }) => participant === without),
  })
}

/** A session whose lead may do everything, and a newcomer what the situation says. */
async function scene({ granted, expired = [], phase }: Situation): Promise<Assisting> {
  const it = await house()
  const joined = Customer.join({ transport: it.relay.transport, pin: it.agent.pin.digits, host: it.host, clock: it.clock })
  const waiting = it.agent.customer()
  const customer = await joined
  customer.on('consent', request => {
    if (request.asker.displayName !== 'Rogue') request.grantAll()
    else if (granted !== undefined) request.decide([...granted, ...expired.map(permission => ({ permission, minutes: SHORT_MINUTES }))])
  })
  customer.on('elevation', question => question.allow())
  const session = await waiting
  if (phase !== Phase.PAUSED) await session.control.request()
  return { ...it, customer, session }
}

/** A grant that is over soon. */
const SHORT_MINUTES = 1 / 60

/** Each line by itself is what this is about, and not how many come in a second (RA-SES-080). */
const PAUSE_MS = 1_000 / REQUESTS_PER_SECOND

const CUSTOMER = 2
const ELEVATE: Kind<Channel.ELEVATION> = {
  $case: 'elevateRequest',
  value: { requestId: 1, reason: 'a driver', scope: ElevationScope.ADMIN, durationMs: 60_000, method: ElevationMethod.PROMPT },
}

/** Somebody new comes, and finds itself where the situation says. Its invitation is for taking back once it is gone. */
async function enter(
  it: Assisting,
  { role, phase, expired, inControl, elevated }: Situation,
): Promise<{ readonly rogue: Rogue; readonly invitation: Invitation }> {
  it.customer.unpause()
  await it.clock.advance(5 * PAUSE_MS)
  const link = { inviteId: crypto.getRandomValues(new Uint8Array(16)), secret: crypto.getRandomValues(new Uint8Array(32)) }
  await settle()
  const invitation = await it.session.invite({ role: role === Role.VIEWER ? 'viewer' : 'agent', link })
  const rogue = Rogue.invited(role, link)
  await rogue.join(it.relay.transport)
  await settle()
  if (inControl) {
    it.session.control.release()
    await settle()
    rogue.say(Channel.SESSION, { $case: 'requestControl', value: { requestId: 1 } })
  }
  await settle()
  if (elevated) rogue.say(Channel.ELEVATION, ELEVATE)
  if (expired !== undefined) await it.clock.advance(SHORT_MINUTES * 60_000)
  if (phase === Phase.PAUSED) it.customer.pause()
  if (phase === Phase.SUSPENDED) {
    rogue.leave()
    rogue.goThrough(bytes => it.relay.forge(CUSTOMER, bytes))
  }
  await settle()
  return { rogue, invitation }
}

const counts = { lines: 0, withoutKey: 0, accepted: 0, fates: new Map<Fate, number>() }
afterAll(() => {
  const { lines, withoutKey, accepted, fates } = counts
  const became = [...fates].map(([fate, times]) => `${times} ${fate}`).join(', ')
  console.info(`» Said by those who may not: ${lines} lines (${withoutKey} of them without a key), ${became}, ${accepted} accepted`)
})

test.each(SITUATIONS)(
  '$name is not heard beyond what the matrix allows (RA-SES-003, RA-SES-004, RA-SES-005, RA-SES-006, RA-SES-007)',
  async situation => {
    const it = await scene(situation)
    // Records of those who wait are stopped by an honest broker already.
    it.relay.forwardsAll = true
    let { rogue, invitation } = await enter(it, situation)
    const state = effects(it)
    // Who has no line any more hears nothing of being turned out; the customer's list says so.
    const isOut = () => state(rogue.number).own === undefined
    for (const line of LINES.filter(each => !isAllowed(each, situation))) {
      const { channel } = line
      const what = `${Channel[channel]} ${line.kind.$case}`
      if (isOut()) {
        invitation.revoke()
        ;({ rogue, invitation } = await enter(it, situation))
      }
      await it.clock.advance(PAUSE_MS)
      const hasKey = rogue.hasKey(channel)
      const { own: owned, ...before } = state(rogue.number)
      const heard = rogue.heard.length
      expect(owned?.phase, what).toBe(situation.phase)
      expect(owned?.grants, what).toEqual(situation.granted ?? [])
      expect(owned?.inControl, what).toBe(situation.inControl ?? false)
      expect(owned?.elevated, what).toBe(situation.elevated ?? false)

      rogue.say(channel, plausible(line.kind, rogue), hasKey ? channel : Channel.CHAT)
      await settle()

      const { own, ...after } = state(rogue.number)
      expect.soft(after, what).toEqual(before)
      // Who was turned out is on no list any more.
      if (own !== undefined) expect.soft(own, what).toEqual(owned)
      const fate = own === undefined ? 'turned out' : rogue.heard.length > heard ? 'refused' : 'dropped'
      expect.soft(fate, what).toBe(fateOf(line, situation, hasKey))
      counts.lines++
      if (!hasKey) counts.withoutKey++
      if (JSON.stringify(after) !== JSON.stringify(before)) counts.accepted++
      counts.fates.set(fate, (counts.fates.get(fate) ?? 0) + 1)
    }
    expect(it.session.phase).toBe(situation.phase === Phase.PAUSED ? 'paused' : 'active')
  },
  300_000,
)

test('with the help of the broker, who is not away is heard', async () => {
  const situation = SITUATIONS.find(({ name }) => name === 'an agent who may only chat')
  const it = await scene(situation as Situation)
  const { rogue } = await enter(it, situation as Situation)
  const heard = it.customer.once('chat')
  rogue.goThrough(bytes => it.relay.forge(CUSTOMER, bytes))
  rogue.say(Channel.CHAT, { $case: 'chat', value: { id: 1, from: rogue.number, text: 'Hello', atMs: 0n } })
  expect(await heard).toMatchObject({ from: rogue.number, text: 'Hello' })
})

test('all of it: nothing is accepted', () => {
  expect(counts.accepted).toBe(0)
  expect([...counts.fates.values()].reduce((sum, times) => sum + times, 0)).toBe(counts.lines)
})
