// Frames

export {
  type ChannelMessage,
  type ChannelMessages,
  type ChannelName,
  type KnownChannel,
  MESSAGE_TYPES,
  type MessageCase,
  type MessageType,
  type RecordChannel,
} from './channels.js'
// Errors
export { DecodeError, type DecodeErrorCode, EncodeError } from './errors.js'
export { decodeFrame, decodeFrameHeader, encodeFrame, encodeFrameHead, type FrameEnvelope, type FrameHeader, type FrameView } from './frame.js'
export { LIMITS } from './gen/limits.js'

// Rules, close codes and limits
export { CLOSE_CODES, RULES } from './gen/rules.js'
export { fromJson, type JsonMessageType } from './json.js'
export type { FieldLimits } from './limits.js'
// Messages
export { decodeHandshake, decodeMessage, decodeMessages, decodeRelay, encodeHandshake, encodeMessage, encodeMessages, encodeRelay } from './messages.js'
export { type CloseCodeInfo, type CloseCodeTable, type RuleMatrix, ruleFor } from './rules.js'
export { MAX_CHUNK_BYTES, MAX_FRAME_BYTES, MAX_MESSAGES_PER_RECORD, MAX_PARTICIPANT, MAX_PLAINTEXT_BYTES, MAX_TARGETS } from './sizes.js'

// The relay layer

// Channel ANNOTATION
export { AnnotationMessage, Clear, LaserPointer, Stroke } from './gen/messages/annotation.js'
// The gRPC binding
export { AttachClose, AttachRequest, AttachResponse } from './gen/messages/attach.js'
// Channel CHAT
export { Chat, ChatMessage } from './gen/messages/chat.js'
// Channel CLIPBOARD
export {
  ClipboardData,
  ClipboardFormat,
  ClipboardMessage,
  ClipboardOffer,
  ClipboardRefused,
  ClipboardRequest,
  ClipboardSync,
  ClipboardWithdrawn,
  Direction,
} from './gen/messages/clipboard.js'
// Why things end
export { CloseCode } from './gen/messages/close_code.js'
// Words that several channels share
export { Implementation, PasswordClass, Permission, Phase, PictureCodec, Policy, RefusalReason, Role, Version } from './gen/messages/common.js'
// The control API
export {
  ContactKind,
  CreateSessionRequest,
  CreateSessionResponse,
  EndSessionRequest,
  EndSessionResponse,
  GetSessionRequest,
  GetSessionResponse,
  ListSessionsRequest,
  ListSessionsResponse,
  RenewCodeRequest,
  RenewCodeResponse,
  ResolveLocatorRequest,
  ResolveLocatorResponse,
  Session,
  SessionState,
} from './gen/messages/control.js'
// Channel ELEVATION
export {
  CommandCancel,
  CommandExit,
  CommandOutput,
  CredentialKey,
  Credentials,
  DropElevation,
  ElevateRequest,
  ElevationMessage,
  ElevationMethod,
  ElevationPhase,
  ElevationReason,
  ElevationScope,
  ElevationState,
  OutputStream,
  RunCommand,
  SwitchUser,
  SwitchUserResult,
} from './gen/messages/elevation.js'

// Channel FILE
export {
  CancelReason,
  Chunk,
  Credit,
  Entry,
  EntryAction,
  EntryCorrupt,
  EntryDone,
  EntryKind,
  EntryRange,
  EntryVerified,
  FileAsk,
  FileDecision,
  FileDecision_Exception,
  FileMessage,
  FileOffer,
  FileRefusal,
  FileRefused,
  LeafDone,
  ManifestPage,
  ResumeFrom,
  TransferCancel,
  TransferContinue,
  TransferHold,
  TransferProgress,
} from './gen/messages/file.js'
export { Channel, Frame } from './gen/messages/frame.js'
// Channel HANDSHAKE
export { HandshakeCommit, HandshakeConfirm, HandshakeFailure, HandshakeMessage, HandshakeShare, HandshakeStart } from './gen/messages/handshake.js'
// Channel INPUT
export {
  Button,
  Held,
  InputMessage,
  InputRejected,
  KeyCombo,
  KeyEvent,
  LocalInputActive,
  PointerButton,
  PointerMove,
  ReleaseAll,
  SendKeys,
  SendKeysResult,
  TextInput,
  Wheel,
} from './gen/messages/input.js'
// Channel MEDIA
export { FramePart, InputMark, MediaMessage, Rect } from './gen/messages/media.js'
// Channel RELAY
export {
  Admit,
  Bye,
  DropMedia,
  Evict,
  Hello,
  Notice,
  Notice_Kind,
  Ping,
  Pong,
  Refusal,
  RelayMessage,
  Roster,
  RosterEntry,
  SetInvites,
  SetInvites_Invite,
  SetLead,
  Welcome,
} from './gen/messages/relay.js'

// The rule matrix
export { Otherwise, type Rule } from './gen/messages/rules.js'
// Channel SCREEN
export {
  CursorPosition,
  CursorShape,
  CursorUse,
  FrameAck,
  MaskedRegions,
  MaskedRegions_Region,
  RequestKeyframe,
  Screen,
  ScreenList,
  ScreenMessage,
  SecureDesktop,
  Subscribe,
  Subscription,
  Subscription_State,
  Unsubscribe,
} from './gen/messages/screen.js'
// Channel SESSION
export {
  Alive,
  Alive_Received,
  AuditEntry,
  AuditSign,
  Capabilities,
  Capability,
  ConsentRequest,
  ControlLease,
  Decision,
  Grant,
  GrantChanged,
  GrantSource,
  InviteRegister,
  InviteRegistered,
  InviteRevoke,
  LeadChanged,
  MediaKey,
  Os,
  Participant,
  Participants,
  Pause,
  PlatformInfo,
  RecordingState,
  Refused,
  RejoinCancel,
  RejoinReady,
  RejoinRequest,
  ReleaseControl,
  Remove,
  RequestControl,
  SessionMessage,
  Stop,
  Unpause,
  Unsupported,
  WordsConfirmed,
} from './gen/messages/session.js'
