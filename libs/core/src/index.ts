/** The pure state machines of the Remote Assist Protocol. */

// What the channels say, for those who drive them
export { MAX_CONTENT_BYTES, MAX_TEXT_BYTES } from './channels/clipboard/clipboard.js'
export { type Expected, type FileEvent, type FileNotice, LEAF_BYTES, MAX_EXPECTED, MAX_PAGE, MAX_TRANSFERS, type Outcome } from './channels/file/events.js'
export { agentFile, customerFile } from './channels/file/file.js'
export type { Injection, Mark } from './channels/input/sink-table.js'
export type { Layout } from './channels/layout.js'
export { type Bucket, take } from './channels/rate.js'
// The ends of a session
export { customerSession } from './endpoint/customer/customer.js'
export type { ChannelCall as CustomerChannelCall, CustomerEffect, CustomerEvent, CustomerNotice, CustomerSay } from './endpoint/customer/events.js'
export type { CustomerConfig, CustomerPeer, CustomerState, Invite } from './endpoint/customer/state.js'
export { FEATURE } from './endpoint/features.js'
export type { JoinerChannelCall, JoinerEffect, JoinerEvent, JoinerNotice, JoinerSay } from './endpoint/joiner/events.js'
export { agentSession, viewerSession } from './endpoint/joiner/joiner.js'
export type { JoinerState } from './endpoint/joiner/state.js'
export { effectivePolicy } from './endpoint/policy.js'
export type { Effect, Send } from './endpoint/run.js'
// Time, steps and errors
export type { Instant } from './instant.js'
export { LocalProtocolError, type Machine, type Step, type TransitionTable, type Violation } from './machine.js'
export type { Kind, Message, OpenedRecord } from './message.js'
export { type Held, ROLE_CEILING } from './peer/grants.js'
export type { RejoinEnd, RejoinNotice } from './rejoin/rejoin.js'
// The room, at the broker
export {
  type Admitted,
  type Candidate,
  CODE_TTL_MS,
  customerOf,
  DEFAULT_POLICY,
  HANDSHAKE_MS,
  type Invited,
  MAX_CANDIDATE_CUSTOMERS,
  MAX_CANDIDATES_OF_INVITATION,
  type Narrowed,
  type NewRoom,
  narrowPolicy,
  newRoom,
  type ParticipantRole,
  type Proof,
  participantOf,
  policyToWire,
  type Reach,
  ROOM_TABLE,
  type RoomDetails,
  type RoomEffect,
  type RoomEvent,
  type RoomInvite,
  type RoomParticipant,
  type RoomPolicy,
  type RoomRecord,
  reach,
  room,
  rosterFor,
  type Sender,
  type Suspended,
  TURN_MS,
} from './room/index.js'
export type { SessionNotice, SessionState } from './session/session.js'

// For diagrams, tests and tools
export { TABLES } from './tables.js'
