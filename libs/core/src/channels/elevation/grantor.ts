/** Channel ELEVATION at the customer, one for each agent: consents, hands over to the helper, and takes back in time. */
import { type Channel, CloseCode, type ElevateRequest, ElevationMethod, ElevationPhase, ElevationReason, RefusalReason } from '@remote-assist/codec'
import { after, earliest, type Instant, msUntil } from '../../instant.js'
import { defineMachine, go, LocalProtocolError, type Step, stay, type Violation } from '../../machine.js'
import type { Kind } from '../../message.js'
import type { ChannelMachine } from '../channel.js'
import { cancel, endActions, exited, NOT_ELEVATED, output, run, switched, switchResult, switchUser } from './actions.js'
import {
  ELEVATION_GRANTOR_TABLE,
  type ElevationGrantorEffect,
  type ElevationGrantorEvent,
  type ElevationGrantorNotice,
  type ElevationGrantorPermit,
  type ElevationGrantorState,
} from './grantor-table.js'
import { anotherWrong, mustWait, NO_TRIES } from './tries.js'

/** How long elevation lasts if the request states nothing (RA-ELV-009). */
export const DEFAULT_ELEVATION_MS = 900_000
export const CREDENTIALS_TIMEOUT_MS = 120_000
export const PROMPT_TIMEOUT_MS = 120_000
export const HANDOVER_TIMEOUT_MS = 30_000
type In<P extends ElevationGrantorState['phase']> = Extract<ElevationGrantorState, { phase: P }>
type On<T extends ElevationGrantorEvent['type']> = Extract<ElevationGrantorEvent, { type: T }>
type Busy = Exclude<ElevationGrantorState, { phase: 'none' }>
type None = In<'none'>
type Effect = ElevationGrantorEffect
type Out<S extends ElevationGrantorState> = Step<S, Effect | Violation>

const send = (kind: Kind<Channel.ELEVATION>): Effect => ({ type: 'send', kind })
const notify = (notice: ElevationGrantorNotice): Effect => ({ type: 'notify', notice })

/** Says how a request stands, to the other side and to the owner. */
function tell(requestId: number, phase: ElevationPhase, now: Instant, reason = ElevationReason.UNSPECIFIED, expiresAt?: Instant): Effect[] {
  return [
    send({ $case: 'elevationState', value: { requestId, phase, reason, expiresInMs: msUntil(expiresAt, now) } }),
    notify({ kind: 'elevation.changed', requestId, phase, reason, expiresAt }),
  ]
}

/** Back to none. Whatever was begun for the request at the machine is ended first; a peer whose line is down is not told. */
function end(s: Busy, phase: ElevationPhase, reason: ElevationReason, now: Instant): Step<None, Effect> {
  const { requestId } = s.request
  const told = [...endActions(s), ...tell(requestId, phase, now, reason)]
  const drop = s.phase === 'consent' ? [] : [notify({ kind: 'elevation.drop', requestId })]
  const heard = reason === ElevationReason.DISCONNECTED ? told.filter(effect => effect.type === 'notify') : told
  return go({ permit: s.permit, phase: 'none' }, ...drop, ...heard)
}

/** Why a request is turned down at once; undefined = the customer is asked. */
function objection(s: None, request: ElevateRequest, now: Instant): ElevationReason | undefined {
  const { permit } = s
  const sealed = request.method === ElevationMethod.CREDENTIALS
  if (permit.paused) return ElevationReason.PAUSED
  if (!permit.elevate) return ElevationReason.NO_GRANT
  if (!permit.inControl) return ElevationReason.CONTROL_CHANGED
  if (permit.busy) return ElevationReason.BUSY
  if (!permit.available || (sealed && !permit.credentials)) return ElevationReason.UNSUPPORTED
  if (permit.maxMs === 0) return ElevationReason.POLICY
  if (!permit.words) return ElevationReason.WORDS
  if (permit.locked) return ElevationReason.LOCKED
  return sealed && mustWait(permit.tries, now) ? ElevationReason.BACK_OFF : undefined
}

function request(s: None, { value }: On<'remote.elevateRequest'>, now: Instant): Out<None | In<'consent'>> {
  const { requestId, reason, scope, method } = value
  if (!s.permit.open) return stay(s)
  const no = objection(s, value, now)
  if (no !== undefined) return go(s, send({ $case: 'elevationState', value: { requestId, phase: ElevationPhase.FAILED, reason: no, expiresInMs: 0 } }))
  const durationMs = Math.min(value.durationMs === 0 ? DEFAULT_ELEVATION_MS : value.durationMs, s.permit.maxMs)
  const by = after(now, s.permit.consentTimeoutMs)
  return go(
    { permit: s.permit, phase: 'consent', request: { requestId, scope, method, durationMs }, consentBy: by },
    ...tell(requestId, ElevationPhase.CONSENT, now),
    notify({ kind: 'elevation.asked', requestId, reason, scope, method, durationMs, by }),
  )
}

