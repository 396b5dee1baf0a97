import { CloseCode, Role, type RosterEntry } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LocalProtocolError } from '../../src/machine.js'
import { Call, CUSTOMER, LEAD } from '../support/pair.js'
import { entry, roster } from '../support/protocol.js'

/** Of those who are gone, so many are kept whole. */
const KEPT = 16
const NEVER_MIND = 40

/** A customer whose broker says who is there. */
function listed(call = Call.begun(), lead = true) {
  let revision = 1_000n
  const list = (...others: readonly RosterEntry[]) =>
    call.broker(CUSTOMER, {
      $case: 'roster',
      value: roster(++revision, ...(lead ? [entry(LEAD, Role.AGENT, { lead: true })] : []), entry(CUSTOMER, Role.CUSTOMER), ...others),
    })
  return {
    call,
    list,
    /** So many come, one by one, and are gone with the next roster. */
    passBy(count: number, from = 10) {
      for (let number = from; number < from + count; number++) {
        list(entry(number, Role.AGENT))
        list()
      }
    },
    get numbers() {
      return [...call.customer.state.peers.keys()]
    },
  }
}

describe('who is gone', () => {
  it('is a number after a while, however many come and go, and that number never means anybody else', () => {
    const it = listed()
    it.passBy(NEVER_MIND)
    const { gone, peers } = it.call.customer.state
    // The last one is taken account of in the step after its own.
    expect(peers.size).toBeLessThanOrEqual(1 + KEPT + 1)
    expect([...gone, ...it.numbers].sort((a, b) => a - b)).toEqual([LEAD, ...Array.from({ length: NEVER_MIND }, (_, i) => 10 + i)])
    const before = it.call.customer.heard('peer.secure').length
    it.list(...gone.map(number => entry(number, Role.AGENT, { incarnation: 7 })))
    expect(it.call.customer.heard('peer.secure').length).toBe(before)
    expect(it.call.customer.state.gone.slice(0, gone.length)).toEqual(gone)
  })

  it('is there whole for the step in which it goes, also where many go at a time', () => {
    const it = listed()
    const crowd = Array.from({ length: NEVER_MIND }, (_, i) => entry(10 + i, Role.AGENT))
    it.list(...crowd)
    it.list()
    expect(it.numbers.length).toBe(1 + NEVER_MIND)
    it.passBy(1, 100)
    expect(it.numbers.length).toBeLessThanOrEqual(1 + KEPT + 1)
  })

  it('stays whole while it leads, until somebody else does', () => {
    const it = listed(Call.begun(), false)
    it.list()
    expect(it.call.peer(LEAD).machine.phase).toBe('gone')
    it.passBy(NEVER_MIND)
    expect(it.call.customer.state.lead).toBe(LEAD)
    expect(it.numbers).toContain(LEAD)
  })

  it('stays whole while the broker lists it: it may have to be turned out again', () => {
    const it = listed()
    const stays = entry(5, Role.AGENT)
    it.list(stays)
    it.call.at(CUSTOMER, { type: 'local.peer', peer: 5, event: { type: 'local.remove', code: CloseCode.REMOVED } })
    for (let number = 10; number < 10 + NEVER_MIND; number++) {
      it.list(stays, entry(number, Role.AGENT))
      it.list(stays)
    }
    expect(it.numbers).toContain(5)
    it.passBy(2, 100)
    expect(it.numbers).not.toContain(5)
  })

  it('may be removed once more; other calls are the caller’s fault', () => {
    const it = listed()
    it.passBy(NEVER_MIND)
    const { state } = it.call.customer
    const act = (
      event: { readonly type: 'local.remove'; readonly code: CloseCode } | { readonly type: 'local.grant'; readonly permission: 1; readonly expiresInMs: 0 },
    ) => it.call.at(CUSTOMER, { type: 'local.peer', peer: 10, event })
    act({ type: 'local.remove', code: CloseCode.REMOVED })
    expect(it.call.customer.state).toBe(state)
    expect(() => act({ type: 'local.grant', permission: 1, expiresInMs: 0 })).toThrow(LocalProtocolError)
  })

  it('costs a step nothing, whoever was there: the peers that are looked at do not grow', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 40 }), crowds => {
        const it = listed()
        let next = 10
        for (const size of crowds) {
          it.list(...Array.from({ length: size }, () => entry(next++, Role.AGENT)))
          it.list()
        }
        expect(it.numbers.length).toBeLessThanOrEqual(1 + KEPT + 4)
        expect(it.numbers.length + it.call.customer.state.gone.length).toBe(1 + next - 10)
      }),
      { numRuns: 20 },
    )
  })
})
