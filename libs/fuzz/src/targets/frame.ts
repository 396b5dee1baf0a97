import { decodeFrame, decodeFrameHeader, encodeFrame, Frame, type FrameHeader, MAX_FRAME_BYTES, MAX_PARTICIPANT, MAX_TARGETS } from '@remote-assist/codec'
import fc from 'fast-check'
import { promise, type Target } from '../target.js'
import { understood } from './reference.js'
import { anyBytes, decoding, same, sameBytes } from './support.js'
import { vectorsOf } from './vectors.js'

const participant = fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: MAX_PARTICIPANT }))

const frames = fc
  .record({
    channel: fc.integer({ min: 1, max: 11 }),
    source: fc.oneof(fc.constant(0), participant),
    targets: fc.uniqueArray(participant, { maxLength: MAX_TARGETS }).map(list => list.sort((a, b) => a - b)),
    sequence: fc.oneof(fc.integer({ min: 1, max: 1_000 }), fc.maxSafeInteger().map(Math.abs)),
    payload: anyBytes(),
  })
  .filter(({ sequence }) => sequence > 0)
  .map(({ payload, ...header }) => encodeFrame(header, payload))

/** Within the bounds that a receiver relies on (RA-RLY-001, RA-RLY-003, RA-RLY-006). */
function isSound({ channel, source, targets, sequence }: FrameHeader): boolean {
  const ascending = targets.every((target, i) => Number.isInteger(target) && target > (targets[i - 1] ?? 0) && target <= MAX_PARTICIPANT)
  return channel >= 1 && channel <= 11 && source >= 0 && source <= MAX_PARTICIPANT && ascending && targets.length <= MAX_TARGETS && sequence >= 1
}

/** The decoder of frames, whole and header alone. */
export const frame: Target = {
  name: 'frame',
  title: 'a frame and its header are decoded alike, within their bounds, and as protobufjs reads them; or DecodeError',
  seeds: () => vectorsOf(Frame.$type),
  grammar: () => fc.oneof({ weight: 5, arbitrary: frames }, { weight: 1, arbitrary: anyBytes(200) }),
  run: input => {
    const header = decoding(() => decodeFrameHeader(input))
    const whole = decoding(() => decodeFrame(input))
    if ('refused' in header || 'refused' in whole) {
      promise(same(header, whole), 'a frame is refused, and its header is not, or otherwise')
      return 'refused' in header ? header.refused : ''
    }
    const { payloadOffset, payloadLength, ...fields } = header.value
    const { payload, ...wholeFields } = whole.value
    promise(same(fields, wholeFields), 'a frame and its header differ')
    promise(input.length <= MAX_FRAME_BYTES && isSound(fields), 'a frame is out of its bounds')
    promise(payloadOffset >= 0 && payloadLength >= 0 && payloadOffset + payloadLength <= input.length, 'a payload reaches beyond its frame')
    promise(payload.buffer === input.buffer || payload.length === 0, 'a payload was copied')
    const { channel, source, targets, sequence } = fields
    const theirs = understood(Frame.$type, input) as { readonly payload: string } | undefined
    promise(theirs !== undefined, 'a frame is accepted, though the reference cannot read it')
    const ours = { targets, channel, source, sequence: String(sequence), payload: Buffer.from(payload).toString('base64') }
    promise(same({ ...theirs }, ours), 'a frame does not mean what it means to the reference')
    const again = decodeFrame(encodeFrame(fields, payload))
    promise(same({ ...again, payload: [] }, { ...fields, payload: [] }) && sameBytes(again.payload, payload), 'a frame does not come back as it was')
    return 'accepted'
  },
}
