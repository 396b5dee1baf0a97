import { CancelReason, Channel, type Chat, CloseCode, EntryAction, EntryKind, FileRefusal, Permission, Phase, RefusalReason, Role } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { agentSession } from '../../src/endpoint/joiner/joiner.js'
import { Call, CUSTOMER, End, LEAD } from '../support/pair.js'
import { EVERYTHING } from '../support/protocol.js'

import { done, frame, ID, injections, inviting, joined, show, VIEW, watching } from '../support/scenes.js'

/** Another invitation than that of `ID`. */
const ANOTHER = { inviteId: new Uint8Array(16).fill(8), secret: ID, expiresInMs: 60_000, ceiling: [] }

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

  it('RA-INP-005 RA-SES-007 RA-SES-010 RA-SES-047 that sends input or asks for control is turned out', () => {
    for (const message of [
      { channel: Channel.INPUT, kind: { $case: 'keyEvent', value: { seq: 1, leaseEpoch: 1, hidUsage: 4, down: true, modifiers: 0, locks: 0 } } },
      { channel: Channel.SESSION, kind: { $case: 'requestControl', value: { requestId: 1 } } },
    ] as const) {
      const call = joined()
      call.say(3, CUSTOMER, message)
      expect(call.customer.violations).toMatchObject([{ peer: 3, event: `remote.${message.kind.$case}`, code: CloseCode.FORBIDDEN_MESSAGE }])
      expect(call.said(Channel.RELAY, CUSTOMER, 0)).toContainEqual({ $case: 'evict', value: { participant: 3, code: CloseCode.FORBIDDEN_MESSAGE } })
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

  it('RA-SES-071 RA-SES-034 are listed with what they keep while they are away and until they are back, but for what is taken back', () => {
    const call = joined(Role.AGENT)
    const listed = () =>
      call.agent
        .heard('participants')
        .at(-1)
        ?.participants.find(it => it.participant === 3)?.grants
    const kept = listed()?.filter(permission => permission !== Permission.CHAT)
    expect(listed()).toContain(Permission.CHAT)
    call.drop(3)
    call.at(CUSTOMER, { type: 'local.peer', peer: 3, event: { type: 'local.revoke', permission: Permission.CHAT } })
    const { length: before } = call.agent.heard('participants')
    call.back(3)
    const told = call.agent.heard('participants').map(({ participants }) => participants.find(it => it.participant === 3))
    expect(told.slice(before - 1).map(one => one?.phase)).toEqual([Phase.SUSPENDED, Phase.ACTIVE])
    for (const one of told.slice(before - 1)) expect(one?.grants).toEqual(kept)
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

  it('RA-CHT-001 RA-CHT-004 read the lines of all authors in one order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(LEAD, CUSTOMER, 3, 4), { maxLength: 40 }), authors => {
        const call = joined(Role.AGENT)
        call.at(LEAD, { type: 'local.invite', requestId: 20, invite: { ...ANOTHER, role: Role.VIEWER } })
        call.invited(4, Role.VIEWER, ANOTHER.inviteId)
        call.decide(4, 0, [Permission.VIEW_SCREEN, Permission.CHAT])
        // Lines cross on their way: nothing that is received is passed on before all that is under way has come.
        const received: Chat[] = []
        for (const [id, author] of authors.entries()) {
          call.pass(200)
          if (author === CUSTOMER) received.push({ id, from: CUSTOMER, text: `${id}`, atMs: 0n })
          else call.at(author, { type: 'local.channel', channel: 'chat', event: { type: 'local.say', id, text: `${id}` } })
          received.push(
            ...call.customer
              .heard('chat.received')
              .slice(received.filter(({ from }) => from !== CUSTOMER).length)
              .map(({ chat }) => chat),
          )
        }
        for (const chat of received) call.at(CUSTOMER, { type: 'local.chat', chat: { ...chat, atMs: 7n } })
        const told = [LEAD, 3, 4].map(number => call.said(Channel.CHAT, CUSTOMER, number).map(({ value }) => value))
        expect(told[0]?.map(({ id, from, text }) => [id, from, text])).toEqual(authors.map((author, id) => [id, author, `${id}`]))
        expect([told[1], told[2]]).toEqual([told[0], told[0]])
      }),
      { numRuns: 30 },
    )
  })

  it('RA-FIL-015 RA-FIL-034 RA-FIL-052 share the limit on what the session moves, in both directions, also with one that has left', () => {
    const file = (from: number, event: object) =>
      from === CUSTOMER
        ? call.at(CUSTOMER, { type: 'local.channel', peer: 3, channel: 'file', event } as never)
        : call.at(from, { type: 'local.channel', channel: 'file', event } as never)
    const offer = (from: number, transferId: number, bytes: bigint) => {
      file(from, { type: 'local.offer', transferId, entries: 1, bytes, requestId: 0, contentId: ID })
      const entries = [{ entry: 0, path: ['a'], kind: EntryKind.FILE, bytes, modifiedMs: 0n, mode: 0 }]
      file(from, { type: 'local.page', transferId, entries, last: true })
      return call.customer.heard('file.page').at(-1)?.tooLarge
    }
    const take = (at: number, transferId: number, bytes: bigint) => {
      const event = (fields: object) => ({ transferId, ...fields })
      const say = (fields: object) =>
        at === CUSTOMER ? call.at(CUSTOMER, { type: 'local.channel', peer: LEAD, channel: 'file', event: event(fields) } as never) : file(at, event(fields))
      say({ type: 'local.decide', defaultAction: EntryAction.ACCEPT, refusal: FileRefusal.UNSPECIFIED, exceptions: [], more: false })
      say({ type: 'local.expect', entries: [{ entry: 0, bytes }] })
    }
    const send = (from: number, transferId: number, count: number) => {
      file(from, { type: 'local.entry', transferId, entry: 0, bytes: BigInt(count) })
      file(from, { type: 'local.chunk', transferId, data: new Uint8Array(count), sentAtUs: 0n })
    }
    const call = inviting(Role.AGENT, Call.begun(EVERYTHING, { maxSessionBytes: 100n }))
    call.invited(3, Role.AGENT, ID)
    call.decide(3, 0, EVERYTHING)
    expect(offer(LEAD, 1, 60n)).toEqual([])
    take(CUSTOMER, 1, 60n)
    send(LEAD, 1, 60)
    expect(call.peer(LEAD).channels.file.movedBytes).toBe(60n)
    expect(offer(3, 1, 41n)).toEqual([0])
    expect(offer(3, 3, 40n)).toEqual([])
    call.at(LEAD, { type: 'local.leave', code: CloseCode.LEFT, endSession: false })
    expect(offer(3, 5, 41n)).toEqual([0])
    // Whatever becomes of who sent them, and however many come and go after it.
    for (let number = 10; number < 30; number++) {
      call.attach(new End(number, Role.AGENT, agentSession, agentSession.initial()), {})
      call.at(number, { type: 'local.leave', code: CloseCode.LEFT, endSession: false })
    }
    expect(call.customer.state.gone).toContain(LEAD)
    expect(offer(3, 7, 41n)).toEqual([0])
    // What the customer sends counts at the customer: the agent that receives it knows nothing of the others.
    offer(CUSTOMER, 2, 41n)
    take(3, 2, 41n)
    send(CUSTOMER, 2, 41)
    expect(call.said(Channel.FILE, CUSTOMER, 3).filter(({ $case }) => $case === 'chunk')).toEqual([])
    expect(call.said(Channel.FILE, CUSTOMER, 3)).toContainEqual({ $case: 'cancel', value: { transferId: 2, reason: CancelReason.OVERRUN } })
  })
})
