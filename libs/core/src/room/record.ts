/**
 * What a broker remembers of one session: one plain-data record, safe to keep as JSON, changed only by compare-and-set of the room's step.
 * Instants in it are wall-clock milliseconds since 1970, so that every broker that reads the record judges its deadlines alike.
 */
import { type CloseCode, type ContactKind, Role } from '@remote-assist/codec'
import { after, type Instant } from '../instant.js'
import type { RoomPolicy } from './policy.js'

/** A code lives this long (RA-RLY-213). */
export const CODE_TTL_MS = 600_000
/** So many candidate customers wait at one time (RA-RLY-215). */
export const MAX_CANDIDATE_CUSTOMERS = 3
/** So many candidates wait at one time by one invitation (RA-RLY-225). */
export const MAX_CANDIDATES_OF_INVITATION = 3
/** A candidate customer that has been shown to the lead is admitted within this time (RA-RLY-217). */
export const TURN_MS = 10_000
/** A handshake that was begun may take this long (RA-RLY-217). */
export const HANDSHAKE_MS = 15_000

/** What every participant has, however it stands. */
interface ParticipantFacts {
  /** 1–65,535, never given twice in a session (RA-RLY-201). */
  readonly number: number
  readonly role: ParticipantRole
  /** How many times it has attached, from 1 (RA-RLY-184). */
  readonly incarnation: number
  /** The broker that holds its connection. */
  readonly node: string
  /** Hash of the resume token in use. */
  readonly tokenHash: string
  /** Hash of the token before, good until the first frame under the new one (RA-RLY-182). */
  readonly previousTokenHash: string | undefined
  /** The invitation it came by, in hex. */
  readonly inviteId: string | undefined
  readonly displayName: string
}

/** Who may be in a room. */
export type ParticipantRole = Role.AGENT | Role.CUSTOMER | Role.VIEWER

/** Attached and not yet let in. `expiresAt` is its code's or invitation's; `shownTo` its authority, once that one knows of it. */
export interface Candidate extends ParticipantFacts {
  readonly state: 'candidate'
  readonly expiresAt: Instant
  readonly shownTo: number | undefined
  /** Its handshake has begun. */
  readonly handshaking: boolean
  readonly deadline: Instant
}

/** Let in and attached. */
export interface Admitted extends ParticipantFacts {
  readonly state: 'admitted'
  readonly enteredAt: Instant
}

/** Let in; its line dropped, and it may return until `deadline` (RA-RLY-181). */
export interface Suspended extends ParticipantFacts {
  readonly state: 'suspended'
  readonly enteredAt: Instant
  readonly deadline: Instant
}

/** Somebody who is in the room. Who is gone has no entry and never returns: its number is not given again. */
export type RoomParticipant = Candidate | Admitted | Suspended

/** An invitation that the customer will answer (RA-RLY-146). */
export interface RoomInvite {
  /** 16 bytes in hex. */
  readonly inviteId: string
  readonly role: Role
  readonly expiresAt: Instant
}

/** What the control API was told about the session. */
export interface RoomDetails {
  /** On whose behalf it was made; empty where a broker knows no tenants. */
  readonly tenant: string
  readonly displayName: string
  readonly contactId: string
  readonly contactKind: ContactKind
  readonly metadata: Readonly<Record<string, string>>
}

interface RoomFacts {
  /** 16 bytes in hex. */
  readonly sessionId: string
  /** Increases with every change; also the revision of the rosters made from the record (RA-RLY-233). */
  readonly revision: number
  readonly createdAt: Instant
  readonly details: RoomDetails
  readonly policy: RoomPolicy
  readonly graceMs: number
  /** Hash of the agent's credential. */
  readonly agentTokenHash: string
  /** The open code; `undefined` once it was used or expired. */
  readonly code: { readonly locator: string; readonly expiresAt: Instant } | undefined
  readonly nextNumber: number
  /** Ascending by number. */
  readonly participants: readonly RoomParticipant[]
  /** The number of the agent that leads. */
  readonly lead: number | undefined
  readonly invites: readonly RoomInvite[]
  readonly usage: { readonly relayedBytes: number }
}

/** A room: open (nobody has attached yet), occupied, or closed for good. */
export type RoomRecord =
  | (RoomFacts & { readonly phase: 'open' })
  | (RoomFacts & { readonly phase: 'occupied' })
  | (RoomFacts & { readonly phase: 'closed'; readonly closeCode: CloseCode })

/** What a new room begins with. Ids, hashes and the locator are drawn by whoever makes it. */
export interface NewRoom {
  readonly sessionId: string
  readonly agentTokenHash: string
  readonly locator: string
  readonly details: RoomDetails
  readonly policy: RoomPolicy
  readonly graceMs: number
}

/** A room in which nobody is yet; its code expires after `CODE_TTL_MS`, and so does the room if no agent attaches. */
export const newRoom = ({ locator, ...given }: NewRoom, now: Instant): Extract<RoomRecord, { phase: 'open' }> => ({
  ...given,
  phase: 'open',
  revision: 1,
  createdAt: now,
  code: { locator, expiresAt: after(now, CODE_TTL_MS) },
  nextNumber: 1,
  participants: [],
  lead: undefined,
  invites: [],
  usage: { relayedBytes: 0 },
})

/** The participant of this number, if it is in the room. */
export const participantOf = (record: RoomRecord, number: number | undefined): RoomParticipant | undefined => record.participants.find(p => p.number === number)

/** Whether it was let in, attached or not. */
export const isIn = (p: RoomParticipant): p is Admitted | Suspended => p.state !== 'candidate'

/** The customer, attached or suspended. */
export const customerOf = (record: RoomRecord): Admitted | Suspended | undefined => record.participants.filter(isIn).find(p => p.role === Role.CUSTOMER)

/** The number of whoever lets this participant in or turns it out: the lead for the customer, the customer for everyone else. */
export const authorityOf = (record: RoomRecord, p: RoomParticipant): number | undefined => (p.role === Role.CUSTOMER ? record.lead : customerOf(record)?.number)
