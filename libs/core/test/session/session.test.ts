import { CLOSE_CODES, CloseCode, Notice_Kind, Role } from '@remote-assist/codec'
import { describe, expect, it } from 'vitest'
import { LocalProtocolError } from '../../src/machine.js'
import {
  initialSession,
  MISSED_HEARTBEATS,
  type SessionEffect,
  type SessionEvent,
  type SessionState,
  session,
  WELCOME_TIMEOUT_MS,
} from '../../src/session/session.js'
import { Actor } from '../support/actor.js'
import { GRACE_MS, HEARTBEAT_MS, hello, POLICY, roster, welcome } from '../support/protocol.js'

const HELLO = hello(Role.AGENT)
const open = { type: 'transport.opened', hello: HELLO } as const
const lost = { type: 'transport.lost' } as const
const welcomed = (change: Parameters<typeof welcome>[1] = {}) => ({ type: 'remote.welcome', value: welcome(1, change) }) as const
const refused = (code: CloseCode) => ({ type: 'remote.refusal', value: { code, retryAfterMs: 0, detail: '' } }) as const

const actor = () => new Actor<SessionState, SessionEvent, ReturnType<typeof session.step>['effects'][number]>(session, initialSession)
function live(change: Parameters<typeof welcome>[1] = {}) {
  const it = actor()
  it.step(open)
  it.step(welcomed(change))
  return it
}
const endedWith = (code: CloseCode): readonly SessionEffect[] => [
  { type: 'close', code },
  { type: 'notify', notice: { kind: 'session.ended', code } },
]
const link = (it: ReturnType<typeof actor>) => (it.state.phase === 'live' ? it.state.link : undefined)

describe('joining', () => {
  it('RA-RLY-101 says Hello first', () => {
    const it = actor()
    expect(it.deadline).toBeUndefined()
    expect(it.step(open)).toEqual([{ type: 'relay', kind: { $case: 'hello', value: HELLO } }])
  })

  it('is live with the Welcome', () => {
    const it = actor()
    it.step(open)
    const notices = it.step(welcomed()).map(effect => effect.type === 'notify' && effect.notice.kind)
    expect(notices).toEqual(['session.live', 'session.link'])
    expect(it.state).toMatchObject({ phase: 'live', attachment: { participant: 1, incarnation: 1 }, link: { state: 'up' } })
  })

  it('takes a Welcome without roster or policy as an empty room without limits', () => {
    expect(live({ roster: undefined, policy: undefined }).state).toMatchObject({ roster: { revision: 0n, entries: [] }, idleAt: undefined, endsAt: undefined })
  })

  it('ends when no Welcome comes in time, and not before', () => {
    const it = actor()
    it.step(open)
    expect(it.pass(WELCOME_TIMEOUT_MS - 1)).toEqual([])
    expect(it.step({ type: 'tick' })).toEqual([])
    expect(it.pass(1)).toEqual(endedWith(CloseCode.TIMEOUT))
  })

  it('waits for a line without a deadline', () => {
    const it = actor()
    expect(it.step({ type: 'tick' })).toEqual([])
    expect(it.step({ type: 'transport.heard' })).toEqual([])
    expect(it.state).toBe(initialSession)
  })

  it.each([
    ['a lost line', lost, CloseCode.UNSPECIFIED, 0],
    ['a refusal', refused(CloseCode.NOT_FOUND), CloseCode.NOT_FOUND, 1],
    ['a Bye', { type: 'remote.bye', value: { code: CloseCode.SESSION_ENDED, endSession: true } }, CloseCode.SESSION_ENDED, 0],
  ] as const)('ends with %s', (_name, event, code, before) => {
    const it = actor()
    it.step(open)
    expect(it.step(event).slice(before)).toEqual(endedWith(code))
  })

  it('RA-RLY-151 says Bye when its person leaves', () => {
    const it = actor()
    it.step(open)
    const effects = it.step({ type: 'local.leave', code: CloseCode.LEFT, endSession: false })
    expect(effects).toEqual([{ type: 'relay', kind: { $case: 'bye', value: { code: CloseCode.LEFT, endSession: false } } }, ...endedWith(CloseCode.LEFT)])
  })

  it('reports what the broker may not say yet', () => {
    expect(actor().step({ type: 'remote.ping', value: { id: 1n } })).toEqual([
      { type: 'violation', phase: 'joining', event: 'remote.ping', code: CloseCode.WRONG_PHASE },
    ])
  })
})

