import { Channel, CloseCode, Permission } from '@remote-assist/codec'
import { describe, expect, it } from 'vitest'
import { LocalProtocolError } from '../../src/machine.js'
import { Call, CUSTOMER, LEAD } from '../support/pair.js'
import { GRACE_MS, screen } from '../support/protocol.js'

import { cases, controlling, frame, injections, key, watching } from '../support/scenes.js'

describe('a dropped line', () => {
  it.each([
    ['agent', LEAD],
    ['customer', CUSTOMER],
  ])(
    'RA-SES-132 RA-SES-133 RA-SES-134 RA-SES-135 RA-SES-136 RA-SES-137 RA-SES-139 of the %s is taken up again: everything is restated, nothing repeated',
    (_who, number) => {
      const call = controlling()
      call.at(CUSTOMER, frame(1))
      call.at(LEAD, key(true))
      call.drop(number)
      expect(call.customer.state.lease.phase).toBe('free')
      expect(injections(call).at(-1)).toMatchObject({ do: 'key', down: false })
      const since = call.words.length
      const { length: asked } = call.customer.heard('peer.asks')
      call.pass(1_000)
      call.back(number)
      expect(call.peer(LEAD).machine.phase).toBe('active')
      expect(call.agent.state.customer?.machine.phase).toBe('active')
      expect(call.customer.heard('peer.asks')).toHaveLength(asked)
      expect(cases(call.said(Channel.SESSION, CUSTOMER, LEAD, since))).toEqual([
        'grantChanged',
        'platformInfo',
        'capabilities',
        'participants',
        'leadChanged',
        'controlLease',
        'mediaKey',
      ])
      expect(cases(call.said(Channel.SCREEN, LEAD, CUSTOMER, since))).toEqual(['subscribe'])
      expect(call.said(Channel.INPUT, LEAD, CUSTOMER, since)).toEqual([])
      call.at(CUSTOMER, frame(2, [LEAD], 1))
      expect(call.said(Channel.MEDIA, CUSTOMER, LEAD, since)).toEqual([])
      call.at(CUSTOMER, frame(3))
      expect(call.agent.heard('screen.part').at(-1)?.part.frameId).toBe(3)
    },
  )

  it('RA-SES-114 ends the peer when nobody comes back', () => {
    const call = Call.begun()
    call.drop(LEAD)
    call.pass(GRACE_MS)
    expect(call.peer(LEAD).machine).toMatchObject({ phase: 'gone', code: CloseCode.GRACE_EXPIRED })
    expect(call.agent.state.session).toEqual({ phase: 'ended', code: CloseCode.GRACE_EXPIRED })
  })

  it('RA-SES-132 hears nothing in between', () => {
    const call = watching()
    call.drop(LEAD)
    const since = call.words.length
    call.at(CUSTOMER, { type: 'local.screens', screens: [screen(1)] })
    call.at(CUSTOMER, frame(1))
    call.at(CUSTOMER, { type: 'local.peer', peer: LEAD, event: { type: 'local.revoke', permission: Permission.CHAT } })
    expect(call.words.slice(since).filter(word => word.to === LEAD)).toEqual([])
  })
})

describe('signs of life', () => {
  it('RA-SES-111 RA-SES-113 RA-SES-117 go both ways every 2 s and measure the round trip', () => {
    const call = watching()
    call.at(CUSTOMER, frame(1))
    call.pass(10_000)
    for (const [from, to] of [
      [LEAD, CUSTOMER],
      [CUSTOMER, LEAD],
    ] as const) {
      const alive = call.said(Channel.SESSION, from, to).flatMap(kind => (kind.$case === 'alive' ? [kind.value] : []))
      expect(alive.length).toBe(5)
      expect(alive.at(-1)?.echoUs).not.toBe(0n)
      expect(alive.flatMap(it => it.received.map(entry => entry.channel))).not.toContain(Channel.MEDIA)
    }
    expect(call.agent.heard('quality')).toEqual([{ kind: 'quality', rttMs: 0 }])
    expect(call.customer.heard('quality')).toEqual([{ kind: 'quality', rttMs: 0 }])
  })

  it('RA-SES-118 RA-SES-119 find out that something was lost', () => {
    const lossy = watching()
    lossy.pass(2_000)
    const alive = (number: number) => lossy.said(Channel.SESSION, number, number === LEAD ? CUSTOMER : LEAD).findLast(kind => kind.$case === 'alive')
    const mark = (number: number) => (number === LEAD ? lossy.agent.state.customer : lossy.peer(LEAD))?.pulse?.mark?.sentAtUs ?? 0n
    expect(alive(LEAD)).toBeDefined()
    lossy.say(LEAD, CUSTOMER, { channel: Channel.SESSION, kind: { $case: 'alive', value: { received: [], sentAtUs: 5n, echoUs: mark(CUSTOMER), heldUs: 0n } } })
    expect(lossy.peer(LEAD).machine.phase).toBe('suspended')
    const other = watching()
    other.pass(2_000)
    const echoUs = other.agent.state.customer?.pulse?.mark?.sentAtUs ?? 0n
    other.say(CUSTOMER, LEAD, { channel: Channel.SESSION, kind: { $case: 'alive', value: { received: [], sentAtUs: 5n, echoUs, heldUs: 0n } } })
    expect(other.agent.closes).toEqual([CloseCode.TIMEOUT])
    other.back(LEAD)
    expect(other.peer(LEAD).machine.phase).toBe('active')
  })

  it('RA-SES-112 RA-SES-119 are missed after 6 s, and a new line makes everything agree again', () => {
    const call = watching()
    call.muted.add(LEAD)
    call.pass(5_999)
    expect(call.peer(LEAD).machine.phase).toBe('active')
    call.pass(1)
    expect(call.peer(LEAD).machine.phase).toBe('suspended')
    expect(call.agent.state.customer?.machine.phase).toBe('suspended')
    expect(call.agent.closes).toEqual([CloseCode.TIMEOUT])
    call.muted.clear()
    call.back(LEAD)
    expect(call.peer(LEAD).machine.phase).toBe('active')
  })
})

