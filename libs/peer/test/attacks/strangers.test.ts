/** Whoever does not know the secret neither gets in nor shuts others out, be it with a broker's means. */
import { CloseCode, Phase, Role } from '@remote-assist/codec'
import type { Instant } from '@remote-assist/core'
import { CODE_LIFE_MS, linkSecret, pinSecret, type Secret } from '@remote-assist/secure'
import { describe, expect, test } from 'vitest'
import { Agent } from '../../src/api/agent.js'
import { Customer, type JoinOptions } from '../../src/api/customer.js'
import { makePin, parseCustomerUrl } from '../../src/pin.js'
import { pin } from '../security/meet.js'
import { ManualClock, settle } from '../support/clock.js'
import { FakeHost } from '../support/host.js'
import { house } from '../support/house.js'
import { Relay } from '../support/relay.js'
import { FalseBroker, type Figure } from './false-broker.js'
import { CustomerSide, JoinerSide, type Said } from './machines.js'

const SELF = 1
const TRIES = 3
/** A handshake is waited for so long, and as long at most is the wait between two tries, in ms. */
const HANDSHAKE_MS = 16_000
const wrongPins = (right: string): readonly Secret[] => Array.from({ length: 40 }, (_, i) => pin(String((Number(right) + 1 + i) % 1_000_000).padStart(6, '0')))

/** How often a participant said that. */
const count = (said: readonly Said[], what: Said['$case']): number => said.filter(({ $case }) => $case === what).length
const codes = (said: readonly Said[]): readonly (CloseCode | undefined)[] => said.flatMap(it => (it.$case === 'failure' ? [it.value.code] : []))

/** A customer on the line of a false broker, who was told this PIN. */
async function lured(figures: () => readonly Figure[]) {
  const clock = new ManualClock()
  const broker = await new FalseBroker().start(SELF, figures)
  const said: Said[] = []
  const told = makePin('4821', '973015')
  const join = (options: Pick<JoinOptions, 'signal'> = {}) =>
    Customer.join({ transport: broker.network.connect(), pin: told.digits, host: new FakeHost(), clock, ...options })
  return { clock, broker, said, join, told }
}

const agents = (first: number, many: number): readonly Figure[] =>
  Array.from({ length: many }, (_, i) => ({ participant: first + i, role: Role.AGENT, lead: i === 0 }))

describe('a broker that makes agents up for a customer', () => {
  test('has one exchange at a time, and nothing from the first that fails (RA-SEC-062)', async () => {
    const figures = [{ participant: SELF, role: Role.CUSTOMER }, ...agents(2, 10)]
    const { broker, said, join, told } = await lured(() => figures)
    const sides = new Map<number, JoinerSide>()
    const guesses = wrongPins(told.secret)
    broker.heard = (to, message) => {
      said.push(message)
      const context = { sessionId: broker.sessionId, customer: SELF, joiner: to, joinerRole: 1 as const }
      const side = sides.get(to) ?? new JoinerSide(context, broker.policy, () => [guesses[to] as Secret])
      sides.set(to, side)
      for (const answer of side.hear(message)) broker.say(to, SELF, answer)
    }
    await expect(join()).rejects.toMatchObject({ code: 'E_PIN_WRONG' })
    expect(count(said, 'start')).toBe(1)
    expect(count(said, 'share')).toBe(1)
    expect([...sides.values()].every(({ secured }) => secured === undefined)).toBe(true)
  })

  test('and abandons every exchange once it has the share, sees three shares and then no more (RA-SEC-060, RA-SEC-061, RA-SEC-063)', async () => {
    const figures: Figure[] = [{ participant: SELF, role: Role.CUSTOMER }, ...agents(2, 4)]
    const { clock, broker, said, join } = await lured(() => figures)
    const at: number[] = []
    broker.heard = (to, message) => {
      said.push(message)
      if (message.$case === 'share') at.push(clock.now())
      const context = { sessionId: broker.sessionId, customer: SELF, joiner: to, joinerRole: 1 as const }
      // It hears the start, is bound to something, and is silent from then on.
      if (message.$case === 'start')
        for (const answer of new JoinerSide(context, broker.policy, () => [pin('000000')]).hear(message)) broker.say(to, SELF, answer)
    }
    const joined = expect(join()).rejects.toMatchObject({ code: 'E_ATTEMPTS' })
    for (let round = 1; round <= 12; round++) {
      await clock.advance(HANDSHAKE_MS)
      figures.push(...agents(2 + 4 * round, 2))
      broker.ping()
      broker.roster(figures)
    }
    await clock.advance(HANDSHAKE_MS)
    await joined
    expect(at).toHaveLength(TRIES)
    for (const [i, wait] of [2_000, 10_000].entries()) expect((at[i + 1] ?? 0) - (at[i] ?? 0)).toBeGreaterThanOrEqual(wait)
  })
})

