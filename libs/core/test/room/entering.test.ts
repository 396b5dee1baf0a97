import { CloseCode, Phase, Role } from '@remote-assist/codec'
import { describe, expect, test } from 'vitest'
import { CODE_TTL_MS, HANDSHAKE_MS, TURN_MS } from '../../src/room/record.js'
import { reach, rosterFor } from '../../src/room/roster.js'
import { closed, GRACE_MS, House, INVITE, LOCATOR, refusedWith, told, welcomed } from './house.js'

const seenBy = (house: House, reader: number) => {
  const p = house.participant(reader)
  return p === undefined ? [] : rosterFor(house.record, p).entries.map(entry => entry.participant)
}

describe('an agent', () => {
  test('enters by its token and leads (RA-RLY-202)', () => {
    const house = new House()
    const agent = house.agent()
    expect(house.record).toMatchObject({ phase: 'occupied', lead: agent })
    expect(house.state(agent)).toBe('admitted')
  })

  test('is refused while another agent is in: only the first comes by token (RA-RLY-203)', () => {
    const { house } = House.assisting()
    expect(refusedWith(house.hello(Role.AGENT, { kind: 'token' }))).toBe(CloseCode.TAKEN)
  })

  test('a token lets nobody in but an agent (RA-RLY-107)', () => {
    const house = new House()
    const before = house.record
    expect(refusedWith(house.hello(Role.VIEWER, { kind: 'token' }))).toBe(CloseCode.UNAUTHENTICATED)
    expect(house.record).toBe(before)
  })
})

