import { CloseCode, GrantSource, Permission, RefusalReason, Role } from '@remote-assist/codec'
import { describe, expect, it } from 'vitest'
import { LocalProtocolError } from '../../src/machine.js'
import { ANSWER_SLACK_MS, expect as awaits, type GranteeEvent, type GranteeState, grantee, type Host } from '../../src/peer/grantee.js'
import { SECURING_TIMEOUT_MS } from '../../src/peer/grantor-table.js'
import { Actor, at } from '../support/actor.js'

const HOST: Host = { participant: 1, role: Role.AGENT, self: 2, consentTimeoutMs: 60_000, graceMs: 30_000, candidate: false, invited: false }
const VIEWING: Host = { ...HOST, role: Role.VIEWER, self: 3, invited: true }

type Effect = ReturnType<typeof grantee.step>['effects'][number]
class Peer extends Actor<GranteeState, GranteeEvent, Effect> {
  static met(host: Host = HOST): Peer {
    return new Peer(grantee, awaits(host, at(1_000)).state)
  }
  static secured(host: Host = HOST): Peer {
    const peer = Peer.met(host)
    peer.step({ type: 'peer.secured' })
    return peer
  }
  static active(host: Host = HOST): Peer {
    const peer = Peer.secured(host)
    peer.decided(0, RefusalReason.UNSPECIFIED, Permission.VIEW_SCREEN)
    return peer
  }
  static paused(): Peer {
    const peer = Peer.active()
    peer.step({ type: 'remote.pause', value: {} })
    return peer
  }
  ask(requestId: number) {
    return this.step({ type: 'local.ask', requestId, permissions: [Permission.CHAT], reason: 'help' })
  }
  decided(requestId: number, reason: RefusalReason, ...permissions: readonly Permission[]) {
    return this.step({ type: 'remote.decision', value: { requestId, granted: permissions.map(permission => ({ permission, expiresInMs: 0 })), reason } })
  }
  grantChanged(participant: number, expiresInMs: number, ...permissions: readonly Permission[]) {
    const grants = permissions.map(permission => ({ permission, expiresInMs }))
    return this.step({ type: 'remote.grantChanged', value: { participant, grants, source: GrantSource.CUSTOMER } })
  }
  get held(): readonly Permission[] | undefined {
    return 'grants' in this.state ? this.state.grants?.map(grant => grant.permission) : undefined
  }
}
const notices = (effects: readonly Effect[]) => effects.flatMap(effect => (effect.type === 'notify' ? [effect.notice] : []))
const over = (requestId: number, reason: RefusalReason) => ({ kind: 'peer.decided', requestId, granted: [], reason })

describe('securing', () => {
  it('RA-SEC-002 awaits the handshake of the customer', () => {
    expect(notices(awaits(HOST, at(0)).effects).map(it => it.kind)).toEqual(['peer.secure', 'peer.phase'])
    expect(Peer.met().deadline).toBe(1_000 + SECURING_TIMEOUT_MS)
  })

  it.each([
    ['agent', HOST, 'consenting'],
    ['viewer', VIEWING, 'admission'],
  ] as const)('leads an %s to its first decision', (_role, host, phase) => expect(Peer.secured(host).state.phase).toBe(phase))

  it('RA-RLY-148 admits the candidate customer that proved itself, once', () => {
    const peer = Peer.met({ ...HOST, candidate: true })
    expect(peer.step({ type: 'peer.secured' })).toContainEqual({ type: 'relay', kind: { $case: 'admit', value: { participant: 1 } } })
    expect(peer.state).toMatchObject({ host: { candidate: false } })
  })

  it.each([
    ['fails', (peer: Peer) => peer.step({ type: 'peer.failed', code: CloseCode.WRONG_SECRET }), CloseCode.WRONG_SECRET],
    ['never ends', (peer: Peer) => peer.pass(SECURING_TIMEOUT_MS), CloseCode.TIMEOUT],
  ] as const)('RA-RLY-149 RA-SES-025 turns a candidate out whose handshake %s, so that the next can try', (_how, fail, code) => {
    expect(fail(Peer.met({ ...HOST, candidate: true }))).toContainEqual({ type: 'relay', kind: { $case: 'evict', value: { participant: 1, code } } })
    const admitted = Peer.met()
    admitted.step({ type: 'tick' })
    expect(fail(admitted).map(effect => effect.type)).toEqual(['notify'])
    expect(admitted.state).toMatchObject({ phase: 'gone', code })
  })
})

