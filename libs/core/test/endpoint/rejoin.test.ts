import { Channel, Permission, RefusalReason } from '@remote-assist/codec'
import { describe, expect, it } from 'vitest'
import { FEATURE } from '../../src/endpoint/features.js'
import { Call, CUSTOMER, LEAD } from '../support/pair.js'
import { EVERYTHING } from '../support/protocol.js'
import { cases, controlling, done, injections, joined, key, VIEW, watching } from '../support/scenes.js'

const SECRET = new Uint8Array(32).fill(9)
const request = { requestId: 7, reason: 'A driver', locator: '4711', expiresInMs: 600_000 }

/** A call in which the lead has asked for a way back. */
function asking(call = watching(), change: Partial<typeof request> = {}): Call {
  call.at(LEAD, { type: 'local.rejoin', ...request, ...change })
  return call
}

const decide = (
  call: Call,
  event: { readonly type: 'local.refused'; readonly why: 'denied' | 'failed' } | { readonly type: 'local.kept' },
  requestId = 7,
): void => call.at(CUSTOMER, { type: 'local.rejoin', event: event.type === 'local.kept' ? { ...event, requestId, secret: SECRET } : { ...event, requestId } })

/** A call in which the ticket lies ready. */
function ready(call = asking()): Call {
  decide(call, { type: 'local.kept' })
  return call
}

const why = (call: Call): unknown => call.customer.heard('rejoin.over').at(-1)?.why
const lies = (call: Call): boolean => call.customer.state.rejoin.phase === 'ready'
const awaited = (call: Call): boolean => call.agent.state.rejoin !== undefined

