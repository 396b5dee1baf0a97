/** A token bucket, as data: how an end bounds what arrives in a second. */
import type { Instant } from '../instant.js'

/** `left` messages may still come, as of `at`. */
export interface Bucket {
  readonly left: number
  readonly at: Instant
}

/** Takes `count` of `perSecond` a second, saving up at most one second's worth. The bucket afterwards, or undefined if the rate is used up. */
export function take(bucket: Bucket | undefined, perSecond: number, now: Instant, count = 1): Bucket | undefined {
  const left = bucket === undefined ? perSecond : Math.min(perSecond, bucket.left + ((now - bucket.at) * perSecond) / 1000)
  return left < count ? undefined : { left: left - count, at: now }
}
