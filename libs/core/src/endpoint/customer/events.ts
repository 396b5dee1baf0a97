/** What can happen at the customer's end, and what it says. */
import type { Channel, Chat, CloseCode, FramePart, Participant, Screen } from '@remote-assist/codec'
import type { ScreenSourceEvent } from '../../channels/screen/source.js'
import type { Kind, OpenedRecord } from '../../message.js'
import type { GrantorEvent, GrantorNotice } from '../../peer/grantor-table.js'
import type { RejoinEvent, RejoinNotice } from '../../rejoin/rejoin.js'
import type { SessionEvent, SessionNotice } from '../../session/session.js'
import type { Effect, Run } from '../run.js'
import type { CUSTOMER_CHANNELS } from './channels.js'
import type { CustomerState, Invite } from './state.js'

type Registry = typeof CUSTOMER_CHANNELS
type EventOf<N extends keyof Registry> = Parameters<Registry[N]['machine']['step']>[1]
type Local<E> = Extract<E, { readonly type: `local.${string}` }>

/** Messages of channel SESSION that the customer may send to an agent as they are. */
export type CustomerSay = Extract<Kind<Channel.SESSION>, { $case: 'auditEntry' | 'auditSign' | 'capability' }>

/** A local event for one channel of one peer. */
export type ChannelCall = {
  readonly [N in keyof Registry]: { readonly type: 'local.channel'; readonly peer: number; readonly channel: N; readonly event: Local<EventOf<N>> }
}[keyof Registry]

/** Everything that can happen at the customer's end. */
export type CustomerEvent =
  | Extract<SessionEvent, { readonly type: 'transport.opened' | 'transport.lost' | 'transport.heard' }>
  /** A message from the broker; the sequence was checked. */
  | { readonly type: 'remote.relay'; readonly kind: Kind<Channel.RELAY> | undefined }
  /** A record that opened; `sequence` is its frame's. */
  | { readonly type: 'remote.record'; readonly peer: number; readonly sequence: bigint; readonly record: OpenedRecord }
  /** Bytes of a peer that did not decode, or a record that did not open. */
  | { readonly type: 'remote.malformed'; readonly peer: number; readonly code: CloseCode }
  | { readonly type: 'peer.secured'; readonly peer: number }
  | { readonly type: 'peer.failed'; readonly peer: number; readonly code: CloseCode }
  /** The key of the pictures has sealed as much, or for as long, as it may. */
  | { readonly type: 'media.spent' }
  /** A call for one peer: decide, grant, revoke, remove. */
  | { readonly type: 'local.peer'; readonly peer: number; readonly event: Exclude<Local<GrantorEvent>, { readonly type: 'local.pause' | 'local.unpause' }> }
  | ChannelCall
  /** Tells one agent; it has to be active or paused. */
  | { readonly type: 'local.say'; readonly peer: number; readonly kind: CustomerSay }
  /** The screens there are now. */
  | { readonly type: 'local.screens'; readonly screens: readonly Screen[] }
  /** A frame for these viewers; who may not have it any more is left out. */
  | {
      readonly type: 'local.frame'
      readonly targets: readonly number[]
      readonly screenId: number
      readonly frameId: number
      readonly baseFrameId: number
      readonly parts: readonly FramePart[]
      readonly bytes: number
    }
  /** A line of chat with its author and time, for everybody who may chat: the customer's own, or one that was received. */
  | { readonly type: 'local.chat'; readonly chat: Chat }
  /** A word about pointer, secure desktop or masks, for everybody who may see. */
  | { readonly type: 'local.shown'; readonly kind: Extract<ScreenSourceEvent, { type: 'local.show' }>['kind'] }
  /** The local user heard the words from this peer's own mouth: they are the same. */
  | { readonly type: 'local.words'; readonly peer: number }
  /** Who this peer's organisation says it is, checked; empty = nobody vouches for it. */
  | { readonly type: 'local.identified'; readonly peer: number; readonly organisation: string }
  /** The local user moved, clicked or typed. */
  | { readonly type: 'local.input' }
  | { readonly type: 'local.locked'; readonly locked: boolean }
  /** The optional features of this end have changed: all of them, in any order. */
  | { readonly type: 'local.capabilities'; readonly names: readonly string[] }
  /** An answer about the way back after a restart, or its end. */
  | { readonly type: 'local.rejoin'; readonly event: Local<RejoinEvent> }
  | { readonly type: 'local.pause' }
  | { readonly type: 'local.unpause' }
  /** Everything is over, now. */
  | { readonly type: 'local.stop' }
  | { readonly type: 'local.leave'; readonly code: CloseCode }
  | { readonly type: 'tick' }

type Effects<N extends keyof Registry> = ReturnType<Registry[N]['machine']['step']>['effects'][number]
type ChannelNotice = { readonly [N in keyof Registry]: Extract<Effects<N>, { readonly type: 'notify' }>['notice'] }[keyof Registry]

/** What the customer's end tells its driver, to do or to show. */
export type CustomerNotice =
  | SessionNotice
  | GrantorNotice
  | RejoinNotice
  | ChannelNotice
  /** Everybody, as the others are told; before any of them receives a pixel. */
  | { readonly kind: 'participants'; readonly revision: number; readonly participants: readonly Participant[] }
  | { readonly kind: 'control'; readonly holder: number; readonly epoch: number; readonly heldOff: boolean }
  /** The lead registered an invitation: keep its secret for who comes by it. */
  | { readonly kind: 'invite'; readonly invite: Invite; readonly secret: Uint8Array }
  | { readonly kind: 'invite.gone'; readonly id: string }
  | { readonly kind: 'capabilities'; readonly names: readonly string[] }
  /** Nobody may see any more: the keys of earlier media epochs are to be overwritten. */
  | { readonly kind: 'media.over'; readonly epoch: number }
  | { readonly kind: 'recording'; readonly recording: boolean }
  | { readonly kind: 'words' }
  | { readonly kind: 'audit.sign'; readonly message: Extract<Kind<Channel.SESSION>, { $case: 'auditSign' }>['value'] }
  | { readonly kind: 'quality'; readonly rttMs: number }

/** What the customer's end wants done. */
export type CustomerEffect = Effect<CustomerNotice>
export type CustomerRun = Run<CustomerState, CustomerNotice>
