/** The time that a role lives by: the machine's, or one that stands still until the suite moves it. */
import type { Clock as BrokerClock } from '@remote-assist/broker'
import type { Instant } from '@remote-assist/core'
import type { Clock } from '@remote-assist/peer'

/** A time that the suite moves, as the ends and as the broker take it. */
export interface StandingTime {
  readonly end: Clock
  readonly broker: BrokerClock
  /** Goes on by so many ms: every timer that is due has fired, in order, when it resolves. */
  advance(ms: number): Promise<void>
}

interface Timer {
  readonly at: number
  readonly task: () => void
}

/**
 * Time that stands still until `advance`. It begins at this instant, ms since 1970; 0 = the machine's, so that what is signed elsewhere for today is not of the past or
 * future. `settled`: resolves when what a timer began has come to its end; before that no other one fires.
 */
export function standingTime(settled: () => Promise<void>, startMs = 0): StandingTime {
  let now = startMs || Date.now()
  const timers = new Set<Timer>()
  const set = (at: number, task: () => void): (() => void) => {
    const timer = { at: Math.max(at, now), task }
    timers.add(timer)
    return () => void timers.delete(timer)
  }
  /** The earliest that is due; of equal ones the one that was set first. */
  const due = (end: number): Timer | undefined => [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
  return {
    end: { now: () => now as Instant, date: () => now, setTimer: set },
    broker: { now: () => now, schedule: set },
    advance: async ms => {
      const end = now + ms
      await settled()
      for (let timer = due(end); timer !== undefined; timer = due(end)) {
        timers.delete(timer)
        now = timer.at
        timer.task()
        await settled()
      }
      now = end
    },
  }
}
