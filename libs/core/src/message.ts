/** How core names messages: the inner `{ $case, value }` of a channel's oneof, and the remote event made from it. */
import type { ChannelMessage, KnownChannel, RecordChannel } from '@remote-assist/codec'

/** What a message of channel `C` carries: `{ $case: 'pause', value: {…} }`. */
export type Kind<C extends KnownChannel> = NonNullable<ChannelMessage<C>['kind']>

/** The remote events of a channel: `{ type: 'remote.pause', value: {…} }`, one for each member of its oneof. */
export type Remote<K extends { readonly $case: string; readonly value: unknown }> = K extends {
  readonly $case: infer Case extends string
  readonly value: infer V
}
  ? { readonly type: `remote.${Case}`; readonly value: V }
  : never

/** A message with its channel. */
export type Message<C extends KnownChannel = KnownChannel> = { readonly [K in C]: { readonly channel: K; readonly kind: Kind<K> } }[C]

/** What one opened record held: messages of one channel, in order. `undefined` = a message that this version does not know. */
export type OpenedRecord = { readonly [K in RecordChannel]: { readonly channel: K; readonly kinds: readonly (Kind<K> | undefined)[] } }[RecordChannel]
