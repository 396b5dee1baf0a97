import { DecodeError, EncodeError } from './errors.js'
import { Channel } from './gen/messages/frame.js'
import { MAX_FRAME_BYTES, MAX_PARTICIPANT, MAX_TARGETS } from './sizes.js'
import { afterVarint, readTag, readVarint, skipUnknown } from './wire/varint.js'
import { putVarint, varintSize } from './wire/writer.js'

/** The header of a frame: what a broker reads. */
export interface FrameHeader {
  /** Whose the payload is. */
  readonly channel: Channel
  /** The sender's participant number, 0–65,535. */
  readonly source: number
  /** The receivers, 1–65,535, ascending and distinct, at most 32; empty = the broker. */
  readonly targets: readonly number[]
  /** Strictly increasing on each connection and direction, 1–9,007,199,254,740,991. */
  readonly sequence: number
}

/** A frame whose payload is a view of the bytes that it was decoded from. */
export interface FrameView extends FrameHeader {
  readonly payload: Uint8Array
}

/** A frame's header, and where in its bytes the payload is. */
export interface FrameEnvelope extends FrameHeader {
  readonly payloadOffset: number
  readonly payloadLength: number
}

const CHANNEL_TAG = 0x08
const SOURCE_TAG = 0x10
const TARGET_TAG = 0x18
const TARGETS_TAG = 0x1a
const SEQUENCE_TAG = 0x20
const PAYLOAD_TAG = 0x7a

const HIGHEST_CHANNEL = Channel.ANNOTATION
const KNOWN_FIELDS = (1 << 1) | (1 << 2) | (1 << 3) | (1 << 4) | (1 << 15)
const NO_TARGETS: readonly number[] = []

/** Returns a frame's bytes: one allocation of the exact size, the payload copied once. Throws `EncodeError` if the frame would not decode. */
export function encodeFrame(header: FrameHeader, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = headBefore(header, payload.length, payload.length)
  bytes.set(payload, bytes.length - payload.length)
  return bytes
}

/**
 * Returns a frame's bytes up to where its payload of that length begins: the payload comes behind them, so that whoever makes it can put it in its place.
 * Throws `EncodeError` if the frame would not decode.
 */
export const encodeFrameHead = (header: FrameHeader, payloadLength: number): Uint8Array<ArrayBuffer> => headBefore(header, payloadLength, 0)

/** A frame's head, and room behind it. */
function headBefore(header: FrameHeader, payloadLength: number, roomBytes: number): Uint8Array<ArrayBuffer> {
  const { channel, source, targets, sequence } = header
  checkHeader(header)
  let targetBytes = 0
  for (let i = 0; i < targets.length; i++) targetBytes += varintSize(targets[i] as number)
  const headBytes =
    2 +
    (source === 0 ? 0 : 1 + varintSize(source)) +
    (targetBytes === 0 ? 0 : 1 + varintSize(targetBytes) + targetBytes) +
    (1 + varintSize(sequence)) +
    (payloadLength === 0 ? 0 : 1 + varintSize(payloadLength))
  const size = headBytes + payloadLength
  if (size > MAX_FRAME_BYTES) throw new EncodeError(`the frame would have ${size} bytes; at most ${MAX_FRAME_BYTES} are allowed`)

  const bytes = new Uint8Array(headBytes + roomBytes)
  bytes[0] = CHANNEL_TAG
  bytes[1] = channel
  let pos = 2
  if (source !== 0) {
    bytes[pos++] = SOURCE_TAG
    pos = putVarint(bytes, pos, source)
  }
  if (targetBytes !== 0) {
    bytes[pos++] = TARGETS_TAG
    pos = putVarint(bytes, pos, targetBytes)
    for (let i = 0; i < targets.length; i++) pos = putVarint(bytes, pos, targets[i] as number)
  }
  bytes[pos++] = SEQUENCE_TAG
  pos = putVarint(bytes, pos, sequence)
  if (payloadLength !== 0) {
    bytes[pos++] = PAYLOAD_TAG
    putVarint(bytes, pos, payloadLength)
  }
  return bytes
}

function checkHeader({ channel, source, targets, sequence }: FrameHeader): void {
  if (!(channel >= 1 && channel <= HIGHEST_CHANNEL)) throw new EncodeError(`there is no channel ${channel}`)
  if (!(source >= 0 && source <= MAX_PARTICIPANT && Number.isInteger(source))) throw new EncodeError(`${source} is not a participant`)
  if (!(sequence >= 1 && Number.isSafeInteger(sequence))) throw new EncodeError(`${sequence} is not a sequence`)
  if (targets.length > MAX_TARGETS) throw new EncodeError(`the frame has ${targets.length} targets; at most ${MAX_TARGETS} are allowed`)
  let before = 0
  for (let i = 0; i < targets.length; i++) {
    const target = targets[i] as number
    if (!(target > before && target <= MAX_PARTICIPANT && Number.isInteger(target))) {
      throw new EncodeError('the targets of a frame are ascending and distinct, 1–65,535')
    }
    before = target
  }
}

/** Returns a frame; its payload is a view of `bytes`. Throws `DecodeError` as `decodeFrameHeader` does. */
export function decodeFrame(bytes: Uint8Array): FrameView {
  const { channel, source, targets, sequence, payloadOffset, payloadLength } = decodeFrameHeader(bytes)
  const payload = new Uint8Array(bytes.buffer, bytes.byteOffset + payloadOffset, payloadLength)
  return { channel, source, targets, sequence, payload }
}

