import { CloseCode, type ElevationMethod, ElevationPhase, ElevationReason, OutputStream, RefusalReason } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ENDED_WITH_ELEVATION, MAX_COMMANDS, SWITCH_USER_TIMEOUT_MS } from '../../../src/channels/elevation/actions.js'
import {
  CREDENTIALS_TIMEOUT_MS,
  DEFAULT_ELEVATION_MS,
  HANDOVER_TIMEOUT_MS,
  PROMPT_TIMEOUT_MS,
  refuseElevation,
} from '../../../src/channels/elevation/grantor.js'
import type { ElevationGrantorEvent, ElevationGrantorPermit } from '../../../src/channels/elevation/grantor-table.js'
import { FIRST_BACK_OFF_MS, MOST_BACK_OFF_MS } from '../../../src/channels/elevation/tries.js'
import {
  ALLOWED,
  agreed,
  BUSY,
  CONSENT_MS,
  CREDENTIALS,
  customer,
  decide,
  failed,
  key,
  outcome,
  PHASES,
  PROMPT,
  permit,
  request,
  run,
  sealed,
  started,
  states,
} from './scenes.js'

describe('the customer', () => {
  it('RA-ELV-001 RA-ELV-002 RA-ELV-003 a request goes through its phases, each reported', () => {
    const drive = customer().step(request())
    expect(states(drive)).toEqual([[ElevationPhase.CONSENT, 0]])
    expect(drive.noticed('elevation.asked')).toMatchObject([{ requestId: 1, reason: 'update', durationMs: DEFAULT_ELEVATION_MS, by: CONSENT_MS }])
    expect(states(drive.step(decide(true)))).toEqual([[ElevationPhase.OS_PROMPT, 0]])
    expect(drive.noticed('elevation.prompt')).toMatchObject([{ requestId: 1, durationMs: DEFAULT_ELEVATION_MS }])
    expect(states(drive.step(agreed()))).toEqual([[ElevationPhase.HANDOVER, 0]])
    expect(drive.noticed('elevation.start')).toEqual([{ kind: 'elevation.start', requestId: 1, expiresInMs: DEFAULT_ELEVATION_MS }])
    expect(drive.step(started()).sentCase('elevationState')).toMatchObject([{ phase: ElevationPhase.ELEVATED, expiresInMs: DEFAULT_ELEVATION_MS }])
    expect(drive.noticed('elevation.changed')).toMatchObject([{ expiresAt: DEFAULT_ELEVATION_MS }])
  })

  it('RA-ELV-061 RA-ELV-062 with credentials, the key comes after consent and is used once', () => {
    const drive = PHASES.credentials()
    expect(states(drive)).toEqual([[ElevationPhase.CREDENTIALS, 0]])
    expect(drive.noticed('elevation.key-wanted')).toHaveLength(1)
    expect(drive.step(sealed()).notices).toEqual([])
    expect(drive.step(key(2)).sent).toEqual([])
    expect(drive.step(key()).sentCase('credentialKey')).toMatchObject([{ requestId: 1 }])
    expect(() => drive.step(key())).toThrow(/one set of credentials/)
    expect(drive.step(sealed(2)).notices).toEqual([])
    expect(drive.step(sealed()).noticed('elevation.credentials')).toHaveLength(1)
    expect(drive.state.phase).toBe('os-prompt')
    expect(drive.step(sealed()).notices).toEqual([])
  })

  it('RA-ELV-005 each phase has a deadline; in CONSENT silence denies', () => {
    const deadlines = { consent: CONSENT_MS, credentials: CREDENTIALS_TIMEOUT_MS, 'os-prompt': PROMPT_TIMEOUT_MS, handover: HANDOVER_TIMEOUT_MS }
    for (const [phase, ms] of Object.entries(deadlines)) {
      const drive = PHASES[phase as keyof typeof deadlines]()
      drive.wait(ms - 1)
      expect(drive.state.phase).toBe(phase)
      expect(drive.step({ type: 'tick' }).state.phase).toBe(phase)
      let end: unknown
      drive.wait(1, it => {
        end = outcome(it)
      })
      expect(end).toEqual([phase === 'consent' ? ElevationPhase.DENIED : ElevationPhase.FAILED, ElevationReason.TIMEOUT])
      expect(drive.state.phase).toBe('none')
    }
  })

  it('RA-ELV-021 elevation expires', () => {
    const drive = PHASES.elevated()
    let end: unknown
    drive.wait(DEFAULT_ELEVATION_MS, it => {
      end = [it.now, outcome(it), it.noticed('elevation.drop').length]
    })
    expect(end).toEqual([DEFAULT_ELEVATION_MS, [ElevationPhase.EXPIRED, 0], 1])
  })

  it('RA-ELV-006 one request at a time, for everybody', () => {
    for (const phase of BUSY) {
      expect(states(PHASES[phase]().step(request(2)))).toEqual([[ElevationPhase.FAILED, ElevationReason.BUSY]])
      expect(PHASES[phase]().step(request(1)).violations).toMatchObject([{ code: CloseCode.INVALID_FIELD }])
    }
    expect(states(customer({ busy: true }).step(request()))).toEqual([[ElevationPhase.FAILED, ElevationReason.BUSY]])
  })

  it('RA-ELV-007 RA-ELV-008 a request that cannot be is refused with the reason', () => {
    const cases: [Partial<ElevationGrantorPermit>, ElevationMethod, ElevationReason][] = [
      [{ paused: true }, PROMPT, ElevationReason.PAUSED],
      [{ elevate: false }, PROMPT, ElevationReason.NO_GRANT],
      [{ inControl: false }, PROMPT, ElevationReason.CONTROL_CHANGED],
      [{ available: false }, PROMPT, ElevationReason.UNSUPPORTED],
      [{ credentials: false }, CREDENTIALS, ElevationReason.UNSUPPORTED],
      [{ maxMs: 0 }, PROMPT, ElevationReason.POLICY],
      [{ words: false }, PROMPT, ElevationReason.WORDS],
      [{ locked: true }, PROMPT, ElevationReason.LOCKED],
    ]
    for (const [change, method, reason] of cases) {
      const drive = customer(change).step(request(1, method))
      expect(states(drive)).toEqual([[ElevationPhase.FAILED, reason]])
      expect(drive.notices).toEqual([])
    }
    expect(customer({ open: false }).step(request()).sent).toEqual([])
  })

  it('RA-ELV-009 asks the customer for the default, for what the agent named, or for the most that the policy allows', () => {
    const durations: [number, number][] = [
      [0, DEFAULT_ELEVATION_MS],
      [60_000, 60_000],
      [ALLOWED.maxMs + 1, ALLOWED.maxMs],
    ]
    for (const [named, durationMs] of durations)
      expect(
        customer()
          .step(request(1, PROMPT, named))
          .noticed('elevation.asked'),
      ).toMatchObject([{ durationMs }])
  })

  it('RA-ELV-009 the duration is what was asked for, within the policy', () => {
    fc.assert(
      fc.property(fc.option(fc.integer({ min: 60_000, max: 3_600_000 }), { nil: 0 }), fc.integer({ min: 1, max: 3_600_000 }), (asked, maxMs) => {
        const drive = customer({ maxMs })
          .step(request(1, PROMPT, asked))
          .step(decide(true))
          .step(agreed())
          .step(started())
        expect(drive.sentCase('elevationState')[0]?.expiresInMs).toBe(Math.min(asked === 0 ? DEFAULT_ELEVATION_MS : asked, maxMs))
      }),
    )
  })

  it('RA-ELV-022 RA-ELV-024 RA-ELV-025 whatever is under way ends when its ground is lost', () => {
    const losses: [Partial<ElevationGrantorPermit>, ElevationReason][] = [
      [{ elevate: false }, ElevationReason.NO_GRANT],
      [{ inControl: false }, ElevationReason.CONTROL_CHANGED],
      [{ locked: true }, ElevationReason.LOCKED],
      [{ paused: true }, ElevationReason.PAUSED],
      [{ open: false }, ElevationReason.DISCONNECTED],
    ]
    for (const phase of BUSY)
      for (const [change, reason] of losses) {
        const drive = PHASES[phase]().step(permit(change))
        expect(drive.state.phase).toBe('none')
        expect(drive.noticed('elevation.changed')).toMatchObject([{ phase: ElevationPhase.REVOKED, reason }])
        expect(drive.noticed('elevation.drop')).toHaveLength(phase === 'consent' ? 0 : 1)
        expect(drive.sent).toHaveLength(reason === ElevationReason.DISCONNECTED ? 0 : 1)
      }
    expect(PHASES.handover().step(permit({ maxMs: 1 })).state.phase).toBe('handover')
  })

  it('RA-ELV-023 either side gives it up', () => {
    for (const phase of BUSY) {
      expect(outcome(PHASES[phase]().step({ type: 'local.drop' }))).toEqual([ElevationPhase.REVOKED, ElevationReason.DROPPED])
      expect(outcome(PHASES[phase]().step({ type: 'remote.dropElevation', value: { requestId: 1 } }))).toEqual([
        ElevationPhase.REVOKED,
        ElevationReason.DROPPED,
      ])
      expect(PHASES[phase]().step({ type: 'remote.dropElevation', value: { requestId: 2 } }).state.phase).toBe(phase)
    }
    expect(customer().step({ type: 'local.drop' }).sent).toEqual([])
    expect(customer().step({ type: 'remote.dropElevation', value: { requestId: 1 } }).sent).toEqual([])
  })

  it('RA-ELV-026 a helper for a request that is over exits without acting', () => {
    for (const phase of ['none', ...BUSY] as const) expect(PHASES[phase]().step(started(9)).notices).toEqual([{ kind: 'elevation.discard', requestId: 9 }])
    const late = PHASES.handover().wait(HANDOVER_TIMEOUT_MS).step(started())
    expect([late.notices, late.state.phase]).toEqual([[{ kind: 'elevation.discard', requestId: 1 }], 'none'])
    expect(PHASES.elevated().step(started()).notices).toEqual([])
  })

  it('answers to what is over change nothing', () => {
    for (const phase of ['none', ...BUSY] as const)
      for (const event of [decide(true, 9), agreed(9), failed(ElevationReason.HELPER, 9), key(9)]) {
        const drive = PHASES[phase]().step(event)
        expect([drive.state.phase, drive.sent, drive.notices]).toEqual([phase, [], []])
      }
  })

  it('the user denies; the system declines; the helper breaks off', () => {
    expect(outcome(PHASES.consent().step(decide(false)))).toEqual([ElevationPhase.DENIED, 0])
    expect(outcome(PHASES['os-prompt']().step(failed(ElevationReason.OS_DECLINED)))).toEqual([ElevationPhase.FAILED, ElevationReason.OS_DECLINED])
    expect(outcome(PHASES.elevated().step(failed(ElevationReason.HELPER)))).toEqual([ElevationPhase.REVOKED, ElevationReason.HELPER])
  })

  it('RA-ELV-065 three wrong credentials make the agent wait, each further one twice as long, and success forgives', () => {
    const drive = customer()
    const attempt = (requestId: number, end: ElevationGrantorEvent) =>
      drive.step(request(requestId, CREDENTIALS)).step(decide(true, requestId)).step(key(requestId)).step(sealed(requestId)).step(end)
    const wrong = (requestId: number) => attempt(requestId, failed(ElevationReason.WRONG_CREDENTIALS, requestId))
    let id = 0
    for (; id < 3; id++) wrong(id)
    for (let waitMs = FIRST_BACK_OFF_MS, n = 0; n < 10; n++, waitMs = Math.min(waitMs * 2, MOST_BACK_OFF_MS)) {
      expect(outcome(drive.wait(waitMs - 1).step(request(++id, CREDENTIALS)))).toEqual([ElevationPhase.FAILED, ElevationReason.BACK_OFF])
      wrong(++id)
      expect(drive.state.phase).toBe('none')
      drive.wait(1)
      wrong(++id)
      expect(outcome(drive)).toEqual([ElevationPhase.FAILED, ElevationReason.WRONG_CREDENTIALS])
    }
    drive.wait(MOST_BACK_OFF_MS)
    attempt(++id, agreed(id)).step(started(id)).step({ type: 'local.drop' })
    wrong(++id)
    expect(outcome(drive.step(request(++id, CREDENTIALS)))).toEqual([ElevationPhase.CONSENT, 0])
  })
})

