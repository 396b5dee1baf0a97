/** What can happen at an agent's or viewer's end, and what it says. */
import type { Channel, CloseCode, Participant, Permission, PlatformInfo, RefusalReason } from '@remote-assist/codec'
import type { Kind, OpenedRecord } from '../../message.js'
import type { GranteeNotice } from '../../peer/grantee.js'
import type { SessionEvent, SessionNotice } from '../../session/session.js'
import type { Effect, Run } from '../run.js'
import type { JOINER_CHANNELS } from './channels.js'
import type { JoinerState } from './state.js'

type Registry = typeof JOINER_CHANNELS
type EventOf<N extends keyof Registry> = Parameters<Registry[N]['machine']['step']>[1]
type Local<E> = Extract<E, { readonly type: `local.${string}` }>
type Effects<N extends keyof Registry> = ReturnType<Registry[N]['machine']['step']>['effects'][number]
type ChannelNotice = { readonly [N in keyof Registry]: Extract<Effects<N>, { readonly type: 'notify' }>['notice'] }[keyof Registry]

/** A local event for one channel. */
export type JoinerChannelCall = {
  readonly [N in keyof Registry]: { readonly type: 'local.channel'; readonly channel: N; readonly event: Local<EventOf<N>> }
}[keyof Registry]

/** Messages of channel SESSION that a joiner may send as they are. */
export type JoinerSay = Extract<
  Kind<Channel.SESSION>,
  { $case: 'capabilities' | 'releaseControl' | 'inviteRevoke' | 'recordingState' | 'wordsConfirmed' | 'auditSign' }
>

/** Everything that can happen at an agent's or viewer's end. */
export type JoinerEvent =
  | Extract<SessionEvent, { readonly type: 'transport.opened' | 'transport.lost' | 'transport.heard' }>
  | { readonly type: 'remote.relay'; readonly kind: Kind<Channel.RELAY> | undefined }
  | { readonly type: 'remote.record'; readonly peer: number; readonly sequence: bigint; readonly record: OpenedRecord }
  | { readonly type: 'remote.malformed'; readonly peer: number; readonly code: CloseCode }
  | { readonly type: 'peer.secured'; readonly peer: number }
  | { readonly type: 'peer.failed'; readonly peer: number; readonly code: CloseCode }
  /** The customer began a handshake that was not awaited: it saw a line come back that this end did not see drop. `peer.secure` follows. */
  | { readonly type: 'peer.restarted'; readonly peer: number }
  /** Asks the customer for permissions; the answer is `peer.decided`. */
  | { readonly type: 'local.ask'; readonly requestId: number; readonly permissions: readonly Permission[]; readonly reason: string }
  /** Each is answered by `request.done`. */
  | { readonly type: 'local.requestControl'; readonly requestId: number }
  | { readonly type: 'local.remove'; readonly requestId: number; readonly participant: number }
  | {
      readonly type: 'local.invite'
      readonly requestId: number
      readonly invite: Omit<Extract<Kind<Channel.SESSION>, { $case: 'inviteRegister' }>['value'], 'requestId'>
    }
  | {
      readonly type: 'local.rejoin'
      readonly requestId: number
      readonly reason: string
      readonly locator: string
      readonly expiresInMs: number
    }
  /** There is to be no way back after a restart, or it was used. Nothing to end is fine. */
  | { readonly type: 'local.endRejoin' }
  | { readonly type: 'local.say'; readonly kind: JoinerSay }
  | JoinerChannelCall
  | { readonly type: 'local.leave'; readonly code: CloseCode; readonly endSession: boolean }
  | { readonly type: 'tick' }

/** What an agent's or viewer's end tells its driver, to do or to show. */
export type JoinerNotice =
  | SessionNotice
  | GranteeNotice
  | ChannelNotice
  | { readonly kind: 'participants'; readonly revision: number; readonly participants: readonly Participant[] }
  | { readonly kind: 'control'; readonly holder: number; readonly epoch: number; readonly heldOff: boolean }
  | { readonly kind: 'lead'; readonly participant: number }
  | { readonly kind: 'platform'; readonly platform: PlatformInfo }
  | { readonly kind: 'capabilities'; readonly names: readonly string[] }
  | { readonly kind: 'recording'; readonly participant: number; readonly recording: boolean }
  /** What this end may do, as the customer signed it. */
  | { readonly kind: 'capability'; readonly signed: Uint8Array }
  | { readonly kind: 'words'; readonly participant: number }
  | { readonly kind: 'media.key'; readonly message: Extract<Kind<Channel.SESSION>, { $case: 'mediaKey' }>['value'] }
  | { readonly kind: 'audit'; readonly message: Extract<Kind<Channel.SESSION>, { $case: 'auditEntry' | 'auditSign' }> }
  /** The answer to a request: UNSPECIFIED = done. */
  | { readonly kind: 'request.done'; readonly requestId: number; readonly refusal: RefusalReason }
  /** A ticket lies at the customer: who comes back by it proves this secret. */
  | { readonly kind: 'rejoin.ready'; readonly requestId: number; readonly secret: Uint8Array }
  /** Nobody comes back by it any more: forget the secret. */
  | { readonly kind: 'rejoin.over'; readonly requestId: number }
  | { readonly kind: 'quality'; readonly rttMs: number }

/** What an agent's or viewer's end wants done. */
export type JoinerEffect = Effect<JoinerNotice>
export type JoinerRun = Run<JoinerState, JoinerNotice>
