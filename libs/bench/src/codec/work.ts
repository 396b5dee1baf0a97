import { Channel, type ChannelMessage, PictureCodec, type RecordChannel } from '@remote-assist/codec'

/** A message of P1 and P2, for both sides. */
export interface Work<C extends RecordChannel = RecordChannel> {
  readonly name: string
  readonly channel: C
  /** The name in the schema of the channel's message. */
  readonly type: string
  readonly message: ChannelMessage<C>
  /** The same as protobufjs has it: no `$case`, and 64-bit values as numbers, which is faster for it. */
  readonly plain: Readonly<Record<string, unknown>>
}

/** So many bytes that are not all alike. */
export const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 31) & 0xff)

const chunk = { transferId: 1, entry: 3, offset: 1_048_576n, sentAtUs: 1_700_000_000_000n, data: bytes(65_536) }

const pointerMove = { seq: 70_000, leaseEpoch: 4, screenId: 1, layoutEpoch: 2, x: 1280, y: 719 }

const rect = (i: number) => ({ x: i * 64, y: 128, width: 64, height: 64, codec: PictureCodec.JPEG, data: bytes(8_192), copyFromX: 0, copyFromY: 0 })

const framePart = {
  screenId: 1,
  layoutEpoch: 2,
  frameId: 90,
  baseFrameId: 89,
  part: 0,
  last: true,
  capturedAtUs: 1_700_000_000_000n,
  lastInput: { leaseEpoch: 4, seq: 70_000 },
  rects: Array.from({ length: 8 }, (_, i) => rect(i)),
  width: 1920,
  height: 1080,
}

/** A file's chunk of 64 KiB. */
export const CHUNK: Work<Channel.FILE> = {
  name: 'chunk of 64 KiB',
  channel: Channel.FILE,
  type: 'FileMessage',
  message: { kind: { $case: 'chunk', value: chunk } },
  plain: { chunk: { ...chunk, offset: Number(chunk.offset), sentAtUs: Number(chunk.sentAtUs) } },
}

/** A movement of the pointer. */
export const INPUT: Work<Channel.INPUT> = {
  name: 'input event',
  channel: Channel.INPUT,
  type: 'InputMessage',
  message: { kind: { $case: 'pointerMove', value: pointerMove } },
  plain: { pointerMove },
}

/** Part of a picture: eight rectangles of 8 KiB. */
export const PICTURE: Work<Channel.MEDIA> = {
  name: 'frame of 8 × 8 KiB',
  channel: Channel.MEDIA,
  type: 'MediaMessage',
  message: { kind: { $case: 'framePart', value: framePart } },
  plain: { framePart: { ...framePart, capturedAtUs: Number(framePart.capturedAtUs) } },
}
