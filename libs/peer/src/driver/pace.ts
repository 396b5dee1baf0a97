/** How much of what everybody hears of, and the log keeps, a counterpart may ask for in a second. */
import { Channel } from '@remote-assist/codec'
import { type Bucket, type OpenedRecord, take } from '@remote-assist/core'
import type { Clock } from '../clock.js'

/** Requests and statements of one counterpart in a second, on SESSION and SCREEN (RA-SES-080). */
export const REQUESTS_PER_SECOND = 50

/** What comes by itself: with time, with entries of the log, or with pictures. */
const STEADY: ReadonlySet<string> = new Set(['alive', 'auditSign', 'unsupported', 'frameAck', 'requestKeyframe'])

export class Pace {
  readonly #buckets = new Map<number, Bucket>()

  constructor(readonly clock: Pick<Clock, 'now'>) {}

  /** Whether a counterpart has asked for more than it may with this record; at most a second's worth is saved up. */
  exceeds(peer: number, { channel, kinds }: OpenedRecord): boolean {
    if (channel !== Channel.SESSION && channel !== Channel.SCREEN) return false
    const requests = kinds.filter(kind => kind !== undefined && !STEADY.has(kind.$case)).length
    const left = take(this.#buckets.get(peer), REQUESTS_PER_SECOND, this.clock.now(), requests)
    if (left !== undefined) this.#buckets.set(peer, left)
    return left === undefined
  }
}
