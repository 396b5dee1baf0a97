import { Channel, CloseCode, Direction, ElevationMethod, ElevationScope, KeyCombo, Permission, Phase, RefusalReason, Role } from '@remote-assist/codec'
import { describe, expect, it } from 'vitest'
import { customerSession } from '../../src/endpoint/customer/customer.js'
import type { CustomerNotice } from '../../src/endpoint/customer/events.js'
import * as customers from '../../src/endpoint/customer/session.js'
import type { CustomerState } from '../../src/endpoint/customer/state.js'
import * as joiners from '../../src/endpoint/joiner/customer.js'
import type { JoinerNotice } from '../../src/endpoint/joiner/events.js'
import { agentSession, viewerSession } from '../../src/endpoint/joiner/joiner.js'
import { type JoinerState, MAX_REQUESTS, REQUEST_TIMEOUT_MS } from '../../src/endpoint/joiner/state.js'
import { Run } from '../../src/endpoint/run.js'
import { LocalProtocolError } from '../../src/machine.js'
import { ROLE_CEILING } from '../../src/peer/grants.js'
import { at } from '../support/actor.js'
import { Call, CUSTOMER, End, type JoinerEnd, LEAD } from '../support/pair.js'
import { EVERYTHING, entry, PLATFORM, roster, screen, welcome } from '../support/protocol.js'

const ID = new Uint8Array(16).fill(7)
const said = (call: Call, since = 0) => call.said(Channel.SESSION, CUSTOMER, LEAD, since).map(kind => kind.$case)
const fresh = () => customerSession.initial({ platform: PLATFORM, capabilities: [] })
const alone = (): { readonly call: Call; readonly agent: JoinerEnd } => {
  const call = new Call()
  const agent: JoinerEnd = new End(LEAD, Role.AGENT, agentSession, agentSession.initial())
  call.attach(agent, { lead: true })
  return { call, agent }
}
const request = {
  type: 'local.channel',
  channel: 'elevation',
  event: { type: 'local.request', requestId: 4, reason: 'driver', scope: ElevationScope.ADMIN, durationMs: 0, method: ElevationMethod.PROMPT },
} as const
const elevation = (event: { readonly type: 'local.agreed' | 'local.elevated' } | { readonly type: 'local.decide'; readonly allow: boolean }) =>
  ({ type: 'local.channel', peer: LEAD, channel: 'elevation', event: { ...event, requestId: 4 } }) as never
const secureKeys = { type: 'local.channel', channel: 'input', event: { type: 'local.sendKeys', requestId: 1, combo: KeyCombo.CTRL_ALT_DELETE } } as const

describe('secure keys', () => {
  it('RA-INP-052 are sent for an agent that is elevated and holds SECURE_KEYS', () => {
    const call = Call.begun()
    call.at(LEAD, { type: 'local.requestControl', requestId: 1 })
    call.at(LEAD, request)
    call.at(CUSTOMER, elevation({ type: 'local.decide', allow: true }))
    call.at(CUSTOMER, elevation({ type: 'local.agreed' }))
    call.at(CUSTOMER, elevation({ type: 'local.elevated' }))
    expect(call.agent.heard('participants').at(-1)?.participants[0]).toMatchObject({ participant: LEAD, elevated: true })
    call.at(LEAD, secureKeys)
    expect(call.customer.heard('input.inject').at(-1)?.injections).toEqual([{ do: 'combo', requestId: 1, combo: KeyCombo.CTRL_ALT_DELETE }])
  })

  it('RA-INP-053, RA-INP-055 are refused where the system has none: to who is not elevated as ever, and then because of that', () => {
    const call = Call.begun(EVERYTHING, {}, { canSendSecureKeys: false })
    call.at(LEAD, { type: 'local.requestControl', requestId: 1 })
    call.at(LEAD, secureKeys)
    call.at(LEAD, request)
    call.at(CUSTOMER, elevation({ type: 'local.decide', allow: true }))
    call.at(CUSTOMER, elevation({ type: 'local.agreed' }))
    call.at(CUSTOMER, elevation({ type: 'local.elevated' }))
    call.at(LEAD, { ...secureKeys, event: { ...secureKeys.event, requestId: 2 } })
    expect(call.agent.heard('input.sentKeys')).toMatchObject([{ refusal: RefusalReason.NOT_ELEVATED }, { refusal: RefusalReason.UNSUPPORTED }])
  })

  it('RA-INP-054 are refused without the grant, whatever the system has', () => {
    const call = Call.begun(
      EVERYTHING.filter(permission => permission !== Permission.SECURE_KEYS),
      {},
      { canSendSecureKeys: false },
    )
    call.at(LEAD, { type: 'local.requestControl', requestId: 1 })
    call.at(LEAD, secureKeys)
    expect(call.agent.heard('input.sentKeys')).toMatchObject([{ refusal: RefusalReason.NO_GRANT }])
  })
})

