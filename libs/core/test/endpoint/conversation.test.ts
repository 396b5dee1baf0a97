import { Channel, CloseCode, KeyCombo, Permission, Phase, RefusalReason, Role } from '@remote-assist/codec'
import { describe, expect, it } from 'vitest'
import { agentSession } from '../../src/endpoint/joiner/joiner.js'
import { LocalProtocolError } from '../../src/machine.js'
import { Call, CUSTOMER, End, type JoinerEnd, LEAD } from '../support/pair.js'
import { EVERYTHING, entry, GRACE_MS, roster, screen, subscribe } from '../support/protocol.js'

const VIEW = [Permission.VIEW_SCREEN]
const ID = new Uint8Array(16).fill(7)
const cases = (kinds: readonly { readonly $case: string }[]) => kinds.map(kind => kind.$case)
const frame = (frameId: number, targets: readonly number[] = [LEAD], baseFrameId = 0) =>
  ({
    type: 'local.frame',
    targets,
    screenId: 1,
    frameId,
    baseFrameId,
    bytes: 1_000,
    parts: [{ screenId: 1, layoutEpoch: 1, frameId, baseFrameId, part: 0, last: true, capturedAtUs: 0n, lastInput: undefined, rects: [], width: 1, height: 1 }],
  }) as const
const key = (down: boolean, usage = 4) =>
  ({ type: 'local.channel', channel: 'input', event: { type: 'local.key', usage, down, modifiers: 0, locks: 0 } }) as const
const show = { type: 'local.channel', channel: 'screen', event: { type: 'local.show', subscribe: subscribe(1) } } as const

/** A call in which the lead watches screen 1. */
function watching(): Call {
  const call = Call.begun()
  call.at(CUSTOMER, { type: 'local.screens', screens: [screen(1), screen(2)] })
  call.at(LEAD, show)
  return call
}
/** A call in which the lead is in control. */
function controlling(): Call {
  const call = watching()
  call.at(LEAD, { type: 'local.requestControl', requestId: 5 })
  return call
}
/** A call to which the lead has invited. */
function inviting(role: Role.AGENT | Role.VIEWER = Role.VIEWER, call = watching(), expiresInMs = 600_000, ceiling: readonly Permission[] = []): Call {
  call.at(LEAD, { type: 'local.invite', requestId: 9, invite: { inviteId: ID, role, secret: new Uint8Array(16), expiresInMs, ceiling } })
  return call
}
/** A call with participant 3, who came by invitation and was let in. */
function joined(role: Role.AGENT | Role.VIEWER = Role.VIEWER, grants: readonly Permission[] = role === Role.VIEWER ? VIEW : EVERYTHING): Call {
  const call = inviting(role)
  call.invited(3, role, ID)
  call.decide(3, 0, grants)
  return call
}
const injections = (call: Call) => call.customer.heard('input.inject').flatMap(notice => notice.injections)
const done = (call: Call, requestId: number, number = LEAD) =>
  call
    .joiner(number)
    .heard('request.done')
    .find(notice => notice.requestId === requestId)?.refusal

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
    expect(call.agent.heard('capabilities')).toEqual([{ kind: 'capabilities', names: ['elevation.credentials'] }])
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
    expect(injections(call)).toMatchObject([{ do: 'locks' }, { do: 'key', down: true }, { do: 'key', down: false }])
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

