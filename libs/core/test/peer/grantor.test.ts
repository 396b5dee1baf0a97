import { CloseCode, GrantSource, Permission, RefusalReason, Role } from '@remote-assist/codec'
import { describe, expect, it } from 'vitest'
import { LocalProtocolError } from '../../src/machine.js'
import { grantor, meet } from '../../src/peer/grantor.js'
import { type GrantorEffect, type GrantorEvent, type GrantorState, type Party, SECURING_TIMEOUT_MS } from '../../src/peer/grantor-table.js'
import { ROLE_CEILING } from '../../src/peer/grants.js'
import { Actor, at } from '../support/actor.js'

const AGENT: Party = { participant: 2, role: Role.AGENT, ceiling: ROLE_CEILING[Role.AGENT], consentTimeoutMs: 60_000, graceMs: 30_000, candidate: false }
const GUEST: Party = { ...AGENT, participant: 3, candidate: true }
const VIEWER: Party = { ...GUEST, participant: 4, role: Role.VIEWER, ceiling: ROLE_CEILING[Role.VIEWER] }

type Effect = ReturnType<typeof grantor.step>['effects'][number]
class Peer extends Actor<GrantorState, GrantorEvent, Effect> {
  static met(party: Party, paused = false): Peer {
    return new Peer(grantor, meet(party, paused, at(1_000)).state)
  }
  static secured(party: Party, paused = false): Peer {
    const peer = Peer.met(party, paused)
    peer.step({ type: 'peer.secured' })
    return peer
  }
  static active(party: Party = AGENT, grants: readonly Permission[] = [Permission.VIEW_SCREEN], paused = false): Peer {
    const peer = Peer.secured(party, paused)
    if (!party.candidate) peer.asks(1, ...grants)
    peer.decide(party.candidate ? 0 : 1, ...grants)
    return peer
  }
  asks(requestId: number, ...permissions: readonly Permission[]) {
    return this.step({ type: 'remote.consentRequest', value: { requestId, permissions, reason: 'help' } })
  }
  decide(requestId: number, ...permissions: readonly Permission[]) {
    return this.step({ type: 'local.decide', requestId, granted: permissions.map(permission => ({ permission, expiresInMs: 0 })) })
  }
  get held(): readonly Permission[] | undefined {
    return 'grants' in this.state ? this.state.grants?.map(grant => grant.permission) : undefined
  }
}

const said = (effects: readonly Effect[]) => effects.flatMap(effect => (effect.type === 'send' || effect.type === 'relay' ? [effect.kind] : []))
const words = (effects: readonly Effect[]) => said(effects).map(kind => kind.$case)
const notices = (effects: readonly Effect[]) => effects.flatMap(effect => (effect.type === 'notify' ? [effect.notice.kind] : []))
const decision = (requestId: number, reason: RefusalReason, ...granted: readonly Permission[]): GrantorEffect => ({
  type: 'send',
  kind: { $case: 'decision', value: { requestId, granted: granted.map(permission => ({ permission, expiresInMs: 0 })), reason } },
})
const evict = (participant: number, code: CloseCode): GrantorEffect => ({ type: 'relay', kind: { $case: 'evict', value: { participant, code } } })

describe('securing', () => {
  it('starts the handshake with whoever appears', () => {
    expect(meet(AGENT, false, at(0)).effects).toEqual([
      { type: 'notify', notice: { kind: 'peer.secure', resume: false } },
      { type: 'notify', notice: { kind: 'peer.phase', phase: 'securing', code: undefined } },
    ])
  })

  it('RA-SES-001 turns out who takes longer than 15 s', () => {
    const peer = Peer.met(AGENT)
    expect(peer.pass(SECURING_TIMEOUT_MS - 1)).toEqual([])
    expect(peer.step({ type: 'tick' })).toEqual([])
    expect(peer.pass(1)[0]).toEqual(evict(2, CloseCode.TIMEOUT))
    expect(peer.state).toMatchObject({ phase: 'gone', code: CloseCode.TIMEOUT })
  })

  it('RA-SEC-004 ends the peer alone with a failed handshake', () => {
    const peer = Peer.met(AGENT)
    expect(words(peer.step({ type: 'peer.failed', code: CloseCode.WRONG_SECRET }))).toEqual([])
    expect(peer.state).toMatchObject({ phase: 'gone', code: CloseCode.WRONG_SECRET })
  })

  it.each([
    ['came by invitation', () => Peer.met(GUEST), 3],
    [
      'returns',
      () => {
        const peer = Peer.active()
        peer.step({ type: 'peer.returned' })
        return peer
      },
      2,
    ],
  ] as const)('RA-SES-138 turns out who %s and cannot prove itself', (_, met, participant) => {
    const peer = met()
    expect(peer.step({ type: 'peer.failed', code: CloseCode.WRONG_SECRET })[0]).toEqual(evict(participant, CloseCode.WRONG_SECRET))
    expect(peer.state).toMatchObject({ phase: 'gone', code: CloseCode.WRONG_SECRET })
  })

  it('has no messages: one is a violation', () => {
    expect(Peer.met(AGENT).asks(1, Permission.CHAT)).toMatchObject([{ type: 'violation', phase: 'securing', code: CloseCode.WRONG_PHASE }])
  })
})