it('a channel that is broken removes its peer', () => {
  const call = Call.begun()
  call.at(LEAD, { type: 'local.requestControl', requestId: 1 })
  call.at(LEAD, request)
  const { event } = request
  call.say(LEAD, CUSTOMER, { channel: Channel.ELEVATION, kind: { $case: 'elevateRequest', value: { ...event } } })
  expect(call.customer.violations).toMatchObject([{ peer: LEAD, code: CloseCode.INVALID_FIELD }])
  expect(call.peer(LEAD).machine.phase).toBe('gone')
})

it('RA-SES-022 a joiner whose customer breaks a rule says goodbye with the code', () => {
  const call = Call.begun()
  call.say(CUSTOMER, LEAD, { channel: Channel.SESSION, kind: { $case: 'requestControl', value: { requestId: 1 } } })
  expect(call.agent.violations).toMatchObject([{ peer: CUSTOMER, code: CloseCode.FORBIDDEN_MESSAGE }])
  expect(call.said(Channel.RELAY, LEAD, 0)).toContainEqual({ $case: 'bye', value: { code: CloseCode.FORBIDDEN_MESSAGE, endSession: false } })
})

it('RA-SES-005 an agent refuses what the customer may not ask for', () => {
  const call = Call.begun()
  call.at(CUSTOMER, { type: 'local.pause' })
  call.say(CUSTOMER, LEAD, { channel: Channel.CLIPBOARD, kind: { $case: 'request', value: { offerId: 1, mime: 'text/plain' } } })
  const offer = { transferId: 2, direction: Direction.FROM_CUSTOMER, entries: 1, bytes: 1n, requestId: 0, contentId: new Uint8Array(16) }
  call.say(CUSTOMER, LEAD, { channel: Channel.FILE, kind: { $case: 'offer', value: offer } })
  expect(call.said(Channel.CLIPBOARD, LEAD, CUSTOMER)).toMatchObject([{ $case: 'refused', value: { offerId: 1, reason: RefusalReason.PAUSED } }])
  expect(call.said(Channel.FILE, LEAD, CUSTOMER)).toMatchObject([{ $case: 'refused', value: { transferId: 2, reason: RefusalReason.PAUSED } }])
})

