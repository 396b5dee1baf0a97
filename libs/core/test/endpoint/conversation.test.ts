import { Channel, CloseCode, KeyCombo, Permission, Phase, RefusalReason, Role } from '@remote-assist/codec'
import { describe, expect, it } from 'vitest'
import { agentSession } from '../../src/endpoint/joiner/joiner.js'
import { LocalProtocolError } from '../../src/machine.js'
import { Call, CUSTOMER, End, type JoinerEnd, LEAD } from '../support/pair.js'
import { EVERYTHING, entry, roster, screen, subscribe } from '../support/protocol.js'

import { cases, controlling, done, frame, ID, injections, inviting, joined, key, show, VIEW, watching } from '../support/scenes.js'

describe('a call begins', () => {
  it('RA-SES-002 RA-SES-011 with a handshake, an admission and a question, and says nothing before', () => {
    const call = Call.met()
    expect(call.said(Channel.RELAY, LEAD, 0)).toContainEqual({ $case: 'admit', value: { participant: CUSTOMER } })
    call.at(CUSTOMER, { type: 'local.screens', screens: [screen(1)] })
    expect(call.words.filter(word => word.message.channel !== Channel.RELAY)).toEqual([])
    call.ask(LEAD, 1, VIEW)
    expect(call.customer.heard('peer.asks')).toMatchObject([{ requestId: 1, permissions: VIEW, reason: 'help' }])
    expect(call.words.some(word => word.from === CUSTOMER && word.message.channel !== Channel.RELAY)).toBe(false)
    call.decide(LEAD, 1, VIEW)
    expect(call.agent.heard('peer.decided')).toMatchObject([{ granted: VIEW }])
    expect(call.agent.heard('screen.list')).toMatchObject([{ layout: { epoch: 1, screens: [{ screenId: 1 }] } }])
    expect(call.agent.heard('platform')).toHaveLength(1)
    expect(call.agent.heard('capabilities')).toEqual([{ kind: 'capabilities', names: ['elevation.credentials', 'input.text', 'session.rejoin'] }])
  })

  it('RA-SES-017 and ends with the first No', () => {
    const call = Call.met()
    call.ask(LEAD, 1, VIEW)
    call.decide(LEAD, 1, [])
    expect(call.agent.state.session).toEqual({ phase: 'ended', code: CloseCode.CONSENT_DENIED })
    expect(call.customer.state.session).toEqual({ phase: 'ended', code: CloseCode.CONSENT_DENIED })
  })

  it('RA-SEC-004 with another customer if the first cannot prove itself', () => {
    const call = new Call()
    const agent: JoinerEnd = new End(LEAD, Role.AGENT, agentSession, agentSession.initial())
    call.attach(agent, { lead: true })
    call.entries.set(7, entry(7, Role.CUSTOMER, { phase: Phase.CANDIDATE }))
    call.entries.set(8, entry(8, Role.CUSTOMER, { phase: Phase.CANDIDATE }))
    call.broker(LEAD, { $case: 'roster', value: roster(99n, ...call.entries.values()) })
    expect(agent.state.customer?.number).toBe(7)
    call.at(LEAD, { type: 'peer.failed', peer: 7, code: CloseCode.WRONG_SECRET })
    expect(call.said(Channel.RELAY, LEAD, 0)).toContainEqual({ $case: 'evict', value: { participant: 7, code: CloseCode.WRONG_SECRET } })
    expect(agent.state.customer?.number).toBe(8)
    expect(agent.state.gone).toEqual([7])
  })

  it('RA-SES-073 RA-SES-074 shows everybody who is there before a pixel goes out', () => {
    const call = watching()
    call.at(CUSTOMER, frame(1))
    const kinds = call.customer.notices.map(({ notice }) => notice.kind)
    expect(kinds.indexOf('participants')).toBeGreaterThan(-1)
    const told = call.words.findIndex(word => word.message.kind.$case === 'participants')
    const pixel = call.words.findIndex(word => word.message.channel === Channel.MEDIA)
    expect(told).toBeGreaterThan(-1)
    expect(told).toBeLessThan(pixel)
    expect(call.agent.heard('participants').at(-1)?.participants).toMatchObject([
      { participant: LEAD, role: Role.AGENT, lead: true, phase: Phase.ACTIVE, displayName: 'Ada' },
      { participant: CUSTOMER, role: Role.CUSTOMER },
    ])
  })

  it('RA-SES-072 counts up the revision of what everybody is told', () => {
    const call = joined(Role.AGENT)
    const revisions = call.agent.heard('participants').map(notice => notice.revision)
    expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b))
  })
})