describe('a customer by locator', () => {
  test('is a candidate, shown to the lead, reaching it by handshake alone (RA-RLY-169, RA-RLY-234)', () => {
    const house = new House()
    const agent = house.agent()
    const customer = house.knock()
    expect(house.participant(customer)).toMatchObject({ state: 'candidate', shownTo: agent, deadline: house.now + TURN_MS })
    expect(seenBy(house, agent)).toEqual([agent, customer])
    expect(reach(house.record, customer, agent)).toBe('handshake')
    expect(reach(house.record, agent, customer)).toBe('handshake')
    expect(reach(house.record, agent, agent)).toBe('none')
    expect(reach(house.record, agent, 99)).toBe('none')
  })

  test('learns of its authority the number and nothing else (RA-RLY-236)', () => {
    const house = new House()
    const agent = house.agent()
    const customer = house.participant(house.knock())
    const roster = customer && rosterFor(house.record, customer)
    expect(roster?.entries).toMatchObject([
      { participant: agent, displayName: '', phase: Phase.ADMITTED, lead: true },
      { displayName: 'Carl', phase: Phase.CANDIDATE },
    ])
  })

  test('is refused with a wrong locator or role (RA-RLY-107, RA-RLY-108)', () => {
    const house = new House()
    expect(refusedWith(house.hello(Role.CUSTOMER, { kind: 'locator', locator: '0000' }))).toBe(CloseCode.NOT_FOUND)
    expect(refusedWith(house.hello(Role.AGENT, { kind: 'locator', locator: LOCATOR }))).toBe(CloseCode.UNAUTHENTICATED)
  })

  test('waits its turn behind two others; a fourth is throttled and told when to come back (RA-RLY-110, RA-RLY-215, RA-RLY-216)', () => {
    const house = new House()
    const agent = house.agent()
    const [first, second, third] = [house.knock(), house.knock(), house.knock()]
    house.pass(4_000)
    expect(house.hello(Role.CUSTOMER, { kind: 'locator', locator: LOCATOR })).toEqual([
      { type: 'refuse', code: CloseCode.THROTTLED, retryAfterMs: TURN_MS - 4_000 },
    ])
    expect(seenBy(house, agent)).toEqual([agent, first])
    expect(seenBy(house, second)).toEqual([second])
    expect(reach(house.record, second, agent)).toBe('none')
    expect(reach(house.record, first, second)).toBe('none')
    expect(closed(house.pass(TURN_MS))).toEqual([[first, CloseCode.NOT_ADMITTED]])
    expect(seenBy(house, agent)).toEqual([agent, second])
    expect(house.state(third)).toBe('candidate')
  })

  test('may finish a handshake that began within its turn, once (RA-RLY-217)', () => {
    const house = new House()
    house.agent()
    const [customer, waiting] = [house.knock(), house.knock()]
    house.pass(9_000)
    house.handshake(customer)
    house.handshake(waiting)
    house.pass(HANDSHAKE_MS - 1)
    expect(house.handshake(customer)).toEqual([])
    expect(house.state(customer)).toBe('candidate')
    house.pass(1)
    expect(house.state(customer)).toBe('gone')
  })

  test('is admitted by the lead; the code is void and the others are late (RA-RLY-141, RA-RLY-214, RA-RLY-218)', () => {
    const house = new House()
    const agent = house.agent()
    const [first, second, third] = [house.knock(), house.knock(), house.knock()]
    const effects = house.admit(agent, first)
    expect(closed(effects)).toEqual([
      [second, CloseCode.TAKEN],
      [third, CloseCode.TAKEN],
    ])
    expect(told(effects)).toEqual([agent, first])
    expect(house.record.code).toBeUndefined()
    expect(refusedWith(house.hello(Role.CUSTOMER, { kind: 'locator', locator: LOCATOR }))).toBe(CloseCode.NOT_FOUND)
    expect(reach(house.record, first, agent)).toBe('all')
  })

  test('who waits its turn cannot be admitted before it, and nobody admits himself (RA-RLY-142)', () => {
    const house = new House()
    const agent = house.agent()
    const [first, second] = [house.knock(), house.knock()]
    expect(house.admit(agent, second)).toEqual([])
    expect(house.admit(first, first)).toEqual([])
    expect(house.admit(agent, agent)).toEqual([])
    expect(house.admit(agent, 77)).toEqual([])
  })

  test('waits for an absent lead until the code expires (RA-RLY-213, RA-RLY-219)', () => {
    const house = new House()
    const customer = house.knock()
    expect(house.participant(customer)).toMatchObject({ shownTo: undefined })
    house.pass(CODE_TTL_MS - 1)
    expect(house.state(customer)).toBe('candidate')
    const effects = house.pass(1)
    expect(closed(effects)).toEqual([[customer, CloseCode.CODE_EXPIRED]])
    expect(house.record).toMatchObject({ phase: 'closed', closeCode: CloseCode.CODE_EXPIRED })
  })

  test('its turn stands still while the lead is away, and begins again (RA-RLY-217, RA-RLY-219)', () => {
    const house = new House()
    const agent = house.agent()
    const customer = house.knock()
    house.pass(6_000)
    house.drop(agent)
    house.pass(TURN_MS)
    expect(house.state(customer)).toBe('candidate')
    expect(told(house.resume('t1'))).toEqual([customer])
    expect(house.participant(customer)).toMatchObject({ shownTo: agent, deadline: house.now + TURN_MS })
  })

  test('that queues when the code expires is told so, and the lead stays', () => {
    const house = new House()
    const agent = house.agent()
    house.pass(CODE_TTL_MS - 1)
    const [first, second] = [house.knock(), house.knock()]
    expect(closed(house.pass(1))).toEqual([[second, CloseCode.CODE_EXPIRED]])
    expect(house.state(first)).toBe('candidate')
    expect(house.record.code).toBeUndefined()
    expect(house.state(agent)).toBe('admitted')
  })

  test('a candidate whose line drops is gone, and its place is free (RA-RLY-221)', () => {
    const house = new House()
    house.agent()
    const [first, second] = [house.knock(), house.knock()]
    house.drop(first)
    expect(house.state(first)).toBe('gone')
    expect(house.participant(second)).toMatchObject({ deadline: house.now + TURN_MS })
  })

  test('turned out by the lead, it makes room for the next (RA-RLY-143)', () => {
    const house = new House()
    const agent = house.agent()
    const [first, second] = [house.knock(), house.knock()]
    expect(house.evict(agent, first, CloseCode.WRONG_SECRET)).toContainEqual({
      type: 'close',
      participant: first,
      incarnation: 1,
      code: CloseCode.WRONG_SECRET,
      bye: true,
    })
    expect(seenBy(house, agent)).toEqual([agent, second])
  })
})

