/** Frames out of a stream of bytes. What stands at the end without being whole is an error. */
import { MAX_FRAME_BYTES } from '../contract.js'

const LENGTH_BYTES = 4

/** Each behind its length, 32 bits, big-endian. Throws `RangeError` for one that is larger than 16 MiB, `Error` if the stream ends within one. */
export async function* records(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let rest = Buffer.alloc(0)
  for await (const chunk of chunks) {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= LENGTH_BYTES) {
      const length = rest.readUInt32BE()
      if (length > MAX_FRAME_BYTES) throw new RangeError(`A frame of ${length} bytes is larger than the contract allows (${MAX_FRAME_BYTES}).`)
      if (rest.length < LENGTH_BYTES + length) break
      yield rest.subarray(LENGTH_BYTES, LENGTH_BYTES + length)
      rest = rest.subarray(LENGTH_BYTES + length)
    }
  }
  if (rest.length > 0) throw new Error('The suite went away within a frame.')
}

/** Lines without their ends; empty ones mean nothing. Throws `RangeError` for one that is larger than 16 MiB, `Error` if the stream ends within one. */
export async function* lines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  let rest = Buffer.alloc(0)
  for await (const chunk of chunks) {
    rest = Buffer.concat([rest, chunk])
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const line = rest.toString('utf8', 0, end).trim()
      rest = rest.subarray(end + 1)
      if (line !== '') yield line
    }
    if (rest.length > MAX_FRAME_BYTES) throw new RangeError(`A line is larger than the contract allows (${MAX_FRAME_BYTES} bytes).`)
  }
  if (rest.toString('utf8').trim() !== '') throw new Error('The suite went away within a line.')
}
