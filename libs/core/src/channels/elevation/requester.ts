/** Channel ELEVATION at an agent: asks, follows what the customer reports, and uses elevation while it lasts. */
import { type Channel, CloseCode, ElevationMethod, ElevationPhase, ElevationReason, RefusalReason } from '@remote-assist/codec'
import { after, earliest, type Instant } from '../../instant.js'
import { defineMachine, go, LocalProtocolError, type Step, stay } from '../../machine.js'
import type { Kind } from '../../message.js'
import type { ChannelMachine } from '../channel.js'
import { MAX_COMMANDS, SWITCH_USER_TIMEOUT_MS } from './actions.js'
import { CREDENTIALS_TIMEOUT_MS, HANDOVER_TIMEOUT_MS, PROMPT_TIMEOUT_MS } from './grantor.js'
import {
  ELEVATION_REQUESTER_TABLE,
  type ElevationRequesterEffect,
  type ElevationRequesterEvent,
  type ElevationRequesterNotice,
  type ElevationRequesterPermit,
  type ElevationRequesterState,
} from './requester-table.js'

/** How much longer than the customer this end waits, so that the customer's own answer comes first. */
export const ANSWER_SLACK_MS = 5_000

type In<P extends ElevationRequesterState['phase']> = Extract<ElevationRequesterState, { phase: P }>
type On<T extends ElevationRequesterEvent['type']> = Extract<ElevationRequesterEvent, { type: T }>
type Busy = In<'requesting'> | In<'elevated'>
type Out<S extends ElevationRequesterState> = Step<S, ElevationRequesterEffect>

const send = (kind: Kind<Channel.ELEVATION>): ElevationRequesterEffect => ({ type: 'send', kind })
const notify = (notice: ElevationRequesterNotice): ElevationRequesterEffect => ({ type: 'notify', notice })
const wrong = (s: ElevationRequesterState, event: string, detail: string): LocalProtocolError => new LocalProtocolError('elevation', s.phase, event, detail)
const changed = (requestId: number, phase: ElevationPhase, reason: ElevationReason, expiresAt?: Instant): ElevationRequesterEffect =>
  notify({ kind: 'elevation.changed', requestId, phase, reason, expiresAt })

/** Back to none: commands that run, and a switch of users, are told to have ended with it. */
function end(s: Busy, phase: ElevationPhase, reason: ElevationReason, ...before: readonly ElevationRequesterEffect[]): Out<In<'none'>> {
  const refusal = RefusalReason.NOT_ELEVATED
  const commands = s.phase === 'elevated' ? s.commands : []
  const switching = s.phase === 'elevated' ? s.switching : undefined
  return go(
    { phase: 'none', permit: s.permit },
    ...before,
    ...commands.map(commandId => notify({ kind: 'elevation.exited', commandId, exitCode: 0, endedBy: '', refusal })),
    ...(switching === undefined ? [] : [notify({ kind: 'elevation.switched', requestId: switching.requestId, refusal })]),
    changed(s.requestId, phase, reason),
  )
}

const dropMessage = ({ requestId }: Busy): ElevationRequesterEffect => send({ $case: 'dropElevation', value: { requestId } })

function request(s: In<'none'>, e: On<'local.request'>, now: Instant): Out<In<'requesting'>> {
  const { requestId, reason, scope, durationMs, method } = e
  const { permit } = s
  if (!permit.open || !permit.elevate) throw wrong(s, e.type, 'the customer does not allow elevation now')
  if (method === ElevationMethod.CREDENTIALS && !permit.credentials) throw wrong(s, e.type, 'the customer takes no credentials')
  return go(
    {
      phase: 'requesting',
      permit,
      requestId,
      method,
      stage: ElevationPhase.NONE,
      credentials: 'none',
      answerBy: after(now, permit.consentTimeoutMs + ANSWER_SLACK_MS),
    },
    send({ $case: 'elevateRequest', value: { requestId, reason, scope, durationMs, method } }),
  )
}

/** How long the customer may stay in a phase; undefined for phases that end a request. */
function longest(phase: ElevationPhase, permit: ElevationRequesterPermit): number | undefined {
  switch (phase) {
    case ElevationPhase.CONSENT:
      return permit.consentTimeoutMs
    case ElevationPhase.CREDENTIALS:
      return CREDENTIALS_TIMEOUT_MS
    case ElevationPhase.OS_PROMPT:
      return PROMPT_TIMEOUT_MS
    case ElevationPhase.HANDOVER:
      return HANDOVER_TIMEOUT_MS
    default:
      return undefined
  }
}