describe('somebody by invitation', () => {
  test('is a candidate that only the customer sees, and admits (RA-RLY-141, RA-RLY-142, RA-RLY-146, RA-RLY-234)', () => {
    const { house, agent, customer } = House.assisting()
    house.setInvites(customer)
    const viewer = house.invited()
    expect(seenBy(house, customer)).toEqual([agent, customer, viewer])
    expect(seenBy(house, agent)).toEqual([agent, customer])
    expect(seenBy(house, viewer)).toEqual([customer, viewer])
    expect(house.admit(agent, viewer)).toEqual([])
    expect(told(house.admit(customer, viewer))).toEqual([agent, customer, viewer])
    expect(house.state(viewer)).toBe('admitted')
    expect(house.handshake(viewer)).toEqual([])
  })

  test('needs an invitation that is open and for its role (RA-RLY-108, RA-RLY-146, RA-RLY-147)', () => {
    const { house, agent, customer } = House.assisting()
    house.setInvites(agent)
    expect(refusedWith(house.hello(Role.VIEWER, { kind: 'invite', inviteId: INVITE }))).toBe(CloseCode.NOT_FOUND)
    house.setInvites(customer)
    expect(refusedWith(house.hello(Role.AGENT, { kind: 'invite', inviteId: INVITE }))).toBe(CloseCode.UNAUTHENTICATED)
    house.pass(3_600_000)
    expect(refusedWith(house.hello(Role.VIEWER, { kind: 'invite', inviteId: INVITE }))).toBe(CloseCode.NOT_FOUND)
  })

  test('waits with two others at most; a fourth is throttled until one has to be gone, and other invitations are not held up (RA-RLY-110, RA-RLY-225)', () => {
    const { house, customer } = House.assisting({ consentTimeoutMs: 60_000 })
    const other = 'ff'.repeat(16)
    const open = [INVITE, other].map(inviteId => ({ inviteId, role: Role.VIEWER, expiresInMs: 3_600_000 }))
    house.setInvites(customer, open)
    const first = house.invited()
    house.pass(4_000)
    house.invited()
    house.invited()
    expect(house.hello(Role.VIEWER, { kind: 'invite', inviteId: INVITE })).toEqual([
      { type: 'refuse', code: CloseCode.THROTTLED, retryAfterMs: HANDSHAKE_MS + 60_000 + TURN_MS - 4_000 },
    ])
    expect(house.state(house.invited(Role.VIEWER, other))).toBe('candidate')
    house.admit(customer, first)
    expect(house.state(house.invited())).toBe('candidate')
  })

  test('waits for an absent customer until the invitation expires, and has a limit once it is there (RA-RLY-219)', () => {
    const { house, customer } = House.assisting()
    house.setInvites(customer, [{ inviteId: INVITE, role: Role.VIEWER, expiresInMs: 5_000 }])
    house.drop(customer)
    const viewer = house.invited()
    expect(house.participant(viewer)).toMatchObject({ shownTo: undefined, deadline: house.now + 5_000 })
    expect(closed(house.pass(5_000))).toEqual([[viewer, CloseCode.CODE_EXPIRED]])
  })

  test('that the customer never decides on is turned out', () => {
    const { house, customer } = House.assisting({ consentTimeoutMs: 60_000 })
    house.setInvites(customer)
    const viewer = house.invited()
    expect(closed(house.pass(HANDSHAKE_MS + 60_000 + TURN_MS))).toEqual([[viewer, CloseCode.NOT_ADMITTED]])
  })

  test('goes when the customer who invited is gone for good (RA-RLY-223)', () => {
    const { house, customer } = House.assisting()
    house.setInvites(customer)
    const viewer = house.invited()
    expect(closed(house.bye(customer))).toEqual([
      [customer, CloseCode.LEFT],
      [viewer, CloseCode.NOT_FOUND],
    ])
    expect(house.record.invites).toEqual([])
  })
})