/** One request at a time; and an id is never used twice. */
function another<S extends Busy>(s: S, { type, value }: On<'remote.elevateRequest'>): Out<S> {
  const { requestId } = value
  if (requestId === s.request.requestId) return go(s, { type: 'violation', phase: s.phase, event: type, code: CloseCode.INVALID_FIELD })
  return go(s, send({ $case: 'elevationState', value: { requestId, phase: ElevationPhase.FAILED, reason: ElevationReason.BUSY, expiresInMs: 0 } }))
}

const isCurrent = (s: Busy, e: { readonly requestId: number }): boolean => s.request.requestId === e.requestId

function prompt(s: In<'consent'> | In<'credentials'>, now: Instant, ...before: readonly Effect[]): Out<In<'os-prompt'>> {
  const { requestId, scope, durationMs } = s.request
  return go(
    { permit: s.permit, phase: 'os-prompt', request: s.request, promptBy: after(now, PROMPT_TIMEOUT_MS) },
    ...before,
    ...tell(requestId, ElevationPhase.OS_PROMPT, now),
    notify({ kind: 'elevation.prompt', requestId, scope, durationMs }),
  )
}

function decide(s: In<'consent'>, e: On<'local.decide'>, now: Instant): Out<In<'consent'> | In<'credentials'> | In<'os-prompt'> | None> {
  if (!isCurrent(s, e)) return stay(s)
  if (!e.allow) return end(s, ElevationPhase.DENIED, ElevationReason.UNSPECIFIED, now)
  if (s.request.method !== ElevationMethod.CREDENTIALS) return prompt(s, now)
  const { requestId } = s.request
  return go(
    { permit: s.permit, phase: 'credentials', request: s.request, credentialsBy: after(now, CREDENTIALS_TIMEOUT_MS), keyed: false },
    ...tell(requestId, ElevationPhase.CREDENTIALS, now),
    notify({ kind: 'elevation.key-wanted', requestId }),
  )
}

function key(s: In<'credentials'>, e: On<'local.key'>): Out<In<'credentials'>> {
  if (!isCurrent(s, e)) return stay(s)
  if (s.keyed) throw new LocalProtocolError('elevation', s.phase, e.type, 'a key is used for one set of credentials')
  return go({ ...s, keyed: true }, send({ $case: 'credentialKey', value: { requestId: e.requestId, key: e.key, signature: e.signature } }))
}

function credentials(s: In<'credentials'>, { value }: On<'remote.credentials'>, now: Instant): Out<In<'credentials'> | In<'os-prompt'>> {
  const { requestId, hpke } = value
  if (!s.keyed || !isCurrent(s, value)) return stay(s)
  return prompt(s, now, notify({ kind: 'elevation.credentials', requestId, hpke }))
}

function agreed(s: In<'os-prompt'>, e: On<'local.agreed'>, now: Instant): Out<In<'os-prompt'> | In<'handover'>> {
  if (!isCurrent(s, e)) return stay(s)
  const { requestId, durationMs } = s.request
  return go(
    { permit: s.permit, phase: 'handover', request: s.request, helperBy: after(now, HANDOVER_TIMEOUT_MS) },
    ...tell(requestId, ElevationPhase.HANDOVER, now),
    notify({ kind: 'elevation.start', requestId, expiresInMs: durationMs }),
  )
}

/** A helper for a request that is over, or not that far, exits without acting (RA-ELV-026). */
const discard = (requestId: number): Effect => notify({ kind: 'elevation.discard', requestId })
const tooLate = <S extends ElevationGrantorState>(s: S, e: On<'local.elevated'>): Out<S> => go(s, discard(e.requestId))

function elevated(s: In<'handover'>, e: On<'local.elevated'>, now: Instant): Out<In<'handover'> | In<'elevated'>> {
  if (!isCurrent(s, e)) return tooLate(s, e)
  const expiresAt = after(now, s.request.durationMs)
  return go(
    { permit: { ...s.permit, tries: NO_TRIES }, phase: 'elevated', request: s.request, expiresAt, commands: [], switching: undefined },
    ...tell(e.requestId, ElevationPhase.ELEVATED, now, ElevationReason.UNSPECIFIED, expiresAt),
  )
}