describe('the picture', () => {
  it('RA-SCR-015 goes to those who watch that screen, and comes back as acknowledgements', () => {
    const call = watching()
    call.at(CUSTOMER, frame(1, [LEAD, 77]))
    expect(call.agent.heard('screen.part')).toHaveLength(1)
    call.at(LEAD, { type: 'local.channel', channel: 'screen', event: { type: 'local.presented', frameId: 1, decodeUs: 100 } })
    expect(cases(call.said(Channel.SCREEN, LEAD, CUSTOMER))).toEqual(['subscribe', 'frameAck'])
    call.at(CUSTOMER, frame(2, [LEAD], 1))
    call.at(CUSTOMER, frame(3, [LEAD], 1))
    expect(call.agent.heard('screen.part').map(notice => notice.part.frameId)).toEqual([1, 2])
  })

  it('RA-SCR-002 follows the screens', () => {
    const call = watching()
    call.at(CUSTOMER, { type: 'local.screens', screens: [screen(2)] })
    expect(call.agent.heard('screen.list').at(-1)?.layout.epoch).toBe(2)
    expect(call.agent.heard('screen.subscription').at(-1)).toMatchObject({ reason: RefusalReason.NOT_FOUND })
  })

  it('carries words about the pointer to everybody who may see', () => {
    const call = watching()
    call.at(CUSTOMER, { type: 'local.shown', kind: { $case: 'cursorUse', value: { shapeId: 1 } } as never })
    expect(call.agent.heard('screen.shown')).toHaveLength(1)
  })

  it('RA-SES-005 is refused to who may not see', () => {
    const call = Call.begun([Permission.CHAT])
    call.say(LEAD, CUSTOMER, { channel: Channel.SCREEN, kind: { $case: 'subscribe', value: subscribe(1) } })
    expect(call.said(Channel.SCREEN, CUSTOMER, LEAD)).toMatchObject([{ $case: 'subscription', value: { reason: RefusalReason.NO_GRANT } }])
  })
})