describe('limits', () => {
  test('a full room refuses whoever else comes (RA-RLY-109)', () => {
    const { house, customer } = House.assisting({ maxParticipants: 2 })
    house.setInvites(customer)
    expect(refusedWith(house.hello(Role.VIEWER, { kind: 'invite', inviteId: INVITE }))).toBe(CloseCode.FULL)
  })

  test('numbers are never given twice, and come to an end (RA-RLY-201)', () => {
    const house = new House()
    house.agent()
    house.record = { ...house.record, nextNumber: 65_535 }
    const last = house.knock()
    expect(last).toBe(65_535)
    house.drop(last)
    expect(refusedWith(house.hello(Role.CUSTOMER, { kind: 'locator', locator: LOCATOR }))).toBe(CloseCode.OVERLOADED)
  })
})

describe('a new code', () => {
  test('voids the old one and whoever waits by it (RA-RLY-220)', () => {
    const house = new House()
    house.agent()
    const waiting = house.knock()
    expect(closed(house.renew('9999'))).toEqual([[waiting, CloseCode.CODE_EXPIRED]])
    expect(refusedWith(house.hello(Role.CUSTOMER, { kind: 'locator', locator: LOCATOR }))).toBe(CloseCode.NOT_FOUND)
    expect(welcomed(house.hello(Role.CUSTOMER, { kind: 'locator', locator: '9999' }))).toBe(3)
  })

  test('in an open room is as good as the first', () => {
    const house = new House()
    house.renew('9999')
    expect(house.record).toMatchObject({ phase: 'open', revision: 2, code: { locator: '9999' } })
  })

  test('lets nobody in while a customer is attached, and the next one once it left (RA-RLY-224)', () => {
    const { house, customer } = House.assisting()
    house.renew('9999')
    expect(refusedWith(house.hello(Role.CUSTOMER, { kind: 'locator', locator: '9999' }))).toBe(CloseCode.TAKEN)
    house.bye(customer)
    expect(welcomed(house.hello(Role.CUSTOMER, { kind: 'locator', locator: '9999' }))).toBe(3)
  })

  test('lets a customer in whose first line is down for good; what hung on the first is gone (RA-RLY-222, RA-RLY-223)', () => {
    const { house, agent, customer } = House.assisting()
    house.setInvites(customer)
    const viewer = house.invited()
    house.drop(customer)
    house.renew('9999')
    const second = welcomed(house.hello(Role.CUSTOMER, { kind: 'locator', locator: '9999' }))
    expect(closed(house.admit(agent, second))).toEqual([[viewer, CloseCode.NOT_FOUND]])
    expect(house.state(customer)).toBe('gone')
    expect(house.record.invites).toEqual([])
    expect(refusedWith(house.resume('t2'))).toBe(CloseCode.RESUME_REFUSED)
  })

  test('outlives the return of the first customer; whoever waited by it does not', () => {
    const { house, customer } = House.assisting()
    house.drop(customer)
    house.renew('9999')
    const second = welcomed(house.hello(Role.CUSTOMER, { kind: 'locator', locator: '9999' }))
    expect(closed(house.resume('t2'))).toEqual([[second, CloseCode.TAKEN]])
    expect(house.record.code?.locator).toBe('9999')
    house.pass(GRACE_MS)
    expect(house.state(customer)).toBe('admitted')
  })
})
