import { ElevationPhase, ElevationReason, ElevationScope, OutputStream, RefusalReason } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_COMMANDS, SWITCH_USER_TIMEOUT_MS } from '../../../src/channels/elevation/actions.js'
import { CREDENTIALS_TIMEOUT_MS, DEFAULT_ELEVATION_MS, HANDOVER_TIMEOUT_MS, PROMPT_TIMEOUT_MS } from '../../../src/channels/elevation/grantor.js'
import type { ElevationGrantorEvent } from '../../../src/channels/elevation/grantor-table.js'
import { ANSWER_SLACK_MS, elevationRequester } from '../../../src/channels/elevation/requester.js'
import type { ElevationRequesterEvent, ElevationRequesterPermit } from '../../../src/channels/elevation/requester-table.js'
import { LocalProtocolError } from '../../../src/machine.js'
import { Drive, remote, walk, walkThrough } from '../support.js'
import {
  type Agent,
  agreed,
  CONSENT_MS,
  CREDENTIALS,
  customer,
  decide,
  type ElevationKind,
  failed,
  key,
  PROMPT,
  permit,
  request,
  run,
  sealed,
  started,
} from './scenes.js'

const AGENT_ALLOWED: ElevationRequesterPermit = { open: true, elevate: true, runCommand: true, credentials: true, consentTimeoutMs: CONSENT_MS }
const agentPermit = (change: Partial<ElevationRequesterPermit> = {}): ElevationRequesterEvent => ({ type: 'permit', ...AGENT_ALLOWED, ...change })
const ask = (method = PROMPT): ElevationRequesterEvent => ({
  type: 'local.request',
  requestId: 1,
  reason: 'update',
  scope: ElevationScope.ADMIN,
  durationMs: 0,
  method,
})
const state = (phase: ElevationPhase, requestId = 1, reason = ElevationReason.UNSPECIFIED): ElevationRequesterEvent => ({
  type: 'remote.elevationState',
  value: { requestId, phase, reason, expiresInMs: phase === ElevationPhase.ELEVATED ? DEFAULT_ELEVATION_MS : 0 },
})
const agent = (): Agent => new Drive(elevationRequester).step(agentPermit())
const asking = (method = PROMPT): Agent => agent().step(ask(method))
const elevated = (): Agent => asking().step(state(ElevationPhase.ELEVATED))
const command = (commandId: number): ElevationRequesterEvent => ({ type: 'local.run', commandId, argv: ['whoami'], as: '' })
const agentKey = (requestId = 1): ElevationRequesterEvent => ({
  type: 'remote.credentialKey',
  value: { requestId, key: new Uint8Array(32), signature: new Uint8Array(64) },
})

