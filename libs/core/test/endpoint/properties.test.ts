import { Channel, CloseCode, type KnownChannel, MESSAGE_TYPES, Permission, type RecordChannel, Role } from '@remote-assist/codec'
import { messageArbitrary } from '@remote-assist/codec/testing'
import fc, { type Arbitrary } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { holderOf } from '../../src/lease/lease.js'
import type { Kind, OpenedRecord } from '../../src/message.js'
import { Call, CUSTOMER, LEAD } from '../support/pair.js'
import { EVERYTHING, screen } from '../support/protocol.js'

const VIEWER = 3
const AGENT = 4
const ID = (n: number) => new Uint8Array(16).fill(n)

/** A customer with two agents and a viewer, all active, the lead in control. */
function busy(): Call {
  const call = Call.begun()
  call.at(CUSTOMER, { type: 'local.screens', screens: [screen(1), screen(2)] })
  for (const [number, role] of [
    [VIEWER, Role.VIEWER],
    [AGENT, Role.AGENT],
  ] as const) {
    call.at(LEAD, { type: 'local.invite', requestId: number, invite: { inviteId: ID(number), role, secret: ID(0), expiresInMs: 600_000, ceiling: [] } })
    call.invited(number, role, ID(number))
    call.decide(number, 0, EVERYTHING)
  }
  call.at(LEAD, { type: 'local.requestControl', requestId: 1 })
  return call
}

const RECORDS = [
  Channel.SESSION,
  Channel.SCREEN,
  Channel.MEDIA,
  Channel.INPUT,
  Channel.CLIPBOARD,
  Channel.FILE,
  Channel.ELEVATION,
  Channel.CHAT,
  Channel.ANNOTATION,
] as const satisfies readonly RecordChannel[]

const kindOf = <C extends KnownChannel>(channel: C) =>
  (messageArbitrary(MESSAGE_TYPES[channel] as never) as Arbitrary<{ readonly kind?: Kind<C> }>).map(({ kind }) => kind)
const record: Arbitrary<OpenedRecord> = fc.oneof(
  ...RECORDS.map(channel => fc.array(kindOf(channel), { minLength: 1, maxLength: 4 }).map(kinds => ({ channel, kinds }) as unknown as OpenedRecord)),
)
const others = fc.constantFrom(LEAD, VIEWER, AGENT)
const permission = fc.constantFrom(...EVERYTHING)

type Act = (call: Call) => void
/** Everything that the desk under test decides or suffers by itself. */
const circumstance: Arbitrary<Act> = fc.oneof(
  fc.constantFrom<Act>(
    call => call.at(CUSTOMER, { type: 'local.pause' }),
    call => call.at(CUSTOMER, { type: 'local.unpause' }),
    call => call.at(CUSTOMER, { type: 'local.input' }),
    call => call.at(CUSTOMER, { type: 'local.locked', locked: true }),
    call => call.at(CUSTOMER, { type: 'local.screens', screens: [screen(2)] }),
  ),
  fc.tuple(others, permission).map(
    ([peer, it]): Act =>
      call =>
        attempt(() => call.at(CUSTOMER, { type: 'local.peer', peer, event: { type: 'local.revoke', permission: it } })),
  ),
  others.map(
    (number): Act =>
      call =>
        call.drop(number),
  ),
  others.map(
    (number): Act =>
      call =>
        attempt(() => call.back(number)),
  ),
  fc.integer({ min: 0, max: 9_000 }).map(
    (ms): Act =>
      call =>
        call.pass(ms),
  ),
)

/** A local call may come at the wrong moment; nothing else may be thrown. */
function attempt(act: () => void): void {
  try {
    act()
  } catch (error) {
    expect(error).toHaveProperty('name', 'LocalProtocolError')
  }
}

const size = (state: unknown): number => JSON.stringify(state, (_key, it) => (typeof it === 'bigint' ? String(it) : it instanceof Map ? [...it] : it)).length
const PRESSES = ['key', 'text', 'move', 'button', 'wheel', 'combo']

/** What may act on the desktop now, judged from the state alone. */
const mayInject = (call: Call, number: number): boolean => {
  const { lease, paused } = call.customer.state
  const { machine } = call.peer(number)
  return (
    machine.phase === 'active' &&
    !paused &&
    lease.phase === 'held' &&
    holderOf(lease) === number &&
    machine.grants.some(it => it.permission === Permission.CONTROL_INPUT)
  )
}

describe('the customer, whatever the others send', () => {
  it('never throws, stays small, and lets nobody act who may not', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 3, arbitrary: fc.tuple(others, record) }, { weight: 1, arbitrary: circumstance }), { maxLength: 40 }), acts => {
        const call = busy()
        for (const act of acts) {
          if (typeof act === 'function') {
            act(call)
            continue
          }
          const [from, it] = act
          if (call.customer.state.session.phase !== 'live') break
          const allowed = mayInject(call, from)
          const { length } = call.customer.notices
          call.record(from, CUSTOMER, it)
          for (const { peer, notice } of call.customer.notices.slice(length)) {
            if (notice.kind !== 'input.inject') continue
            const presses = notice.injections.filter(injection => PRESSES.includes(injection.do) && !('down' in injection && !injection.down))
            if (presses.length > 0) expect({ peer, allowed }).toEqual({ peer: from, allowed: true })
            expect(peer).not.toBe(VIEWER)
          }
          for (const effect of call.customer.notices.slice(length))
            if (effect.peer === VIEWER) expect(effect.notice.kind).not.toMatch(/^(clipboard|file|elevation|invite)\b/)
          expect(size(call.customer.state)).toBeLessThan(400_000)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('RA-SES-006 RA-SES-007 removes a peer only for what its role may never send', () => {
    fc.assert(
      fc.property(others, record, (from, it) => {
        const call = busy()
        call.record(from, CUSTOMER, it)
        for (const violation of call.customer.violations) expect(violation).toMatchObject({ peer: from, code: CloseCode.FORBIDDEN_MESSAGE })
        expect(call.peer(from).machine.phase === 'gone').toBe(call.customer.violations.length > 0)
        for (const other of [LEAD, VIEWER, AGENT]) if (other !== from && from !== LEAD) expect(call.peer(other).machine.phase).not.toBe('gone')
      }),
      { numRuns: 100 },
    )
  })
})

describe.each([
  ['agent', LEAD],
  ['viewer', VIEWER],
] as const)('an %s, whatever the customer sends', (_role, number) => {
  it('never throws and stays small', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 3, arbitrary: record }, { weight: 1, arbitrary: circumstance }), { maxLength: 40 }), acts => {
        const call = busy()
        for (const act of acts) {
          if (typeof act === 'function') act(call)
          else call.record(CUSTOMER, number, act)
          expect(size(call.joiner(number).state)).toBeLessThan(400_000)
        }
      }),
      { numRuns: 30 },
    )
  })
})

describe.each([
  ['customer', CUSTOMER],
  ['agent', LEAD],
  ['viewer', VIEWER],
] as const)('the %s, whatever the broker says', (_role, number) => {
  it('never throws and stays small', () => {
    const relay = kindOf(Channel.RELAY)
    fc.assert(
      fc.property(fc.array(fc.oneof(relay, fc.integer({ min: 0, max: 40_000 })), { maxLength: 20 }), acts => {
        const call = busy()
        for (const act of acts) {
          if (typeof act === 'number') call.pass(act)
          else call.broker(number, act)
          expect(size(call.ends.get(number)?.state)).toBeLessThan(400_000)
        }
      }),
      { numRuns: 30 },
    )
  })
})
