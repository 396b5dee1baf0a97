import { CloseCode, Role } from '@remote-assist/codec'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isIn, MAX_CANDIDATE_CUSTOMERS, MAX_CANDIDATES_OF_INVITATION, type RoomRecord } from '../../src/room/record.js'
import { room } from '../../src/room/room.js'
import { rosterFor } from '../../src/room/roster.js'
import { ROOM_TABLE, type RoomEffect, type RoomEvent } from '../../src/room/table.js'
import { at, House, INVITE, LOCATOR } from './house.js'

/** A move in a room: who does what is chosen among those who are there, were there, or never were. */
type Move = { readonly kind: (typeof KINDS)[number]; readonly a: number; readonly b: number; readonly flag: boolean; readonly ms: number }

const KINDS = [
  'hello.agent',
  'hello.customer',
  'hello.viewer',
  'hello.colleague',
  'resume',
  'resume.previous',
  'confirmed',
  'handshaking',
  'admit',
  'evict',
  'bye',
  'dropped',
  'set-lead',
  'set-invites',
  'renewed',
  'tick',
] as const

const move: fc.Arbitrary<Move> = fc.record({
  kind: fc.constantFrom(...KINDS),
  a: fc.nat(7),
  b: fc.nat(7),
  flag: fc.boolean(),
  ms: fc.oneof(fc.nat(2_000), fc.constantFrom(10_000, 15_000, 30_000, 300_000)),
})

function eventOf(house: House, { kind, a, b, flag }: Move): RoomEvent {
  const { record } = house
  const sender = { ...house.sender(a), ...(flag ? {} : { incarnation: 1 }) }
  const hello = (role: Role.AGENT | Role.CUSTOMER | Role.VIEWER, proof: Extract<RoomEvent, { type: 'participant.hello' }>['proof']): RoomEvent => ({
    type: 'participant.hello',
    role,
    proof,
    node: 'n1',
    tokenHash: house.token(),
    displayName: '',
  })
  switch (kind) {
    case 'hello.agent':
      return hello(Role.AGENT, { kind: 'token' })
    case 'hello.customer':
      return hello(Role.CUSTOMER, { kind: 'locator', locator: record.code?.locator ?? LOCATOR })
    case 'hello.viewer':
      return hello(Role.VIEWER, { kind: 'invite', inviteId: INVITE })
    case 'hello.colleague':
      return hello(Role.AGENT, { kind: 'invite', inviteId: 'ff'.repeat(16) })
    case 'resume':
      return { type: 'participant.resume', presentedHash: house.participant(a)?.tokenHash ?? 'none', tokenHash: house.token(), node: 'n2' }
    case 'resume.previous':
      return { type: 'participant.resume', presentedHash: house.participant(a)?.previousTokenHash ?? 'none', tokenHash: house.token(), node: 'n2' }
    case 'confirmed':
    case 'handshaking':
    case 'dropped':
      return { type: `participant.${kind}`, sender }
    case 'admit':
    case 'set-lead':
      return { type: `participant.${kind}`, sender, target: b }
    case 'evict':
      return { type: 'participant.evict', sender, target: b, code: CloseCode.REMOVED }
    case 'bye':
      return { type: 'participant.bye', sender, code: CloseCode.LEFT, endSession: flag && b === 0 }
    case 'set-invites': {
      const invites = [
        { inviteId: INVITE, role: Role.VIEWER, expiresInMs: 400_000 },
        { inviteId: 'ff'.repeat(16), role: Role.AGENT, expiresInMs: 400_000 },
      ]
      return { type: 'participant.set-invites', sender, invites: flag ? invites : invites.slice(1) }
    }
    case 'renewed':
      return { type: 'code.renewed', locator: String(4_000 + b) }
    case 'tick':
      return { type: 'tick' }
  }
}

/** Walks a random path, beginning with a session that is likely to get somewhere; `check` sees each step. */
function walk(check: (before: RoomRecord, event: RoomEvent, after: RoomRecord, effects: readonly RoomEffect[], house: House) => void): void {
  fc.assert(
    fc.property(fc.boolean(), fc.array(move, { maxLength: 60 }), (begun, moves) => {
      const house = new House({ maxParticipants: 5 })
      if (begun) {
        const agent = house.agent()
        house.admit(agent, house.knock())
      }
      for (const next of moves) {
        house.now = at(house.now + next.ms)
        const before = house.record
        const event = eventOf(house, next)
        const effects = house.step(event)
        check(before, event, house.record, effects, house)
      }
    }),
    { numRuns: 600 },
  )
}

const numbers = (record: RoomRecord): number[] => record.participants.map(p => p.number)

test('numbers are never reused, and who is gone never returns (RA-RLY-201, RA-RLY-183)', () => {
  walk((before, _event, after) => {
    expect(after.nextNumber).toBeGreaterThanOrEqual(before.nextNumber)
    for (const number of numbers(after)) if (!numbers(before).includes(number)) expect(number).toBe(before.nextNumber)
    expect(numbers(after)).toEqual(numbers(after).toSorted((a, b) => a - b))
  })
})

