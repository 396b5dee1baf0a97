import type { Instant } from '@remote-assist/core'
import type { Clock } from '../../src/clock.js'

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #now = 1_000
  readonly #timers = new Set<{ readonly at: number; readonly task: () => void }>()

  now(): Instant {
    return this.#now as Instant
  }

  date(): number {
    return 1_800_000_000_000 + this.#now
  }

  setTimer(at: Instant, task: () => void): () => void {
    const timer = { at: Math.max(at, this.#now), task }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  /** Moves on by so many milliseconds, timer by timer; what each one starts is given the time to finish. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (;;) {
      const next = [...this.#timers].filter(timer => timer.at <= end).sort((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.task()
      await settle()
    }
    this.#now = end
  }
}

/** Digests and the like that the platform does on threads of its own: no number of turns says when they are done. */
let onThreads = 0
const counted =
  <A extends unknown[], T>(does: (...args: A) => Promise<T>) =>
  async (...args: A): Promise<T> => {
    onThreads++
    try {
      return await does(...args)
    } finally {
      onThreads--
    }
  }
const { subtle } = crypto
Object.assign(subtle, {
  digest: counted(subtle.digest.bind(subtle)),
  importKey: counted(subtle.importKey.bind(subtle)),
  exportKey: counted(subtle.exportKey.bind(subtle)),
  generateKey: counted(subtle.generateKey.bind(subtle)),
  deriveBits: counted(subtle.deriveBits.bind(subtle)),
  encrypt: counted(subtle.encrypt.bind(subtle)),
  decrypt: counted(subtle.decrypt.bind(subtle)),
  sign: counted(subtle.sign.bind(subtle)),
})

/** Lets everything that is ready run: frames in memory, promises, digests of the platform. */
export async function settle(): Promise<void> {
  for (let quiet = 0; quiet < 10; quiet = onThreads === 0 ? quiet + 1 : 0) await new Promise<void>(resolve => setImmediate(resolve))
}