describe('small words on SESSION', () => {
  it('are passed on at the customer', () => {
    const call = Call.begun()
    call.at(LEAD, { type: 'local.say', kind: { $case: 'capabilities', value: { names: ['a'] } } })
    call.at(LEAD, { type: 'local.say', kind: { $case: 'wordsConfirmed', value: { participant: 0 } } })
    const sign = { index: 1n, head: ID, signature: ID, leaving: false, endsSession: false }
    call.at(LEAD, { type: 'local.say', kind: { $case: 'auditSign', value: sign } })
    expect(call.customer.heard('capabilities')).toEqual([{ kind: 'capabilities', names: ['a'] }])
    expect(call.customer.heard('words')).toHaveLength(1)
    expect(call.customer.heard('audit.sign')).toEqual([{ kind: 'audit.sign', message: sign }])
    expect(call.peer(LEAD).words).toBe('open')
  })

  it('are passed on at an agent', () => {
    const call = Call.begun()
    const say = (kind: Parameters<Call['say']>[2]['kind']) => call.say(CUSTOMER, LEAD, { channel: Channel.SESSION, kind } as Parameters<Call['say']>[2])
    say({ $case: 'mediaKey', value: { epoch: 9, key: ID, salt: ID } })
    say({ $case: 'wordsConfirmed', value: { participant: CUSTOMER } })
    say({ $case: 'auditEntry', value: { index: 1n } as never })
    say({ $case: 'auditSign', value: { index: 1n, head: ID, signature: ID, leaving: false, endsSession: false } })
    say({ $case: 'unsupported', value: { channel: Channel.CHAT, sequence: 1n } })
    expect(call.agent.heard('media.key').at(-1)).toMatchObject({ message: { epoch: 9 } })
    expect(call.agent.heard('words')).toEqual([{ kind: 'words', participant: CUSTOMER }])
    expect(call.agent.heard('audit')).toHaveLength(2)
  })

  it('of the customer reach one agent that is active or paused, and nobody else', () => {
    const call = Call.begun()
    const say = (peer: number) => () => call.at(CUSTOMER, { type: 'local.say', peer, kind: { $case: 'auditEntry', value: { index: 0n, entry: ID } } })
    call.at(LEAD, { type: 'local.invite', requestId: 9, invite: { inviteId: ID, role: Role.VIEWER, secret: ID, expiresInMs: 60_000, ceiling: [] } })
    call.invited(3, Role.VIEWER, ID)
    call.decide(3, 0, [Permission.VIEW_SCREEN])
    expect(say(3)).toThrow(LocalProtocolError)
    expect(say(9)).toThrow(LocalProtocolError)
    say(LEAD)()
    call.at(CUSTOMER, { type: 'local.pause' })
    say(LEAD)()
    expect(call.agent.heard('audit')).toHaveLength(2)
    expect(say(LEAD)).not.toThrow()
    call.drop(LEAD)
    expect(say(LEAD)).toThrow(LocalProtocolError)
  })

  it('RA-SES-005 are refused where they ask for something, and dropped where not', () => {
    const call = Call.begun([Permission.VIEW_SCREEN])
    const since = call.words.length
    call.say(LEAD, CUSTOMER, { channel: Channel.SESSION, kind: { $case: 'recordingState', value: { participant: 0, recording: true } } })
    expect(said(call, since)).toEqual([])
    call.drop(LEAD)
    call.record(LEAD, CUSTOMER, { channel: Channel.SESSION, kinds: [{ $case: 'consentRequest', value: { requestId: 8, permissions: [], reason: '' } }] })
    expect(call.customer.heard('peer.asks')).toHaveLength(1)
    expect(said(call, since)).toEqual([])
  })

  it('RA-SES-078 reach those alone who are there', () => {
    const call = Call.begun()
    call.at(LEAD, { type: 'local.invite', requestId: 9, invite: { inviteId: ID, role: Role.AGENT, secret: ID, expiresInMs: 60_000, ceiling: [] } })
    call.invited(3, Role.AGENT, ID)
    call.at(LEAD, { type: 'local.say', kind: { $case: 'recordingState', value: { participant: 0, recording: true } } })
    expect(call.joiner(3).heard('recording')).toEqual([])
    expect(call.agent.heard('recording')).toHaveLength(1)
  })
})

it('RA-INP-041 what is held is kept alive', () => {
  const call = Call.begun()
  call.at(LEAD, { type: 'local.requestControl', requestId: 1 })
  call.at(LEAD, { type: 'local.channel', channel: 'input', event: { type: 'local.key', usage: 4, down: true, modifiers: 0, locks: 0 } })
  call.pass(1_000)
  expect(call.said(Channel.INPUT, LEAD, CUSTOMER).map(kind => kind.$case)).toEqual(['keyEvent', 'held', 'held'])
})

it('a locked desktop ends elevation', () => {
  const call = Call.begun()
  call.at(LEAD, { type: 'local.requestControl', requestId: 1 })
  call.at(LEAD, request)
  call.at(CUSTOMER, { type: 'local.locked', locked: true })
  expect(call.customer.state.locked).toBe(true)
  expect(call.peer(LEAD).channels.elevation.phase).toBe('none')
})

it('what one agent draws reaches the others, and not itself', () => {
  const call = Call.begun()
  call.at(CUSTOMER, { type: 'local.screens', screens: [screen(1)] })
  call.at(LEAD, { type: 'local.invite', requestId: 9, invite: { inviteId: ID, role: Role.AGENT, secret: ID, expiresInMs: 60_000, ceiling: [] } })
  call.invited(3, Role.AGENT, ID)
  call.decide(3, 0, EVERYTHING)
  call.say(LEAD, CUSTOMER, { channel: Channel.ANNOTATION, kind: { $case: 'clear', value: { participant: 0, screenId: 1 } as never } })
  expect(call.said(Channel.ANNOTATION, CUSTOMER, 3)).toHaveLength(1)
  expect(call.said(Channel.ANNOTATION, CUSTOMER, LEAD)).toEqual([])
})