describe('invitations', () => {
  it('RA-SES-091 RA-SES-092 are known to the broker before the lead may show them', () => {
    const call = inviting()
    expect(done(call, 9)).toBe(RefusalReason.UNSPECIFIED)
    expect(call.customer.heard('invite')).toHaveLength(1)
    const set = call.words.findIndex(word => word.message.kind.$case === 'setInvites')
    const registered = call.words.findIndex(word => word.message.kind.$case === 'inviteRegistered')
    expect(set).toBeGreaterThan(-1)
    expect(set).toBeLessThan(registered)
  })

  it('RA-SES-019 RA-SES-094 let one in, after the customer was asked', () => {
    const call = inviting()
    const viewer = call.invited(3, Role.VIEWER, ID)
    call.invited(4, Role.VIEWER, ID)
    expect(call.customer.heard('peer.asks').at(-1)).toMatchObject({ requestId: 0 })
    call.decide(3, 0, VIEW)
    expect(viewer.state.customer?.machine.phase).toBe('active')
    expect(call.joiner(4).state.session).toEqual({ phase: 'ended', code: CloseCode.NOT_ADMITTED })
    call.invited(5, Role.VIEWER, ID)
    expect(call.joiner(5).state.session).toEqual({ phase: 'ended', code: CloseCode.NOT_FOUND })
  })

  it('RA-SES-095 let nobody in who is still waiting when they are taken back or expire', () => {
    for (const end of ['revoked', 'expired'] as const) {
      const call = inviting(Role.VIEWER, watching(), 5_000)
      call.invited(3, Role.VIEWER, ID)
      if (end === 'revoked') call.at(LEAD, { type: 'local.say', kind: { $case: 'inviteRevoke', value: { inviteId: ID, removeJoined: false } } })
      else call.pass(5_000)
      expect(call.joiner(3).state.session).toEqual({ phase: 'ended', code: CloseCode.NOT_ADMITTED })
      expect(call.customer.heard('invite.gone')).toHaveLength(1)
    }
  })

  it('RA-SES-096 take their guests along if the lead wants it', () => {
    for (const removeJoined of [true, false]) {
      const call = joined()
      call.at(LEAD, { type: 'local.say', kind: { $case: 'inviteRevoke', value: { inviteId: ID, removeJoined } } })
      expect(call.joiner(3).state.session.phase).toBe(removeJoined ? 'ended' : 'live')
    }
  })

  it('RA-SES-076 RA-SES-098 are the business of the lead alone', () => {
    const call = inviting(Role.AGENT)
    call.invited(3, Role.AGENT, ID)
    call.decide(3, 0, EVERYTHING)
    const invite = { inviteId: new Uint8Array(16), role: Role.VIEWER, secret: ID, expiresInMs: 1_000, ceiling: [] }
    call.at(LEAD, { type: 'local.invite', requestId: 10, invite })
    call.at(3, { type: 'local.invite', requestId: 1, invite })
    call.at(3, { type: 'local.remove', requestId: 2, participant: LEAD })
    expect([done(call, 1, 3), done(call, 2, 3)]).toEqual([RefusalReason.POLICY, RefusalReason.POLICY])
    call.at(3, { type: 'local.say', kind: { $case: 'inviteRevoke', value: { inviteId: new Uint8Array(16), removeJoined: true } } })
    expect(call.customer.state.invites).toHaveLength(1)
  })

  it('RA-SES-091 RA-SES-097 are refused when they make no sense, and when there are too many', () => {
    const call = inviting()
    const invite = { inviteId: ID, role: Role.VIEWER, secret: ID, expiresInMs: 60_000, ceiling: [] }
    call.at(LEAD, { type: 'local.invite', requestId: 10, invite })
    call.at(LEAD, { type: 'local.invite', requestId: 11, invite: { ...invite, role: Role.CUSTOMER, inviteId: new Uint8Array(16) } })
    for (let n = 1; n <= 32; n++) call.at(LEAD, { type: 'local.invite', requestId: 20 + n, invite: { ...invite, inviteId: new Uint8Array(16).fill(100 + n) } })
    expect([10, 11, 51, 52].map(id => done(call, id))).toEqual([RefusalReason.INVALID, RefusalReason.INVALID, RefusalReason.UNSPECIFIED, RefusalReason.LIMIT])
  })

  it('let nobody in whose role is another', () => {
    const call = inviting(Role.VIEWER)
    call.invited(3, Role.AGENT, ID)
    expect(call.joiner(3).state.session.phase).toBe('ended')
  })

  it('RA-SES-031 grant no more than they say', () => {
    const call = inviting(Role.AGENT, watching(), 60_000, VIEW)
    call.invited(3, Role.AGENT, ID)
    expect(call.customer.heard('peer.asks').at(-1)?.permissions).toEqual(VIEW)
  })
})

