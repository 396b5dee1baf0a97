import { type Channel, type Direction, RefusalReason } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ANSWER_TIMEOUT_MS, MAX_UNANSWERED } from '../../../src/channels/clipboard/clipboard.js'
import type { ClipboardEvent } from '../../../src/channels/clipboard/table.js'
import { LocalProtocolError } from '../../../src/machine.js'
import type { Kind } from '../../../src/message.js'
import { remote } from '../support.js'
import { agentEnd, customerEnd, type End, FROM_CUSTOMER, isOn, permit, sharing, sync, TO_CUSTOMER } from './scenes.js'

describe('the switches', () => {
  it('RA-CLP-001 both directions are off at first, and after a return', () => {
    const end = sharing()
    expect(isOn(end, 'fromCustomer')).toBe(true)
    end.step(permit({ flowing: false, reset: true })).step(permit())
    expect([isOn(end, 'toCustomer'), isOn(end, 'fromCustomer')]).toEqual([false, false])
    expect(end.sent).toEqual([])
  })

  it('RA-CLP-002 the customer answers each switch with how the direction now is', () => {
    const end = customerEnd()
    for (const on of [true, true, false, true, false, false]) {
      expect(end.step(sync(TO_CUSTOMER, on)).sentCase('sync')).toEqual([{ direction: TO_CUSTOMER, on }])
      expect(isOn(end, 'toCustomer')).toBe(on)
    }
  })

  it('RA-CLP-003 the customer refuses to switch on without the grant', () => {
    const end = customerEnd().step(permit({ toCustomer: false }))
    expect(end.step(sync(TO_CUSTOMER, true)).onlySent).toEqual({
      $case: 'refused',
      value: { offerId: 0, mime: '', direction: TO_CUSTOMER, reason: RefusalReason.NO_GRANT },
    })
    expect(end.step(sync(TO_CUSTOMER, false)).sentCase('sync')).toEqual([{ direction: TO_CUSTOMER, on: false }])
    expect(end.step(sync(9 as Direction, true)).sentCase('refused')).toMatchObject([{ reason: RefusalReason.UNSUPPORTED }])
  })

  it('RA-CLP-004 the customer switches off, and says so, when the permission is lost', () => {
    const end = sharing().step(permit({ fromCustomer: false }))
    expect(end.sentCase('sync')).toEqual([{ direction: FROM_CUSTOMER, on: false }])
    expect(end.noticed('clipboard.switched')).toEqual([{ kind: 'clipboard.switched', direction: FROM_CUSTOMER, on: false, reason: RefusalReason.NO_GRANT }])
  })

  it('an agent asks, and hears yes, no, or nothing', () => {
    const asking = () => agentEnd().step({ type: 'local.sync', direction: TO_CUSTOMER, on: true })
    expect(asking().sentCase('sync')).toEqual([{ direction: TO_CUSTOMER, on: true }])
    expect(isOn(asking(), 'toCustomer')).toBe(false)
    expect(asking().step(sync(TO_CUSTOMER, true)).noticed('clipboard.switched')).toMatchObject([{ on: true }])
    const no = asking().step({ type: 'remote.refused', value: { offerId: 0, mime: '', direction: TO_CUSTOMER, reason: RefusalReason.NO_GRANT } })
    expect(no.noticed('clipboard.switched')).toMatchObject([{ on: false, reason: RefusalReason.NO_GRANT }])
    const seen: unknown[] = []
    const silence = asking().wait(ANSWER_TIMEOUT_MS, ({ notices, sent }) => seen.push(...notices, ...sent))
    expect(seen).toEqual([
      { kind: 'clipboard.switched', direction: TO_CUSTOMER, on: false, reason: RefusalReason.TIMEOUT },
      { $case: 'sync', value: { direction: TO_CUSTOMER, on: false } },
    ])
    expect(silence.machine.nextDeadline(silence.state)).toBeUndefined()
  })

  it('the customer may switch off, and never on', () => {
    const end = sharing()
    expect(end.step({ type: 'local.sync', direction: FROM_CUSTOMER, on: false }).sentCase('sync')).toEqual([{ direction: FROM_CUSTOMER, on: false }])
    expect(end.step({ type: 'local.sync', direction: FROM_CUSTOMER, on: false }).sent).toEqual([])
    expect(() => end.step({ type: 'local.sync', direction: FROM_CUSTOMER, on: true })).toThrow(LocalProtocolError)
    expect(() => end.step({ type: 'local.sync', direction: 0 as Direction, on: true })).toThrow(/no such direction/)
    end.step({ type: 'remote.refused', value: { offerId: 0, mime: '', direction: FROM_CUSTOMER, reason: RefusalReason.POLICY } })
    expect(end.notices).toEqual([])
  })

  it('an agent cannot switch on what is not granted, while nothing flows, or without end', () => {
    const on = { type: 'local.sync', direction: TO_CUSTOMER, on: true } as const
    expect(() =>
      agentEnd()
        .step(permit({ toCustomer: false }))
        .step(on),
    ).toThrow(LocalProtocolError)
    expect(() =>
      agentEnd()
        .step(permit({ flowing: false }))
        .step(on),
    ).toThrow(LocalProtocolError)
    const end = agentEnd()
    for (let i = 0; i < MAX_UNANSWERED / 2; i++) end.step(on).step({ ...on, on: false })
    expect(end.step({ ...on, on: false }).sent).toEqual([])
    expect(() => end.step(on)).toThrow(/has not answered/)
  })

  it('an agent switches off what it does not want on', () => {
    const end = agentEnd().step(sync(TO_CUSTOMER, true))
    expect(end.sentCase('sync')).toEqual([{ direction: TO_CUSTOMER, on: false }])
    expect(isOn(end, 'toCustomer')).toBe(false)
    expect(end.step(sync(9 as Direction, true)).sent).toEqual([])
  })

  it('an agent that switched several times goes by the last answer, and hears no reason of an earlier one', () => {
    const ask = (on: boolean): ClipboardEvent => ({ type: 'local.sync', direction: TO_CUSTOMER, on })
    const no: ClipboardEvent = { type: 'remote.refused', value: { offerId: 0, mime: '', direction: TO_CUSTOMER, reason: RefusalReason.NO_GRANT } }
    const end = agentEnd().step(ask(true)).step(ask(false)).step(ask(true))
    expect([end.step(no).notices, end.sent]).toEqual([[], []])
    expect([end.step(sync(TO_CUSTOMER, false)).notices, end.sent]).toEqual([[], []])
    expect(end.state.switches.toCustomer.answerBy).toBe(ANSWER_TIMEOUT_MS)
    expect(end.step(sync(TO_CUSTOMER, true)).noticed('clipboard.switched')).toMatchObject([{ on: true }])
    expect(isOn(end, 'toCustomer')).toBe(true)
    expect(end.state.switches.toCustomer.answerBy).toBeUndefined()
  })

  it('an agent asks once for what it wants already', () => {
    const end = agentEnd()
    const ask = (on: boolean): End => end.step({ type: 'local.sync', direction: TO_CUSTOMER, on })
    expect([ask(true).sent.length, ask(true).sent.length]).toEqual([1, 0])
    end.step(sync(TO_CUSTOMER, true))
    expect(ask(true).sent).toEqual([])
    expect([ask(false).sent.length, ask(false).sent.length]).toEqual([1, 0])
    expect(end.state.switches.toCustomer.unanswered).toBe(1)
  })

  it('both ends agree in the end, whoever switches whatever when', () => {
    const agentMoves = ['agent on', 'agent off', 'to customer', 'to agent'] as const
    const moves = fc.oneof(
      fc.array(fc.constantFrom(...agentMoves), { maxLength: 40 }),
      fc.array(fc.constantFrom(...agentMoves, 'customer off' as const), { maxLength: 40 }),
    ) as fc.Arbitrary<string[]>
    fc.assert(
      fc.property(moves, steps => {
        const [agent, customer] = [agentEnd(), customerEnd()]
        const toCustomer: Kind<Channel.CLIPBOARD>[] = []
        const toAgent: Kind<Channel.CLIPBOARD>[] = []
        const deliver = (queue: Kind<Channel.CLIPBOARD>[], end: End, back: Kind<Channel.CLIPBOARD>[]) => {
          const kind = queue.shift()
          if (kind !== undefined) back.push(...end.step(remote(kind)).sent)
        }
        for (const move of steps) {
          if (move === 'to customer') deliver(toCustomer, customer, toAgent)
          else if (move === 'to agent') deliver(toAgent, agent, toCustomer)
          else {
            const [end, queue] = move.startsWith('agent') ? [agent, toCustomer] : [customer, toAgent]
            end.attempt({ type: 'local.sync', direction: TO_CUSTOMER, on: move.endsWith('on') })
            queue.push(...end.sent)
          }
        }
        while (toCustomer.length + toAgent.length > 0) {
          deliver(toCustomer, customer, toAgent)
          deliver(toAgent, agent, toCustomer)
        }
        expect(isOn(agent, 'toCustomer')).toBe(isOn(customer, 'toCustomer'))
        expect(agent.state.switches.toCustomer.answerBy).toBeUndefined()
        if (!steps.includes('customer off')) {
          const asked = steps.filter(move => move.startsWith('agent'))
          expect(isOn(agent, 'toCustomer')).toBe(asked.at(-1) === 'agent on')
        }
      }),
    )
  })
})