it('a line of chat goes to everybody who may chat', () => {
  const call = Call.begun()
  call.at(CUSTOMER, { type: 'local.chat', chat: { id: ID, from: CUSTOMER, text: 'hello', sentAtMs: 0n } as never })
  expect(call.said(Channel.CHAT, CUSTOMER, LEAD)).toHaveLength(1)
})

describe('the broker', () => {
  it('is not heard before its Welcome but with what belongs there', () => {
    const call = new Call()
    const customer = new End(CUSTOMER, Role.CUSTOMER, customerSession, fresh())
    const { agent } = alone()
    for (const end of [customer, agent]) {
      const joining = end === customer ? customer : new End(LEAD, Role.AGENT, agentSession, agentSession.initial())
      expect(joining.step({ type: 'remote.relay', kind: { $case: 'roster', value: roster(1n) } }, call.now)).toEqual([])
      expect(joining.state.session.phase).toBe('joining')
    }
  })

  it('may leave the policy out: then no tenant set a ceiling, and all else has its default (RA-SES-037)', () => {
    const call = Call.met()
    const entries = [...call.entries.values(), entry(9, Role.AGENT), entry(10, Role.BROKER), entry(11, Role.AGENT, { phase: Phase.SUSPENDED })]
    call.broker(CUSTOMER, { $case: 'welcome', value: welcome(CUSTOMER, { incarnation: 5, policy: undefined, roster: roster(50n, ...entries) }) })
    expect(call.peer(9).machine.party).toMatchObject({ ceiling: ROLE_CEILING[Role.AGENT], consentTimeoutMs: 60_000 })
    expect(call.peer(9).permits).toMatchObject({
      file: { maxFileBytes: 1_073_741_824n, maxSessionBytes: 0n, maxEntries: 100_000, consentTimeoutMs: 60_000 },
      elevation: { maxMs: 900_000, words: true },
    })
    expect([...call.customer.state.peers.keys()]).toEqual([LEAD, 9])
    const { call: other, agent } = alone()
    other.broker(LEAD, { $case: 'welcome', value: welcome(LEAD, { incarnation: 5, policy: undefined, roster: roster(50n, entry(CUSTOMER, Role.CUSTOMER)) }) })
    expect(agent.state.customer?.machine.host.consentTimeoutMs).toBe(60_000)
  })

  it('may not know who leads', () => {
    const call = new Call()
    call.attach(new End(CUSTOMER, Role.CUSTOMER, customerSession, fresh()), {})
    const agent: JoinerEnd = new End(LEAD, Role.AGENT, agentSession, agentSession.initial())
    call.attach(agent, { lead: false })
    call.ask(LEAD, 1, EVERYTHING)
    call.decide(LEAD, 1, EVERYTHING)
    expect([call.customer.state.lead, agent.state.lead]).toEqual([0, 0])
    expect(said(call)).not.toContain('leadChanged')
  })

  it('RA-SES-027 is told again of an eviction that it may have missed', () => {
    const call = Call.begun()
    call.at(CUSTOMER, { type: 'local.peer', peer: LEAD, event: { type: 'local.remove', code: CloseCode.REMOVED } })
    call.entries.set(LEAD, entry(LEAD, Role.AGENT))
    const since = call.words.length
    call.drop(CUSTOMER)
    call.back(CUSTOMER)
    expect(call.said(Channel.RELAY, CUSTOMER, 0, since)).toContainEqual({ $case: 'evict', value: { participant: LEAD, code: CloseCode.REMOVED } })
  })
})