describe('the agent', () => {
  it('asks, and follows what the customer reports, forwards only', () => {
    const drive = asking()
    expect(drive.sentCase('elevateRequest')).toMatchObject([{ requestId: 1, reason: 'update' }])
    for (const phase of [ElevationPhase.CONSENT, ElevationPhase.OS_PROMPT, ElevationPhase.HANDOVER])
      expect(drive.step(state(phase)).noticed('elevation.changed')).toMatchObject([{ phase }])
    expect(drive.step(state(ElevationPhase.CONSENT)).notices).toEqual([])
    expect(drive.step(state(ElevationPhase.FAILED, 2)).notices).toEqual([])
    expect(drive.step(state(ElevationPhase.ELEVATED)).noticed('elevation.changed')).toMatchObject([{ expiresAt: DEFAULT_ELEVATION_MS }])
    expect(drive.step(state(ElevationPhase.ELEVATED)).notices).toEqual([])
    expect(drive.step(state(ElevationPhase.EXPIRED, 2)).notices).toEqual([])
    expect(drive.step(state(ElevationPhase.EXPIRED)).state.phase).toBe('none')
    expect(drive.step(state(ElevationPhase.EXPIRED)).notices).toEqual([])
  })

  it('asks only when it may', () => {
    expect(() => new Drive(elevationRequester).step(ask())).toThrow(LocalProtocolError)
    expect(() =>
      agent()
        .step(agentPermit({ elevate: false }))
        .step(ask()),
    ).toThrow(LocalProtocolError)
    expect(() => asking().step(ask())).toThrow(LocalProtocolError)
  })

  it('gives up on a customer that is silent in any phase', () => {
    const longest: [ElevationPhase, number][] = [
      [ElevationPhase.NONE, CONSENT_MS],
      [ElevationPhase.CONSENT, CONSENT_MS],
      [ElevationPhase.CREDENTIALS, CREDENTIALS_TIMEOUT_MS],
      [ElevationPhase.OS_PROMPT, PROMPT_TIMEOUT_MS],
      [ElevationPhase.HANDOVER, HANDOVER_TIMEOUT_MS],
    ]
    for (const [phase, ms] of longest) {
      const drive = asking()
      if (phase !== ElevationPhase.NONE) drive.step(state(phase))
      const seen: unknown[] = []
      drive.wait(ms + ANSWER_SLACK_MS - 1, it => seen.push(it))
      expect(drive.step({ type: 'tick' }).notices).toEqual([])
      drive.wait(1, it => seen.push(...it.sent.map(({ $case }) => $case), ...it.notices.map(it => 'reason' in it && it.reason)))
      expect(seen).toEqual(['dropElevation', ElevationReason.TIMEOUT])
    }
  })

  it('gives credentials once, and only if that is what it asked to do', () => {
    const drive = asking(CREDENTIALS).step(state(ElevationPhase.CREDENTIALS))
    const give = { type: 'local.credentials', hpke: new Uint8Array(49) } as const
    expect(() => drive.step(give)).toThrow(/did not ask/)
    expect(drive.step(agentKey(2)).notices).toEqual([])
    expect(drive.step(agentKey()).noticed('elevation.key')).toHaveLength(1)
    expect(drive.step(agentKey()).notices).toEqual([])
    expect(drive.step(give).sentCase('credentials')).toMatchObject([{ requestId: 1 }])
    expect(() => drive.step(give)).toThrow(LocalProtocolError)
    expect(asking(PROMPT).step(agentKey()).notices).toEqual([])
  })

  it('runs commands while elevated', () => {
    const drive = elevated()
    expect(drive.step(command(1)).sentCase('runCommand')).toEqual([{ commandId: 1, argv: ['whoami'], as: '' }])
    expect(() => drive.step(command(1))).toThrow(/runs already/)
    const output = { type: 'remote.commandOutput', value: { commandId: 1, stream: OutputStream.STDERR, data: new Uint8Array(2) } } as const
    const exit = { type: 'remote.commandExit', value: { commandId: 1, exitCode: 2, endedBy: '', refusal: 0 } } as const
    expect(drive.step(output).noticed('elevation.output')).toHaveLength(1)
    expect(drive.step({ type: 'local.cancel', commandId: 1 }).sentCase('commandCancel')).toHaveLength(1)
    expect(drive.step(exit).noticed('elevation.exited')).toMatchObject([{ exitCode: 2 }])
    expect([drive.step(output).notices, drive.step(exit).notices, drive.step({ type: 'local.cancel', commandId: 1 }).sent]).toEqual([[], [], []])
    for (let id = 2; id < 2 + MAX_COMMANDS; id++) drive.step(command(id))
    expect(() => drive.step(command(99))).toThrow(/run already/)
    expect(() => drive.step(agentPermit({ runCommand: false })).step(command(99))).toThrow(/does not allow/)
  })

  it('switches users, and hears no later than it should', () => {
    const switchUser = { type: 'local.switchUser', requestId: 3 } as const
    const result = (requestId: number): ElevationRequesterEvent => ({ type: 'remote.switchUserResult', value: { requestId, refusal: 0 } })
    const drive = elevated().step(switchUser)
    expect(drive.sentCase('switchUser')).toEqual([{ requestId: 3 }])
    expect(() => drive.step(switchUser)).toThrow(LocalProtocolError)
    expect(drive.step(result(4)).notices).toEqual([])
    expect(drive.step(result(3)).noticed('elevation.switched')).toHaveLength(1)
    const seen: unknown[] = []
    drive
      .step(switchUser)
      .step({ type: 'tick' })
      .wait(SWITCH_USER_TIMEOUT_MS + ANSWER_SLACK_MS, it => seen.push(...it.notices))
    expect(seen).toEqual([{ kind: 'elevation.switched', requestId: 3, refusal: RefusalReason.TIMEOUT }])
  })

  it('an end takes everything with it', () => {
    const ends: ElevationRequesterEvent[] = [
      state(ElevationPhase.REVOKED),
      { type: 'remote.dropElevation', value: { requestId: 1 } },
      { type: 'local.drop' },
      agentPermit({ open: false }),
      agentPermit({ elevate: false }),
    ]
    for (const event of ends) {
      const drive = elevated().step(command(1)).step({ type: 'local.switchUser', requestId: 3 }).step(event)
      expect(drive.state.phase).toBe('none')
      expect(drive.notices.map(({ kind }) => kind)).toEqual(['elevation.exited', 'elevation.switched', 'elevation.changed'])
      expect(asking().step(event).state.phase).toBe('none')
    }
    expect(asking().step({ type: 'remote.dropElevation', value: { requestId: 2 } }).state.phase).toBe('requesting')
    expect(asking().step(agentPermit()).state.phase).toBe('requesting')
    const drive = elevated()
    const seen: unknown[] = []
    drive.wait(DEFAULT_ELEVATION_MS + ANSWER_SLACK_MS, it => seen.push(...it.notices))
    expect(seen).toMatchObject([{ phase: ElevationPhase.EXPIRED }])
  })

  it('what comes late is ignored', () => {
    const messages: ElevationRequesterEvent[] = [
      agentKey(),
      { type: 'remote.dropElevation', value: { requestId: 1 } },
      { type: 'remote.commandOutput', value: { commandId: 1, stream: 1, data: new Uint8Array(1) } },
      { type: 'remote.commandExit', value: { commandId: 1, exitCode: 0, endedBy: '', refusal: 0 } },
      { type: 'remote.switchUserResult', value: { requestId: 1, refusal: 0 } },
      { type: 'local.cancel', commandId: 1 },
    ]
    for (const event of [...messages, { type: 'local.drop' } as const]) expect(agent().step(event).sent).toEqual([])
    for (const event of messages.filter(it => it.type !== 'remote.dropElevation')) {
      expect(asking().step(event).notices).toEqual([])
      expect(elevated().step(event).notices).toEqual([])
    }
  })
})

