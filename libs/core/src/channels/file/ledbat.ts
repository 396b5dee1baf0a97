/**
 * LEDBAT (RFC 6817) at the receiver, with the start and the decrease of LEDBAT++ (draft-irtf-iccrg-ledbat-plus-plus):
 * how many bytes may be under way so that a transfer fills the line and gives way to everything else.
 * The window follows the queueing delay that its own chunks show; one-way delays are compared only with one another, so the clocks need not agree.
 */
import { after, type Instant } from '../../instant.js'

/** The queueing delay that a transfer may cause (RA-FIL-040). */
export const TARGET_MS = 25
export const MIN_WINDOW_BYTES = 65_536
export const MAX_WINDOW_BYTES = 8_388_608
/** What takes the place of TCP's segment: after the start the window grows by at most so much in a round trip. */
export const STEP_BYTES = 65_536
/** Most of itself that the window loses in a round trip (LEDBAT++, section 4.2). */
const MOST_LOSS = 0.5
/** The start doubles the window each round trip until a queue of this share of the target appears (LEDBAT++, section 4.1). */
const START_ENDS_AT_MS = TARGET_MS * 0.75
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
export const queueMs = ({ base, current }: Ledbat): number => (current.length === 0 ? 0 : Math.min(...current) - Math.min(...base))

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
  const queue = queueMs(measured)
  const starting = state.starting && queue < START_ENDS_AT_MS
  // Within one round trip a window's worth of bytes arrives: so each chunk has its share of what a round trip changes.
  const share = bytes / state.windowBytes
  const offTarget = 1 - queue / TARGET_MS
  const perRoundTrip = starting ? state.windowBytes : offTarget > 0 ? offTarget * STEP_BYTES : Math.max(offTarget, -MOST_LOSS) * state.windowBytes
  return { ...measured, starting, windowBytes: clamp(state.windowBytes + perRoundTrip * share) }
}
