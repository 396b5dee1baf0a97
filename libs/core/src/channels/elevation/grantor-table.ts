/** Elevation at the customer: none → consent → [credentials] → os-prompt → handover → elevated, and back to none. */
import type { Channel, ElevationMethod, ElevationPhase, ElevationReason, ElevationScope, OutputStream, RefusalReason } from '@remote-assist/codec'
import type { Instant } from '../../instant.js'
import type { TransitionTable } from '../../machine.js'
import type { Kind, Remote } from '../../message.js'
import type { ChannelEffect } from '../channel.js'
import type { Tries } from './tries.js'

/** What the session and the machine allow now. What was under way ends when `open`, `elevate`, `inControl` is lost or `paused`, `locked` comes. */
export interface ElevationGrantorPermit {
  /** The peer is active or paused. */
  readonly open: boolean
  readonly paused: boolean
  /** It holds ELEVATE. */
  readonly elevate: boolean
  /** It holds RUN_COMMAND. */
  readonly runCommand: boolean
  /** It holds the control lease. */
  readonly inControl: boolean
  /** This machine can elevate (PlatformInfo.can_elevate). */
  readonly available: boolean
  /** This machine can make a signed key for credentials. */
  readonly credentials: boolean
  /** Another agent's request is open, or another agent is elevated. */
  readonly busy: boolean
  /** Longest elevation, ms; 0 = the policy forbids it. */
  readonly maxMs: number
  readonly consentTimeoutMs: number
  /** The verification words were compared, or need not be. */
  readonly words: boolean
  /** The screen or session is locked. */
  readonly locked: boolean
  /** What came of credentials so far, whoever gave them. */
  readonly tries: Tries
}

/** A request while it is open. */
export interface Elevation {
  readonly requestId: number
  readonly scope: ElevationScope
  readonly method: ElevationMethod
  readonly durationMs: number
}

/** A SwitchUser that is not answered. */
export interface Switching {
  readonly requestId: number
  readonly by: Instant
}

interface Common {
  readonly permit: ElevationGrantorPermit
}

export type ElevationGrantorState =
  | (Common & { readonly phase: 'none' })
  | (Common & { readonly phase: 'consent'; readonly request: Elevation; readonly consentBy: Instant })
  /** `keyed`: the key was sent, and credentials may come. */
  | (Common & { readonly phase: 'credentials'; readonly request: Elevation; readonly credentialsBy: Instant; readonly keyed: boolean })
  | (Common & { readonly phase: 'os-prompt'; readonly request: Elevation; readonly promptBy: Instant })
  | (Common & { readonly phase: 'handover'; readonly request: Elevation; readonly helperBy: Instant })
  | (Common & {
      readonly phase: 'elevated'
      readonly request: Elevation
      readonly expiresAt: Instant
      readonly commands: readonly number[]
      readonly switching: Switching | undefined
    })

/** Local events name the request (or command) that they answer; one that is over is ignored, except that a late helper is told to exit. */
export type ElevationGrantorEvent =
  | Remote<Kind<Channel.ELEVATION>>
  | ({ readonly type: 'permit' } & ElevationGrantorPermit)
  /** The customer answered `elevation.asked`, by local hands. */
  | { readonly type: 'local.decide'; readonly requestId: number; readonly allow: boolean }
  /** The one-use key that `elevation.key-wanted` asked for. */
  | { readonly type: 'local.key'; readonly requestId: number; readonly key: Uint8Array; readonly signature: Uint8Array }
  /** The operating system agreed. */
  | { readonly type: 'local.agreed'; readonly requestId: number }
  /** The helper runs and acts for this request. */
  | { readonly type: 'local.elevated'; readonly requestId: number }
  /** It did not work: OS_DECLINED, WRONG_CREDENTIALS, NOT_PERMITTED, HELPER … */
  | { readonly type: 'local.failed'; readonly requestId: number; readonly reason: ElevationReason }
  /** The customer takes elevation back. Nothing to take back is fine. */
  | { readonly type: 'local.drop' }
  | { readonly type: 'local.output'; readonly commandId: number; readonly stream: OutputStream; readonly data: Uint8Array }
  | { readonly type: 'local.exited'; readonly commandId: number; readonly exitCode: number; readonly endedBy: string }
  | { readonly type: 'local.switched'; readonly requestId: number; readonly refusal: RefusalReason }
  | { readonly type: 'tick' }

export type ElevationGrantorNotice =
  /** Ask the customer; answer with `local.decide`. */
  | {
      readonly kind: 'elevation.asked'
      readonly requestId: number
      readonly reason: string
      readonly scope: ElevationScope
      readonly method: ElevationMethod
      readonly durationMs: number
      readonly by: Instant
    }
  /** Have the helper make a one-use key; answer with `local.key`. */
  | { readonly kind: 'elevation.key-wanted'; readonly requestId: number }
  /** Sealed credentials, for the helper alone. */
  | { readonly kind: 'elevation.credentials'; readonly requestId: number; readonly hpke: Uint8Array }
  /** Bring up the system's prompt; answer with `local.agreed` or `local.failed`. */
  | { readonly kind: 'elevation.prompt'; readonly requestId: number; readonly scope: ElevationScope; readonly durationMs: number }
  /** Start the helper; answer with `local.elevated` or `local.failed`. */
  | { readonly kind: 'elevation.start'; readonly requestId: number; readonly expiresInMs: number }
  /** Every change, as the other side is told. `expiresAt` only when ELEVATED. */
  | {
      readonly kind: 'elevation.changed'
      readonly requestId: number
      readonly phase: ElevationPhase
      readonly reason: ElevationReason
      readonly expiresAt: Instant | undefined
    }
  /** End the helper, the prompt, and every command of this request. */
  | { readonly kind: 'elevation.drop'; readonly requestId: number }
  /** A helper came too late for its request: it exits without acting. */
  | { readonly kind: 'elevation.discard'; readonly requestId: number }
  /** Run it, without a shell; answer with `local.output` and at last `local.exited`. */
  | { readonly kind: 'elevation.run'; readonly commandId: number; readonly argv: readonly string[]; readonly as: string }
  /** End the command and everything it started; `local.exited` follows if it is still known. */
  | { readonly kind: 'elevation.cancel'; readonly commandId: number }
  /** Show the log-in screen; answer with `local.switched`. */
  | { readonly kind: 'elevation.switch-user'; readonly requestId: number }

