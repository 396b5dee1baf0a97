import { type ChannelMessage, MESSAGE_TYPES, type MessageType, type RecordChannel } from './channels.js'
import { DecodeError } from './errors.js'
import { HandshakeMessage } from './gen/messages/handshake.js'
import { RelayMessage } from './gen/messages/relay.js'
import { MAX_MESSAGES_PER_RECORD, MAX_PLAINTEXT_BYTES } from './sizes.js'
import { BinaryReader, BinaryWriter, unsendable } from './wire/index.js'

/** Kept from message to message for its buffer; absent while an encoding is under way. */
let idleWriter: BinaryWriter | undefined = new BinaryWriter()

/** Returns what `write` wrote. */
function written(write: (writer: BinaryWriter) => void): Uint8Array<ArrayBuffer> {
  const writer = idleWriter ?? new BinaryWriter()
  idleWriter = undefined
  try {
    write(writer)
    return writer.finish()
  } catch (error) {
    writer.reset()
    throw error
  } finally {
    idleWriter = writer
  }
}

/** Returns the bytes of one message. Throws `EncodeError` if its receiver would not accept it. */
export function encodeMessage<T>(type: MessageType<T>, message: T): Uint8Array<ArrayBuffer> {
  return written(writer => type.encode(message, writer))
}

/** Returns one message; its `bytes` fields are views of the input. Throws `DecodeError`. */
export function decodeMessage<T>(type: MessageType<T>, bytes: Uint8Array): T {
  return type.decode(bytes)
}

/** Returns the payload of a frame on channel RELAY. Throws `EncodeError`. */
export function encodeRelay(message: RelayMessage): Uint8Array<ArrayBuffer> {
  return encodeMessage(RelayMessage, message)
}

/** Returns the message of a frame on channel RELAY. Throws `DecodeError`. */
export function decodeRelay(payload: Uint8Array): RelayMessage {
  return RelayMessage.decode(payload)
}

/** Returns the payload of a frame on channel HANDSHAKE. Throws `EncodeError`. */
export function encodeHandshake(message: HandshakeMessage): Uint8Array<ArrayBuffer> {
  return encodeMessage(HandshakeMessage, message)
}

/** Returns the message of a frame on channel HANDSHAKE. Throws `DecodeError`. */
export function decodeHandshake(payload: Uint8Array): HandshakeMessage {
  return HandshakeMessage.decode(payload)
}

/**
 * Returns the plaintext of a record: 1–4,096 messages of one channel, each behind its length, at most 263,168 bytes together.
 * Throws `EncodeError` if there are none or too many, or if the receiver would not accept one.
 */
export function encodeMessages<C extends RecordChannel>(channel: C, messages: readonly ChannelMessage<C>[]): Uint8Array<ArrayBuffer> {
  const type: MessageType<ChannelMessage<C>> = MESSAGE_TYPES[channel]
  if (messages.length === 0) throw unsendable(noMessage())
  if (messages.length > MAX_MESSAGES_PER_RECORD) throw unsendable(tooManyMessages())
  return written(writer => {
    for (let i = 0; i < messages.length; i++) type.encode(messages[i] as ChannelMessage<C>, writer.fork()).join()
    if (writer.length > MAX_PLAINTEXT_BYTES) throw unsendable(tooLarge(writer.length))
  })
}

/**
 * Returns the messages of a record's plaintext; their `bytes` fields are views of it. Each length and count is checked before anything is allocated for it.
 * Throws `DecodeError`, among its codes PLAINTEXT_TOO_LARGE, TOO_MANY_MESSAGES and NO_MESSAGE. Implements RA-RLY-021 to -028 and -030.
 */
export function decodeMessages<C extends RecordChannel>(channel: C, plaintext: Uint8Array): ChannelMessage<C>[] {
  const type: MessageType<ChannelMessage<C>> = MESSAGE_TYPES[channel]
  const end = plaintext.length
  if (end > MAX_PLAINTEXT_BYTES) throw tooLarge(end)
  if (end === 0) throw noMessage()
  const reader = new BinaryReader(plaintext)
  const messages: ChannelMessage<C>[] = []
  while (reader.pos < end) {
    if (messages.length === MAX_MESSAGES_PER_RECORD) throw tooManyMessages()
    messages.push(type.decode(reader, reader.length('a message of the record')))
  }
  return messages
}

const noMessage = () => new DecodeError('NO_MESSAGE', 'the record holds no message')

const tooManyMessages = () => new DecodeError('TOO_MANY_MESSAGES', `the record holds more than ${MAX_MESSAGES_PER_RECORD} messages`)

const tooLarge = (bytes: number) => new DecodeError('PLAINTEXT_TOO_LARGE', `the record has ${bytes} bytes; at most ${MAX_PLAINTEXT_BYTES} are allowed`)
