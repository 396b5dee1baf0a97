/** Elevation at the agent: none → requesting → elevated, and back to none. It follows what the customer says, and gives up in time. */
import type { Channel, ElevationMethod, ElevationPhase, ElevationReason, ElevationScope, OutputStream, RefusalReason } from '@remote-assist/codec'
import type { Instant } from '../../instant.js'
import type { TransitionTable } from '../../machine.js'
import type { Kind, Remote } from '../../message.js'
import type { ChannelEffect } from '../channel.js'
import type { Switching } from './grantor-table.js'

/** What the session allows now. Losing `open` or `elevate` ends what was under way; the customer does the same. */
export interface ElevationRequesterPermit {
  /** The customer is active or paused. What a pause ends, the customer says. */
  readonly open: boolean
  readonly elevate: boolean
  readonly runCommand: boolean
  /** The customer takes credentials. */
  readonly credentials: boolean
  readonly consentTimeoutMs: number
}

/** The customer's key for one set of credentials: not asked for, here, or used. */
export type CredentialStep = 'none' | 'asked' | 'given'

interface Common {
  readonly permit: ElevationRequesterPermit
}

export type ElevationRequesterState =
  | (Common & { readonly phase: 'none' })
  | (Common & {
      readonly phase: 'requesting'
      readonly requestId: number
      readonly method: ElevationMethod
      /** The last phase that the customer reported; NONE = it has not answered. */
      readonly stage: ElevationPhase
      readonly credentials: CredentialStep
      readonly answerBy: Instant
    })
  | (Common & {
      readonly phase: 'elevated'
      readonly requestId: number
      readonly expiresAt: Instant
      readonly commands: readonly number[]
      readonly switching: Switching | undefined
    })

export type ElevationRequesterEvent =
  | Remote<Kind<Channel.ELEVATION>>
  | ({ readonly type: 'permit' } & ElevationRequesterPermit)
  /** Asks for elevation. `durationMs` 0 = 900,000. */
  | {
      readonly type: 'local.request'
      readonly requestId: number
      readonly reason: string
      readonly scope: ElevationScope
      readonly durationMs: number
      readonly method: ElevationMethod
    }
  /** Answers `elevation.key`. */
  | { readonly type: 'local.credentials'; readonly hpke: Uint8Array }
  /** Gives elevation, or the request, up. Nothing to give up is fine. */
  | { readonly type: 'local.drop' }
  | { readonly type: 'local.run'; readonly commandId: number; readonly argv: readonly string[]; readonly as: string }
  /** Ends a command; one that has ended is fine. */
  | { readonly type: 'local.cancel'; readonly commandId: number }
  | { readonly type: 'local.switchUser'; readonly requestId: number }
  | { readonly type: 'tick' }

export type ElevationRequesterNotice =
  /** Every change that the customer reports, and the end as this end sees it. */
  | {
      readonly kind: 'elevation.changed'
      readonly requestId: number
      readonly phase: ElevationPhase
      readonly reason: ElevationReason
      readonly expiresAt: Instant | undefined
    }
  /** Check the signature, seal the credentials to the key, and answer with `local.credentials`. */
  | { readonly kind: 'elevation.key'; readonly requestId: number; readonly key: Uint8Array; readonly signature: Uint8Array }
  | { readonly kind: 'elevation.output'; readonly commandId: number; readonly stream: OutputStream; readonly data: Uint8Array }
  | { readonly kind: 'elevation.exited'; readonly commandId: number; readonly exitCode: number; readonly endedBy: string; readonly refusal: RefusalReason }
  | { readonly kind: 'elevation.switched'; readonly requestId: number; readonly refusal: RefusalReason }

export type ElevationRequesterEffect = ChannelEffect<Kind<Channel.ELEVATION>, ElevationRequesterNotice>

export const ELEVATION_REQUESTER_TABLE = {
  none: {
    permit: ['none'],
    'remote.elevationState': ['none'],
    'remote.credentialKey': ['none'],
    'remote.dropElevation': ['none'],
    'remote.commandOutput': ['none'],
    'remote.commandExit': ['none'],
    'remote.switchUserResult': ['none'],
    'local.request': ['requesting'],
    'local.drop': ['none'],
    'local.cancel': ['none'],
  },
  requesting: {
    permit: ['requesting', 'none'],
    'remote.elevationState': ['requesting', 'elevated', 'none'],
    'remote.credentialKey': ['requesting'],
    'remote.dropElevation': ['requesting', 'none'],
    'remote.commandOutput': ['requesting'],
    'remote.commandExit': ['requesting'],
    'remote.switchUserResult': ['requesting'],
    'local.credentials': ['requesting'],
    'local.drop': ['none'],
    'local.cancel': ['requesting'],
    tick: ['requesting', 'none'],
  },
  elevated: {
    permit: ['elevated', 'none'],
    'remote.elevationState': ['elevated', 'none'],
    'remote.credentialKey': ['elevated'],
    'remote.dropElevation': ['elevated', 'none'],
    'remote.commandOutput': ['elevated'],
    'remote.commandExit': ['elevated'],
    'remote.switchUserResult': ['elevated'],
    'local.run': ['elevated'],
    'local.cancel': ['elevated'],
    'local.switchUser': ['elevated'],
    'local.drop': ['none'],
    tick: ['elevated', 'none'],
  },
} as const satisfies TransitionTable<ElevationRequesterState['phase'], ElevationRequesterEvent['type']>
