import { Channel, CloseCode, ElevationMethod, ElevationPhase, ElevationReason, ElevationScope, KeyCombo, Role } from '@remote-assist/codec'
import { describe, expect, it } from 'vitest'
import { Call, CUSTOMER, LEAD } from '../support/pair.js'
import { EVERYTHING } from '../support/protocol.js'
import { controlling, ID, injections, inviting, key } from '../support/scenes.js'

const request = (requestId = 1, method = ElevationMethod.PROMPT) =>
  ({
    type: 'local.channel',
    channel: 'elevation',
    event: { type: 'local.request', requestId, reason: 'driver', scope: ElevationScope.ADMIN, durationMs: 0, method },
  }) as const
const decide = (allow: boolean, requestId = 1, peer = LEAD) =>
  ({ type: 'local.channel', peer, channel: 'elevation', event: { type: 'local.decide', requestId, allow } }) as const
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

describe('a pause', () => {
  const elevation = (event: { readonly type: 'local.agreed' | 'local.elevated'; readonly requestId: number }) =>
    ({ type: 'local.channel', peer: LEAD, channel: 'elevation', event }) as const
  const { FAILED, REVOKED } = ElevationPhase
  const { PAUSED } = ElevationReason
  const toldOf = (call: Call, requestId: number) =>
    call
      .said(Channel.ELEVATION, CUSTOMER, LEAD)
      .flatMap(kind => (kind.$case === 'elevationState' && kind.value.requestId === requestId ? [[kind.value.phase, kind.value.reason]] : []))
      .at(-1)

  it.each(['the question', 'elevation'])('RA-ELV-022 ends %s, and the agent hears why', what => {
    const call = controlling()
    call.at(LEAD, request(1))
    if (what === 'elevation') {
      call.at(CUSTOMER, decide(true, 1))
      call.at(CUSTOMER, elevation({ type: 'local.agreed', requestId: 1 }))
      call.at(CUSTOMER, elevation({ type: 'local.elevated', requestId: 1 }))
    }
    call.at(CUSTOMER, { type: 'local.pause' })
    expect(toldOf(call, 1)).toEqual([REVOKED, PAUSED])
    expect(call.agent.heard('elevation.changed').at(-1)).toMatchObject({ requestId: 1, phase: REVOKED, reason: PAUSED })
    expect(call.peer(LEAD).channels.elevation.phase).toBe('none')
    call.at(LEAD, request(2))
    expect(toldOf(call, 2)).toEqual([FAILED, PAUSED])
    call.at(CUSTOMER, { type: 'local.unpause' })
    call.at(LEAD, request(3))
    expect(toldOf(call, 3)).toEqual([ElevationPhase.CONSENT, ElevationReason.UNSPECIFIED])
    expect(call.said(Channel.ELEVATION, LEAD, CUSTOMER).map(({ $case }) => $case)).toEqual(['elevateRequest', 'elevateRequest', 'elevateRequest'])
  })
})

describe('wrong credentials', () => {
  let requests = 0
  /** This agent asks, and gives wrong ones if it may; why that ended. */
  function wrong(call: Call, number: number): ElevationReason | undefined {
    const requestId = ++requests
    call.at(number, request(requestId, ElevationMethod.CREDENTIALS))
    if (call.peer(number).channels.elevation.phase === 'consent') {
      call.at(CUSTOMER, decide(true, requestId, number))
      const event = { type: 'local.failed', requestId, reason: ElevationReason.WRONG_CREDENTIALS } as const
      call.at(CUSTOMER, { type: 'local.channel', peer: number, channel: 'elevation', event })
    }
    const told = call.said(Channel.ELEVATION, CUSTOMER, number).flatMap(kind => (kind.$case === 'elevationState' ? [kind.value.reason] : []))
    return told.at(-1)
  }
  /** This agent is in control, and nobody else. */
  function takes(call: Call, number: number): void {
    for (const other of [LEAD, 3])
      if (other !== number && call.ends.has(other)) call.at(other, { type: 'local.say', kind: { $case: 'releaseControl', value: {} } })
    call.at(number, { type: 'local.requestControl', requestId: 500 + ++requests })
  }
  const { BACK_OFF, WRONG_CREDENTIALS } = ElevationReason

  it('RA-ELV-065 count whoever gave them: another agent, and one that comes anew, has to wait as well', () => {
    const call = inviting(Role.AGENT, controlling())
    call.invited(3, Role.AGENT, ID)
    call.decide(3, 0, EVERYTHING)
    expect([wrong(call, LEAD), wrong(call, LEAD)]).toEqual([WRONG_CREDENTIALS, WRONG_CREDENTIALS])
    takes(call, 3)
    expect([wrong(call, 3), wrong(call, 3)]).toEqual([WRONG_CREDENTIALS, BACK_OFF])
    call.at(3, { type: 'local.leave', code: CloseCode.LEFT, endSession: false })
    takes(call, LEAD)
    expect(wrong(call, LEAD)).toBe(BACK_OFF)
    const inviteId = new Uint8Array(16).fill(8)
    call.at(LEAD, { type: 'local.invite', requestId: 10, invite: { inviteId, role: Role.AGENT, secret: inviteId, expiresInMs: 600_000, ceiling: [] } })
    call.invited(4, Role.AGENT, inviteId)
    call.decide(4, 0, EVERYTHING)
    takes(call, 4)
    expect(wrong(call, 4)).toBe(BACK_OFF)
    call.at(4, { type: 'local.leave', code: CloseCode.LEFT, endSession: false })
    takes(call, LEAD)
    call.pass(30_000)
    expect([wrong(call, LEAD), wrong(call, LEAD)]).toEqual([WRONG_CREDENTIALS, BACK_OFF])
  })

  it('RA-ELV-065 are forgotten when anybody gave right ones', () => {
    const call = controlling()
    wrong(call, LEAD)
    wrong(call, LEAD)
    const requestId = ++requests
    call.at(LEAD, request(requestId))
    call.at(CUSTOMER, decide(true, requestId))
    for (const type of ['local.agreed', 'local.elevated', 'local.drop'] as const)
      call.at(CUSTOMER, { type: 'local.channel', peer: LEAD, channel: 'elevation', event: { type, requestId } })
    expect([wrong(call, LEAD), wrong(call, LEAD), wrong(call, LEAD), wrong(call, LEAD)]).toEqual([...Array(3).fill(WRONG_CREDENTIALS), BACK_OFF])
  })

  it('RA-ELV-069 a customer that comes back after a restart takes one that is wrong, and no second', () => {
    const call = Call.begun(EVERYTHING, {}, {}, undefined, true)
    takes(call, LEAD)
    expect([wrong(call, LEAD), wrong(call, LEAD)]).toEqual([WRONG_CREDENTIALS, BACK_OFF])
  })
})
