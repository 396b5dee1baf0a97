import { CloseCode, Role } from '@remote-assist/codec'
import { describe, expect, test } from 'vitest'
import { CODE_TTL_MS } from '../../src/room/record.js'
import { closed, GRACE_MS, House, INVITE, refusedWith, told, welcomed } from './house.js'

/** An agent, a customer and a second agent who was invited. */
function threesome() {
  const { house, agent, customer } = House.assisting()
  house.setInvites(customer, [{ inviteId: INVITE, role: Role.AGENT, expiresInMs: 3_600_000 }])
  const second = house.invited(Role.AGENT)
  house.admit(customer, second)
  return { house, agent, customer, second }
}

describe('a dropped line', () => {
  test('leaves number, role and place for the grace period (RA-RLY-181, RA-RLY-231)', () => {
    const { house, agent, customer } = House.assisting()
    expect(told(house.drop(customer))).toEqual([agent])
    expect(house.participant(customer)).toMatchObject({ state: 'suspended', role: Role.CUSTOMER, deadline: house.now + GRACE_MS })
    house.pass(GRACE_MS - 1)
    expect(welcomed(house.resume('t2'))).toBe(customer)
    expect(house.participant(customer)).toMatchObject({ state: 'admitted', incarnation: 2, node: 'n2' })
  })

  test('ends the stay when the grace period is over (RA-RLY-183, RA-RLY-241)', () => {
    const { house, agent, customer } = House.assisting()
    house.drop(customer)
    expect(told(house.pass(GRACE_MS))).toEqual([agent])
    expect(house.state(customer)).toBe('gone')
    expect(refusedWith(house.resume('t2'))).toBe(CloseCode.RESUME_REFUSED)
  })

  test('is judged on every read: a return that comes too late is refused, tick or no tick', () => {
    const { house, customer } = House.assisting()
    house.drop(customer)
    house.now = (house.now + GRACE_MS) as typeof house.now
    expect(refusedWith(house.resume('t2'))).toBe(CloseCode.RESUME_REFUSED)
  })

  test('reported for an older incarnation means nothing (RA-RLY-186)', () => {
    const { house, customer } = House.assisting()
    const old = house.sender(customer)
    house.resume('t2')
    const before = house.record
    expect(house.step({ type: 'participant.dropped', sender: old })).toEqual([])
    expect(house.step({ type: 'participant.bye', sender: old, code: CloseCode.LEFT, endSession: true })).toEqual([])
    expect(house.record).toBe(before)
  })

  test('of the last agent ends the session when the grace period is over (RA-RLY-242)', () => {
    const { house, agent, customer } = House.assisting()
    house.drop(agent)
    expect(closed(house.pass(GRACE_MS))).toEqual([[customer, CloseCode.SESSION_ENDED]])
    expect(house.record).toMatchObject({ phase: 'closed', closeCode: CloseCode.SESSION_ENDED, participants: [] })
  })
})