export type ElevationGrantorEffect = ChannelEffect<Kind<Channel.ELEVATION>, ElevationGrantorNotice>

export const ELEVATION_GRANTOR_TABLE = {
  none: {
    permit: ['none'],
    'remote.elevateRequest': ['none', 'consent'],
    'remote.credentials': ['none'],
    'remote.dropElevation': ['none'],
    'remote.runCommand': ['none'],
    'remote.commandCancel': ['none'],
    'remote.switchUser': ['none'],
    'local.decide': ['none'],
    'local.key': ['none'],
    'local.agreed': ['none'],
    'local.elevated': ['none'],
    'local.failed': ['none'],
    'local.drop': ['none'],
    'local.output': ['none'],
    'local.exited': ['none'],
    'local.switched': ['none'],
  },
  consent: {
    permit: ['consent', 'none'],
    'remote.elevateRequest': ['consent'],
    'remote.credentials': ['consent'],
    'remote.dropElevation': ['consent', 'none'],
    'remote.runCommand': ['consent'],
    'remote.commandCancel': ['consent'],
    'remote.switchUser': ['consent'],
    'local.decide': ['consent', 'credentials', 'os-prompt', 'none'],
    'local.key': ['consent'],
    'local.agreed': ['consent'],
    'local.elevated': ['consent'],
    'local.failed': ['consent', 'none'],
    'local.drop': ['none'],
    'local.output': ['consent'],
    'local.exited': ['consent'],
    'local.switched': ['consent'],
    tick: ['consent', 'none'],
  },
  credentials: {
    permit: ['credentials', 'none'],
    'remote.elevateRequest': ['credentials'],
    'remote.credentials': ['credentials', 'os-prompt'],
    'remote.dropElevation': ['credentials', 'none'],
    'remote.runCommand': ['credentials'],
    'remote.commandCancel': ['credentials'],
    'remote.switchUser': ['credentials'],
    'local.decide': ['credentials'],
    'local.key': ['credentials'],
    'local.agreed': ['credentials'],
    'local.elevated': ['credentials'],
    'local.failed': ['credentials', 'none'],
    'local.drop': ['none'],
    'local.output': ['credentials'],
    'local.exited': ['credentials'],
    'local.switched': ['credentials'],
    tick: ['credentials', 'none'],
  },
  'os-prompt': {
    permit: ['os-prompt', 'none'],
    'remote.elevateRequest': ['os-prompt'],
    'remote.credentials': ['os-prompt'],
    'remote.dropElevation': ['os-prompt', 'none'],
    'remote.runCommand': ['os-prompt'],
    'remote.commandCancel': ['os-prompt'],
    'remote.switchUser': ['os-prompt'],
    'local.decide': ['os-prompt'],
    'local.key': ['os-prompt'],
    'local.agreed': ['os-prompt', 'handover'],
    'local.elevated': ['os-prompt'],
    'local.failed': ['os-prompt', 'none'],
    'local.drop': ['none'],
    'local.output': ['os-prompt'],
    'local.exited': ['os-prompt'],
    'local.switched': ['os-prompt'],
    tick: ['os-prompt', 'none'],
  },
  handover: {
    permit: ['handover', 'none'],
    'remote.elevateRequest': ['handover'],
    'remote.credentials': ['handover'],
    'remote.dropElevation': ['handover', 'none'],
    'remote.runCommand': ['handover'],
    'remote.commandCancel': ['handover'],
    'remote.switchUser': ['handover'],
    'local.decide': ['handover'],
    'local.key': ['handover'],
    'local.agreed': ['handover'],
    'local.elevated': ['handover', 'elevated'],
    'local.failed': ['handover', 'none'],
    'local.drop': ['none'],
    'local.output': ['handover'],
    'local.exited': ['handover'],
    'local.switched': ['handover'],
    tick: ['handover', 'none'],
  },
  elevated: {
    permit: ['elevated', 'none'],
    'remote.elevateRequest': ['elevated'],
    'remote.credentials': ['elevated'],
    'remote.dropElevation': ['elevated', 'none'],
    'remote.runCommand': ['elevated'],
    'remote.commandCancel': ['elevated'],
    'remote.switchUser': ['elevated'],
    'local.decide': ['elevated'],
    'local.key': ['elevated'],
    'local.agreed': ['elevated'],
    'local.elevated': ['elevated'],
    'local.failed': ['elevated', 'none'],
    'local.drop': ['none'],
    'local.output': ['elevated'],
    'local.exited': ['elevated'],
    'local.switched': ['elevated'],
    tick: ['elevated', 'none'],
  },
} as const satisfies TransitionTable<ElevationGrantorState['phase'], ElevationGrantorEvent['type']>