describe('what cannot be', () => {
  it('RA-SES-008 RA-SES-009 unknown messages are answered, at most ten times in a second, and Unsupported never', () => {
    const call = Call.begun()
    const unknown = { channel: Channel.CHAT, kinds: [undefined] } as const
    for (let n = 0; n < 25; n++) {
      call.record(LEAD, CUSTOMER, unknown)
      call.record(CUSTOMER, LEAD, unknown)
    }
    const answers = (from: number, to: number) => call.said(Channel.SESSION, from, to).filter(kind => kind.$case === 'unsupported')
    expect([answers(CUSTOMER, LEAD).length, answers(LEAD, CUSTOMER).length]).toEqual([10, 10])
    call.pass(1_000)
    call.record(LEAD, CUSTOMER, unknown)
    call.record(CUSTOMER, LEAD, unknown)
    expect([answers(CUSTOMER, LEAD).length, answers(LEAD, CUSTOMER).length]).toEqual([11, 11])
  })

  it('RA-RLY-024 RA-RLY-026 malformed bytes remove the peer; at an agent they end the session; from the broker as well', () => {
    const call = Call.begun()
    call.at(CUSTOMER, { type: 'remote.malformed', peer: LEAD, code: CloseCode.MALFORMED })
    expect(call.agent.state.session).toEqual({ phase: 'ended', code: CloseCode.MALFORMED })
    expect(call.customer.violations).toMatchObject([{ peer: LEAD, code: CloseCode.MALFORMED }])
    const agent = Call.begun()
    agent.at(LEAD, { type: 'remote.malformed', peer: CUSTOMER, code: CloseCode.INVALID_FIELD })
    expect(agent.agent.state.session).toEqual({ phase: 'ended', code: CloseCode.INVALID_FIELD })
    const broken = Call.begun()
    broken.at(CUSTOMER, { type: 'remote.malformed', peer: 0, code: CloseCode.BAD_HEADER })
    expect(broken.customer.state.session).toEqual({ phase: 'ended', code: CloseCode.BAD_HEADER })
    const stranger = Call.begun()
    stranger.at(CUSTOMER, { type: 'remote.malformed', peer: 77, code: CloseCode.MALFORMED })
    expect(stranger.customer.state.session.phase).toBe('live')
  })

  it('RA-SES-007 a message that the other role may never send ends the peer', () => {
    const call = Call.begun()
    call.say(CUSTOMER, LEAD, { channel: Channel.SESSION, kind: { $case: 'requestControl', value: { requestId: 1 } } })
    expect(call.agent.violations).toMatchObject([{ peer: CUSTOMER, code: CloseCode.FORBIDDEN_MESSAGE }])
    expect(call.agent.state.session).toEqual({ phase: 'ended', code: CloseCode.FORBIDDEN_MESSAGE })
  })

  it('the broker is held to the rules as well', () => {
    for (const number of [LEAD, CUSTOMER]) {
      const call = Call.begun()
      call.broker(number, undefined)
      call.broker(number, { $case: 'hello', value: {} as never })
      expect(call.ends.get(number)?.violations).toMatchObject([{ peer: 0, event: 'remote.hello', code: CloseCode.FORBIDDEN_MESSAGE }])
      expect(call.ends.get(number)?.state.session.phase).toBe('ended')
    }
  })

  it('strangers are ignored, and calls about them are refused', () => {
    const call = Call.begun()
    const { length } = call.words
    call.record(77, CUSTOMER, { channel: Channel.CHAT, kinds: [undefined] })
    call.record(77, LEAD, { channel: Channel.CHAT, kinds: [undefined] })
    call.at(CUSTOMER, { type: 'peer.secured', peer: 77 })
    call.at(CUSTOMER, { type: 'peer.failed', peer: 77, code: CloseCode.HANDSHAKE })
    call.at(LEAD, { type: 'peer.secured', peer: 77 })
    call.at(LEAD, { type: 'peer.failed', peer: 77, code: CloseCode.HANDSHAKE })
    expect(call.words).toHaveLength(length)
    expect(() => call.at(CUSTOMER, { type: 'local.peer', peer: 77, event: { type: 'local.remove', code: CloseCode.REMOVED } })).toThrow(
      'there is no participant 77',
    )
    expect(() =>
      call.at(CUSTOMER, { type: 'local.channel', peer: 77, channel: 'input', event: { type: 'local.comboDone', requestId: 1, refusal: 0 } }),
    ).toThrow(LocalProtocolError)
  })
})
