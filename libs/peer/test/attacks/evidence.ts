/** What a broker sees of somebody having noticed it: all of it crosses the line in clear. */
import { Channel, CloseCode, decodeFrame, decodeHandshake, decodeRelay } from '@remote-assist/codec'
import type { Seen } from '../support/relay.js'

/** Who noticed, and what came of it. `code` is undefined for a return: a new line on which everything is agreed upon anew. */
export interface Evidence {
  readonly what: 'evicted' | 'left' | 'handshake failed' | 'returned'
  /** 0 = whoever came back, on a line that has no number yet. */
  readonly by: number
  /** Who was turned out, where somebody was. */
  readonly whom: number | undefined
  readonly code: CloseCode | undefined
}

/** What one frame tells; most tell nothing. */
function told({ channel, source: by, bytes }: Seen): Evidence | undefined {
  if (channel === Channel.HANDSHAKE) {
    const { kind } = decodeHandshake(decodeFrame(bytes).payload)
    return kind?.$case === 'failure' ? { what: 'handshake failed', by, whom: undefined, code: kind.value.code } : undefined
  }
  if (channel !== Channel.RELAY) return undefined
  const { kind } = decodeRelay(decodeFrame(bytes).payload)
  if (kind?.$case === 'evict') return { what: 'evicted', by, whom: kind.value.participant, code: kind.value.code }
  if (kind?.$case === 'bye') return { what: 'left', by, whom: undefined, code: kind.value.code }
  if (kind?.$case === 'hello' && kind.value.resumeToken.length > 0) return { what: 'returned', by, whom: undefined, code: undefined }
  return undefined
}

/** Everything that tells of somebody having noticed something, in order. */
export const evidenceIn = (seen: readonly Seen[]): readonly Evidence[] => seen.flatMap(one => told(one) ?? [])

/** An evidence in a word, for counts. */
export const wordFor = ({ what, code }: Evidence): string => (code === undefined ? what : `${what} ${CloseCode[code]}`)
