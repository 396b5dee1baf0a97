/**
 * LEDBAT (RFC 6817) at the receiver, with the start and the decrease of LEDBAT++ (draft-irtf-iccrg-ledbat-plus-plus):
 * how many bytes may be under way so that a transfer fills the line and gives way to everything else.
 * The window follows the queueing delay that its own chunks show; one-way delays are compared only with one another, so the clocks need not agree.
 */
import { after, type Instant } from '../../instant.js'

/** The queueing delay that a transfer may cause (RA-FIL-040). */
export const TARGET_MS = 25
export const MIN_WINDOW_BYTES = 16_384
export const MAX_WINDOW_BYTES = 8_388_608
/** After the start the window grows by at most this share of itself in a round trip: as fast on a line of 1 Mbit/s as on one of 1 Gbit/s. */
const MOST_GAIN = 0.125
/** Most of itself that the window loses in a round trip (LEDBAT++, section 4.2). */
const MOST_LOSS = 0.5
/** The start doubles the window each round trip until a queue of this share of the target appears (LEDBAT++, section 4.1). */
const START_ENDS_AT_MS = TARGET_MS * 0.75
/** The start is over sooner than the present is known: each chunk more of it adds to the queue. */
const START_SAMPLES = 2
/** BASE_HISTORY of RFC 6817: least delays of so many minutes. */
const BASE_MINUTES = 10
const MINUTE_MS = 60_000
/** CURRENT_FILTER of RFC 6817: the least of so many samples stands for the present. */
const CURRENT_SAMPLES = 4

export interface Ledbat {
  readonly windowBytes: number
  /** No queue was seen yet: the window doubles each round trip. */
  readonly starting: boolean
  /** `sentAtUs` and arrival of the first chunk; delays are counted from here. */
  readonly origin: { readonly sentAtUs: bigint; readonly arrivedAt: Instant } | undefined
  /** The least delay of each of the last minutes, the present one last, ms. */
  readonly base: readonly number[]
  readonly minuteEndsAt: Instant
  /** The last delays, ms. */
  readonly current: readonly number[]
}

export const INITIAL_LEDBAT: Ledbat = {
  windowBytes: MIN_WINDOW_BYTES,
  starting: true,
  origin: undefined,
  base: [],
  minuteEndsAt: 0 as Instant,
  current: [],
}

const clamp = (bytes: number): number => Math.min(MAX_WINDOW_BYTES, Math.max(MIN_WINDOW_BYTES, Math.round(bytes)))

/** The queue that the newest samples show, ms, never negative. */
export const queueMs = ({ base, current }: Ledbat, samples = CURRENT_SAMPLES): number =>
  current.length === 0 ? 0 : Math.min(...current.slice(-samples)) - Math.min(...base)

/** Takes the delay of one chunk into account. `sentAtUs` is the sender's clock, of any origin; `bytes` arrived. */
export function arrived(state: Ledbat, sentAtUs: bigint, bytes: number, now: Instant): Ledbat {
  const origin = state.origin ?? { sentAtUs, arrivedAt: now }
  const delayMs = now - origin.arrivedAt - Number(sentAtUs - origin.sentAtUs) / 1000
  const newMinute = state.base.length === 0 || now >= state.minuteEndsAt
  const base = newMinute ? [...state.base.slice(1 - BASE_MINUTES), delayMs] : [...state.base.slice(0, -1), Math.min(...state.base.slice(-1), delayMs)]
  const measured: Ledbat = {
    ...state,
    origin,
    base,
    minuteEndsAt: newMinute ? after(now, MINUTE_MS) : state.minuteEndsAt,
    current: [...state.current.slice(1 - CURRENT_SAMPLES), delayMs],
  }
  const starting = state.starting && queueMs(measured, START_SAMPLES) < START_ENDS_AT_MS
  const offTarget = 1 - queueMs(measured) / TARGET_MS
  // Within a round trip a window's worth of bytes arrives: what is to change by a share of the window in that time changes by this share of each byte.
  const perRoundTrip = starting ? 1 : Math.max(offTarget > 0 ? offTarget * MOST_GAIN : offTarget, -MOST_LOSS)
  return { ...measured, starting, windowBytes: clamp(state.windowBytes + perRoundTrip * bytes) }
}