describe('control', () => {
  it('RA-SES-042 RA-SES-044 is asked for, given and told', () => {
    const call = controlling()
    expect(done(call, 5)).toBe(RefusalReason.UNSPECIFIED)
    expect(call.agent.heard('control').at(-1)).toMatchObject({ holder: LEAD, heldOff: false })
    call.at(LEAD, key(true))
    call.at(LEAD, key(false))
    expect(injections(call)).toMatchObject([
      { do: 'key', down: true },
      { do: 'key', down: false },
    ])
    call.at(LEAD, { type: 'local.requestControl', requestId: 6 })
    expect(done(call, 6)).toBe(RefusalReason.UNSPECIFIED)
  })

  it('RA-INP-011 RA-INP-012 RA-INP-014 RA-SES-043 is held off while the local user is at work, and told once', () => {
    const call = controlling()
    call.at(LEAD, key(true))
    const since = call.words.length
    for (let n = 0; n < 5; n++) call.at(CUSTOMER, { type: 'local.input' })
    expect(call.said(Channel.SESSION, CUSTOMER, LEAD, since).filter(kind => kind.$case === 'controlLease')).toHaveLength(1)
    expect(call.said(Channel.INPUT, CUSTOMER, LEAD, since)).toEqual([{ $case: 'localInputActive', value: { active: true } }])
    expect(injections(call).at(-1)).toMatchObject({ do: 'key', down: false })
    expect(() => call.at(LEAD, key(true))).toThrow(LocalProtocolError)
    const { length } = injections(call)
    const { epoch } = call.customer.state.lease
    call.record(LEAD, CUSTOMER, { channel: Channel.INPUT, kinds: [{ $case: 'textInput', value: { seq: 2, leaseEpoch: epoch, text: 'x' } }] })
    expect(injections(call)).toHaveLength(length)
    call.pass(2_000)
    expect(call.agent.heard('input.localUser')).toMatchObject([{ active: true }, { active: false }])
    // The raw event used up number 2, which the first of these carries.
    call.at(LEAD, key(true))
    call.at(LEAD, key(true))
    expect(injections(call).at(-1)).toMatchObject({ do: 'key', down: true })
  })

  it('RA-SES-046 is given back', () => {
    const call = controlling()
    call.at(LEAD, { type: 'local.say', kind: { $case: 'releaseControl', value: {} } })
    expect(call.customer.heard('control').at(-1)?.holder).toBe(0)
  })

  it('RA-SES-045 RA-SES-035 ends with the grant', () => {
    const call = controlling()
    call.at(LEAD, key(true))
    call.at(CUSTOMER, { type: 'local.peer', peer: LEAD, event: { type: 'local.revoke', permission: Permission.CONTROL_INPUT } })
    expect(call.customer.state.lease.phase).toBe('free')
    expect(injections(call).at(-1)).toMatchObject({ do: 'key', down: false })
    expect(() => call.at(LEAD, { type: 'local.requestControl', requestId: 6 })).not.toThrow()
    expect(done(call, 6)).toBe(RefusalReason.NO_GRANT)
  })

  it('RA-SES-033 RA-SES-035 ends when the grant expires, even before the tick', () => {
    const call = controlling()
    call.at(CUSTOMER, { type: 'local.peer', peer: LEAD, event: { type: 'local.grant', permission: Permission.CONTROL_INPUT, expiresInMs: 1_000 } })
    const { length } = injections(call)
    call.now = (call.now + 1_000) as typeof call.now
    call.at(LEAD, key(true))
    expect(injections(call)).toHaveLength(length)
  })

  it('RA-SES-048 RA-SES-049 stays with its holder, unless the lead asks', () => {
    const call = joined(Role.AGENT)
    call.at(3, { type: 'local.requestControl', requestId: 1 })
    expect(call.customer.heard('control').at(-1)?.holder).toBe(3)
    call.at(LEAD, { type: 'local.requestControl', requestId: 5 })
    expect(call.customer.heard('control').at(-1)?.holder).toBe(LEAD)
    call.at(3, { type: 'local.requestControl', requestId: 2 })
    expect(done(call, 2, 3)).toBe(RefusalReason.BUSY)
  })

  it('RA-INP-053 RA-INP-054 RA-INP-055 sends secure keys only elevated, granted and where there are any', () => {
    const ask = { type: 'local.channel', channel: 'input', event: { type: 'local.sendKeys', requestId: 1, combo: KeyCombo.CTRL_ALT_DELETE } } as const
    const call = controlling()
    call.at(LEAD, ask)
    expect(call.agent.heard('input.sentKeys')).toMatchObject([{ refusal: RefusalReason.NOT_ELEVATED }])
    call.at(CUSTOMER, { type: 'local.peer', peer: LEAD, event: { type: 'local.revoke', permission: Permission.SECURE_KEYS } })
    call.at(LEAD, ask)
    expect(call.agent.heard('input.sentKeys').at(-1)).toMatchObject({ refusal: RefusalReason.NO_GRANT })
  })
})

