/** How long the suite waits: real time is no criterion of a check, so that a busy machine is waited for and fails nobody. */
import { availableParallelism, loadavg } from 'node:os'

/** Up to so many that want to run on each core, everybody gets along. */
const EASY = 3
/** What takes longer than so many times the usual is given up, however busy the machine is. */
const MOST = 8

/** How much longer than usual things may take now: 1 on a machine that is not busy, at most 8. */
export const slowness = (load = loadavg()[0] ?? 0, cores = availableParallelism()): number => Math.min(Math.max(load / cores / EASY, 1), MOST)

/** Calls `over` once, when patience for `ms` has run out: after that time, or later while the machine is busy. What it returns calls that off. */
export function whenOverdue(ms: number, over: () => void, slow: () => number = slowness): () => void {
  const startedAt = performance.now()
  let timer: NodeJS.Timeout
  const look = (): void => {
    const left = ms * slow() - (performance.now() - startedAt)
    if (left > 0) timer = setTimeout(look, left)
    else over()
  }
  timer = setTimeout(look, ms)
  return () => clearTimeout(timer)
}
