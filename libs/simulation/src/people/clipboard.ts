import { RefusalReason } from '@remote-assist/codec'
import type { Random } from '../random.js'

type Say = (event: { readonly type: string; readonly [field: string]: unknown }) => void

/** Answers in two pieces, or that it is gone, or not at all. */
export function answerClipboard(random: Random, notice: { readonly offerId: number; readonly mime: string }, say: Say): void {
  const { offerId, mime } = notice
  if (random.chance(0.1)) return say({ type: 'local.unavailable', offerId, mime, reason: RefusalReason.NOT_FOUND })
  if (random.chance(0.05)) return
  say({ type: 'local.data', offerId, mime, offset: 0, data: new Uint8Array(3), last: false })
  say({ type: 'local.data', offerId, mime, offset: 3, data: new Uint8Array(2), last: true })
}