/**
 * Returns a frame's header and the place of its payload, without reading the payload. Fields may come in any order; unknown ones are passed over.
 *
 * Throws `DecodeError`: FRAME_TOO_LARGE; BAD_CHANNEL, UNKNOWN_CHANNEL, BAD_SOURCE, BAD_TARGETS, TOO_MANY_TARGETS, BAD_SEQUENCE; TRUNCATED, BAD_VARINT,
 * BAD_TAG, BAD_WIRE_TYPE, DUPLICATE_FIELD. Implements RA-RLY-001, -003, -006, -009, -010.
 */
export function decodeFrameHeader(bytes: Uint8Array): FrameEnvelope {
  const end = bytes.length
  if (end > MAX_FRAME_BYTES) throw new DecodeError('FRAME_TOO_LARGE', `the frame has ${end} bytes; at most ${MAX_FRAME_BYTES} are allowed`)
  let channel = 0
  let source = 0
  let targets = NO_TARGETS
  let sequence = 0
  let payloadOffset = end
  let payloadLength = 0
  let seen = 0
  let pos = 0
  while (pos < end) {
    let tag = bytes[pos] as number
    if (tag < 0x80) pos++
    else {
      // The tag of a known field, too, may take more bytes than it needs.
      tag = readTag(bytes, pos, end)
      pos = afterVarint()
    }
    const bit = tag < 0x80 ? 1 << (tag >>> 3) : 0
    if ((bit & KNOWN_FIELDS) === 0) {
      pos = skipUnknown(tag, bytes, pos, end)
      continue
    }
    if ((seen & bit) !== 0) throw new DecodeError('DUPLICATE_FIELD', `field ${tag >>> 3} of the frame occurs twice`)
    // One byte is the usual case; past the end there is none, which is no number below 128 either.
    let value = bytes[pos] as number
    if (value < 0x80) pos++
    else {
      value = readVarint(bytes, pos, end)
      pos = afterVarint()
    }
    if (tag === TARGETS_TAG) {
      if (value > end - pos) throw new DecodeError('TRUNCATED', 'the targets run past the end of the frame')
      targets = readTargets(targets, bytes, pos, pos + value)
      pos += value
      continue
    }
    if (tag === TARGET_TAG) {
      targets = withTarget(targets, value)
      continue
    }
    seen |= bit
    if (tag === CHANNEL_TAG) channel = value
    else if (tag === SOURCE_TAG) source = value
    else if (tag === SEQUENCE_TAG) sequence = value
    else if (tag === PAYLOAD_TAG) {
      if (value > end - pos) throw new DecodeError('TRUNCATED', 'the payload runs past the end of the frame')
      payloadOffset = pos
      payloadLength = value
      pos += value
    } else throw new DecodeError('BAD_WIRE_TYPE', `field ${tag >>> 3} of the frame has another wire type than the schema says`)
  }
  if (channel === 0) throw new DecodeError('BAD_CHANNEL', 'the frame has no channel')
  if (channel > HIGHEST_CHANNEL) throw new DecodeError('UNKNOWN_CHANNEL', `channel ${channel} is unknown`)
  if (source > MAX_PARTICIPANT) throw new DecodeError('BAD_SOURCE', `source ${source} is not a participant`)
  if (sequence < 1 || sequence > Number.MAX_SAFE_INTEGER) throw new DecodeError('BAD_SEQUENCE', `sequence ${sequence} is out of range`)
  return { channel, source, targets, sequence, payloadOffset, payloadLength }
}

/** Returns the targets with those of a packed field, `start` to `end`, behind them. */
function readTargets(before: readonly number[], bytes: Uint8Array, start: number, end: number): readonly number[] {
  const count = end - start
  if (before.length > 0 || count > MAX_TARGETS) return readAnyTargets(before, bytes, start, end)
  const targets = new Array<number>(count)
  let last = 0
  for (let i = 0; i < count; i++) {
    const target = bytes[start + i] as number
    if (target >= 0x80) return readAnyTargets(before, bytes, start, end)
    if (target <= last) throw badTargets()
    targets[i] = last = target
  }
  return targets
}

/** Does the same where a target takes several bytes, or others came before. */
function readAnyTargets(before: readonly number[], bytes: Uint8Array, start: number, end: number): readonly number[] {
  let count = before.length
  for (let i = start; i < end; i++) if ((bytes[i] as number) < 0x80) count++
  if (count > MAX_TARGETS) throw tooManyTargets()
  const targets = [...before]
  let last = before.at(-1) ?? 0
  for (let pos = start; pos < end; pos = afterVarint()) {
    const target = readVarint(bytes, pos, end)
    if (target <= last || target > MAX_PARTICIPANT) throw badTargets()
    targets.push(target)
    last = target
  }
  return targets
}

/** Returns the targets with one more, from a field that is not packed. */
function withTarget(before: readonly number[], target: number): readonly number[] {
  if (before.length === MAX_TARGETS) throw tooManyTargets()
  if (target > MAX_PARTICIPANT || target <= (before.at(-1) ?? 0)) throw badTargets()
  return [...before, target]
}

const tooManyTargets = () => new DecodeError('TOO_MANY_TARGETS', `the frame has more than ${MAX_TARGETS} targets`)

const badTargets = () => new DecodeError('BAD_TARGETS', 'the targets of the frame are not ascending and distinct within 1–65,535')
