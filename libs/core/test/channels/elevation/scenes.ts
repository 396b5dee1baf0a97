/** The scenes of the elevation tests: the customer in each phase, and what is said to it about request 1. */
import { type Channel, ElevationMethod, type ElevationReason, ElevationScope } from '@remote-assist/codec'
import { elevationGrantor } from '../../../src/channels/elevation/grantor.js'
import type {
  ElevationGrantorEvent,
  ElevationGrantorNotice,
  ElevationGrantorPermit,
  ElevationGrantorState,
} from '../../../src/channels/elevation/grantor-table.js'
import type { ElevationRequesterEvent, ElevationRequesterNotice, ElevationRequesterState } from '../../../src/channels/elevation/requester-table.js'
import { NO_TRIES } from '../../../src/channels/elevation/tries.js'
import type { Kind } from '../../../src/message.js'
import { Drive } from '../support.js'

export type ElevationKind = Kind<Channel.ELEVATION>
type Customer = Drive<ElevationGrantorState, ElevationGrantorEvent, ElevationKind, ElevationGrantorNotice>
export type Agent = Drive<ElevationRequesterState, ElevationRequesterEvent, ElevationKind, ElevationRequesterNotice>

export const { PROMPT, CREDENTIALS } = ElevationMethod
export const CONSENT_MS = 60_000
export const ALLOWED: ElevationGrantorPermit = {
  open: true,
  paused: false,
  elevate: true,
  runCommand: true,
  inControl: true,
  available: true,
  credentials: true,
  busy: false,
  maxMs: 3_600_000,
  consentTimeoutMs: CONSENT_MS,
  words: true,
  locked: false,
  tries: NO_TRIES,
}
export const permit = (change: Partial<ElevationGrantorPermit> = {}): ElevationGrantorEvent => ({ type: 'permit', ...ALLOWED, ...change })
export const request = (requestId = 1, method = PROMPT, durationMs = 0): ElevationGrantorEvent => ({
  type: 'remote.elevateRequest',
  value: { requestId, reason: 'update', scope: ElevationScope.ADMIN, durationMs, method },
})
export const customer = (change: Partial<ElevationGrantorPermit> = {}): Customer => new Drive(elevationGrantor).step(permit(change))
export const decide = (allow: boolean, requestId = 1): ElevationGrantorEvent => ({ type: 'local.decide', requestId, allow })
export const agreed = (requestId = 1): ElevationGrantorEvent => ({ type: 'local.agreed', requestId })
export const started = (requestId = 1): ElevationGrantorEvent => ({ type: 'local.elevated', requestId })
export const failed = (reason: ElevationReason, requestId = 1): ElevationGrantorEvent => ({ type: 'local.failed', requestId, reason })
export const key = (requestId = 1): ElevationGrantorEvent => ({ type: 'local.key', requestId, key: new Uint8Array(32), signature: new Uint8Array(64) })
export const sealed = (requestId = 1): ElevationGrantorEvent => ({ type: 'remote.credentials', value: { requestId, hpke: new Uint8Array(49) } })
export const run = (commandId: number): ElevationGrantorEvent => ({ type: 'remote.runCommand', value: { commandId, argv: ['whoami'], as: '' } })
export const states = (drive: Customer) => drive.sentCase('elevationState').map(({ phase, reason }) => [phase, reason])
export const outcome = (drive: Customer) => states(drive).at(-1)

/** The customer in each phase, with request 1. */
export const PHASES: { readonly [P in ElevationGrantorState['phase']]: () => Customer } = {
  none: () => customer(),
  consent: () => customer().step(request()),
  credentials: () => customer().step(request(1, CREDENTIALS)).step(decide(true)),
  'os-prompt': () => PHASES.consent().step(decide(true)),
  handover: () => PHASES['os-prompt']().step(agreed()),
  elevated: () => PHASES.handover().step(started()),
}
export const BUSY = ['consent', 'credentials', 'os-prompt', 'handover', 'elevated'] as const
