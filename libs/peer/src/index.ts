/** The friendly API of the Remote Assist Protocol: Agent, Customer, Viewer. */

// For those who help
export { Agent, type AgentEvents, type AttachOptions, type CreateOptions, type InvitedOptions, type OpenOptions, ORDINARY_PERMISSIONS } from './api/agent.js'
export { Clipboard, type ClipboardSwitches } from './api/clipboard.js'
export type { ControlApi, Fetch } from './api/control-api.js'
export type { CommandResult, Elevated as ElevatedPowers, ElevateOptions, RunOptions } from './api/elevation.js'
export type { ComboName, Key } from './api/hid.js'
export type { ButtonName, Control, ControlState, Input, Pointer, SendKeysAnswer } from './api/input.js'
export type { Surroundings } from './api/joiner.js'
export type { Frame, FrameCodec, FrameRect, Screens, ShowOptions } from './api/screens.js'
export { type CustomerPhase, type Invitation, type InviteOptions, Session, type SessionEvents, type Shown, type WatchEvents } from './api/session.js'
export type { Annotation, Annotations, Chat, ChatLine, Point, StrokeStyle } from './api/talk.js'

// For those who look
export { type ViewOptions, Viewer } from './api/viewer.js'

// For those who share
export { type Asker, ConsentRequest, ElevationQuestion, type TimedPermission } from './api/consent.js'
export { Customer, type CustomerEvents, type JoinOptions } from './api/customer.js'
export type {
  Capture,
  ClipboardContent,
  ClipboardHost,
  CursorShape,
  Elevated,
  ElevationHost,
  ElevationScope,
  Encoder,
  Host,
  HostErrorCode,
  HostPlatform,
  Image,
  InputHost,
  Rect,
  RectCodec,
  ScreenHost,
  ScreenInfo,
  Snapshot,
} from './host.js'
export { HostError } from './host.js'

// Codes and errors
export { AssistError, type AssistErrorCode, refusalError, type RefusalWord, refusalWord } from './errors.js'
export {
  type AgentLink,
  agentUrl,
  customerUrl,
  type CustomerLink,
  fromBase64Url,
  type InviteLink,
  inviteUrl,
  makePin,
  newPinSecret,
  parseAgentUrl,
  parseCustomerUrl,
  parseInviteUrl,
  parsePin,
  type Pin,
  toBase64Url,
} from './pin.js'
export { type Participant, Permission, Role } from '@remote-assist/codec'

// Surroundings, and where more plugs in
export { type Clock, systemClock } from './clock.js'
export { type FileCall, type FileNotice, FilePort, type FileWire } from './file-port.js'
export { type Random, systemRandom } from './random.js'
export { CLEAR_SUITE } from './security/clear.js'