describe('a broker that refuses a customer until it joins again', () => {
  /** It guesses at each exchange, or is silent once it has the share. */
  const guessing = async (answers: (from: JoinerSide, message: Said) => readonly Said[]) => {
    const figures: Figure[] = [{ participant: SELF, role: Role.CUSTOMER }, ...agents(2, 1)]
    const { clock, broker, said, join, told } = await lured(() => figures)
    const guesses = wrongPins(told.secret)
    let side: JoinerSide | undefined
    broker.heard = (to, message) => {
      said.push(message)
      if (message.$case === 'start') {
        const guess = guesses[count(said, 'start')] as Secret
        side = new JoinerSide({ sessionId: broker.sessionId, customer: SELF, joiner: to, joinerRole: 1 }, broker.policy, () => [guess])
      }
      if (side !== undefined) for (const answer of answers(side, message)) broker.say(to, SELF, answer)
    }
    /** Joins, and gives up if that comes to nothing. */
    const tries = async () => {
      const over = new AbortController()
      const joined = join({ signal: over.signal }).catch((error: unknown) => error)
      await clock.advance(12_000)
      over.abort()
      return joined
    }
    return { said, tries, join, clock }
  }

  test('has three guesses at its PIN in all, not three each time (RA-SEC-060, RA-SEC-061)', async () => {
    const { said, tries } = await guessing((side, message) => side.hear(message))
    for (let i = 0; i < 6; i++)
      expect(await tries()).toMatchObject({ code: i < TRIES ? 'E_PIN_WRONG' : 'E_ATTEMPTS', attemptsLeft: i < TRIES ? TRIES - 1 - i : undefined })
    expect(count(said, 'share')).toBe(TRIES)
    expect(count(said, 'start')).toBe(TRIES)
  })

  test('and is silent has no more, though the customer gives up in the middle (RA-SEC-060, RA-SEC-061, RA-SEC-062)', async () => {
    const { said, tries } = await guessing((side, message) => (message.$case === 'start' ? side.hear(message) : []))
    for (let i = 0; i < 6; i++) expect(await tries()).toMatchObject({ code: i < TRIES ? 'E_CANCELLED' : 'E_ATTEMPTS' })
    expect(count(said, 'share')).toBe(TRIES)
  })

  test('has one exchange with two who join by the same PIN at once, and none once its code would have run out (RA-SEC-062)', async () => {
    const { said, tries, join, clock } = await guessing((side, message) => (message.$case === 'start' ? side.hear(message) : []))
    const over = new AbortController()
    const both = [join({ signal: over.signal }), join({ signal: over.signal })].map(joined => joined.catch((error: unknown) => error))
    await clock.advance(1_000)
    expect(count(said, 'start')).toBe(1)
    over.abort()
    for (const joined of both) expect(await joined).toMatchObject({ code: 'E_CANCELLED' })
    await clock.advance(CODE_LIFE_MS)
    expect(await tries()).toMatchObject({ code: 'E_ATTEMPTS' })
    expect(count(said, 'share')).toBe(1)
  })
})

/** An agent on the line of a false broker. Its control API is honest. */
async function besieged() {
  const clock = new ManualClock()
  const figures: Figure[] = [{ participant: SELF, role: Role.AGENT, lead: true }]
  const broker = await new FalseBroker().start(SELF, () => figures)
  const agent = await Agent.create({
    transport: broker.network.connect(),
    brokerUrl: 'https://assist.example',
    displayName: 'Ada',
    fetch: new Relay(clock).fetch,
    clock,
  })
  const said: { readonly to: number; readonly message: Said }[] = []
  let next = 2
  /** A customer who comes, proves this, and does with what the agent says as `hears` does; it goes when the agent is done with it. */
  const comes = async (secret: Secret, hears: (side: CustomerSide, message: Said) => readonly Said[] = (side, message) => side.hear(message)) => {
    const participant = next++
    figures.splice(1, 1, { participant, role: Role.CUSTOMER, phase: Phase.CANDIDATE })
    const side = new CustomerSide({ sessionId: broker.sessionId, customer: participant, joiner: SELF, joinerRole: 1 }, broker.policy, secret)
    broker.heard = (to, message) => {
      said.push({ to, message })
      if (to === participant) for (const answer of hears(side, message)) broker.say(participant, SELF, answer)
    }
    broker.ping()
    broker.roster(figures)
    await settle()
    for (const message of side.begin()) broker.say(participant, SELF, message)
    await clock.advance(HANDSHAKE_MS)
    return { side, heard: said.filter(({ to }) => to === participant).map(({ message }) => message) }
  }
  return { clock, broker, agent, figures, comes, shares: () => said.filter(({ message }) => message.$case === 'share').length }
}

