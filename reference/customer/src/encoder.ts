import type { Encoder } from '@remote-assist/peer'
import { encodeRect } from '@remote-assist/peer/node'

/** RAW, PNG and JPEG, synchronously, for hosts that run in Node. */
export const nodeEncoder: Encoder = { encode: encodeRect }
