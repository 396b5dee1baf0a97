// The relay layer

// Channel ANNOTATION
export { AnnotationMessage, Clear, LaserPointer, Stroke } from './gen/annotation.js'
// The gRPC binding
export { AttachRequest, AttachResponse } from './gen/attach.js'
// Channel CHAT
export { Chat, ChatMessage } from './gen/chat.js'
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
} from './gen/clipboard.js'
// Why things end
export { CloseCode } from './gen/close_code.js'
// Words that several channels share
export { Implementation, PasswordClass, Permission, Phase, PictureCodec, Policy, RefusalReason, Role, Version } from './gen/common.js'
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
} from './gen/control.js'
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
} from './gen/elevation.js'

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
} from './gen/file.js'
export { Channel, Frame } from './gen/frame.js'
// Channel HANDSHAKE
export { HandshakeCommit, HandshakeConfirm, HandshakeFailure, HandshakeMessage, HandshakeShare, HandshakeStart } from './gen/handshake.js'
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
} from './gen/input.js'
// Channel MEDIA
export { FramePart, InputMark, MediaMessage, Rect } from './gen/media.js'
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
} from './gen/relay.js'

// The rule matrix
export { Otherwise } from './gen/rules.js'
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
} from './gen/screen.js'
// Channel SESSION
export {
  Alive,
  Alive_Received,
  AuditEntry,
  AuditSign,
  Capabilities,
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
  ReleaseControl,
  Remove,
  RequestControl,
  SessionMessage,
  Stop,
  Unpause,
  Unsupported,
  WordsConfirmed,
} from './gen/session.js'
