export { DEFAULT_POLICY, type Narrowed, narrowPolicy, policyToWire, type RoomPolicy } from './policy.js'
export {
  type Admitted,
  type Candidate,
  CODE_TTL_MS,
  customerOf,
  HANDSHAKE_MS,
  MAX_CANDIDATE_CUSTOMERS,
  MAX_CANDIDATES_OF_INVITATION,
  type NewRoom,
  newRoom,
  type ParticipantRole,
  participantOf,
  type RoomDetails,
  type RoomInvite,
  type RoomParticipant,
  type RoomRecord,
  type Suspended,
  TURN_MS,
} from './record.js'
export { room } from './room.js'
export { type Reach, reach, rosterFor } from './roster.js'
export { type Invited, type Proof, ROOM_TABLE, type RoomEffect, type RoomEvent, type Sender } from './table.js'
