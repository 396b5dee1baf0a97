import { CloseCode } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOLD_OFF_MS, holderOf, type LeaseEvent, type LeaseState, lease, leaseMessage } from '../../src/lease/lease.js'
import { Actor, at } from '../support/actor.js'

const actor = () => new Actor<LeaseState, LeaseEvent, unknown>(lease, { phase: 'free', epoch: 1 })
const take = (participant: number) => ({ type: 'lease.take', participant }) as const
const drop = (participant: number) => ({ type: 'lease.drop', participant }) as const

const anyEvent = fc.oneof(
  fc.record({ type: fc.constantFrom('lease.take' as const, 'lease.drop' as const), participant: fc.integer({ min: 1, max: 3 }) }),
  fc.constant({ type: 'local.input' } as const),
  fc.record({ type: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 3_000 }) }),
)

describe('the lease', () => {
  it('RA-SES-043 RA-SES-046 is taken, handed over and freed, each time with a new epoch', () => {
    const it = actor()
    it.step(take(2))
    expect(it.state).toEqual({ phase: 'held', epoch: 2, holder: 2 })
    it.step(take(2))
    it.step(drop(3))
    expect(it.state).toEqual({ phase: 'held', epoch: 2, holder: 2 })
    it.step(take(3))
    it.step(drop(3))
    expect(it.state).toEqual({ phase: 'free', epoch: 4 })
    it.step(drop(3))
    it.step({ type: 'local.input' })
    it.step({ type: 'tick' })
    expect(it.state).toEqual({ phase: 'free', epoch: 4 })
  })

  it('RA-INP-011 RA-INP-012 RA-INP-014 is held off until 2 s after the last local input', () => {
    const it = actor()
    it.step(take(2))
    it.step({ type: 'local.input' })
    expect(leaseMessage(it.state, it.now)).toEqual({ holder: 2, leaseEpoch: 3, heldOffMs: HOLD_OFF_MS })
    it.pass(1_500)
    it.step({ type: 'local.input' })
    it.pass(HOLD_OFF_MS - 1)
    it.step({ type: 'tick' })
    expect(leaseMessage(it.state, it.now)).toEqual({ holder: 2, leaseEpoch: 3, heldOffMs: 1 })
    it.pass(1)
    expect(leaseMessage(it.state, it.now)).toEqual({ holder: 2, leaseEpoch: 3, heldOffMs: 0 })
    expect(lease.step(it.state, { type: 'tick' }, it.now).state).toBe(it.state)
  })

  it('changes hands while it is held off, and stays held off', () => {
    const it = actor()
    it.step(take(2))
    it.step({ type: 'local.input' })
    it.step(take(2))
    it.step(drop(9))
    expect(it.state).toMatchObject({ phase: 'held-off', holder: 2, epoch: 3 })
    it.step(take(3))
    expect(it.state).toMatchObject({ phase: 'held-off', holder: 3, epoch: 4 })
    it.step(drop(3))
    expect(it.state).toEqual({ phase: 'free', epoch: 5 })
    expect(leaseMessage(it.state, at(0))).toEqual({ holder: 0, leaseEpoch: 5, heldOffMs: 0 })
  })

  it('RA-SES-041 RA-SES-043 has at most one holder, and a new epoch with every change of holder and every local input that begins', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), events => {
        const it = actor()
        for (const event of events) {
          const before = it.state
          if (event.type === 'pass') it.pass(event.ms)
          else it.step(event)
          const after = it.state
          const begins = before.phase === 'held' && after.phase === 'held-off'
          expect(after.epoch - before.epoch).toBe(holderOf(before) !== holderOf(after) || begins ? 1 : 0)
        }
      }),
    )
  })

  it('has no remote events: one is a fault of its owner', () => {
    expect(lease.step({ phase: 'free', epoch: 1 }, { type: 'remote.take' } as unknown as LeaseEvent, at(0)).effects).toEqual([
      { type: 'violation', phase: 'free', event: 'remote.take', code: CloseCode.WRONG_PHASE },
    ])
  })
})