test('at most one customer is in, at most three wait for one place, and no more are in than the policy allows (RA-RLY-109, RA-RLY-215, RA-RLY-225)', () => {
  walk((_before, _event, after) => {
    const customers = after.participants.filter(p => p.role === Role.CUSTOMER)
    expect(customers.filter(isIn).length).toBeLessThanOrEqual(1)
    expect(customers.filter(p => !isIn(p)).length).toBeLessThanOrEqual(MAX_CANDIDATE_CUSTOMERS)
    const invited = after.participants.flatMap(p => (isIn(p) ? [] : (p.inviteId ?? [])))
    for (const id of invited) expect(invited.filter(other => other === id).length).toBeLessThanOrEqual(MAX_CANDIDATES_OF_INVITATION)
    expect(after.participants.filter(isIn).length).toBeLessThanOrEqual(after.policy.maxParticipants)
    expect(after.participants.length).toBeLessThanOrEqual(40)
  })
})

test('at most one candidate customer is shown, and only to an attached lead (RA-RLY-216)', () => {
  walk((_before, _event, after) => {
    const shown = after.participants.filter(p => p.state === 'candidate' && p.role === Role.CUSTOMER && p.shownTo !== undefined)
    expect(shown.length).toBeLessThanOrEqual(1)
    for (const p of shown) if (p.state === 'candidate') expect(p.shownTo).toBe(after.lead)
    for (const p of shown) expect(after.participants.find(q => q.number === after.lead)?.state).toBe(p && 'admitted')
  })
})

test('the revision rises with every change and with nothing else (RA-RLY-233)', () => {
  walk((before, _event, after) => {
    expect(after.revision).toBe(after === before ? before.revision : before.revision + 1)
  })
})

test('whoever is attached before and after knows its roster (RA-RLY-231, RA-RLY-232)', () => {
  walk((before, _event, after, effects) => {
    const told = effects.flatMap(effect => (effect.type === 'roster' ? effect.to : effect.type === 'welcome' ? [effect.participant] : []))
    for (const p of after.participants) {
      const listed = rosterFor(after, p).entries.map(entry => entry.participant)
      expect(listed).toEqual([...listed].sort((a, b) => a - b))
      const was = before.participants.find(q => q.number === p.number)
      if (p.state === 'suspended' || was === undefined) continue
      const changed = JSON.stringify(rosterOf(before, was)) !== JSON.stringify(rosterOf(after, p))
      expect(told.includes(p.number)).toBe(changed || effects.some(effect => effect.type === 'welcome' && effect.participant === p.number))
    }
  })
})

const rosterOf = (record: RoomRecord, p: RoomRecord['participants'][number]) =>
  rosterFor(record, p).entries.map(entry => ({ ...entry, inviteId: Array.from(entry.inviteId) }))

test('a connection is closed exactly when its participant is gone or replaced, unless it dropped by itself (RA-RLY-185)', () => {
  walk((before, event, after, effects) => {
    for (const p of before.participants) {
      const closes = effects.filter(effect => effect.type === 'close' && effect.participant === p.number && effect.incarnation === p.incarnation)
      const stays = after.participants.some(q => q.number === p.number && q.incarnation === p.incarnation)
      if (stays || p.state === 'suspended') expect(closes).toEqual([])
      else if (event.type === 'participant.dropped' && event.sender.participant === p.number) expect(closes.length).toBeLessThanOrEqual(1)
      else expect(closes.length).toBe(1)
    }
  })
})

test('no deadline that has passed is left, and every deadline leads somewhere', () => {
  walk((_before, _event, after, _effects, house) => {
    const due = room.nextDeadline(after)
    if (due === undefined) return expect(after.phase).toBe('closed')
    if (due <= house.now) expect(room.step(after, { type: 'tick' }, house.now).state).not.toBe(after)
    const later = room.step(after, { type: 'tick' }, at(Math.max(due, house.now)))
    expect(later.state).not.toBe(after)
  })
})

test('an occupied room has an agent, or a code by which it ends', () => {
  walk((_before, _event, after) => {
    if (after.phase === 'closed') return
    const hasAgent = after.participants.some(p => isIn(p) && p.role === Role.AGENT)
    expect(hasAgent || after.code !== undefined).toBe(true)
    const hasCustomer = after.participants.some(p => isIn(p) && p.role === Role.CUSTOMER)
    if (hasAgent && !hasCustomer) expect(after.lead).toBeDefined()
  })
})

test('phases follow the table', () => {
  const table: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = ROOM_TABLE
  walk((before, event, after, effects) => {
    const allowed = table[before.phase]?.[event.type] ?? [before.phase]
    // Time and the departure of the last agent may close the room on any event.
    expect([...allowed, 'closed']).toContain(after.phase)
    if (after.phase === 'closed' && before.phase !== 'closed') expect(effects.at(-1)?.type === 'closed' || event.type.startsWith('participant.')).toBe(true)
  })
})

test('the record survives JSON: a broker that reads it steps alike', () => {
  walk((before, event, after, effects, house) => {
    const read: RoomRecord = JSON.parse(JSON.stringify(before))
    const again = room.step(read, event, house.now)
    expect(again.state).toEqual(after)
    expect(again.effects).toEqual(effects)
  })
})
