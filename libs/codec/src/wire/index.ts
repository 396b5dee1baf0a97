import { scan } from '../scan/scan.js'
import { shapeOf } from '../scan/shape.js'
import { BinaryReader } from './reader.js'

export { BinaryReader, NO_BYTES } from './reader.js'
export { BinaryWriter } from './writer.js'

/** Returns a reader over the bytes of one message that passed the scan. Throws `DecodeError` if they do not. */
export function open(type: string, bytes: Uint8Array): BinaryReader {
  scan(shapeOf(type), bytes, 0, bytes.length)
  return new BinaryReader(bytes)
}