describe('elevated actions', () => {
  it('RA-ELV-041 they are refused to an agent that is not elevated', () => {
    for (const phase of ['none', 'consent', 'credentials', 'os-prompt', 'handover'] as const) {
      expect(PHASES[phase]().step(run(1)).sentCase('commandExit')).toMatchObject([{ refusal: RefusalReason.NOT_ELEVATED }])
      expect(
        PHASES[phase]()
          .step({ type: 'remote.switchUser', value: { requestId: 1 } })
          .sentCase('switchUserResult'),
      ).toMatchObject([{ refusal: RefusalReason.NOT_ELEVATED }])
    }
  })

  it('RA-ELV-042 output comes first, then one exit', () => {
    const drive = PHASES.elevated().step(run(7))
    expect(drive.notices).toEqual([{ kind: 'elevation.run', commandId: 7, argv: ['whoami'], as: '' }])
    const output = { type: 'local.output', commandId: 7, stream: OutputStream.STDOUT, data: new Uint8Array(3) } as const
    const exited = { type: 'local.exited', commandId: 7, exitCode: 4, endedBy: '' } as const
    expect(drive.step(output).sentCase('commandOutput')).toHaveLength(1)
    expect(drive.step(exited).sentCase('commandExit')).toEqual([{ commandId: 7, exitCode: 4, endedBy: '', refusal: 0 }])
    expect([drive.step(output).sent, drive.step(exited).sent]).toEqual([[], []])
  })

  it('RA-ELV-044 a fifth command at a time is refused, and one without the grant', () => {
    const drive = PHASES.elevated()
    for (let id = 1; id <= MAX_COMMANDS; id++) drive.step(run(id))
    expect(drive.step(run(99)).sentCase('commandExit')).toMatchObject([{ commandId: 99, refusal: RefusalReason.LIMIT }])
    expect(drive.step(run(1)).violations).toMatchObject([{ code: CloseCode.INVALID_FIELD }])
    expect(drive.step(permit({ runCommand: false })).noticed('elevation.cancel')).toHaveLength(MAX_COMMANDS)
    expect(drive.step(run(100)).sentCase('commandExit')).toMatchObject([{ refusal: RefusalReason.NO_GRANT }])
    expect(PHASES.elevated().step(permit()).notices).toEqual([])
  })

  it('RA-ELV-046 a cancelled command is ended, if it still runs', () => {
    const cancel = { type: 'remote.commandCancel', value: { commandId: 7 } } as const
    expect(PHASES.elevated().step(run(7)).step(cancel).notices).toEqual([{ kind: 'elevation.cancel', commandId: 7 }])
    expect(PHASES.elevated().step(cancel).notices).toEqual([])
  })

  it('RA-ELV-047 each switch of users is answered once', () => {
    const ask = (requestId: number): ElevationGrantorEvent => ({ type: 'remote.switchUser', value: { requestId } })
    const done = (requestId: number): ElevationGrantorEvent => ({ type: 'local.switched', requestId, refusal: RefusalReason.UNSPECIFIED })
    const drive = PHASES.elevated().step(ask(5))
    expect(drive.notices).toEqual([{ kind: 'elevation.switch-user', requestId: 5 }])
    expect(drive.step(ask(6)).sentCase('switchUserResult')).toEqual([{ requestId: 6, refusal: RefusalReason.BUSY }])
    expect(drive.step(done(6)).sent).toEqual([])
    expect(drive.step(done(5)).sentCase('switchUserResult')).toEqual([{ requestId: 5, refusal: 0 }])
    const silent = PHASES.elevated().step(ask(5))
    expect(silent.step({ type: 'tick' }).sent).toEqual([])
    const answers: unknown[] = []
    silent.wait(SWITCH_USER_TIMEOUT_MS, it => answers.push(...it.sentCase('switchUserResult')))
    expect(answers).toEqual([{ requestId: 5, refusal: RefusalReason.TIMEOUT }])
    expect(PHASES.elevated().step(ask(5)).step({ type: 'local.drop' }).sentCase('switchUserResult')).toEqual([
      { requestId: 5, refusal: RefusalReason.NOT_ELEVATED },
    ])
  })

  it('RA-ELV-027 commands end with elevation', () => {
    const drive = PHASES.elevated().step(run(1)).step(run(2)).step({ type: 'local.drop' })
    expect(drive.sentCase('commandExit').map(it => [it.commandId, it.endedBy])).toEqual([
      [1, ENDED_WITH_ELEVATION],
      [2, ENDED_WITH_ELEVATION],
    ])
    expect(drive.noticed('elevation.drop')).toHaveLength(1)
  })

  it('what the matrix did not let pass is refused in the words of the channel', () => {
    const elevateRequest = { $case: 'elevateRequest', value: { requestId: 4, reason: 'x', scope: 1, durationMs: 0, method: PROMPT } } as const
    const pairs: [RefusalReason, ElevationReason][] = [
      [RefusalReason.NO_GRANT, ElevationReason.NO_GRANT],
      [RefusalReason.NO_LEASE, ElevationReason.CONTROL_CHANGED],
      [RefusalReason.POLICY, ElevationReason.POLICY],
      [RefusalReason.UNSUPPORTED, ElevationReason.UNSUPPORTED],
      [RefusalReason.NOT_ACTIVE, ElevationReason.DISCONNECTED],
      [RefusalReason.PAUSED, ElevationReason.PAUSED],
    ]
    for (const [reason, expected] of pairs)
      expect(refuseElevation(elevateRequest, reason)).toEqual({
        $case: 'elevationState',
        value: { requestId: 4, phase: ElevationPhase.FAILED, reason: expected, expiresInMs: 0 },
      })
    expect(refuseElevation({ $case: 'credentials', value: { requestId: 4, hpke: new Uint8Array(49) } }, RefusalReason.NO_GRANT)).toBeUndefined()
    expect(refuseElevation({ $case: 'runCommand', value: { commandId: 3, argv: ['a'], as: '' } }, RefusalReason.NOT_ELEVATED)).toEqual({
      $case: 'commandExit',
      value: { commandId: 3, exitCode: 0, endedBy: '', refusal: RefusalReason.NOT_ELEVATED },
    })
    expect(refuseElevation({ $case: 'switchUser', value: { requestId: 3 } }, RefusalReason.NOT_ELEVATED)?.$case).toBe('switchUserResult')
    expect(refuseElevation({ $case: 'dropElevation', value: { requestId: 3 } }, RefusalReason.NO_GRANT)).toBeUndefined()
  })
})