describe('together', () => {
  const method = fc.constantFrom(PROMPT, CREDENTIALS)
  const id = fc.integer({ min: 1, max: 3 })
  const byId = (type: string) => fc.record({ type: fc.constant(type), requestId: id }) as unknown as fc.Arbitrary<ElevationGrantorEvent>

  it('no walk breaks the customer: elevated only while permitted, everything ends in time', () => {
    const events: fc.Arbitrary<ElevationGrantorEvent> = fc.oneof(
      fc
        .record({ open: fc.boolean(), paused: fc.boolean(), elevate: fc.boolean(), runCommand: fc.boolean(), inControl: fc.boolean(), locked: fc.boolean() })
        .map(permit),
      { weight: 4, arbitrary: fc.constant(permit()) },
      { weight: 3, arbitrary: fc.tuple(id, method).map(([requestId, how]) => request(requestId, how)) },
      { weight: 3, arbitrary: fc.tuple(fc.boolean(), id).map(([allow, requestId]) => decide(allow, requestId)) },
      { weight: 3, arbitrary: fc.oneof(byId('local.agreed'), byId('local.elevated')) },
      id.map(key),
      id.map(sealed),
      fc.tuple(fc.constantFrom(ElevationReason.WRONG_CREDENTIALS, ElevationReason.HELPER), id).map(([reason, requestId]) => failed(reason, requestId)),
      id.map(run),
      id.map((requestId): ElevationGrantorEvent => ({ type: 'remote.dropElevation', value: { requestId } })),
      id.map((requestId): ElevationGrantorEvent => ({ type: 'remote.switchUser', value: { requestId } })),
      id.map((commandId): ElevationGrantorEvent => ({ type: 'remote.commandCancel', value: { commandId } })),
      id.map((commandId): ElevationGrantorEvent => ({ type: 'local.exited', commandId, exitCode: 0, endedBy: '' })),
      id.map((requestId): ElevationGrantorEvent => ({ type: 'local.switched', requestId, refusal: 0 })),
      fc.constant<ElevationGrantorEvent>({ type: 'local.drop' }),
      fc.constant<ElevationGrantorEvent>({ type: 'tick' }),
    )
    fc.assert(
      fc.property(walk(events, 80), steps => {
        const drive = customer()
        let running = 0
        walkThrough(drive, steps, it => {
          const { phase, permit: allowed } = it.state
          if (phase !== 'none') expect(allowed.open && allowed.elevate && allowed.inControl && !allowed.locked).toBe(true)
          running += it.noticed('elevation.run').length - it.sentCase('commandExit').filter(exit => exit.refusal === 0).length
          if (phase !== 'elevated' && !allowed.open) running = 0
          expect(running).toBe(it.state.phase === 'elevated' ? it.state.commands.length : 0)
          expect(running).toBeLessThanOrEqual(MAX_COMMANDS)
        })
        drive.wait(4_000_000)
        expect(drive.state.phase).toBe('none')
        expect(drive.machine.nextDeadline(drive.state)).toBeUndefined()
      }),
    )
  })

  it('both ends agree once everything has arrived', () => {
    const moves = [
      'ask',
      'ask with credentials',
      'to customer',
      'to customer',
      'to agent',
      'to agent',
      'allow',
      'allow',
      'deny',
      'key',
      'seal',
      'agree',
      'start',
      'fail',
      'run',
      'drop',
      'take back',
      'wait',
    ] as const
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...moves), { maxLength: 80 }), steps => {
        const [left, right] = [agent(), customer()]
        const toCustomer: ElevationKind[] = []
        const toAgent: ElevationKind[] = []
        let ids = 0
        const current = () => (right.state.phase === 'none' ? 0 : right.state.request.requestId)
        const tell = (event: ElevationGrantorEvent) => {
          if (!right.attempt(event)) toAgent.push(...right.sent)
        }
        const say = (event: ElevationRequesterEvent) => {
          if (!left.attempt(event)) toCustomer.push(...left.sent)
        }
        const deliver = () => {
          const kind = toCustomer.shift()
          if (kind !== undefined) tell(remote(kind))
        }
        const answer = () => {
          const kind = toAgent.shift()
          if (kind !== undefined) say(remote(kind))
        }
        const make: { readonly [M in (typeof moves)[number]]: () => void } = {
          ask: () => say({ ...ask(), requestId: ++ids } as ElevationRequesterEvent),
          'ask with credentials': () => say({ ...ask(CREDENTIALS), requestId: ++ids } as ElevationRequesterEvent),
          'to customer': deliver,
          'to agent': answer,
          allow: () => tell(decide(true, current())),
          deny: () => tell(decide(false, current())),
          key: () => tell(key(current())),
          seal: () => say({ type: 'local.credentials', hpke: new Uint8Array(49) }),
          agree: () => tell(agreed(current())),
          start: () => tell(started(current())),
          fail: () => tell(failed(ElevationReason.WRONG_CREDENTIALS, current())),
          run: () => say(command(++ids)),
          drop: () => say({ type: 'local.drop' }),
          'take back': () => tell({ type: 'local.drop' }),
          wait: () => {
            right.wait(20_000, it => toAgent.push(...it.sent))
            left.wait(20_000, it => toCustomer.push(...it.sent))
          },
        }
        for (const step of steps) make[step]()
        while (toCustomer.length + toAgent.length > 0) {
          deliver()
          answer()
        }
        expect(left.state.phase === 'none').toBe(right.state.phase === 'none')
        expect(left.state.phase === 'elevated').toBe(right.state.phase === 'elevated')
        if (left.state.phase === 'elevated' && right.state.phase === 'elevated') expect(left.state.commands).toEqual(right.state.commands)
      }),
      { numRuns: 300 },
    )
  })
})
