import { Channel, CloseCode, ElevationMethod, ElevationReason, ElevationScope, Permission, Role } from '@remote-assist/codec'
import { describe, expect, it } from 'vitest'
import { LocalProtocolError } from '../../src/machine.js'
import { Call, CUSTOMER, LEAD } from '../support/pair.js'
import { EVERYTHING } from '../support/protocol.js'
import { ID, inviting, joined } from '../support/scenes.js'

const words = { type: 'local.words', peer: LEAD } as const
const request = (requestId: number) =>
  ({
    type: 'local.channel',
    channel: 'elevation',
    event: { type: 'local.request', requestId, reason: 'driver', scope: ElevationScope.ADMIN, durationMs: 0, method: ElevationMethod.PROMPT },
  }) as const
const controlling = (): Call => {
  const call = Call.begun(EVERYTHING, { requireWordsBeforeElevation: true })
  call.at(LEAD, { type: 'local.requestControl', requestId: 5 })
  return call
}
const reasons = (call: Call) => call.agent.heard('elevation.changed').map(({ reason }) => reason)

describe('the verification words', () => {
  it('RA-SES-141 RA-ELV-010 open the way to elevation once the local user compared them, whatever the agent says', () => {
    const call = controlling()
    call.at(LEAD, { type: 'local.say', kind: { $case: 'wordsConfirmed', value: { participant: 0 } } })
    call.at(LEAD, request(6))
    expect(reasons(call)).toContain(ElevationReason.WORDS)
    expect(call.customer.heard('elevation.asked')).toEqual([])
    call.at(CUSTOMER, words)
    call.at(LEAD, request(7))
    expect(call.customer.heard('elevation.asked')).toHaveLength(1)
  })

  it('RA-SES-142 are told to be the same by each side, by the customer also before it consents', () => {
    const call = Call.met()
    call.at(CUSTOMER, words)
    expect(call.agent.heard('words')).toEqual([{ kind: 'words', participant: CUSTOMER }])
    call.ask(LEAD, 1, EVERYTHING)
    call.decide(LEAD, 1, EVERYTHING)
    call.at(LEAD, { type: 'local.say', kind: { $case: 'wordsConfirmed', value: { participant: 0 } } })
    expect(call.customer.heard('words')).toEqual([{ kind: 'words' }])
  })

  it('RA-SES-144 are told to whoever comes by invitation once it is let in, and no sooner: it could not open that', () => {
    for (const role of [Role.AGENT, Role.VIEWER] as const) {
      const call = inviting(role)
      call.invited(3, role, ID)
      call.at(CUSTOMER, { type: 'local.words', peer: 3 })
      const told = () => call.said(Channel.SESSION, CUSTOMER, 3).filter(kind => kind.$case === 'wordsConfirmed')
      expect([told(), call.peer(3).words]).toEqual([[], 'confirmed'])
      call.decide(3, 0, [Permission.CHAT])
      expect([told().length, call.peer(3).words]).toEqual([1, 'told'])
      expect(call.joiner(3).heard('words')).toHaveLength(1)
      call.drop(3)
      call.back(3)
      expect(told()).toHaveLength(1)
    }
  })

  it('stay compared when the line drops and returns', () => {
    const call = controlling()
    call.at(CUSTOMER, words)
    call.drop(LEAD)
    call.back(LEAD)
    expect(call.peer(LEAD).words).toBe('told')
    expect(call.agent.state.customer?.wordsConfirmed).toBe(false)
  })

  it('are compared with somebody who is there', () => {
    const call = Call.begun()
    expect(() => call.at(CUSTOMER, { type: 'local.words', peer: 9 })).toThrow(LocalProtocolError)
    call.at(CUSTOMER, { type: 'local.peer', peer: LEAD, event: { type: 'local.remove', code: CloseCode.REMOVED } })
    expect(() => call.at(CUSTOMER, words)).toThrow(LocalProtocolError)
  })
})

describe('the organisation of a peer', () => {
  it('RA-SES-143 is told to everybody once it was checked, and is empty before', () => {
    const call = Call.begun([Permission.CHAT])
    const told = () => call.said(Channel.SESSION, CUSTOMER, LEAD).flatMap(kind => (kind.$case === 'participants' ? [kind.value.participants] : []))
    expect(
      told()
        .at(-1)
        ?.map(({ organisation }) => organisation),
    ).toEqual(['', ''])
    call.at(CUSTOMER, { type: 'local.identified', peer: LEAD, organisation: 'Example Ltd' })
    expect(
      told()
        .at(-1)
        ?.find(({ participant }) => participant === LEAD)?.organisation,
    ).toBe('Example Ltd')
  })
})

describe('what the customer says beside its channels', () => {
  it('RA-SEC-235 reaches a viewer if it is a capability, and no part of the log does', () => {
    const call = joined()
    const signed = new Uint8Array(65)
    call.at(CUSTOMER, { type: 'local.say', peer: 3, kind: { $case: 'capability', value: { signed } } })
    expect(call.joiner(3).heard('capability')).toEqual([{ kind: 'capability', signed }])
    const entry = { $case: 'auditSign', value: { index: 0n, head: signed, signature: signed, leaving: false, endsSession: false } } as const
    expect(() => call.at(CUSTOMER, { type: 'local.say', peer: 3, kind: entry })).toThrow(LocalProtocolError)
  })
})