describe('the first question', () => {
  it('RA-SES-012 shows what is asked, and leaves it to the customer', () => {
    const peer = Peer.secured(AGENT)
    expect(peer.asks(5, Permission.CHAT, Permission.VIEW_SCREEN)).toEqual([
      {
        type: 'notify',
        notice: { kind: 'peer.asks', requestId: 5, permissions: [Permission.VIEW_SCREEN, Permission.CHAT], reason: 'help', by: peer.now + 60_000 },
      },
    ])
  })

  it('RA-SES-013 RA-SES-032 is answered with its number and the whole set', () => {
    const peer = Peer.secured(AGENT)
    peer.asks(5, Permission.VIEW_SCREEN, Permission.CHAT)
    const effects = peer.decide(5, Permission.CHAT)
    expect(effects).toContainEqual(decision(5, RefusalReason.UNSPECIFIED, Permission.CHAT))
    expect(said(effects)).toContainEqual({
      $case: 'grantChanged',
      value: { participant: 2, grants: [{ permission: Permission.CHAT, expiresInMs: 0 }], source: GrantSource.CUSTOMER },
    })
    expect(notices(effects)).toEqual(['peer.asked', 'peer.phase'])
    expect(peer.state.phase).toBe('active')
  })

  it('RA-SES-014 is denied when its time is up', () => {
    const peer = Peer.secured(AGENT)
    peer.asks(5, Permission.VIEW_SCREEN)
    expect(peer.pass(59_999)).toEqual([])
    const effects = peer.pass(1)
    expect(effects).toContainEqual(decision(5, RefusalReason.TIMEOUT))
    expect(effects).toContainEqual(evict(2, CloseCode.CONSENT_DENIED))
    expect(peer.state.phase).toBe('gone')
  })

  it('comes in time, or the agent is turned out', () => {
    const peer = Peer.secured(AGENT)
    expect(peer.step({ type: 'tick' })).toEqual([])
    expect(peer.pass(60_000)).toContainEqual(evict(2, CloseCode.CONSENT_DENIED))
  })

  it('RA-SES-015 is the only one open', () => {
    const peer = Peer.secured(AGENT)
    peer.asks(5, Permission.VIEW_SCREEN)
    expect(peer.asks(6, Permission.CHAT)).toEqual([decision(6, RefusalReason.BUSY)])
    expect(() => peer.decide(6, Permission.CHAT)).toThrow(LocalProtocolError)
  })

  it('RA-SES-016 grants nothing that was not asked for', () => {
    const peer = Peer.secured(AGENT)
    peer.asks(5, Permission.VIEW_SCREEN, Permission.CHAT)
    peer.decide(5, Permission.VIEW_SCREEN, Permission.ELEVATE)
    expect(peer.held).toEqual([Permission.VIEW_SCREEN])
  })

  it('RA-SES-017 turns out whom nothing is granted', () => {
    const peer = Peer.secured(AGENT)
    peer.asks(5, Permission.VIEW_SCREEN)
    expect(peer.decide(5)).toEqual([
      decision(5, RefusalReason.DENIED),
      evict(2, CloseCode.CONSENT_DENIED),
      { type: 'notify', notice: { kind: 'peer.asked', requestId: 5 } },
      { type: 'notify', notice: { kind: 'peer.phase', phase: 'gone', code: CloseCode.CONSENT_DENIED } },
    ])
  })

  it('RA-SES-021 RA-SES-031 is refused with POLICY if nothing of it may be granted, and may be put again', () => {
    const peer = Peer.secured({ ...AGENT, ceiling: [Permission.VIEW_SCREEN] })
    expect(peer.asks(5, Permission.ELEVATE)).toEqual([decision(5, RefusalReason.POLICY)])
    peer.asks(6, Permission.VIEW_SCREEN, Permission.ELEVATE)
    peer.decide(6, Permission.VIEW_SCREEN, Permission.ELEVATE)
    expect(peer.held).toEqual([Permission.VIEW_SCREEN])
  })

  it('cannot be answered before it is asked', () => expect(() => Peer.secured(AGENT).decide(1, Permission.CHAT)).toThrow('question 1 is not open'))
})

