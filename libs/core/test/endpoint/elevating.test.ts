import { Channel, ElevationMethod, ElevationScope, KeyCombo, Role } from '@remote-assist/codec'
import { describe, expect, it } from 'vitest'
import { type Call, CUSTOMER, LEAD } from '../support/pair.js'
import { EVERYTHING } from '../support/protocol.js'
import { controlling, ID, injections, inviting, key } from '../support/scenes.js'

const request = (requestId = 1) =>
  ({
    type: 'local.channel',
    channel: 'elevation',
    event: { type: 'local.request', requestId, reason: 'driver', scope: ElevationScope.ADMIN, durationMs: 0, method: ElevationMethod.PROMPT },
  }) as const
const decide = (allow: boolean, requestId = 1) =>
  ({ type: 'local.channel', peer: LEAD, channel: 'elevation', event: { type: 'local.decide', requestId, allow } }) as const
/** Everything that the lead can do with its hands. */
function useHands(call: Call): void {
  const place = { screenId: 1, x: 5, y: 5 }
  call.at(LEAD, key(true, 40))
  for (const event of [
    { type: 'local.text', text: 'yes\n' },
    { type: 'local.move', ...place },
    { type: 'local.button', ...place, button: 1, down: true },
    { type: 'local.wheel', ...place, deltaX: 0, deltaY: 120 },
    { type: 'local.sendKeys', requestId: 7, combo: KeyCombo.ALT_F4 },
  ] as const)
    call.at(LEAD, { type: 'local.channel', channel: 'input', event })
}

describe('while the customer is asked for elevation', () => {
  it('RA-ELV-004 nothing is injected, and what was held goes up', () => {
    const call = controlling()
    call.at(LEAD, key(true, 4))
    call.at(LEAD, request())
    expect(call.customer.heard('elevation.asked')).toHaveLength(1)
    expect(injections(call).at(-1)).toEqual({ do: 'key', usage: 4, down: false })
    const before = injections(call).length
    useHands(call)
    call.pass(1_000)
    expect(injections(call).slice(before)).toEqual([])
    expect(call.said(Channel.INPUT, CUSTOMER, LEAD).some(({ $case }) => $case === 'inputRejected')).toBe(true)
    call.at(CUSTOMER, decide(true))
    expect(injections(call).slice(before)).toEqual([])
    call.at(LEAD, key(true, 5))
    expect(injections(call).slice(before)).toContainEqual({ do: 'key', usage: 5, down: true })
  })

  it('RA-ELV-004 whoever asked, and however the question ends, hands are free afterwards', () => {
    const call = inviting(Role.AGENT, controlling())
    call.invited(3, Role.AGENT, ID)
    call.decide(3, 0, EVERYTHING)
    for (const [requestId, end] of [
      () => call.at(CUSTOMER, decide(false, 1)),
      () => call.pass(60_000),
      () => call.at(LEAD, { type: 'local.channel', channel: 'elevation', event: { type: 'local.drop' } }),
    ].entries()) {
      call.at(LEAD, request(requestId + 1))
      expect(call.peer(LEAD).channels.input.phase).toBe('closed')
      end()
      expect(call.peer(LEAD).channels.input.phase).toBe('open')
    }
  })
})
