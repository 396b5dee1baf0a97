/** The room's events, effects and table: which events matter in which phase, and which phases may follow. */
import type { CloseCode, Role } from '@remote-assist/codec'
import type { TransitionTable } from '../machine.js'
import type { ParticipantRole, RoomRecord } from './record.js'

/** Who sends: a participant on one of its connections. What an older incarnation sends means nothing (RA-RLY-186). */
export interface Sender {
  readonly participant: number
  readonly incarnation: number
}

/** What a Hello proved. The broker has verified the agent's credential; code and invitation are judged here, together with the record. */
export type Proof = { readonly kind: 'token' } | { readonly kind: 'locator'; readonly locator: string } | { readonly kind: 'invite'; readonly inviteId: string }

/** An invitation as the customer announces it, its id in hex. */
export interface Invited {
  readonly inviteId: string
  readonly role: Role
  readonly expiresInMs: number
}

/** Everything that can happen in a room. */
export type RoomEvent =
  /** Somebody new asks to enter. `tokenHash` is that of the resume token it will be given. */
  | {
      readonly type: 'participant.hello'
      readonly role: ParticipantRole
      readonly proof: Proof
      readonly node: string
      readonly tokenHash: string
      readonly displayName: string
    }
  /** Somebody asks to return. */
  | { readonly type: 'participant.resume'; readonly presentedHash: string; readonly tokenHash: string; readonly node: string }
  /** The first frame after Welcome arrived. */
  | { readonly type: 'participant.confirmed'; readonly sender: Sender }
  /** A candidate's first frame to its authority arrived. */
  | { readonly type: 'participant.handshaking'; readonly sender: Sender }
  | { readonly type: 'participant.admit'; readonly sender: Sender; readonly target: number }
  | { readonly type: 'participant.evict'; readonly sender: Sender; readonly target: number; readonly code: CloseCode }
  | { readonly type: 'participant.bye'; readonly sender: Sender; readonly code: CloseCode; readonly endSession: boolean }
  | { readonly type: 'participant.dropped'; readonly sender: Sender }
  | { readonly type: 'participant.set-lead'; readonly sender: Sender; readonly target: number }
  | { readonly type: 'participant.set-invites'; readonly sender: Sender; readonly invites: readonly Invited[] }
  | { readonly type: 'code.renewed'; readonly locator: string }
  | { readonly type: 'usage.relayed'; readonly bytes: number }
  | { readonly type: 'session.end'; readonly code: CloseCode }
  | { readonly type: 'tick' }

/** What a room wants done. */
export type RoomEffect =
  /** Answer this Hello with a Welcome for that participant. */
  | { readonly type: 'welcome'; readonly participant: number }
  /** Answer this Hello with a Refusal, and close. */
  | { readonly type: 'refuse'; readonly code: CloseCode; readonly retryAfterMs: number }
  /** Close the connection of that incarnation; `bye`: say so first, because it did not. */
  | { readonly type: 'close'; readonly participant: number; readonly incarnation: number; readonly code: CloseCode; readonly bye: boolean }
  /** Send each of these participants its roster. */
  | { readonly type: 'roster'; readonly to: readonly number[] }
  /** The room is closed; nothing of it is needed any more but the record. */
  | { readonly type: 'closed'; readonly code: CloseCode }

/** Deadlines are applied before every event; a `tick` is the event that brings nothing else. */
export const ROOM_TABLE = {
  open: {
    'participant.hello': ['open', 'occupied'],
    'participant.resume': ['open'],
    'code.renewed': ['open'],
    'session.end': ['closed'],
    tick: ['open', 'closed'],
  },
  occupied: {
    'participant.hello': ['occupied'],
    'participant.resume': ['occupied'],
    'participant.confirmed': ['occupied'],
    'participant.handshaking': ['occupied'],
    'participant.admit': ['occupied'],
    'participant.evict': ['occupied', 'closed'],
    'participant.bye': ['occupied', 'closed'],
    'participant.dropped': ['occupied'],
    'participant.set-lead': ['occupied'],
    'participant.set-invites': ['occupied'],
    'code.renewed': ['occupied'],
    'usage.relayed': ['occupied'],
    'session.end': ['closed'],
    tick: ['occupied', 'closed'],
  },
  closed: {
    'participant.hello': ['closed'],
    'participant.resume': ['closed'],
    'usage.relayed': ['closed'],
  },
} as const satisfies TransitionTable<RoomRecord['phase'], RoomEvent['type']>
