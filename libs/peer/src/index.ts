/** The friendly API of the Remote Assist Protocol: Agent, Customer, Viewer. */

// For those who help

export { Agent, type AgentEvents, type AttachOptions, type CreateOptions, type InvitedOptions, type OpenOptions, ORDINARY_PERMISSIONS } from './api/agent.js'
export type { Clipboard, ClipboardSource, ClipboardSwitches } from './api/clipboard.js'
export { type ControlApi, createSession, type Fetch } from './api/control-api.js'
export type { CommandResult, Credentials, Elevated as ElevatedPowers, ElevateOptions, RunOptions } from './api/elevation.js'
export type { ComboName, Key } from './api/hid.js'
export type { ButtonName, Control, ControlState, Input, Pointer, SendKeysAnswer } from './api/input.js'
export type { Observer, SignedCapability, Surroundings } from './api/joiner.js'
export type { Quality } from './api/quality.js'
export type { Frame, FrameCodec, FrameRect, Screens, ShowOptions } from './api/screens.js'
export type { CustomerPhase, Invitation, InviteOptions, LineState, Session, SessionEvents, Shown, WatchEvents } from './api/session.js'
export type { Annotation, Annotations, Chat, ChatLine, GrowingStroke, Point, StrokeStyle } from './api/talk.js'

// For those who look

export { Viewer, type ViewOptions } from './api/viewer.js'

// For those who share

/** What the privileged helper of a host opens credentials with: a key for one request, that opens once. */
export { CredentialOpener, readCredentials } from '@remote-assist/secure'
export type { Asker, ConsentRequest, ElevationQuestion, TimedPermission } from './api/consent.js'
export { Customer, type CustomerEvents, type JoinOptions } from './api/customer.js'
export type { RejoinQuestion } from './api/rejoin.js'
// The audit log
export type { AuditSink } from './audit/sink.js'
export { type HelperAuthority, helperAuthority } from './authority.js'
// Files
export { type FileErrorCode, type FileFailure, FileTransferError, sizeOf, tooLargeEntry } from './files/errors.js'
export type { Files, FilesEvents } from './files/files.js'
export { type Hasher, webHasher } from './files/hasher.js'
export { foldName, type NameFault, nameFault, pathFault, proposeName } from './files/names.js'
export type { AcceptOptions, FileAsk, FileOffer, OfferedEntry } from './files/offer.js'
export type { TransferProgress } from './files/progress.js'
export {
  type FilePlatform,
  type FileSource,
  type FileStore,
  type Intake,
  type Occupant,
  type Placement,
  type SourceEntry,
  type SourceFile,
  StoreError,
  type TransferKey,
} from './files/store.js'
export type { Transfer, TransferResult } from './files/transfer.js'
export type {
  Capture,
  ClipboardContent,
  ClipboardHost,
  CredentialRequest,
  CredentialSlot,
  CursorShape,
  Elevated,
  ElevationAuthority,
  ElevationHost,
  ElevationScope,
  ElevationStart,
  Encoder,
  Host,
  HostErrorCode,
  HostPlatform,
  Image,
  InputHost,
  Mask,
  Rect,
  RectCodec,
  RejoinHost,
  RejoinTicket,
  ScreenHost,
  ScreenInfo,
  Snapshot,
  VideoCodec,
  VideoHost,
  VideoStream,
} from './host.js'
export { HostError } from './host.js'
export { sealForHelper } from './sealing.js'
export type { CredentialSubject, Organisation, SessionJwk, Trust } from './security/organisation.js'

// Words, codes and errors

export { type Participant, Permission, Phase, PictureCodec, Role } from '@remote-assist/codec'
export { AssistError, type AssistErrorCode, type RefusalWord, refusalError, refusalWord } from './errors.js'
export {
  type AgentLink,
  agentUrl,
  type CustomerLink,
  customerUrl,
  fromBase64Url,
  type InviteLink,
  inviteUrl,
  makePin,
  newPinSecret,
  type Pin,
  parseAgentUrl,
  parseCustomerUrl,
  parseInviteUrl,
  parsePin,
  toBase64Url,
} from './pin.js'

// Surroundings, and where more plugs in

// Clipboards
export { cleanContent } from './clipboard/clean.js'
export { type Clock, systemClock } from './clock.js'
export { type Random, systemRandom } from './random.js'

// Internals: what the simulation puts behind its ends

export { CodeDesk, type Turn } from './security/code-desk.js'
export { SealedSecurity } from './security/sealed.js'
export { customerSecrets, joinerSecrets, type Secrets } from './security/secrets.js'
export type { Counterpart, Soon } from './security/security.js'
