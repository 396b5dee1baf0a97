import { type ChannelMessage, MESSAGE_TYPES, type MessageType, type RecordChannel } from './channels.js'
import { DecodeError, EncodeError } from './errors.js'
import { HandshakeMessage } from './gen/messages/handshake.js'
import { RelayMessage } from './gen/messages/relay.js'
import { afterVarint, readVarint, scan } from './scan/scan.js'
import { type Shape, shapeOf } from './scan/shape.js'
import { MAX_MESSAGES_PER_RECORD, MAX_PLAINTEXT_BYTES } from './sizes.js'
import { BinaryReader, BinaryWriter } from './wire/index.js'

/** Kept from message to message for its buffer; absent while an encoding is under way. */
let idleWriter: BinaryWriter | undefined = new BinaryWriter()

/** Returns what `write` wrote, and what `check` has nothing against. Throws `EncodeError`. */
function written(write: (writer: BinaryWriter) => void, check: (bytes: Uint8Array) => void): Uint8Array<ArrayBuffer> {
  const writer = idleWriter ?? new BinaryWriter()
  idleWriter = undefined
  try {
    write(writer)
    const bytes = writer.finish()
    check(bytes)
    return bytes
  } catch (error) {
    writer.reset()
    throw error instanceof DecodeError ? new EncodeError(error.message, { cause: error }) : error
  } finally {
    idleWriter = writer
  }
}

/** Returns the bytes of one message. Throws `EncodeError` if its receiver would not accept it. */
export function encodeMessage<T>(type: MessageType<T>, message: T): Uint8Array<ArrayBuffer> {
  const shape = shapeOf(type.$type)
  return written(
    writer => type.encode(message, writer),
    bytes => scan(shape, bytes, 0, bytes.length),
  )
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
  return written(
    writer => {
      for (let i = 0; i < messages.length; i++) type.encode(messages[i] as ChannelMessage<C>, writer.fork()).join()
      if (writer.length > MAX_PLAINTEXT_BYTES) {
        throw new EncodeError(`the record would have ${writer.length} bytes; at most ${MAX_PLAINTEXT_BYTES} are allowed`)
      }
    },
    plaintext => scanMessages(shapeOf(type.$type), plaintext),
  )
}

/**
 * Returns the messages of a record's plaintext; their `bytes` fields are views of it. Every limit is checked before anything is allocated.
 * Throws `DecodeError`, among its codes PLAINTEXT_TOO_LARGE, TOO_MANY_MESSAGES and NO_MESSAGE. Implements RA-RLY-021 to -028 and -030.
 */
export function decodeMessages<C extends RecordChannel>(channel: C, plaintext: Uint8Array): ChannelMessage<C>[] {
  const type: MessageType<ChannelMessage<C>> = MESSAGE_TYPES[channel]
  scanMessages(shapeOf(type.$type), plaintext)
  const reader = new BinaryReader(plaintext)
  const messages: ChannelMessage<C>[] = []
  while (reader.pos < reader.len) messages.push(type.decode(reader, reader.uint32()))
  return messages
}

function scanMessages(shape: Shape, plaintext: Uint8Array): void {
  const end = plaintext.length
  if (end > MAX_PLAINTEXT_BYTES) throw new DecodeError('PLAINTEXT_TOO_LARGE', `the record has ${end} bytes; at most ${MAX_PLAINTEXT_BYTES} are allowed`)
  if (end === 0) throw new DecodeError('NO_MESSAGE', 'the record holds no message')
  let pos = 0
  for (let count = 0; pos < end; count++) {
    if (count === MAX_MESSAGES_PER_RECORD) throw new DecodeError('TOO_MANY_MESSAGES', `the record holds more than ${MAX_MESSAGES_PER_RECORD} messages`)
    const length = readVarint(plaintext, pos, end)
    const start = afterVarint()
    if (length > end - start) throw new DecodeError('TRUNCATED', 'a message runs past the end of the record')
    scan(shape, plaintext, start, start + length)
    pos = start + length
  }
}