describe('a broker that makes customers up for an agent', () => {
  test('has three tries, then none, not even with the right PIN; a new code has three again, the sixth none (RA-SEC-061, RA-SEC-065, RA-SEC-068)', async () => {
    const { agent, comes, shares } = await besieged()
    for (let code = 1; code <= 5; code++) {
      const { secret } = agent.pin
      for (const guess of wrongPins(secret).slice(0, TRIES)) expect(codes((await comes(guess)).heard)).toEqual([CloseCode.WRONG_SECRET])
      const last = await comes(pinSecret(agent.pin))
      expect(last.side.secured).toBeUndefined()
      expect(codes(last.heard)).toEqual([CloseCode.ATTEMPTS])
      expect(shares()).toBe(TRIES * code)
      await agent.renewCode().catch((error: unknown) => expect(error).toMatchObject({ code: 'E_LIMIT' }))
    }
    expect(() => agent.pin).toThrow(expect.objectContaining({ code: 'E_LIMIT' }))
    const link = parseCustomerUrl(agent.customerUrl)
    expect((await comes(pinSecret(link.pin))).side.secured).toBeUndefined()
    expect(shares()).toBe(TRIES * 5)
    expect((await comes(linkSecret(link))).side.secured).toBeDefined()
  })

  test('and plays starts again and again, sees three shares (RA-SEC-006, RA-SEC-060)', async () => {
    const { agent, comes, shares } = await besieged()
    const [guess] = wrongPins(agent.pin.secret)
    let restarts = 0
    await comes(guess as Secret, (side, message) => {
      // Each share that it gets, it begins anew instead of going on; the tag would only tell the agent.
      if (message.$case !== 'share' || restarts++ > 8) return message.$case === 'commit' ? side.hear(message) : []
      return side.begin()
    })
    for (let i = 0; i < 4; i++) await comes(guess as Secret, (side, message) => (message.$case === 'commit' ? side.hear(message) : []))
    expect(restarts).toBeGreaterThan(1)
    expect(shares()).toBe(TRIES)
  })

  test('does not take a try of the code before into the new one (RA-SEC-061)', async () => {
    const { agent, comes, shares, clock } = await besieged()
    // The tries come at once, after 2 s and after 12 s; while the third waits for its turn there is a new code.
    let before = 0
    clock.setTimer((clock.now() + 5_000) as Instant, () => {
      before = shares()
      void agent.renewCode()
    })
    const again = (side: CustomerSide, message: Said) => (message.$case === 'share' ? side.begin() : message.$case === 'commit' ? side.hear(message) : [])
    await comes(pin('000000'), again)
    expect(before).toBe(2)
    for (let i = 0; i < 4; i++) await comes(pin('000001'), again)
    expect(shares() - before).toBe(TRIES)
  })

  test.each([
    ['PIN', 'commit'],
    ['PIN', 'share'],
    ['PIN', 'second start'],
    ['link', 'commit'],
    ['link', 'share'],
  ] as const)('who proves a %s while the code is renewed, at its %s, gets nowhere, and leaves the new code its tries (RA-SEC-069)', async (how, at) => {
    const { agent, comes, shares, clock } = await besieged()
    const failures: string[] = []
    agent.on('customer-failed', ({ code }) => failures.push(code))
    const link = parseCustomerUrl(agent.customerUrl)
    const { side, heard } = await comes(how === 'PIN' ? pinSecret(link.pin) : linkSecret(link), (side, message) => {
      if (at === 'second start' && message.$case === 'share') {
        // It has to wait for its second try, and the code is renewed before that.
        clock.setTimer((clock.now() + 1_000) as Instant, () => void agent.renewCode())
        return side.begin()
      }
      if (message.$case !== at) return side.hear(message)
      void agent.renewCode()
      return []
    })
    expect(side.secured).toBeUndefined()
    expect(codes(heard)).toEqual([CloseCode.WRONG_SECRET])
    expect(failures).toEqual(['E_PIN_WRONG'])
    expect(agent.pin.locator).not.toBe(link.pin.locator)
    const before = shares()
    for (const guess of wrongPins(agent.pin.secret).slice(0, TRIES + 1)) await comes(guess)
    expect(shares() - before).toBe(TRIES)
    expect((await comes(linkSecret(parseCustomerUrl(agent.customerUrl)))).side.secured).toBeDefined()
  })

  test('is not heard as others than the one whose turn it is (RA-SEC-062)', async () => {
    const { broker, agent, figures, comes, shares } = await besieged()
    figures.push(...Array.from({ length: 5 }, (_, i) => ({ participant: 50 + i, role: Role.CUSTOMER, phase: Phase.CANDIDATE })))
    const others = [50, 51, 52, 53, 54].map(
      participant => new CustomerSide({ sessionId: broker.sessionId, customer: participant, joiner: SELF, joinerRole: 1 }, broker.policy, pinSecret(agent.pin)),
    )
    const { heard } = await comes(pin('000000'), (side, message) => {
      for (const [i, other] of others.entries()) for (const start of other.begin()) broker.say(50 + i, SELF, start)
      return side.hear(message)
    })
    expect(codes(heard)).toEqual([CloseCode.WRONG_SECRET])
    expect(shares()).toBe(1)
  })
})

