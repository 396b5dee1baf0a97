import { AnnotationMessage } from './gen/messages/annotation.js'
import { ChatMessage } from './gen/messages/chat.js'
import { ClipboardMessage } from './gen/messages/clipboard.js'
import { ElevationMessage } from './gen/messages/elevation.js'
import { FileMessage } from './gen/messages/file.js'
import { Channel } from './gen/messages/frame.js'
import { HandshakeMessage } from './gen/messages/handshake.js'
import { InputMessage } from './gen/messages/input.js'
import { MediaMessage } from './gen/messages/media.js'
import { RelayMessage } from './gen/messages/relay.js'
import { ScreenMessage } from './gen/messages/screen.js'
import { SessionMessage } from './gen/messages/session.js'
import type { BinaryReader, BinaryWriter } from './wire/index.js'

/** The message of each channel. */
export interface ChannelMessages {
  [Channel.RELAY]: RelayMessage
  [Channel.HANDSHAKE]: HandshakeMessage
  [Channel.SESSION]: SessionMessage
  [Channel.SCREEN]: ScreenMessage
  [Channel.MEDIA]: MediaMessage
  [Channel.INPUT]: InputMessage
  [Channel.CLIPBOARD]: ClipboardMessage
  [Channel.FILE]: FileMessage
  [Channel.ELEVATION]: ElevationMessage
  [Channel.CHAT]: ChatMessage
  [Channel.ANNOTATION]: AnnotationMessage
}

/** Every channel but UNSPECIFIED. */
export type KnownChannel = keyof ChannelMessages

/** The channels whose payload is a sealed record: all but RELAY and HANDSHAKE. */
export type RecordChannel = Exclude<KnownChannel, Channel.RELAY | Channel.HANDSHAKE>

/** A message of channel `C`. */
export type ChannelMessage<C extends KnownChannel> = ChannelMessages[C]

/** What kinds of message channel `C` has. */
export type MessageCase<C extends KnownChannel> = NonNullable<ChannelMessages[C]['kind']>['$case']

/** The name of a channel: `'RELAY'`, `'HANDSHAKE'`, … */
export type ChannelName = Exclude<keyof typeof Channel, 'UNSPECIFIED'>

/** A message's codec. Both ways it applies every limit: `decode` throws `DecodeError`, and `encode`, whose bytes `finish()` returns, throws `EncodeError`. */
export interface MessageType<T> {
  /** The full name in the schema, e.g. `remoteassist.v1.Hello`. */
  readonly $type: string
  encode(message: T, writer?: BinaryWriter): BinaryWriter
  decode(input: BinaryReader | Uint8Array, length?: number): T
}

/** The codec of each channel's message. */
export const MESSAGE_TYPES: { readonly [C in KnownChannel]: MessageType<ChannelMessage<C>> } = {
  [Channel.RELAY]: RelayMessage,
  [Channel.HANDSHAKE]: HandshakeMessage,
  [Channel.SESSION]: SessionMessage,
  [Channel.SCREEN]: ScreenMessage,
  [Channel.MEDIA]: MediaMessage,
  [Channel.INPUT]: InputMessage,
  [Channel.CLIPBOARD]: ClipboardMessage,
  [Channel.FILE]: FileMessage,
  [Channel.ELEVATION]: ElevationMessage,
  [Channel.CHAT]: ChatMessage,
  [Channel.ANNOTATION]: AnnotationMessage,
}