/** Wrong credentials are counted. */
function counted(s: Busy, reason: ElevationReason, now: Instant): Busy {
  return reason === ElevationReason.WRONG_CREDENTIALS ? { ...s, permit: { ...s.permit, tries: anotherWrong(s.permit.tries, now) } } : s
}

function failed<S extends Busy>(s: S, e: On<'local.failed'>, now: Instant): Out<S | None> {
  if (!isCurrent(s, e)) return stay(s)
  // What breaks off once it was given is taken back, not failed.
  const phase = s.phase === 'elevated' ? ElevationPhase.REVOKED : ElevationPhase.FAILED
  return end(counted(s, e.reason, now), phase, e.reason, now)
}

const dropped = (s: Busy, _e: unknown, now: Instant): Out<None> => end(s, ElevationPhase.REVOKED, ElevationReason.DROPPED, now)
const dropRequest = <S extends Busy>(s: S, e: On<'remote.dropElevation'>, now: Instant): Out<S | None> => (isCurrent(s, e.value) ? dropped(s, e, now) : stay(s))

const permitOf = (e: ElevationGrantorPermit): ElevationGrantorPermit => ({
  open: e.open,
  paused: e.paused,
  elevate: e.elevate,
  runCommand: e.runCommand,
  inControl: e.inControl,
  available: e.available,
  credentials: e.credentials,
  busy: e.busy,
  maxMs: e.maxMs,
  consentTimeoutMs: e.consentTimeoutMs,
  words: e.words,
  locked: e.locked,
  tries: e.tries,
})

/** Why what is under way cannot go on; undefined = it can. */
function lost({ open, paused, elevate, inControl, locked }: ElevationGrantorPermit): ElevationReason | undefined {
  if (!open) return ElevationReason.DISCONNECTED
  if (paused) return ElevationReason.PAUSED
  if (!elevate) return ElevationReason.NO_GRANT
  if (!inControl) return ElevationReason.CONTROL_CHANGED
  return locked ? ElevationReason.LOCKED : undefined
}

function repermit<S extends Busy>(s: S, e: ElevationGrantorPermit, now: Instant): Out<S | None> {
  const permit = permitOf(e)
  const reason = lost(permit)
  if (reason !== undefined) return end({ ...s, permit }, ElevationPhase.REVOKED, reason, now)
  if (s.phase !== 'elevated' || permit.runCommand) return stay({ ...s, permit })
  return go({ ...s, permit }, ...s.commands.map(commandId => notify({ kind: 'elevation.cancel', commandId })))
}

function tickElevated(s: In<'elevated'>, now: Instant): Out<In<'elevated'> | None> {
  if (now >= s.expiresAt) return end(s, ElevationPhase.EXPIRED, ElevationReason.UNSPECIFIED, now)
  if (s.switching === undefined || now < s.switching.by) return stay(s)
  return go({ ...s, switching: undefined }, switchResult(s.switching.requestId, RefusalReason.TIMEOUT))
}

const timeout = (s: Busy, by: Instant, phase: ElevationPhase, now: Instant): Step<None, Effect> | undefined =>
  now >= by ? end(s, phase, ElevationReason.TIMEOUT, now) : undefined

