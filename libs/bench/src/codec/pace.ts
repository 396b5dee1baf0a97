import type { Contestant } from '../turns.js'

/** Takes something of every result, so that no work can be left out. */
let sink = 0

/**
 * A contestant whose rounds repeat a piece of work for about `roundMs` and reach so many repetitions a second of CPU time: what else the machine is busy with
 * does not count, the collection of garbage does.
 */
export function paced(name: string, roundMs: number, work: () => { readonly length: number }): Contestant<number> {
  let count = 0
  const repeat = (times: number): number => {
    const before = process.cpuUsage()
    for (let n = times; n > 0; n--) sink ^= work().length
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  }
  return {
    name,
    round: () => {
      if (count === 0) count = calibrate(repeat, roundMs)
      const ms = repeat(count)
      if (Number.isNaN(sink)) throw new TypeError(`A result of ${name} has no length.`)
      return (count * 1000) / ms
    },
  }
}

function calibrate(repeat: (times: number) => number, roundMs: number): number {
  for (let count = 64; ; count *= 2) {
    const ms = repeat(count)
    if (ms >= roundMs) return Math.max(1, Math.round((count * roundMs) / ms))
  }
}
