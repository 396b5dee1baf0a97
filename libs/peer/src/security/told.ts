/** What a customer's end remembers from one joining to the next, in memory, as long as the process runs. */
import type { Clock } from '../clock.js'

/** So many keys are remembered on each clock; the one that came first is forgotten first. */
const MAX_TOLD = 1_024

/** One thing for each key on each clock: made when it is first asked for, and the same one ever after. */
export function remembered<T>(make: (clock: Clock) => T): (key: string, clock: Clock) => T {
  const clocks = new WeakMap<Clock, Map<string, T>>()
  return (key, clock) => {
    const things = clocks.get(clock) ?? new Map<string, T>()
    clocks.set(clock, things)
    const known = things.get(key)
    if (known !== undefined) return known
    const [oldest] = things.keys()
    if (things.size >= MAX_TOLD && oldest !== undefined) things.delete(oldest)
    const thing = make(clock)
    things.set(key, thing)
    return thing
  }
}
