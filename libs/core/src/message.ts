/** How core names messages: the inner `{ $case, value }` of a channel's oneof, and the remote event made from it. */
import type {
  AnnotationMessage,
  Channel,
  ChatMessage,
  ClipboardMessage,
  ElevationMessage,
  FileMessage,
  InputMessage,
  MediaMessage,
  RelayMessage,
  ScreenMessage,
  SessionMessage,
} from '@remote-assist/codec'

/** The message of each channel that core reads and writes. HANDSHAKE belongs to the driver. */
export interface Messages {
  readonly [Channel.RELAY]: RelayMessage
  readonly [Channel.SESSION]: SessionMessage
  readonly [Channel.SCREEN]: ScreenMessage
  readonly [Channel.MEDIA]: MediaMessage
  readonly [Channel.INPUT]: InputMessage
  readonly [Channel.CLIPBOARD]: ClipboardMessage
  readonly [Channel.FILE]: FileMessage
  readonly [Channel.ELEVATION]: ElevationMessage
  readonly [Channel.CHAT]: ChatMessage
  readonly [Channel.ANNOTATION]: AnnotationMessage
}

/** What a message of channel `C` carries: `{ $case: 'pause', value: {…} }`. */
export type Kind<C extends keyof Messages> = NonNullable<Messages[C]['kind']>

/** The remote events of a channel: `{ type: 'remote.pause', value: {…} }`, one for each member of its oneof. */
export type Remote<K extends { readonly $case: string; readonly value: unknown }> = K extends { readonly $case: infer Case extends string; readonly value: infer V }
  ? { readonly type: `remote.${Case}`; readonly value: V }
  : never

/** A message of some channel. */
export type AnyKind = { readonly [C in keyof Messages]: { readonly channel: C; readonly kind: Kind<C> } }[keyof Messages]
