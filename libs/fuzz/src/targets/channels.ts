import * as codec from '@remote-assist/codec'
import {
  Channel,
  type ChannelMessage,
  decodeHandshake,
  decodeMessage,
  decodeMessages,
  decodeRelay,
  encodeMessage,
  HandshakeMessage,
  LIMITS,
  MAX_MESSAGES_PER_RECORD,
  MAX_PLAINTEXT_BYTES,
  MESSAGE_TYPES,
  type MessageType,
  type RecordChannel,
  RelayMessage,
} from '@remote-assist/codec'
import { messageArbitrary } from '@remote-assist/codec/testing'
import fc, { type Arbitrary } from 'fast-check'
import { Disagreement, promise, type Target } from '../target.js'
import { agrees, split } from './reference.js'
import { anyBytes, concat, decoding, varint } from './support.js'
import { vectorsOf } from './vectors.js'

const messages = <T>(type: MessageType<T>): Arbitrary<Uint8Array> => messageArbitrary<T>(type).map(message => encodeMessage(type, message))

const behindLength = (bytes: Uint8Array): Uint8Array => concat(varint(bytes.length), bytes)

/** The decoder of a record's plaintext, on one channel. */
function channel<C extends RecordChannel>(number: C): Target {
  const type: MessageType<ChannelMessage<C>> = MESSAGE_TYPES[number]
  const name = Channel[number].toLowerCase()
  return {
    name: `channel-${name}`,
    title: `the messages of channel ${Channel[number]} mean what they mean to protobufjs, or DecodeError`,
    seeds: () => vectorsOf(type.$type).map(behindLength),
    grammar: () =>
      fc.oneof(
        { weight: 5, arbitrary: fc.array(messages(type).map(behindLength), { maxLength: 4 }).map(list => concat(...list)) },
        { weight: 1, arbitrary: anyBytes() },
      ),
    run: input => {
      const decoded = decoding(() => decodeMessages(number, input))
      if ('refused' in decoded) return decoded.refused
      const { value } = decoded
      promise(value.length >= 1 && value.length <= MAX_MESSAGES_PER_RECORD && input.length <= MAX_PLAINTEXT_BYTES, 'a record is out of its bounds')
      const parts = split(input)
      promise(parts?.length === value.length, 'a record has other messages than to the reference')
      for (const [i, message] of value.entries()) agrees(type, parts[i] ?? new Uint8Array(), message)
      return 'accepted'
    },
  }
}

/** The decoder of a payload in clear: one message. */
const inClear = <T>(name: string, type: MessageType<T>, decode: (payload: Uint8Array) => T): Target => ({
  name,
  title: `what stands in clear on channel ${name.toUpperCase()} means what it means to protobufjs, or DecodeError`,
  seeds: () => vectorsOf(type.$type),
  grammar: () => fc.oneof({ weight: 5, arbitrary: messages(type) }, { weight: 1, arbitrary: anyBytes() }),
  run: input => {
    const decoded = decoding(() => decode(input))
    if ('refused' in decoded) return decoded.refused
    agrees(type, input, decoded.value)
    return 'accepted'
  },
})

const isType = (value: unknown): value is MessageType<unknown> => typeof value === 'object' && value !== null && '$type' in value

/** Every message that has a table of limits, whichever it stands in; a frame has a decoder of its own. */
const TYPES: readonly MessageType<unknown>[] = Object.values<unknown>({ ...codec })
  .filter(isType)
  .filter(({ $type }) => $type in LIMITS && $type !== 'remoteassist.v1.Frame')
const typeAt = (index: number): MessageType<unknown> => {
  const type = TYPES[index % TYPES.length]
  if (type === undefined) throw new Disagreement('There are no messages.')
  return type
}

/** Every message alone: its first byte chooses which. */
const message: Target = {
  name: 'message',
  title: 'every message of the schema, alone, means what it means to protobufjs, or DecodeError',
  seeds: () => TYPES.flatMap(({ $type }, i) => vectorsOf($type).map(bytes => concat(Uint8Array.of(i), bytes))),
  grammar: () => fc.nat(TYPES.length - 1).chain(i => messages(typeAt(i)).map(bytes => concat(Uint8Array.of(i), bytes))),
  run: input => {
    const type = typeAt(input[0] ?? 0)
    const bytes = input.subarray(1)
    const decoded = decoding(() => decodeMessage(type, bytes))
    if ('refused' in decoded) return decoded.refused
    agrees(type, bytes, decoded.value)
    return 'accepted'
  },
}

const isRecordChannel = (number: number): number is RecordChannel => number !== Channel.RELAY && number !== Channel.HANDSHAKE

/** The decoders of relay, handshake and every channel of records. */
export const channels: readonly Target[] = [
  inClear('relay', RelayMessage, decodeRelay),
  inClear('handshake-message', HandshakeMessage, decodeHandshake),
  ...Object.keys(MESSAGE_TYPES).map(Number).filter(isRecordChannel).map(channel),
  message,
]