describe('a viewer', () => {
  it('sees what it watches', () => {
    const call = joined()
    call.at(3, show)
    call.at(CUSTOMER, frame(1, [LEAD, 3]))
    expect(call.joiner(3).heard('screen.part')).toHaveLength(1)
  })

  it('RA-INP-005 RA-SES-007 RA-SES-047 that sends input or asks for control is turned out', () => {
    for (const message of [
      { channel: Channel.INPUT, kind: { $case: 'keyEvent', value: { seq: 1, leaseEpoch: 1, hidUsage: 4, down: true, modifiers: 0, locks: 0 } } },
      { channel: Channel.SESSION, kind: { $case: 'requestControl', value: { requestId: 1 } } },
    ] as const) {
      const call = joined()
      call.say(3, CUSTOMER, message)
      expect(call.customer.violations).toMatchObject([{ peer: 3, event: `remote.${message.kind.$case}`, code: CloseCode.FORBIDDEN_MESSAGE }])
      expect(call.joiner(3).state.session).toEqual({ phase: 'ended', code: CloseCode.FORBIDDEN_MESSAGE })
      expect(injections(call)).toEqual([])
      expect(call.agent.state.session.phase).toBe('live')
    }
  })
})

describe('several agents', () => {
  it('RA-SES-071 RA-SES-075 all see who is there; the lead removes whom it will', () => {
    const call = joined(Role.AGENT)
    expect(
      call.agent
        .heard('participants')
        .at(-1)
        ?.participants.map(it => it.participant),
    ).toEqual([LEAD, CUSTOMER, 3])
    call.at(LEAD, { type: 'local.remove', requestId: 11, participant: 3 })
    expect(done(call, 11)).toBe(RefusalReason.UNSPECIFIED)
    expect(call.joiner(3).state.session).toEqual({ phase: 'ended', code: CloseCode.REMOVED })
    for (const [requestId, participant] of [
      [12, 3],
      [13, LEAD],
      [14, 99],
    ] as const) {
      call.at(LEAD, { type: 'local.remove', requestId, participant })
      expect(done(call, requestId)).toBe(RefusalReason.NOT_FOUND)
    }
  })

  it('RA-SES-077 get a new lead when theirs is gone: who has been active longest', () => {
    const call = joined(Role.AGENT)
    call.at(LEAD, {
      type: 'local.invite',
      requestId: 20,
      invite: { inviteId: new Uint8Array(16), role: Role.AGENT, secret: ID, expiresInMs: 60_000, ceiling: [] },
    })
    call.invited(4, Role.AGENT, new Uint8Array(16))
    call.decide(4, 0, EVERYTHING)
    call.at(LEAD, { type: 'local.leave', code: CloseCode.LEFT, endSession: false })
    expect(call.said(Channel.RELAY, CUSTOMER, 0)).toContainEqual({ $case: 'setLead', value: { participant: 3 } })
    for (const number of [3, 4]) expect(call.joiner(number).heard('lead').at(-1)).toEqual({ kind: 'lead', participant: 3 })
    expect(call.joiner(3).state.lead).toBe(3)
  })

  it('RA-SES-077 wait for one that is away', () => {
    const call = joined(Role.AGENT)
    call.drop(3)
    call.at(LEAD, { type: 'local.leave', code: CloseCode.LEFT, endSession: false })
    expect(call.customer.state.lead).toBe(LEAD)
    call.back(3)
    expect(call.customer.state.lead).toBe(3)
  })

  it('RA-SES-078 RA-SES-079 learn who records', () => {
    const call = joined(Role.AGENT)
    call.at(3, { type: 'local.say', kind: { $case: 'recordingState', value: { participant: 0, recording: true } } })
    expect(call.customer.heard('recording')).toEqual([{ kind: 'recording', recording: true }])
    for (const number of [LEAD, 3]) expect(call.joiner(number).heard('recording')).toEqual([{ kind: 'recording', participant: 3, recording: true }])
    expect(
      call.agent
        .heard('participants')
        .at(-1)
        ?.participants.find(it => it.participant === 3)?.recording,
    ).toBe(true)
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

describe('a dropped line', () => {
  it.each([
    ['agent', LEAD],
    ['customer', CUSTOMER],
  ])(
    'RA-SES-132 RA-SES-133 RA-SES-134 RA-SES-135 RA-SES-136 RA-SES-137 of the %s is taken up again: everything is restated, nothing repeated',
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

  it('RA-SES-118 find out that something was lost', () => {
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

  it('RA-SES-112 are missed after 6 s, and a new line makes everything agree again', () => {
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
