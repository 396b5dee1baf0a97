/** Cuts what comes on a testee's stdout into frames, whatever the pieces in which it comes. */
import { MAX_FRAME_BYTES, type WireFormat } from './contract.js'
import { AdapterError, isText } from './errors.js'

const LENGTH_BYTES = 4
const NEW_LINE = 0x0a

/** Takes bytes as they come, gives whole frames. */
export interface FrameReader {
  /** The frames that these bytes complete. Throws `AdapterError` with the bytes if a frame would be longer than 16 MiB. */
  push(chunk: Uint8Array): Uint8Array[]
  /** What is left of a frame that never became whole. */
  readonly rest: Uint8Array
}

/** A reader of frames in this format. */
export const frameReader = (wire: WireFormat): FrameReader => (wire === 'protobuf' ? new LengthReader() : new LineReader())

/** A frame as it is written to stdin. */
export function framed(frame: Uint8Array, wire: WireFormat): Uint8Array {
  if (wire === 'jsonl') return Buffer.concat([frame, Buffer.of(NEW_LINE)])
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt32BE(frame.length)
  return Buffer.concat([length, frame])
}

/** Bytes that wait in pieces, so that a long frame is put together once. */
class Pieces {
  #pieces: Uint8Array[] = []
  size = 0

  add(piece: Uint8Array): void {
    if (piece.length === 0) return
    this.#pieces.push(piece)
    this.size += piece.length
  }

  /** All of it in one piece; nothing waits any more. */
  take(): Buffer {
    const whole = Buffer.concat(this.#pieces)
    this.#pieces = []
    this.size = 0
    return whole
  }

  peek(): Buffer {
    const whole = this.take()
    this.add(whole)
    return whole
  }
}

/** 32 bits of length, big-endian, before each frame. */
class LengthReader implements FrameReader {
  readonly #pieces = new Pieces()
  /** Bytes that have to be there before there is anything to do. */
  #wanted = LENGTH_BYTES

  get rest(): Uint8Array {
    return this.#pieces.peek()
  }

  push(chunk: Uint8Array): Uint8Array[] {
    this.#pieces.add(chunk)
    const frames: Uint8Array[] = []
    while (this.#pieces.size >= this.#wanted) {
      const bytes = this.#pieces.take()
      const length = bytes.readUInt32BE()
      if (length > MAX_FRAME_BYTES) throw tooLong(bytes, length)
      const end = LENGTH_BYTES + length
      if (bytes.length >= end) frames.push(bytes.subarray(LENGTH_BYTES, end))
      this.#pieces.add(bytes.subarray(bytes.length >= end ? end : 0))
      this.#wanted = bytes.length >= end ? LENGTH_BYTES : end
    }
    return frames
  }
}

function tooLong(bytes: Buffer, length: number): AdapterError {
  const text = isText(bytes.subarray(0, LENGTH_BYTES))
  const hint = text ? 'This looks like text. Only frames may go to stdout: write logs to stderr, or use --wire jsonl.' : 'The length is 32 bits, big-endian.'
  return new AdapterError('TOO_LARGE', `The testee announces a frame of ${length} bytes; at most ${MAX_FRAME_BYTES} are allowed.`, bytes, hint)
}

/** A frame on each line; empty lines are nothing. */
class LineReader implements FrameReader {
  readonly #pieces = new Pieces()

  get rest(): Uint8Array {
    return this.#pieces.peek()
  }

  push(chunk: Uint8Array): Uint8Array[] {
    const frames: Uint8Array[] = []
    let start = 0
    for (let end = chunk.indexOf(NEW_LINE); end >= 0; end = chunk.indexOf(NEW_LINE, start)) {
      this.#pieces.add(chunk.subarray(start, end))
      this.#limit()
      const line = this.#pieces.take()
      if (line.toString('latin1').trim() !== '') frames.push(line)
      start = end + 1
    }
    this.#pieces.add(chunk.subarray(start))
    this.#limit()
    return frames
  }

  #limit(): void {
    if (this.#pieces.size > MAX_FRAME_BYTES) throw new AdapterError('TOO_LARGE', `A line of the testee is longer than ${MAX_FRAME_BYTES} bytes.`, this.rest)
  }
}
