import { CloseCode } from './gen/messages/close_code.js'

/** Every code of a `DecodeError`, with the close code that a receiver ends the connection with (RA-RLY-009, -010, -024, -025, -026). */
const CLOSE_CODE_OF = {
  /** A value runs past the end of its message. */
  TRUNCATED: CloseCode.MALFORMED,
  /** A varint is longer than ten bytes or larger than 64 bits. */
  BAD_VARINT: CloseCode.MALFORMED,
  /** A field number is 0 or larger than 536,870,911. */
  BAD_TAG: CloseCode.MALFORMED,
  /** A field has another wire type than the schema says, or a group. */
  BAD_WIRE_TYPE: CloseCode.MALFORMED,
  /** A string is not UTF-8. */
  BAD_UTF8: CloseCode.MALFORMED,
  /** A field that occurs at most once, or two members of a oneof, occur. */
  DUPLICATE_FIELD: CloseCode.MALFORMED,
  /** A record's plaintext holds no message. */
  NO_MESSAGE: CloseCode.MALFORMED,
  /** JSON does not have the shape of the message. */
  BAD_JSON: CloseCode.MALFORMED,
  /** A frame is longer than `MAX_FRAME_BYTES`. */
  FRAME_TOO_LARGE: CloseCode.TOO_LARGE,
  /** A record's plaintext is longer than `MAX_PLAINTEXT_BYTES`. */
  PLAINTEXT_TOO_LARGE: CloseCode.TOO_LARGE,
  /** A record's plaintext holds more than `MAX_MESSAGES_PER_RECORD` messages. */
  TOO_MANY_MESSAGES: CloseCode.TOO_LARGE,
  /** A string or bytes field is longer than its limit. */
  FIELD_TOO_LARGE: CloseCode.TOO_LARGE,
  /** A repeated field has more items than its limit. */
  TOO_MANY_ITEMS: CloseCode.TOO_LARGE,
  /** A string or bytes field is shorter than its limit. */
  FIELD_TOO_SMALL: CloseCode.INVALID_FIELD,
  /** A repeated field has fewer items than its limit. */
  TOO_FEW_ITEMS: CloseCode.INVALID_FIELD,
  /** A number or enum is outside its limits. */
  OUT_OF_RANGE: CloseCode.INVALID_FIELD,
  /** A field that may not be empty or 0 is absent. */
  MISSING_FIELD: CloseCode.INVALID_FIELD,
  /** A frame's channel is 0 or missing. */
  BAD_CHANNEL: CloseCode.MALFORMED,
  /** A frame's channel is none that this version knows; a newer minor may have added it. */
  UNKNOWN_CHANNEL: CloseCode.MALFORMED,
  /** A frame's source is beyond 65,535. */
  BAD_SOURCE: CloseCode.BAD_HEADER,
  /** A frame's targets are not ascending and distinct within 1–65,535. */
  BAD_TARGETS: CloseCode.BAD_HEADER,
  /** A frame has more than `MAX_TARGETS` targets. */
  TOO_MANY_TARGETS: CloseCode.BAD_HEADER,
  /** A frame's sequence is outside 1–9,007,199,254,740,991. */
  BAD_SEQUENCE: CloseCode.BAD_HEADER,
} as const

/** What is wrong with bytes that do not decode. */
export type DecodeErrorCode = keyof typeof CLOSE_CODE_OF

/** Bytes from the other side do not decode: its fault, never the caller's. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
  /** What is wrong. */
  readonly code: DecodeErrorCode
  /** What to end the connection with: MALFORMED, TOO_LARGE, INVALID_FIELD or BAD_HEADER. */
  readonly closeCode: CloseCode

  constructor(code: DecodeErrorCode, message: string) {
    super(message)
    this.code = code
    this.closeCode = CLOSE_CODE_OF[code]
  }
}

/** A message that the caller built cannot be sent: a value does not fit its field's type, or a limit. Its receiver would end the connection over it. */
export class EncodeError extends Error {
  override readonly name = 'EncodeError'
}
