/** A step that sends the bytes of a file as they are allowed. */

import { soon } from './expect.js'
import type { Play } from './step.js'

/** The most bytes in a chunk. */
const CHUNK_BYTES = 262_144

/** A player sends so many bytes of an entry from this offset on, in chunks, never more than the testee has allowed. All of them are 0x5a. */
export const bring: Play = async (p, value, step) => {
  const { as = 'agent', transferId = 1, entry = 0, from = 0, bytes = 0, before = 0 } = value as Readonly<Record<string, number>> & { as?: string }
  const player = p.player(as)
  for (let sent = 0; sent < bytes; ) {
    const more = player.inbox.next(({ name, fields }) => name === 'credit' && fields.transferId === transferId && Number(fields.bytes) > before + sent, {
      from: p.began,
      withinMs: step.withinMs,
    })
    const { fields } = await soon(p, as, more, `Credit of more than ${before + sent} bytes for transfer ${transferId}`)
    const count = Math.min(CHUNK_BYTES, bytes - sent, Number(fields.bytes) - before - sent)
    player.send({ channel: 'FILE', messages: [{ chunk: { transferId, entry, offset: from + sent, data: new Uint8Array(count).fill(0x5a) } }] })
    sent += count
  }
  return undefined
}
