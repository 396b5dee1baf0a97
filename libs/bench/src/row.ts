import { median, spread } from './statistics.js'

/** What one contestant reached, round by round. */
export interface Sample {
  readonly name: string
  /** One value for each round, in the unit of the row. */
  readonly values: readonly number[]
}

/** What a ratio has to be, or ours by itself. `at-least`: more is better, as of rates; `at-most`: less is better, as of times. */
export type Goal =
  | { readonly sense: 'at-least' | 'at-most'; readonly ratio: number }
  /** What people wait for has a limit of its own, whatever the peer needs; in the unit of the row. */
  | { readonly sense: 'at-most'; readonly limit: number }
  /** At most so much more than the peer's, in the unit of the row. */
  | { readonly sense: 'at-most'; readonly more: number }

/** A rate is at least so many times the peer's. */
export const atLeast = (ratio: number): Goal => ({ sense: 'at-least', ratio })

/** A time, or another cost, is at most so many times the peer's. */
export const atMost = (ratio: number): Goal => ({ sense: 'at-most', ratio })

/** Ours is at most this, in the unit of the row; the peer is there to say what of it nobody could do without. */
export const within = (limit: number): Goal => ({ sense: 'at-most', limit })

/** Ours is at most so much more than the peer's, in the unit of the row. */
export const beyond = (more: number): Goal => ({ sense: 'at-most', more })

/** The lowest and the highest of the rounds. */
export interface Range {
  readonly min: number
  readonly max: number
}

/** One figure beside its peer's, from the same run. */
export interface Row {
  readonly name: string
  readonly unit: string
  /** The median of our rounds. */
  readonly ours: number
  /** The median of the peer's. */
  readonly peer: number
  /** The best of the peers that ran. */
  readonly peer_name: string
  /** `ours` divided by `peer`, to three decimals. */
  readonly ratio: number
  /** `≥ 1.2` or `≤ 1.15`: what the ratio has to be; `≤ 15 ms`: what ours has to be; `≤ + 60 ms`: how much more than the peer's it may be. */
  readonly goal: string
  /** Whether it is. */
  readonly met: boolean
  readonly rounds: number
  readonly ours_range: Range
  readonly peer_range: Range
  /** The middle half of the rounds, ours or the peer's, reaches over more than `NOISY` of the median: read the ratio with care. */
  readonly noisy: boolean
  /** The medians of all peers that ran. */
  readonly peers: Readonly<Record<string, number>>
}

/** Rounds that differ by more than this part of their median are called noisy. */
export const NOISY = 0.1

/**
 * Compares our rounds with the best of the peers'.
 * @throws RangeError if there is no peer, or no round.
 */
export function compare(name: string, unit: string, ours: Sample, peers: readonly Sample[], goal: Goal): Row {
  const sign = goal.sense === 'at-least' ? 1 : -1
  const [best] = [...peers].sort((a, b) => sign * (median(b.values) - median(a.values)))
  if (best === undefined) throw new RangeError(`${name} has no peer.`)
  const own = median(ours.values)
  const their = median(best.values)
  const ratio = Math.round((own / their) * 1000) / 1000
  return {
    name,
    unit,
    ours: own,
    peer: their,
    peer_name: best.name,
    ratio,
    ...judge(goal, own, their, ratio, unit),
    rounds: ours.values.length,
    ours_range: rangeOf(ours.values),
    peer_range: rangeOf(best.values),
    noisy: Math.max(spread(ours.values), spread(best.values)) > NOISY,
    peers: Object.fromEntries(peers.map(peer => [peer.name, median(peer.values)])),
  }
}

function judge(goal: Goal, ours: number, peer: number, ratio: number, unit: string): Pick<Row, 'goal' | 'met'> {
  if ('limit' in goal) return { goal: `≤ ${goal.limit} ${unit}`, met: ours <= goal.limit }
  if ('more' in goal) return { goal: `≤ + ${goal.more} ${unit}`, met: ours <= peer + goal.more }
  return goal.sense === 'at-least' ? { goal: `≥ ${goal.ratio}`, met: ratio >= goal.ratio } : { goal: `≤ ${goal.ratio}`, met: ratio <= goal.ratio }
}

const rangeOf = (values: readonly number[]): Range => ({ min: Math.min(...values), max: Math.max(...values) })
