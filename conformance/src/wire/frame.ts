import protobuf from 'protobufjs'
import type { ChannelName, Fields } from '../play/player.js'
import { decodePlain, encodePlain } from './plain.js'
import { enumOf, jsonName, SchemaError, typeOf } from './root.js'

/** Frames, records, and the messages of channels. */

/** Channels by name, with their numbers and the message that their payloads hold. */
export const channels: ReadonlyMap<ChannelName, { readonly number: number; readonly type: protobuf.Type }> = new Map(
  Object.entries(enumOf('Channel').values)
    .filter(([, number]) => number !== 0)
    .map(([name, number]) => {
      const short = name.slice('CHANNEL_'.length) as ChannelName
      return [short, { number, type: typeOf(`${short[0]}${short.slice(1).toLowerCase()}Message`) }]
    }),
)

/** A channel's name; empty if there is none of this number. */
export function channelName(number: number): ChannelName | '' {
  return [...channels].find(([, channel]) => channel.number === number)?.[0] ?? ''
}

/** A channel's number. */
export function channelNumber(name: ChannelName): number {
  return channel(name).number
}

function channel(name: ChannelName) {
  const found = channels.get(name)
  if (found === undefined) throw new SchemaError(`${name} is no channel.`)
  return found
}

/** A frame's header and payload. */
export interface WireFrame {
  readonly channel: number
  readonly source: number
  readonly targets: readonly number[]
  readonly sequence: bigint
  readonly payload: Uint8Array
}

/** The bytes of a frame, whatever its fields are: nothing is checked but that the types can hold them. */
export function encodeFrame({ channel, source, targets, sequence, payload }: WireFrame): Uint8Array {
  return encodePlain('Frame', { channel, source, targets, sequence, payload })
}

/** The frame that bytes are. Throws if they are none. */
export function decodeFrame(bytes: Uint8Array): WireFrame {
  const fields = decodePlain('Frame', bytes)
  return {
    channel: typeof fields.channel === 'string' ? (channels.get(fields.channel as ChannelName)?.number ?? 0) : (fields.channel as number),
    source: fields.source as number,
    targets: fields.targets as number[],
    sequence: BigInt(fields.sequence as string),
    payload: fields.payload as Uint8Array,
  }
}

/** The bytes of one message of a channel, `{member: fields}`. */
export function encodeMessage(name: ChannelName, message: Fields): Uint8Array {
  return encodePlain(channel(name).type, message)
}

/** One message of a channel: which member of the oneof, with its fields. `name` is empty if the oneof is. */
export interface WireMessage {
  readonly name: string
  readonly fields: Fields
  readonly bytes: Uint8Array
}

/** The message of a channel that bytes are. Throws if they are none. */
export function decodeMessage(name: ChannelName, bytes: Uint8Array): WireMessage {
  const fields = decodePlain(channel(name).type, bytes)
  const member = Object.keys(fields)[0]
  return { name: member ?? '', fields: member === undefined ? {} : (fields[member] as Fields), bytes }
}

/** The members of a channel's oneof, by their JSON names, with their types. */
export function membersOf(name: ChannelName): ReadonlyMap<string, protobuf.Type> {
  const { type } = channel(name)
  return new Map(type.fieldsArray.map(field => [jsonName(field.name), field.resolvedType as protobuf.Type]))
}

/** A record's plaintext: each message behind its length. */
export function encodeRecord(name: ChannelName, messages: readonly Fields[]): Uint8Array {
  return joinRecord(messages.map(message => encodeMessage(name, message)))
}

/** A record's plaintext of messages that are bytes already. */
function joinRecord(messages: readonly Uint8Array[]): Uint8Array {
  const writer = protobuf.Writer.create()
  for (const bytes of messages) writer.bytes(bytes)
  return new Uint8Array(writer.finish())
}

/** The messages of a record's plaintext. Throws if the bytes do not end with a message, or there is none. */
export function splitRecord(plaintext: Uint8Array): Uint8Array[] {
  if (plaintext.length === 0) throw new Error('A record without a message.')
  const reader = protobuf.Reader.create(plaintext)
  const messages: Uint8Array[] = []
  while (reader.pos < reader.len) messages.push(new Uint8Array(reader.bytes()))
  return messages
}