describe('the end', () => {
  it('leaves nobody out who is there, and says nothing to who is gone', () => {
    const call = Call.begun()
    call.at(LEAD, { type: 'local.invite', requestId: 9, invite: { inviteId: ID, role: Role.VIEWER, secret: ID, expiresInMs: 60_000, ceiling: [] } })
    call.invited(3, Role.VIEWER, ID)
    call.at(CUSTOMER, { type: 'local.peer', peer: 3, event: { type: 'local.remove', code: CloseCode.REMOVED } })
    call.at(CUSTOMER, { type: 'local.stop' })
    expect(call.said(Channel.SESSION, CUSTOMER, 3)).toEqual([])
    expect(said(call)).toContain('stop')
  })

  it('comes with a relay message that has no place, at either end', () => {
    const customer = new Run<CustomerState, CustomerNotice>(fresh(), at(0))
    customers.stepSession(customer, { type: 'remote.pong', value: { id: 1n } })
    customers.leaveSession(customer, CloseCode.LEFT, false)
    expect(customer.state.session).toEqual({ phase: 'ended', code: CloseCode.WRONG_PHASE })
    const joiner = new Run<JoinerState, JoinerNotice>(viewerSession.initial(), at(0))
    joiners.stepSession(joiner, { type: 'remote.pong', value: { id: 1n } })
    joiners.leaveSession(joiner, CloseCode.LEFT)
    expect(joiner.state.session).toEqual({ phase: 'ended', code: CloseCode.WRONG_PHASE })
  })

  it('comes with a channel that the customer breaks, and answers whatever is open', () => {
    const call = Call.begun()
    call.muted.add(LEAD)
    call.at(LEAD, { type: 'local.requestControl', requestId: 1 })
    const run = new Run<JoinerState, JoinerNotice>(call.agent.state, call.now)
    joiners.address(run, Channel.CLIPBOARD, [{ type: 'violation', phase: 'open', event: 'remote.data', code: CloseCode.INVALID_FIELD }])
    expect(run.state.session).toEqual({ phase: 'ended', code: CloseCode.INVALID_FIELD })
    call.at(LEAD, { type: 'local.leave', code: CloseCode.LEFT, endSession: false })
    expect(call.agent.heard('request.done')).toMatchObject([{ requestId: 1, refusal: RefusalReason.NOT_ACTIVE }])
  })

  it('finds an agent without a customer', () => {
    const { call, agent } = alone()
    expect(agent.deadline).toBeDefined()
    call.drop(LEAD)
    call.back(LEAD)
    call.at(LEAD, { type: 'tick' })
    call.at(LEAD, { type: 'remote.malformed', peer: 0, code: CloseCode.MALFORMED })
    expect(agent.violations).toMatchObject([{ peer: 0, code: CloseCode.MALFORMED }])
    expect(agent.state.session).toEqual({ phase: 'ended', code: CloseCode.MALFORMED })
    expect(agent.deadline).toBeUndefined()
  })
})

describe('moments', () => {
  it('pass for an end that has nothing to do', () => {
    const { call, agent } = alone()
    const { state } = agent
    call.at(LEAD, { type: 'tick' })
    expect(agent.state).toBe(state)
    const asking = Call.met()
    const { customer } = asking.agent.state
    asking.at(LEAD, { type: 'tick' })
    expect(asking.agent.state.customer?.machine).toEqual(customer?.machine)
    const active = Call.begun()
    active.at(LEAD, { type: 'tick' })
    expect(said(active)).not.toContain('alive')
  })

  it('RA-RLY-023 the messages of a record count in their order: nothing counts after the last', () => {
    const call = Call.begun()
    const stop = { $case: 'stop', value: { code: CloseCode.STOPPED } } as const
    call.record(CUSTOMER, LEAD, { channel: Channel.SESSION, kinds: [stop, { $case: 'leadChanged', value: { participant: 9 } }] })
    expect(call.agent.state).toMatchObject({ lead: LEAD, customer: { machine: { phase: 'gone' } } })
    const removing = Call.begun()
    const illegal = { $case: 'pause', value: {} } as const
    removing.record(LEAD, CUSTOMER, { channel: Channel.SESSION, kinds: [illegal, { $case: 'capabilities', value: { names: ['x'] } }] })
    expect(removing.customer.heard('capabilities')).toEqual([])
    removing.record(LEAD, CUSTOMER, { channel: Channel.SESSION, kinds: [illegal] })
    expect(removing.customer.violations).toHaveLength(1)
  })

  it('RA-SES-059 that blind several are told to the broker at once', () => {
    const call = Call.begun()
    call.at(LEAD, { type: 'local.invite', requestId: 9, invite: { inviteId: ID, role: Role.VIEWER, secret: ID, expiresInMs: 60_000, ceiling: [] } })
    call.invited(3, Role.VIEWER, ID)
    call.decide(3, 0, EVERYTHING)
    call.at(CUSTOMER, { type: 'local.pause' })
    expect(call.said(Channel.RELAY, CUSTOMER, 0).at(-1)).toEqual({ $case: 'dropMedia', value: { targets: [LEAD, 3] } })
  })
})

