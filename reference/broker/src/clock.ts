/** Ends what was scheduled; does nothing if it has run. */
export type Cancel = () => void

/** Where the broker's time comes from. Tests give it a simulated one. */
export interface Clock {
  /** Wall-clock milliseconds since 1970. */
  now(): number
  /** Runs `task` once when it is `atMs`, or soon if that has passed; never from within the call. */
  schedule(atMs: number, task: () => void): Cancel
}

/** The longest that Node.js takes for one timer, in milliseconds. */
const LONGEST_TIMER_MS = 2_147_483_647

/** The machine's clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(atMs, task) {
    let timer: NodeJS.Timeout
    const arm = () => {
      const waitMs = Math.max(0, atMs - Date.now())
      timer = waitMs > LONGEST_TIMER_MS ? setTimeout(arm, LONGEST_TIMER_MS) : setTimeout(task, waitMs)
      timer.unref()
    }
    arm()
    return () => clearTimeout(timer)
  },
}