describe('whoever comes by invitation', () => {
  it('RA-SES-019 RA-RLY-150 is admitted by the answer to a question with number 0', () => {
    const peer = Peer.met(VIEWER)
    expect(notices(peer.step({ type: 'peer.secured' }))).toEqual(['peer.phase', 'peer.asks'])
    expect(peer.state.phase).toBe('admission')
    expect(peer.step({ type: 'tick' })).toEqual([])
    expect(said(peer.decide(0, Permission.VIEW_SCREEN))[0]).toEqual({ $case: 'admit', value: { participant: 4 } })
    expect(peer.held).toEqual([Permission.VIEW_SCREEN])
  })

  it('RA-SES-019 a viewer is asked about even without an invitation', () => expect(Peer.secured({ ...VIEWER, candidate: false }).state.phase).toBe('admission'))

  it('RA-SES-017 hears nothing but the eviction, for it cannot be told', () => {
    for (const party of [GUEST, VIEWER]) {
      const denied = Peer.secured(party)
      expect(said(denied.decide(0))).toEqual([{ $case: 'evict', value: { participant: party.participant, code: CloseCode.NOT_ADMITTED } }])
      const ignored = Peer.secured(party)
      expect(said(ignored.pass(60_000))).toEqual([{ $case: 'evict', value: { participant: party.participant, code: CloseCode.NOT_ADMITTED } }])
    }
  })

  it('RA-SES-031 is granted no more than its invitation allows', () => {
    const peer = Peer.active({ ...GUEST, ceiling: [Permission.VIEW_SCREEN, Permission.CHAT] }, [Permission.VIEW_SCREEN, Permission.CONTROL_INPUT])
    expect(peer.held).toEqual([Permission.VIEW_SCREEN])
  })
})

describe('active', () => {
  it('RA-SES-018 keeps what it has when a later question is denied', () => {
    const peer = Peer.active()
    peer.asks(2, Permission.CHAT)
    expect(peer.decide(2)).toContainEqual(decision(2, RefusalReason.DENIED))
    expect(peer.held).toEqual([Permission.VIEW_SCREEN])
    expect(peer.state.phase).toBe('active')
  })

  it('adds what a later question grants', () => {
    const peer = Peer.active()
    peer.asks(2, Permission.CHAT)
    expect(words(peer.decide(2, Permission.CHAT))).toEqual(['decision', 'grantChanged'])
    expect(peer.held).toEqual([Permission.VIEW_SCREEN, Permission.CHAT])
    expect(() => peer.decide(2, Permission.CHAT)).toThrow('question 2 is not open')
  })

  it('RA-SES-014 denies a later question when its time is up, and nothing else', () => {
    const peer = Peer.active()
    peer.asks(2, Permission.CHAT)
    expect(peer.step({ type: 'tick' })).toEqual([])
    expect(peer.pass(60_000)).toEqual([{ type: 'notify', notice: { kind: 'peer.asked', requestId: 2 } }, decision(2, RefusalReason.TIMEOUT)])
    expect(peer.state.phase).toBe('active')
  })

  it('RA-SES-033 RA-SES-032 holds a grant until it expires', () => {
    const peer = Peer.active()
    peer.step({ type: 'local.grant', permission: Permission.CHAT, expiresInMs: 5_000 })
    expect(peer.pass(4_999)).toEqual([])
    expect(peer.held).toEqual([Permission.VIEW_SCREEN, Permission.CHAT])
    expect(said(peer.pass(1))).toMatchObject([{ $case: 'grantChanged', value: { source: GrantSource.EXPIRY } }])
    expect(peer.held).toEqual([Permission.VIEW_SCREEN])
  })

  it('RA-SES-034 RA-SES-032 loses what its user takes back', () => {
    const peer = Peer.active(AGENT, [Permission.VIEW_SCREEN, Permission.CHAT])
    expect(words(peer.step({ type: 'local.revoke', permission: Permission.CHAT }))).toEqual(['grantChanged'])
    expect(peer.step({ type: 'local.revoke', permission: Permission.CHAT })).toEqual([])
    expect(peer.held).toEqual([Permission.VIEW_SCREEN])
  })

  it('RA-SES-031 is given nothing beyond its ceiling', () => {
    const peer = Peer.active({ ...AGENT, ceiling: [Permission.VIEW_SCREEN] })
    peer.step({ type: 'local.grant', permission: Permission.ELEVATE, expiresInMs: 0 })
    expect(peer.held).toEqual([Permission.VIEW_SCREEN])
  })
})