describe('an agent asks in vain', () => {
  it('without a customer, and before it was let in', () => {
    const { call } = alone()
    const acts = [
      { type: 'local.ask', requestId: 1, permissions: EVERYTHING, reason: '' },
      { type: 'local.requestControl', requestId: 1 },
      { type: 'local.say', kind: { $case: 'releaseControl', value: {} } },
      { type: 'local.channel', channel: 'screen', event: { type: 'local.hide' } },
    ] as const
    for (const act of acts) expect(() => call.at(LEAD, act)).toThrow(LocalProtocolError)
    const met = Call.met()
    for (const act of acts.slice(1, 3)) expect(() => met.at(LEAD, act)).toThrow(LocalProtocolError)
  })

  it('too often: each request is answered, refused or timed out', () => {
    const call = Call.begun()
    call.muted.add(LEAD)
    for (let n = 0; n < MAX_REQUESTS; n++) call.at(LEAD, { type: 'local.requestControl', requestId: n })
    expect(() => call.at(LEAD, { type: 'local.requestControl', requestId: 99 })).toThrow(`${MAX_REQUESTS} requests are open already`)
    call.drop(LEAD)
    expect(call.agent.heard('request.done').map(notice => notice.refusal)).toEqual(Array.from({ length: MAX_REQUESTS }, () => RefusalReason.NOT_ACTIVE))
    const late = Call.begun()
    late.muted.add(LEAD)
    late.at(LEAD, { type: 'local.requestControl', requestId: 1 })
    for (let n = 0; n < 5; n++) {
      late.pass(REQUEST_TIMEOUT_MS / 5)
      late.record(CUSTOMER, LEAD, { channel: Channel.CHAT, kinds: [undefined] })
    }
    expect(late.agent.heard('request.done')).toMatchObject([{ requestId: 1, refusal: RefusalReason.TIMEOUT }])
  })
})

describe('a customer that is given up', () => {
  const withGuest = (): Call => {
    const call = Call.begun()
    call.at(LEAD, { type: 'local.invite', requestId: 9, invite: { inviteId: ID, role: Role.AGENT, secret: ID, expiresInMs: 600_000, ceiling: [] } })
    call.invited(3, Role.AGENT, ID)
    call.decide(3, 0, EVERYTHING)
    return call
  }

  it('RA-SES-023 RA-SES-024 is turned out by the lead, which stays', () => {
    const call = withGuest()
    call.at(LEAD, { type: 'peer.restarted', peer: CUSTOMER })
    call.pass(40_000)
    expect(call.said(Channel.RELAY, LEAD, 0)).toContainEqual({ $case: 'evict', value: { participant: CUSTOMER, code: CloseCode.TIMEOUT } })
    expect(call.agent.state.session.phase).toBe('live')
  })

  it('leaves another agent nothing to stay for', () => {
    const call = withGuest()
    call.at(3, { type: 'peer.restarted', peer: CUSTOMER })
    call.pass(40_000)
    expect(call.joiner(3).state.session).toEqual({ phase: 'ended', code: CloseCode.TIMEOUT })
    expect(call.agent.state.customer?.machine.phase).toBe('active')
  })

  it('and one that began a handshake anew is awaited again, where it is known', () => {
    const call = Call.begun()
    call.at(LEAD, { type: 'peer.restarted', peer: 77 })
    expect(call.agent.state.customer?.machine.phase).toBe('active')
    call.at(LEAD, { type: 'peer.restarted', peer: CUSTOMER })
    expect(call.agent.state.customer?.machine.phase).toBe('securing')
    call.at(LEAD, { type: 'peer.secured', peer: CUSTOMER })
    expect(call.agent.state.customer?.machine.phase).toBe('active')
  })
})

it('a policy without pictures leaves screens alone', () => {
  const call = Call.begun([Permission.CHAT])
  call.at(CUSTOMER, { type: 'local.screens', screens: [screen(1)] })
  expect(call.said(Channel.SCREEN, CUSTOMER, LEAD)).toEqual([])
})