describe('keys that the customer has none to', () => {
  it.each([
    ['consenting', () => Peer.secured()],
    ['admission', () => Peer.secured(VIEWING)],
    ['active', () => Peer.active()],
    ['paused', () => Peer.paused()],
  ] as const)('RA-SEC-038 end what is %s, with the customer’s code', (phase, at) => {
    const peer = at()
    expect(peer.state.phase).toBe(phase)
    peer.step({ type: 'peer.failed', code: CloseCode.WRONG_SECRET })
    expect(peer.state).toMatchObject({ phase: 'gone', code: CloseCode.WRONG_SECRET })
  })
})

describe('asking', () => {
  it('RA-SES-020 puts one question at a time', () => {
    const peer = Peer.secured()
    expect(peer.ask(1)).toEqual([{ type: 'send', kind: { $case: 'consentRequest', value: { requestId: 1, permissions: [Permission.CHAT], reason: 'help' } } }])
    expect(() => peer.ask(2)).toThrow(LocalProtocolError)
  })

  it('leaves the asking to the invitation that it came by', () => {
    const invited = Peer.secured({ ...HOST, invited: true })
    expect(() => invited.ask(1)).toThrow('the invitation asks already')
    invited.decided(0, RefusalReason.UNSPECIFIED, Permission.CHAT)
    expect(invited.ask(1)).toHaveLength(1)
  })

  it('is in with the first decision that grants something', () => {
    const peer = Peer.secured()
    peer.ask(1)
    const effects = peer.decided(1, RefusalReason.UNSPECIFIED, Permission.CHAT)
    expect(notices(effects)).toEqual([
      { kind: 'peer.decided', requestId: 1, granted: [Permission.CHAT], reason: RefusalReason.UNSPECIFIED },
      { kind: 'peer.phase', phase: 'active', code: undefined },
    ])
  })

  it('has its question answered when the customer, who never saw it, waits no longer', () => {
    const peer = Peer.secured()
    peer.ask(5)
    const told = notices(peer.decided(0, RefusalReason.TIMEOUT))
    expect(told.slice(0, 2)).toEqual([over(0, RefusalReason.TIMEOUT), over(5, RefusalReason.TIMEOUT)])
    expect(peer.state.phase).toBe('gone')
  })

  it.each([
    [RefusalReason.DENIED, CloseCode.CONSENT_DENIED],
    [RefusalReason.TIMEOUT, CloseCode.TIMEOUT],
  ])('is out with reason %i', (reason, code) => {
    for (const peer of [Peer.secured(), Peer.secured(VIEWING)]) {
      expect(notices(peer.decided(1, reason))).toEqual([over(1, reason), { kind: 'peer.phase', phase: 'gone', code }])
      expect(peer.state).toMatchObject({ phase: 'gone', code })
    }
  })

  it.each([RefusalReason.BUSY, RefusalReason.POLICY])('may ask again after reason %i', reason => {
    const peer = Peer.secured()
    peer.ask(1)
    expect(notices(peer.decided(1, reason))).toEqual([over(1, reason)])
    expect(peer.ask(2)).toHaveLength(1)
    const viewer = Peer.secured(VIEWING)
    viewer.decided(0, reason)
    expect(viewer.state.phase).toBe('admission')
  })

  it('gives up when no answer comes, later than the customer would', () => {
    for (const ask of [false, true]) {
      const peer = Peer.secured()
      if (ask) peer.ask(1)
      expect(peer.pass(60_000 + ANSWER_SLACK_MS - 1)).toEqual([])
      expect(peer.step({ type: 'tick' })).toEqual([])
      expect(notices(peer.pass(1)).map(it => it.kind)).toEqual(ask ? ['peer.decided', 'peer.phase'] : ['peer.phase'])
      expect(peer.state).toMatchObject({ phase: 'gone', code: CloseCode.TIMEOUT })
    }
    const viewer = Peer.secured(VIEWING)
    expect(viewer.step({ type: 'tick' })).toEqual([])
    viewer.pass(60_000 + ANSWER_SLACK_MS)
    expect(viewer.state).toMatchObject({ phase: 'gone', code: CloseCode.TIMEOUT })
  })
})

