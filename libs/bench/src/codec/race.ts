import { compare, type Goal, type Row } from '../row.js'
import type { Effort } from '../suite.js'
import { takeTurns } from '../turns.js'
import { paced } from './pace.js'

/** A piece of work: what it gives has a length, so that somebody takes an interest in it. */
export type Labour = () => { readonly length: number }

/** Lets ours take turns with its peers, in short rounds: a busy machine then disturbs some rounds, and not the medians. */
export async function race(name: string, ours: Labour, peers: Readonly<Record<string, Labour>>, goal: Goal, { quick }: Effort): Promise<Row> {
  const roundMs = quick ? 4 : 15
  const contestants = Object.entries({ ours, ...peers }).map(([contestant, work]) => paced(contestant, roundMs, work))
  const courses = await takeTurns(contestants, quick ? 5 : 31)
  const [own, ...others] = courses.map(course => ({ name: course.name, values: course.rounds }))
  if (own === undefined) throw new RangeError('Nobody took part.')
  return compare(name, 'op/s', own, others, goal)
}