describe('a return', () => {
  test('closes the older connection and raises the incarnation (RA-RLY-184, RA-RLY-185)', () => {
    const { house, agent, customer } = House.assisting()
    const effects = house.resume('t2')
    expect(effects).toContainEqual({ type: 'close', participant: customer, incarnation: 1, code: CloseCode.REPLACED, bye: true })
    expect(told(effects)).toEqual([agent])
  })

  test('works with the current and the previous token until the first frame (RA-RLY-182)', () => {
    const { house, customer } = House.assisting()
    house.resume('t2', 'a')
    expect(welcomed(house.resume('t2', 'b'))).toBe(customer)
    expect(refusedWith(house.resume('a'))).toBe(CloseCode.RESUME_REFUSED)
    expect(welcomed(house.resume('b', 'c'))).toBe(customer)
    house.confirm(customer)
    expect(refusedWith(house.resume('b'))).toBe(CloseCode.RESUME_REFUSED)
    expect(welcomed(house.resume('c', 'd'))).toBe(customer)
  })

  test('confirmation of an older incarnation, or a second one, changes nothing', () => {
    const { house, customer } = House.assisting()
    const old = house.sender(customer)
    house.resume('t2')
    const before = house.record
    house.step({ type: 'participant.confirmed', sender: old })
    expect(house.record).toBe(before)
    house.confirm(customer)
    const confirmed = house.record
    house.confirm(customer)
    expect(house.record).toBe(confirmed)
  })

  test('is open to a candidate whose line has not dropped', () => {
    const house = new House()
    house.agent()
    const customer = house.knock()
    expect(welcomed(house.resume('t2'))).toBe(customer)
    expect(house.participant(customer)).toMatchObject({ state: 'candidate', incarnation: 2 })
  })

  test('is refused in an open and in a closed room (RA-RLY-183, RA-RLY-244)', () => {
    const house = new House()
    expect(refusedWith(house.resume('t1'))).toBe(CloseCode.RESUME_REFUSED)
    house.step({ type: 'session.end', code: CloseCode.SESSION_ENDED })
    expect(refusedWith(house.resume('t1'))).toBe(CloseCode.RESUME_REFUSED)
    expect(refusedWith(house.hello(Role.AGENT, { kind: 'token' }))).toBe(CloseCode.NOT_FOUND)
  })
})

describe('goodbye', () => {
  test('ends the stay at once; the room stays for a new code when the customer leaves (RA-RLY-152)', () => {
    const { house, agent, customer } = House.assisting()
    expect(house.bye(customer)).toContainEqual({ type: 'close', participant: customer, incarnation: 1, code: CloseCode.LEFT, bye: false })
    expect(house.record.phase).toBe('occupied')
    house.renew('9999')
    const next = welcomed(house.hello(Role.CUSTOMER, { kind: 'locator', locator: '9999' }))
    house.admit(agent, next)
    expect(house.state(next)).toBe('admitted')
  })

  test('of the last agent ends the session (RA-RLY-242, RA-RLY-155)', () => {
    const { house, agent, customer } = House.assisting()
    expect(closed(house.bye(agent))).toEqual([
      [agent, CloseCode.LEFT],
      [customer, CloseCode.SESSION_ENDED],
    ])
  })

  test('with end_session ends it only from the customer or the lead (RA-RLY-153, RA-RLY-154)', () => {
    const one = threesome()
    one.house.bye(one.second, true)
    expect(one.house.record.phase).toBe('occupied')
    one.house.bye(one.agent, true)
    expect(one.house.record).toMatchObject({ phase: 'closed', closeCode: CloseCode.SESSION_ENDED })
    const other = threesome()
    const effects = other.house.bye(other.customer, true, CloseCode.STOPPED)
    expect(closed(effects)).toEqual([
      [other.agent, CloseCode.STOPPED],
      [other.customer, CloseCode.STOPPED],
      [other.second, CloseCode.STOPPED],
    ])
    expect(effects.filter(effect => effect.type === 'close' && effect.bye).length).toBe(2)
    expect(effects.at(-1)).toEqual({ type: 'closed', code: CloseCode.STOPPED })
  })

  test('with end_session from a candidate customer is a goodbye and no more (RA-RLY-154)', () => {
    const house = new House()
    const agent = house.agent()
    house.bye(house.knock(), true)
    expect(house.state(agent)).toBe('admitted')
  })

  test('a code that is none is told as LEFT, or REMOVED', () => {
    const { house, agent, customer, second } = threesome()
    expect(closed(house.bye(second, false, CloseCode.UNSPECIFIED))).toEqual([[second, CloseCode.LEFT]])
    expect(closed(house.evict(agent, customer, 7_000 as CloseCode))).toEqual([[customer, CloseCode.REMOVED]])
  })
})

describe('without the customer who invited them', () => {
  test('viewers go, and agents stay as if nobody had invited them', () => {
    const { house, agent, customer, second } = threesome()
    house.setInvites(customer)
    const [viewer, away] = [house.invited(), house.invited()]
    house.admit(customer, viewer)
    house.admit(customer, away)
    house.drop(away)
    expect(closed(house.bye(customer))).toEqual([
      [customer, CloseCode.LEFT],
      [viewer, CloseCode.REMOVED],
    ])
    expect([agent, customer, second, viewer, away].map(number => house.state(number))).toEqual(['admitted', 'gone', 'admitted', 'gone', 'gone'])
    expect(house.participant(second)?.inviteId).toBeUndefined()
  })
})

