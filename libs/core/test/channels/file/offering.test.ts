import { CancelReason, Direction, RefusalReason } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DECISION_SLACK_MS, type FileEvent, MAX_ASKS, MAX_TRANSFERS } from '../../../src/channels/file/events.js'
import { refuseFile } from '../../../src/channels/file/file.js'
import { type End, PERMIT, permit } from './pair.js'
import { agentEnd, CONTENT, customerEnd, exact, heardListing, heardOffer, hears, listing, offerEvent, remoteOf, says } from './scenes.js'

describe('offers and asks', () => {
  it('RA-FIL-004 RA-FIL-006 RA-FIL-007 RA-FIL-008 an offer that cannot be is refused with the reason', () => {
    const reasonFor = (end: End, event = heardOffer()) =>
      end
        .step(event)
        .sentCase('refused')
        .map(it => it.reason)[0]
    expect(reasonFor(customerEnd())).toBeUndefined()
    expect(reasonFor(customerEnd(), heardOffer({ transferId: 2 }))).toBe(RefusalReason.INVALID)
    expect(reasonFor(customerEnd(), heardOffer({ direction: Direction.FROM_CUSTOMER }))).toBe(RefusalReason.INVALID)
    expect(reasonFor(heardListing())).toBe(RefusalReason.INVALID)
    expect(reasonFor(customerEnd({ toCustomer: false }))).toBe(RefusalReason.NO_GRANT)
    expect(reasonFor(customerEnd({ maxFileBytes: 0n }))).toBe(RefusalReason.POLICY)
    expect(reasonFor(customerEnd({ maxEntries: 2 }))).toBe(RefusalReason.LIMIT)
    expect(reasonFor(customerEnd({ flow: 'held' }))).toBe(RefusalReason.PAUSED)
    expect(reasonFor(customerEnd({ flow: 'suspended' }))).toBe(RefusalReason.NOT_ACTIVE)
    const full = customerEnd()
    for (let i = 0; i < MAX_TRANSFERS; i++) expect(reasonFor(full, heardOffer({ transferId: 2 * i + 1 }))).toBeUndefined()
    expect(reasonFor(full, heardOffer({ transferId: 99 }))).toBe(RefusalReason.LIMIT)
  })

  it('RA-FIL-004 RA-FIL-010 takes each id once, of its sender alone, in its sender’s direction, whatever became of the offer', () => {
    const reasonFor = (end: End, change: object) => end.step(heardOffer(change)).sentCase('refused').at(-1)?.reason
    const sides = [
      { end: customerEnd, parity: 1, direction: Direction.TO_CUSTOMER, other: Direction.FROM_CUSTOMER },
      { end: agentEnd, parity: 0, direction: Direction.FROM_CUSTOMER, other: Direction.TO_CUSTOMER },
    ]
    fc.assert(
      fc.property(fc.constantFrom(...sides), fc.integer({ min: 0, max: 0x7ffffffe }), fc.integer({ min: 0, max: 99 }), (side, above, below) => {
        const transferId = 2 * above + 2 - side.parity
        const fits = { transferId, direction: side.direction }
        expect(reasonFor(side.end(), { ...fits, direction: side.other })).toBe(RefusalReason.INVALID)
        expect(reasonFor(side.end(), { ...fits, transferId: transferId + 1 })).toBe(RefusalReason.INVALID)
        const open = side.end()
        const declined = side.end({ maxEntries: 2 })
        const over = side.end()
        expect([reasonFor(open, fits), reasonFor(declined, fits), reasonFor(over, fits)]).toEqual([undefined, RefusalReason.LIMIT, undefined])
        over.step(hears('cancel', { transferId, reason: CancelReason.USER }))
        for (const end of [open, declined.step(permit()), over])
          for (const used of [transferId, Math.max(2 - side.parity, transferId - 2 * below)])
            expect(reasonFor(end, { ...fits, transferId: used })).toBe(RefusalReason.INVALID)
        for (const end of [open, declined, over]) expect(reasonFor(end, { ...fits, transferId: transferId + 2 })).toBeUndefined()
      }),
    )
    exact(listing().step(says('local.cancel', { reason: CancelReason.USER })), offerEvent())
  })

  it('the app cannot offer what would be refused', () => {
    exact(agentEnd({ toCustomer: false }), offerEvent())
    exact(agentEnd(), offerEvent({ transferId: 2 }))
    exact(listing(), offerEvent())
    exact(agentEnd(), offerEvent({ entries: 0 }))
    exact(agentEnd({ maxEntries: 2 }), offerEvent())
    exact(agentEnd(), offerEvent({ requestId: 5 }))
    exact(agentEnd({ flow: 'held' }), offerEvent())
    const full = agentEnd()
    for (let i = 0; i < MAX_TRANSFERS; i++) full.step(offerEvent({ transferId: 2 * i + 1 }))
    exact(full, offerEvent({ transferId: 99 }))
  })

  it('RA-FIL-009 an ask is answered by an offer, a refusal, or time', () => {
    const ask: FileEvent = { type: 'local.ask', requestId: 7, prompt: 'logs, please' }
    const agent = agentEnd().step(ask)
    expect(agent.sentCase('ask')).toEqual([{ requestId: 7, prompt: 'logs, please' }])
    const customer = (): End => customerEnd().step(remoteOf({ $case: 'ask', value: { requestId: 7, prompt: '' } }))
    expect(customer().noticed('file.asked')).toMatchObject([{ requestId: 7, by: PERMIT.consentTimeoutMs }])
    const offered = customer().step(offerEvent({ transferId: 2, requestId: 7 }))
    expect(offered.sentCase('offer')).toMatchObject([{ requestId: 7, direction: Direction.FROM_CUSTOMER }])
    expect(offered.noticed('file.ask-ended')).toMatchObject([{ reason: RefusalReason.UNSPECIFIED }])
    expect(agent.step(remoteOf(offered.onlySent)).noticed('file.ask-ended')).toMatchObject([{ requestId: 7, reason: RefusalReason.UNSPECIFIED }])
    const declined = customer().step({ type: 'local.decline', requestId: 7, reason: RefusalReason.DENIED })
    expect(declined.sentCase('refused')).toEqual([{ transferId: 0, requestId: 7, reason: RefusalReason.DENIED }])
    expect(declined.step({ type: 'local.decline', requestId: 7, reason: RefusalReason.DENIED }).sent).toEqual([])
    expect(
      agentEnd()
        .step(ask)
        .step(remoteOf({ $case: 'refused', value: { transferId: 0, requestId: 7, reason: RefusalReason.DENIED } })).notices,
    ).toEqual([{ kind: 'file.ask-ended', requestId: 7, reason: RefusalReason.DENIED }])
    const seen: unknown[] = []
    customer().wait(PERMIT.consentTimeoutMs, it => seen.push(it.now, ...it.sent, ...it.notices))
    agentEnd()
      .step(ask)
      .wait(PERMIT.consentTimeoutMs + DECISION_SLACK_MS, it => seen.push(it.now, ...it.sent, ...it.notices))
    const over = { kind: 'file.ask-ended', requestId: 7, reason: RefusalReason.TIMEOUT }
    expect(seen).toEqual([60_000, { $case: 'refused', value: { transferId: 0, requestId: 7, reason: RefusalReason.TIMEOUT } }, over, 70_000, over])
  })

  it('an ask ends with the grant or the line, and asks are bounded', () => {
    const ask = (requestId: number): FileEvent => ({ type: 'local.ask', requestId, prompt: '' })
    const heard = (requestId: number): FileEvent => remoteOf({ $case: 'ask', value: { requestId, prompt: '' } })
    const lost = customerEnd()
      .step(heard(1))
      .step(permit({ fromCustomer: false }))
    expect(lost.sentCase('refused')).toMatchObject([{ requestId: 1, reason: RefusalReason.NO_GRANT }])
    const gone = customerEnd()
      .step(heard(1))
      .step(permit({ flow: 'suspended' }))
    expect([gone.sent, gone.noticed('file.ask-ended')]).toMatchObject([[], [{ reason: RefusalReason.NOT_ACTIVE }]])
    expect(
      agentEnd()
        .step(ask(1))
        .step(permit({ fromCustomer: false })).sent,
    ).toEqual([])
    const agent = agentEnd()
    const customer = customerEnd()
    for (let id = 1; id <= MAX_ASKS; id++) {
      agent.step(ask(id))
      customer.step(heard(id))
    }
    exact(agent, ask(99))
    expect(customer.step(heard(99)).sentCase('refused')).toMatchObject([{ reason: RefusalReason.LIMIT }])
    expect(customer.step(heard(1)).sent).toEqual([])
    exact(agentEnd().step(ask(1)), ask(1))
    exact(agentEnd(), ask(0))
    exact(agentEnd({ fromCustomer: false }), ask(1))
    exact(customerEnd(), ask(1))
    exact(agentEnd(), { type: 'local.decline', requestId: 1, reason: RefusalReason.DENIED })
    expect(agentEnd().step(heard(1)).sentCase('refused')).toMatchObject([{ reason: RefusalReason.NOT_ACTIVE }])
    expect(customerEnd({ flow: 'held' }).step(heard(1)).sentCase('refused')).toMatchObject([{ reason: RefusalReason.NOT_ACTIVE }])
    expect(customerEnd({ fromCustomer: false }).step(heard(1)).sentCase('refused')).toMatchObject([{ reason: RefusalReason.NO_GRANT }])
    const refusal = (requestId: number): FileEvent => remoteOf({ $case: 'refused', value: { transferId: 0, requestId, reason: RefusalReason.DENIED } })
    expect([agentEnd().step(refusal(1)).notices, customerEnd().step(heard(1)).step(refusal(1)).notices]).toEqual([[], []])
  })

  it('what the matrix did not let pass is refused in the words of the channel', () => {
    const offer = { transferId: 3, direction: 1, entries: 1, bytes: 0n, requestId: 4, contentId: CONTENT }
    expect(refuseFile({ $case: 'offer', value: offer }, RefusalReason.NO_GRANT)).toEqual({
      $case: 'refused',
      value: { transferId: 3, requestId: 0, reason: RefusalReason.NO_GRANT },
    })
    expect(refuseFile({ $case: 'ask', value: { requestId: 4, prompt: '' } }, RefusalReason.PAUSED)).toEqual({
      $case: 'refused',
      value: { transferId: 0, requestId: 4, reason: RefusalReason.PAUSED },
    })
    expect(refuseFile({ $case: 'hold', value: { transferId: 3 } }, RefusalReason.PAUSED)).toBeUndefined()
  })
})
