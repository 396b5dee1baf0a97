import { Channel, ElevationMethod, ElevationScope, Role } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FEATURE } from '../../src/endpoint/features.js'
import { LocalProtocolError } from '../../src/machine.js'
import { Call, CUSTOMER, LEAD } from '../support/pair.js'
import { EVERYTHING } from '../support/protocol.js'
import { ID, inviting, VIEW } from '../support/scenes.js'

const known = Object.values(FEATURE)
/** Names of features, known or not, in any order, some of them twice. */
const names = fc.array(fc.oneof(fc.constantFrom<string>(...known), fc.stringMatching(/^[a-z0-9.]{1,64}$/)), { maxLength: 12 })
const ascending = (list: readonly string[]) => list.every((name, i) => i === 0 || (list[i - 1] as string) < name)

/** A call in which the lead is in control of a customer that announced these. */
function controlled(capabilities: readonly string[]): Call {
  const call = Call.begun(EVERYTHING, {}, {}, capabilities)
  call.at(LEAD, { type: 'local.requestControl', requestId: 5 })
  return call
}
const type = (call: Call) => call.at(LEAD, { type: 'local.channel', channel: 'input', event: { type: 'local.text', text: 'é' } })
const elevate = (call: Call, method: ElevationMethod) =>
  call.at(LEAD, {
    type: 'local.channel',
    channel: 'elevation',
    event: { type: 'local.request', requestId: 6, reason: 'r', scope: ElevationScope.ADMIN, durationMs: 0, method },
  })
/** What the lead can make use of. */
function usable(call: Call): string[] {
  const can = (use: () => void): boolean => {
    try {
      use()
      return true
    } catch (error) {
      expect(error).toBeInstanceOf(LocalProtocolError)
      return false
    }
  }
  const text = can(() => type(call)) ? [FEATURE.text] : []
  const credentials = can(() => elevate(call, ElevationMethod.CREDENTIALS)) ? [FEATURE.credentials] : []
  const rejoin = can(() => call.at(LEAD, { type: 'local.rejoin', requestId: 7, reason: 'r', locator: '4711', expiresInMs: 1_000 })) ? [FEATURE.rejoin] : []
  return [...credentials, ...text, ...rejoin]
}
/** What was announced to a participant, in order. */
const announced = (call: Call, to: number) =>
  call.said(Channel.SESSION, CUSTOMER, to).flatMap(kind => (kind.$case === 'capabilities' ? [kind.value.names] : []))

describe('optional features', () => {
  it('RA-SES-202 RA-SES-204 are used if, and only if, the receiver announced them last; other names mean nothing', () => {
    fc.assert(
      fc.property(names, fc.option(names, { nil: undefined }), (first, change) => {
        const call = controlled(first)
        if (change !== undefined) call.at(CUSTOMER, { type: 'local.capabilities', names: change })
        const valid = change ?? first
        const before = call.words.length
        expect(usable(call)).toEqual(known.filter(name => valid.includes(name)).sort())
        const said = call.words.slice(before).flatMap(({ from, message }) => (from === LEAD ? [message.kind.$case] : []))
        const features = { textInput: FEATURE.text, elevateRequest: FEATURE.credentials, rejoinRequest: FEATURE.rejoin } as const
        for (const [message, feature] of Object.entries(features)) expect(said.includes(message as 'textInput')).toBe(valid.includes(feature))
        expect([call.agent.violations, call.customer.violations]).toEqual([[], []])
      }),
    )
  })

  it('RA-SES-202 are not needed for what is not optional', () => {
    const call = controlled([])
    elevate(call, ElevationMethod.PROMPT)
    expect(call.customer.heard('elevation.asked')).toHaveLength(1)
  })

  it('RA-SES-204 that nobody knows are not answered', () => {
    const call = controlled([])
    const before = call.words.length
    call.at(CUSTOMER, { type: 'local.capabilities', names: ['teleport', 'input.smell'] })
    call.say(LEAD, CUSTOMER, { channel: Channel.SESSION, kind: { $case: 'capabilities', value: { names: ['telepathy'] } } })
    expect(call.words.slice(before).map(({ from, message }) => [from, message.kind.$case])).toEqual([[CUSTOMER, 'capabilities']])
    expect([call.peer(LEAD).machine.phase, call.agent.state.customer?.machine.phase]).toEqual(['active', 'active'])
  })

  it('RA-SES-203 are announced whole, ascending and distinct, again after each change, to whoever is there and whoever comes', () => {
    fc.assert(
      fc.property(names, fc.array(names, { maxLength: 5 }), (first, changes) => {
        const call = inviting(Role.VIEWER, controlled(first))
        const sets = [first, ...changes].map(list => [...new Set(list)].sort())
        const newest = sets.at(-1)
        call.invited(3, Role.VIEWER, ID)
        for (const change of changes) call.at(CUSTOMER, { type: 'local.capabilities', names: change })
        const news = sets.filter((set, i) => i === 0 || `${set}` !== `${sets[i - 1]}`)
        expect(announced(call, LEAD)).toEqual(news)
        expect(announced(call, LEAD).every(ascending)).toBe(true)
        expect(announced(call, 3)).toEqual([])
        call.decide(3, 0, VIEW)
        expect(announced(call, 3)).toEqual([newest])
        call.drop(LEAD)
        call.back(LEAD)
        expect(announced(call, LEAD)).toEqual([...news, newest])
      }),
    )
  })

  it('RA-SES-203 of an agent or viewer are announced so as well', () => {
    const call = Call.begun()
    call.at(LEAD, { type: 'local.say', kind: { $case: 'capabilities', value: { names: ['b', 'a', 'b'] } } })
    expect(call.customer.heard('capabilities')).toEqual([{ kind: 'capabilities', names: ['a', 'b'] }])
  })
})