describe('pause', () => {
  it('RA-SES-051 RA-SES-052 RA-SES-053 RA-SES-054 RA-SES-059 stills picture and input, and drops what waits at the broker', () => {
    const call = controlling()
    call.at(LEAD, key(true))
    call.at(CUSTOMER, { type: 'local.pause' })
    expect(call.agent.state.customer?.machine.phase).toBe('paused')
    expect(injections(call).at(-1)).toMatchObject({ do: 'key', down: false })
    expect(call.said(Channel.RELAY, CUSTOMER, 0)).toContainEqual({ $case: 'dropMedia', value: { targets: [LEAD] } })
    call.at(CUSTOMER, frame(1))
    expect(call.said(Channel.MEDIA, CUSTOMER, LEAD)).toEqual([])
    call.say(LEAD, CUSTOMER, {
      channel: Channel.INPUT,
      kind: { $case: 'sendKeys', value: { seq: 9, leaseEpoch: 2, requestId: 3, combo: KeyCombo.CTRL_ESCAPE } },
    })
    expect(call.said(Channel.INPUT, CUSTOMER, LEAD).at(-1)).toEqual({ $case: 'sendKeysResult', value: { requestId: 3, refusal: RefusalReason.PAUSED } })
    call.at(CUSTOMER, { type: 'local.unpause' })
    call.at(CUSTOMER, frame(2))
    expect(call.agent.heard('screen.part')).toHaveLength(1)
  })

  it('RA-SES-055 is told to who joins meanwhile before any screen list', () => {
    const call = inviting()
    call.at(CUSTOMER, { type: 'local.pause' })
    call.invited(3, Role.VIEWER, ID)
    call.decide(3, 0, VIEW)
    const told = call.words.filter(word => word.to === 3).map(word => word.message.kind.$case)
    expect(told.indexOf('pause')).toBeGreaterThan(-1)
    expect(told.indexOf('pause')).toBeLessThan(told.indexOf('screenList'))
  })
})

describe('the end', () => {
  it('RA-SES-051 RA-SES-056 RA-SES-057 RA-SES-058 RA-SES-059 RA-SES-060 comes with Stop, at once and for everybody', () => {
    const call = controlling()
    inviting(Role.VIEWER, call)
    call.invited(3, Role.VIEWER, ID)
    call.decide(3, 0, VIEW)
    call.at(LEAD, key(true))
    call.at(CUSTOMER, { type: 'local.stop' })
    for (const number of [LEAD, 3]) {
      expect(call.said(Channel.SESSION, CUSTOMER, number).at(-1)).toEqual({ $case: 'stop', value: { code: CloseCode.STOPPED } })
      expect(call.joiner(number).state.customer?.machine.phase).toBe('gone')
    }
    expect(cases(call.said(Channel.RELAY, CUSTOMER, 0)).slice(-2)).toEqual(['dropMedia', 'bye'])
    expect(injections(call).at(-1)).toMatchObject({ do: 'key', down: false })
    expect(call.customer.state.session).toEqual({ phase: 'ended', code: CloseCode.STOPPED })
    const { length } = call.words
    call.at(CUSTOMER, frame(1))
    call.at(CUSTOMER, { type: 'local.stop' })
    expect(call.words).toHaveLength(length)
    expect(call.customer.deadline).toBeUndefined()
  })

  it('RA-SES-058 reaches who was asked about and not decided on', () => {
    const call = Call.met()
    call.ask(LEAD, 1, VIEW)
    call.at(CUSTOMER, { type: 'local.stop' })
    expect(call.said(Channel.SESSION, CUSTOMER, LEAD)).toEqual([{ $case: 'stop', value: { code: CloseCode.STOPPED } }])
  })

  it('comes when the customer leaves, and nobody else comes by its number', () => {
    const call = Call.begun()
    call.at(CUSTOMER, { type: 'local.leave', code: CloseCode.LEFT })
    expect(call.agent.state.customer?.machine).toMatchObject({ phase: 'gone', code: CloseCode.LEFT })
    expect(call.agent.state.session.phase).toBe('live')
  })

  it('RA-SES-115 comes when nothing happens; signs of life are nothing', () => {
    const call = Call.begun(EVERYTHING, { idleTimeoutMs: 60_000 })
    call.pass(61_000)
    expect(call.agent.state.session).toMatchObject({ phase: 'ended' })
    expect(call.customer.state.session).toMatchObject({ phase: 'ended' })
  })

  it('RA-SES-115 does not come while a picture is sent or a key pressed', () => {
    const call = Call.begun(EVERYTHING, { idleTimeoutMs: 60_000 })
    call.at(CUSTOMER, { type: 'local.screens', screens: [screen(1)] })
    call.at(LEAD, show)
    call.pass(40_000)
    call.at(CUSTOMER, frame(1))
    call.pass(40_000)
    call.at(LEAD, { type: 'local.requestControl', requestId: 1 })
    call.at(LEAD, key(true))
    call.at(LEAD, key(false))
    call.pass(40_000)
    expect([call.agent, call.customer].map(end => end.state.session.phase)).toEqual(['live', 'live'])
  })
})