describe('pause', () => {
  it('RA-SES-052 is told, and so is its end', () => {
    const peer = Peer.active()
    expect(words(peer.step({ type: 'local.pause' }))).toEqual(['pause'])
    expect(words(peer.step({ type: 'local.pause' }))).toEqual([])
    expect(words(peer.step({ type: 'local.unpause' }))).toEqual(['unpause'])
    expect(words(peer.step({ type: 'local.unpause' }))).toEqual([])
    expect(peer.state.phase).toBe('active')
  })

  it('RA-SES-055 is told to whoever becomes active meanwhile', () => {
    const securing = Peer.met(AGENT)
    securing.step({ type: 'local.pause' })
    securing.step({ type: 'peer.secured' })
    securing.asks(1, Permission.CHAT)
    expect(words(securing.decide(1, Permission.CHAT))).toContain('pause')
    expect(securing.state.phase).toBe('paused')
    expect(words(Peer.secured(VIEWER, true).decide(0, Permission.CHAT))).toEqual(['admit', 'decision', 'grantChanged', 'pause'])
  })

  it('begins and ends in every phase before', () => {
    const asked = Peer.secured(AGENT)
    const waiting = Peer.secured(VIEWER)
    const away = Peer.active()
    away.step({ type: 'peer.lost' })
    for (const peer of [Peer.met(AGENT), asked, waiting, away]) {
      const { phase } = peer.state
      expect(peer.step({ type: 'local.pause' })).toEqual([])
      expect(peer.state).toMatchObject({ phase, paused: true })
      peer.step({ type: 'local.unpause' })
      expect(peer.state).toMatchObject({ phase, paused: false })
    }
  })

  it('leaves questions and grants as they are', () => {
    const peer = Peer.active()
    peer.step({ type: 'local.pause' })
    peer.asks(2, Permission.CHAT)
    peer.decide(2, Permission.CHAT)
    peer.step({ type: 'local.grant', permission: Permission.ANNOTATE, expiresInMs: 1_000 })
    peer.step({ type: 'local.revoke', permission: Permission.VIEW_SCREEN })
    peer.pass(1_000)
    expect(peer.state.phase).toBe('paused')
    expect(peer.held).toEqual([Permission.CHAT])
  })
})