describe('active and paused', () => {
  it.each([
    ['active', Peer.active],
    ['paused', Peer.paused],
  ] as const)('hears the answer to its question while %s, and no other', (phase, make) => {
    const peer = make()
    peer.ask(7)
    expect(peer.decided(6, RefusalReason.DENIED)).toEqual([])
    expect(notices(peer.decided(7, RefusalReason.DENIED))).toEqual([over(7, RefusalReason.DENIED)])
    expect(peer.decided(7, RefusalReason.DENIED)).toEqual([])
    peer.ask(8)
    expect(peer.step({ type: 'tick' })).toEqual([])
    expect(notices(peer.pass(60_000 + ANSWER_SLACK_MS))).toEqual([over(8, RefusalReason.TIMEOUT)])
    expect(peer.state.phase).toBe(phase)
  })

  it('RA-SES-036 replaces what it holds by each set for it', () => {
    for (const peer of [Peer.active(), Peer.paused()]) {
      const { self } = peer.state.host
      const before = peer.state
      expect(peer.grantChanged(9, 0, Permission.ELEVATE)).toEqual([])
      expect(peer.state).toBe(before)
      expect(notices(peer.grantChanged(self, 0, Permission.CHAT))).toEqual([
        { kind: 'peer.grants', grants: [{ permission: Permission.CHAT, expiresAt: undefined }] },
      ])
      expect(peer.held).toEqual([Permission.CHAT])
    }
  })

  it('RA-SES-140 is in with a set that comes before the decision: that was lost with a line', () => {
    for (const peer of [Peer.secured(), Peer.secured(VIEWING)]) {
      const { state } = peer
      expect(peer.grantChanged(9, 0, Permission.ELEVATE)).toEqual([])
      expect(peer.grantChanged(state.host.self, 0)).toEqual([])
      expect(peer.state).toBe(state)
      if (state.phase === 'consenting') peer.ask(5)
      const told = notices(peer.grantChanged(state.host.self, 0, Permission.CHAT)).map(it => it.kind)
      expect(told).toEqual([...(state.phase === 'consenting' ? ['peer.decided'] : []), 'peer.grants', 'peer.phase'])
      expect(peer.state.phase).toBe('active')
      expect(peer.held).toEqual([Permission.CHAT])
    }
  })

  it('lets a grant go when it expires', () => {
    const peer = Peer.active()
    peer.grantChanged(2, 3_000, Permission.CHAT)
    expect(notices(peer.pass(3_000))).toEqual([{ kind: 'peer.grants', grants: [] }])
  })

  it('pauses and goes on as the customer says', () => {
    const peer = Peer.active()
    expect(peer.step({ type: 'remote.unpause', value: {} })).toEqual([])
    peer.step({ type: 'remote.pause', value: {} })
    expect(peer.step({ type: 'remote.pause', value: {} })).toEqual([])
    expect(peer.state.phase).toBe('paused')
    peer.step({ type: 'remote.unpause', value: {} })
    expect(peer.state.phase).toBe('active')
  })

  it('RA-SES-060 is over with Stop', () => {
    for (const peer of [Peer.active(), Peer.paused(), Peer.secured(), Peer.secured(VIEWING)]) {
      peer.step({ type: 'remote.stop', value: { code: CloseCode.STOPPED } })
      expect(peer.state).toMatchObject({ phase: 'gone', code: CloseCode.STOPPED })
    }
  })
})

describe('a dropped line', () => {
  it('keeps the grants, not the question', () => {
    for (const make of [Peer.active, Peer.paused]) {
      const peer = make()
      peer.ask(4)
      expect(notices(peer.step({ type: 'peer.lost' }))).toContainEqual(over(4, RefusalReason.NOT_ACTIVE))
      expect(notices(peer.step({ type: 'peer.returned' }))).toContainEqual({ kind: 'peer.secure', resume: true })
      peer.step({ type: 'peer.returned' })
      peer.step({ type: 'peer.secured' })
      expect(peer.state.phase).toBe('active')
      expect(peer.held).toEqual([Permission.VIEW_SCREEN])
    }
  })

  it('begins again for whom nothing was decided', () => {
    for (const peer of [Peer.secured(), Peer.secured(VIEWING), Peer.met()]) {
      peer.step({ type: 'peer.lost' })
      peer.step({ type: 'peer.returned' })
      peer.step({ type: 'peer.secured' })
      expect(peer.held).toEqual([])
      expect(peer.state.phase).not.toBe('active')
    }
  })

  it('RA-SES-114 ends the peer when the grace period is over', () => {
    const peer = Peer.active()
    peer.step({ type: 'peer.lost' })
    peer.pass(10_000)
    peer.step({ type: 'peer.lost' })
    expect(peer.step({ type: 'tick' })).toEqual([])
    peer.pass(20_000)
    expect(peer.state).toMatchObject({ phase: 'gone', code: CloseCode.GRACE_EXPIRED })
  })

  it('ends in every phase when the customer leaves, and then nothing more', () => {
    const away = Peer.active()
    away.step({ type: 'peer.lost' })
    for (const peer of [Peer.met(), Peer.secured(), Peer.secured(VIEWING), Peer.active(), Peer.paused(), away]) {
      peer.step({ type: 'peer.left', code: CloseCode.LEFT })
      const { state } = peer
      expect(state).toMatchObject({ phase: 'gone', code: CloseCode.LEFT })
      for (const event of [{ type: 'peer.returned' }, { type: 'tick' }] as const) expect(peer.step(event)).toEqual([])
      expect(peer.state).toBe(state)
      expect(peer.deadline).toBeUndefined()
    }
  })
})