/** The customer reports on the request: on to a later phase, elevated, or over. A report of another request is late. */
function report(s: In<'requesting'>, { value }: On<'remote.elevationState'>, now: Instant): Out<In<'requesting'> | In<'elevated'> | In<'none'>> {
  const { requestId, phase, reason, expiresInMs } = value
  if (requestId !== s.requestId) return stay(s)
  if (phase === ElevationPhase.ELEVATED) {
    const expiresAt = after(now, expiresInMs)
    return go({ phase: 'elevated', permit: s.permit, requestId, expiresAt, commands: [], switching: undefined }, changed(requestId, phase, reason, expiresAt))
  }
  const ms = longest(phase, s.permit)
  if (ms === undefined) return end(s, phase, reason)
  return phase <= s.stage ? stay(s) : go({ ...s, stage: phase, answerBy: after(now, ms + ANSWER_SLACK_MS) }, changed(requestId, phase, reason))
}

/** While elevated only the end is news. */
function reportElevated(s: In<'elevated'>, { value }: On<'remote.elevationState'>): Out<In<'elevated'> | In<'none'>> {
  const over = value.requestId === s.requestId && value.phase > ElevationPhase.ELEVATED
  return over ? end(s, value.phase, value.reason) : stay(s)
}

/** A key is taken once, and only if credentials are what this end asked to give. */
function key(s: In<'requesting'>, { value }: On<'remote.credentialKey'>): Out<In<'requesting'>> {
  const { requestId, key, signature } = value
  const awaited = requestId === s.requestId && s.method === ElevationMethod.CREDENTIALS && s.credentials === 'none'
  return awaited ? go({ ...s, credentials: 'asked' }, notify({ kind: 'elevation.key', requestId, key, signature })) : stay(s)
}

function credentials(s: In<'requesting'>, e: On<'local.credentials'>): Out<In<'requesting'>> {
  if (s.credentials !== 'asked') throw wrong(s, e.type, 'the customer did not ask for credentials')
  return go({ ...s, credentials: 'given' }, send({ $case: 'credentials', value: { requestId: s.requestId, hpke: e.hpke } }))
}

const drop = (s: Busy): Out<In<'none'>> => end(s, ElevationPhase.REVOKED, ElevationReason.DROPPED, dropMessage(s))
const dropped = <S extends Busy>(s: S, { value }: On<'remote.dropElevation'>): Out<S | In<'none'>> =>
  value.requestId === s.requestId ? end(s, ElevationPhase.REVOKED, ElevationReason.DROPPED) : stay(s)

const permitOf = ({ open, elevate, runCommand, credentials, consentTimeoutMs }: ElevationRequesterPermit): ElevationRequesterPermit => ({
  open,
  elevate,
  runCommand,
  credentials,
  consentTimeoutMs,
})

function repermit<S extends Busy>(s: S, e: ElevationRequesterPermit): Out<S | In<'none'>> {
  const next = { ...s, permit: permitOf(e) }
  if (!e.open) return end(next, ElevationPhase.REVOKED, ElevationReason.DISCONNECTED)
  return e.elevate ? stay(next) : end(next, ElevationPhase.REVOKED, ElevationReason.NO_GRANT)
}

function run(s: In<'elevated'>, e: On<'local.run'>): Out<In<'elevated'>> {
  const { commandId, argv, as } = e
  if (!s.permit.runCommand) throw wrong(s, e.type, 'the customer does not allow commands')
  if (s.commands.includes(commandId)) throw wrong(s, e.type, `command ${commandId} runs already`)
  if (s.commands.length >= MAX_COMMANDS) throw wrong(s, e.type, `${MAX_COMMANDS} commands run already`)
  return go({ ...s, commands: [...s.commands, commandId] }, send({ $case: 'runCommand', value: { commandId, argv: [...argv], as } }))
}

function cancel(s: In<'elevated'>, { commandId }: On<'local.cancel'>): Out<In<'elevated'>> {
  return s.commands.includes(commandId) ? go(s, send({ $case: 'commandCancel', value: { commandId } })) : stay(s)
}