const machine = defineMachine<typeof ELEVATION_GRANTOR_TABLE, ElevationGrantorState, ElevationGrantorEvent, Effect | Violation>({
  name: 'elevation',
  table: ELEVATION_GRANTOR_TABLE,
  illegal: CloseCode.WRONG_PHASE,
  handlers: {
    none: {
      ...NOT_ELEVATED,
      permit: (s, e) => stay({ ...s, permit: permitOf(e) }),
      'remote.elevateRequest': request,
      'remote.credentials': stay,
      'remote.dropElevation': stay,
      'local.decide': stay,
      'local.key': stay,
      'local.agreed': stay,
      'local.elevated': tooLate,
      'local.failed': stay,
      'local.drop': stay,
    },
    consent: {
      ...NOT_ELEVATED,
      permit: repermit,
      'remote.elevateRequest': another,
      'remote.credentials': stay,
      'remote.dropElevation': dropRequest,
      'local.decide': decide,
      'local.key': stay,
      'local.agreed': stay,
      'local.elevated': tooLate,
      'local.failed': failed,
      'local.drop': dropped,
      tick: (s, _e, now) => timeout(s, s.consentBy, ElevationPhase.DENIED, now) ?? stay(s),
    },
    credentials: {
      ...NOT_ELEVATED,
      permit: repermit,
      'remote.elevateRequest': another,
      'remote.credentials': credentials,
      'remote.dropElevation': dropRequest,
      'local.decide': stay,
      'local.key': key,
      'local.agreed': stay,
      'local.elevated': tooLate,
      'local.failed': failed,
      'local.drop': dropped,
      tick: (s, _e, now) => timeout(s, s.credentialsBy, ElevationPhase.FAILED, now) ?? stay(s),
    },
    'os-prompt': {
      ...NOT_ELEVATED,
      permit: repermit,
      'remote.elevateRequest': another,
      'remote.credentials': stay,
      'remote.dropElevation': dropRequest,
      'local.decide': stay,
      'local.key': stay,
      'local.agreed': agreed,
      'local.elevated': tooLate,
      'local.failed': failed,
      'local.drop': dropped,
      tick: (s, _e, now) => timeout(s, s.promptBy, ElevationPhase.FAILED, now) ?? stay(s),
    },
    handover: {
      ...NOT_ELEVATED,
      permit: repermit,
      'remote.elevateRequest': another,
      'remote.credentials': stay,
      'remote.dropElevation': dropRequest,
      'local.decide': stay,
      'local.key': stay,
      'local.agreed': stay,
      'local.elevated': elevated,
      'local.failed': failed,
      'local.drop': dropped,
      tick: (s, _e, now) => timeout(s, s.helperBy, ElevationPhase.FAILED, now) ?? stay(s),
    },
    elevated: {
      permit: repermit,
      'remote.elevateRequest': another,
      'remote.credentials': stay,
      'remote.dropElevation': dropRequest,
      'remote.runCommand': run,
      'remote.commandCancel': cancel,
      'remote.switchUser': switchUser,
      'local.decide': stay,
      'local.key': stay,
      'local.agreed': stay,
      'local.elevated': (s, e) => (isCurrent(s, e) ? stay(s) : tooLate(s, e)),
      'local.failed': failed,
      'local.drop': dropped,
      'local.output': output,
      'local.exited': exited,
      'local.switched': switched,
      tick: (s, _e, now) => tickElevated(s, now),
    },
  },
  nextDeadline(s) {
    switch (s.phase) {
      case 'none':
        return undefined
      case 'consent':
        return s.consentBy
      case 'credentials':
        return s.credentialsBy
      case 'os-prompt':
        return s.promptBy
      case 'handover':
        return s.helperBy
      case 'elevated':
        return earliest(s.expiresAt, s.switching?.by)
    }
  },
})

const NOTHING: ElevationGrantorPermit = {
  open: false,
  paused: false,
  elevate: false,
  runCommand: false,
  inControl: false,
  available: false,
  credentials: false,
  busy: false,
  maxMs: 0,
  consentTimeoutMs: 0,
  words: false,
  locked: false,
  tries: NO_TRIES,
}

/** Elevation at the customer, one for each agent. */
export const elevationGrantor: ChannelMachine<ElevationGrantorState, ElevationGrantorEvent, Kind<Channel.ELEVATION>, ElevationGrantorNotice> = {
  ...machine,
  initial: { phase: 'none', permit: NOTHING },
}

/** The elevation reasons that say what a refusal of the matrix says. */
function reasonOf(reason: RefusalReason): ElevationReason {
  switch (reason) {
    case RefusalReason.PAUSED:
      return ElevationReason.PAUSED
    case RefusalReason.NO_GRANT:
      return ElevationReason.NO_GRANT
    case RefusalReason.NO_LEASE:
      return ElevationReason.CONTROL_CHANGED
    case RefusalReason.POLICY:
      return ElevationReason.POLICY
    case RefusalReason.UNSUPPORTED:
      return ElevationReason.UNSUPPORTED
    default:
      return ElevationReason.DISCONNECTED
  }
}

/** The refusal of a message that the matrix did not let pass; undefined = it is dropped. */
export function refuseElevation(kind: Kind<Channel.ELEVATION>, reason: RefusalReason): Kind<Channel.ELEVATION> | undefined {
  switch (kind.$case) {
    case 'elevateRequest':
      return { $case: 'elevationState', value: { requestId: kind.value.requestId, phase: ElevationPhase.FAILED, reason: reasonOf(reason), expiresInMs: 0 } }
    case 'runCommand':
      return { $case: 'commandExit', value: { commandId: kind.value.commandId, exitCode: 0, endedBy: '', refusal: reason } }
    case 'switchUser':
      return { $case: 'switchUserResult', value: { requestId: kind.value.requestId, refusal: reason } }
    default:
      return undefined
  }
}