describe('eviction', () => {
  test('comes from the authority alone: the lead for the customer, the customer for everyone else (RA-RLY-142)', () => {
    const { house, agent, customer, second } = threesome()
    expect(house.evict(second, customer)).toEqual([])
    expect(house.evict(agent, second)).toEqual([])
    expect(house.evict(customer, 99)).toEqual([])
    expect(closed(house.evict(customer, second))).toEqual([[second, CloseCode.REMOVED]])
    expect(refusedWith(house.resume('t3'))).toBe(CloseCode.RESUME_REFUSED)
  })

  test('of somebody suspended needs no connection', () => {
    const { house, customer, second } = threesome()
    house.drop(second)
    expect(closed(house.evict(customer, second))).toEqual([])
    expect(house.state(second)).toBe('gone')
  })

  test('of the only agent ends the session', () => {
    const { house, agent, customer } = House.assisting()
    house.evict(customer, agent)
    expect(house.record.phase).toBe('closed')
  })
})

describe('the lead', () => {
  test('is named by the customer (RA-RLY-145)', () => {
    const { house, agent, customer, second } = threesome()
    expect(told(house.setLead(customer, second))).toEqual([agent, customer, second])
    expect(house.record.lead).toBe(second)
    const before = house.record
    house.setLead(customer, second)
    house.setLead(customer, customer)
    house.setLead(customer, 99)
    house.setLead(agent, agent)
    expect(house.record).toBe(before)
  })

  test('when it leaves, waits for the customer to name one', () => {
    const { house, agent, customer, second } = threesome()
    house.bye(agent)
    expect(house.record.lead).toBeUndefined()
    house.setLead(customer, second)
    expect(house.record.lead).toBe(second)
  })

  test('without a customer falls to the agent that has been in longest (RA-RLY-202)', () => {
    const { house, agent, customer, second } = threesome()
    house.setInvites(customer, [{ inviteId: INVITE, role: Role.AGENT, expiresInMs: 3_600_000 }])
    const [third, fourth] = [house.invited(Role.AGENT), house.invited(Role.AGENT)]
    house.pass(1)
    house.admit(customer, fourth)
    house.admit(customer, third)
    house.bye(customer)
    expect(house.record.lead).toBe(agent)
    house.bye(agent)
    expect(house.record.lead).toBe(second)
    house.bye(second)
    expect(house.record.lead).toBe(third)
  })
})

describe('the end', () => {
  test('comes after the longest duration, wherever the room stands (RA-RLY-243)', () => {
    const { house, agent, customer } = House.assisting({ maxSessionDurationMs: 60_000 })
    expect(closed(house.pass(60_000))).toEqual([
      [agent, CloseCode.DURATION],
      [customer, CloseCode.DURATION],
    ])
  })

  test('comes to a room that no agent entered when its code expires', () => {
    const house = new House()
    house.pass(CODE_TTL_MS)
    expect(house.record).toMatchObject({ phase: 'closed', closeCode: CloseCode.CODE_EXPIRED })
  })

  test('does not come to an endless session', () => {
    const { house } = House.assisting({ maxSessionDurationMs: 0 })
    house.pass(1e9)
    expect(house.record.phase).toBe('occupied')
  })

  test('comes when the owner says so', () => {
    const { house } = House.assisting()
    house.step({ type: 'session.end', code: CloseCode.SESSION_ENDED })
    expect(house.record.phase).toBe('closed')
    expect(house.pass(1e9)).toEqual([])
  })
})

test('bytes are counted, also those that were under way at the end', () => {
  const { house, agent } = House.assisting()
  house.step({ type: 'usage.relayed', bytes: 10 })
  house.bye(agent)
  house.step({ type: 'usage.relayed', bytes: 5 })
  expect(house.record.usage.relayedBytes).toBe(15)
})