function output(s: In<'elevated'>, { value }: On<'remote.commandOutput'>): Out<In<'elevated'>> {
  return s.commands.includes(value.commandId) ? go(s, notify({ kind: 'elevation.output', ...value })) : stay(s)
}

function exited(s: In<'elevated'>, { value }: On<'remote.commandExit'>): Out<In<'elevated'>> {
  if (!s.commands.includes(value.commandId)) return stay(s)
  return go({ ...s, commands: s.commands.filter(other => other !== value.commandId) }, notify({ kind: 'elevation.exited', ...value }))
}

function switchUser(s: In<'elevated'>, e: On<'local.switchUser'>, now: Instant): Out<In<'elevated'>> {
  const { requestId } = e
  if (s.switching !== undefined) throw wrong(s, e.type, 'the customer has not answered the switch before')
  return go({ ...s, switching: { requestId, by: after(now, SWITCH_USER_TIMEOUT_MS + ANSWER_SLACK_MS) } }, send({ $case: 'switchUser', value: { requestId } }))
}

function switched(s: In<'elevated'>, { requestId, refusal }: { readonly requestId: number; readonly refusal: RefusalReason }): Out<In<'elevated'>> {
  return s.switching?.requestId === requestId ? go({ ...s, switching: undefined }, notify({ kind: 'elevation.switched', requestId, refusal })) : stay(s)
}

const tickRequesting = (s: In<'requesting'>, now: Instant): Out<In<'requesting'> | In<'none'>> =>
  now >= s.answerBy ? end(s, ElevationPhase.FAILED, ElevationReason.TIMEOUT, dropMessage(s)) : stay(s)

function tickElevated(s: In<'elevated'>, now: Instant): Out<In<'elevated'> | In<'none'>> {
  if (now >= after(s.expiresAt, ANSWER_SLACK_MS)) return end(s, ElevationPhase.EXPIRED, ElevationReason.UNSPECIFIED, dropMessage(s))
  const { switching } = s
  return switching !== undefined && now >= switching.by ? switched(s, { requestId: switching.requestId, refusal: RefusalReason.TIMEOUT }) : stay(s)
}

const machine = defineMachine<typeof ELEVATION_REQUESTER_TABLE, ElevationRequesterState, ElevationRequesterEvent, ElevationRequesterEffect>({
  name: 'elevation',
  table: ELEVATION_REQUESTER_TABLE,
  illegal: CloseCode.WRONG_PHASE,
  handlers: {
    none: {
      permit: (s, e) => stay({ ...s, permit: permitOf(e) }),
      'remote.elevationState': stay,
      'remote.credentialKey': stay,
      'remote.dropElevation': stay,
      'remote.commandOutput': stay,
      'remote.commandExit': stay,
      'remote.switchUserResult': stay,
      'local.request': request,
      'local.drop': stay,
      'local.cancel': stay,
    },
    requesting: {
      permit: repermit,
      'remote.elevationState': report,
      'remote.credentialKey': key,
      'remote.dropElevation': dropped,
      'remote.commandOutput': stay,
      'remote.commandExit': stay,
      'remote.switchUserResult': stay,
      'local.credentials': credentials,
      'local.drop': drop,
      'local.cancel': stay,
      tick: (s, _e, now) => tickRequesting(s, now),
    },
    elevated: {
      permit: repermit,
      'remote.elevationState': reportElevated,
      'remote.credentialKey': stay,
      'remote.dropElevation': dropped,
      'remote.commandOutput': output,
      'remote.commandExit': exited,
      'remote.switchUserResult': (s, e) => switched(s, e.value),
      'local.run': run,
      'local.cancel': cancel,
      'local.switchUser': switchUser,
      'local.drop': drop,
      tick: (s, _e, now) => tickElevated(s, now),
    },
  },
  nextDeadline(s) {
    switch (s.phase) {
      case 'none':
        return undefined
      case 'requesting':
        return s.answerBy
      case 'elevated':
        return earliest(after(s.expiresAt, ANSWER_SLACK_MS), s.switching?.by)
    }
  },
})

/** Elevation at an agent. */
export const elevationRequester: ChannelMachine<ElevationRequesterState, ElevationRequesterEvent, Kind<Channel.ELEVATION>, ElevationRequesterNotice> = {
  ...machine,
  initial: { phase: 'none', permit: { open: false, elevate: false, runCommand: false, credentials: false, consentTimeoutMs: 0 } },
}