describe('a way back after a restart', () => {
  it('RA-SES-161 RA-SES-162 RA-SES-164 is asked of the user, and lies ready once it is kept', () => {
    const call = asking()
    expect(call.customer.heard('rejoin.asked')).toMatchObject([{ requestId: 7, reason: 'A driver', locator: '4711' }])
    expect([done(call, 7), awaited(call)]).toEqual([undefined, false])
    ready(call)
    expect([done(call, 7), awaited(call), lies(call)]).toEqual([RefusalReason.UNSPECIFIED, true, true])
    expect(call.agent.heard('rejoin.ready')).toEqual([{ kind: 'rejoin.ready', requestId: 7, secret: SECRET }])
  })

  it('RA-SES-162 is refused where the user says no, or the ticket cannot be kept', () => {
    for (const [reason, word] of [
      ['denied', RefusalReason.DENIED],
      ['failed', RefusalReason.UNSUPPORTED],
    ] as const) {
      const call = asking()
      decide(call, { type: 'local.refused', why: reason })
      expect([done(call, 7), why(call), call.customer.state.rejoin]).toEqual([word, reason, { phase: 'none' }])
    }
    const call = asking()
    call.at(CUSTOMER, { type: 'local.rejoin', event: { type: 'local.cancel' } })
    expect(done(call, 7)).toBe(RefusalReason.DENIED)
    call.at(CUSTOMER, { type: 'local.rejoin', event: { type: 'local.cancel' } })
    expect(call.customer.heard('rejoin.over')).toHaveLength(1)
  })

  it('RA-SES-162 takes silence for a no, and no answer after it', () => {
    const call = asking()
    call.pass(call.policy.consentTimeoutMs)
    expect([done(call, 7), why(call)]).toEqual([RefusalReason.TIMEOUT, 'unanswered'])
    expect(() => decide(call, { type: 'local.kept' })).toThrow()
  })

  it('RA-SES-162 takes no answer to another question', () => {
    const call = asking()
    expect(() => decide(call, { type: 'local.kept' }, 8)).toThrow('off the table')
    expect(() => decide(call, { type: 'local.refused', why: 'denied' }, 8)).toThrow('off the table')
    expect(call.customer.state.rejoin.phase).toBe('asked')
  })

  it('RA-SES-161 is for the lead that may ask for powers, one at a time, at a computer that has it, by a locator', () => {
    const second = joined(1)
    second.at(3, { type: 'local.rejoin', ...request, requestId: 1 })
    expect(done(second, 1, 3)).toBe(RefusalReason.POLICY)
    const poor = asking(Call.begun(VIEW))
    const elsewhere = Call.begun(EVERYTHING, {}, {}, [FEATURE.text])
    expect(() => asking(elsewhere)).toThrow('cannot come back')
    elsewhere.say(LEAD, CUSTOMER, { channel: Channel.SESSION, kind: { $case: 'rejoinRequest', value: request } })
    const told = elsewhere.said(Channel.SESSION, CUSTOMER, LEAD).at(-1)
    expect(told).toEqual({ $case: 'refused', value: { requestId: 7, reason: RefusalReason.UNSUPPORTED } })
    const nonsense = asking(watching(), { locator: '47x1' })
    expect([poor, nonsense].map(call => done(call, 7))).toEqual([RefusalReason.NO_GRANT, RefusalReason.INVALID])
    const twice = asking(asking(), { requestId: 8 })
    expect([done(twice, 7), done(twice, 8)]).toEqual([undefined, RefusalReason.BUSY])
    const again = asking(ready(), { requestId: 8 })
    expect([done(again, 8), lies(again)]).toEqual([RefusalReason.BUSY, true])
  })

  it('RA-SES-163 injects nothing while it is asked for', () => {
    const call = asking(controlling())
    call.at(LEAD, key(true))
    expect(injections(call).filter(it => it.do === 'key')).toEqual([])
    ready(call)
    call.at(LEAD, key(true, 5))
    expect(injections(call).filter(it => it.do === 'key')).toHaveLength(1)
  })

  it('RA-SES-165 ends at both ends when its time is over', () => {
    const call = ready(asking(watching(), { expiresInMs: 45_000 }))
    call.pass(44_999)
    expect([awaited(call), lies(call)]).toEqual([true, true])
    call.pass(1)
    expect([awaited(call), lies(call), why(call)]).toEqual([false, false, 'expired'])
    expect(call.agent.heard('rejoin.over')).toEqual([{ kind: 'rejoin.over', requestId: 7 }])
  })

  it('RA-SES-166 is taken back by either side', () => {
    const byUser = ready()
    byUser.at(CUSTOMER, { type: 'local.rejoin', event: { type: 'local.cancel' } })
    expect([awaited(byUser), lies(byUser), why(byUser)]).toEqual([false, false, 'cancelled'])
    const byLead = ready()
    byLead.at(LEAD, { type: 'local.endRejoin' })
    byLead.at(LEAD, { type: 'local.endRejoin' })
    expect([awaited(byLead), lies(byLead), why(byLead)]).toEqual([false, false, 'taken-back'])
    expect(cases(byLead.said(Channel.SESSION, LEAD, CUSTOMER)).filter(it => it === 'rejoinCancel')).toHaveLength(1)
  })

  it('RA-SES-166 is taken back by who asked for it, and for that request alone', () => {
    const call = ready()
    call.say(LEAD, CUSTOMER, { channel: Channel.SESSION, kind: { $case: 'rejoinCancel', value: { requestId: 8 } } })
    call.say(CUSTOMER, LEAD, { channel: Channel.SESSION, kind: { $case: 'rejoinCancel', value: { requestId: 8 } } })
    expect([awaited(call), lies(call)]).toEqual([true, true])
    const none = watching()
    none.say(LEAD, CUSTOMER, { channel: Channel.SESSION, kind: { $case: 'rejoinCancel', value: { requestId: 7 } } })
    expect(none.customer.heard('rejoin.over')).toEqual([])
    const other = joined(1)
    ready(asking(other))
    other.say(3, CUSTOMER, { channel: Channel.SESSION, kind: { $case: 'rejoinCancel', value: { requestId: 7 } } })
    expect(lies(other)).toBe(true)
  })

  it('RA-SES-169 is taken back by a lead that waits no more', () => {
    const call = watching()
    call.say(CUSTOMER, LEAD, { channel: Channel.SESSION, kind: { $case: 'rejoinReady', value: { requestId: 7, secret: SECRET } } })
    expect(awaited(call)).toBe(false)
    expect(cases(call.said(Channel.SESSION, LEAD, CUSTOMER))).toContain('rejoinCancel')
  })

  it('RA-SES-167 goes with the permission, and with who asked', () => {
    for (const prepare of [() => asking(), () => ready()]) {
      const call = prepare()
      call.at(CUSTOMER, { type: 'local.peer', peer: LEAD, event: { type: 'local.revoke', permission: Permission.ELEVATE } })
      expect([awaited(call), lies(call), why(call)]).toEqual([false, false, 'asker'])
    }
    const call = ready()
    call.at(CUSTOMER, { type: 'local.peer', peer: LEAD, event: { type: 'local.remove', code: 301 } })
    expect([lies(call), why(call)]).toEqual([false, 'asker'])
  })

  it('RA-SES-167 outlives a line that drops, where a question does not', () => {
    const open = asking()
    open.drop(LEAD)
    expect(why(open)).toBe('asker')
    const call = ready()
    call.drop(LEAD)
    expect([awaited(call), lies(call)]).toEqual([true, true])
  })

  it('RA-SES-168 outlives the customer at the lead’s end, until it is used', () => {
    const call = ready()
    call.at(CUSTOMER, { type: 'local.leave', code: 100 })
    expect([awaited(call), call.agent.state.customer?.machine.phase]).toEqual([true, 'gone'])
    call.at(LEAD, { type: 'local.endRejoin' })
    expect(awaited(call)).toBe(false)
  })
})
