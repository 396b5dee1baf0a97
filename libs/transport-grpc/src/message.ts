import { MAX_FRAME_BYTES } from '@remote-assist/transport'

/** The close message of either direction (`AttachClose`). */
export interface Close {
  readonly code: number
  readonly reason: string
}

/** A message that broke a rule; `code` is the protocol close code that says which. */
export interface Malformed {
  readonly malformed: string
  readonly code: number
}

/** What an `AttachRequest` or `AttachResponse` holds (they are encoded alike): a frame, a close, or something that breaks the binding. */
export type Content = Uint8Array | Close | Malformed

/** Largest gRPC message of the binding: tag, length and a frame of `MAX_FRAME_BYTES`, with room for unknown fields (RA-BND-042). */
export const MAX_MESSAGE_BYTES = MAX_FRAME_BYTES + 64

const FRAME_TAG = (1 << 3) | 2
const CLOSE_TAG = (2 << 3) | 2
const CODE_TAG = (1 << 3) | 0
const REASON_TAG = (2 << 3) | 2

/**
 * Encodes a frame or a close. A frame that already lies behind its own tag and length in memory, as a decoded one does, is not copied: that is how a broker
 * relays. Any other frame is copied once.
 */
export function encode(content: Content): Buffer {
  if (content instanceof Uint8Array) return encodeFrame(content)
  if ('malformed' in content) throw new TypeError('A malformed message cannot be sent.')
  const reason = new TextEncoder().encode(content.reason)
  const fields = [CODE_TAG, ...varint(content.code), REASON_TAG, ...varint(reason.byteLength), ...reason]
  return Buffer.from([CLOSE_TAG, ...varint(fields.length), ...fields])
}

function encodeFrame(frame: Uint8Array): Buffer {
  const prefix = [FRAME_TAG, ...varint(frame.byteLength)]
  if (frame.byteOffset >= prefix.length) {
    const message = Buffer.from(frame.buffer, frame.byteOffset - prefix.length, prefix.length + frame.byteLength)
    if (prefix.every((byte, at) => message[at] === byte)) return message
  }
  const message = Buffer.allocUnsafe(prefix.length + frame.byteLength)
  message.set(prefix)
  message.set(frame, prefix.length)
  return message
}

/** Decodes one message; a frame is a view of `message`. Never throws: what breaks a rule comes back as `Malformed`. */
export function decode(message: Buffer): Content {
  const reader = new Reader(message)
  let content: Content | undefined
  while (!reader.atEnd) {
    const field = reader.field()
    if (field === undefined) return { malformed: 'A message could not be read.', code: 400 }
    if (field.tag === FRAME_TAG) content = field.bytes
    else if (field.tag === CLOSE_TAG) content = decodeClose(field.bytes)
  }
  if (content === undefined) return { malformed: 'A message held neither a frame nor a close.', code: 400 }
  if (content instanceof Uint8Array && content.byteLength > MAX_FRAME_BYTES) {
    return { malformed: `A frame of ${content.byteLength} bytes exceeds ${MAX_FRAME_BYTES}.`, code: 401 }
  }
  return content
}

function decodeClose(bytes: Buffer): Close | Malformed {
  const reader = new Reader(bytes)
  let code = 0
  let reason = ''
  while (!reader.atEnd) {
    const field = reader.field()
    if (field === undefined) return { malformed: 'A close could not be read.', code: 400 }
    if (field.tag === CODE_TAG) code = field.value
    else if (field.tag === REASON_TAG) reason = field.bytes.toString('utf8')
  }
  return { code, reason }
}

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  bytes.push(rest)
  return bytes
}

interface Field {
  readonly tag: number
  readonly value: number
  readonly bytes: Buffer
}

const NO_BYTES = Buffer.alloc(0)

/** Reads the fields of a protobuf message; no group, nothing nested. */
class Reader {
  #at = 0

  constructor(readonly message: Buffer) {}

  get atEnd(): boolean {
    return this.#at >= this.message.length
  }

  /** The next field, or `undefined` if the bytes are no protobuf. */
  field(): Field | undefined {
    const tag = this.#varint()
    if (tag === undefined || tag >>> 3 === 0) return undefined
    switch (tag & 7) {
      case 0: {
        const value = this.#varint()
        return value === undefined ? undefined : { tag, value, bytes: NO_BYTES }
      }
      case 1:
        return this.#bytes(tag, 8)
      case 2:
        return this.#bytes(tag, this.#varint())
      case 5:
        return this.#bytes(tag, 4)
      default:
        return undefined
    }
  }

  #bytes(tag: number, length: number | undefined): Field | undefined {
    if (length === undefined || length > this.message.length - this.#at) return undefined
    const bytes = this.message.subarray(this.#at, this.#at + length)
    this.#at += length
    return { tag, value: 0, bytes }
  }

  /** A varint of up to ten bytes; exact below 2⁵³, which is more than any field here may hold. */
  #varint(): number | undefined {
    let value = 0
    for (let n = 0; n < 10; n++) {
      const byte = this.message[this.#at++]
      if (byte === undefined) return undefined
      value += (byte & 0x7f) * 2 ** (7 * n)
      if (byte < 0x80) return value
    }
    return undefined
  }
}