test('a broker that guesses at both ends at once has three tries at each, and the two meet by the link all the same (RA-SEC-061, RA-SEC-068)', async () => {
  const { agent, comes, shares } = await besieged()
  for (const guess of wrongPins(agent.pin.secret).slice(0, 5)) await comes(guess)
  expect(shares()).toBe(TRIES)

  const figures: Figure[] = [{ participant: SELF, role: Role.CUSTOMER }, ...agents(2, 1)]
  const { broker, clock, said, join, told } = await lured(() => figures)
  const guesses = wrongPins(told.secret)
  broker.heard = (to, message) => {
    said.push(message)
    const side = new JoinerSide({ sessionId: broker.sessionId, customer: SELF, joiner: to, joinerRole: 1 }, broker.policy, () => [guesses[to] as Secret])
    if (message.$case === 'start') for (const answer of side.hear(message)) broker.say(to, SELF, answer)
  }
  const joined = join().catch((error: unknown) => error)
  for (let round = 0; round < 8; round++) {
    await clock.advance(HANDSHAKE_MS)
    figures.push(...agents(3 + round, 1))
    broker.ping()
    broker.roster(figures)
  }
  await clock.advance(HANDSHAKE_MS)
  expect(await joined).toMatchObject({ code: 'E_ATTEMPTS' })
  expect(count(said, 'share')).toBe(TRIES)
  expect((await comes(linkSecret(parseCustomerUrl(agent.customerUrl)))).side.secured).toBeDefined()
})

test('a stranger who uses the tries up does not shut the session: the agent makes a new code, and its customer comes in (RA-SEC-004, RA-SEC-067)', async () => {
  const it = await house()
  const before = it.agent.pin
  const guessed = before.locator + String((Number(before.secret) + 1) % 1_000_000).padStart(6, '0')
  for (let i = 0; i < 5; i++) {
    const tried = Customer.join({ transport: it.relay.transport, pin: guessed, host: new FakeHost(), clock: it.clock }).catch((error: unknown) => error)
    await it.clock.advance(HANDSHAKE_MS)
    expect(await tried).toMatchObject({ code: i < TRIES ? 'E_PIN_WRONG' : 'E_ATTEMPTS' })
  }
  const { digits } = await it.agent.renewCode()
  expect(it.agent.pin.locator).not.toBe(before.locator)
  await expect(Customer.join({ transport: it.relay.transport, pin: before.digits, host: new FakeHost(), clock: it.clock })).rejects.toMatchObject({
    code: 'E_CODE_UNKNOWN',
  })
  const session = it.agent.customer()
  const customer = await Customer.join({ transport: it.relay.transport, pin: digits, host: it.host, clock: it.clock })
  customer.on('consent', request => request.grantAll())
  expect((await session).phase).toBe('active')
})