describe('live', () => {
  it('RA-RLY-132 answers each Ping with its id', () => {
    expect(live().step({ type: 'remote.ping', value: { id: 77n } })).toEqual([{ type: 'relay', kind: { $case: 'pong', value: { id: 77n } } }])
  })

  it('RA-RLY-235 uses a roster only if its revision is new', () => {
    const it = live({ roster: roster(5n) })
    const newer = roster(6n)
    it.step({ type: 'remote.roster', value: newer })
    it.step({ type: 'remote.roster', value: roster(6n) })
    it.step({ type: 'remote.roster', value: roster(2n) })
    expect(it.state).toHaveProperty('roster', newer)
  })

  it('RA-RLY-135 takes the line for lost after three heartbeats of silence', () => {
    const it = live()
    expect(it.pass(HEARTBEAT_MS * MISSED_HEARTBEATS - 1)).toEqual([])
    expect(it.step({ type: 'tick' })).toEqual([])
    it.step({ type: 'transport.heard' })
    expect(it.pass(HEARTBEAT_MS * MISSED_HEARTBEATS - 1)).toEqual([])
    expect(it.pass(1).map(effect => effect.type)).toEqual(['close', 'notify'])
    expect(link(it)).toEqual({ state: 'down', until: it.now + GRACE_MS })
  })

  it('ends when the grace period is over, wherever the way back stands', () => {
    for (const reopen of [false, true]) {
      const it = live()
      it.step(lost)
      it.pass(GRACE_MS - 1)
      if (reopen) it.step(open)
      expect(it.pass(1)).toEqual(endedWith(CloseCode.GRACE_EXPIRED))
    }
  })

  it('counts the grace period from the first loss', () => {
    const it = live()
    it.step(lost)
    const first = link(it)
    it.pass(1_000)
    expect(it.step({ type: 'tick' })).toEqual([])
    it.step(open)
    it.step(lost)
    expect(link(it)).toEqual(first)
    it.step({ type: 'transport.heard' })
    expect(link(it)).toEqual(first)
  })

  it('returns: it says Hello again, and is up with the next Welcome', () => {
    const it = live()
    it.step(lost)
    expect(it.step(open)).toEqual([{ type: 'relay', kind: { $case: 'hello', value: HELLO } }])
    it.step(welcomed({ incarnation: 2 }))
    expect(it.state).toMatchObject({ attachment: { incarnation: 2 }, link: { state: 'up' } })
  })

  it('replaces a line that is up, with a grace period of its own', () => {
    const it = live()
    it.step(open)
    expect(link(it)).toEqual({ state: 'attaching', welcomeBy: it.now + WELCOME_TIMEOUT_MS, until: it.now + GRACE_MS })
  })

  it('gives up a line that brings no Welcome, and keeps trying', () => {
    const it = live()
    it.step(lost)
    it.step(open)
    expect(it.pass(WELCOME_TIMEOUT_MS)[0]).toEqual({ type: 'close', code: CloseCode.TIMEOUT })
    expect(link(it)?.state).toBe('down')
  })

  it('RA-RLY-113 tries again only after a refusal that may pass', () => {
    for (const code of [...Object.values(CloseCode).filter(it => typeof it === 'number'), 999 as CloseCode]) {
      const it = live()
      it.step(lost)
      it.step(open)
      expect(it.step(refused(code))[0]).toMatchObject({ type: 'notify', notice: { kind: 'session.refused', refusal: { code } } })
      expect(it.state.phase).toBe(CLOSE_CODES[code]?.retryable === true ? 'live' : 'ended')
    }
  })

  it('passes on what the broker has to say, and takes its Pong and its Bye', () => {
    const it = live()
    const notice = { kind: Notice_Kind.LAGGING, participant: 2, amount: 1n, detail: '' }
    expect(it.step({ type: 'remote.notice', value: notice })).toEqual([{ type: 'notify', notice: { kind: 'session.notice', notice } }])
    expect(it.step({ type: 'remote.pong', value: { id: 1n } })).toEqual([])
    expect(it.step({ type: 'remote.bye', value: { code: CloseCode.STOPPED, endSession: true } })).toEqual(endedWith(CloseCode.STOPPED))
  })

  it('RA-RLY-151 says Bye, for everybody if it is asked to', () => {
    expect(live().step({ type: 'local.leave', code: CloseCode.LEFT, endSession: true })[0]).toEqual({
      type: 'relay',
      kind: { $case: 'bye', value: { code: CloseCode.LEFT, endSession: true } },
    })
  })

  it('RA-SES-115 ends an idle session; activity puts that off, a return of the line does not', () => {
    const it = live({ policy: { ...POLICY, idleTimeoutMs: 60_000 }, heartbeatMs: 100_000 })
    it.pass(59_999)
    it.step({ type: 'session.activity' })
    it.pass(30_000)
    it.step(lost)
    it.step(open)
    it.step(welcomed({ incarnation: 2, policy: { ...POLICY, idleTimeoutMs: 60_000 }, heartbeatMs: 100_000 }))
    expect(it.pass(29_999)).toEqual([])
    const effects = it.pass(1)
    expect(effects[0]).toEqual({ type: 'relay', kind: { $case: 'bye', value: { code: CloseCode.IDLE, endSession: true } } })
    expect(it.state).toEqual({ phase: 'ended', code: CloseCode.IDLE })
  })

  it('RA-SES-116 ends a session that has lasted too long, counted from its first Welcome', () => {
    const policy = { ...POLICY, maxSessionDurationMs: 60_000 }
    const it = live({ policy, heartbeatMs: 100_000 })
    it.pass(59_000)
    it.step(lost)
    it.step(open)
    it.step(welcomed({ incarnation: 2, policy, heartbeatMs: 100_000 }))
    it.pass(1_000)
    expect(it.state).toEqual({ phase: 'ended', code: CloseCode.DURATION })
  })
})

describe('ended', () => {
  it('RA-RLY-188 does nothing any more, whatever comes', () => {
    const it = live()
    it.step({ type: 'local.leave', code: CloseCode.LEFT, endSession: false })
    const { state } = it
    expect(it.deadline).toBeUndefined()
    for (const event of [open, lost, { type: 'tick' }, { type: 'session.activity' }] as const) expect(it.step(event)).toEqual([])
    expect(it.step({ type: 'remote.ping', value: { id: 1n } })).toMatchObject([{ type: 'violation', phase: 'ended' }])
    expect(() => it.step({ type: 'local.leave', code: CloseCode.LEFT, endSession: false })).toThrow(LocalProtocolError)
    expect(it.state).toBe(state)
  })
})