describe('a dropped line', () => {
  it('RA-SES-132 RA-SES-133 RA-SES-134 begins a handshake, then restates the grants that are left, and asks nothing', () => {
    const peer = Peer.active()
    peer.step({ type: 'local.grant', permission: Permission.CHAT, expiresInMs: 5_000 })
    peer.step({ type: 'peer.lost' })
    peer.pass(6_000)
    expect(peer.step({ type: 'peer.returned' })).toContainEqual({ type: 'notify', notice: { kind: 'peer.secure', resume: true } })
    const effects = peer.step({ type: 'peer.secured' })
    expect(said(effects)).toMatchObject([{ $case: 'grantChanged', value: { grants: [{ permission: Permission.VIEW_SCREEN }], source: GrantSource.RESUME } }])
    expect(notices(effects)).toEqual(['peer.phase'])
    expect(peer.state.phase).toBe('active')
  })

  it('RA-SES-055 comes back paused if the session is', () => {
    const peer = Peer.active()
    peer.step({ type: 'peer.lost' })
    peer.step({ type: 'local.pause' })
    peer.step({ type: 'peer.returned' })
    expect(words(peer.step({ type: 'peer.secured' }))).toEqual(['grantChanged', 'pause'])
    expect(peer.state.phase).toBe('paused')
  })

  it('RA-SES-114 ends the peer when the grace period is over', () => {
    const peer = Peer.active()
    peer.step({ type: 'peer.lost' })
    peer.pass(10_000)
    peer.step({ type: 'peer.lost' })
    expect(peer.pass(19_999)).toEqual([])
    expect(peer.step({ type: 'tick' })).toEqual([])
    peer.pass(1)
    expect(peer.state).toMatchObject({ phase: 'gone', code: CloseCode.GRACE_EXPIRED })
  })

  it('RA-SES-034 lets grants be taken back meanwhile', () => {
    const peer = Peer.active()
    peer.step({ type: 'peer.lost' })
    peer.step({ type: 'local.revoke', permission: Permission.VIEW_SCREEN })
    peer.step({ type: 'peer.returned' })
    peer.step({ type: 'peer.secured' })
    expect(peer.held).toEqual([])
    const returning = Peer.active(AGENT, [Permission.VIEW_SCREEN, Permission.CHAT])
    returning.step({ type: 'peer.returned' })
    returning.step({ type: 'local.revoke', permission: Permission.CHAT })
    returning.step({ type: 'peer.secured' })
    expect(returning.held).toEqual([Permission.VIEW_SCREEN])
    const never = Peer.met(AGENT)
    never.step({ type: 'peer.lost' })
    never.step({ type: 'local.revoke', permission: Permission.VIEW_SCREEN })
    expect(never.held).toBeUndefined()
  })

  it('takes open questions off the table', () => {
    for (const gone of [{ type: 'peer.lost' }, { type: 'peer.returned' }, { type: 'peer.left', code: CloseCode.LEFT }] as const) {
      const asking = Peer.secured(AGENT)
      asking.asks(5, Permission.CHAT)
      const active = Peer.active()
      active.asks(5, Permission.CHAT)
      const paused = Peer.active()
      paused.step({ type: 'local.pause' })
      paused.asks(5, Permission.CHAT)
      for (const peer of [asking, active, paused]) expect(peer.step(gone)).toContainEqual({ type: 'notify', notice: { kind: 'peer.asked', requestId: 5 } })
      expect(notices(Peer.secured(VIEWER).step(gone))).toContain('peer.asked')
    }
  })

  it('leaves nobody who never got in with grants', () => {
    const peer = Peer.secured(AGENT)
    peer.step({ type: 'peer.lost' })
    peer.step({ type: 'peer.returned' })
    peer.step({ type: 'peer.secured' })
    expect(peer.state.phase).toBe('consenting')
  })
})

describe('the end', () => {
  const everywhere = (): readonly Peer[] => {
    const paused = Peer.active()
    paused.step({ type: 'local.pause' })
    const away = Peer.active()
    away.step({ type: 'peer.lost' })
    return [Peer.met(AGENT), Peer.secured(AGENT), Peer.secured(VIEWER), Peer.active(), paused, away]
  }

  it('RA-SES-075 comes from every phase with a removal', () => {
    for (const peer of everywhere()) {
      expect(peer.step({ type: 'local.remove', code: CloseCode.REMOVED })[0]).toEqual(evict(peer.state.party.participant, CloseCode.REMOVED))
      expect(peer.state).toMatchObject({ phase: 'gone', code: CloseCode.REMOVED })
    }
  })

  it('comes from every phase when the participant leaves', () => {
    for (const peer of everywhere()) {
      expect(words(peer.step({ type: 'peer.left', code: CloseCode.LEFT }))).toEqual([])
      expect(peer.state).toMatchObject({ phase: 'gone', code: CloseCode.LEFT })
    }
  })

  it('is final', () => {
    const peer = Peer.active()
    peer.step({ type: 'peer.left', code: CloseCode.LEFT })
    const { state } = peer
    for (const event of [{ type: 'peer.returned' }, { type: 'local.pause' }, { type: 'local.unpause' }, { type: 'tick' }] as const) peer.step(event)
    peer.step({ type: 'local.remove', code: CloseCode.REMOVED })
    expect(peer.state).toBe(state)
    expect(peer.deadline).toBeUndefined()
  })
})
