/** The committed vectors of the codec: messages as they should be. */
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fromHex } from '../target.js'

interface Vector {
  readonly type: string
  readonly hex: string
}

const FILE = `${dirname(dirname(fileURLToPath(import.meta.resolve('@remote-assist/codec'))))}/vectors/messages.json`

let read: readonly Vector[] | undefined

/** The bytes of the vectors of a message type, by its full name. */
export function vectorsOf(type: string): readonly Uint8Array[] {
  read ??= JSON.parse(readFileSync(FILE, 'utf8')) as readonly Vector[]
  return read.filter(vector => vector.type === type).map(({ hex }) => fromHex(hex))
}
